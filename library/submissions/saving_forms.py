"""What an author chooses between two texts, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired

from library.drafting.cleaning import clean_line, clean_text
from library.drafting.conflicts import Conflict
from library.drafting.saving import Take

BOTH: Final = "both"
_LABELS: Final = {Take.MINE: _l("What I wrote"), Take.THEIRS: _l("What is saved")}


class ChoiceForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A choice for each field that two have edited, and a text of both. Made anew for each pair of texts."""

    base = HiddenField()

    @classmethod
    def for_conflicts(cls, found: Sequence[Conflict], version: int) -> ChoiceForm:
        """Return the form for some conflicts; nothing is chosen where a choice would lose text."""
        form = type("ChoiceForm", (cls,), {name: field for conflict in found for name, field in _boxes(conflict)})
        made: ChoiceForm = form(base=str(version))
        return made

    def choice_of(self, conflict: Conflict) -> Field:
        """Return the radio buttons of a field."""
        return self[f"choice.{conflict.path}"]

    def text_of(self, conflict: Conflict) -> Field | None:
        """Return the box for a text of both; none for what is not written but chosen."""
        return self[f"both.{conflict.path}"] if conflict.field.translated else None

    def choices(self, found: Sequence[Conflict]) -> dict[str, Any]:
        """Return what was chosen, as ``saving.resolve`` takes it."""
        return {conflict.path: self._chosen(conflict) for conflict in found}

    def _chosen(self, conflict: Conflict) -> Any:
        chosen = self.choice_of(conflict).data
        if chosen != BOTH:
            return Take(chosen)
        box = self.text_of(conflict)
        if box is None:
            return conflict.both
        return (clean_text if conflict.is_long else clean_line)(box.data or "")


def _boxes(conflict: Conflict) -> list[tuple[str, Any]]:
    options = [SelectChoice(take.value, _LABELS[take]) for take in (Take.THEIRS, Take.MINE)]
    if conflict.both is not None:
        options.append(SelectChoice(BOTH, _l("One text of both") if conflict.field.translated else _l("Both together")))
    said = gettext("Choose what stands in: %(field)s", field=conflict.field.label)
    radio = RadioField(
        _l("What shall stand?"),
        choices=options,
        default=None if conflict.contested else Take.MINE.value,
        validators=[InputRequired(said)],
        validate_choice=True,
    )
    found: list[tuple[str, Any]] = [(f"choice.{conflict.path}", radio)]
    if conflict.field.translated:
        found.append((f"both.{conflict.path}", TextAreaField(_l("One text of both"), default=conflict.both)))
    return found
