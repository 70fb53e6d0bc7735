"""The grid of the gap map, from counts: rows, cells, how big and how dark each is, what is covered least. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from index import Crossed, sort_key
from library.lexicon import Entry, Lexicon

THEMES: Final = "themes"
STAGES: Final = ("untested", "evaluated-locally", "independently-evaluated")
SIDES: Final = 24  # steps of the side of a square; its area grows with the square of them
SHARES: Final = 20  # steps of the height of a part of it
MOST_COLUMNS: Final = 40  # more than a page could carry


@dataclass(frozen=True, slots=True)
class Axis:
    """What stands above the columns.

    :param name: in the address, and of the facet.
    :param parameter: of a new submission and of a new call.
    """

    name: str
    scheme: str
    label: Any
    parameter: str


AXES: Final = {
    axis.name: axis
    for axis in (
        Axis("agency", "agencies", _l("Agency"), "agency"),
        Axis("target_group", "target-groups", _l("Target group"), "target_group"),
        Axis("prevention_level", "prevention-levels", _l("Prevention level"), "prevention_level"),
    )
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many practices there are, apart by what is known of them."""

    untested: int = 0
    local: int = 0
    independent: int = 0

    @property
    def practices(self) -> int:
        """All of them."""
        return self.untested + self.local + self.independent

    def side(self, most: int) -> int:
        """Return the side of its square in steps, so that areas compare as numbers do; what is there is seen."""
        return max(2, round(SIDES * sqrt(self.practices / most))) if self.practices else 0

    @property
    def dark(self) -> int:
        """The height of the part that was evaluated independently, in steps."""
        return self._height(self.independent)

    @property
    def shaded(self) -> int:
        """The height of the part that was evaluated at all, in steps."""
        return self._height(self.independent + self.local)

    def _height(self, part: int) -> int:
        """Return a share in steps. What is there never rounds to nothing, and not all of it never to all."""
        if part in (0, self.practices):
            return SHARES if part else 0
        return min(max(round(SHARES * part / self.practices), 1), SHARES - 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A theme and what it is crossed with."""

    theme: Entry
    column: Entry
    tally: Tally


@dataclass(frozen=True, slots=True)
class Row:
    """A theme with its cells.

    :param depth: 0 for the themes that head a group.
    """

    theme: Entry
    depth: int
    tally: Tally
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is about, with its practices of any theme."""

    entry: Entry
    tally: Tally


@dataclass(frozen=True, slots=True)
class Grid:
    """All that is counted, for any choice of rows.

    :param axis: what themes are crossed with.
    :param left_out: columns for which a page has no room.
    """

    axis: Axis
    lexicon: Lexicon
    crossed: Crossed
    columns: tuple[Column, ...]
    left_out: int = 0

    @property
    def total(self) -> Tally:
        """All practices that were asked for."""
        return tally_of(self.crossed.apart, self.crossed.total)

    def row(self, theme: Entry, depth: int = 0) -> Row:
        """Return a theme with its cells."""
        cells = tuple(Cell(theme, column.entry, self._cell(theme, column.entry)) for column in self.columns)
        return Row(theme, depth, self.of_theme(theme), cells)

    def of_theme(self, theme: Entry) -> Tally:
        """Return the practices on a theme or one below it, each once."""
        return tally_of(self.crossed.apart, self.crossed.rows.get(theme.code, ()))

    def _cell(self, theme: Entry, column: Entry) -> Tally:
        return tally_of(self.crossed.apart, self.crossed.cells.get((theme.code, column.code), ()))


def tally_of(stages: Sequence[str], counts: Sequence[int]) -> Tally:
    """Return counts by stage as a tally; a stage that advisers added says no more than that there is a practice."""
    found = dict(zip(stages, counts, strict=False))
    known = [found.get(stage, 0) for stage in STAGES]
    return Tally(sum(counts) - known[1] - known[2], known[1], known[2])


def grid(axis: Axis, crossed: Crossed, lexicon: Lexicon, *, most: int | None = None) -> Grid:
    """Return what was counted with its columns, the widest concepts.

    :param most: how many to keep, the fullest.
    """
    columns = [
        Column(entry, tally_of(crossed.apart, crossed.columns.get(entry.code, ())))
        for entry in lexicon.top(axis.scheme)
    ]
    fullest = sorted(columns, key=lambda column: -column.tally.practices)[:most]
    shown = tuple(column for column in columns if column in fullest)
    return Grid(axis, lexicon, crossed, shown, len(columns) - len(shown))


# --- rows --------------------------------------------------------------------------------------------------------


class Themes:
    """The themes as a tree, in the order of the vocabulary. A theme may stand below two."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.tops = lexicon.top(THEMES)
        self._below: dict[str, list[Entry]] = {}
        for entry in lexicon.scheme(THEMES):
            for wider in entry.broader:
                self._below.setdefault(wider, []).append(entry)

    def below(self, theme: Entry) -> Sequence[Entry]:
        """Return the themes just below one."""
        return self._below.get(theme.id, ())

    def walk(self, theme: Entry) -> Iterator[tuple[Entry, int]]:
        """Yield a theme and all below it with their depths, each once: ways to one and the same multiply fast."""
        seen: set[str] = set()
        waiting = [(theme, 0)]
        while waiting:  # not recursive: an imported tree may be as deep as it is long
            entry, depth = waiting.pop()
            if entry.id not in seen:
                seen.add(entry.id)
                yield entry, depth
                waiting.extend((below, depth + 1) for below in reversed(self.below(entry)))

    def under(self, opened: Entry | None) -> list[Entry]:
        """Return the themes below an open one, or all, each once."""
        tops = [opened] if opened else self.tops
        found = {entry.id: entry for top in tops for entry, _depth in self.walk(top) if entry is not opened}
        return list(found.values())

    def unfolded(self, opened: Entry | None, *, columns: int, room: int) -> list[tuple[Entry, int]]:
        """Return the themes to show, each with its depth: all below those that are open, if there is room for all.

        :param opened: the theme to look into; none for the whole library.
        :param room: cells.
        """
        tops = [opened] if opened else self.tops
        whole = [found for top in tops for found in self.walk(top)]
        if len(whole) * columns <= room:
            return whole
        if opened is None:
            return [(top, 0) for top in tops]
        return [(opened, 0), *((entry, 1) for entry in self.below(opened))]


def paged(rows: Sequence[Row], room: int, price: Callable[[Cell], float]) -> list[list[Row]]:
    """Return rows in pages of what fits; a page has one row at least.

    :param price: of a cell, in the unit of the room.
    """
    pages: list[list[Row]] = [[]]
    left = float(room)
    for row in rows:
        wanted = sum(map(price, row.cells))
        if wanted > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= wanted
    return pages


def groups(rows: Iterable[Row]) -> list[list[Row]]:
    """Return rows in groups, each with the theme that heads it first."""
    found: list[list[Row]] = []
    for row in rows:
        if row.depth == 0 or not found:
            found.append([])
        found[-1].append(row)
    return found


# --- what is missing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Covered:
    """A concept and its practices."""

    entry: Entry
    tally: Tally


def least_themes(found: Grid, themes: Themes, opened: Entry | None, language: str) -> list[Covered]:
    """Return the themes that have none below them, fewest practices first; only those below an open one."""
    ends = (entry for entry in themes.under(opened) if not themes.below(entry))
    return _fewest((Covered(entry, found.of_theme(entry)) for entry in ends), language)


def least_columns(found: Grid, opened: Entry | None, language: str) -> list[Covered]:
    """Return what the columns are about, fewest practices first; of an open theme alone."""
    if opened:
        return _fewest((Covered(cell.column, cell.tally) for cell in found.row(opened).cells), language)
    return _fewest((Covered(column.entry, column.tally) for column in found.columns), language)


def _fewest(covered: Iterable[Covered], language: str) -> list[Covered]:
    return sorted(covered, key=lambda c: (c.tally.practices, sort_key(language, c.entry.label(language))))


@dataclass(frozen=True, slots=True)
class Unmet:
    """The pairs without a practice among all, those first that one would expect to meet."""

    of: int
    cells: tuple[Cell, ...]


def unmet(found: Grid, themes: Themes, opened: Entry | None) -> Unmet:
    """Return the pairs of a theme and a column that have no practice.

    Expected is what the two would share if they met by chance: the busier both are, the more it says that they do not.
    """
    rows = [found.row(entry) for entry in themes.under(opened)]
    by_column = {column.entry.id: column.tally.practices for column in found.columns}
    empty = [(row, cell) for row in rows for cell in row.cells if not cell.tally.practices]
    empty.sort(key=lambda pair: -pair[0].tally.practices * by_column[pair[1].column.id])
    return Unmet(sum(len(row.cells) for row in rows), tuple(cell for _row, cell in empty))
