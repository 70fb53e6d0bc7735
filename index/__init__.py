"""The search engine: Whoosh behind one door.

Knows documents and requests; no web, no database, no practices. What is not named here is private.
"""

from index.collation import sort_key
from index.crossing import Crossed, Crossing
from index.documents import LANGUAGES, Document, Text
from index.errors import IndexUnavailable, SearchIndexError
from index.highlight import Segment, highlight
from index.parsing import MAX_QUERY_LENGTH, ParsedQuery, parse
from index.requests import MAX_PER_PAGE, SearchRequest, Sort
from index.results import Hit, IndexStatus, SearchResult
from index.store import Index

__all__ = [
    "LANGUAGES",
    "MAX_PER_PAGE",
    "MAX_QUERY_LENGTH",
    "Crossed",
    "Crossing",
    "Document",
    "Hit",
    "Index",
    "IndexStatus",
    "IndexUnavailable",
    "ParsedQuery",
    "SearchIndexError",
    "SearchRequest",
    "SearchResult",
    "Segment",
    "Sort",
    "Text",
    "highlight",
    "parse",
    "sort_key",
]
