"""Ways to spoil a document: anything anywhere may be missing, doubled, or something else altogether."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from factories.documents import DOCUMENT

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    TEXT,
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "x" * 5000,
            "police",
            "se",
            "https://",
            "https://example.org/" + "y" * 2000,
            "http://[",
            "a\nb",
        ]
    ),
    st.lists(st.one_of(TEXT, st.integers(), st.none()), max_size=3),
    st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.none()), max_size=3),
    st.lists(st.dictionaries(TEXT, TEXT, max_size=2), max_size=2),
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything in a document."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths_of(item, (*path, key))


PATHS = list(paths_of(DOCUMENT))


@st.composite
def spoiled(draw: st.DrawFn, most: int = 3) -> dict[str, Any]:
    """Draw a document with one to ``most`` changes."""
    document = copy.deepcopy(DOCUMENT)
    for _ in range(draw(st.integers(1, most))):
        _spoil(draw, document)
    return document


def _spoil(draw: st.DrawFn, document: dict[str, Any]) -> None:
    *way, last = draw(st.sampled_from(PATHS))
    here: Any = document
    try:
        for step in way:
            here = here[step]
        match draw(st.sampled_from(["replace", "delete", "double", "add"])):
            case "replace":
                here[last] = draw(ODD)
            case "delete":
                del here[last]
            case "double" if isinstance(here, list):
                here.append(copy.deepcopy(here[last]))
            case _ if isinstance(here, dict):
                here[draw(TEXT)] = draw(ODD)
    except (KeyError, IndexError, TypeError):
        return  # an earlier change took this part away
