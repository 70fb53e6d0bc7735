"""The tree of themes, as advisers may have drawn or brought it in."""

from __future__ import annotations

from library.insight.gaps import THEMES, Themes
from library.lexicon import Entry, Lexicon


def a_tree(broader: dict[str, tuple[str, ...]]) -> Themes:
    """Return themes of which each stands below the named ones."""
    entries = {
        f"{THEMES}/{code}": Entry(
            f"{THEMES}/{code}", THEMES, code, {"en": code}, {}, {}, tuple(f"{THEMES}/{one}" for one in above)
        )
        for code, above in broader.items()
    }
    return Themes(Lexicon("1", entries, {THEMES: tuple(entries)}))


def test_ways_that_meet_again_are_walked_once() -> None:
    """Each of forty layers doubles the ways to what is below it."""
    layers: dict[str, tuple[str, ...]] = {"top": ()}
    last = "top"
    for number in range(40):
        layers |= {f"a{number}": (last,), f"b{number}": (last,), f"c{number}": (f"a{number}", f"b{number}")}
        last = f"c{number}"
    themes = a_tree(layers)
    assert [entry.code for entry, _depth in themes.walk(themes.tops[0])][:4] == ["top", "a0", "c0", "a1"]
    assert len(themes.under(None)) == len(layers)


def test_a_tree_may_be_as_deep_as_it_is_long() -> None:
    themes = a_tree({"t0": (), **{f"t{number}": (f"t{number - 1}",) for number in range(1, 3000)}})
    assert max(depth for _entry, depth in themes.walk(themes.tops[0])) == 2999


def test_a_circle_ends() -> None:
    themes = a_tree({"top": (), "a": ("top", "b"), "b": ("a",)})
    assert {entry.code for entry in themes.under(None)} == {"top", "a", "b"}
