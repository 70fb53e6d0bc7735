"""Whoosh 2.7.4 as its author released it: its own codec, scoring and facets. `limit=None` counts exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whoosh import fields, query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.index import create_in, open_dir
from whoosh.sorting import FieldFacet

from benchmarks.search import stores
from benchmarks.search.corpus import FACETS
from benchmarks.search.engines import FIELD, Engine
from benchmarks.search.questions import TOP, Answer, Kind, Question


class StockWhoosh(Engine):
    """Whoosh without anything of ours."""

    name = "stock Whoosh 2.7.4"

    def build(self, folder: Path, corpus: Path) -> None:
        texts = {FIELD: fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True)}
        codes = {name: fields.KEYWORD() for name in FACETS}
        index = create_in(folder, fields.Schema(id=fields.STORED(), **texts, **codes))
        writer = index.writer(limitmb=512, compound=False)
        for record in stores.terms(corpus):
            joined = {name: " ".join(values) for name, values in record.facets.items()}
            writer.add_document(id=record.id, **{FIELD: record.text}, **joined)
        writer.commit()

    def open(self, folder: Path) -> None:
        self._index = open_dir(folder)
        self._searcher = self._index.searcher()

    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        asked, narrowed = _query(question), _narrowed(question.filters)
        if not total:
            found = self._searcher.search(asked, limit=TOP, filter=narrowed)
            return Answer(tuple(hit["id"] for hit in found))
        groups = {name: FieldFacet(name, allow_overlap=True) for name in FACETS if name not in question.filters}
        found = self._searcher.search(asked, limit=None, filter=narrowed, groupedby=groups if facets else None)
        counts = None
        if facets:
            counts = {name: _sizes(found.groups(name)) for name in groups}
            for name in question.filters:
                others = _narrowed({other: codes for other, codes in question.filters.items() if other != name})
                own = {name: FieldFacet(name, allow_overlap=True)}
                counts[name] = _sizes(
                    self._searcher.search(asked, limit=None, filter=others, groupedby=own).groups(name)
                )
        return Answer(tuple(hit["id"] for hit in found[:TOP]), len(found), counts)

    def close(self) -> None:
        self._searcher.close()
        self._index.close()


def _sizes(groups: Any) -> dict[str, int]:
    return {code: len(documents) for code, documents in groups.items() if code}


def _query(question: Question) -> Any:
    if question.kind is Kind.PHRASE:
        return query.Phrase(FIELD, [*question.words])
    if question.kind is Kind.PREFIX:
        return query.Prefix(FIELD, question.words[0])
    parts = [query.Term(FIELD, word) for word in question.words]
    return query.And(parts) if question.kind is Kind.ALL else query.Or(parts)


def _narrowed(filters: Any) -> Any:
    parts = [query.Or([query.Term(name, code) for code in codes]) for name, codes in filters.items()]
    return query.And(parts) if parts else None
