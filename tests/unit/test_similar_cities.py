"""Which cities are alike, and what one could take over from those like it: the rule that a page explains."""

from __future__ import annotations

from itertools import product

from library.exchange.similar import BANDS, City, Likeness, band_of, likenesses, similar_to, suggestions

HOME = City(1, "countries/se", 60_000, frozenset({7}), frozenset({"a", "b", "c"}))


def test_bands_begin_where_they_say() -> None:
    assert [band_of(number) for number in (1, *BANDS)] == [0, 1, 2, 3, 4, 5]
    assert band_of(BANDS[0] - 1) == 0
    assert band_of(None) is None


def test_cities_are_alike_in_what_both_are_known_to_be() -> None:
    assert likenesses(HOME, City(2, "countries/se", 90_000, frozenset({7, 8}), frozenset({"a", "b"}))) == set(Likeness)
    assert likenesses(HOME, City(2, "countries/no", 20_000, frozenset({8}), frozenset({"a"}))) == set()
    assert likenesses(City(1), City(2)) == set(), "two cities of which nothing is known have nothing in common"


def test_a_size_that_nobody_knows_is_left_out_and_never_guessed() -> None:
    unknown = City(2, "countries/se", None)
    assert likenesses(HOME, unknown) == {Likeness.COUNTRY}
    assert likenesses(City(3), unknown) == set()
    assert likenesses(City(3, "countries/se"), unknown) == {Likeness.COUNTRY}


def test_themes_are_alike_when_a_third_of_all_is_common_and_no_single_one() -> None:
    def alike(mine: str, theirs: str) -> bool:
        pair = City(1, themes=frozenset(mine)), City(2, themes=frozenset(theirs))
        return Likeness.THEMES in likenesses(*pair)

    assert alike("ab", "abcdef")
    assert not alike("ab", "abcdefg")
    assert not alike("a", "a")
    assert not alike("", "")


def test_two_likenesses_make_cities_similar() -> None:
    in_two = City(2, "countries/se", 70_000)
    in_one = City(3, "countries/se", 600_000)
    assert similar_to(HOME, [HOME, in_two, in_one]) == {2: {Likeness.COUNTRY, Likeness.SIZE}}


def test_being_alike_has_no_direction() -> None:
    kinds = product(("countries/se", None), (60_000, None), ({7}, set()), ({"a", "b"}, {"a"}))
    cities = [City(n, c, p, frozenset(w), frozenset(t)) for n, (c, p, w, t) in enumerate(kinds)]
    for one, other in product(cities, cities):
        assert likenesses(one, other) == likenesses(other, one)


def test_what_most_similar_cities_use_comes_first_and_what_one_uses_oneself_never() -> None:
    home = City(1, "countries/se", 60_000, uses=frozenset({30}))
    others = [
        City(2, "countries/se", 60_000, uses=frozenset({10, 20, 30})),
        City(3, "countries/se", 60_000, uses=frozenset({20})),
        City(4, "countries/is", 900, uses=frozenset({10, 20, 40})),
    ]
    found = suggestions(home, others, limit=9)
    assert [(one.practice_id, one.cities) for one in found] == [(20, (2, 3)), (10, (2,))]
    assert suggestions(home, others, limit=1) == found[:1]
    assert suggestions(home, [], limit=9) == []


def test_a_reason_holds_for_every_city_that_it_names() -> None:
    home = City(1, "countries/se", 60_000, frozenset({7}), frozenset("ab"))
    others = [
        City(2, "countries/se", 60_000, uses=frozenset({10})),
        City(3, "countries/no", 60_000, frozenset({7}), uses=frozenset({10})),
        City(4, "countries/se", None, frozenset({7}), uses=frozenset({10})),
        City(5, "countries/no", 60_000, themes=frozenset("ab"), uses=frozenset({10})),
    ]
    (one,) = suggestions(home, others, limit=9)
    assert one.cities == (2, 3, 5), "three of four are of the same size; the fourth has another reason"
    assert one.shared == (Likeness.SIZE,)
    similar = similar_to(home, others)
    assert all(likeness in similar[city] for city in one.cities for likeness in one.shared)
