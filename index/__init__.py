"""The search engine: Whoosh behind one door.

Knows documents and requests; no web, no database, no practices. What is not named here is private.
"""

from index.answering.crossing import Crossed, Crossing
from index.asking.thesaurus import Concept, Thesaurus
from index.collation import sort_key
from index.documents import LANGUAGES, Document, Text
from index.errors import IndexUnavailable, SearchIndexError
from index.helping.correcting import Correction
from index.helping.labels import Fit, Label, Labels, Match, best_of
from index.helping.spelling import Spelling
from index.helping.suggesting import Suggested
from index.highlight import Segment, highlight
from index.parsing import MAX_QUERY_LENGTH, MAX_TERMS, ParsedQuery, parse
from index.requests import MAX_PER_PAGE, SearchRequest, Sort
from index.results import Hit, IndexStatus, Recognised, SearchResult
from index.store import Index

__all__ = [
    "LANGUAGES",
    "MAX_PER_PAGE",
    "MAX_QUERY_LENGTH",
    "MAX_TERMS",
    "Concept",
    "Correction",
    "Crossed",
    "Crossing",
    "Document",
    "Fit",
    "Hit",
    "Index",
    "IndexStatus",
    "IndexUnavailable",
    "Label",
    "Labels",
    "Match",
    "ParsedQuery",
    "Recognised",
    "SearchIndexError",
    "SearchRequest",
    "SearchResult",
    "Segment",
    "Sort",
    "Spelling",
    "Suggested",
    "Text",
    "Thesaurus",
    "best_of",
    "highlight",
    "parse",
    "sort_key",
]
