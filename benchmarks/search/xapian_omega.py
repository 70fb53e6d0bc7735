"""Xapian by Debian's Python binding: BM25 over prefixed terms, facets by value slots counted while matching."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

DEBIAN: Final = "/usr/lib/python3/dist-packages"  # where Debian's python3-xapian lies, which pip does not have
sys.path.append(DEBIAN)
try:
    import xapian  # type: ignore[import-not-found] # not where every machine has it
finally:
    sys.path.remove(DEBIAN)

from benchmarks.search import stores  # noqa: E402 - after the path
from benchmarks.search.corpus import FACETS  # noqa: E402
from benchmarks.search.engines import Engine  # noqa: E402
from benchmarks.search.questions import TOP, Answer, Kind, Question  # noqa: E402

_PREFIX: Final = "XTEXT"
_SLOTS: Final = {name: slot for slot, name in enumerate(FACETS)}
_BETWEEN: Final = "\t"
_COMMITTED: Final = 10_000  # records


class Xapian(Engine):
    """Xapian with its glass backend."""

    name = f"Xapian {xapian.version_string()}"

    def build(self, folder: Path, corpus: Path) -> None:
        database = xapian.WritableDatabase(str(folder / "xapian"), xapian.DB_CREATE_OR_OVERWRITE)
        for number, record in enumerate(stores.terms(corpus), start=1):
            document = xapian.Document()
            for place, word in enumerate(record.text.split()):
                document.add_posting(_PREFIX + word, place)
            for name, codes in record.facets.items():
                document.add_value(_SLOTS[name], _BETWEEN.join(codes))
                for code in codes:
                    document.add_boolean_term(f"XC{name.upper()}:{code}")
            database.replace_document(record.id, document)
            if number % _COMMITTED == 0:
                database.commit()
        database.commit()
        database.close()

    def open(self, folder: Path) -> None:
        self._database = xapian.Database(str(folder / "xapian"))

    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        free = [name for name in FACETS if name not in question.filters] if facets else []
        found, counts = self._found(question, question.filters, free, all_of_them=total)
        for name in question.filters if facets else ():
            others = {other: codes for other, codes in question.filters.items() if other != name}
            counts |= self._found(question, others, [name], all_of_them=True)[1]
        ids = tuple(hit.docid for hit in found)
        return Answer(ids, found.get_matches_estimated() if total else None, counts if facets else None)

    def close(self) -> None:
        self._database.close()

    def _found(
        self, question: Question, filters: Any, counted: list[str], *, all_of_them: bool
    ) -> tuple[Any, dict[str, dict[str, int]]]:
        asked = xapian.Enquire(self._database)
        asked.set_query(self._narrowed(question, filters))
        spies = {name: xapian.ValueCountMatchSpy(_SLOTS[name]) for name in counted}
        for spy in spies.values():
            asked.add_matchspy(spy)
        found = asked.get_mset(0, TOP, self._database.get_doccount() if all_of_them else 0)
        return found, {name: _apart(spy) for name, spy in spies.items()}

    def _narrowed(self, question: Question, filters: Any) -> Any:
        query = self._query(question)
        for name, codes in filters.items():
            terms = [xapian.Query(f"XC{name.upper()}:{code}") for code in codes]
            query = xapian.Query(xapian.Query.OP_FILTER, query, xapian.Query(xapian.Query.OP_OR, terms))
        return query

    def _query(self, question: Question) -> Any:
        make = xapian.Query
        if question.kind is Kind.PHRASE:
            return make(make.OP_PHRASE, [_PREFIX + word for word in question.words], 2)
        if question.kind is Kind.PREFIX:
            return make(make.OP_WILDCARD, _PREFIX + question.words[0], 0, make.WILDCARD_LIMIT_ERROR, make.OP_OR)
        parts = [make(_PREFIX + word) for word in question.words]
        return make(make.OP_AND if question.kind is Kind.ALL else make.OP_OR, parts)


def _apart(spy: Any) -> dict[str, int]:
    """Return the count of each code; a slot holds all codes of a record in one string."""
    counts: dict[str, int] = {}
    for value in spy.values():
        for code in value.term.decode().split(_BETWEEN):
            counts[code] = counts.get(code, 0) + value.termfreq
    return counts
