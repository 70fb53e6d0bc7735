"""The form of one step as its template shows it: boxes with question, help, choices, what was typed, what is wrong.

Pure: everything that a draft names comes along. One definition of each field, that of ``library.record``, says which
kind of box it gets; nothing here knows a field by its name that the template of the record could tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from flask_babel import get_locale, gettext
from markupsafe import Markup

from library import record
from library.choices import OrganisationRole
from library.drafting.fields import (
    KEYED,
    TICKED,
    WITH_ROLES,
    Form,
    cell_name,
    form_values,
    is_long,
    path_of,
)
from library.drafting.paths import value_at
from library.drafting.problems import Problem, box_id
from library.drafting.steps import Part
from library.languages import ENDONYMS, LANGUAGES
from library.lexicon import Entry, Lexicon
from library.prose import to_html
from library.record import Field, Type

MOST_RADIOS: Final = 8  # options; more go into a list to choose from
MOST_TICKS: Final = 8
# Other languages in which Nordic municipalities have material, as CLDR names them; any other code stays ticked.
FURTHER_LANGUAGES: Final = ("se", "fo", "kl", "ar", "de", "et", "fa", "fr", "lt", "lv", "pl", "ru", "so", "tr", "uk")


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers."""

    value: str
    label: str
    checked: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """Options that belong together, folded."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class RowBox:
    """One row of a repeated group.

    :param hidden: names and values that the row carries along unseen: what was written in other languages.
    """

    key: str
    cells: tuple[Box, ...]
    label: str = ""
    ticked: bool = False
    hidden: tuple[tuple[str, str], ...] = ()

    def cell(self, name: str) -> Box:
        """Return one of its boxes by the name of the column."""
        return next(box for box in self.cells if box.field.name == name)


@dataclass(frozen=True, slots=True)
class Box:
    """One question of the form.

    :param name: in the form; see ``library.drafting.fields``.
    :param reference: what the original says, beside a translation.
    :param preview: the Markdown as it will look, where somebody asked for it.
    :param scheme: where to ask for suggestions.
    """

    field: Field
    name: str
    widget: str
    value: str = ""
    language: str = ""
    message: str = ""
    options: tuple[Option, ...] = ()
    branches: tuple[Branch, ...] = ()
    chosen: tuple[Option, ...] = ()
    rows: tuple[RowBox, ...] = ()
    reference: str = ""
    reference_language: str = ""
    preview: Markup | None = None
    scheme: str = ""
    focus: bool = False

    @property
    def id(self) -> str:
        """Its identifier in the page."""
        return box_id(self.name)

    @property
    def most_characters(self) -> int:
        """How many characters an answer may have; 0 where words are counted, or nothing."""
        return record.MAX_TITLE_CHARACTERS if self.field is record.BY_NAME["title"] else 0

    @property
    def limit(self) -> str:
        """How long an answer may be, as people say it."""
        if self.most_characters:
            return str(gettext("At most %(number)s characters", number=self.most_characters))
        if not self.field.max_words:
            return ""
        if self.field.type is Type.PROSE:
            return str(gettext("About %(number)s words", number=self.field.max_words))
        return str(gettext("At most %(number)s words", number=self.field.max_words))

    @property
    def described_by(self) -> str | None:
        """The identifiers of what explains it."""
        parts = {
            "error": self.message,
            "help": self.field.help,
            "limit": self.limit,
            "example": self.field.example and self.widget != "prose",  # those are folded
        }
        return " ".join(f"{self.id}-{part}" for part, there in parts.items() if there) or None


@dataclass(frozen=True, slots=True)
class PartBox:
    """Boxes under a heading."""

    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a form shows beside the template of the record.

    :param language: of the texts in the form.
    :param shown_in: the language of the page.
    :param names: code of an organisation, model or file -> what people call it.
    :param problems: what to say at boxes.
    :param show: name of the box whose preview is wanted.
    :param add: name of the group that gets an empty row, with the focus in it.
    """

    document: Mapping[str, Any]
    language: str
    shown_in: str
    lexicon: Lexicon
    names: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    show: str = ""
    add: str = ""

    def message_at(self, name: str) -> str:
        """Return what to say at a box."""
        return next((problem.message for problem in self.problems if problem.name == name), "")

    @property
    def original(self) -> str:
        """The language that a translation is written from; empty on its own tab."""
        first = str(self.document.get("original_language", ""))
        return first if first in LANGUAGES and first != self.language else ""


def parts_of(parts: Iterable[Part], context: Context) -> tuple[PartBox, ...]:
    """Return the boxes of a step, part by part."""
    return tuple(PartBox(str(part.title), boxes_of(part.fields, context)) for part in parts)


def boxes_of(fields: Sequence[Field], context: Context) -> tuple[Box, ...]:
    """Return the boxes of some fields."""
    typed = form_values(fields, context.language, context.document)
    return tuple(_box(one, typed, context) for one in fields)


def _box(field: Field, typed: Form, context: Context) -> Box:
    name = path_of(field, context.language)
    box = Box(
        field=field,
        name=name,
        widget=_WIDGETS.get(field.type, "text"),
        value=typed.get(name, ""),
        language=context.language if field.translated else "",
        message=context.message_at(name),
    )
    return _FILLED.get(field.type, _plain)(box, typed, context)


# --- one kind of box after the other -----------------------------------------------------------------------------


def _plain(box: Box, _typed: Form, _context: Context) -> Box:
    return box


def _words(box: Box, _typed: Form, context: Context) -> Box:
    widget = "prose" if box.field.type is Type.PROSE else "area" if is_long(box.field) else "text"
    original = value_at(context.document, path_of(box.field, context.original)) if context.original else None
    wanted = context.show == box.name
    return replace(
        box,
        widget=widget,
        reference=original if isinstance(original, str) else "",
        reference_language=context.original,
        preview=to_html(box.value) if wanted else None,
    )


def _choice(box: Box, _typed: Form, context: Context) -> Box:
    found = list(_offers(box.field, context))
    offered = (Option(code, label, code == box.value, note) for code, label, note in found)
    options = _with_strange(offered, [box.value], box.field, context)
    many = len(found) > MOST_RADIOS or box.field.type is Type.LANGUAGE
    return replace(box, widget="select" if many else "radios", options=tuple(options))


def _offers(field: Field, context: Context) -> Iterator[tuple[str, str, str]]:
    """Yield (code, label, note) of what a field may hold."""
    if field.choices is not None:
        yield from ((choice.value, choice.label, "") for choice in field.choices)
    elif field.type is Type.LANGUAGE:
        yield from ((code, name, "") for code, name in ENDONYMS.items())
    elif field.type is Type.LANGUAGES:
        names = get_locale().languages
        yield from ((code, names.get(code, code), "") for code in (*LANGUAGES, *FURTHER_LANGUAGES))
    else:
        entries = context.lexicon.scheme(field.vocabulary)
        yield from ((e.code, e.label(context.shown_in), e.note(context.shown_in)) for e in entries)


def _with_strange(options: Iterable[Option], chosen: Iterable[str], field: Field, context: Context) -> Iterator[Option]:
    """Yield the options, and what is chosen and none of them, so that it can be seen and taken away."""
    offered = set()
    for option in options:
        offered.add(option.value)
        yield option
    strange = (value for value in chosen if value and value not in offered)
    yield from (Option(value, *_name_of_old(field.vocabulary, value, context)) for value in strange)


def _name_of_old(scheme: str, code: str, context: Context) -> tuple[str, bool, str]:
    """Return label, tick and note of what is chosen and not offered: a deprecated concept, or what is none."""
    entry = context.lexicon.get(record.concept_id(scheme, code)) if scheme else None
    return (entry.label(context.shown_in), True, gettext("No longer used")) if entry else (code, True, "")


def _ticks(box: Box, typed: Form, context: Context) -> Box:
    chosen = typed.getlist(box.name)
    offers = list(_offers(box.field, context))
    tree = box.field.type is Type.CONCEPTS and len(offers) > MOST_TICKS
    if tree:
        return _tree(box, chosen, context)
    options = (Option(code, label, code in chosen, note) for code, label, note in offers)
    return replace(box, widget="ticks", options=tuple(_with_strange(options, chosen, box.field, context)))


def _tree(box: Box, chosen: list[str], context: Context) -> Box:
    """Return a box with what is chosen on top, and the rest in a list, below the widest concept of each."""
    lexicon, scheme = context.lexicon, box.field.vocabulary
    offered = [Option(code, label, code in chosen) for code, label, _note in _offers(box.field, context)]
    known = {option.value: option for option in _with_strange(offered, chosen, box.field, context)}
    tops = [top for top in lexicon.top(scheme) if top.narrower]
    below = {top.id: list(_below(top, lexicon)) for top in tops}
    branches = (Branch(top.label(context.shown_in), _open(known, below[top.id])) for top in tops)
    within = {entry.id for entries in below.values() for entry in entries}
    alone = [entry for entry in lexicon.scheme(scheme) if entry.id not in within]
    return replace(
        box,
        widget="tree",
        branches=tuple(branch for branch in branches if branch.options),
        options=_open(known, alone),
        chosen=tuple(known[code] for code in chosen if code),
        scheme=scheme,
    )


def _open(known: Mapping[str, Option], entries: Iterable[Entry]) -> tuple[Option, ...]:
    """Return the options for concepts that are not chosen."""
    return tuple(known[entry.code] for entry in entries if not known[entry.code].checked)


def _below(entry: Entry, lexicon: Lexicon) -> Iterator[Entry]:
    """Yield a concept and all below it, in the order of the vocabulary."""
    below, found = {entry.id}, [entry]
    for other in lexicon.scheme(entry.scheme):
        if other.id not in below and below.intersection(other.broader):
            below.add(other.id)
            found.append(other)
    yield from found


def _lookup(box: Box, _typed: Form, context: Context) -> Box:
    scheme = "models" if box.field.type is Type.PRACTICE else "organisations"
    chosen = (Option(box.value, context.names.get(box.value, box.value), checked=True),) if box.value else ()
    return replace(box, widget="lookup", options=chosen, scheme=scheme)


def _bodies(box: Box, typed: Form, context: Context) -> Box:
    if box.field.name not in WITH_ROLES:
        options = (Option(v, context.names.get(v, v), checked=True) for v in typed.getlist(box.name) if v)
        return replace(box, widget="bodies", options=tuple(options), scheme="municipalities")
    rows = tuple(_body(box, key, typed, context) for key in typed.getlist(box.name) if key)
    return replace(box, widget="bodies", rows=rows, options=_roles(""), scheme="organisations")


def _body(box: Box, key: str, typed: Form, context: Context) -> RowBox:
    slug = typed.get(f"{box.name}-{key}-slug", "")
    role = Box(
        box.field,
        f"{box.name}-{key}-role",
        "select",
        options=_roles(typed.get(f"{box.name}-{key}-role", "")),
    )
    hidden = ((f"{box.name}-{key}-slug", slug),)
    return RowBox(key, (role,), label=context.names.get(slug, slug), hidden=hidden)


def _roles(chosen: str) -> tuple[Option, ...]:
    return tuple(Option(role.value, role.label, role.value == chosen) for role in OrganisationRole)


def _rows(box: Box, typed: Form, context: Context) -> Box:
    keys = [key for key in typed.getlist(box.name) if key]
    if box.field.name in KEYED:
        return _keyed(box, keys, typed, context)
    rows = [_row(box, key, typed, context) for key in keys]
    if context.add == box.name:
        rows.append(_row(box, str(len(keys)), typed, context, focus=True))
    return replace(box, widget="rows", rows=tuple(rows))


def _keyed(box: Box, keys: list[str], typed: Form, context: Context) -> Box:
    """Return a box with a row for every concept that may be ticked."""
    column = next(column for column in box.field.columns if column.name == KEYED[box.field.name])
    offers = {entry.code: entry.label(context.shown_in) for entry in context.lexicon.scheme(column.vocabulary)}
    labels = {**offers, **{key: _name_of_old(column.vocabulary, key, context)[0] for key in keys if key not in offers}}
    rows = tuple(
        replace(_row(box, key, typed, context), label=label, ticked=key in keys) for key, label in labels.items()
    )
    return replace(box, widget="agencies", rows=rows)


def _row(box: Box, key: str, typed: Form, context: Context, *, focus: bool = False) -> RowBox:
    columns = [column for column in box.field.columns if column.name != KEYED.get(box.field.name)]
    cells = [_cell(box.field, key, column, typed, context) for column in columns]
    if focus:
        cells[0] = replace(cells[0], focus=True)
    shown = {cell.name for cell in cells}
    prefix = f"{box.field.name}-{key}-"
    hidden = tuple(
        (name, value) for name, value in typed.items(multi=True) if _is_carried(name, value, prefix, shown, box.field)
    )
    return RowBox(key, tuple(cells), hidden=hidden)


def _is_carried(name: str, value: str, prefix: str, shown: set[str], field: Field) -> bool:
    """Return whether a row carries a value along: words in languages that this tab does not show."""
    columns = tuple(f"{prefix}{column.name}." for column in field.columns if column.translated)
    return bool(value) and name not in shown and name.startswith(columns)


def _cell(field: Field, key: str, column: Field, typed: Form, context: Context) -> Box:
    name = cell_name(field, key, column, context.language)
    box = Box(
        field=column,
        name=name,
        widget=_WIDGETS.get(column.type, "text"),
        value=typed.get(name, ""),
        language=context.language if column.translated else "",
        message=context.message_at(name),
    )
    if column.translated:
        original = typed.get(cell_name(field, key, column, context.original), "") if context.original else ""
        return replace(box, widget="text", reference=original, reference_language=context.original)
    if column.type is Type.FILE:
        return replace(box, options=(Option(box.value, context.names.get(box.value, box.value), checked=True),))
    filled = _FILLED.get(column.type, _plain)(box, typed, context)
    return replace(filled, widget="select") if filled.widget == "radios" else filled


def _flag(box: Box, _typed: Form, _context: Context) -> Box:
    return replace(box, widget="tick", options=(Option(TICKED, "", bool(box.value)),))


_WIDGETS: Final[dict[Type, str]] = {Type.NUMBER: "number", Type.URL: "url", Type.FILE: "file"}
_FILLED: Final[dict[Type, Callable[[Box, Form, Context], Box]]] = {
    Type.LINE: _words,
    Type.PROSE: _words,
    Type.CHOICE: _choice,
    Type.CONCEPT: _choice,
    Type.LANGUAGE: _choice,
    Type.CONCEPTS: _ticks,
    Type.LANGUAGES: _ticks,
    Type.ORGANISATION: _lookup,
    Type.PRACTICE: _lookup,
    Type.ORGANISATIONS: _bodies,
    Type.ROWS: _rows,
    Type.FLAG: _flag,
}
