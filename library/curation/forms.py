"""What curators fill in. Each form that changes words carries the version that it was made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from library.languages import ENDONYMS
from library.record import MAX_TITLE_CHARACTERS
from library.web import HIGHEST_NUMBER

MAX_INTRODUCTION: Final = 10_000  # characters
MAX_SECTION_INTRODUCTION: Final = 4_000
MAX_NOTE: Final = 2_000
MAX_AUDIENCE: Final = 300
MAX_HEADING: Final = 120
MAX_REASON: Final = 2_000
MOST_FOUND: Final = 50  # practices that a saved search shows
USUALLY_FOUND: Final = 10
NEW: Final = "new"
CHOOSE: Final = _l("Choose one from the list")
_TOO_LONG: Final = _l("Write at most %(max)d characters")
_MARKDOWN: Final = _l("Markdown is understood.")


def tidy(value: str | None) -> str:
    """Return what was typed without blanks around it, with the line ends that everything else has."""
    return (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def number(text: str | None) -> int | None:
    """Return a number that a record may have; ``None`` for anything else."""
    plain = bool(text) and str(text).isascii() and str(text).isdecimal() and len(str(text)) < 11
    found = int(str(text)) if plain else 0
    return found if 0 < found <= HIGHEST_NUMBER else None


def _choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def _length(most: int) -> Length:
    return Length(max=most, message=_TOO_LONG)


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button without further questions."""


class VersionedForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A form that says which version of the collection it was made of."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """That version; 0 for what is none."""
        return number(self.version.data) or 0

    @property
    def typed(self) -> dict[str, Any]:
        """What was sent, box by box."""
        return {name: field.data for name, field in self._fields.items() if name not in ("version", "csrf_token")}

    def show(self, values: Mapping[str, Any], version: int) -> None:
        """Show values in the boxes, as of a version, in place of what was sent."""
        for name, value in values.items():
            self[name].data = value
        self.version.data = str(version)


class TextForm(VersionedForm):
    """The words of a collection in one language."""

    title = StringField(_l("Title"), filters=[tidy], validators=[_length(MAX_TITLE_CHARACTERS)])
    introduction = TextAreaField(
        _l("Introduction"), description=_MARKDOWN, filters=[tidy], validators=[_length(MAX_INTRODUCTION)]
    )
    audience = StringField(
        _l("For whom"),
        description=_l("Who should read it, such as: those who plan evenings in town."),
        filters=[tidy],
        validators=[_length(MAX_AUDIENCE)],
    )

    may_vanish = False  # a translation whose boxes are all empty is removed

    def validate_title(self, field: StringField) -> None:
        """Ask for a title."""
        empty = not (self.introduction.data or self.audience.data)
        if not field.data and not (self.may_vanish and empty):
            raise ValidationError(gettext("Enter a title"))


class OriginalForm(TextForm):
    """The words in the language in which a collection is written first, with what is the same in all."""

    written_in = SelectField(_l("Written in"), invalid_choice_message=CHOOSE)
    cover = SelectField(
        _l("Theme of the cover"), description=_l("Gives the collection its picture."), invalid_choice_message=CHOOSE
    )

    def offer(self, themes: Iterable[tuple[str, str]], *, taken: Iterable[str] = ()) -> None:
        """Offer themes and languages.

        :param taken: languages in which there is a text already.
        """
        self.cover.choices = _choices([("", gettext("No theme")), *themes])
        others = set(taken)
        self.written_in.choices = _choices((code, name) for code, name in ENDONYMS.items() if code not in others)


class BeginForm(OriginalForm):
    """A new collection, with what is put into it at once.

    ``practice`` may come many times; ``search`` is the query of a search page that feeds a section.
    """

    search = HiddenField()
    heading = HiddenField(filters=[tidy], validators=[_length(MAX_HEADING)])
    most = HiddenField()

    @property
    def most_found(self) -> int:
        """How many practices that search shows at most."""
        return min(number(self.most.data) or USUALLY_FOUND, MOST_FOUND)

    @property
    def is_fed(self) -> bool:
        """Whether a search comes along."""
        return self.search.raw_data is not None and bool(self.search.raw_data)


class SectionForm(VersionedForm):
    """The words of a section in one language."""

    heading = StringField(_l("Heading"), filters=[tidy], validators=[_length(MAX_HEADING)])
    introduction = TextAreaField(
        _l("Introduction"), description=_MARKDOWN, filters=[tidy], validators=[_length(MAX_SECTION_INTRODUCTION)]
    )


class MostField(IntegerField):  # type: ignore[misc] # untyped base
    """How many practices a saved search shows."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - the signature of WTForms
        """Say in one sentence what is allowed, whatever was typed."""
        self.process_errors: list[str] = []
        if self.data is None or not 1 <= self.data <= MOST_FOUND:
            raise ValidationError(gettext("Enter a number from 1 to %(most)s", most=MOST_FOUND))


class FedSectionForm(SectionForm):
    """A section that a saved search feeds."""

    most = MostField(_l("Practices to show at most"))


class NoteForm(VersionedForm):
    """Why a practice is here, in one language."""

    note = TextAreaField(_l("Why it is here"), description=_MARKDOWN, filters=[tidy], validators=[_length(MAX_NOTE)])


class PlaceForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Where a practice stands: a section and a number in it."""

    section = SelectField(_l("Section"), invalid_choice_message=CHOOSE)
    number = IntegerField(_l("Number in the section"))

    def offer(self, sections: Iterable[tuple[int, str]]) -> None:
        """Offer the sections that hold chosen practices."""
        self.section.choices = _choices((str(identifier), name) for identifier, name in sections)

    def validate_number(self, field: IntegerField) -> None:
        """Take any place; a number beyond the end is the end."""
        field.errors = []
        if field.data is None or not 1 <= field.data <= HIGHEST_NUMBER:
            raise ValidationError(gettext("Enter the number that it should have, such as 1 for the first"))


@dataclass(frozen=True, slots=True)
class Move:
    """What a button, or a practice that was dragged, asks for.

    :param what: ``item`` or ``section``, which moves.
    :param direction: ``up`` or ``down``; empty for one that was dragged.
    :param section: into which it was dragged.
    :param before: the practice that it was dropped before; ``None`` for the end.
    """

    what: str
    identifier: int
    direction: str = ""
    section: int | None = None
    before: int | None = None


class OrderForm(FlaskForm):  # type: ignore[misc] # untyped base
    """One form for all the buttons of a list; the one that was pressed says what it moves.

    ``item``, ``section`` and ``before`` are filled by a script, for a practice that was dragged.
    """

    version = HiddenField()
    up = HiddenField()
    down = HiddenField()
    section_up = HiddenField()
    section_down = HiddenField()
    item = HiddenField()
    section = HiddenField()
    before = HiddenField()

    @property
    def seen(self) -> int:
        """The version of the page; 0 for none."""
        return number(self.version.data) or 0

    @property
    def move(self) -> Move | None:
        """What to do; ``None`` if the form does not say."""
        for name, what, direction in (
            ("up", "item", "up"),
            ("down", "item", "down"),
            ("section_up", "section", "up"),
            ("section_down", "section", "down"),
        ):
            if identifier := number(self[name].data):
                return Move(what, identifier, direction)
        item, section = number(self.item.data), number(self.section.data)
        return Move("item", item, section=section, before=number(self.before.data)) if item and section else None


class PutForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Where to put practices or a search: a collection and a section of it, or a new one."""

    place = SelectField(_l("Collection"), invalid_choice_message=CHOOSE)
    search = HiddenField()

    def offer(self, places: Mapping[str, Iterable[tuple[str, str]]]) -> None:
        """Offer collections, each with its sections, and a new one.

        :param places: title of the collection -> (value, label).
        """
        groups = {title: _choices(rows) for title, rows in places.items()}
        self.groups = {**groups, "": _choices([(NEW, gettext("A new collection"))])}
        self.place.choices = [choice for rows in self.groups.values() for choice in rows]

    @property
    def chosen(self) -> tuple[int | None, int | None]:
        """The numbers of collection and section; ``None`` for a new one."""
        collection, _, section = (self.place.data or "").partition("-")
        return number(collection), number(section)


class AddForm(PutForm):
    """Practices into a collection; ``search`` is the search page to go back to."""


class FeedForm(PutForm):
    """A search into a collection."""

    heading = StringField(_l("Heading of the section"), filters=[tidy], validators=[_length(MAX_HEADING)])
    most = MostField(_l("Practices to show at most"), default=USUALLY_FOUND)


class ArchiveForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Why a collection goes; curators and those who follow an old link read it."""

    reason = TextAreaField(_l("Why is it archived?"), filters=[tidy], validators=[_length(MAX_REASON)])

    def validate_reason(self, field: TextAreaField) -> None:
        """Ask for a reason."""
        if not field.data:
            raise ValidationError(gettext("Say why it is archived"))


class CuratorForm(FlaskForm):  # type: ignore[misc] # untyped base
    """An adviser to curate along."""

    person = SelectField(_l("Adviser"), invalid_choice_message=CHOOSE)

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Offer those who may curate and do not yet."""
        named = ((str(identifier), name) for identifier, name in people)
        self.person.choices = _choices([("", gettext("Choose an adviser")), *named])

    def validate_person(self, field: SelectField) -> None:
        """Refuse the empty choice."""
        if not field.data:
            raise ValidationError(gettext("Choose an adviser"))


class CompareForm(Form):  # type: ignore[misc] # untyped base
    """Two versions; anything that is none is read as nothing."""

    older = HiddenField()
    newer = HiddenField()

    def __init__(self, args: MultiDict[str, str]) -> None:
        super().__init__(args)

    def chosen(self, latest: int) -> tuple[int, int]:
        """Return the two, the older first; by default the latest and the one before."""
        newer = min(number(self.newer.data) or latest, latest)
        older = min(number(self.older.data) or max(newer - 1, 1), latest)
        return min(older, newer), max(older, newer)
