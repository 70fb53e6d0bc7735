"""What is wrong with a file, and what its sender should know of it, each with where it is and what is allowed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from library.choices import Choice

MOST_OF_VALUE = 120  # characters of what a file says that a message repeats


class FaultKind(Choice):
    """A kind of fault; its title says what is wrong and what is allowed instead."""

    NOT_TURTLE = "not-turtle", _l("This is not Turtle. Check the line, or export the file once more.")
    NO_SCHEME = "no-scheme", _l("The file describes no vocabulary. One skos:ConceptScheme is needed.")
    NO_NAME = "no-name", _l("The vocabulary has no name in a language of the library. Give it one below.")
    NO_CONCEPTS = "no-concepts", _l("The file holds no concept of this vocabulary.")
    TOO_MANY = "too-many", _l("The file holds too many concepts. At most 20,000 are allowed.")
    FOREIGN_ADDRESS = (
        "foreign-address",
        _l(
            "This address belongs to the library, but not to this vocabulary, or its last part is not made of "
            "lower-case letters, digits and single hyphens, 58 at most."
        ),
    )
    NOTATION = "notation", _l("The notation differs from the last part of the address. They have to be the same.")
    BLANK = "blank", _l("The preferred label has no words.")
    TOO_LONG = "too-long", _l("The label is too long. At most 200 characters are allowed.")
    TWO_LABELS = "two-labels", _l("The concept has two preferred labels in this language. Only one is allowed.")
    CIRCLE = "circle", _l("The concept comes to stand above itself. Take one of these steps out.")
    REPLACED_CIRCLE = "replaced-circle", _l("The concept comes to be replaced by itself. Take one of these steps out.")
    LEADS_NOWHERE = "leads-nowhere", _l("The relation leads to an address of the library where no concept is.")
    ELSEWHERE = (
        "elsewhere",
        _l(
            "So many concepts of other vocabularies are in the file. They come out of it again, but are not brought in."
        ),
    )
    IN_USE = "in-use", _l("The concept is in use and cannot be removed. Deprecate it, or merge it with another one.")
    NO_SUCCESSOR = "no-successor", _l("Records need a concept here. Say by which one it is replaced.")
    OVERTAKEN = "overtaken", _l("Somebody changed the vocabulary meanwhile. Check the file once more.")
    REFUSED = "refused", _l("The file is not taken.")
    GONE = "gone", _l("The file is no longer there. Send it once more.")
    FAILED = "failed", _l("Something went wrong on our side. Nothing was changed. Try again later.")
    CHANGED_SINCE = "changed-since", _l("This was changed after the import. Undo that first.")
    USED_SINCE = "used-since", _l("This is in use since the import. Take it from the records first.")
    FIXED = "fixed", _l("The library itself needs this concept. It cannot be removed or deprecated.")
    CLOSED = "closed", _l("The list of this vocabulary is closed. Labels and other words can be changed.")
    COLUMN = "column", _l("There is no such column. Take the headings from an export.")
    NO_COLUMN = "no-column", _l("The column “code” is missing. Take the headings from an export.")
    CODE = "code", _l("A code is made of lower-case letters, digits and single hyphens, 58 at most.")
    TWICE = "twice", _l("The code is in the table twice. Each concept has one row.")
    STATUS = "status", _l("The status is not known. Write “active” or “deprecated”.")
    NO_LABEL = "no-label", _l("The concept has no label. Enter one in one language at least.")
    NOT_A_TABLE = "not-a-table", _l("This is not a table. Save it as CSV and try again.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    :param line: of the file, counted from one; 0 where it has none.
    :param column: heading, in a table.
    :param concept: identifier or address of what has it.
    :param value: what the file says there.
    """

    kind: FaultKind
    line: int = 0
    column: str = ""
    concept: str = ""
    value: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, for the batch."""
        return {
            "kind": self.kind.value,
            "line": self.line,
            "column": self.column,
            "concept": self.concept[:MOST_OF_VALUE],
            "value": self.value[:MOST_OF_VALUE],
            "detail": self.detail[:MOST_OF_VALUE],
        }


def fault_of(said: dict[str, Any]) -> Fault:
    """Return the fault that ``as_json`` wrote down."""
    return Fault(**{**said, "kind": FaultKind(said["kind"])})
