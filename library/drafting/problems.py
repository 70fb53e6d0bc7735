"""What is wrong with a draft, in words at the fields of the form. Pure.

What is missing is no mistake while somebody still writes: it is told apart from what was typed and does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext

from library import record
from library.document import Code, Fault, Known, faults_of
from library.drafting.fields import KEYED, cell_name, key_of, rows_of
from library.drafting.steps import Step, languages_of, name_in, step_of
from library.languages import ENDONYMS, LANGUAGES
from library.record import Field, Type

MISSING: Final = frozenset({Code.REQUIRED, Code.LANGUAGES, Code.NO_ORIGINAL})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend or to fill in.

    :param name: of the box in the form, as ``read_form`` knows it.
    :param language: of the tab on which the box stands; empty where it stands on all.
    :param message: what to do.
    :param missing: nothing is wrong, something is not there yet.
    """

    name: str
    step: Step
    language: str
    label: str
    message: str
    missing: bool

    @property
    def id(self) -> str:
        """The identifier of the box in the page."""
        return box_id(self.name)

    @property
    def line(self) -> str:
        """The message where it stands away from its box."""
        return self.message if self.missing else str(gettext("%(label)s: %(message)s", **self._said))

    @property
    def _said(self) -> dict[str, str]:
        return {"label": self.label, "message": self.message}


def box_id(name: str) -> str:
    """Return the identifier in the page of the box with this name."""
    return "f-" + name.replace(".", "-")


def faults_of_draft(document: Mapping[str, Any], known: Known) -> list[Fault]:
    """Return everything that keeps a draft from being published.

    A language counts as soon as anything is written in it, and the original always.
    """
    texts = document.get(record.TEXT_KEY)
    languages = [code for code in (document.get("original_language"), *languages_of(document)) if code in LANGUAGES]
    written = texts if isinstance(texts, Mapping) else {}
    padded = {**{code: {} for code in languages}, **written}
    return list(faults_of({**document, record.TEXT_KEY: padded}, known))


def problems_of(document: Mapping[str, Any], faults: Iterable[Fault]) -> Iterator[Problem]:
    """Yield the faults of a draft in words, each at its box."""
    for fault in faults:
        field, column = _fields_at(fault.path)
        if field is None:
            continue
        for language in _languages(fault, column, document):
            yield Problem(
                name=_box_name(fault.path, field, column, document, language),
                step=step_of(fault.path),
                language=language,
                label=str((column or field).label),
                message=str(_message(fault, column or field, language)),
                missing=fault.code in MISSING or _has_neither(fault, document),
            )


def problems_of_step(
    step: Step, document: Mapping[str, Any], faults: Iterable[Fault], *, language: str, missing: bool
) -> list[Problem]:
    """Return what to say at the boxes of one step in one language, each box once.

    :param missing: say also what is not there yet.
    """
    found: dict[str, Problem] = {}
    for problem in problems_of(document, faults):
        here = problem.step is step and problem.language in ("", language)
        if here and (missing or not problem.missing):
            found.setdefault(problem.name, problem)
    return list(found.values())


def _fields_at(path: str) -> tuple[Field | None, Field | None]:
    field = record.BY_NAME.get(name_in(path))
    parts = path.split(".")
    columns = {column.name: column for column in field.columns} if field else {}
    return field, columns.get(parts[2]) if len(parts) > 2 else None


def _languages(fault: Fault, column: Field | None, document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the languages on whose tabs a fault shows; an empty one stands for all."""
    if fault.code is Code.LANGUAGES:
        return fault.languages
    if column is not None and column.translated and not _language_in(fault.path):  # written in none of them
        return languages_of(document)
    return (_language_in(fault.path),)


def _language_in(path: str) -> str:
    parts = path.split(".")
    return parts[1] if parts[0] == record.TEXT_KEY else parts[3] if len(parts) > 3 else ""


def _box_name(path: str, field: Field, column: Field | None, document: Mapping[str, Any], language: str) -> str:
    if column is None:
        return path if path.startswith(record.TEXT_KEY + ".") else field.name
    number = int(path.split(".")[1])
    rows = rows_of(document.get(field.name))
    key = key_of(field, rows[number], number) if number < len(rows) else str(number)
    if column.name == KEYED.get(field.name):
        return field.name
    return cell_name(field, key, column, language)


def _has_neither(fault: Fault, document: Mapping[str, Any]) -> bool:
    """Return whether a material has neither address nor file yet, rather than both."""
    if fault.code is not Code.NEITHER_OR_BOTH:
        return False
    rows, number = rows_of(document.get("materials")), int(fault.path.split(".")[1])
    return number < len(rows) and not rows[number].get("url")


def _message(fault: Fault, field: Field, language: str) -> Any:
    match fault.code:
        case Code.REQUIRED:
            return field.missing
        case Code.NO_ORIGINAL:
            return record.BY_NAME["original_language"].missing
        case Code.LANGUAGES:
            return gettext("Write this in %(language)s too", language=ENDONYMS.get(language, language))
        case Code.TOO_LONG:
            return gettext("Shorten this to %(limit)s characters", limit=fault.limit)
        case Code.TOO_MANY_WORDS:
            return gettext("Shorten this to %(limit)s words", limit=fault.limit)
        case Code.ORDER:
            return _message_of_order(field)
        case Code.UNKNOWN:
            return _message_of_unknown(field)
        case Code.NUMBER if field.name.startswith("age"):
            return gettext("Enter an age in years, such as 13")
        case _:
            return _PLAIN.get(fault.code, _check_this)()


def _message_of_order(field: Field) -> Any:
    if field.name == "age_to":
        return gettext("The oldest age must not be below the youngest")
    return gettext("The work cannot end before it starts. Check both years")


def _message_of_unknown(field: Field) -> Any:
    if field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
        return gettext("Choose an organisation that the library knows, or add it")
    return gettext("Choose from the list")


def _check_this() -> Any:
    return gettext("Check this answer")


_PLAIN: Final = {
    Code.NUMBER: lambda: gettext("Enter a year with four digits, such as 2016"),
    Code.ADDRESS: lambda: gettext("Enter a whole web address, such as https://example.org"),
    Code.TWICE: lambda: gettext("Name each one once"),
    Code.PLACE: lambda: gettext("Choose municipalities only"),
    Code.NEITHER_OR_BOTH: lambda: gettext("Give a web address or a file, one of the two"),
    Code.LINKED_MIRROR: lambda: gettext("A copy on a document-sharing site is named without its address. Remove one"),
    Code.CHARACTERS: lambda: gettext("Remove the characters that no page can show"),
}
