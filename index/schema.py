"""The fields of the index: how a document becomes terms, and what a match in each field is worth.

Knows documents and Whoosh's field types. Terms are made by `analysis`, never by a Whoosh analyser, so
that writing, searching and highlighting cannot disagree.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from whoosh import fields
from whoosh.analysis import IDAnalyzer

from index.analysis import ANALYSIS_VERSION, analyse, fold_long, fold_short, words
from index.documents import LANGUAGES, Document, Text
from index.parsing import MAX_QUERY_LENGTH

# Raise with every change of the fields or of what is stored with a document.
FORMAT_VERSION = 2

# A title says in ten words what a record is about; a body mentions many things in passing. The concepts
# were chosen by people from the vocabulary, so they are worth more than the author's summary.
LANGUAGE_FIELD_BOOSTS = {"title": 5.0, "concepts": 3.0, "summary": 2.5, "body": 1.0}
# Who asks for an organisation or a place by name wants its records before those that are merely about it.
NAMES_BOOST = 2.5
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
ID = "id"
RECORD = "record"
SUBJECT = "subject"

_FACET_NAME = re.compile(r"[a-z][a-z0-9_]*")


def language_field(kind: str, language: str) -> str:
    """Name the field of a kind (title, summary, body, concepts) in a language."""
    return f"{kind}_{language}"


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
    """Make the Whoosh schema. Values come as lists of terms, so its analysers are never used."""
    schema = fields.Schema(
        **{
            ID: fields.ID(),
            RECORD: fields.STORED(),  # what a snapshot keeps in memory, see `stored_record`
            SUBJECT: fields.STORED(),  # terms of title and summary, for similar documents
        }
    )
    for name in (*_language_fields(), NAMES, *FOLDINGS):
        schema.add(name, fields.TEXT(analyzer=IDAnalyzer(), phrase=True))
    for name in (WHOLE_TITLE, CODES):
        schema.add(name, fields.KEYWORD(scorable=True))
    for name in (*map(facet_field, facets), *(language_field(SPELLED, language) for language in LANGUAGES)):
        schema.add(name, fields.KEYWORD())
    return schema


def document_fields(document: Document, facets: tuple[str, ...]) -> dict[str, Any]:
    """Turn a document into values for Whoosh; fields without terms are left out.

    Raises ValueError when the document has a facet that the index was not made for.
    """
    unknown = set(document.facets).difference(facets)
    if unknown:
        raise ValueError(f"document {document.id}: unknown facets {sorted(unknown)}")
    terms = {ID: (str(document.id),), **_prose_terms(document), **_neutral_terms(document)}
    for facet, codes in document.facets.items():
        terms[facet_field(facet)] = tuple(dict.fromkeys(codes))
    values: dict[str, Any] = {name: value for name, value in terms.items() if value}
    values[RECORD] = stored_record(document)
    values[SUBJECT] = {text.language: subject_terms(text) for text in document.texts}
    return values


def stored_record(document: Document) -> tuple[int, int, int, str, dict[str, str]]:
    """Return what is stored with a document: id, version, day of publication, original language, titles."""
    titles = {text.language: text.title for text in document.texts}
    return document.id, document.version, document.published.toordinal(), document.original_language, titles


def whole_title(words: Iterable[str]) -> tuple[str, ...]:
    """Return the one term that stands for a title of these words; none if nobody could type so long a title."""
    title = " ".join(words)
    return (title,) if 0 < len(title) <= MAX_QUERY_LENGTH else ()


def subject_terms(text: Text) -> tuple[str, ...]:
    """Return the distinct terms of a text's title and summary, in order."""
    return tuple(dict.fromkeys(analyse(text.language, f"{text.title}\n{text.summary}")))


def _language_fields() -> Iterator[str]:
    for language in LANGUAGES:
        for kind in LANGUAGE_FIELD_BOOSTS:
            yield language_field(kind, language)


def _prose_terms(document: Document) -> dict[str, tuple[str, ...]]:
    terms = {}
    for text in document.texts:
        for kind, prose in (("title", text.title), ("summary", text.summary), ("body", text.body)):
            terms[language_field(kind, text.language)] = analyse(text.language, prose)
        spelled = words(f"{text.title}\n{text.summary}")
        terms[language_field(SPELLED, text.language)] = tuple(dict.fromkeys(spelled))
    for language, labels in document.concepts.items():
        terms[language_field("concepts", language)] = analyse(language, "\n".join(labels))
    return terms


def _neutral_terms(document: Document) -> dict[str, tuple[str, ...]]:
    names = words("\n".join(document.names))
    prose = words("\n".join(f"{text.title}\n{text.summary}" for text in document.texts))
    folded = {field: tuple(map(fold, prose + names)) for field, fold in FOLDINGS.items()}
    titles = dict.fromkeys(title for text in document.texts for title in whole_title(words(text.title)))
    return {NAMES: names, **folded, WHOLE_TITLE: tuple(titles), CODES: tuple(dict.fromkeys(document.codes))}
