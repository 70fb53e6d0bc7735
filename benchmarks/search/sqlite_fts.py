"""SQLite's FTS5, with a table of codes that is joined and grouped for facets."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from benchmarks.search import stores
from benchmarks.search.corpus import FACETS
from benchmarks.search.engines import FIELD, Engine
from benchmarks.search.questions import TOP, Answer, Kind, Question


class SqliteFts(Engine):
    """FTS5 in a file."""

    name = f"SQLite FTS5 {sqlite3.sqlite_version}"

    def build(self, folder: Path, corpus: Path) -> None:
        database = sqlite3.connect(folder / "fts.sqlite3")
        tokens = 'tokenize = "unicode61 remove_diacritics 0"'
        database.execute(f"CREATE VIRTUAL TABLE record USING fts5({FIELD}, content='', {tokens})")
        columns = "record INTEGER, facet INTEGER, code TEXT, PRIMARY KEY (record, facet, code)"
        database.execute(f"CREATE TABLE code ({columns}) WITHOUT ROWID")
        facets = {name: number for number, name in enumerate(FACETS)}
        for record in stores.terms(corpus):
            database.execute(f"INSERT INTO record (rowid, {FIELD}) VALUES (?, ?)", (record.id, record.text))
            rows = [(record.id, facets[name], code) for name, codes in record.facets.items() for code in codes]
            database.executemany("INSERT INTO code VALUES (?, ?, ?)", rows)
        database.execute("CREATE INDEX by_code ON code (facet, code, record)")
        database.execute("INSERT INTO record(record) VALUES ('optimize')")
        database.execute("ANALYZE")
        database.commit()
        database.close()

    def open(self, folder: Path) -> None:
        self._database = sqlite3.connect(f"file:{folder / 'fts.sqlite3'}?mode=ro", uri=True)
        self._database.execute("PRAGMA mmap_size = 8000000000")

    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        text = _text(question)
        where, values = _where(question.filters)
        query = f"SELECT rowid FROM record WHERE record MATCH ? {where} ORDER BY bm25(record) LIMIT {TOP}"
        ids = tuple(row[0] for row in self._all(query, text, *values))
        count = None
        if total:
            count = self._all(f"SELECT count(*) FROM record WHERE record MATCH ? {where}", text, *values)[0][0]
        return Answer(ids, count, self._counts(question, text) if facets else None)

    def close(self) -> None:
        self._database.close()

    def _counts(self, question: Question, text: str) -> dict[str, dict[str, int]]:
        numbers = dict(enumerate(FACETS))
        counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        free = [number for number, name in numbers.items() if name not in question.filters]
        self._group(counts, numbers, text, question.filters, free)
        for number, name in numbers.items():
            if name in question.filters:
                others = {other: codes for other, codes in question.filters.items() if other != name}
                self._group(counts, numbers, text, others, [number])
        return counts

    def _group(
        self, counts: dict[str, dict[str, int]], numbers: dict[int, str], text: str, filters: Any, wanted: list[int]
    ) -> None:
        where, values = _where(filters)
        query = (
            f"SELECT facet, code, count(*) FROM (SELECT rowid AS found FROM record WHERE record MATCH ? {where}) "
            f"JOIN code ON code.record = found WHERE facet IN ({', '.join(map(str, wanted))}) GROUP BY facet, code"
        )
        for number, code, count in self._all(query, text, *values):
            counts[numbers[number]][code] = count

    def _all(self, query: str, *values: Any) -> list[Any]:
        return self._database.execute(query, values).fetchall()


def _text(question: Question) -> str:
    match question.kind:
        case Kind.PHRASE:
            return f'"{" ".join(question.words)}"'
        case Kind.PREFIX:
            return f'"{question.words[0]}"*'
        case Kind.ALL:
            return " AND ".join(f'"{word}"' for word in question.words)
        case _:
            return " OR ".join(f'"{word}"' for word in question.words)


def _where(filters: Any) -> tuple[str, list[Any]]:
    numbers = {name: number for number, name in enumerate(FACETS)}
    parts, values = [], []
    for name, codes in filters.items():
        marks = ", ".join("?" * len(codes))
        parts.append(f"AND rowid IN (SELECT record FROM code WHERE facet = ? AND code IN ({marks}))")
        values += [numbers[name], *codes]
    return " ".join(parts), values
