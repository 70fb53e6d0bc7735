"""Similar documents: what they share, in whichever language, and never one that is withdrawn."""

from __future__ import annotations

import pytest
from engine_corpus import FACETS, document

from index import Document, Index

CROWD = [document(id, f"Other matter {id}", facets={"country": ("se",)}) for id in range(50, 70)]


def test_a_cousin_in_another_language_is_found_by_what_both_are_about(index: Index) -> None:
    index.rebuild(
        [
            document(1, "Natteravne", language="da", facets={"theme": ("presence",), "agency": ("volunteers",)}),
            document(2, "Yökävelijät", language="fi", facets={"theme": ("presence",), "agency": ("volunteers",)}),
            document(3, "Natteliv", language="da", facets={"theme": ("nightlife",)}),
            *CROWD,
        ],
        position=1,
    )
    assert index.similar(1) == (2,)
    assert index.similar(2) == (1,)


def test_a_word_that_two_scandinavian_languages_share_makes_cousins(index: Index) -> None:
    index.rebuild(
        [
            document(1, "Mentorskap i Malmö", language="sv"),
            document(2, "Mentorskap i Bergen", language="nb"),
            document(3, "Mentorskap", language="fi"),
            *CROWD,
        ],
        position=1,
    )
    assert index.similar(1) == (2,)


def test_only_the_facets_that_were_named_count(index: Index) -> None:
    shared = {"theme": ("hate",), "country": ("is",)}
    index.rebuild(
        [
            document(1, "Alpha", facets=shared),
            document(2, "Beta", facets={"theme": ("hate",)}),
            document(3, "Gamma", facets={"country": ("is",)}),
            *CROWD,
        ],
        position=1,
    )
    assert index.similar(1, facets=("theme",)) == (2,)
    assert index.similar(1, facets=("country",)) == (3,)
    assert index.similar(1, facets=()) == ()
    assert set(index.similar(1)) == {2, 3}
    with pytest.raises(ValueError, match="colour"):
        index.similar(1, facets=("colour",))


def test_the_more_alike_come_first_and_no_more_than_were_asked_for(index: Index) -> None:
    index.rebuild([alike(id, id) for id in range(1, 9)] + CROWD, position=1)
    assert index.similar(8, limit=3) == (7, 6, 5)
    assert index.similar(8, limit=1) == (7,)


def alike(id: int, codes: int) -> Document:
    return document(id, "", facets={FACETS[0]: tuple(f"code-{number}" for number in range(codes))})


def test_what_is_withdrawn_is_nobodys_cousin_any_more(index: Index) -> None:
    index.rebuild([document(id, "Rare evenings") for id in (1, 2, 3)] + CROWD, position=1)
    assert index.similar(1) == (2, 3)
    index.apply([document(4, "Rare evenings")], [2], position=2)
    assert index.similar(1) == (3, 4)
    assert index.similar(2) == ()
