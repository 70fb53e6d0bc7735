"""Why the documents of one page matched: in which of their languages, through which words, and without which.

Knows one snapshot and what a query has found in it. Asked about a page of documents at once: what score which text has
is worked out for these alone, and not for all that match.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.answering.matching import Matches, marked
from index.answering.scoring import clause_scores
from index.asking.clauses import Clause, Query
from index.kernel import Docs, Values
from index.states.facets import Mask
from index.states.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class _InLanguage:
    """What the texts of some documents in one language have.

    :param has: for each thing that is required, which of the texts have it.
    """

    has: NDArray[np.bool_]
    scores: Values

    @classmethod
    def of(cls, things: int, documents: int) -> _InLanguage:
        return cls(np.zeros((things, documents), np.bool_), np.zeros(documents))


class Explanation:
    """What is to be said of some documents."""

    def __init__(self, snapshot: Snapshot, query: Query, matches: Matches, docs: Docs, reader_language: str) -> None:
        """Prepare to explain documents, given in ascending order, to a reader of a language."""
        self._snapshot, self._query, self._matches, self._docs = snapshot, query, matches, docs
        self._reader_language = reader_language
        self._places = {doc: place for place, doc in enumerate(docs.tolist())}

    def language(self, doc: int) -> str:
        """Return the language of the text that has most of what was asked for.

        Of equals it is the reader's, for that is the one to read; then the one that scores best, then the original's.
        """
        *_, original, titles = self._snapshot.record(doc)
        preferred = dict.fromkeys((self._reader_language, original, *titles))
        candidates = [language for language in preferred if language in titles]
        if len(candidates) == 1 or not self._matches.typed:
            return candidates[0]
        place = self._places[doc]

        def worth(language: str) -> tuple[int, bool, float]:
            if language not in self._in_languages:
                return 0, False, 0.0
            text = self._in_languages[language]
            has = int(text.has[:, place].sum())
            return has, has > 0 and language == self._reader_language, float(text.scores[place])

        return max(candidates, key=worth)  # the first of equals

    def through(self, doc: int) -> tuple[str, ...]:
        """Return the words of the vocabulary that the text has, where it has nothing as it was typed."""
        if not self._query.expansions or self._as_typed[self._places[doc]]:
            return ()
        labels = self._labels.get(self.language(doc), {})
        return tuple(label for label, docs in labels.items() if doc in docs)

    def missing(self, doc: int) -> tuple[int, ...]:
        """Return the places, in what is required, of that which the document has in no way."""
        place = self._places[doc]
        return tuple(number for number, there in enumerate(self._there) if not there[place])

    @cached_property
    def _there(self) -> list[Mask]:
        """For each thing that is required, which documents have it, as it was typed or in other words."""
        there = [marked(self._snapshot, self._docs, [scored]) for scored in self._matches.typed]
        for expansion, scored in zip(self._query.expansions, self._matches.expanded, strict=True):
            for number in expansion.covers:
                there[number] |= marked(self._snapshot, self._docs, [scored])
        return there

    @cached_property
    def _in_languages(self) -> dict[str, _InLanguage]:
        texts: dict[str, _InLanguage] = {}
        for covers, clause in self._clauses():
            if clause.language:
                found, added = clause_scores(self._snapshot, clause, self._docs)
                places = self._docs.searchsorted(found)
                if clause.language not in texts:
                    texts[clause.language] = _InLanguage.of(len(self._matches.typed), len(self._docs))
                text = texts[clause.language]
                text.scores[places] += added
                for thing in covers:
                    text.has[thing, places] = True
        return texts

    def _clauses(self) -> Iterator[tuple[tuple[int, ...], Clause]]:
        """Yield what was found, and which of the things that are required it is or stands for."""
        for number, scored in enumerate(self._matches.typed):
            yield from (((number,), clause) for clause in scored.clauses)
        for expansion, scored in zip(self._query.expansions, self._matches.expanded, strict=True):
            yield from ((expansion.covers, clause) for clause in scored.clauses)
        for scored in self._matches.bonus:
            yield from (((), clause) for clause in scored.clauses)

    @cached_property
    def _as_typed(self) -> Mask:
        return marked(self._snapshot, self._docs, self._matches.typed)

    @cached_property
    def _labels(self) -> dict[str, dict[str, set[int]]]:
        """The documents that have each label, by language; labels in the order in which they are looked up."""
        others = self._docs[~self._as_typed]
        labels: dict[str, dict[str, set[int]]] = {}
        for clause in (clause for scored in self._matches.expanded for clause in scored.clauses):
            if clause.language:
                docs, _ = clause_scores(self._snapshot, clause, others)
                labels.setdefault(clause.language, {}).setdefault(clause.label, set()).update(docs.tolist())
        return labels
