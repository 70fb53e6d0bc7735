"""What municipalities say of the practices of others, and why an adviser takes a report down."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from library.adoptions import ORDER
from library.choices import AdoptionState
from library.drafting.cleaning import clean_line, clean_text
from library.exchange.services import Report
from library.languages import ENDONYMS
from library.models import Adoption

MAX_WORDS: Final = 1500  # characters of one text: several reports stand on one page
MAX_REASON: Final = 2000
FIRST_YEAR: Final = 1900
MOST_AHEAD: Final = 20  # years for which somebody plans

_LENGTH: Final = Length(max=MAX_WORDS, message=_l("Write at most %(max)d characters"))


def _text(typed: str | None) -> str:
    return clean_text(typed or "")


def _line(typed: str | None) -> str:
    return clean_line(typed or "")


def _number(typed: str | None) -> int | None:
    """Return a number that a page could have sent or somebody typed as four digits; ``None`` for anything else."""
    digits = typed or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button. ``version`` is that of the report which the page showed."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """That version; 0 for what is no number."""
        return _number(self.version.data) or 0


class ReportForm(ButtonForm):
    """How far a municipality has come with a practice, since when, and what others can learn from it."""

    findings = HiddenField(validators=[Length(max=64)])
    state = RadioField(
        _l("What does your municipality do with it?"),
        choices=[SelectChoice(state.value, state.title_text) for state in ORDER],
        validators=[InputRequired(_l("Choose what your municipality does with it"))],
        invalid_choice_message=_l("Choose what your municipality does with it"),
    )
    since_year = StringField(
        _l("Since which year?"),
        description=_l("A guess is fine. For a plan: from which year."),
        filters=[_line],
    )
    until_year = StringField(
        _l("Until which year?"), description=_l("Only if you have stopped using it."), filters=[_line]
    )
    adapted = TextAreaField(
        _l("What did you adapt?"),
        description=_l("What you changed so that it fits your city, and why."),
        filters=[_text],
        validators=[_LENGTH],
    )
    experience = TextAreaField(
        _l("How did it go?"),
        description=_l("What worked, what did not, and why you stopped if you did."),
        filters=[_text],
        validators=[_LENGTH],
    )
    language = SelectField(
        _l("Language of the two texts"),
        choices=[SelectChoice(code, name) for code, name in ENDONYMS.items()],
        invalid_choice_message=_l("Choose one from the list"),
    )
    no_person = BooleanField(_l("I have looked at these places. Nobody can be recognised."))

    @classmethod
    def filled(cls, kept: Adoption | None, language: str) -> ReportForm:
        """Return the form with what a municipality has reported; with nothing where it has not."""
        form: ReportForm = cls(data=values_of(kept, language))
        return form

    def validate_since_year(self, field: StringField) -> None:
        """Take a year that is past of what has begun, and one that is still to come of what is planned."""
        planned, this_year = self.state.data == AdoptionState.PLANNED.value, _this_year()
        if not field.data:
            return
        latest = this_year + MOST_AHEAD if planned else this_year
        year = _year(field.data, latest)
        if planned and year < this_year:
            raise ValidationError(
                gettext("A plan begins this year or later; if you have begun, choose that you use it")
            )

    def validate_until_year(self, field: StringField) -> None:
        """Take an end only of what has stopped, and none before the beginning."""
        if not field.data:
            return
        if self.state.data != AdoptionState.STOPPED.value:
            raise ValidationError(gettext("Leave this empty, or choose that you have stopped using it"))
        since, until = _number(self.since_year.data), _year(field.data, _this_year())
        if since is not None and until < since:
            raise ValidationError(gettext("Enter a year that is not before the first one"))

    @property
    def report(self) -> Report:
        """What was said, once it is valid."""
        return Report(
            state=AdoptionState(self.state.data),
            since_year=_number(self.since_year.data),
            until_year=_number(self.until_year.data),
            language=self.language.data,
            adapted=self.adapted.data,
            experience=self.experience.data,
        )

    def take_over(self, kept: Adoption | None) -> dict[str, str]:
        """Make the next save one on top of what a colleague saved, and return where theirs differs, in words."""
        theirs = values_of(kept, self.language.data)
        self.version.data = theirs.pop("version")
        self.version.raw_data = None  # which its box would show instead
        differing = (name for name, value in theirs.items() if (self[name].data or "") != value)
        return {name: _words(self[name], theirs[name]) for name in differing}


class TakeDownForm(ButtonForm):
    """Why a report must not stand there; whoever reported it reads it."""

    reason = TextAreaField(
        _l("Why is it taken down?"),
        description=_l("Whoever reported it gets this by mail, with their own words."),
        filters=[_text],
        validators=[
            DataRequired(_l("Say why it is taken down")),
            Length(max=MAX_REASON, message=_l("Write at most %(max)d characters")),
        ],
    )


def values_of(kept: Adoption | None, language: str) -> dict[str, str]:
    """Return a report as the values of its form.

    :param language: in which somebody begins to write where there is none.
    """
    if kept is None:
        empty = dict.fromkeys(("state", "since_year", "until_year", "adapted", "experience"), "")
        return {**empty, "version": "0", "language": language}
    return {
        "version": str(kept.version),
        "state": AdoptionState(kept.state).value,
        "since_year": str(kept.since_year or ""),
        "until_year": str(kept.until_year or ""),
        "adapted": kept.adapted,
        "experience": kept.experience,
        "language": kept.language,
    }


def _words(field: Any, value: str) -> str:
    choices = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    return str(choices.get(value) or value or gettext("nothing"))


def _this_year() -> int:
    return date.today().year  # noqa: DTZ011 - the year on the reporter's calendar


def _year(typed: str, latest: int) -> int:
    """Return a year as a number.

    :raises ValidationError: if it is none, or too early or too late to be meant.
    """
    year = _number(typed)
    if year is None or not FIRST_YEAR <= year <= latest:
        raise ValidationError(gettext("Enter a year like %(year)s, no later than %(latest)s", year=2021, latest=latest))
    return year
