"""How well each document matches a query: BM25 summed over fields, one array operation at a time.

Knows clauses and snapshots. Scores equal those of stock Whoosh for the same query with `limit=None`,
which is the oracle in the tests.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from index.clauses import Choice, Clause, Query
from index.facets import Mask
from index.postings import Docs, Values
from index.segment import Postings
from index.snapshot import Snapshot


class Scores:
    """What all documents score, in total and from the fields of each language."""

    def __init__(self, size: int) -> None:
        self.total: Values = np.zeros(size)
        self.by_language: dict[str, Values] = {}

    def add(self, clause: Clause, docs: Docs, scores: Values) -> None:
        """Add what a clause scores in some documents."""
        self.total[docs] += scores
        if clause.language and len(docs):
            self.by_language.setdefault(clause.language, np.zeros_like(self.total))[docs] += scores


@dataclass(frozen=True, slots=True)
class Matches:
    """The live documents that match: those with all that was asked for, or, failing that, with some of it.

    `fewer_words` says that it is the latter. `nearly` are those with some of it beside others that have all.
    `typed` are those that have something as it was typed, not only through an expansion.
    """

    found: Mask
    nearly: Mask
    typed: Mask
    scores: Scores
    fewer_words: bool


def match(snapshot: Snapshot, query: Query) -> Matches:
    """Find the live documents that match, with all scores, and those that have fewer than all words."""
    scores = Scores(snapshot.size)
    nothing: Mask = np.zeros(snapshot.size, np.bool_)
    allowed = snapshot.live & ~_any_of(snapshot, query.excluded)
    if query.everything:
        return Matches(allowed, nothing, nothing, scores, fewer_words=False)
    masks = [_matching(snapshot, choice, scores) & allowed for choice in query.required]
    typed = np.logical_or.reduce([nothing, *masks])
    for expansion in query.expansions:
        expanded = _matching(snapshot, expansion.clauses, scores) & allowed
        for place in expansion.covers:
            masks[place] |= expanded
    _matching(snapshot, query.bonus, scores)
    some_words = np.logical_or.reduce([nothing, *masks])
    all_words = np.logical_and.reduce(masks) if masks else nothing
    if len(masks) < 2 or all_words.any():
        return Matches(all_words, some_words & ~all_words, typed, scores, fewer_words=False)
    return Matches(some_words, nothing, typed, scores, fewer_words=bool(some_words.any()))


def clause_scores(snapshot: Snapshot, clause: Clause) -> Postings:
    """Score the documents that have a clause's term, or its terms one after the other."""
    parts = [snapshot.term_scores(clause.field, term) for term in clause.terms]
    docs, scores = parts[0]
    if len(parts) > 1:
        docs = snapshot.phrase_docs(clause.field, clause.terms) if all(len(d) for d, _ in parts) else docs[:0]
        scores = sum((scored[np.searchsorted(found, docs)] for found, scored in parts), np.zeros(len(docs)))
    return docs, scores * clause.boost


def _matching(snapshot: Snapshot, choice: Choice, scores: Scores) -> Mask:
    mask = np.zeros(snapshot.size, np.bool_)
    for clause in choice:
        docs, scored = clause_scores(snapshot, clause)
        scores.add(clause, docs, scored)
        mask[docs] = True
    return mask


def _any_of(snapshot: Snapshot, choices: Iterable[Choice]) -> Mask:
    mask = np.zeros(snapshot.size, np.bool_)
    for choice in choices:
        mask |= _matching(snapshot, choice, Scores(snapshot.size))
    return mask
