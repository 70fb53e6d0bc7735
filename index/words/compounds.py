"""Words written together, taken apart: *ungdoms|kriminalitet*, *social|tjänsten*, *nuoriso|työ*.

A part is taken for what it is by how many of the dictionary's own compounds it begins or ends; the split of the least
cost in bits wins, so that few and common parts do (Koehn and Knight, "Empirical methods for compound splitting", EACL
2003, with the dictionary's words in place of a corpus).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from index.words.compiling import COST_STEPS, SHORTEST_PART
from index.words.languages import LANGUAGES, Language
from index.words.tables import Table

SHORTEST_COMPOUND: Final = 7
# Longer words are no words, and would take time.
LONGEST_COMPOUND: Final = 60
# What two parts may cost, and each more. Above that, chance finds parts in any word.
_MOST_BITS: Final = 29.0
_BITS_OF_ANOTHER: Final = 6.0
# Parts of three letters are found in most words.
_BITS_OF_SHORT: Final = 3.0
MOST_PARTS: Final = 4
_LONGEST_ENDING: Final = max(len(ending) for about in LANGUAGES.values() for ending in about.not_last)


@dataclass(frozen=True, slots=True)
class Split:
    """A compound in its parts: the forms before the last, with their links, and the last one as it is inflected."""

    firsts: tuple[str, ...]
    head: str


@lru_cache(maxsize=256)  # who asks for a word's key asks for its parts next
def split(language: str, table: Table, word: str) -> Split | None:
    """Take a word apart; None if it is no compound, or none of words that are known."""
    if not SHORTEST_COMPOUND <= len(word) <= LONGEST_COMPOUND or not LANGUAGES[language].compounds:
        return None
    best: dict[int, tuple[int, tuple[str, ...]]] = {0: (0, ())}
    for place in range(len(word) - SHORTEST_PART):
        if place in best:
            cost, firsts = best[place]
            if len(firsts) < MOST_PARTS - 1:
                _extend(best, place, cost, firsts, table, word)
    return _cheapest(language, best, table, word)


def _extend(
    best: dict[int, tuple[int, tuple[str, ...]]],
    place: int,
    cost: int,
    firsts: tuple[str, ...],
    table: Table,
    word: str,
) -> None:
    """Note what the word can go on with at a place, where it is cheaper than what was found before."""
    for first, more in table.firsts(word[place:]):
        end = place + len(first)
        total = cost + more + _shortness(first)
        if end <= len(word) - SHORTEST_PART and (end not in best or total < best[end][0]):
            best[end] = (total, (*firsts, first))


def _shortness(part: str) -> int:
    return int(_BITS_OF_SHORT * COST_STEPS) if len(part) == SHORTEST_PART else 0


def _cheapest(language: str, best: dict[int, tuple[int, tuple[str, ...]]], table: Table, word: str) -> Split | None:
    found: tuple[float, Split] | None = None
    for place, (cost, firsts) in best.items():
        head_cost = table.head_cost(word[place:]) if firsts else None
        if head_cost is None:
            continue
        total = (cost + head_cost + _shortness(word[place:])) / COST_STEPS
        allowed = _MOST_BITS + _BITS_OF_ANOTHER * (len(firsts) - 1)
        if total <= allowed and (found is None or total < found[0]):
            found = total, Split(firsts, word[place:])
    return found[1] if found and not _derived(language, table, word, found[1]) else None


def _derived(language: str, table: Table, word: str, parts: Split) -> bool:
    """Whether what looks like a last part only makes a word of another kind, as it shows in the base form.

    Danish *mulig|heder* is *mulighed*, whatever *heder* may mean alone; *evalue|ring* ends in *-ering*.
    """
    key = table.key(word)
    if key is None:
        key = word[: -len(parts.head)] + (table.key(parts.head) or parts.head)
    about = LANGUAGES[language]
    begin = len(word) - len(parts.head)
    bases = (key, *(key + vowel for vowel in about.dropped))
    return len(key) - begin < SHORTEST_PART or any(_is_ending(base, begin, about) for base in bases)


def _is_ending(base: str, begin: int, about: Language) -> bool:
    """Whether what a base form has from a place on is an ending, or part of one."""
    first = max(0, len(base) - _LONGEST_ENDING)
    return any(base[place:] in about.not_last for place in range(first, begin + 1))
