"""What the index holds: files and generations, one state of them that never changes, and how it changes into the next.

Knows documents and terms; no queries, no scores.
"""
