"""What advisers type when they call for practices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Regexp

from library.characters import WRITABLE
from library.insight.call_services import Asked
from library.insight.gaps import THEMES, Themes
from library.languages import ENDONYMS
from library.lexicon import Entry, Lexicon
from library.models import Call
from library.record import MAX_TITLE_CHARACTERS, concept_id

MAX_TEXT: Final = 2000  # characters
LONGEST_CALL: Final = timedelta(days=731)
INDENT: Final = "\u00a0\u00a0"
SCHEMES: Final = {"theme": THEMES, "agency": "agencies", "target_group": "target-groups"} | {
    "prevention_level": "prevention-levels"
}
_SHORT: Final = _l("Write at most %(max)d characters")
_READABLE: Final = Regexp(WRITABLE, message=_l("Take out the unreadable characters"))


def _trimmed(value: str | None) -> str:
    return " ".join((value or "").split())


def _stripped(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button."""


class CallForm(FlaskForm):  # type: ignore[misc] # untyped base
    """What is asked for, of whom, until when, in as many languages as somebody can.

    :param first: the language that must have a title: the one the call was first written in, else that of the page.
    """

    version = HiddenField()
    theme = SelectField(_l("Theme"), choices=[], validators=[InputRequired(_l("Choose a theme"))])
    agency = SelectField(_l("Agency"), choices=[])
    target_group = SelectField(_l("Target group"), choices=[])
    prevention_level = SelectField(_l("Prevention level"), choices=[])
    closes_on = StringField(
        _l("Open until"), filters=[_trimmed], description=_l("The last day. Empty: until you close it.")
    )

    def __init__(self, *args: Any, lexicon: Lexicon, first: str, language: str, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.first, self._today, self._kept = first, today, options.get("data", {}).get("closes_on", "")
        for name, scheme in SCHEMES.items():
            self[name].choices = _choices(lexicon, scheme, language)

    @classmethod
    def kept(cls, call: Call | None, fields: Mapping[str, str]) -> dict[str, str]:
        """Return what the form of a call is filled with; that of a new one with what its address names."""
        if call is None:
            return {name: fields.get(name, "") for name in SCHEMES}
        codes = {name: (getattr(call, f"{name}_id") or "").rpartition("/")[2] for name in SCHEMES}
        words = {f"title_{code}": words for code, words in call.titles.items()}
        words |= {f"text_{code}": words for code, words in call.texts.items()}
        last_day = call.closes_on.isoformat() if call.closes_on else ""
        return {**codes, **words, "closes_on": last_day, "version": str(call.version)}

    @property
    def languages(self) -> list[tuple[str, str, Field, Field, bool]]:
        """Code, name and fields of each language, the first one first, and whether anything stands there."""
        order = [self.first, *(code for code in ENDONYMS if code != self.first)]
        rows = ((code, self[f"title_{code}"], self[f"text_{code}"]) for code in order)
        return [
            (code, ENDONYMS[code], title, text, bool(title.data or text.data or title.errors or text.errors))
            for code, title, text in rows
        ]

    @property
    def seen_version(self) -> int:
        """The version that was changed; 0 for what is no number."""
        raw = self.version.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0

    @property
    def last_day(self) -> date | None:
        """The last day on which it is open, once the form is valid."""
        return date.fromisoformat(self.closes_on.data) if self.closes_on.data else None

    @property
    def asked(self) -> Asked:
        """What is asked for, once the form is valid."""
        chosen = {name: self[name].data for name in SCHEMES}
        concepts: dict[str, Any] = {
            f"{name}_id": concept_id(SCHEMES[name], code) if code else None for name, code in chosen.items()
        }
        titles = {code: title.data for code, _name, title, _text, _open in self.languages if title.data}
        texts = {code: text.data for code, _name, _title, text, _open in self.languages if text.data}
        return Asked(**concepts, titles=titles, texts=texts, language=self.first, closes_on=self.last_day)

    def overtake(self, call: Call, refusal: str) -> None:
        """Say that somebody was faster; sent once more, the form replaces what they have saved."""
        self.form_errors.append(refusal)
        self.version.data, self.version.raw_data = str(call.version), None

    def validate_closes_on(self, field: Field) -> None:
        """Refuse what is no day, a day that is over, and one so far away that nobody would come back to it."""
        if not field.data:
            return
        try:
            day = date.fromisoformat(field.data)
        except ValueError as error:
            raise ValidationError(gettext("Enter a date such as 2027-05-31")) from error
        if day < self._today and field.data != self._kept:
            raise ValidationError(gettext("Enter a day that is not over"))
        if day > self._today + LONGEST_CALL:
            raise ValidationError(gettext("Enter a day within two years"))


def _check_title(form: CallForm, field: Field) -> None:
    """Ask for a title in the first language, and in each that has a text."""
    code = field.name.removeprefix("title_")
    if field.data:
        return
    if code == form.first:
        raise ValidationError(gettext("Enter a title"))
    if form[f"text_{code}"].data:
        raise ValidationError(gettext("Enter a title in %(language)s too", language=ENDONYMS[code]))


for _code in ENDONYMS:
    _title = StringField(
        _l("Title"),
        filters=[_trimmed],
        validators=[_check_title, Length(max=MAX_TITLE_CHARACTERS, message=_SHORT), _READABLE],
    )
    _text = TextAreaField(
        _l("What you ask for"), filters=[_stripped], validators=[Length(max=MAX_TEXT, message=_SHORT), _READABLE]
    )
    setattr(CallForm, f"title_{_code}", _title)
    setattr(CallForm, f"text_{_code}", _text)


def _choices(lexicon: Lexicon, scheme: str, language: str) -> list[SelectChoice]:
    none = gettext("Choose a theme") if scheme == THEMES else gettext("Any")
    return [
        SelectChoice("", none),
        *(SelectChoice(*_choice(entry, depth, language)) for entry, depth in _tree(lexicon, scheme)),
    ]


def _choice(entry: Entry, depth: int, language: str) -> tuple[str, str]:
    return entry.code, INDENT * depth + entry.label(language)


def _tree(lexicon: Lexicon, scheme: str) -> list[tuple[Entry, int]]:
    if scheme != THEMES:
        return [(entry, 0) for entry in lexicon.scheme(scheme)]
    themes = Themes(lexicon)
    rows = (row for top in themes.tops for row in themes.walk(top))
    return list({entry.id: (entry, depth) for entry, depth in rows}.values())
