"""What a form suggests for a word: labels before synonyms, then what the thesaurus leads to."""

from __future__ import annotations

import pytest

from library.drafting.suggestions import folded, suggest
from library.lexicon import Entry, Lexicon


def entry(
    identifier: str, en: str, *, sv: str = "", synonyms: tuple[str, ...] = (), **relations: tuple[str, ...]
) -> Entry:
    scheme, code = identifier.split("/")
    labels = {"en": en, **({"sv": sv} if sv else {})}
    return Entry(identifier, scheme, code, labels, {"sv": synonyms}, {}, **relations)


ENTRIES = [
    entry("themes/violence", "Violence", sv="Våld"),
    entry("themes/youth-violence", "Youth violence", synonyms=("Ungdomsvåld",), broader=("themes/violence",)),
    entry("themes/cooperation", "Cooperation between agencies"),
    entry("thesaurus/ssp", "SSP", near=("themes/cooperation",)),
    entry("thesaurus/slt", "SLT", broader=("thesaurus/ssp",)),
]
LEXICON = Lexicon(
    "1",
    {one.id: one for one in ENTRIES},
    {
        "themes": tuple(one.id for one in ENTRIES if one.scheme == "themes"),
        "thesaurus": tuple(one.id for one in ENTRIES if one.scheme == "thesaurus"),
    },
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("violence", ["violence", "youth-violence"]),
        ("VÅLD", ["violence", "youth-violence"]),
        ("vald", ["violence", "youth-violence"]),
        ("ungdomsvåld", ["youth-violence"]),
        ("ssp", ["cooperation"]),
        ("slt", ["cooperation"]),
        ("xyz", []),
        ("!?", []),
        ("", []),
    ],
)
def test_words_of_any_language_lead_to_terms(typed: str, codes: list[str]) -> None:
    assert [suggestion.code for suggestion in suggest(LEXICON, "themes", typed, "en")] == codes


def test_a_suggestion_says_what_is_above_it_and_why_it_was_found() -> None:
    found = suggest(LEXICON, "themes", "ungdomsvåld", "en")[0]

    assert (found.label, found.above, found.because) == ("Youth violence", "Violence", "Ungdomsvåld")


def test_spelling_is_folded_alike_in_all_languages() -> None:
    assert folded("  ÅRHUS, Þingeyri & Malmö ") == "arhus thingeyri malmo"
