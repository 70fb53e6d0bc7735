"""A practice document as one row of a table, and back: which columns there are, and what stands in each.

Made from ``record.FIELDS`` alone, so that no field is written twice. A row is a mapping from the name of a column to
the words of its cell; values stand as their codes (``reading.Speech`` turns labels into codes, and back). Cells that
say nothing are left out. For every document that the template allows, ``document_of(row_of(document)) == document``.

A column is named by its path: ``country``, ``title.sv``, ``themes.2``, ``agencies.1.code``, ``agencies.1.role.sv``.
Rows of a group are counted from one, as people count. Words longer than a cell go on in ``problem.sv.2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from library import choices, record
from library.languages import ENDONYMS, LANGUAGES
from library.record import Field, Group, Type
from library.tables.cells import pieces

Document = Mapping[str, Any]
Row = Mapping[str, str]

YES: Final = "yes"
NO: Final = "no"
NONE: Final = "(none)"  # a list that is there and empty, in its first cell; nothing said is an empty cell
PARTS: Final = 99  # columns into which long words may run on
ROWS: Final = 999  # of one group; reading more is somebody's mistake or malice

# How the file finds the record. These are no fields of the template, for a document does not know its own number.
KEYS: Final[tuple[Field, ...]] = (
    Field(
        "identifier",
        Group.IDENTITY,
        Type.STRING,
        _l("Identifier"),
        _l("Which practice of the library is it? Its number or its address. Leave it empty for a new one."),
    ),
    Field(
        "external_id",
        Group.IDENTITY,
        Type.STRING,
        _l("Your own identifier"),
        _l("What do you call the record? Bring it in again under the same name and it is changed, not doubled."),
    ),
    Field(
        "revision",
        Group.IDENTITY,
        Type.NUMBER,
        _l("Revision"),
        _l("From which revision was the table made? Leave it as it is: it shows whether somebody has revised since."),
    ),
)
KEY_NAMES: Final = frozenset(key.name for key in KEYS)

ORGANISATION_COLUMNS: Final[tuple[Field, ...]] = (
    Field(
        "slug",
        Group.IDENTITY,
        Type.ORGANISATION,
        _l("Organisation"),
        _l("Which organisation?"),
        required=True,
    ),
    Field(
        "role",
        Group.IDENTITY,
        Type.CHOICE,
        _l("Role"),
        _l("What does it do?"),
        choices=choices.OrganisationRole,
        required=True,
    ),
)
FIELDS: Final[tuple[Field, ...]] = (*KEYS, *record.FIELDS)
_BY_NAME: Final = {field.name: field for field in FIELDS}
_PLACE: Final = {field.name: place for place, field in enumerate(FIELDS)}
_LISTS: Final = frozenset({Type.CONCEPTS, Type.LANGUAGES, Type.ORGANISATIONS})

# How many of each a new template offers; a file may have more.
OFFERED: Final[Mapping[str, int]] = {
    "organisations": 3,
    "municipalities": 3,
    "agencies": 6,
    "themes": 6,
    "target_groups": 4,
    "prevention_levels": 3,
    "settings": 4,
    "method_types": 4,
    "material_languages": 3,
    "evaluations": 3,
    "recognitions": 2,
    "materials": 3,
    "sources": 4,
}


def columns_in(field: Field) -> tuple[Field, ...]:
    """Return the columns of one row of a group; nothing for what is no group."""
    return ORGANISATION_COLUMNS if field.name == "organisations" else field.columns


def is_list(field: Field) -> bool:
    """Return whether a field holds several plain values, each in a column of its own."""
    return field.type in _LISTS and not columns_in(field)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    :param field: of the template, or one of ``KEYS``.
    :param number: of the item in a list or group, from one; 0 where there is one only, and for a cell that holds all
        items of a list.
    :param inner: the column inside a group.
    :param language: of the words; empty for what is the same in every language.
    :param part: from one; more where words run on.
    """

    field: Field
    number: int = 0
    inner: Field | None = None
    language: str = ""
    part: int = 1

    @property
    def value(self) -> Field:
        """The field whose type the cell has."""
        return self.inner or self.field

    @property
    def name(self) -> str:
        """The name for machines, such as ``agencies.1.role.sv``."""
        number = str(self.number) if self.number else ""
        inner = self.inner.name if self.inner else ""
        part = str(self.part) if self.part > 1 else ""
        return ".".join(filter(None, (self.field.name, number, inner, self.language, part)))

    @property
    def heading(self) -> str:
        """The name for people, in the language of the page: "Agencies and their roles 1: Role (Svenska)"."""
        words = str(self.field.label)
        if self.number:
            words = f"{words} {self.number}"
        if self.inner:
            words = f"{words}: {self.inner.label}"
        if self.language:
            words = f"{words} ({ENDONYMS[self.language]})"
        return f"{words} [{self.part}]" if self.part > 1 else words

    @property
    def required(self) -> bool:
        """Whether a new record must fill it; the first row of a group that is required counts."""
        if self.inner:
            return self.field.required and self.number == 1 and self.inner.required
        return self.field.required and self.number <= 1 and self.part == 1

    @property
    def order(self) -> tuple[int, ...]:
        """Where it stands among the others: as in the template."""
        inner = columns_in(self.field).index(self.inner) if self.inner else 0
        language = LANGUAGES.index(self.language) if self.language else 0
        return _PLACE[self.field.name], self.number, inner, language, self.part


def columns(languages: Sequence[str], *, offered: Mapping[str, int] = OFFERED) -> tuple[Column, ...]:
    """Return the columns of a table in the order of the template.

    :param languages: in which there are texts.
    :param offered: how many rows of each list and group.
    """
    return tuple(column for field in FIELDS for column in _columns_of(field, languages, offered.get(field.name, 1)))


def _columns_of(field: Field, languages: Sequence[str], most: int) -> Iterator[Column]:
    if field.translated:
        yield from (Column(field, language=language) for language in languages)
    elif inner := columns_in(field):
        for number in range(1, most + 1):
            for column in inner:
                spoken = languages if column.translated else ("",)
                yield from (Column(field, number, column, language) for language in spoken)
    elif is_list(field):
        yield from (Column(field, number) for number in range(1, most + 1))
    else:
        yield Column(field)


def in_order(names: Iterable[str]) -> list[Column]:
    """Return the columns of these names, each once, in the order of the template; for tables that fit their rows.

    Names that are none of ours are left out.
    """
    found = (column_named(name) for name in set(names))
    return sorted((column for column in found if column), key=lambda column: column.order)


_NAME: Final = re.compile(
    r"(?P<field>[a-z_]+)(?:\.(?P<number>[1-9]\d{0,2}))?(?:\.(?P<inner>[a-z_]+))?"
    r"(?:\.(?P<language>[a-z]{2}))?(?:\.(?P<part>[1-9]\d?))?"
)
_TEXT: Final = re.compile(r"(?P<field>[a-z_]+)\.(?P<language>[a-z]{2})(?:\.(?P<part>[1-9]\d?))?")


@lru_cache(maxsize=8_192)
def column_named(name: str) -> Column | None:
    """Return the column of a name, or ``None`` if the template has none of it."""
    found = _TEXT.fullmatch(name) or _NAME.fullmatch(name)
    if found is None:
        return None
    given = found.groupdict()
    return column_at(
        given["field"],
        number=int(given.get("number") or 0),
        inner=given.get("inner") or "",
        language=given.get("language") or "",
        part=int(given.get("part") or 1),
    )


def column_at(field: str, *, number: int = 0, inner: str = "", language: str = "", part: int = 1) -> Column | None:
    """Return the column at a place of the template, or ``None`` if there is no such place."""
    known = _BY_NAME.get(field)
    if known is None or (language and language not in LANGUAGES):
        return None
    group = {column.name: column for column in columns_in(known)}
    within = group.get(inner)
    value = within or known
    fits = (
        bool(group) == bool(inner and within)
        and (number > 0 if group else number == 0 or is_list(known))
        and bool(language) == value.translated
        and (part == 1 or value.translated)
    )
    return Column(known, number, within, language, part) if fits else None


# --- document → row ----------------------------------------------------------------------------------------------


def row_of(document: Document) -> dict[str, str]:
    """Return a document as the cells of a row, by the names of their columns.

    :param document: one that fits the template.
    """
    row: dict[str, str] = {}
    texts = document.get(record.TEXT_KEY) or {}
    for field in record.FIELDS:
        if field.translated:
            spoken = {language: text[field.name] for language, text in texts.items() if text.get(field.name)}
            row.update(_words(field.name, spoken))
        elif (value := document.get(field.name)) is not None:
            row.update(_cells(field, value))
    return row


def _cells(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    inner = columns_in(field)
    if not inner and not is_list(field):
        yield field.name, _said(value)
        return
    if not value:
        yield f"{field.name}.1{f'.{inner[0].name}' if inner else ''}", NONE
    for number, item in enumerate(value, start=1):
        place = f"{field.name}.{number}"
        if not inner:
            yield place, _said(item)
        for column in inner:
            if column.translated:
                yield from _words(f"{place}.{column.name}", item.get(column.name) or {})
            elif (said := item.get(column.name)) is not None:
                yield f"{place}.{column.name}", _said(said)


def _words(place: str, by_language: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for language, words in by_language.items():
        for part, piece in enumerate(pieces(words), start=1):
            yield f"{place}.{language}{f'.{part}' if part > 1 else ''}", piece


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


# --- row → document ----------------------------------------------------------------------------------------------


def document_of(row: Row) -> dict[str, Any]:
    """Return the document that a row tells, without looking whether it fits the template (``document.faults_of``).

    Cells that say nothing are as if they were not there; gaps in a list close. Names that the template lacks are passed
    over. A number that is none stays as it was written, so that the check names it.
    """
    document: dict[str, Any] = {}
    texts: dict[str, dict[str, str]] = {}
    for name, cells in _by_field(row).items():
        field = _BY_NAME[name]
        if field.translated:
            for language, words in _joined(cells).items():
                texts.setdefault(language, {})[name] = words
        elif columns_in(field):
            _put(document, name, _group(field, cells))
        elif is_list(field):
            _put(document, name, _items(cells))
        else:
            _put(document, name, next((_meant(field, words) for _, words in cells if words.strip()), None))
    document[record.TEXT_KEY] = {language: texts[language] for language in LANGUAGES if language in texts}
    return document


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        document[name] = value


def _by_field(row: Row) -> dict[str, list[tuple[Column, str]]]:
    found: dict[str, list[tuple[Column, str]]] = {}
    for name, words in row.items():
        column = column_named(name)
        if column and words and column.field.name not in KEY_NAMES:
            found.setdefault(column.field.name, []).append((column, words))
    for cells in found.values():
        cells.sort(key=lambda cell: cell[0].order)
    return found


def _joined(cells: Iterable[tuple[Column, str]]) -> dict[str, str]:
    """Return words by language, those that run on over several cells in one."""
    spoken: dict[str, str] = {}
    for column, words in cells:
        spoken[column.language] = spoken.get(column.language, "") + words
    return {language: words for language, words in spoken.items() if words.strip()}


def _items(cells: Sequence[tuple[Column, str]]) -> list[str] | None:
    said = [part for column, words in cells for part in ([words] if column.number else split(words))]
    items = [words.strip() for words in said if words.strip()]
    if items == [NONE]:
        return []
    return items or None


def split(words: str) -> list[str]:
    """Return the items of a cell that holds several: one a line, or with semicolons between them."""
    return [item.strip() for item in re.split(r"[;\n\r]+", words) if item.strip()]


def _group(field: Field, cells: Sequence[tuple[Column, str]]) -> list[dict[str, Any]] | None:
    numbered: dict[int, list[tuple[Column, str]]] = {}
    for column, words in cells:
        if words.strip() or column.part > 1:
            numbered.setdefault(column.number, []).append((column, words))
    first = columns_in(field)[0].name
    rows = [_item(field, cells) for cells in numbered.values()]
    if rows == [{first: NONE}]:
        return []
    return rows or None


def _item(field: Field, cells: Sequence[tuple[Column, str]]) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for inner in columns_in(field):
        own = [(column, words) for column, words in cells if column.inner is inner]
        if inner.translated and (spoken := _joined(own)):
            item[inner.name] = spoken
        elif own and not inner.translated:
            item[inner.name] = _meant(inner, own[0][1])
    return item


def rows_of_group(row: Row, name: str) -> list[int]:
    """Return the numbers that the rows of a group have in the table, in the order of ``document_of``.

    Gaps close in the document: whoever says what is wrong with its second row must know that it is the table's third.
    """
    cells = _by_field({key: words for key, words in row.items() if key.split(".")[0] == name}).get(name, [])
    return sorted({column.number for column, words in cells if words.strip()})


def _meant(field: Field, words: str) -> Any:
    if field.type is Type.NUMBER:
        return int(words) if re.fullmatch(r"\s*-?\d{1,9}\s*", words) else words.strip()
    if field.type is Type.FLAG:
        return {YES: True, NO: False}.get(words.strip(), words.strip())
    return words
