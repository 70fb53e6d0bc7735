"""How well documents match what is looked up: BM25 summed over fields, one array operation at a time.

Knows clauses and snapshots. Scores equal those of stock Whoosh for the same query with `limit=None`, which is the
oracle in the tests: the same operations on 64-bit floats, added up in the order of the clauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from index.clauses import Choice, Clause
from index.kernel import Docs, Values, loops
from index.segment import IndexSegment
from index.snapshot import Snapshot

# Whoosh's own constants of BM25: how soon repetition stops to count, how much length does.
_K1 = 1.2
_B = 0.75

NO_DOCS: Docs = np.empty(0, np.int64)
_NO_SCORES: Values = np.empty(0)


@dataclass(frozen=True, slots=True)
class Scored:
    """Live documents in order, what each scores, and the clauses that any of them has.

    Most words are looked up in seven languages and stand in one, so that few clauses are left.
    """

    docs: Docs
    scores: Values
    clauses: Choice


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
        snapshot.memory.put(choice, scored, scored.docs.nbytes + scored.scores.nbytes)
    return scored


def clause_scores(snapshot: Snapshot, clause: Clause, among: Docs | None = None) -> tuple[Docs, Values]:
    """Score the documents that have a clause's term, or its terms one after the other; deleted ones too.

    :param among: documents in order; only these are looked at.
    """
    if len(clause.terms) == 1:
        docs, scores = _term_scores(snapshot, clause.field, clause.terms[0], among)
        return docs, scores * clause.boost
    docs = snapshot.phrase_docs(clause.field, clause.terms)
    if among is not None:
        docs = docs[loops().pairs(docs, among)[0]]
    scores = np.zeros(len(docs))
    for term in clause.terms if len(docs) else ():
        scores += _term_scores(snapshot, clause.field, term, docs)[1]
    return docs, scores * clause.boost


def add_up(snapshot: Snapshot, parts: Sequence[Scored]) -> tuple[Docs, Values]:
    """Return the documents of all parts, with the sums of their scores in the order of the parts."""
    return _joined(snapshot, [(part.docs, part.scores) for part in parts if len(part.docs)])


def _choice_scores(snapshot: Snapshot, choice: Choice) -> Scored:
    scored = [(clause, clause_scores(snapshot, clause)) for clause in choice]
    found = [(clause, part) for clause, part in scored if len(part[0])]
    docs, scores = _joined(snapshot, [part for _, part in found])
    if snapshot.has_deleted:
        alive = snapshot.live[docs]
        docs, scores = docs[alive], scores[alive]
    return Scored(docs, scores, tuple(clause for clause, _ in found))


def _joined(snapshot: Snapshot, parts: Sequence[tuple[Docs, Values]]) -> tuple[Docs, Values]:
    if len(parts) < 2:
        return parts[0] if parts else (NO_DOCS, _NO_SCORES)
    docs = np.concatenate([docs for docs, _ in parts])
    return loops().merge(docs, np.concatenate([scores for _, scores in parts]), snapshot.size)


def _term_scores(snapshot: Snapshot, field: str, term: str, among: Docs | None) -> tuple[Docs, Values]:
    """Score the documents that have a term in a field by BM25, with the numbers that stock Whoosh uses."""
    found = [(part, postings) for part in snapshot.parts if (postings := part[1].postings(field, term))]
    if not found:
        return NO_DOCS, _NO_SCORES
    idf = log(snapshot.size / (sum(len(docs) for _, (docs, _) in found) + 1)) + 1
    weigh = _Weighing(field, idf, snapshot.average_length(field))
    parts = [weigh.scores(*part, *postings, among) for part, postings in found]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([docs for docs, _ in parts]), np.concatenate([scores for _, scores in parts])


@dataclass(frozen=True, slots=True)
class _Weighing:
    """What a term's weight is worth in a field whose average length is known."""

    field: str
    idf: float
    average: float

    def scores(
        self, offset: int, segment: IndexSegment, docs: Docs, weights: Values, among: Docs | None
    ) -> tuple[Docs, Values]:
        """Score the documents of one segment."""
        if among is not None:
            start, end = among.searchsorted((offset, offset + segment.size))
            kept, _ = loops().pairs(docs, (among[start:end] - offset).astype(docs.dtype))
            docs, weights = docs[kept], weights[kept]
        weights = weights.astype(np.float64)
        lengths = segment.lengths(self.field, docs)
        norms = _K1 * ((1 - _B) + _B * lengths / self.average)
        return np.add(docs, offset, dtype=np.int64), self.idf * ((weights * (_K1 + 1)) / (weights + norms))
