"""The library's own engine, driven below the reader's query, so that it does the same work as the others.

What readers type is looked up in seven languages, through a thesaurus and more; no other engine here does that. So the
executor is given one language's field. It is measured warm, as in a process that has answered before, and
cold, with its memory of scores emptied before each question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

from benchmarks.search import stores
from benchmarks.search.corpus import FACETS, LANGUAGE, Record
from benchmarks.search.engines import Engine
from benchmarks.search.questions import TOP, Answer, Kind, Question
from index import Document, Index, ParsedQuery, Segment, Text, highlight, kernel, parse
from index.answering.matching import Matches, match
from index.answering.ranking import first_of
from index.asking.clauses import Choice, Clause, Query
from index.kernel import Loops
from index.requests import Sort
from index.schema import PROSE, language_field
from index.states.facets import count_codes, narrow

FIELD = language_field(PROSE, LANGUAGE)
MOST_CONTINUATIONS = 5000
FIRST_DAY = date(2020, 1, 1)
DAYS = 1500
SNIPPET = 240  # characters


class Ours(Engine):
    """Our engine with NumPy alone, warm."""

    name = "ours"
    cold: ClassVar[bool] = False
    loops: ClassVar[Loops] = kernel.PLAIN

    def build(self, folder: Path, corpus: Path) -> None:
        """Index the records from their texts, analysis included."""
        Index(folder, facets=tuple(FACETS)).rebuild(map(document, stores.texts(corpus)), position=1)

    def open(self, folder: Path) -> None:
        self._index = Index(folder, facets=tuple(FACETS))
        self._snapshot = self._index._snapshot()
        self._queries: dict[tuple[Kind, tuple[str, ...]], Query] = {}

    def prepare(self, question: Question) -> None:
        kernel.use(self.loops)
        if self.cold:
            self._snapshot.memory.clear()
        self._query(question)

    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        snapshot = self._snapshot
        found = match(snapshot, self._query(question))
        if not found.whole:  # where others find nothing, ours has gone on to those with some of the words
            found = Matches(found.docs[:0], found.scores[:0], 0)
        left = narrow(snapshot.facets, question.filters, (), found.docs, snapshot.memory)
        scores = left.left(found.scores)
        best = left.docs[first_of(snapshot, left.docs, scores, TOP, Sort.RELEVANCE, LANGUAGE)]
        counts = count_codes(snapshot.facets, left, ()) if facets else None
        return Answer(tuple(snapshot.ids[best].tolist()), len(left.docs) if total else None, counts)

    def snippets(self, question: Question, bodies: dict[int, str], ids: tuple[int, ...]) -> int | None:
        typed = " ".join(question.words)
        parsed = parse(f'"{typed}"' if question.kind is Kind.PHRASE else typed)
        begun = question.kind is Kind.PREFIX
        return sum(
            any(part.hit for piece in self._snippet(parsed, bodies[one], begun) for part in piece) for one in ids
        )

    def close(self) -> None:
        self._index.close()

    @staticmethod
    def _snippet(parsed: ParsedQuery, body: str, begun: bool) -> tuple[tuple[Segment, ...], ...]:
        return highlight(parsed, LANGUAGE, body, length=SNIPPET, fragments=1, beginnings=begun)

    def _query(self, question: Question) -> Query:
        known = self._queries.get((question.kind, question.words))
        if known is None:
            known = self._queries[question.kind, question.words] = self._made(question)
        return known

    def _made(self, question: Question) -> Query:
        terms: list[tuple[str, ...]] = [(word,) for word in question.words]
        if question.kind is Kind.PHRASE:
            terms = [question.words]
        if question.kind is Kind.PREFIX:
            return Query((tuple(self._beginnings(question.words[0])),), (), everything=False)
        if question.kind is Kind.ALL:
            return Query(tuple(_choice(one) for one in terms), (), everything=False)
        return Query((tuple(clause for one in terms for clause in _choice(one)),), (), everything=False)

    def _beginnings(self, beginning: str) -> Iterable[Clause]:
        longer = self._snapshot.continuations(FIELD, beginning, MOST_CONTINUATIONS)
        return (Clause(FIELD, (term,), 1.0) for term in (beginning, *longer))


class Cold(Ours):
    """Our engine with NumPy alone, its memory emptied before each question."""

    name = "ours, cold"
    cold = True

    def snippets(self, question: Question, bodies: dict[int, str], ids: tuple[int, ...]) -> int | None:
        return None  # they need no index, and so nothing of its memory


class Compiled(Ours):
    """Our engine with the compiled kernel, warm."""

    name = "ours, compiled"

    def __init__(self) -> None:
        """:raises ImportError: without numba."""
        from index import compiled

        type(self).loops = compiled.load()


def document(record: Record) -> Document:
    """Return a record of the corpus as the engine takes it."""
    return Document(
        id=record.id,
        version=1,
        texts=(Text(LANGUAGE, record.title, record.summary, record.body),),
        original_language=LANGUAGE,
        concepts={},
        names=(),
        facets=record.facets,
        published=FIRST_DAY + timedelta(days=record.id % DAYS),
    )


def _choice(terms: tuple[str, ...]) -> Choice:
    return (Clause(FIELD, terms, 1.0),)
