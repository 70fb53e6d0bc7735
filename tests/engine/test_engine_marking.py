"""What is marked is found by how words begin: nothing is missed that comparing each word of a text would find."""

import threading
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import LANGUAGES, Segment, highlight
from index.asking.querying import SHORTEST_BEGINNING, meaningful
from index.marking import MOST_COMPARED, marks
from index.parsing import ParsedQuery, parse
from index.words import (
    WORD,
    fold_long,
    fold_short,
    normalise,
    openings_of,
    openings_of_folded,
    outline,
    parts_of,
    term_of,
    words,
)
from index.words.keeping import table

Keys = tuple[str, str, str]

# --- the plain way: every word of the text is compared with every word of the query ---------------------------------


def _keys(language: str, word: str) -> Keys:
    return term_of(language, word), fold_short(word), fold_long(word)


def _equal(one: Keys, other: Keys) -> bool:
    return any(key and key == same for key, same in zip(one, other, strict=True))


def _plain_rows(parsed: ParsedQuery, language: str, tokens: Sequence[tuple[int, int, Keys]]) -> Iterator[range]:
    for item in meaningful((*parsed.words, *parsed.phrases), language):
        wanted = [_keys(language, word) for word in words(item)]
        meaning = [keys for keys in wanted if keys[0]]
        readable = [token for token in tokens if token[2][0]] if meaning else tokens
        row = meaning or wanted
        for place in range(len(readable) - len(row) + 1):
            those = readable[place : place + len(row)]
            if all(_equal(token[2], keys) for token, keys in zip(those, row, strict=True)):
                yield range(those[0][0], those[-1][1])


def _plain_marks(parsed: ParsedQuery, language: str, text: str, *, beginnings: bool) -> set[int]:
    """Return the places of all letters that are to be marked, compounds aside."""
    tokens = [(*match.span(), _keys(language, match.group().casefold())) for match in WORD.finditer(text)]
    spans = [*_plain_rows(parsed, language, tokens)]
    for item in meaningful((*parsed.words, *parsed.phrases), language) if beginnings else ():
        typed = words(item)
        if len(typed) == 1 and len(item) >= SHORTEST_BEGINNING:
            wanted = _keys(language, typed[0])
            spans += [
                range(start, end)
                for start, end, keys in tokens
                if keys[0] and any(one and key.startswith(one) for key, one in zip(keys, wanted, strict=True))
            ]
    return {place for span in spans for place in span}


def _plain_compounds(parsed: ParsedQuery, language: str, text: str) -> set[int]:
    """Return the places of words that share a part with a sought word, or are one."""
    alone = [words(item)[0] for item in meaningful((*parsed.words, *parsed.phrases), language) if len(words(item)) == 1]
    terms = {term for word in alone if (term := term_of(language, word))}
    parts = {part for word in alone for part in parts_of(language, word)}
    return {
        place
        for match in WORD.finditer(text)
        if term_of(language, word := match.group().casefold()) in parts or terms & {*parts_of(language, word)}
        for place in range(*match.span())
    }


# --- words of a language, with forms of the same words beside each other --------------------------------------------


@cache
def _forms(language: str) -> tuple[str, ...]:
    """Return forms of some words of the dictionary, as many as begin otherwise than their key as such that do not."""
    known, chance = table(language)._forms, Random(language)
    found: dict[str, None] = {}
    strays = 0
    for _ in range(6000):
        form = known.restore_key(chance.randrange(len(known)))
        stray = not form.startswith(term_of(language, form)[:3])
        if stray or strays * 20 > len(found):
            found |= dict.fromkeys((form, term_of(language, form) or form, *islice(known.iterkeys(form[:-2]), 4)))
            strays += stray
    return tuple(found)


def _spelled(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        (word, word, word, word.title(), word.upper(), fold_long(word), fold_short(word), word + "s")
    )


def _words_of(language: str) -> st.SearchStrategy[str]:
    single = st.sampled_from(_forms(language))
    compound = st.tuples(single, single).map("".join)
    return st.one_of(single, single, single, compound).flatmap(_spelled)


_BETWEEN = st.sampled_from((" ", " ", " ", " ", ", ", "-", "_", " – ", "… ", " straße ", " Łódź ", " ½ ", "\u00ad"))


@st.composite
def _asked(draw: st.DrawFn) -> tuple[str, str, str, bool]:
    """Draw a language, a query, a text that has some of its words or their kin, and whether longer words count."""
    language = draw(st.sampled_from(LANGUAGES))
    text = draw(st.lists(st.tuples(_words_of(language), _BETWEEN), min_size=1, max_size=25))
    typed = draw(st.lists(_words_of(language), max_size=1)) + [word for word, _ in draw(st.permutations(text))[:2]]
    kin = [form for form in _forms(language) if term_of(language, form) in {term_of(language, one) for one in typed}]
    text += [(word, " ") for word in draw(st.permutations(kin))[:6]]
    query = " ".join(typed)
    return language, draw(st.sampled_from((query, f'"{query}"'))), "".join(map("".join, text)), draw(st.booleans())


@settings(max_examples=300, deadline=None)
@given(_asked())
def test_what_comparing_every_word_finds_is_marked_and_nothing_else(asked: tuple[str, str, str, bool]) -> None:
    language, query, text, beginnings = asked
    text, parsed = normalise(text), parse(query)
    found = {place for span in marks(parsed, language, text, beginnings=beginnings) for place in range(*span)}
    plain = _plain_marks(parsed, language, text, beginnings=beginnings)
    if plain:
        assert {place for place in found if text[place].isalnum()} == {
            place for place in plain if text[place].isalnum()
        }
    else:
        assert found <= _plain_compounds(parsed, language, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_forms_begin_as_the_openings_of_their_term_say(language: str) -> None:
    for form in _forms(language):
        if term := term_of(language, form):
            openings = tuple(b" " + one for one in openings_of(language, term))
            assert (outline(form) or b" ").startswith(openings), (form, term)


@given(st.sampled_from(LANGUAGES), st.text("abdefgiklmnorstuvyåäöæøðþ", min_size=1, max_size=14))
def test_words_in_no_dictionary_begin_as_the_openings_of_their_term_say(language: str, word: str) -> None:
    outlined = outline(word)
    assert outlined is not None
    if term := term_of(language, word):
        assert outlined.startswith(tuple(b" " + one for one in openings_of(language, term))), term
    for folded in (fold_short(word), fold_long(word)):
        assert outlined.startswith(tuple(b" " + one for one in openings_of_folded(folded))), folded


@pytest.mark.parametrize(("language", "word"), [("is", "brist"), ("fi", "dette"), ("nb", "seven"), ("sv", "peers")])
def test_a_word_of_another_language_is_not_guessed_to_begin_otherwise(language: str, word: str) -> None:
    assert term_of(language, word).startswith(word[:3])


@given(st.text(max_size=30))
def test_an_outline_has_a_place_for_each_character_and_a_space_where_no_word_is(text: str) -> None:
    outlined = outline(text)
    if outlined is not None:
        assert len(outlined) == len(text) + 2
        spaces = [character == ord(" ") for character in outlined[1:-1]]
        assert spaces == [not WORD.match(character) for character in text]


@pytest.mark.parametrize(
    ("language", "query", "text"),
    [
        ("da", "barn", "Børnene"),
        ("nb", "gå", "Hun gikk"),
        ("sv", "ung", "De yngre"),
        ("is", "barn", "Um börn"),
        ("is", "ætterni", "Ætterni"),
        ("en", "mouse", "mice"),
        ("en", "fly", "flies"),
        ("da", "århus", "Aarhus"),
        ("da", "aarhus", "århus"),
        ("sv", "straße", "Strasse"),
        ("fi", "žižek", "Zizek"),
    ],
)
def test_forms_that_do_not_begin_as_what_was_typed_are_marked(language: str, query: str, text: str) -> None:
    whole = f"Før {text} efter"
    marked = [segment.text for piece in highlight(parse(query), language, whole) for segment in piece if segment.hit]
    assert marked == text.split()[-1:]


def test_threads_that_share_what_is_remembered_of_a_query_mark_the_same() -> None:
    text = " ".join(f"skole{number} skolen" for number in range(2 * MOST_COMPARED))
    alone = highlight(parse("skole"), "da", text)
    found: list[tuple[tuple[Segment, ...], ...]] = []
    threads = [threading.Thread(target=lambda: found.append(highlight(parse("skole"), "da", text))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 4
