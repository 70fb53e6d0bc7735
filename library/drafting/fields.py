"""The form and the document: what was typed becomes fields of a draft, and a draft becomes what the form shows. Pure.

Names in the form are paths in the document: ``start_year``, ``text.sv.title``. A repeated group sends its own name
once for each row, in order, with the key of the row, and its cells as ``evaluations-<key>-year``; cells that are
written once for each language end in ``.sv``. A field is read when its name came at all, so every list also sends an
empty value: a form that says nothing of a field leaves it alone. What was typed is kept, also what does not fit the
template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from library import record
from library.drafting.cleaning import clean_line, clean_text
from library.drafting.paths import plain, value_at
from library.languages import LANGUAGES
from library.record import Field, Type

Form = MultiDict[str, str]
Row = dict[str, Any]

MAX_ROWS: Final = 100
LONGEST_LINE: Final = 40  # words; what may be longer gets a box of several lines
TICKED: Final = "y"
# Rows with a concept each: its code is the key of the row, and a tick makes it.
KEYED: Final = {"agencies": "code"}
_KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")


def read_form(fields: Iterable[Field], language: str, form: Form, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form changes in a document.

    :param fields: those of the form, such as ``step.fields``.
    :param language: of the texts in the form.
    :return: path -> new value; ``None`` where somebody emptied a field.
    """
    changes: dict[str, Any] = {}
    for field in fields:
        path = path_of(field, language)
        if path not in form:
            continue
        before = value_at(document, path)
        value = plain(_READERS[field.type](field, path, form, before))
        if value != before and _tidy(value) != _tidy(before):
            changes[path] = value
    return changes


def form_values(fields: Iterable[Field], language: str, document: Mapping[str, Any]) -> Form:
    """Return what a browser sends back from the form of a document in which nobody has typed."""
    values: Form = MultiDict()
    for field in fields:
        path = path_of(field, language)
        for name, value in _PAIRS.get(field.type, _pair)(field, path, value_at(document, path), language):
            values.add(name, value)
    return values


def path_of(field: Field, language: str) -> str:
    """Return where a field stands in a document, which is also its name in the form."""
    return f"{record.TEXT_KEY}.{language}.{field.name}" if field.translated else field.name


def cell_name(field: Field, key: str, column: Field, language: str) -> str:
    """Return the name of one cell of a row in the form."""
    name = f"{field.name}-{key}-{column.name}"
    return f"{name}.{language}" if column.translated else name


def is_long(field: Field) -> bool:
    """Return whether an answer may run over several lines."""
    return field.type is Type.PROSE or (field.type is Type.LINE and field.max_words > LONGEST_LINE)


def key_of(field: Field, row: Mapping[str, Any], number: int) -> str:
    """Return by what the form knows a row: the code of its concept, else its number."""
    code = row.get(KEYED.get(field.name, ""))
    return code if isinstance(code, str) and _KEY.fullmatch(code) else str(number)


def rows_of(value: Any) -> list[Row]:
    """Return the rows of a repeated group; what is no row, which no form makes, is left out."""
    return [dict(row) for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def without_language(document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the fields that change when a draft is no longer written in a language."""
    changes: dict[str, Any] = {
        path: None
        for field in record.FIELDS
        if field.translated and value_at(document, path := path_of(field, language)) is not None
    }
    for field in record.FIELDS:
        rows = rows_of(document.get(field.name)) if field.columns else []
        kept = [_without(field, row, language) for row in rows]
        if kept != rows:
            changes[field.name] = kept
    return changes


def _without(field: Field, row: Row, language: str) -> Row:
    names = {column.name for column in field.columns if column.translated}
    return {
        name: {code: words for code, words in value.items() if code != language}
        if name in names and isinstance(value, Mapping)
        else value
        for name, value in row.items()
        if not (name in names and isinstance(value, Mapping) and set(value) == {language})
    }


# --- reading -----------------------------------------------------------------------------------------------------


def _words(field: Field, name: str, form: Form, _before: Any = None) -> str:
    return (clean_text if is_long(field) else clean_line)(form.get(name, ""))


def _one(_field: Field, name: str, form: Form, _before: Any = None) -> str:
    """Return the last value that is not empty: a group of radio buttons sends an empty one besides."""
    given = [value for value in map(clean_line, form.getlist(name)) if value]
    return given[-1] if given else ""


def _number(field: Field, name: str, form: Form, before: Any = None) -> int | str:
    typed = _one(field, name, form, before)
    return int(typed) if _NUMBER.fullmatch(typed) else typed


def _several(_field: Field, name: str, form: Form, before: Any = None) -> list[str]:
    """Return what is ticked: what was before in its old order, which says what fits best, then the rest."""
    given = list(dict.fromkeys(value for value in map(clean_line, form.getlist(name)) if value))
    old = [value for value in before if value in given] if isinstance(before, list) else []
    return [*old, *(value for value in given if value not in old)]


def _in_order(_field: Field, name: str, form: Form, _before: Any = None) -> list[str]:
    return list(dict.fromkeys(value for value in map(clean_line, form.getlist(name)) if value))


def _flag(_field: Field, name: str, form: Form, _before: Any = None) -> bool | None:
    return bool(form.get(name)) or None


def _bodies(field: Field, name: str, form: Form, _before: Any = None) -> list[str] | list[Row]:
    if field.name not in WITH_ROLES:
        return _in_order(field, name, form)
    keys = _keys(form, name)
    rows = ({part: clean_line(form.get(f"{name}-{key}-{part}", "")) for part in ("slug", "role")} for key in keys)
    return [{part: value for part, value in row.items() if value} for row in rows if row["slug"]]


def _rows(field: Field, name: str, form: Form, before: Any = None) -> list[Row]:
    keyed = KEYED.get(field.name)
    if keyed is None:
        rows = (_row(field, key, form) for key in _keys(form, name))
        return [row for row in rows if row]
    old = [key_of(field, row, number) for number, row in enumerate(rows_of(before))]
    keys = _several(field, name, form, old)
    keys += [key for key in _described(field, form) if key not in keys and key not in old]
    return [{keyed: key, **_row(field, key, form)} for key in keys if _KEY.fullmatch(key)]


def _keys(form: Form, name: str) -> list[str]:
    keys = dict.fromkeys(key for key in form.getlist(name) if _KEY.fullmatch(key))
    return list(keys)[:MAX_ROWS]


def _described(field: Field, form: Form) -> Iterator[str]:
    """Yield the keys of rows in which something was written and no tick set: the words would be lost otherwise."""
    cell = re.compile(rf"{field.name}-({_KEY.pattern})-({'|'.join(column.name for column in field.columns)})(?:\.\w+)?")
    for name, value in form.items():
        if value.strip() and (found := cell.fullmatch(name)):
            yield found[1]


def _row(field: Field, key: str, form: Form) -> Row:
    row = {c.name: _cell(field, key, c, form) for c in field.columns if c.name != KEYED.get(field.name)}
    return {name: value for name, value in row.items() if plain(value) is not None}


def _cell(field: Field, key: str, column: Field, form: Form) -> Any:
    if column.translated:
        words = ((code, _words(column, cell_name(field, key, column, code), form)) for code in LANGUAGES)
        return {code: word for code, word in words if word}
    return _READERS[column.type](column, cell_name(field, key, column, ""), form, None)


_Reader = Callable[[Field, str, Form, Any], Any]

WITH_ROLES: Final = frozenset({"organisations"})
_READERS: Final[dict[Type, _Reader]] = {
    Type.LINE: _words,
    Type.PROSE: _words,
    Type.STRING: _one,
    Type.URL: _one,
    Type.FILE: _one,
    Type.CHOICE: _one,
    Type.CONCEPT: _one,
    Type.LANGUAGE: _one,
    Type.ORGANISATION: _one,
    Type.PRACTICE: _one,
    Type.NUMBER: _number,
    Type.CONCEPTS: _several,
    Type.LANGUAGES: _several,
    Type.ORGANISATIONS: _bodies,
    Type.FLAG: _flag,
    Type.ROWS: _rows,
}


def _tidy(value: Any) -> Any:
    """Return a value as the form would send it: what is false or empty in a row is not there."""
    if isinstance(value, Mapping):
        tidied = ((name, _tidy(item)) for name, item in value.items())
        return {name: item for name, item in tidied if item is not False and plain(item) is not None}
    return [_tidy(item) for item in value] if isinstance(value, list) else value


# --- showing -----------------------------------------------------------------------------------------------------

Pairs = Iterator[tuple[str, str]]


def _pair(_field: Field, name: str, value: Any, _language: str) -> Pairs:
    yield name, "" if plain(value) is None else str(value)


def _pairs(_field: Field, name: str, value: Any, _language: str) -> Pairs:
    yield name, ""
    yield from ((name, str(item)) for item in (value if isinstance(value, list) else ()))


def _body_pairs(field: Field, name: str, value: Any, language: str) -> Pairs:
    if field.name not in WITH_ROLES:
        yield from _pairs(field, name, value, language)
        return
    yield name, ""
    for number, row in enumerate(rows_of(value)):
        yield name, str(number)
        yield from ((f"{name}-{number}-{part}", str(row.get(part, ""))) for part in ("slug", "role"))


def _row_pairs(field: Field, name: str, value: Any, _language: str) -> Pairs:
    yield name, ""
    for number, row in enumerate(rows_of(value)):
        key = key_of(field, row, number)
        yield name, key
        for column in field.columns:
            yield from _cell_pairs(field, key, column, row.get(column.name))


def _cell_pairs(field: Field, key: str, column: Field, value: Any) -> Pairs:
    if column.translated:
        words = value if isinstance(value, Mapping) else {}
        yield from ((cell_name(field, key, column, code), str(words.get(code, ""))) for code in LANGUAGES)
    elif column.type is Type.FLAG:
        if value:
            yield cell_name(field, key, column, ""), TICKED
    else:
        yield from _pair(column, cell_name(field, key, column, ""), value, "")


_PAIRS: Final[dict[Type, Callable[[Field, str, Any, str], Pairs]]] = {
    Type.CONCEPTS: _pairs,
    Type.LANGUAGES: _pairs,
    Type.ORGANISATIONS: _body_pairs,
    Type.ROWS: _row_pairs,
}
