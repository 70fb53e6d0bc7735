"""Practices as rows of a table, and tables as files: what imports read and what lists are handed out as."""
