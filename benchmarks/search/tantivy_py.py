"""Tantivy by its Python binding: facets by its aggregations, snippets by its generator."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import tantivy  # type: ignore[import-not-found] # not where every machine has it

from benchmarks.search import stores
from benchmarks.search.corpus import FACETS
from benchmarks.search.engines import FACET_CODES, FIELD, Engine
from benchmarks.search.questions import TOP, Answer, Kind, Question

HEAP: Final = 600_000_000  # bytes that its writer may use
_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


class Tantivy(Engine):
    """Tantivy."""

    name = f"Tantivy {tantivy.__version__.split()[1].strip('v,')}"

    def build(self, folder: Path, corpus: Path) -> None:
        index = tantivy.Index(_schema(), str(folder))
        writer = index.writer(heap_size=HEAP, num_threads=2)
        for record in stores.terms(corpus):
            codes = {name: [*values] for name, values in record.facets.items()}
            document = tantivy.Document(**{FIELD: record.text}, **codes)
            document.add_integer("id", record.id)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, str(folder), reuse=True)
        self._index.reload()
        self._searcher = self._index.searcher()
        self._queries: dict[tuple[Any, ...], Any] = {}

    def prepare(self, question: Question) -> None:
        self._query(question.kind, question.words)

    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        base = self._query(question.kind, question.words)
        query = self._narrowed(base, question.filters)
        found = self._searcher.search(query, TOP, count=total)
        ids = tuple(self._searcher.doc(address)["id"][0] for _, address in found.hits)
        counts = self._counts(base, query, question) if facets else None
        return Answer(ids, found.count if total else None, counts)

    def snippets(self, question: Question, bodies: dict[int, str], ids: tuple[int, ...]) -> int | None:
        query = self._query(question.kind, question.words)
        generator = tantivy.SnippetGenerator.create(self._searcher, query, self._schema, FIELD)
        generator.set_max_num_chars(240)
        made = 0
        for one in ids:
            document = tantivy.Document(**{FIELD: bodies[one]})
            made += bool(generator.snippet_from_doc(document).to_html())
        return made

    def _counts(self, base: Any, query: Any, question: Question) -> dict[str, dict[str, int]]:
        """Count all facets at once, and each that is filtered once more without its own filter."""
        free = [name for name in FACETS if name not in question.filters]
        counts = self._aggregated(query, free)
        for name in question.filters:
            others = {other: codes for other, codes in question.filters.items() if other != name}
            counts |= self._aggregated(self._narrowed(base, others), [name])
        return counts

    def _aggregated(self, query: Any, names: list[str]) -> dict[str, dict[str, int]]:
        wanted = {name: {"terms": {"field": name, "size": FACET_CODES}} for name in names}
        found = self._searcher.aggregate(query, wanted)
        return {name: {one["key"]: one["doc_count"] for one in found[name]["buckets"]} for name in names}

    def _query(self, kind: Kind, words: tuple[str, ...]) -> Any:
        known = self._queries.get((kind, words))
        if known is None:
            known = self._queries[kind, words] = self._made(kind, words)
        return known

    def _made(self, kind: Kind, words: tuple[str, ...]) -> Any:
        make, schema = tantivy.Query, self._schema
        if kind is Kind.PHRASE:
            return make.phrase_query(schema, FIELD, [*words])
        if kind is Kind.PREFIX:
            return make.regex_query(schema, FIELD, f"{words[0]}.*")
        parts = [make.term_query(schema, FIELD, word, "freq") for word in words]
        return make.boolean_query([(_MUST if kind is Kind.ALL else _SHOULD, part) for part in parts])

    def _narrowed(self, query: Any, filters: Any) -> Any:
        if not filters:
            return query
        make = tantivy.Query
        masks = [
            make.boolean_query([(_SHOULD, make.term_query(self._schema, name, code, "basic")) for code in codes])
            for name, codes in filters.items()
        ]
        return make.boolean_query([(_MUST, query), *((_MUST, make.const_score_query(mask, 0.0)) for mask in masks)])


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(FIELD, stored=False, tokenizer_name="whitespace", index_option="position")
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    for name in FACETS:
        builder.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()
