"""What comes in when practices are brought in by the table."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import Length

from library.choices import PracticeState, Provenance
from library.interchange.import_services import Wishes
from library.languages import ENDONYMS

MAX_REASON: Final = 300


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button alone."""


class ImportForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A table, and what becomes of the practices in it."""

    file = FileField(_l("Table"), description=_l("XLSX or CSV, 50 MB at most"))
    provenance = RadioField(
        _l("Who wrote the new practices?"),
        choices=[
            SelectChoice(Provenance.COMPILED.value, _l("The library compiled them from public sources")),
            SelectChoice(Provenance.SUBMITTED.value, _l("Those who did the work wrote them")),
        ],
        default=Provenance.COMPILED.value,
    )
    state = RadioField(
        _l("What becomes of the new ones?"),
        choices=[
            SelectChoice(PracticeState.PUBLISHED.value, _l("They are published")),
            SelectChoice(
                PracticeState.ARCHIVED.value,
                _l("They are archived at once, so search leaves them out"),
            ),
        ],
        default=PracticeState.PUBLISHED.value,
    )
    reason = StringField(
        _l("Why they are archived"),
        description=_l("Stands on their pages"),
        validators=[Length(max=MAX_REASON, message=_l("Write at most %(max)d characters"))],
    )
    overwrite = BooleanField(_l("Change also what somebody has revised since the table was made"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether everything is there; whoever archives says why."""
        fine = bool(super().validate(extra_validators))
        if not self.sent:
            self.file.errors = [gettext("Choose a file")]
            fine = False
        if self.state.data == PracticeState.ARCHIVED and not (self.reason.data or "").strip():
            self.reason.errors = [gettext("Write why they are archived")]
            fine = False
        return fine

    @property
    def sent(self) -> FileStorage | None:
        """The file that was sent."""
        given = self.file.data
        return given if isinstance(given, FileStorage) and given.filename else None

    def wishes(self) -> Wishes:
        """Return what was chosen."""
        return Wishes(
            provenance=Provenance(self.provenance.data),
            state=PracticeState(self.state.data),
            reason=" ".join((self.reason.data or "").split()),
            overwrite=bool(self.overwrite.data),
        )


class TemplateForm(FlaskForm):  # type: ignore[misc] # untyped base
    """In which languages there will be texts."""

    class Meta:
        """A form that only asks for a file needs no token."""

        csrf = False

    languages = SelectMultipleField(
        _l("Languages of the texts"), choices=[SelectChoice(*one) for one in ENDONYMS.items()]
    )

    def chosen(self, otherwise: str) -> list[str]:
        """Return the languages in their order; that of the page if none was chosen."""
        wanted = set(self.languages.data or ()) & set(ENDONYMS)
        return [code for code in ENDONYMS if code in wanted] or [otherwise]


class ConfirmForm(FlaskForm):  # type: ignore[misc] # untyped base
    """That a checked table is to be brought in."""

    acknowledged = BooleanField(_l("I have looked at the warnings: nobody can be recognised"))


class CheckForm(FlaskForm):  # type: ignore[misc] # untyped base
    """That a table is to be looked through once more."""

    overwrite = BooleanField(_l("Change also what somebody has revised since the table was made"))


class UndoForm(FlaskForm):  # type: ignore[misc] # untyped base
    """That a batch is to be undone."""

    leave_touched = BooleanField(_l("Undo the others, and leave those that somebody has changed since"))
