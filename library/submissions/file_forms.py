"""Files that are sent, and what authors say of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from library.document import MAX_LINE_CHARACTERS
from library.drafting.cleaning import clean_line
from library.languages import ENDONYMS

MAX_LICENCE: Final = 120
ABOUT: Final = ("title", "alt", "language", "licence")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a submission as its page shows it.

    :param description: kind and size.
    :param picture: whether readers who do not see it need a sentence.
    """

    key: str
    filename: str
    description: str
    picture: bool
    row: dict[str, Any]


class UploadForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Files to add."""

    files = MultipleFileField(_l("Choose files"))

    def sent(self) -> list[FileStorage]:
        """Return the files that were sent; browsers send an empty one where none was chosen."""
        return [file for file in self.files.data or () if isinstance(file, FileStorage) and file.filename]


class FilesForm(FlaskForm):  # type: ignore[misc] # untyped base
    """What authors say of their files; made anew for the files that are there."""

    base = HiddenField()

    @classmethod
    def for_files(cls, rows: Sequence[FileRow], base: str, *, sent: bool = True) -> FilesForm:
        """Return the form for some files.

        :param sent: whether to read what was typed; else it shows what is saved.
        """
        form = type("FilesForm", (cls,), {name: field for row in rows for name, field in _boxes(row)})
        options = {} if sent else {"formdata": None}
        made: FilesForm = form(base=base, **options)
        return made

    def of(self, row: FileRow, name: str) -> Field:
        """Return a box of a file."""
        return self[f"{name}-{row.key}"]

    def about(self, rows: Sequence[FileRow]) -> dict[str, dict[str, str]]:
        """Return what was typed, by key."""
        return {
            row.key: {name: self.of(row, name).data or "" for name in ABOUT if f"{name}-{row.key}" in self}
            for row in rows
        }


def _boxes(row: FileRow) -> list[tuple[str, Any]]:
    too_long = _l("Write at most %(max)d characters")
    line = {"filters": [lambda typed: clean_line(typed or "")]}
    given = row.row
    boxes = [
        (
            "title",
            StringField(
                _l("Title"),
                validators=[InputRequired(_l("Enter a title")), Length(max=MAX_LINE_CHARACTERS, message=too_long)],
                default=given.get("title", ""),
                **line,
            ),
        ),
        (
            "language",
            SelectField(
                _l("Language"),
                choices=[SelectChoice(*choice) for choice in (("", _l("None or several")), *ENDONYMS.items())],
                default=given.get("language", ""),
            ),
        ),
        (
            "licence",
            StringField(
                _l("Licence"),
                description=_l("How others may use it, such as CC BY 4.0"),
                validators=[Length(max=MAX_LICENCE, message=too_long)],
                default=given.get("licence", ""),
                **line,
            ),
        ),
    ]
    if row.picture:
        alt = StringField(
            _l("What the picture shows"),
            description=_l("For readers who do not see it"),
            validators=[Length(max=MAX_LINE_CHARACTERS, message=too_long)],
            default=given.get("alt", ""),
            **line,
        )
        boxes.insert(1, ("alt", alt))
    return [(f"{name}-{row.key}", field) for name, field in boxes]
