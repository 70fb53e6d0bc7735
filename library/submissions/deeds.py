"""What the buttons of a form do beside saving, without any script: rows, choices, other steps, other languages. Pure.

A button sends ``deed``: ``add:sources``, ``remove:sources:2``, ``pick:owner:se-malmo``. (A button called ``action``
would hide the address of the form from scripts.) It is done to what was typed before that is read, and says where the
author goes next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from library import record
from library.drafting.fields import WITH_ROLES, Form
from library.drafting.steps import BY_SLUG, CHECK
from library.languages import LANGUAGES
from library.record import Type

CONTINUE: Final = "continue"
SAVE: Final = "save"
SEARCHES: Final = frozenset({Type.ORGANISATION, Type.ORGANISATIONS, Type.PRACTICE})
NEW_KEY: Final = "new"


@dataclass(frozen=True, slots=True)
class Deed:
    """A button that was pressed.

    :param verb: what to do.
    :param target: with what, such as a field, a step or a language.
    :param value: which of them, such as the key of a row or the code of an organisation.
    """

    verb: str
    target: str = ""
    value: str = ""

    @classmethod
    def read(cls, pressed: str) -> Deed:
        """Return what a button asks for; an unknown one saves and stays."""
        verb, _, rest = pressed.partition(":")
        target, _, value = rest.partition(":")
        fits = _TARGETS.get(verb)
        return cls(verb, target, value) if fits and fits(target) else cls(CONTINUE if verb == CONTINUE else SAVE)

    def prepare(self, form: Form) -> None:
        """Do to a form what the button says: take a row away, move it, put in what was picked."""
        if change := _CHANGES.get(self.verb):
            change(form, self.target, self.value)


def _is_group(name: str) -> bool:
    field = record.BY_NAME.get(name)
    return field is not None and field.type in (Type.ROWS, Type.ORGANISATIONS)


def _is_lookup(name: str) -> bool:
    return name in record.BY_NAME and record.BY_NAME[name].type in SEARCHES


def _is_text(path: str) -> bool:
    return path.startswith(record.TEXT_KEY + ".") and path.rpartition(".")[2] in record.BY_NAME


def _is_step(slug: str) -> bool:
    return slug in BY_SLUG or slug in (CHECK, "preview")


_TARGETS: Final[dict[str, Callable[[str], bool]]] = {
    "go": _is_step,
    "in": lambda language: language in LANGUAGES,
    "drop": lambda language: language in LANGUAGES,
    "add": _is_group,
    "remove": _is_group,
    "up": _is_group,
    "down": _is_group,
    "find": _is_lookup,
    "pick": _is_lookup,
    "clear": _is_lookup,
    "name": _is_lookup,
    "show": _is_text,
}


def put(form: Form, name: str, code: str) -> None:
    """Put an organisation or a model into a form, beside others where the field holds several."""
    field = record.BY_NAME[name]
    if field.type is not Type.ORGANISATIONS:
        form.setlist(name, [code])
    elif name in WITH_ROLES:
        form.add(name, NEW_KEY)
        form.setlist(f"{name}-{NEW_KEY}-slug", [code])
        form.setlist(f"{name}-{NEW_KEY}-role", ["partner"])
    else:
        form.add(name, code)


def _remove(form: Form, name: str, key: str) -> None:
    form.setlist(name, ["", *(other for other in form.getlist(name) if other != key)])


def _move(form: Form, name: str, key: str, by: int) -> None:
    keys = [other for other in form.getlist(name) if other]
    if key in keys:
        place = keys.index(key)
        keys.remove(key)
        keys.insert(max(0, place + by), key)
    form.setlist(name, ["", *keys])


_CHANGES: Final[dict[str, Callable[[Form, str, str], None]]] = {
    "remove": _remove,
    "up": lambda form, name, key: _move(form, name, key, -1),
    "down": lambda form, name, key: _move(form, name, key, 1),
    "pick": put,
    "clear": lambda form, name, _code: form.setlist(name, [""]),
}
