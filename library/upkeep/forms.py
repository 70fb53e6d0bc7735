"""What owners, claimants and advisers type to keep practices true."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

MAX_WORDS: Final = 2000  # characters
ACCEPT: Final = "accept"
DECLINE: Final = "decline"

_LENGTH: Final = Length(max=MAX_WORDS, message=_l("Write at most %(max)d characters"))


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button."""


class EndedForm(FlaskForm):  # type: ignore[misc] # untyped base
    """That the work has ended; the advisers read it."""

    note = TextAreaField(_l("What happened, and when?"), validators=[_LENGTH])


class WordForm(FlaskForm):  # type: ignore[misc] # untyped base
    """How an adviser knows that a practice still holds."""

    note = TextAreaField(
        _l("Who confirmed it, and how?"),
        description=_l("Kept in the log: for example, the coordinator, by telephone. Name the role, not the person."),
        validators=[DataRequired(_l("Say who confirmed it and how")), _LENGTH],
    )


class ClaimForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Whose practice it is."""

    organisation = SelectField(_l("Your organisation"), validate_choice=True)
    message = TextAreaField(
        _l("What is your part in this work?"),
        description=_l("Your role, and how an adviser can check it. Only advisers read this."),
        validators=[DataRequired(_l("Say what your part in this work is")), _LENGTH],
    )

    def __init__(self, *args: Any, bodies: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisation.choices = [SelectChoice(str(i), name) for i, name in bodies]
        self.organisation.choices.append(SelectChoice("", gettext("Another one, named below")))


class AnswerForm(FlaskForm):  # type: ignore[misc] # untyped base
    """What an adviser answers to a claim."""

    verdict = RadioField(
        _l("Is it theirs?"),
        choices=[
            SelectChoice(ACCEPT, _l("Yes, they answer for this practice from now on")),
            SelectChoice(DECLINE, _l("No")),
        ],
        validators=[InputRequired(_l("Choose an answer"))],
    )
    join = BooleanField(_l("Make them a member of the organisation that owns it, too"))
    answer = TextAreaField(_l("Your words to them"), validators=[_LENGTH])

    def validate_answer(self, field: TextAreaField) -> None:
        """Ask for words where the answer is no.

        :raises ValidationError: if there are none.
        """
        if self.verdict.data == DECLINE and not (field.data or "").strip():
            raise ValidationError(gettext("Say why it is not theirs"))
