"""The fields of the index: what a document has in them, and what a match in each field is worth.

Knows documents and Whoosh's field types. Terms are made by `words`, never by a Whoosh analyser, so
that writing, searching and highlighting cannot disagree.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from whoosh import fields
from whoosh.analysis import IDAnalyzer

from index.columns.building import Passage, Run
from index.columns.codec import RECORD
from index.documents import LANGUAGES, Document
from index.parsing import MAX_QUERY_LENGTH
from index.words import ANALYSIS_VERSION, fold_long, fold_short, parts_of, term_of, words

# Raise with every change of the fields or of what is stored with a document.
FORMAT_VERSION = 5

# The prose of a text is one field, in which the title stands three times and the summary twice. That is BM25F: a title
# says in ten words what a record is about, a body mentions many things in passing, and yet a word that stands in both
# is one word, which soon has told all it can. Fields of their own would each count it anew. (S. Robertson, H. Zaragoza
# and M. Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004.)
PROSE = "text"
TITLE_WEIGHT = 3
SUMMARY_WEIGHT = 2
# People chose the concepts from the vocabulary.
LANGUAGE_FIELD_BOOSTS = {PROSE: 1.0, "concepts": 1.5}
# Stands between the parts of a text, and between their repetitions: no phrase goes across. Nobody can type it.
BREAK = "\0"
_BREAK = (BREAK,)
# The parts of the compounds in a text's prose: *ungdom* and *kriminalitet* where it has *ungdomskriminalitet*.
PARTS = "parts"
# Who asks for an organisation or a place by name wants its records before those that are merely about it.
NAMES_BOOST = 2.0
# Folded spelling only rescues a word that was typed without its letters: it must never outrank the word
# itself. There are two such fields, and most words stand in both.
FOLDED_BOOST = 0.15

NAMES = "names"
FOLDINGS: dict[str, Callable[[str], str]] = {"folded_short": fold_short, "folded_long": fold_long}
# Each title as a whole, and the concepts by their names in the vocabulary: both are found as they are or not at all.
WHOLE_TITLE = "whole_title"
CODES = "codes"
# The distinct words of titles and summaries as their authors spell them, for corrections. Bodies are left out:
# they would bring each record some hundreds of postings for words that stand there once, in passing.
SPELLED = "spelled"

# How one word of a text becomes terms: none, one or several. See `READINGS`.
Reading = Callable[[str], tuple[str, ...]]
# The reading of words that are terms as they stand. The reading of a language's words has the name of the language,
# that of folded words and of the parts of compounds the name of their field.
PLAIN = "plain"

_FACET_NAME = re.compile(r"[a-z][a-z0-9_]*")


def language_field(kind: str, language: str) -> str:
    """Name the field of a kind (text, concepts, parts) in a language."""
    return f"{kind}_{language}"


def prose_beside(field: str) -> str | None:
    """Name the field that holds the prose of the texts that a field is about; none if it is not about texts."""
    kind, _, language = field.partition("_")
    return language_field(PROSE, language) if kind in (PROSE, PARTS) else None


def facet_field(facet: str) -> str:
    """Name the field that holds the codes of a facet."""
    return f"facet_{facet}"


def fingerprint(facets: Iterable[str]) -> str:
    """Identify everything that old index files must agree on with this code."""
    parts = [str(FORMAT_VERSION), str(ANALYSIS_VERSION), *LANGUAGES, *sorted(facets)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def check_facet_names(facets: tuple[str, ...]) -> None:
    """Raise ValueError unless the names are distinct and can be names of fields."""
    wrong = [name for name in facets if not _FACET_NAME.fullmatch(name)]
    if wrong or len(set(facets)) < len(facets):
        raise ValueError(f"facets must have distinct names in lower case, not {facets}")


def build_schema(facets: tuple[str, ...]) -> Any:
    """Make the Whoosh schema. It says what is kept of each field; its analysers are never used.

    Fields of one kind share one object, so that the schema, which every commit writes, is written in a moment.
    """
    schema = fields.Schema(**{RECORD: fields.STORED()})
    prose, terms, codes = (
        fields.TEXT(analyzer=IDAnalyzer(), phrase=True),
        fields.KEYWORD(scorable=True),
        fields.KEYWORD(),
    )
    for name in (*_language_fields(), NAMES, *FOLDINGS):
        schema.add(name, prose)
    for name in (WHOLE_TITLE, CODES):
        schema.add(name, terms)
    for name in (*map(facet_field, facets), *(language_field(SPELLED, language) for language in LANGUAGES)):
        schema.add(name, codes)
    return schema


def passages(document: Document, facets: tuple[str, ...]) -> Iterator[Passage]:
    """Yield what a document has in each field; some are empty.

    Raises ValueError when the document has a facet that the index was not made for.
    """
    unknown = set(document.facets).difference(facets)
    if unknown:
        raise ValueError(f"document {document.id}: unknown facets {sorted(unknown)}")
    beginnings: list[Run] = []
    for text in document.texts:
        beginnings += (text.title, _BREAK, text.summary, _BREAK)
        runs = weighted(text.title, text.summary, text.body)
        yield Passage(language_field(PROSE, text.language), text.language, runs)
        parts = language_field(PARTS, text.language)
        yield Passage(parts, parts, (text.title, text.summary, text.body))
        yield Passage(language_field(SPELLED, text.language), PLAIN, (text.title, text.summary), distinct=True)
    for language, labels in document.concepts.items():
        yield Passage(language_field("concepts", language), language, ("\n".join(labels),))
    names = "\n".join(document.names)
    yield Passage(NAMES, PLAIN, (names,))
    for field in FOLDINGS:
        yield Passage(field, field, (*beginnings, names))
    titles = chain.from_iterable(whole_title(words(text.title)) for text in document.texts)
    yield Passage(WHOLE_TITLE, PLAIN, (tuple(titles),), distinct=True)
    yield Passage(CODES, PLAIN, (tuple(document.codes),), distinct=True)
    for facet, codes in document.facets.items():
        yield Passage(facet_field(facet), PLAIN, (tuple(codes),), distinct=True)


def weighted(title: Run, summary: Run, body: Run) -> list[Run]:
    """Return the parts of a text as their words are counted."""
    parts = (*(title,) * TITLE_WEIGHT, *(summary,) * SUMMARY_WEIGHT, body)
    return [run for part in parts if part for run in (part, _BREAK)]


def subjects(document: Document) -> Iterator[tuple[str, tuple[Run, ...]]]:
    """Yield each language of a document with its title and summary there: what it is about."""
    for text in document.texts:
        yield text.language, (text.title, text.summary)


def whole_title(words: Iterable[str]) -> tuple[str, ...]:
    """Return the one term that stands for a title of these words; none if nobody could type so long a title."""
    title = " ".join(words)
    return (title,) if 0 < len(title) <= MAX_QUERY_LENGTH else ()


def _language_fields() -> Iterator[str]:
    for language in LANGUAGES:
        for kind in (*LANGUAGE_FIELD_BOOSTS, PARTS):
            yield language_field(kind, language)


def _reading(language: str) -> Reading:
    def read(word: str) -> tuple[str, ...]:
        term = word if word == BREAK else term_of(language, word)
        return (term,) if term else ()

    return read


def _taking_apart(language: str) -> Reading:
    return lambda word: parts_of(language, word)


def _folding(fold: Callable[[str], str]) -> Reading:
    return lambda word: (fold(word),)


READINGS: Mapping[str, Reading] = {
    PLAIN: lambda word: (word,),
    **{language: _reading(language) for language in LANGUAGES},
    **{language_field(PARTS, language): _taking_apart(language) for language in LANGUAGES},
    **{field: _folding(fold) for field, fold in FOLDINGS.items()},
}
