"""What comes in when many practices are changed at once."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from library.interchange.edits import Change, Edit
from library.record import BY_NAME
from library.tables.speech import Speech

MAX_REASON: Final = 300
_OWNER: Final = BY_NAME["owner"]


class EditForm(FlaskForm):  # type: ignore[misc] # untyped base
    """One change, with what it needs."""

    change = HiddenField()
    agency = SelectField(_l("Agency"), validate_choice=False)
    lead = BooleanField(_l("It leads"))
    owner = StringField(_l("New owner"), description=_l("The name of an organisation in the library"))
    reason = TextAreaField(
        _l("Why they are archived"),
        description=_l("Stands on their pages"),
        validators=[Length(max=MAX_REASON, message=_l("Write at most %(max)d characters"))],
    )

    def __init__(self, *args: Any, speech: Speech, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._speech = speech
        entries = speech.lexicon.scheme("agencies")
        self.agency.choices = [("", gettext("Choose")), *((entry.code, entry.label(language)) for entry in entries)]
        self.edit: Edit | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether the chosen change has what it needs; ``edit`` then says what to do."""
        if not super().validate(extra_validators) or self.change.data not in list(Change):
            return False
        change = Change(self.change.data)
        field, value, wrong = {
            Change.AGENCY: (self.agency, self._agency(), gettext("Choose an agency")),
            Change.OWNER: (self.owner, self._owner(), gettext("Write the name of an organisation in the library")),
            Change.ARCHIVE: (self.reason, (self.reason.data or "").strip(), gettext("Write why they are archived")),
        }[change]
        if not value:
            field.errors = [wrong]
            return False
        self.edit = Edit(change, value, lead=bool(self.lead.data))
        return True

    def _agency(self) -> str:
        return self.agency.data if self.agency.data in {code for code, _label in self.agency.choices} else ""

    def _owner(self) -> str:
        slug = self._speech.code(_OWNER, self.owner.data or "")
        return slug if slug in self._speech.organisations else ""
