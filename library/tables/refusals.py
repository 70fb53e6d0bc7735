"""Why a file is not taken as a table, each with what to do about it; beside what holds for all files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from library.attachments.reasons import Reason
from library.choices import Choice
from library.errors import RefusedFile

MAX_ROWS = 20_000
MAX_COLUMNS = 2_000


class TableReason(Choice):
    """A reason; its title is the end of "“practices.csv” was not taken: …"."""

    TYPE = "type", _l("it is neither XLSX nor CSV. Save the table as one of these and try again.")
    TOO_LARGE = "too-large", _l("it is larger than 50 MB. Divide it into several files.")
    ROWS = "rows", _l("it has more than 20,000 rows. Divide it into several files.")
    COLUMNS = "columns", _l("it has more than 2,000 columns. Check that it is the right file.")
    CELL = "cell", _l("a cell is longer than any text of the library. Perhaps a quotation mark was never closed.")
    HEADINGS = (
        "headings",
        _l("its first row does not name the fields of the library. Copy the headings of the template into it."),
    )
    NO_ROWS = "no-rows", _l("there is nothing below its headings.")


class RefusedTable(RefusedFile):
    """A file that is not taken as a table, with the reason as a code and as a sentence."""

    def __init__(self, reason: TableReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    def __str__(self) -> str:
        """Return the sentence in the language of the page."""
        return self.reason.label


def sentence_of(code: str) -> str:
    """Return the sentence of a reason of either kind, in the language of the page."""
    for reasons in (TableReason, Reason):
        if code in list(reasons):
            return reasons(code).label
    return code
