"""A word that a contributor missed, and what an adviser makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from library.languages import DEFAULT, ENDONYMS
from library.vocabulary.desk_forms import MAX_LABEL, ConceptField, DeskForm, Entered, line, text
from library.vocabulary.refusals import Refused

MAX_TEXT: Final = 1000  # characters
NEW, WORD, DECLINE = "new", "word", "decline"


class SuggestForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A missing word: in which list, in which language, and what for.

    :param schemes: (code, name) of the vocabularies that forms draw on.
    """

    scheme = SelectField(_l("List"), choices=[])
    label = StringField(
        _l("Word"),
        filters=[line],
        validators=[
            Entered(_l("Enter the word that is missing")),
            Length(max=MAX_LABEL, message=_l("Enter a word of at most %(max)d characters")),
        ],
    )
    language = SelectField(_l("Language of the word"), choices=[SelectChoice(*pair) for pair in ENDONYMS.items()])
    note = TextAreaField(
        _l("What would you use it for?"),
        filters=[text],
        validators=[Length(max=MAX_TEXT, message=_l("Enter at most %(max)d characters"))],
    )

    def __init__(self, *args: Any, schemes: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = dict(schemes)
        self.scheme.choices = [SelectChoice(*pair) for pair in self.names.items()]

    def refuse(self, refusal: Refused) -> None:
        """Say why the word was not taken."""
        if refusal.at in self._fields:
            self[refusal.at].errors = [*self[refusal.at].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


class AnswerForm(DeskForm):
    """What becomes of a suggestion."""

    verdict = RadioField(
        _l("What becomes of it?"),
        choices=[
            SelectChoice(NEW, _l("A new concept")),
            SelectChoice(WORD, _l("Another word for a concept that exists")),
            SelectChoice(DECLINE, _l("Declined")),
        ],
        validators=[Entered(_l("Choose what becomes of it"))],
        validate_choice=False,
    )
    english = StringField(
        _l("English label of the new concept"),
        filters=[line],
        validators=[Length(max=MAX_LABEL, message=_l("Enter a label of at most %(max)d characters"))],
    )
    broader = ConceptField(_l("The new concept stands below"))
    concept = ConceptField(_l("The concept that exists"))
    answer = TextAreaField(
        _l("Your answer to the contributor"),
        filters=[text],
        validators=[Length(max=MAX_TEXT, message=_l("Enter at most %(max)d characters"))],
    )

    def validate_verdict(self, field: Any) -> None:
        """Refuse what is no verdict."""
        if field.data not in (NEW, WORD, DECLINE):
            raise ValidationError(gettext("Choose what becomes of it"))

    def validate_english(self, field: Any) -> None:
        """Ask for the label of a new concept."""
        if self.verdict.data == NEW and not field.data:
            raise ValidationError(gettext("Enter the English label"))

    def validate_concept(self, field: Any) -> None:
        """Ask for the concept that gets the word."""
        if self.verdict.data == WORD and not field.data:
            raise ValidationError(gettext("Enter the concept that the word belongs to"))

    def validate_answer(self, field: Any) -> None:
        """Ask why a word is declined."""
        if self.verdict.data == DECLINE and not field.data:
            raise ValidationError(gettext("Write why, so that the contributor can go on"))

    def labels(self, language: str, label: str) -> dict[str, str]:
        """Return the labels of the new concept: the English one, and the word in its own language."""
        return {language: label, DEFAULT: self.english.data}
