"""What a reader may have meant by a query whose words no document has, as queries to try instead.

Knows one snapshot and how to ask it. Whether a query finds anything with the reader's filters is for the caller to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from index.answering.scoring import has_clause
from index.asking.querying import ways_to_find
from index.asking.thesaurus import Thesaurus
from index.helping.preparing import Ready
from index.helping.spelling import ONE_SLIP, Spelling, meant
from index.parsing import parse
from index.requests import SearchRequest
from index.states.snapshot import Snapshot
from index.words import WORD, detect, normalise, words

MOST_CORRECTIONS = 3
# Words that are looked up in the index for each that was typed, at most.
MOST_TRIED = 4
# Of a query that pastes half a page, the first words that nobody knows are enough to look at.
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Correction:
    """A query to try instead, and what differs: pairs of a word as typed and as it may have been meant."""

    text: str
    swapped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Speller:
    """What corrections are made from: words of the index that are ready, and others beside them."""

    ready: Ready[Spelling]
    vocabulary: Spelling | None
    thesaurus: Thesaurus


def corrections(snapshot: Snapshot, speller: Speller, request: SearchRequest) -> Iterator[Correction]:
    """Yield queries with published words for those that nothing has, the likeliest first.

    Words that were written apart and are one come before words that were misspelled; of these, those of the reader's
    language come first, then of those in which the query seems to be. Only words that a live document has are put in,
    whatever filters it passes; words left out with a minus stay.
    """
    return islice(chain(_joined(snapshot, speller, request), _spelled(snapshot, speller, request)), MOST_CORRECTIONS)


def _joined(snapshot: Snapshot, speller: Speller, request: SearchRequest) -> Iterator[Correction]:
    """Yield the query with two words as one, *skolfrånvaro* for *skol frånvaro*, where a document has that one."""
    text = normalise(request.text)
    loose = frozenset(words("\n".join(parse(request.text, request.language).words)))
    found = [match for match in WORD.finditer(text) if match.group().casefold() in loose]
    for first, second in islice(pairwise(found), MOST_WORDS):
        one = first.group() + second.group().casefold()
        between = text[first.end() : second.start()]
        if between.isspace() and one.isalpha() and _finds(snapshot, speller, one, request.language):
            apart = text[first.start() : second.end()]
            yield Correction(text[: first.start()] + one + text[second.end() :], ((apart, one),))


def _spelled(snapshot: Snapshot, speller: Speller, request: SearchRequest) -> Iterator[Correction]:
    """Yield the query with published words for those that nothing has."""
    typed = [word for word in _looked_for(request) if not _finds(snapshot, speller, word, request.language)]
    options = {word: _options(snapshot, speller, word, request) for word in typed[:MOST_WORDS]}
    likeliest = {word: first for word, found in options.items() if (first := next(found, None))}
    if likeliest:
        further = ({**likeliest, word: other} for word, found in options.items() for other in found)
        yield from (_corrected(request.text, swaps) for swaps in chain((likeliest,), further))


def _looked_for(request: SearchRequest) -> list[str]:
    """Return the words of a query that documents must have, those that are long enough to be misspelled."""
    parsed = parse(request.text, request.language)
    found = dict.fromkeys(words("\n".join((*parsed.words, *parsed.phrases))))
    excluded = set(words("\n".join(parsed.exclusions)))
    return [word for word in found if len(word) >= ONE_SLIP and word.isalpha() and word not in excluded]


def _finds(snapshot: Snapshot, speller: Speller, word: str, language: str) -> bool:
    """Return whether a document has a word, and not merely a part or a longer one that begins with it."""
    return any(has_clause(snapshot, one) for one in ways_to_find(word, language, speller.thesaurus, snapshot.has))


def _options(snapshot: Snapshot, speller: Speller, word: str, request: SearchRequest) -> Iterator[str]:
    languages = tuple(dict.fromkeys((request.language, *detect(request.text))))
    near = meant(speller.ready, speller.vocabulary, word, languages)
    return (one for one in near[:MOST_TRIED] if _finds(snapshot, speller, one, request.language))


def _corrected(text: str, swaps: dict[str, str]) -> Correction:
    """Put words in the place of others, wherever they stand and with a capital where those had one."""
    text = normalise(text)
    pieces, pairs, end = [], {}, 0
    for start, stop, new in _swapped(text, swaps):
        pairs[text[start:stop]] = new
        pieces += [text[end:start], new]
        end = stop
    return Correction("".join([*pieces, text[end:]]), tuple(pairs.items()))


def _swapped(text: str, swaps: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    for match in WORD.finditer(text):
        new = swaps.get(match.group().casefold())
        if new:
            yield match.start(), match.end(), new.capitalize() if match.group()[0].isupper() else new
