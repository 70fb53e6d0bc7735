"""How a segment's file is laid out once the postings are in it: fields, entries, dictionary, documents.

Both who builds a segment from documents and who merges segments end here. Knows arrays, not where they come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.columns import layout
from index.columns.files import Array, ArrayFileWriter, narrowed
from index.columns.sorting import stable_order
from index.columns.terms import write_dictionary
from index.runs import bounds_of


@dataclass(frozen=True, slots=True)
class Field:
    """A field whose postings are written, and what else there is to it.

    :param positions: whether positions were written too.
    :param lengths: how many terms each document has there, in Whoosh's code; none for a field that is not scored.
    :param codes: for a facet, how many codes each document has, and their numbers.
    """

    name: str
    positions: bool
    lengths: NDArray[np.uint8] | None = None
    codes: tuple[Array, Array] | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """All terms of all fields, by field and then in alphabetical order; see `layout`. `fields` has places in a list."""

    fields: NDArray[np.int64]
    terms: NDArray[np.int64]
    documents: NDArray[np.int64]
    occurrences: NDArray[np.int64]


NO_ENTRIES = Entries(*(np.empty(0, np.int64) for _ in range(4)))


@dataclass(frozen=True, slots=True)
class Documents:
    """What a segment keeps of each document beside its terms; see `layout`.

    Titles are, by language, bytes end to end and how many of them belong to each document.
    """

    ids: Array
    versions: Array
    published: Array
    original: Array
    languages: Array
    titles: dict[str, tuple[Array, Array]]
    ranks: dict[str, Array]
    subject_counts: Array
    subject_terms: Array
    subject_languages: Array


def lay_out(
    file: ArrayFileWriter, fields: Sequence[Field], entries: Entries, terms: Sequence[bytes], documents: Documents
) -> None:
    """Finish a file. Fields and terms that have no entries are left out, and the others are renumbered."""
    used = np.zeros(len(terms), np.bool_)
    used[entries.terms] = True
    renumbered = np.cumsum(used) - 1
    if not used.all():
        terms = [terms[number] for number in np.flatnonzero(used).tolist()]
    entries = Entries(entries.fields, renumbered[entries.terms], entries.documents, entries.occurrences)
    counts = np.bincount(entries.fields, minlength=len(fields))
    totals = np.bincount(entries.fields, entries.occurrences, minlength=len(fields))
    about = []
    for field, own, count, total in zip(fields, _slices(counts), counts, totals, strict=True):
        if count:
            _write_field(file, field, entries, own)
            about.append((field.name, 0 if field.lengths is None else int(total)))
    _write_entries(file, fields, entries, len(terms))
    write_dictionary(file, terms)
    _write_documents(file, documents, renumbered)
    file.finish({"documents": len(documents.ids), "fields": about})


def _slices(counts: NDArray[np.int64]) -> list[slice]:
    bounds = bounds_of(counts).tolist()
    return [slice(*bounds[number : number + 2]) for number in range(len(counts))]


def _write_field(file: ArrayFileWriter, field: Field, entries: Entries, own: slice) -> None:
    names = layout.field_arrays(field.name)
    if field.lengths is not None:
        file.add(names.lengths, field.lengths)
    if field.codes is not None:
        counts, codes = field.codes
        file.add(names.terms, narrowed(entries.terms[own]))
        file.add(names.postings, narrowed(bounds_of(entries.documents[own])))
        file.add(names.bounds, narrowed(bounds_of(counts)))
        file.add(names.codes, narrowed(codes))


def _write_entries(file: ArrayFileWriter, fields: Sequence[Field], entries: Entries, term_count: int) -> None:
    order = stable_order(entries.terms.astype(np.uint32))
    has_entries = np.bincount(entries.fields, minlength=len(fields)) > 0
    with_positions = np.array([field.positions for field in fields], np.bool_)[entries.fields]
    file.add(layout.TERM_ENTRIES, narrowed(bounds_of(np.bincount(entries.terms, minlength=term_count))))
    file.add(layout.ENTRY_FIELD, narrowed((np.cumsum(has_entries) - 1)[entries.fields][order]))
    file.add(layout.ENTRY_DOCUMENTS, narrowed(entries.documents[order]))
    file.add(layout.ENTRY_OCCURRENCES, narrowed(entries.occurrences[order]))
    file.add(layout.ENTRY_POSTINGS, narrowed(_starts(entries.documents, entries.fields)[order]))
    positions = np.where(with_positions, _starts(entries.occurrences, entries.fields), 0)
    file.add(layout.ENTRY_POSITIONS, narrowed(positions[order]))


def _starts(lengths: NDArray[np.int64], fields: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each run begins among those of its field; fields come one after the other."""
    starts: NDArray[np.int64] = bounds_of(lengths)[:-1]
    first: NDArray[Any] = np.concatenate(([0], np.flatnonzero(fields[1:] != fields[:-1]) + 1))[: len(starts)]
    distances: NDArray[np.int64] = np.repeat(starts[first], np.diff(first, append=len(starts)))
    return starts - distances


def _write_documents(file: ArrayFileWriter, documents: Documents, renumbered: Array) -> None:
    file.add(layout.DOCUMENT_ID, documents.ids.astype("<i8"))
    file.add(layout.DOCUMENT_VERSION, documents.versions.astype("<i8"))
    file.add(layout.DOCUMENT_PUBLISHED, documents.published.astype("<i4"))
    file.add(layout.DOCUMENT_ORIGINAL, narrowed(documents.original))
    file.add(layout.DOCUMENT_LANGUAGES, narrowed(documents.languages))
    for language, (content, lengths) in documents.titles.items():
        names = layout.title_arrays(language)
        file.add(names.bytes, content)
        file.add(names.bounds, narrowed(bounds_of(lengths)))
        file.add(names.ranks, narrowed(documents.ranks[language]))
    file.add(layout.SUBJECT_BOUNDS, narrowed(bounds_of(documents.subject_counts)))
    file.add(layout.SUBJECT_TERMS, narrowed(renumbered[documents.subject_terms]))
    file.add(layout.SUBJECT_LANGUAGES, narrowed(documents.subject_languages))
