"""The gap map as its template shows it: addresses, words, steps of size and tone. Runs no query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel.lists import format_list
from flask import url_for
from flask_babel import get_locale, gettext, ngettext

from library.insight.gaps import AXES, Cell, Column, Covered, Grid, Row, Tally, Themes, Unmet
from library.insight.map_forms import MapForm
from library.lexicon import Entry
from library.models import Call

ROOM: Final = 200  # cells; more would make a page of more than 60 kB
PRICE_OF_CALLING: Final = 0.8  # of a cell's markup: the second way out of an empty one, which advisers get
NAMED: Final = 3  # in the sentence above the map
MOST_LEAST: Final = 6  # in each list beneath

Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell.

    :param words: all that it says; ``number`` is what is seen of it.
    :param marks: classes of its square; none where there is no practice.
    :param call_url: where advisers call for practices.
    :param asked: the open call for just this, with its address.
    """

    number: int
    words: str
    url: str
    marks: str = ""
    call_url: str = ""
    asked: Call | None = None


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row.

    :param open_url: the map of this theme alone, where there is more below it.
    """

    label: str
    depth: int
    url: str
    open_url: str
    number: int
    asked: Call | None
    cells: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class Least:
    """Something that few practices are about, in words, with ways to mend it."""

    label: str
    words: str
    url: str
    tell_url: str
    call_url: str


class MapPresenter:
    """Shows a grid in one language.

    :param calls: those that are open.
    :param calling: whether this reader may call for practices.
    """

    def __init__(self, form: MapForm, language: str, calls: Iterable[Call], *, calling: bool) -> None:
        self._form, self._language, self._calling = form, language, calling
        self._axis = form.axis
        self._filters = {name: codes[0] for name, codes in form.filters.items()}
        self._calls: dict[tuple[str, str | None], Call] = {}
        for call in calls:  # of two for one cell the one that closes first
            self._calls.setdefault((call.theme_id, _crossed_with(call, self._axis.name)), call)
        self._search = url_for("catalogue.search")
        self._new = url_for("submissions.new")
        self._call = url_for("calls.new")

    def label(self, entry: Entry) -> str:
        """Return what a concept is called."""
        return entry.label(self._language)

    def price(self, cell: Cell) -> float:
        """Return how much markup a cell takes, in cells."""
        return 1 + (PRICE_OF_CALLING if self._calling and not cell.tally.practices else 0)

    def rows(self, rows: Sequence[Row], most: int) -> list[RowShown]:
        """Return rows.

        :param most: practices of the biggest square.
        """
        return [self._row(row, most) for row in rows]

    def scale(self, most: int) -> list[tuple[int, int]]:
        """Return numbers for the legend, each with the side of its square in steps."""
        numbers = sorted({most, round(most / 4), 1} - {0}, reverse=True) if most else []
        return [(number, Tally(number).side(most)) for number in numbers]

    def ways(self) -> list[tuple[str, str, bool]]:
        """Return label and address of each way to cut the map, and whether it is this one."""
        here = self._axis
        return [
            (str(axis.label), url_for("map.gaps", **self._form.asked(by=axis.name)), axis is here)
            for axis in AXES.values()
        ]

    def themes(self, themes: Themes) -> list[tuple[str, str, bool]]:
        """Return label and address of each theme that heads a group, and whether it is open."""
        opened = self._form.opened
        return [
            (self.label(top), url_for("map.gaps", **self._form.asked(theme=top.code)), top is opened)
            for top in themes.tops
        ]

    def trail(self) -> list[tuple[str, str]]:
        """Return label and address of what the open theme stands below, the widest first."""
        if not self._form.opened:
            return []
        way = [entry for entry in self._form.above() if entry is not self._form.opened]
        steps = [(self.label(entry), url_for("map.gaps", **self._form.asked(theme=entry.code))) for entry in way]
        return [(gettext("All themes"), url_for("map.gaps", **self._form.asked(theme=None))), *steps]

    def _row(self, row: Row, most: int) -> RowShown:
        opened = self._form.opened
        inner = row.theme.narrower and row.theme is not opened
        return RowShown(
            label=self.label(row.theme),
            depth=row.depth,
            url=self._address(self._search, {"theme": row.theme.code, **self._filters}),
            open_url=url_for("map.gaps", **self._form.asked(theme=row.theme.code)) if inner else "",
            number=row.tally.practices,
            asked=self._calls.get((row.theme.id, None)),
            cells=tuple(self._cell(cell, most) for cell in row.cells),
        )

    def _cell(self, cell: Cell, most: int) -> CellShown:
        tally, asked = cell.tally, self._calls.get((cell.theme.id, cell.column.id))
        if not tally.practices:
            return CellShown(0, "", self._tell(cell), call_url=self._ask(cell), asked=asked)
        found = {"theme": cell.theme.code, self._axis.name: cell.column.code, **self._filters}
        return CellShown(
            tally.practices, words_of(tally), self._address(self._search, found), marks_of(tally, most), asked=asked
        )

    def columns(self, columns: Sequence[Column]) -> list[tuple[str, str, int]]:
        """Return label, address and number of practices of each column."""
        return [
            (
                self.label(column.entry),
                self._address(self._search, {self._axis.name: column.entry.code, **self._filters}),
                column.tally.practices,
            )
            for column in columns
        ]

    def _tell(self, cell: Cell) -> str:
        return self._address(self._new, {"theme": cell.theme.code, self._axis.parameter: cell.column.code})

    def _ask(self, cell: Cell) -> str:
        asked = {"theme": cell.theme.code, self._axis.parameter: cell.column.code}
        return self._address(self._call, asked) if self._calling else ""

    def _address(self, page: str, query: Mapping[str, str]) -> str:
        """Return an address. Codes are letters, digits and hyphens: two hundred calls of ``url_for`` would be felt."""
        return f"{page}?{'&'.join(f'{name}={code}' for name, code in query.items())}"

    # --- in words

    def sentences(self, themes: Sequence[Covered], columns: Sequence[Covered], unmet: Unmet, outside: int) -> list[str]:
        """Return what the library lacks most, and how much of the map is empty.

        :param outside: practices that name nothing of what themes are crossed with.
        """
        values = {"themes": self._named(themes), "others": self._named(columns)}
        counts = {"num": len(unmet.cells), "all": unmet.of}
        if self._axis.name == "agency":
            said = [
                gettext("The library has least on %(themes)s, and least from %(others)s.", **values),
                gettext("%(num)s of %(all)s pairs of a theme and an agency have no practice yet.", **counts),
            ]
        elif self._axis.name == "target_group":
            said = [
                gettext("The library has least on %(themes)s, and least for %(others)s.", **values),
                gettext("%(num)s of %(all)s pairs of a theme and a target group have no practice yet.", **counts),
            ]
        else:
            said = [
                gettext("The library has least on %(themes)s. The rarest level is %(others)s.", **values),
                gettext("%(num)s of %(all)s pairs of a theme and a level have no practice yet.", **counts),
            ]
        if outside:
            said.append(self._outside(outside))
        return said

    def _outside(self, number: int) -> str:
        said = ngettext(
            "%(num)s practice says nothing of it: %(axis)s.",
            "%(num)s practices say nothing of it: %(axis)s.",
            number,
            axis=self._axis.label,
        )
        return str(said)

    def _named(self, covered: Sequence[Covered]) -> str:
        names = [
            gettext("%(name)s (%(number)s)", name=self.label(one.entry), number=one.tally.practices)
            for one in covered[: NAMED if len(covered) > NAMED else 1]
        ]
        return format_list(names, locale=get_locale())

    def least(self, covered: Sequence[Covered]) -> list[Least]:
        """Return the themes with fewest practices."""
        return [self._least(one) for one in covered[:MOST_LEAST]]

    def _least(self, one: Covered) -> Least:
        theme = {"theme": one.entry.code}
        return Least(
            label=self.label(one.entry),
            words=words_of(one.tally) if one.tally.practices else "",
            url=self._address(self._search, {**theme, **self._filters}),
            tell_url=self._address(self._new, theme),
            call_url=self._address(self._call, theme) if self._calling else "",
        )

    def never_met(self, unmet: Unmet) -> list[Least]:
        """Return the pairs without a practice that say most."""
        return [
            Least(
                gettext("%(theme)s and %(other)s", theme=self.label(cell.theme), other=self.label(cell.column)),
                "",
                "",
                self._tell(cell),
                self._ask(cell),
            )
            for cell in unmet.cells[:MOST_LEAST]
        ]


def words_of(tally: Tally) -> str:
    """Return a tally in words."""
    if not tally.independent:
        none = ngettext(
            "%(num)s practice, not independently evaluated",
            "%(num)s practices, none independently evaluated",
            tally.practices,
        )
        return str(none)
    words = ngettext(
        "%(num)s practice, %(evaluated)s independently evaluated",
        "%(num)s practices, %(evaluated)s independently evaluated",
        tally.practices,
        evaluated=tally.independent,
    )
    return str(words)


def marks_of(tally: Tally, most: int) -> str:
    """Return the classes of a square: its side, and how high its dark and its shaded part stand."""
    marks = [f"n{tally.side(most)}"]
    marks += [f"i{tally.dark}"] if tally.dark else []
    marks += [f"l{tally.shaded}"] if tally.shaded else []
    return " ".join(marks)


def _crossed_with(call: Call, axis: str) -> str | None:
    found: str | None = getattr(call, f"{axis}_id")
    return found


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of the rows this is, for the macro that turns pages."""

    number: int
    pages: int
    prev_url: str | None
    next_url: str | None
    page_links: tuple[tuple[int, str | None], ...]


def pages_of(form: MapForm, number: int, last: int) -> Pages:
    """Return the links to all pages."""

    def link(page: int) -> str | None:
        there = 1 <= page <= last and page != number
        return url_for("map.gaps", **form.asked(page=page if page > 1 else None)) if there else None

    return Pages(number, last, link(number - 1), link(number + 1), tuple((n, link(n)) for n in range(1, last + 1)))


# --- files -------------------------------------------------------------------------------------------------------

_STAGE_NAMES: Final = ("not_evaluated", "evaluated_locally", "independently_evaluated")


def lines(grid: Grid, themes: Themes, language: str) -> Iterator[tuple[str, ...]]:
    """Yield the whole map as lines of a file: a pair each, with its counts."""
    column = grid.axis.name
    yield ("theme", "theme_label", column, f"{column}_label", "practices", *_STAGE_NAMES)
    for theme in themes.under(None):
        for cell in grid.row(theme).cells:
            names = (theme.code, theme.label(language), cell.column.code, cell.column.label(language))
            yield (*names, *map(str, _numbers(cell.tally).values()))


def as_json(form: MapForm, grid: Grid, themes: Themes, language: str) -> dict[str, Any]:
    """Return the whole map for machines; pairs without a practice are there too."""
    return {
        "by": grid.axis.name,
        "language": language,
        "filters": {name: list(codes) for name, codes in form.filters.items()},
        "total": _numbers(grid.total),
        "columns": [_named_numbers(column.entry, column.tally, language) for column in grid.columns],
        "themes": [_theme(grid.row(theme), language) for theme in themes.under(None)],
    }


def _theme(row: Row, language: str) -> dict[str, Any]:
    return {
        **_named_numbers(row.theme, row.tally, language),
        "broader": [identifier.rpartition("/")[2] for identifier in row.theme.broader],
        "cells": {cell.column.code: _numbers(cell.tally) for cell in row.cells},
    }


def _named_numbers(entry: Entry, tally: Tally, language: str) -> dict[str, Any]:
    return {"code": entry.code, "label": entry.label(language), **_numbers(tally)}


def _numbers(tally: Tally) -> dict[str, int]:
    stages = (tally.untested, tally.local, tally.independent)
    return {"practices": tally.practices, **dict(zip(_STAGE_NAMES, stages, strict=True))}
