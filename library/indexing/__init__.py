"""The bridge between records and the search index: outbox, documents, follower, search.

Knows practices and the package ``index``; only here do the two meet.
"""
