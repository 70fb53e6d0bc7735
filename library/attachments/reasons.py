"""Why a file is refused, each with what to do about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from library.choices import Choice
from library.errors import RefusedFile


class Reason(Choice):
    """A reason; its title is the end of "“handbook.docx” was not added: …"."""

    EMPTY = "empty", _l("it is empty. Check that it is the right file.")
    TOO_LARGE = "too-large", _l("it is larger than 20 MB. Make it smaller, or put it on a website and add a link.")
    TYPE = (
        "type",
        _l(
            "files of this kind are not taken. Send PDF, Word, Excel, PowerPoint, OpenDocument, a picture (PNG, JPEG, "
            "WebP, GIF) or text (TXT, CSV, MD)."
        ),
    )
    ARCHIVE = "archive", _l("it is an archive. Unpack it and add the files one by one.")
    OLD_OFFICE = "old-office", _l("it has an old Office format. Save it as .docx, .xlsx or .pptx and try again.")
    MACROS = "macros", _l("it holds macros. Save it without macros, as .docx, .xlsx or .pptx, and try again.")
    WEB_PAGE = "web-page", _l("it holds a web page or a script. Save it as PDF and try again.")
    PROGRAM = "program", _l("it is a program, or holds one. Nobody could open it safely.")
    MISMATCH = (
        "mismatch",
        _l("what is in it does not fit its name. Open it in its program, save it once more and try again."),
    )
    UNREADABLE = "unreadable", _l("it is damaged or cannot be read. Save it once more and try again.")
    ENCRYPTED = "encrypted", _l("it is protected by a password. Save it without one and try again.")
    ACTIVE = (
        "active",
        _l("it does something by itself when it is opened. Print it to a new PDF, or save it without, and try again."),
    )
    EMBEDDED = "embedded", _l("other files are hidden in it. Take them out and add them one by one.")
    EXTERNAL = (
        "external",
        _l("it fetches pictures, templates or data from elsewhere when it is opened. Save it as PDF and try again."),
    )
    FORMULAS = "formulas", _l("its cells hold formulas. Save the values alone and try again.")
    BOMB = "bomb", _l("it is far larger inside than outside. Save it once more, or as PDF, and try again.")
    TOO_MANY_PIXELS = "too-many-pixels", _l("the picture has too many pixels. Make it smaller and try again.")
    ENCODING = "encoding", _l("its text cannot be read. Save it as UTF-8 and try again.")
    NAME = "name", _l("its name misleads about what it is. Give it a plain name and try again.")
    SUBMISSION_FULL = (
        "submission-full",
        _l("the files of this case would be over 100 MB together. Add a link instead."),
    )
    ACCOUNT_FULL = (
        "account-full",
        _l("you have added 500 MB in 30 days, which is the most. Add a link instead."),
    )
    AT_ONCE = "at-once", _l("ten files at most are taken at once. Add it with the next ones.")
    TOO_MANY = "too-many", _l("a case has 50 files at most. Remove one that is not needed, or add a link.")


class Refused(RefusedFile):
    """A file that is not taken, with the reason as a code and as a sentence."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    def __str__(self) -> str:
        """Return the sentence in the language of the page."""
        return self.reason.label
