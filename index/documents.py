"""What can be indexed: a document with its texts, concepts, names and facets.

Knows nothing of how documents are stored or found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LANGUAGES: tuple[str, ...] = ("en", "da", "sv", "nb", "nn", "fi", "is")


@dataclass(frozen=True, slots=True)
class Text:
    """One language's prose of a document; `body` is all other prose, paragraphs split by blank lines."""

    language: str
    title: str
    summary: str
    body: str


@dataclass(frozen=True, slots=True)
class Document:
    """One record, findable through any of its texts, and found once.

    `concepts` maps a language to labels and synonyms, `codes` are the names of the same concepts in the
    vocabulary, ancestors included; `names` are organisations, places and own names; `facets` maps a facet to
    its codes, ancestors included. Raises ValueError when a language is unknown
    or repeated, or when the text of the original language is missing.
    """

    id: int
    version: int
    texts: tuple[Text, ...]
    original_language: str
    concepts: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...]
    facets: Mapping[str, tuple[str, ...]]
    published: date
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        languages = [text.language for text in self.texts]
        unknown = {*languages, *self.concepts}.difference(LANGUAGES)
        if unknown:
            raise ValueError(f"document {self.id}: unknown languages {sorted(unknown)}")
        if len(set(languages)) < len(languages):
            raise ValueError(f"document {self.id}: two texts in one language")
        if self.original_language not in languages:
            raise ValueError(f"document {self.id}: no text in its original language")
