"""What advisers fill in at the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from library.choices import Choice, Criterion, Dimension, Grade, ReviewLabel, Verdict
from library.commenting import MAX_COMMENT_CHARACTERS
from library.lexicon import Lexicon
from library.models import Account, Assessment
from library.record import concept_id
from library.review.accepting import ANSWERS, LABELS

MAX_WORDS: Final = 10_000  # characters of one text to authors or colleagues
MAX_NOTE: Final = 1_000  # characters
LONGEST: Final = timedelta(days=366)
ANSWER_WORDS: Final = dict(zip(ANSWERS, (_l("Yes"), _l("No"), _l("Unclear")), strict=True))


CHOOSE: Final = _l("Choose one from the list")
_MAY_BE_EMPTY: Final[Mapping[str, Any]] = {"validators": [Optional()], "invalid_choice_message": CHOOSE}


def _choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def _people(people: Iterable[Account], invitation: str) -> list[SelectChoice]:
    return _choices([("", invitation), *((str(person.id), person.name) for person in people)])


def _stripped(value: str | None) -> str:
    return (value or "").strip()


class CommentForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A remark on a field, or an answer to one."""

    body = TextAreaField(
        _l("Comment"),
        filters=[_stripped],
        validators=[InputRequired(_l("Write a comment")), Length(max=MAX_COMMENT_CHARACTERS)],
    )

    def validate_body(self, field: TextAreaField) -> None:
        """Refuse blanks, which ``InputRequired`` takes for words."""
        _check_words(field, gettext("Write a comment"))


class ActForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button without further questions.

    ``seen`` is the adviser whom the page showed, empty for nobody.
    """

    seen = HiddenField()

    @property
    def seen_adviser(self) -> int | None:
        """The identifier of that adviser."""
        return _number(self.seen.data)


class AssignForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Who reviews it."""

    adviser = SelectField(_l("Adviser"), invalid_choice_message=CHOOSE)

    def offer(self, people: Iterable[Account]) -> None:
        """Offer those who may decide."""
        self.adviser.choices = _people(people, gettext("Choose an adviser"))

    def validate_adviser(self, field: SelectField) -> None:
        """Refuse the empty choice."""
        if not field.data:
            raise ValidationError(gettext("Choose an adviser"))


class DueForm(FlaskForm):  # type: ignore[misc] # untyped base
    """By when the adviser means to have answered."""

    due_on = DateField(_l("Answer by"))

    def validate_due_on(self, field: DateField) -> None:
        """Refuse no date, and dates that are past or too far away to mean anything."""
        today = date.today()  # noqa: DTZ011 - a day, as the adviser's calendar shows it
        field.errors = []
        if field.data is None:
            raise ValidationError(gettext("Enter a date"))
        if not today <= field.data <= today + LONGEST:
            raise ValidationError(gettext("Choose a day from today on, within a year"))


class AskForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A second opinion: of whom, and on what."""

    colleague = SelectField(_l("Colleague"), invalid_choice_message=CHOOSE)
    question = TextAreaField(
        _l("What would you like to know?"), filters=[_stripped], validators=[Length(max=MAX_WORDS)]
    )

    def offer(self, people: Iterable[Account]) -> None:
        """Offer those who may decide, save the one who asks."""
        self.colleague.choices = _people(people, gettext("Choose a colleague"))

    def validate_colleague(self, field: SelectField) -> None:
        """Refuse the empty choice."""
        if not field.data:
            raise ValidationError(gettext("Choose a colleague"))


class OpinionForm(FlaskForm):  # type: ignore[misc] # untyped base
    """What a colleague thinks."""

    verdict = RadioField(_l("What would you do?"), choices=_choices((v.value, v.title_text) for v in Verdict))
    answer = TextAreaField(_l("Your opinion"), filters=[_stripped], validators=[Length(max=MAX_WORDS)])

    def validate_verdict(self, field: RadioField) -> None:
        """Ask for a choice in our own words."""
        if not field.data:
            field.errors = []
            raise ValidationError(gettext("Choose what you would do"))

    def validate_answer(self, field: TextAreaField) -> None:
        """Refuse blanks."""
        _check_words(field, gettext("Write a sentence or two"))


class DecisionForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A decision with its two texts.

    ``seen`` is the number of the round that the adviser has read.
    """

    seen = HiddenField()
    decision = RadioField(
        _l("Decision"),
        choices=_choices(
            (
                (Verdict.ACCEPT.value, _l("Accept and publish")),
                (Verdict.REQUEST_CHANGES.value, _l("Ask for changes")),
                (Verdict.DECLINE.value, _l("Decline")),
            )
        ),
    )
    good = TextAreaField(
        _l("What is good"),
        description=_l("Authors read this first."),
        filters=[_stripped],
        validators=[Length(max=MAX_WORDS)],
    )
    reason = TextAreaField(
        _l("What is needed"),
        description=_l("What to change, or why it will not be published. Leave it empty when you accept."),
        filters=[_stripped],
        validators=[Length(max=MAX_WORDS)],
    )

    @property
    def seen_round(self) -> int:
        """The number of that round; 0 for what is no number."""
        return _number(self.seen.data) or 0

    def validate_decision(self, field: RadioField) -> None:
        """Ask for a choice in our own words."""
        if field.data not in list(Verdict):
            field.errors = []
            raise ValidationError(gettext("Choose what you decide"))

    def validate_good(self, field: TextAreaField) -> None:
        """Every decision says what is good."""
        _check_words(field, gettext("Write what is good"))

    def validate_reason(self, field: TextAreaField) -> None:
        """Whoever is asked for changes, or declined, is told what for."""
        if self.decision.data in (Verdict.REQUEST_CHANGES, Verdict.DECLINE):
            _check_words(field, gettext("Write what is needed"))


def _check_words(field: Any, message: str) -> None:
    if not _stripped(field.data):
        raise ValidationError(message)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


# --- the sheet ---------------------------------------------------------------------------------------------------


def _met_field(criterion: Criterion) -> RadioField:
    return RadioField(
        criterion.title_text,
        choices=_choices(ANSWER_WORDS.items()),
        validators=[Optional()],
        invalid_choice_message=CHOOSE,
    )


def _note_field(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[_stripped], validators=[Length(max=MAX_NOTE)])


def _grade_field(dimension: Dimension) -> SelectField:
    return SelectField(
        dimension.title_text, choices=_with_nothing(Grade), validators=[Optional()], invalid_choice_message=CHOOSE
    )


def _with_nothing(choices: Iterable[Choice]) -> list[SelectChoice]:
    return _choices([("", _l("Not judged yet")), *((choice.value, choice.title_text) for choice in choices)])


class SheetForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Checklist and evidence, saved as one; anything may still be missing.

    ``version`` is that of the sheet which the adviser had before them.
    """

    version = HiddenField()
    evidence_stage = SelectField(_l("Evidence stage"), **_MAY_BE_EMPTY)
    outcome = SelectField(_l("Outcome"), **_MAY_BE_EMPTY)
    review_label = SelectField(
        _l("Review label"), choices=_with_nothing(LABELS), validators=[Optional()], invalid_choice_message=CHOOSE
    )

    @classmethod
    def filled(cls, kept: Assessment | None, proposed: Mapping[str, Any], lexicon: Lexicon, language: str) -> SheetForm:
        """Return the form with what was saved; stage and outcome as the authors see them until an adviser judges.

        :param proposed: the document of the round.
        """
        form = cls(data=sheet_values(kept, proposed))
        for name, scheme in (("evidence_stage", "evidence-stages"), ("outcome", "outcomes")):
            entries = [(entry.code, entry.label(language)) for entry in lexicon.scheme(scheme)]
            form[name].choices = _choices([("", gettext("Not judged yet")), *entries])
        return form

    @property
    def seen_version(self) -> int:
        """The version of the sheet that the adviser had before them; 0 for what is no number."""
        return _number(self.version.data) or 0

    @property
    def criteria(self) -> Iterator[tuple[Any, Any]]:
        """The checklist: (answer, note) of each criterion."""
        return ((self[_met(criterion)], self[_note(criterion)]) for criterion in Criterion)

    @property
    def dimensions(self) -> Iterator[tuple[Any, Any]]:
        """The profile: (grade, reason) of each dimension."""
        return ((self[_grade(dimension)], self[_reason(dimension)]) for dimension in Dimension)

    @property
    def sheet(self) -> dict[str, Any]:
        """What was filled in, by column of ``Assessment``."""
        label = self.review_label.data
        return {
            "checklist": {c.value: {"met": self[_met(c)].data or "", "note": self[_note(c)].data} for c in Criterion},
            "grades": {d.value: {"grade": self[_grade(d)].data, "reason": self[_reason(d)].data} for d in Dimension},
            "evidence_stage_id": _concept("evidence-stages", self.evidence_stage.data),
            "outcome_id": _concept("outcomes", self.outcome.data),
            "review_label": ReviewLabel(label) if label else None,
        }

    def take_over(self, kept: Assessment | None) -> dict[str, str]:
        """Make the next save one on top of what a colleague saved, and return where theirs differs, in words."""
        self.version.data = str(kept.version if kept else 0)
        theirs = sheet_values(kept, {})
        differing = (name for name in theirs if name != "version" and (self[name].data or "") != theirs[name])
        return {name: _words(self[name], theirs[name]) for name in differing}


def _words(field: Any, value: str) -> str:
    choices = {choice.value: choice.label for choice in getattr(field, "choices", None) or ()}
    return str(choices.get(value) or value or gettext("nothing"))


def _met(criterion: Criterion) -> str:
    return f"met_{criterion.value}"


def _note(criterion: Criterion) -> str:
    return f"note_{criterion.value}"


def _grade(dimension: Dimension) -> str:
    return f"grade_{dimension.value}"


def _reason(dimension: Dimension) -> str:
    return f"reason_{dimension.value}"


for _criterion in Criterion:
    setattr(SheetForm, _met(_criterion), _met_field(_criterion))
    setattr(SheetForm, _note(_criterion), _note_field(_l("Note")))
for _dimension in Dimension:
    setattr(SheetForm, _grade(_dimension), _grade_field(_dimension))
    setattr(SheetForm, _reason(_dimension), _note_field(_l("In a sentence")))


def _concept(scheme: str, code: str | None) -> str | None:
    return concept_id(scheme, code) if code else None


def sheet_values(kept: Assessment | None, proposed: Mapping[str, Any]) -> dict[str, str]:
    """Return a sheet as the values of its form."""
    checklist = kept.checklist if kept else {}
    grades = kept.grades if kept else {}
    stage = kept.evidence_stage_id if kept else concept_id("", str(proposed.get("evidence_stage") or ""))
    outcome = kept.outcome_id if kept else concept_id("", str(proposed.get("outcome") or ""))
    values = {
        "version": str(kept.version if kept else 0),
        "evidence_stage": (stage or "").partition("/")[2],
        "outcome": (outcome or "").partition("/")[2],
        "review_label": kept.review_label or "" if kept else "",
    }
    for criterion in Criterion:
        given = checklist.get(criterion.value, {})
        values |= {_met(criterion): given.get("met", ""), _note(criterion): given.get("note", "")}
    for dimension in Dimension:
        given = grades.get(dimension.value, {})
        values |= {_grade(dimension): given.get("grade") or "", _reason(dimension): given.get("reason", "")}
    return values
