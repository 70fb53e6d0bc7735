"""What advisers type to archive, and administrators to erase; and which revisions somebody compares."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from library.web import HIGHEST_NUMBER

MAX_REASON: Final = 2000  # characters

_REASON: Final = Length(max=MAX_REASON, message=_l("Write at most %(max)d characters"))


class CompareForm(Form):  # type: ignore[misc] # untyped base
    """Two revisions, by number; anything else is read as nothing."""

    older = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_NUMBER)])
    newer = IntegerField(validators=[Optional(), NumberRange(1, HIGHEST_NUMBER)])

    def chosen(self, latest: int) -> tuple[int, int]:
        """Return the two numbers, the older first; by default the latest revision and the one before."""
        self.validate()
        newer = latest if self.newer.errors or not self.newer.data else self.newer.data
        older = max(newer - 1, 1) if self.older.errors or not self.older.data else self.older.data
        return min(older, newer), max(older, newer)


class ArchiveForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Why a practice leaves the search; readers of its page see it."""

    reason = TextAreaField(
        _l("Why is it archived?"),
        description=_l("Readers see this at the top of the page."),
        validators=[DataRequired(_l("Say why it is archived")), _REASON],
    )


class RestoreForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button."""


class EraseForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Why the law asks for it, and the title once more, for there is no way back."""

    reason = TextAreaField(
        _l("On what legal ground?"),
        description=_l("Kept in the log. Name the ground, never the person."),
        validators=[DataRequired(_l("Name the legal ground")), _REASON],
    )
    title = StringField(_l("Type the title to confirm"), validators=[DataRequired(_l("Type the title"))])

    def __init__(self, *args: Any, titles: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self._titles = titles

    def validate_title(self, field: StringField) -> None:
        """Take the title in any of its languages.

        :raises ValidationError: for any other text.
        """
        if " ".join((field.data or "").split()) not in self._titles:
            raise ValidationError(gettext("This is not the title. Type it as it stands on the page"))
