"""Readable addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.publishing import MAX_SLUG_LENGTH, slugify
from library.web import SlugConverter


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Århus-modellen", "arhus-modellen"),
        ("Göteborg – ung och trygg", "goteborg-ung-och-trygg"),
        ("Ungdomsråd på Ærø", "ungdomsrad-pa-aero"),
        ("Þórshöfn & Garðabær", "thorshofn-gardabaer"),
        ("Straße 5 – 10 %", "strasse-5-10"),
        ("Jyväskylän “Ohjaamo”", "jyvaskylan-ohjaamo"),
        ("  SSP:  schools,   police ", "ssp-schools-police"),
        ("北京", "practice"),
        ("", "practice"),
        ("---", "practice"),
    ],
)
def test_a_title_becomes_an_address_that_can_be_read_aloud(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_a_long_title_ends_with_a_whole_word() -> None:
    slug = slugify("word " * 40)
    assert len(slug) <= MAX_SLUG_LENGTH
    assert slug.endswith("word")


@given(title=st.text(max_size=200))
def test_every_title_gets_an_address_that_the_site_accepts(title: str) -> None:
    slug = slugify(title)
    assert re.fullmatch(SlugConverter.regex, slug)
    assert len(slug) <= MAX_SLUG_LENGTH


@given(title=st.text(st.characters(codec="latin-1"), min_size=81, max_size=120))
def test_one_very_long_word_still_gets_an_address(title: str) -> None:
    assert 0 < len(slugify(title)) <= MAX_SLUG_LENGTH
