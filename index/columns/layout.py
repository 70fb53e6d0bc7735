"""What a segment's file holds: the name of each array and what it is. Knows names, not how arrays are made.

All terms of all fields are in one dictionary, for a word is looked up in two dozen fields at once:

    terms.bytes        the distinct terms in UTF-8, sorted, end to end
    terms.bounds       where each begins, and where the last one ends
    terms.buckets      a term with the hash h is among terms.slots[buckets[h] : buckets[h + 1]]
    terms.slots        numbers of terms
    terms.entries      term t is in the fields of the entries [entries[t] : entries[t + 1]]

An entry is a term in a field; entries are sorted by term and then by field:

    entries.field          the number of the field, its place in `about["fields"]`
    entries.documents      how many documents have the term there
    entries.occurrences    how many times they have it
    entries.postings       where the documents begin in the field's arrays
    entries.positions      where the positions begin

The postings of a field lie end to end, term by term, and within a term document by document:

    field.F.documents      numbers of documents, always four bytes
    field.F.frequencies    how many times the document has the term
    field.F.positions      where, each number a place in the document's field, in order
    field.F.lengths        how many terms each document of the segment has there, in Whoosh's code of one byte

Fields in which phrases cannot be found have no positions, facets no lengths either. The codes of a facet are
numbered in alphabetical order:

    field.F.terms          the term of each code
    field.F.postings       the documents of code c are documents[postings[c] : postings[c + 1]]
    field.F.bounds         document d has the codes codes[bounds[d] : bounds[d + 1]]
    field.F.codes          numbers of codes, ascending for each document

Of each document:

    document.id, .version, .published (a day's ordinal), .original (a number of a language)
    document.languages     bit n is set when there is a text in language n
    title.L.bytes, .bounds     the titles in language L, in UTF-8; empty where there is none
    title.L.ranks              its place in the order of titles that a reader of L expects; equals share one
    subject.bounds, .terms, .languages     the distinct terms of title and summary, by language and in order

`about` says how many documents there are, which fields, and how many terms all documents have in each.
"""

from functools import cache
from typing import NamedTuple

TERM_BYTES = "terms.bytes"
TERM_BOUNDS = "terms.bounds"
TERM_BUCKETS = "terms.buckets"
TERM_SLOTS = "terms.slots"
TERM_ENTRIES = "terms.entries"

ENTRY_FIELD = "entries.field"
ENTRY_DOCUMENTS = "entries.documents"
ENTRY_OCCURRENCES = "entries.occurrences"
ENTRY_POSTINGS = "entries.postings"
ENTRY_POSITIONS = "entries.positions"

DOCUMENT_ID = "document.id"
DOCUMENT_VERSION = "document.version"
DOCUMENT_PUBLISHED = "document.published"
DOCUMENT_ORIGINAL = "document.original"
DOCUMENT_LANGUAGES = "document.languages"

SUBJECT_BOUNDS = "subject.bounds"
SUBJECT_TERMS = "subject.terms"
SUBJECT_LANGUAGES = "subject.languages"

# The extension of a segment's only file.
EXTENSION = ".arrays"


class FieldArrays(NamedTuple):
    """The names of the arrays of a field; only facets have the last four."""

    documents: str
    frequencies: str
    positions: str
    lengths: str
    terms: str
    postings: str
    bounds: str
    codes: str


class TitleArrays(NamedTuple):
    """The names of the arrays of the titles in a language."""

    bytes: str
    bounds: str
    ranks: str


@cache
def field_arrays(field: str) -> FieldArrays:
    """Name the arrays of a field."""
    return FieldArrays(*(f"field.{field}.{name}" for name in FieldArrays._fields))


@cache
def title_arrays(language: str) -> TitleArrays:
    """Name the arrays of the titles in a language."""
    return TitleArrays(*(f"title.{language}.{name}" for name in TitleArrays._fields))
