"""The vocabularies as the search understands them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index import Thesaurus
from library.indexing import thesaurus as bridge
from library.indexing.thesaurus import thesaurus_of
from library.lexicon import Entry, Lexicon


def entry(name: str, labels: dict[str, str], *, narrower: tuple[str, ...] = (), **synonyms: tuple[str, ...]) -> Entry:
    scheme, _, code = name.partition("/")
    return Entry(name, scheme, code, labels, synonyms, {}, narrower=narrower)


ENTRIES = (
    entry("themes/crime", {"en": "Crime", "sv": "Brottslighet"}, narrower=("themes/youth-crime",)),
    entry("themes/youth-crime", {"en": "Youth crime", "da": "Ungdomskriminalitet"}, en=("Juvenile delinquency",)),
    entry("themes/hooliganism", {"en": "Hooliganism"}, da=("Fodboldbøller",)),
)


def lexicon(version: str, **replaced: str) -> Lexicon:
    return Lexicon(version, {one.id: one for one in ENTRIES}, replaced={f"themes/{k}": v for k, v in replaced.items()})


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_kept", {})


def meaning(thesaurus: Thesaurus, *typed: str) -> list[tuple[str, ...]]:
    return [mention.concepts for mention in thesaurus.recognise(typed, ("en",))]


def test_labels_and_synonyms_of_every_language_name_a_concept() -> None:
    thesaurus = thesaurus_of(lexicon("1"))
    assert meaning(thesaurus, "juvenile", "delinquency") == meaning(thesaurus, "ungdomskriminalitet")
    assert meaning(thesaurus, "ungdomskriminalitet") == [("themes/youth-crime",)]
    assert thesaurus.narrower("themes/crime") == ("themes/youth-crime",)


def test_the_words_of_a_concept_that_was_replaced_name_the_one_in_use() -> None:
    thesaurus = thesaurus_of(lexicon("1", hooliganism="themes/crime"))
    assert meaning(thesaurus, "hooliganism") == meaning(thesaurus, "fodboldbøller") == [("themes/crime",)]
    assert len(thesaurus) == 2


def test_a_version_of_the_vocabularies_is_understood_once() -> None:
    first = thesaurus_of(lexicon("1"))
    assert thesaurus_of(lexicon("1")) is first
    assert thesaurus_of(lexicon("2")) is not first


def test_while_a_new_version_is_being_read_others_understand_the_former(monkeypatch: pytest.MonkeyPatch) -> None:
    former = thesaurus_of(lexicon("1"))
    begun, finish = threading.Event(), threading.Event()
    make = bridge._made

    def slow(of: Lexicon) -> Thesaurus:
        begun.set()
        assert finish.wait(10)
        return make(of)

    monkeypatch.setattr(bridge, "_made", slow)
    with ThreadPoolExecutor(1) as pool:
        newer = pool.submit(thesaurus_of, lexicon("2"))
        assert begun.wait(10)
        meanwhile = thesaurus_of(lexicon("2"))
        finish.set()
        assert meanwhile is former
        assert newer.result() is thesaurus_of(lexicon("2")) is not former
