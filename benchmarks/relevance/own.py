"""The test set of our own, asked of the starter library as a reader asks it, and of the reference.

An answer is what a page shows: the hits, and below them those with fewer words where the hits leave room. It is asked
for once, with the whole library as it stands, and then looked at through the languages of the documents: all of them;
those of one original language; those that the reader can read in the language of the query (*same*) and those that
stand in other languages only (*other*). Looking through keeps the order of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from benchmarks.installation import STARTER_SIZE, Installation
from benchmarks.relevance.judgements import Need
from benchmarks.relevance.metrics import Grades, score
from benchmarks.relevance.reference import Page, Reference
from benchmarks.relevance.rows import ANY, DIGITS, OTHER, OURS, REFERENCE, SAME, Row, row
from index import LANGUAGES, MAX_PER_PAGE, SearchRequest
from library import cli
from library.indexing import search as library_search
from library.indexing.documents import body_of
from library.models import Practice

SET: Final = "starter library"
# The promise to find across languages is one ratio: over the queries that have something to find on both sides.
SAME_OF_BOTH: Final = "same, of both"
OTHER_OF_BOTH: Final = "other, of both"

Search = Callable[[str, str], list[str]]  # what was typed, and the reader's language


@dataclass(frozen=True, slots=True)
class Shelf:
    """The practices of a library: their names by number, and their languages by name.

    A starter practice's name is that of its file; its address is made of its title and may change.
    """

    names: Mapping[int, str]
    original: Mapping[str, str]
    readable: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found for a query: names, best first."""

    need: Need
    language: str
    kind: str
    ranking: Sequence[str]


@contextmanager
def starter_library(folder: Path) -> Iterator[Flask]:
    """Set up a fresh library in a folder, with the product's own verbs, and give its application."""
    with Installation(folder, STARTER_SIZE).app() as app:
        cli.prepare()
        yield app


def shelf_of(session: Session) -> Shelf:
    """Read what is on the shelf."""
    practices = dict(_practices(session))
    return Shelf(
        names={practice.id: name for name, practice in practices.items()},
        original={name: practice.original_language for name, practice in practices.items()},
        readable={name: frozenset(text.language for text in practice.texts) for name, practice in practices.items()},
    )


def _practices(session: Session) -> Iterator[tuple[str, Practice]]:
    for practice in session.scalars(select(Practice).options(selectinload(Practice.texts)).order_by(Practice.id)):
        yield practice.external_id or practice.slug, practice


def ours(session: Session, shelf: Shelf) -> Search:
    """Return the search of the application in whose context this is called."""

    def search(text: str, language: str) -> list[str]:
        found = library_search.search(session, SearchRequest(text=text, language=language, per_page=MAX_PER_PAGE))
        if found.rebuilding:
            raise RuntimeError("the library has no index, so titles were searched instead")
        return [shelf.names[hit.id] for hit in (*found.result.hits, *found.result.more)]

    return search


def reference(session: Session) -> Search:
    """Return the reference over the same texts; each practice is found through the best of its texts."""
    plain = Reference.of(
        Page(name, text.language, text.title, f"{text.summary} {body_of(text.sections)}")
        for name, practice in _practices(session)
        for text in practice.texts
    )
    return lambda text, language: plain.ranking(text)  # noqa: ARG005 - it knows no reader


def ask(search: Search, needs: Sequence[Need]) -> list[Answer]:
    """Ask every query of every need."""
    return [
        Answer(need, asked.language, asked.kind, search(asked.text, asked.language))
        for need in needs
        for asked in need.asked
    ]


def rows_of(engine: str, answers: Sequence[Answer], shelf: Shelf) -> list[Row]:
    """Return the rows of one engine: queries in all languages and in each, through each kind of looking."""
    rows: list[Row] = []
    for query_language in (ANY, *LANGUAGES):
        asked = [answer for answer in answers if query_language in (ANY, answer.language)]
        for document_language in (ANY, SAME, OTHER, *LANGUAGES):
            seen = list(_through(asked, shelf, document_language))
            if seen:
                rows.append(row(SET, engine, query_language, document_language, seen))
    both = _with_both(answers, shelf)
    for name, side in ((SAME_OF_BOTH, SAME), (OTHER_OF_BOTH, OTHER)):
        if both:
            rows.append(row(SET, engine, ANY, name, list(_through(both, shelf, side))))
    return rows


def kinds_of(answers: Mapping[str, Sequence[Answer]]) -> list[Row]:
    """Return a row for each kind of query, our figures beside those of the reference."""
    rows: list[Row] = []
    for kind in dict.fromkeys(sorted(answer.kind for answer in answers[OURS])):
        mine, plain = (
            score([(a.ranking, a.need.grades) for a in answers[engine] if a.kind == kind])
            for engine in (OURS, REFERENCE)
        )
        rows.append(
            {
                "kind": kind,
                "queries": mine.queries,
                "ndcg10": round(mine.ndcg10, DIGITS),
                "reference_ndcg10": round(plain.ndcg10, DIGITS),
                "recall50": round(mine.recall50, DIGITS),
                "reference_recall50": round(plain.recall50, DIGITS),
                "empty": mine.empty,
                "reference_empty": plain.empty,
            }
        )
    return rows


def _with_both(answers: Sequence[Answer], shelf: Shelf) -> list[Answer]:
    """Return the answers to queries that have something to find in the same language and across."""
    return [a for a in answers if all(list(_through([a], shelf, side)) for side in (SAME, OTHER))]


def _through(answers: Sequence[Answer], shelf: Shelf, document_language: str) -> Iterator[tuple[list[str], Grades]]:
    """Look at answers through the documents of some language; queries with nothing to find there are left out."""
    for answer in answers:
        seen = {name for name in shelf.original if _is_seen(shelf, name, answer.language, document_language)}
        judged = {name: grade for name, grade in answer.need.grades.items() if name in seen}
        if judged:
            yield [name for name in answer.ranking if name in seen], judged


def _is_seen(shelf: Shelf, name: str, language: str, document_language: str) -> bool:
    readable = language in shelf.readable[name]
    choices = {ANY: True, SAME: readable, OTHER: not readable}
    return choices.get(document_language, shelf.original[name] == document_language)


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of both engines, and those by kind of query."""

    rows: list[Row]
    kinds: list[Row]


def measure(session: Session, needs: Sequence[Need]) -> Measured:
    """Ask both engines everything, in the context of an application with the starter library."""
    shelf = shelf_of(session)
    answers = {OURS: ask(ours(session, shelf), needs), REFERENCE: ask(reference(session), needs)}
    rows = [one for engine, some in answers.items() for one in rows_of(engine, some, shelf)]
    return Measured(rows, kinds_of(answers))
