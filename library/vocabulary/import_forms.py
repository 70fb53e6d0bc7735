"""The form by which a vocabulary is brought in from a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from library.languages import ENDONYMS
from library.vocabulary.comparing import Missing

NEW = ""
KINDS = (".ttl", ".csv", ".tsv", ".xlsx")
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_OF_CODE = 58  # characters


class ImportForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A file, where it goes, and what becomes of concepts that it does not have."""

    file = FileField(
        _l("File"), description=_l("SKOS as Turtle (.ttl), or a table (.csv, .xlsx) as the export makes it.")
    )
    into = SelectField(_l("Vocabulary"), default=NEW)
    code = StringField(
        _l("Code of a new vocabulary"),
        description=_l("It ends the address for ever: lower-case letters, digits and hyphens."),
    )
    name = StringField(
        _l("Name of a new vocabulary"),
        description=_l("Only if the file does not name it in one of our languages."),
    )
    language = SelectField(
        _l("Language of the name"), choices=[SelectChoice(*pair) for pair in ENDONYMS.items()], default="en"
    )
    missing = RadioField(
        _l("Concepts that the file does not have"),
        choices=[SelectChoice(one.value, one.title_text) for one in Missing],
        default=Missing.KEEP.value,
    )

    def fill(self, schemes: Mapping[str, str]) -> ImportForm:
        """Offer the vocabularies that there are, by name."""
        named = sorted(schemes.items(), key=lambda pair: pair[1].casefold())
        self.into.choices = [SelectChoice(NEW, _l("A new one")), *(SelectChoice(*pair) for pair in named)]
        return self

    def validate_file(self, field: Any) -> None:
        """Ask for a file of a kind that is read."""
        name = (field.data.filename or "") if field.data else ""
        if not name:
            raise ValidationError(_l("Choose a file"))
        if not name.lower().endswith(KINDS):
            raise ValidationError(_l("Choose a file that ends in .ttl, .csv or .xlsx"))

    def validate_code(self, field: Any) -> None:
        """Ask for a code where the vocabulary is new."""
        field.data = (field.data or "").strip().lower()
        if self.into.data == NEW and (not _CODE.fullmatch(field.data) or len(field.data) > MOST_OF_CODE):
            raise ValidationError(_l("Enter a code of lower-case letters, digits and single hyphens, 58 at most"))

    def validate_name(self, field: Any) -> None:
        """Keep a name to what a name may be."""
        field.data = (field.data or "").strip()
        if len(field.data) > 200:
            raise ValidationError(_l("Enter a name of at most 200 characters"))
