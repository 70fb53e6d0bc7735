"""What a practice said before: revisions, comparison, archive, restore, erase."""
