"""What stands in the address of the gap map. Whatever makes no sense is left out, never refused."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectChoice, SelectField

from library.insight.gaps import AXES, THEMES, Axis
from library.languages import ENDONYMS
from library.lexicon import Entry, Lexicon

FIRST_AXIS = "agency"


class MapForm(Form):  # type: ignore[misc] # untyped base
    """The two filters; which way to cut, which theme to look into and which page come as they stand."""

    country = SelectField(_l("Country"), choices=[])
    language = SelectField(_l("Written in"), choices=[])

    def __init__(self, args: MultiDict[str, str], lexicon: Lexicon, language: str) -> None:
        super().__init__(args)
        self._args, self._lexicon = args, lexicon
        countries = [(entry.code, entry.label(language)) for entry in lexicon.scheme("countries")]
        self.country.choices = _choices(gettext("All countries"), countries)
        self.language.choices = _choices(gettext("Any language"), list(ENDONYMS.items()))
        for field in (self.country, self.language):
            if field.data not in {choice.value for choice in field.choices}:
                field.data = ""

    @property
    def axis(self) -> Axis:
        """What to cross themes with."""
        return AXES.get(self._args.get("by", ""), AXES[FIRST_AXIS])

    @property
    def opened(self) -> Entry | None:
        """The theme to look into; one that has none below it cannot be."""
        entry = self._lexicon.get(f"{THEMES}/{self._args.get('theme', '')}")
        return entry if entry and entry.narrower else None

    def above(self) -> list[Entry]:
        """Return what the open theme stands below, the widest first; of two ways up the first one."""
        way: list[Entry] = []
        entry = self.opened
        while entry and entry not in way:
            way.append(entry)
            entry = self._lexicon[entry.broader[0]] if entry.broader else None
        return way[::-1]

    @property
    def page(self) -> int:
        """The wanted page, 1 for whatever is none."""
        raw = self._args.get("page", "")
        return max(int(raw), 1) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 1

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The chosen filters, as the index knows them."""
        chosen = {"country": self.country.data, "language": self.language.data}
        return {name: (code,) for name, code in chosen.items() if code}

    def asked(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of this map, or of the same one with something changed."""
        by = self.axis.name
        kept: dict[str, Any] = {
            "by": None if by == FIRST_AXIS else by,
            "theme": self.opened.code if self.opened else None,
            **{name: codes[0] for name, codes in self.filters.items()},
        }
        return {name: value for name, value in {**kept, **changes}.items() if value}


def _choices(none: str, pairs: list[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in [("", none), *pairs]]
