"""Pages about the library itself, and whether it is well."""
