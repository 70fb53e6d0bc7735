r"""A vocabulary as a table: one row a concept, one column a thing that can be said of it in one language. Pure.

Several words in a cell are separated by a vertical bar; a bar within a word is written ``\|``. What only SKOS can say
(``rest``) is in no column and stays as it is when a table is brought in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from library.languages import LANGUAGES
from library.models import RelationKind
from library.tables.lines import csv_lines
from library.vocabulary.faults import Fault, FaultKind
from library.vocabulary.skos import MAX_CODE, MAX_LABEL, circles
from library.vocabulary.states import ConceptState, SchemeState

ACTIVE: Final = "active"
DEPRECATED: Final = "deprecated"
# Column -> kind, for the relations that a table holds.
RELATIONS: Final = {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", kind).lower(): kind.value for kind in RelationKind}
COLUMNS: Final = (
    "code",
    "address",
    "status",
    "replaced_by",
    *RELATIONS,
    *(f"label_{code}" for code in LANGUAGES),
    *(f"synonyms_{code}" for code in LANGUAGES),
    *(f"note_{code}" for code in LANGUAGES),
)
_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BAR: Final = re.compile(r"(?<!\\)\|")


def write(scheme: SchemeState) -> Iterator[str]:
    """Yield a vocabulary as CSV, see ``csv_lines``."""
    rows = map(row_of, scheme.concepts.values())
    return csv_lines(chain([COLUMNS], ([row.get(name, "") for name in COLUMNS] for row in rows)))


def row_of(concept: ConceptState) -> dict[str, str]:
    """Return a concept as a row; concepts of its own vocabulary are named by their codes alone."""
    row = {"code": concept.code, "address": concept.uri, "status": DEPRECATED if concept.deprecated else ACTIVE}
    row["replaced_by"] = _short(concept.replaced_by, concept.scheme)
    for name, kind in RELATIONS.items():
        row[name] = _join(_short(target, concept.scheme) for target in concept.relations.get(kind, ()))
    for code in LANGUAGES:
        row[f"label_{code}"] = concept.labels.get(code, "")
        row[f"synonyms_{code}"] = _join(concept.synonyms.get(code, ()))
        row[f"note_{code}"] = concept.notes.get(code, "")
    return row


def _short(identifier: str, scheme: str) -> str:
    return identifier.removeprefix(scheme + "/")


def _join(words: Iterable[str]) -> str:
    return " | ".join(word.replace("|", "\\|") for word in words)


def _split(cell: str) -> list[str]:
    pieces = (piece.strip().replace("\\|", "|") for piece in _BAR.split(cell))
    return list(dict.fromkeys(piece for piece in pieces if piece))


# --- reading -----------------------------------------------------------------------------------------------------


def concepts_in(
    rows: Iterable[tuple[int, Sequence[str]]], existing: SchemeState, known: Iterable[str]
) -> tuple[dict[str, ConceptState], list[Fault]]:
    """Return the concepts that a table describes, and what is wrong with it.

    A column that is missing leaves alone what it would say; an empty cell takes it away.

    :param rows: number and cells of each row, headings first; as ``tables.reading`` gives them.
    :param existing: the vocabulary as it is now; one that is new has no concepts.
    :param known: identifiers of the concepts of all other vocabularies.
    """
    reading = _Table(existing, set(known))
    reading.read(iter(rows))
    return reading.concepts, reading.faults


class _Table:
    """Reads one table; faults name row and column."""

    def __init__(self, existing: SchemeState, known: set[str]) -> None:
        self._existing, self._known = existing, known
        self.concepts: dict[str, ConceptState] = {}
        self.faults: list[Fault] = []
        self._rows: dict[str, int] = {}

    def read(self, rows: Iterator[tuple[int, Sequence[str]]]) -> None:
        """Read all rows, then look whether what they point at is there."""
        headings = [name.strip().lower() for name in next(rows, (1, ()))[1]]
        if not any(headings):
            self.faults.append(Fault(FaultKind.NOT_A_TABLE))
            return
        for name in headings:
            if name and name not in COLUMNS:
                self.faults.append(Fault(FaultKind.COLUMN, line=1, column=name, value=name))
        if "code" not in headings:
            self.faults.append(Fault(FaultKind.NO_COLUMN, line=1, column="code"))
            return
        for number, cells in rows:
            padded = [*cells, *[""] * (len(headings) - len(cells))]  # programs leave out empty cells at the end
            said = {name: cell.strip() for name, cell in zip(headings, padded, strict=False) if name}
            if any(said.values()):
                self._take(number, said)
        self._check_targets()

    def _fault(self, kind: FaultKind, number: int, column: str, concept: str, value: str) -> None:
        self.faults.append(Fault(kind, line=number, column=column, concept=concept, value=value))

    def _take(self, number: int, said: Mapping[str, str]) -> None:
        code = said["code"]
        identifier = f"{self._existing.code}/{code}"
        if not _CODE.fullmatch(code) or len(code) > MAX_CODE:
            self._fault(FaultKind.CODE, number, "code", code, code)
            return
        if identifier in self.concepts:
            self._fault(FaultKind.TWICE, number, "code", identifier, code)
            return
        self._rows[identifier] = number
        self.concepts[identifier] = self._concept(number, identifier, said)

    def _concept(self, number: int, identifier: str, said: Mapping[str, str]) -> ConceptState:
        before = self._existing.concepts.get(identifier) or ConceptState(identifier)
        concept = ConceptState(
            identifier,
            before.uri,
            before.deprecated,
            before.replaced_by,
            dict(before.labels),
            dict(before.synonyms),
            dict(before.notes),
            dict(before.relations),
            before.rest,
            before.unsaid,
            before.position,
        )
        self._take_status(number, concept, said)
        for name, kind in RELATIONS.items():
            if name in said:
                concept.relations[kind] = [self._whole(target) for target in _split(said[name])]
        for code in LANGUAGES:
            self._take_words(number, concept, code, said)
        if not concept.labels:
            self._fault(FaultKind.NO_LABEL, number, "label_en", identifier, "")
        return concept

    def _whole(self, target: str) -> str:
        return target if "/" in target else f"{self._existing.code}/{target}"

    def _take_status(self, number: int, concept: ConceptState, said: Mapping[str, str]) -> None:
        if "status" in said:
            status = said["status"].lower() or ACTIVE
            if status not in (ACTIVE, DEPRECATED):
                self._fault(FaultKind.STATUS, number, "status", concept.id, said["status"])
            concept.deprecated = status == DEPRECATED
        if "replaced_by" in said:
            concept.replaced_by = self._whole(said["replaced_by"]) if said["replaced_by"] else ""
        if not concept.deprecated:
            concept.replaced_by = ""

    def _take_words(self, number: int, concept: ConceptState, code: str, said: Mapping[str, str]) -> None:
        label, synonyms, note = f"label_{code}", f"synonyms_{code}", f"note_{code}"
        if label in said:
            _set(concept.labels, code, said[label])
        if synonyms in said:
            concept.synonyms[code] = _split(said[synonyms])
        concept.synonyms[code] = [word for word in concept.synonyms.get(code, ()) if word != concept.labels.get(code)]
        if note in said:
            _set(concept.notes, code, said[note])
        for column, words in ((label, [concept.labels.get(code, "")]), (synonyms, concept.synonyms[code])):
            for word in words:
                if len(word) > MAX_LABEL:
                    self._fault(FaultKind.TOO_LONG, number, column, concept.id, word)

    def _check_targets(self) -> None:
        there = {*self.concepts, *self._existing.concepts}
        columns = {kind: name for name, kind in RELATIONS.items()}
        for concept in self.concepts.values():
            number = self._rows[concept.id]
            for kind, targets in concept.relations.items():
                for target in targets:
                    if target == concept.id:
                        self._fault(FaultKind.CIRCLE, number, columns[kind], concept.id, f"{target} > {target}")
                    elif target not in there and (kind == "broader" or target not in self._known):
                        self._fault(FaultKind.LEADS_NOWHERE, number, columns[kind], concept.id, target)
            if concept.replaced_by and concept.replaced_by not in there | self._known:
                self._fault(FaultKind.LEADS_NOWHERE, number, "replaced_by", concept.id, concept.replaced_by)
        everything = {**self._existing.concepts, **self.concepts}
        self._check_circles({c.id: c.broader for c in everything.values()}, FaultKind.CIRCLE, "broader")
        replaced = {c.id: [c.replaced_by] for c in everything.values() if c.replaced_by}
        self._check_circles(replaced, FaultKind.REPLACED_CIRCLE, "replaced_by")

    def _check_circles(self, above: Mapping[str, Iterable[str]], kind: FaultKind, column: str) -> None:
        for circle in circles(above):
            if len(circle) > 2:
                number = next((self._rows[one] for one in circle if one in self._rows), 0)
                self._fault(kind, number, column, circle[0], " > ".join(circle))


def _set(words: dict[str, str], code: str, said: str) -> None:
    if said:
        words[code] = said
    else:
        words.pop(code, None)
