"""How well documents match what is looked up: BM25 summed over fields, one array operation at a time.

Knows clauses and snapshots. Scores equal those of stock Whoosh for the same query with `limit=None`, which is the
oracle in the tests: the same operations on 64-bit floats, added up in the order of the clauses. Two numbers that BM25
starts from are ours, and given to the oracle too: how rare a term is, and how long a field is on average, are told
among the documents that have a text in the language. Whoosh takes all documents, so that in a library of seven
languages a word that stands in every Icelandic text would pass for a rare one, and each of these texts for a long one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.asking.clauses import Choice, Clause
from index.columns.encoding import LENGTHS
from index.kernel import Docs, Numbers, Places, Postings, Values, loops
from index.states.snapshot import Snapshot

# The usual constants of BM25, and Whoosh's: how soon repetition stops to count, how much length does.
_K1 = 1.2
_B = 0.75

NO_DOCS: Docs = np.empty(0, np.int64)
_NO_SCORES: Values = np.empty(0)


# What more than one in so many documents has is common.
_COMMON = 16


class Scored:
    """Live documents in order, what each scores, and the clauses that any of them has.

    Most words are looked up in seven languages and stand in one, so that few clauses are left.
    """

    __slots__ = ("_places", "clauses", "docs", "scores")

    def __init__(self, docs: Docs, scores: Values, clauses: Choice) -> None:
        self.docs, self.scores, self.clauses = docs, scores, clauses
        self._places: NDArray[np.int32] | None = None

    def bytes(self, size: int) -> int:
        """Return the size in memory, in an index of a size, with what `among` will keep."""
        return self.docs.nbytes + self.scores.nbytes + (4 * size if self._is_common(size) else 0)

    def among(self, docs: Docs, size: int) -> tuple[Places, Numbers]:
        """Find those of some documents that are among these: their places there, and here, in order.

        To go through two long lists would take longer than all else that a search does with common words. So for each
        document of the index is kept where it stands here; looking up what the other list has is all there is to do.
        """
        places = self._places
        few = len(docs) * _COMMON < len(self.docs)
        if not self._is_common(size) or (few and places is None):
            return loops().pairs(docs, self.docs)
        if places is None:
            places = np.full(size, -1, np.int32)
            places[self.docs] = np.arange(len(self.docs), dtype=np.int32)
            self._places = places
        here = places.take(docs)
        there = (here >= 0).nonzero()[0]
        return there, here.take(there)

    def _is_common(self, size: int) -> bool:
        return len(self.docs) * _COMMON > size


_NOTHING = Scored(NO_DOCS, _NO_SCORES, ())


def choice_scores(snapshot: Snapshot, choice: Choice) -> Scored:
    """Score the live documents that have any of the clauses by the sum over those that they have.

    Remembered while the snapshot has room: what one reader looks for, others do.
    """
    if not choice:
        return _NOTHING
    scored: Scored | None = snapshot.memory.get(choice)
    if scored is None:
        scored = _choice_scores(snapshot, choice)
        snapshot.memory.put(choice, scored, scored.bytes(snapshot.size))
    return scored


def clause_scores(snapshot: Snapshot, clause: Clause, among: Docs | None = None) -> tuple[Docs, Values]:
    """Score the documents that have a clause's term, or its terms one after the other; deleted ones too.

    :param among: documents in order; only these are looked at.
    """
    if len(clause.terms) == 1:
        postings = _found(snapshot, clause, {})
        return loops().weigh(postings, snapshot.size) if among is None else _among(postings, among)
    docs = _in_a_row(snapshot, clause)
    if among is not None:
        docs = docs[loops().pairs(docs, among)[0]]
    scores = np.zeros(len(docs))
    for term in clause.terms if len(docs) else ():
        scores += _among(_found(snapshot, Clause(clause.field, (term,), 1.0), {}), docs)[1]
    return docs, scores * clause.boost


def _among(postings: Sequence[Postings], docs: Docs) -> tuple[Docs, Values]:
    places, scores = loops().worth(postings, docs)
    return docs[places], scores


def has_clause(snapshot: Snapshot, clause: Clause) -> bool:
    """Return whether a live document has a clause's term, or its terms one after the other."""
    if len(clause.terms) > 1:
        return bool(snapshot.live[_in_a_row(snapshot, clause)].any())
    (term,) = clause.terms
    if not snapshot.has_deleted:
        return snapshot.has(clause.field, term)
    found = ((offset, segment.found(clause.field, term)) for offset, segment in snapshot.parts)
    return any(
        postings and snapshot.live[offset + postings.documents.astype(np.int64)].any() for offset, postings in found
    )


def _in_a_row(snapshot: Snapshot, clause: Clause) -> Docs:
    """Return the documents that have the terms of a clause one after the other.

    Remembered: a page that has found some asks again which of its documents they are, and the names of a concept are
    looked for in many searches, now as words of the reader and now in their place.
    """
    key = ("in a row", clause.field, clause.terms)
    docs: Docs | None = snapshot.memory.get(key)
    if docs is None:
        docs = snapshot.phrase_docs(clause.field, clause.terms)
        snapshot.memory.put(key, docs, docs.nbytes)
    return docs


def inverse_frequency(size: int, comparable: int, count: int) -> float:
    """Return how much a term tells that `count` of the `comparable` documents have, in an index of a size.

    That of S. Robertson and K. Spärck Jones (1976), never below 0 as in Lucene, for as many documents of the whole
    index as would be the same share: so scores in the fields of a language with few texts, and in those of one with
    many, can be compared.
    """
    expected = size * count / max(comparable, count)
    return log(1 + (size - expected + 0.5) / (expected + 0.5))


def add_up(snapshot: Snapshot, parts: Sequence[Scored]) -> tuple[Docs, Values]:
    """Return the documents of all parts, with the sums of their scores in the order of the parts."""
    return _joined(snapshot, [(part.docs, part.scores) for part in parts if len(part.docs)])


def _choice_scores(snapshot: Snapshot, choice: Choice) -> Scored:
    """Score the clauses of single terms all at once: a word with its beginnings has hundreds, most of them rare."""
    fields: dict[str, _Field] = {}
    single = [(clause, _found(snapshot, clause, fields)) for clause in choice if len(clause.terms) == 1]
    in_a_row = [(clause, clause_scores(snapshot, clause)) for clause in choice if len(clause.terms) > 1]
    words = loops().weigh([part for _, found in single for part in found], snapshot.size)
    docs, scores = _joined(snapshot, [part for part in (words, *(part for _, part in in_a_row)) if len(part[0])])
    if snapshot.has_deleted:
        alive = snapshot.live[docs]
        docs, scores = docs[alive], scores[alive]
    there = {clause for clause, found in single if found} | {clause for clause, part in in_a_row if len(part[0])}
    return Scored(docs, scores, tuple(clause for clause in choice if clause in there))


def _joined(snapshot: Snapshot, parts: Sequence[tuple[Docs, Values]]) -> tuple[Docs, Values]:
    """Put parts together, and add up what each document scores."""
    if len(parts) < 2:
        return parts[0] if parts else (NO_DOCS, _NO_SCORES)
    return loops().merge(parts, snapshot.size)


class _Field(NamedTuple):
    """What postings in a field are weighed with: the lengths of its documents, in a code for each segment.

    :param norms: for each code of a length what BM25 adds to the weight of a term.
    """

    norms: Values
    codes: tuple[NDArray[np.uint8] | None, ...]


def _found(snapshot: Snapshot, clause: Clause, fields: dict[str, _Field]) -> list[Postings]:
    """Find the term of a clause in every segment that has it. `fields` holds those that were looked at before."""
    (term,) = clause.terms
    postings = [segment.found(clause.field, term) for _, segment in snapshot.parts]
    count = sum([len(found.documents) for found in postings if found])
    if not count:
        return []
    field = fields.get(clause.field) or fields.setdefault(clause.field, _field(snapshot, clause.field))
    idf = inverse_frequency(snapshot.size, snapshot.comparable(clause.field), count)
    worth = _K1 + 1, idf, clause.boost
    return [
        Postings(found.documents, found.frequencies, offset, field.norms, codes, *worth)
        for offset, found, codes in zip(snapshot.offsets, postings, field.codes, strict=True)
        if found
    ]


def _field(snapshot: Snapshot, name: str) -> _Field:
    key = ("field", name)
    field: _Field | None = snapshot.memory.get(key)
    if field is None:
        norms = _K1 * ((1 - _B) + _B * LENGTHS / snapshot.average_length(name))
        field = _Field(norms, tuple(segment.columns.lengths(name) for _, segment in snapshot.parts))
        snapshot.memory.put(key, field, norms.nbytes)
    return field
