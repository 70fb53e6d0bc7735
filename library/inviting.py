"""Letting somebody in by letter: to the library with a role, to a submission as co-author, or to both."""
