"""The workbook into which people write practices: instructions, the table with drop-downs, and what may be chosen.

Made anew from the template of a record and from the vocabularies as they stand, in the language of whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from library.record import Field, Type
from library.tables.columns import NONE, Column, columns, is_list
from library.tables.speech import Speech
from library.tables.writing import sheet_title, text_cell, write_table

ROOM: Final = 10_000  # rows that have drop-downs
_FIRST: Final = 3  # row below the headings and the names for machines
_WIDTHS: Final = (34, 30, 60, 60)


def write_template(stream: IO[bytes], languages: Sequence[str], speech: Speech, *, language: str) -> None:
    """Write the workbook.

    :param languages: in which there will be texts.
    :param language: of whoever fills it in.
    """
    table = columns(languages)
    book = Workbook(write_only=True)
    _write_instructions(book.create_sheet(sheet_title(gettext("Instructions"))), table)
    sheet = book.create_sheet(sheet_title(gettext("Practices")))
    lists = book.create_sheet(sheet_title(gettext("Lists")))
    places = _write_lists(lists, list(_listed(table)), speech, language)
    for column_number, column in enumerate(table, start=1):
        if rule := _rule(column, places, lists.title):
            letter = get_column_letter(column_number)
            rule.add(f"{letter}{_FIRST}:{letter}{ROOM}")
            sheet.data_validations.append(rule)
    write_table(sheet, table, [])
    book.active = 1
    book.save(stream)


def rules() -> Iterator[str]:
    """Yield what people must know to fill in a table, a sentence or two each."""
    yield gettext(
        "One row is one practice. Leave the two rows of headings as they are; delete columns that you do not need."
    )
    yield gettext("What is marked with * is required for every new practice.")
    yield gettext("Where cells offer a list, choose from it. Codes and labels in any language of the library work too.")
    yield gettext(
        "Leave “Identifier” empty for a new practice. To change one, write its number, such as 17. Columns that are "
        "not in the table stay as they are; cells that are empty are emptied."
    )
    yield gettext(
        "Themes, agencies, evaluations and other lists have numbered columns. Need more of them? Add columns with the "
        "next number."
    )
    yield gettext("A text may hold several paragraphs: press Alt and Enter for a new line in a cell.")
    yield gettext(
        "Formulas are not taken. Write %(none)s in the first column of a list to say that it is empty.", none=NONE
    )
    yield gettext("No person may be recognisable, and no e-mail address or phone number belongs into a text.")


def _write_instructions(sheet: Any, table: Sequence[Column]) -> None:
    for place, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_words(sheet, gettext("How to fill in the table"), bold=True, size=14)])
    for rule in rules():
        sheet.append([_words(sheet, rule)])
    sheet.append([])
    headings = (gettext("Column"), gettext("Name for machines"), gettext("Question"), gettext("Help"))
    sheet.append([_words(sheet, words, bold=True) for words in headings])
    for column in table:
        if column.number <= 1:
            sheet.append([_words(sheet, words, wrap=True) for words in _about(column)])


def _about(column: Column) -> tuple[str, str, str, str]:
    value = column.value
    return column.heading, column.name, str(value.question), str(value.help)


def _words(sheet: Any, words: str, *, bold: bool = False, size: int = 11, wrap: bool = False) -> Any:
    cell: Any = WriteOnlyCell(sheet, value=words)
    cell.font = Font(bold=bold, size=size)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    return cell


# --- lists -------------------------------------------------------------------------------------------------------


def _key(field: Field) -> str:
    """Return a name under which fields that offer the same are the same."""
    if field.choices is not None:
        return field.choices.__name__
    if field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
        return "municipalities" if field.name == "municipalities" else "organisations"
    return field.vocabulary or field.type.value


def _listed(table: Sequence[Column]) -> Iterator[Field]:
    seen = set()
    for column in table:
        if _key(column.value) not in seen:
            seen.add(_key(column.value))
            yield column.value


def _write_lists(sheet: Any, fields: Sequence[Field], speech: Speech, language: str) -> dict[str, tuple[int, int]]:
    """Write what may be chosen, a column each; return column and last row of each list."""
    offered = {_key(field): (field, [label for _, label in speech.choices(field, language)]) for field in fields}
    offered = {key: pair for key, pair in offered.items() if pair[1]}
    for place in range(1, len(offered) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 34
    sheet.append([_words(sheet, str(field.label), bold=True) for field, _ in offered.values()])
    longest = max((len(labels) for _, labels in offered.values()), default=0)
    for number in range(longest):
        sheet.append(
            [text_cell(sheet, labels[number]) if number < len(labels) else None for _, labels in offered.values()]
        )
    return {key: (place, len(labels) + 1) for place, (key, (_, labels)) in enumerate(offered.items(), start=1)}


def _rule(column: Column, places: dict[str, tuple[int, int]], lists: str) -> DataValidation | None:
    """Return the drop-down of a column; a warning, not a wall, for codes and other languages are as good."""
    value = column.value
    place = places.get(_key(value))
    if place and not (is_list(column.field) and not column.number):
        letter, last = get_column_letter(place[0]), place[1]
        rule = DataValidation(
            type="list", formula1=f"{quote_sheetname(lists)}!${letter}$2:${letter}${last}", allow_blank=True
        )
        rule.error = gettext("This is not on the list. Codes and labels in other languages are fine.")
    elif value.type is Type.NUMBER and column.name != "revision":
        low, high = (0, 120) if value.name.startswith("age") else (1800, 2200)
        rule = DataValidation(type="whole", operator="between", formula1=str(low), formula2=str(high), allow_blank=True)
        rule.error = gettext("Write a whole number from %(low)s to %(high)s.", low=low, high=high)
    else:
        return None
    rule.errorStyle, rule.errorTitle = "warning", column.heading[:32]
    rule.showErrorMessage = True
    return rule
