"""Which documents a query finds, and what they score in all.

Knows what choices score, and how a query puts them together. Works on the documents that have something of what was
asked for, never on all documents of the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from index.answering.scoring import NO_DOCS, Scored, add_up, choice_scores
from index.asking.clauses import Query
from index.kernel import Docs, Values, loops
from index.states.facets import Mask
from index.states.snapshot import Snapshot

# Who types so many things asks a question. Which of its words a document happens to lack says little then: a long one
# that has them all in passing is no better than a short one about the matter.
QUESTION = 4


@dataclass(frozen=True, slots=True)
class Matches:
    """The live documents that match, in order, with their scores: those with all that was asked for, or some of it.

    `whole` is how many have all. `typed` are the documents that have something as it was typed, `expanded` those
    that have it in other words, `bonus` those that have what only adds to scores.
    """

    docs: Docs
    scores: Values
    whole: int
    typed: tuple[Scored, ...] = ()
    expanded: tuple[Scored, ...] = ()
    bonus: tuple[Scored, ...] = ()
    excluded: Docs | None = None

    @property
    def some(self) -> bool:
        """Whether documents that have only some of what was asked for are among them."""
        return len(self.docs) > self.whole

    def nearly(self, snapshot: Snapshot) -> tuple[Docs, Values]:
        """Return the documents with some of what was asked for, beside those that have all."""
        if self.some or len(self.typed) < 2:
            return NO_DOCS, np.empty(0)
        docs, scores = add_up(snapshot, (*self.typed, *self.expanded))
        docs, scores = _left(docs, scores, self.excluded)
        docs, scores = _left(docs, scores, self.docs)
        return docs, _with_all(snapshot, docs, scores, self.bonus)


def match(snapshot: Snapshot, query: Query) -> Matches:
    """Find the live documents that have all that was asked for; where none has, or many things were, some of it."""
    excluded = _union([choice_scores(snapshot, choice) for choice in query.excluded])
    if query.everything:
        docs, scores = _left(snapshot.live_docs, np.broadcast_to(0.0, len(snapshot.live_docs)), excluded)
        return Matches(docs, scores, len(docs), excluded=excluded)
    typed = tuple(choice_scores(snapshot, choice) for choice in query.required)
    expanded = tuple(choice_scores(snapshot, expansion.clauses) for expansion in query.expansions)
    bonus = (choice_scores(snapshot, query.bonus),) if query.bonus else ()
    docs, scores = _with_everything(snapshot, query, typed, expanded)
    docs, scores = _left(docs, scores, excluded)
    whole = len(docs)
    if len(typed) > 1 and (not whole or len(typed) >= QUESTION):
        docs, scores = _left(*add_up(snapshot, (*typed, *expanded)), excluded)
    scores = _with_all(snapshot, docs, scores, bonus)
    return Matches(docs, scores, whole, typed, expanded, bonus, excluded)


def _with_everything(
    snapshot: Snapshot, query: Query, typed: Sequence[Scored], expanded: Sequence[Scored]
) -> tuple[Docs, Values]:
    """Return the documents that have each required choice, or what stands for it, and all that they score."""
    if len(typed) < 2:
        return add_up(snapshot, (*typed, *expanded))
    places = [[scored] for scored in typed]
    for expansion, scored in zip(query.expansions, expanded, strict=True):
        for place in expansion.covers:
            places[place].append(scored)
    rarest, *others = sorted(places, key=lambda parts: sum(len(part.docs) for part in parts))
    docs = reduce(lambda left, parts: left[marked(snapshot, left, parts)], others, _union(rarest))
    return docs, _with_all(snapshot, docs, np.zeros(len(docs)), (*typed, *expanded))


def _with_all(snapshot: Snapshot, docs: Docs, scores: Values, parts: Sequence[Scored]) -> Values:
    """Add to the scores of documents what they score in several parts."""
    for part in parts:
        ours, theirs = part.among(docs, snapshot.size)
        if len(ours) == len(docs):
            scores = scores + part.scores.take(theirs)
        elif len(ours):
            scores = scores.copy()
            scores[ours] += part.scores.take(theirs)
    return scores


def marked(snapshot: Snapshot, docs: Docs, parts: Sequence[Scored]) -> Mask:
    """Mark, of documents in order, those that are in any of the parts."""
    there = np.zeros(len(docs), np.bool_)
    for part in parts:
        there[part.among(docs, snapshot.size)[0]] = True
    return there


def _left(docs: Docs, scores: Values, without: Docs | None) -> tuple[Docs, Values]:
    """Leave out documents."""
    if without is None or not len(without) or not len(docs):
        return docs, scores
    kept = np.ones(len(docs), np.bool_)
    kept[loops().pairs(docs, without)[0]] = False
    return docs[kept], scores[kept]


def _union(parts: Sequence[Scored]) -> Docs:
    """Return the documents of any of the parts."""
    found = [part.docs for part in parts if len(part.docs)]
    if len(found) < 2:
        return found[0] if found else NO_DOCS
    docs = np.sort(np.concatenate(found), kind="stable")
    return docs[np.concatenate(([True], docs[1:] != docs[:-1]))]
