"""What comes in at the vocabulary desk, typed and checked. A concept is named by its label in any language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, Regexp, StopValidation, ValidationError

from library.drafting.cleaning import clean_line, clean_text
from library.languages import DEFAULT, ENDONYMS, LANGUAGES
from library.lexicon import Entry, Lexicon
from library.models import RelationKind
from library.vocabulary import tree
from library.vocabulary.desk_queries import Words
from library.vocabulary.desk_services import MAX_CODE
from library.vocabulary.refusals import Refused

MAX_LABEL: Final = 200  # characters
MAX_NOTE: Final = 2000
MOST_ALTERNATIVES: Final = 60  # of a language
MOST_CANDIDATES: Final = 12
_SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*\Z"

RELATIONS: Final = (
    (RelationKind.RELATED, _l("Related")),
    (RelationKind.EXACT_MATCH, _l("The same, in another vocabulary")),
    (RelationKind.CLOSE_MATCH, _l("Nearly the same, in another vocabulary")),
    (RelationKind.BROAD_MATCH, _l("Wider, in another vocabulary")),
    (RelationKind.NARROW_MATCH, _l("Narrower, in another vocabulary")),
    (RelationKind.RELATED_MATCH, _l("Related, in another vocabulary")),
)


def line(typed: Any) -> Any:
    """Return what was typed as one clean line."""
    return clean_line(typed) if isinstance(typed, str) else typed


def text(typed: Any) -> Any:
    """Return what was typed as clean text."""
    return clean_text(typed) if isinstance(typed, str) else typed


class ConceptField(StringField):  # type: ignore[misc] # untyped base
    """A concept by its label in any language, its code or its address. Where several fit, one of them is chosen."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, filters=[line], **options)
        self.entry: Entry | None = None
        self.candidates: Sequence[Entry] = ()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was typed, or the one of several that was chosen after it."""
        given = [value for value in valuelist if value.strip()]
        self.data = given[-1][:MAX_LABEL] if given else ""

    def find(self, words: Lexicon, schemes: Iterable[str]) -> None:
        """Look for the concept that is meant.

        :raises ValidationError: if there is none, or several.
        """
        if not self.data:
            return
        fitting = tree.named(words, schemes, self.data)
        if len(fitting) == 1:
            self.entry = fitting[0]
            return
        self.candidates = fitting[:MOST_CANDIDATES]
        if not fitting:
            raise ValidationError(gettext("No concept in use is called that. Check the spelling, or try another word."))
        count = len(fitting)
        raise ValidationError(ngettext("%(num)s concept fits. Choose it.", "%(num)s concepts fit. Choose one.", count))

    @property
    def identifier(self) -> str:
        """The identifier of the concept, once it was found; empty where none was typed."""
        return self.entry.id if self.entry else ""


class DeskForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A form that names concepts.

    :param words: the vocabularies.
    :param schemes: in which concepts are looked for.
    """

    def __init__(self, *args: Any, words: Lexicon, schemes: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.words, self.schemes = words, tuple(schemes)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, and look concepts up."""
        good = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field, ConceptField) and not field.errors:
                try:
                    field.find(self.words, self.schemes)
                except ValidationError as error:
                    field.errors = [str(error)]
                    good = False
        return good

    def refuse(self, refusal: Refused) -> None:
        """Say why a deed was refused, at the field that has to change."""
        if refusal.at in self._fields:
            self[refusal.at].errors = [*self[refusal.at].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A deed without further questions; brings the CSRF token."""


class Entered:
    """Asks for a concept, where the form cannot do without."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        """Refuse an empty box."""
        if not field.data:
            raise StopValidation(str(self.message))


def _label(language: str) -> StringField:
    return StringField(
        ENDONYMS[language],
        filters=[line],
        validators=[
            *([Entered(_l("Enter the English label"))] if language == DEFAULT else []),
            Length(max=MAX_LABEL, message=_l("Enter a label of at most %(max)d characters")),
        ],
    )


class AddForm(DeskForm):
    """A new concept: its labels, its place, and its code for ever."""

    broader = ConceptField(_l("Stands below"), description=_l("Leave it empty for a concept at the top."))
    code = StringField(
        _l("Code"),
        description=_l("Made of the English label if left empty. It stays for ever."),
        filters=[line],
        validators=[
            Optional(),
            Length(max=MAX_CODE, message=_l("Enter a code of at most %(max)d characters")),
            Regexp(_SLUG, message=_l("Use small letters a to z, digits and single hyphens only")),
        ],
    )

    @property
    def labels(self) -> dict[str, str]:
        """The labels that were given."""
        return {code: self[f"label_{code}"].data for code in LANGUAGES if self[f"label_{code}"].data}

    @property
    def label_fields(self) -> list[Any]:
        """The boxes for the label in each language, English first."""
        return [self[f"label_{code}"] for code in (DEFAULT, *(code for code in LANGUAGES if code != DEFAULT))]


class WordsForm(DeskForm):
    """Everything that a concept says, in all languages."""

    seen = HiddenField()

    @property
    def rows(self) -> list[tuple[str, str, Any, Any, Any]]:
        """The boxes of each language: code, own name, label, alternatives, note."""
        return [
            (code, name, self[f"label_{code}"], self[f"alternatives_{code}"], self[f"note_{code}"])
            for code, name in ENDONYMS.items()
        ]

    @classmethod
    def filled(cls, said: Words, **options: Any) -> WordsForm:
        """Return the form with what the concept says."""
        data: dict[str, Any] = {f"label_{code}": label for code, label in said["labels"].items()}
        data |= {f"alternatives_{code}": "\n".join(several) for code, several in said["alternatives"].items()}
        data |= {f"note_{code}": note for code, note in said["notes"].items()}
        return cls(formdata=None, data=data, **options)

    @property
    def wanted(self) -> Words:
        """What was typed."""
        alternatives = {code: lines_of(self[f"alternatives_{code}"].data) for code in LANGUAGES}
        return {
            "labels": {code: self[f"label_{code}"].data or "" for code in LANGUAGES},
            "alternatives": {code: several for code, several in alternatives.items() if several},
            "notes": {code: self[f"note_{code}"].data or "" for code in LANGUAGES},
        }


def lines_of(typed: str | None) -> list[str]:
    """Return the lines of a box, each once as it stands."""
    return [word for word in (clean_line(one) for one in (typed or "").splitlines()) if word]


def _check_lines(_form: Any, field: Any) -> None:
    lines = lines_of(field.data)
    if len(lines) > MOST_ALTERNATIVES:
        raise ValidationError(gettext("Enter at most %(num)s other words", num=MOST_ALTERNATIVES))
    if any(len(one) > MAX_LABEL for one in lines):
        raise ValidationError(gettext("Enter words of at most %(max)s characters, one a line", max=MAX_LABEL))


for _code in LANGUAGES:
    setattr(AddForm, f"label_{_code}", _label(_code))
    setattr(
        WordsForm,
        f"label_{_code}",
        StringField(
            _l("Label"),
            filters=[line],
            validators=[Length(max=MAX_LABEL, message=_l("Enter a label of at most %(max)d characters"))],
        ),
    )
    setattr(
        WordsForm,
        f"alternatives_{_code}",
        TextAreaField(_l("Other words, one a line"), filters=[text], validators=[_check_lines]),
    )
    setattr(
        WordsForm,
        f"note_{_code}",
        TextAreaField(
            _l("Scope note"),
            filters=[text],
            validators=[Length(max=MAX_NOTE, message=_l("Enter a note of at most %(max)d characters"))],
        ),
    )


class PlaceForm(DeskForm):
    """What stands above a concept, and where it comes among those beside it."""

    kept = SelectMultipleField(_l("Stands below"), choices=[], validate_choice=False)
    broader = ConceptField(_l("Put it below"), description=_l("A label in any language. More than one is possible."))
    order = SelectField(
        _l("Order"),
        choices=[
            SelectChoice("keep", _l("As it is")),
            SelectChoice("first", _l("First of its group")),
            SelectChoice("after", _l("After another concept")),
        ],
        default="keep",
    )
    after = ConceptField(_l("Comes after"))
    seen = HiddenField()

    @property
    def parents(self) -> list[str]:
        """The identifiers of all that shall stand above it."""
        ticked = [identifier for identifier in self.kept.data or () if identifier in self.words.entries]
        return [*ticked, *([self.broader.identifier] if self.broader.identifier else [])]

    @property
    def sibling(self) -> str | None:
        """After which concept it comes; empty for the first place, ``None`` to leave the order alone."""
        return {"first": "", "after": self.after.identifier}.get(self.order.data)

    def validate_after(self, field: Any) -> None:
        """Ask for the concept that comes before."""
        if self.order.data == "after" and not field.data:
            raise ValidationError(gettext("Enter the concept that comes before it"))


class RelationForm(DeskForm):
    """A relation to another concept."""

    kind = SelectField(_l("Relation"), choices=[SelectChoice(kind.value, label) for kind, label in RELATIONS])
    other = ConceptField(_l("Concept"), validators=[Entered(_l("Enter a concept"))])

    @property
    def relation(self) -> RelationKind:
        """The kind of relation, once the form is valid."""
        return RelationKind(self.kind.data)


class MergeForm(DeskForm):
    """Into which concept another one is merged."""

    other = ConceptField(_l("Merge into"), validators=[Entered(_l("Enter the concept that shall stay"))])

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # untyped base
        """The first step only looks, so it comes by GET and needs no token."""


class DeprecateForm(DeskForm):
    """What replaces a concept, or that nothing does."""

    replacement = ConceptField(
        _l("Replaced by"), description=_l("Leave it empty if nothing takes its place. Records keep it either way.")
    )
    agreed = BooleanField(_l("Records keep it, marked as deprecated"))
