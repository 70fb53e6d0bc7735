"""Practices as pages show them, for readers and for those who are still writing one. Pure functions; runs no query."""
