"""What is wrong with a table, in words: where it is, what stands there, and what is allowed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from flask_babel import gettext

from library import warnings
from library.document import Code
from library.languages import ENDONYMS
from library.record import Field, Type
from library.tables.columns import Column, column_named
from library.tables.refusals import sentence_of
from library.tables.speech import Speech, fold

MOST: Final = 12  # choices that a message lists
CLOSE: Final = 3  # names that are offered instead of one that nobody knows
_LONG_LISTS: Final = (Type.ORGANISATION, Type.ORGANISATIONS, Type.PRACTICE)

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One message in the reader's words.

    :param where: the heading of the column; empty where the whole row is meant.
    :param value: what stands in the cell.
    :param words: what is wrong, and what to do.
    :param allowed: what may stand there; empty where the words say enough.
    :param warning: whether it keeps nothing from being done.
    """

    where: str
    value: str
    words: str
    allowed: str
    warning: bool
    rows: int = 0
    first: int = 0


def said(fault: Message, speech: Speech, language: str) -> Said:
    """Return a message in words.

    :param language: of the reader.
    """
    column = column_named(str(fault.get("column", "")))
    return Said(
        where=column.heading if column else "",
        value=str(fault.get("value", "")),
        words=_words(fault, column),
        allowed=_allowed(fault, column, speech, language),
        warning=bool(fault.get("warning")),
        rows=int(fault.get("rows", 0)),
        first=int(fault.get("first", 0)),
    )


def _words(fault: Message, column: Column | None) -> str:
    code = str(fault.get("code", ""))
    if "message" in fault:
        return str(fault["message"])
    if code in _OWN:
        return _OWN[code](fault)
    if fault.get("warning") and code in list(warnings.Code):
        return warnings.Code(code).label
    field = column.value if column else None
    if code == Code.REQUIRED and field is not None and field.missing:
        return str(field.missing)
    if code == Code.ORDER and field is not None and field.name == "age_to":
        return str(gettext("The oldest age must not be below the youngest."))
    if code == Code.LANGUAGES and column is not None:
        return str(gettext("Write this in %(language)s too.", language=ENDONYMS.get(column.language, column.language)))
    return _OF_TEMPLATE.get(code, _check_this)(fault)


def _allowed(fault: Message, column: Column | None, speech: Speech, language: str) -> str:
    code = fault.get("code")
    if column is None or code not in (Code.UNKNOWN, Code.NUMBER, "ambiguous", Code.REQUIRED, Code.PLACE):
        return ""
    field = column.value
    if field.type is Type.NUMBER:
        return "0–120" if field.name.startswith("age") else "1800–2200"
    labels = [label for _, label in speech.choices(field, language)]
    if field.type in _LONG_LISTS or len(labels) > MOST:
        return _close(str(fault.get("value", "")), labels, field)
    return ", ".join(labels)


def _close(value: str, labels: list[str], field: Field) -> str:
    by_fold = {fold(label): label for label in labels}
    found = [by_fold[name] for name in get_close_matches(fold(value), by_fold, n=CLOSE, cutoff=0.6)]
    if found:
        return str(gettext("Perhaps: %(names)s", names=", ".join(found)))
    if field.type in _LONG_LISTS:
        return str(gettext("A name, an address or an identifier that the library knows"))
    return str(gettext("%(names)s and others: see the lists of the template", names=", ".join(labels[:MOST])))


def _check_this(_fault: Message) -> str:
    return str(gettext("Check this cell."))


_Tell = Callable[[Message], str]
_OF_TEMPLATE: Final[dict[str, _Tell]] = {
    Code.REQUIRED: lambda _: gettext("Fill this in."),
    Code.NO_ORIGINAL: lambda _: gettext("There is no text in the original language. Write it, or choose another one."),
    Code.UNKNOWN: lambda _: gettext("This is not one of the choices."),
    Code.TWICE: lambda _: gettext("Name each one once."),
    Code.NUMBER: lambda _: gettext("Write a whole number."),
    Code.ADDRESS: lambda _: gettext("Write a whole web address, such as https://example.org."),
    Code.TOO_LONG: lambda fault: gettext("Shorten this to %(limit)s characters.", limit=fault.get("limit", 0)),
    Code.TOO_MANY_WORDS: lambda fault: gettext("Shorten this to %(limit)s words.", limit=fault.get("limit", 0)),
    Code.PLACE: lambda _: gettext("Name municipalities only."),
    Code.ORDER: lambda _: gettext("The work cannot end before it starts. Check both years."),
    Code.NEITHER_OR_BOTH: lambda _: gettext("Give a web address. Files cannot be brought in with a table."),
    Code.LINKED_MIRROR: lambda _: gettext("A copy on a document-sharing site is named without its address."),
    Code.CHARACTERS: lambda _: gettext("Remove the characters that no page can show."),
    Code.LANGUAGES: lambda _: gettext("Write this in every language of the texts."),
}
_OWN: Final[dict[str, _Tell]] = {
    "refused": lambda fault: gettext("The file was not taken: %(reason)s", reason=sentence_of(str(fault["reason"]))),
    "file-gone": lambda _: gettext("The file is no longer there. Send it again."),
    "failed": lambda _: gettext("Something went wrong that should not. Nothing was changed; try again later."),
    "unknown-heading": lambda fault: gettext(
        "The library has no field “%(heading)s”. Use the heading of the template, or delete the column.",
        heading=fault.get("value", ""),
    ),
    "same-heading": lambda fault: gettext("The column “%(heading)s” is there twice.", heading=fault.get("value", "")),
    "no-heading": lambda _: gettext("There is no heading over this cell."),
    "formula": lambda _: gettext("This is a formula. Write the value itself; before words that begin with = put '."),
    "ambiguous": lambda _: gettext("This can mean several things. Write the code instead."),
    "unknown-record": lambda _: gettext(
        "The library has no practice with this identifier. Leave it empty for a new one."
    ),
    "other-record": lambda fault: gettext(
        "Identifier and your own identifier lead to different practices; here stands number %(number)s.",
        number=fault.get("practice", ""),
    ),
    "bad-identifier": lambda _: gettext(
        "Choose another identifier: one line, 120 characters at most, and none like p17, which the library gives."
    ),
    "erased": lambda _: gettext("This practice was erased."),
    "archived": lambda _: gettext("This practice is archived. Restore it first, or leave the row out."),
    "revised": lambda fault: gettext(
        "Somebody has revised this practice since the table was made; it is at revision %(now)s now.",
        now=fault.get("now", ""),
    ),
    "own-organisation": lambda _: gettext(
        "It belongs to your own organisation, or you wrote it. Ask another adviser to bring it in."
    ),
    "twice-in-file": lambda fault: gettext(
        "Row %(row)s speaks of the same practice. Leave one of them out.", row=fault.get("first", "")
    ),
    "same-title": lambda fault: gettext(
        "Practice number %(number)s has the same title. Is it the same work?", number=fault.get("practice", "")
    ),
    "no-longer": lambda _: gettext(
        "Since the table was checked, something that this row names has changed. Check again."
    ),
    "overtaken": lambda _: gettext("Somebody has changed this practice since the table was checked. Check again."),
    "revised-since": lambda _: gettext("Somebody has revised it since."),
    "state-since": lambda _: gettext("Somebody has archived, restored or erased it since."),
}
