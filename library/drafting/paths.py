"""The fields of a document by path: ``agencies``, ``start_year``, ``text.sv.title``. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """Return what a document says at a path; ``None`` where it says nothing."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return plain(value)


def plain(value: Any) -> Any:
    """Return a value with ``None`` for every kind of nothing, so that an emptied box equals one never filled."""
    return None if value in _NOTHING else value


def tidy(value: Any) -> Any:
    """Return a value as a form would send it: what is false or empty in a row is not there."""
    if isinstance(value, Mapping):
        tidied = ((name, tidy(item)) for name, item in value.items())
        return {name: item for name, item in tidied if item is not False and plain(item) is not None}
    return [tidy(item) for item in value] if isinstance(value, list) else value


def with_fields(document: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with some of its fields set; ``None`` and empty values remove theirs."""
    changed = copy.deepcopy(dict(document))
    for path, value in fields.items():
        _put(changed, path.split("."), plain(value))
    return changed


def _put(place: dict[str, Any], names: list[str], value: Any) -> None:
    name, *deeper = names
    if deeper:
        inside = place.setdefault(name, {})
        _put(inside, deeper, value)
        if not inside:
            del place[name]
    elif value is None:
        place.pop(name, None)
    else:
        place[name] = copy.deepcopy(value)


def name_of(path: str) -> str:
    """Return the name of the template's field that a path leads to."""
    return path.rpartition(".")[2]
