"""Segments as columns: one file of arrays each, written in bulk, mapped into memory, merged array by array.

Knows documents, fields and Whoosh's segments; no requests, no scores. The rest of `index` meets it in `writing`,
`segment` and `storage`; all that is private to Whoosh 2.7.4, which is pinned, is touched in here and nowhere else.
"""
