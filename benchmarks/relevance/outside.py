"""Test sets that others made, read from a folder that is no part of the project; nothing of them is kept.

Each is a folder with ``docs.jsonl`` {id, title, text, lang}, ``queries.jsonl`` {id, text, lang} and judgements
``qrels.tsv`` (query, document, grade). Judgements ``qrels.XX-YY.tsv`` are of queries in the language XX and documents
in YY alone. Their documents go into a real index as documents with one text each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.measuring import Unmeasurable
from index import Document, Text

FACET: Final = "language"
DAY: Final = date(2000, 1, 1)  # all are as new as one another
_PAIR: Final = re.compile(r"qrels\.([a-z]{2})-([a-z]{2})\.tsv")


class Query(NamedTuple):
    """A query as it is asked."""

    name: str
    text: str
    language: str


class Pair(NamedTuple):
    """The languages of queries and documents; no language of documents: all that there are."""

    query_language: str
    document_language: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a test set."""

    name: str
    title: str
    text: str
    language: str


@dataclass(frozen=True)
class GivenSet:
    """A test set in a folder, read when it is asked for."""

    folder: Path

    @property
    def name(self) -> str:
        """Return the name of the folder, which is that of the set."""
        return self.folder.name

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The documents, in the order of the file."""
        return tuple(Source(d["id"], d["title"], d["text"], d["lang"]) for d in _lines(self.folder / "docs.jsonl"))

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """The queries, in the order of the file."""
        return tuple(Query(q["id"], q["text"], q["lang"]) for q in _lines(self.folder / "queries.jsonl"))

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages of the documents."""
        return frozenset(source.language for source in self.sources)

    def documents(self) -> Iterator[Document]:
        """Yield the documents for our index, numbered from 1 in their order."""
        for number, source in enumerate(self.sources, start=1):
            yield Document(
                id=number,
                version=1,
                texts=(Text(source.language, source.title, "", source.text),),
                original_language=source.language,
                concepts={},
                names=(),
                facets={FACET: (source.language,)},
                published=DAY,
            )

    def judged(self) -> dict[Pair, dict[str, dict[str, int]]]:
        """Return what was judged, by languages, query and document; only queries with a relevant document."""
        found = dict(self._pairs())
        everything = _grades(self.folder / "qrels.tsv")
        languages = {query.name: query.language for query in self.queries}
        only = next(iter(self.languages)) if len(self.languages) == 1 else None
        for name, grades in everything.items():
            found.setdefault(Pair(languages[name], only), {})[name] = grades
        return found

    def _pairs(self) -> Iterator[tuple[Pair, dict[str, dict[str, int]]]]:
        for path in sorted(self.folder.glob("qrels.*-*.tsv")):
            if languages := _PAIR.fullmatch(path.name):
                yield Pair(languages[1], languages[2]), _grades(path)


def sets_in(folder: Path) -> list[GivenSet]:
    """Return the test sets in a folder; folders of another shape are passed over.

    :raises Unmeasurable: if there is none.
    """
    found = [GivenSet(path.parent) for path in sorted(folder.glob("*/docs.jsonl"))]
    if not found:
        raise Unmeasurable(f"{folder} holds no test sets: folders with docs.jsonl, queries.jsonl and qrels.tsv")
    return found


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            grades.setdefault(query, {})[document] = int(grade)
    return grades
