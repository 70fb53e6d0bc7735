"""What authors type beside the case itself: answers, invitations, their own part, a note to the adviser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import HiddenInput

from library.characters import ONE_LINE, WRITABLE
from library.commenting import MAX_COMMENT_CHARACTERS
from library.languages import ENDONYMS

MAX_NAME: Final = 200  # characters, as the table
MAX_EMAIL: Final = 255
MAX_NOTE: Final = 5000
MAX_VERSION: Final = 2**31 - 1
_READABLE: Final = Regexp(WRITABLE, message=_l("Take out the unreadable characters"))

Choices = Iterable[tuple[str, str]]


def _trimmed(value: str | None) -> str:
    return " ".join((value or "").split())


def _stripped(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


def _at_most(most: int) -> Length:
    return Length(max=most, message=_l("Write at most %(max)d characters"))


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A deed without further questions; brings the CSRF token."""


class ReplyForm(FlaskForm):  # type: ignore[misc] # untyped base
    """An answer to a comment. ``done`` says in one click that it is mended."""

    body = TextAreaField(
        _l("Your answer"),
        filters=[_stripped],
        validators=[
            _at_most(MAX_COMMENT_CHARACTERS),
            _READABLE,
        ],
    )
    done = SubmitField(_l("Done"))


class InvitationForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Whom to ask to write along."""

    name = StringField(
        _l("Name"),
        filters=[_trimmed],
        validators=[
            InputRequired(_l("Enter a name")),
            _at_most(MAX_NAME),
            Regexp(ONE_LINE, message=_l("Take out the unreadable characters")),
        ],
    )
    email = EmailField(
        _l("E-mail"),
        filters=[_trimmed],
        validators=[
            InputRequired(_l("Enter an e-mail address")),
            _at_most(MAX_EMAIL),
            Email(_l("Enter an e-mail address like name@example.org")),
        ],
    )
    agency = SelectField(_l("Agency"), choices=[])
    organisation = SelectField(_l("Organisation"), choices=[])
    language = SelectField(_l("Language of the letter"), choices=[])

    def __init__(self, *args: Any, agencies: Choices, organisations: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.agency.choices = [("", _l("None")), *agencies]
        self.organisation.choices = [("", _l("None")), *organisations]
        self.language.choices = list(ENDONYMS.items())


class OwnPartForm(FlaskForm):  # type: ignore[misc] # untyped base
    """For whom somebody writes, and whether they are named."""

    own_agency = SelectField(_l("Your agency"), choices=[])
    own_organisation = SelectField(_l("Your organisation"), choices=[])
    credited = BooleanField(_l("Name me as author on the published page"))

    def __init__(self, *args: Any, agencies: Choices, organisations: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.own_agency.choices = [("", _l("None")), *agencies]
        self.own_organisation.choices = [("", _l("None")), *organisations]


class SubmitForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Send it in: which version is meant, and that what was found is no personal data."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, MAX_VERSION)])
    findings = HiddenField(validators=[Length(max=64)])
    no_person = BooleanField(_l("We have looked at these places. Nobody can be recognised."))
    note = TextAreaField(
        _l("Note to the adviser"),
        description=_l("What they should know, or where you want advice. It is not published."),
        filters=[_stripped],
        validators=[_at_most(MAX_NOTE), _READABLE],
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Why it is taken back; nobody has to say."""

    reason = TextAreaField(
        _l("Why?"),
        description=_l("Your co-authors and the adviser read this."),
        filters=[_stripped],
        validators=[_at_most(MAX_NOTE), _READABLE],
    )
