"""A booklet as a table: a workbook, or comma-separated values.

Whoever opens a table runs its formulas: https://owasp.org/www-community/attacks/CSV_Injection. So what people wrote is
text in every cell: marked so in a workbook, after an apostrophe where it begins like a formula in a CSV file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain
from typing import Final

from flask_babel import gettext

from library.curation.leaves import Booklet, Chapter, Leaf
from library.tables.lines import csv_lines

LONGEST_CELL: Final = 32_767  # characters, which a workbook may hold in one cell
_TITLE_LENGTH: Final = 31  # characters of the name of a sheet
_NOT_IN_A_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))

Cell = str | int | None


def heads() -> tuple[str, ...]:
    """Return the heads of the columns, in the reader's language."""
    return (
        gettext("Number"),
        gettext("Section"),
        gettext("Practice"),
        gettext("Why it is here"),
        gettext("Summary"),
        gettext("Kind"),
        gettext("Country"),
        gettext("Municipality"),
        gettext("Owner"),
        gettext("Agencies"),
        gettext("Leading agency"),
        gettext("Themes"),
        gettext("For whom"),
        gettext("Start year"),
        gettext("Stage"),
        gettext("Outcome"),
        gettext("Review"),
        gettext("Evaluations"),
        gettext("What did not work"),
        gettext("Last confirmed by its owner"),
        gettext("Language"),
        gettext("Permanent address"),
    )


def rows(booklet: Booklet) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each practice."""
    for chapter in booklet.chapters:
        for leaf in chapter.leaves:
            yield _row(chapter, leaf)


def _row(chapter: Chapter, leaf: Leaf) -> tuple[Cell, ...]:
    return (
        leaf.number,
        chapter.heading.source,
        leaf.title,
        leaf.note.text,
        leaf.summary,
        leaf.kind,
        leaf.country,
        "; ".join(leaf.places),
        leaf.owner,
        "; ".join(agency.label for agency in leaf.agencies),
        "; ".join(agency.label for agency in leaf.agencies if agency.lead),
        "; ".join(leaf.themes),
        "; ".join(leaf.target_groups),
        leaf.start_year,
        leaf.stage,
        leaf.outcome,
        leaf.review,
        leaf.evaluations,
        leaf.did_not_work.text,
        leaf.confirmed_on,
        leaf.language,
        leaf.url,
    )


def write_csv(booklet: Booklet) -> bytes:
    """Return comma-separated values, see ``csv_lines``."""
    return "".join(csv_lines(chain([heads()], rows(booklet)))).encode()


def write_workbook(booklet: Booklet) -> bytes:
    """Return a workbook with one sheet, its head kept in view."""
    from openpyxl import Workbook  # imported late: few requests need it
    from openpyxl.cell import Cell as OneCell
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    workbook = Workbook(write_only=True)
    workbook.properties.title = booklet.title.source
    workbook.properties.creator = ", ".join(booklet.curators) or booklet.site
    workbook.properties.language = booklet.language
    sheet = workbook.create_sheet(_sheet_name(booklet))
    sheet.freeze_panes = "D2"
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width

    def written(value: Cell, *, bold: bool = False) -> OneCell:
        cell = WriteOnlyCell(sheet, value=value[:LONGEST_CELL] if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl takes whatever begins with "=" for a formula
            cell.quotePrefix = True
        cell.font = Font(bold=bold)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        return cell

    sheet.append([written(head, bold=True) for head in heads()])
    for row in rows(booklet):
        sheet.append([written(value) for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


_WIDTHS: Final = {"A": 8, "B": 24, "C": 40, "D": 50, "E": 60, "J": 30, "L": 30, "M": 24, "S": 60, "V": 40}


def _sheet_name(booklet: Booklet) -> str:
    """Return the title as far as the name of a sheet may hold it."""
    return (
        booklet.title.source.translate(_NOT_IN_A_NAME).strip()[:_TITLE_LENGTH].strip() or booklet.slug[:_TITLE_LENGTH]
    )
