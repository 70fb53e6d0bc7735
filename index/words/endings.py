"""Endings learned from a dictionary: how words that it does not have are brought to their key.

The longest ending that is known decides; an ending is kept only where it decides otherwise than the shorter one
inside it (the idea of Jongejan and Dalianis, "Automatic training of lemmatization rules that handle morphological
changes in pre-, in- and suffixes alike", ACL 2009, for suffixes alone). Nothing here knows a language.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

# How many letters to take off the end of a word, and what to put there.
Edit = tuple[int, str]

LONGEST_ENDING: Final = 7
# Endings that fewer words have are chance.
FEWEST_WORDS: Final = 3
# Where a word and its key have less in common, nothing can be learned for others.
MOST_CHANGED: Final = 6


def edit(word: str, key: str) -> Edit:
    """Return how to get from a word to a key."""
    common = 0
    for one, other in zip(word, key, strict=False):
        if one != other:
            break
        common += 1
    return len(word) - common, key[common:]


def applied(change: Edit, word: str) -> str:
    """Return the word after an edit."""
    cut, ending = change
    return word[: len(word) - cut] + ending


def learn(pairs: Iterable[tuple[str, str]]) -> dict[str, Edit]:
    """Learn from words and their keys which ending asks for which edit."""
    seen: defaultdict[str, Counter[Edit]] = defaultdict(Counter)
    for word, key in pairs:
        change = edit(word, key)
        if change[0] > MOST_CHANGED or len(change[1]) > MOST_CHANGED:
            continue
        for length in range(max(1, change[0]), min(LONGEST_ENDING, len(word) - 1) + 1):
            seen[word[len(word) - length :]][change] += 1
    rules: dict[str, Edit] = {}
    for ending in sorted(seen, key=lambda ending: (len(ending), ending)):
        # Of equally common edits the one that changes least, so that the order of the pairs does not matter.
        change, count = min(seen[ending].items(), key=lambda item: (-item[1], item[0]))
        if count >= FEWEST_WORDS and _decided(rules, ending) != change:
            rules[ending] = change
    return rules


def _decided(rules: Mapping[str, Edit], word: str) -> Edit | None:
    for length in range(min(LONGEST_ENDING, len(word) - 1), 0, -1):
        change = rules.get(word[len(word) - length :])
        if change is not None:
            return change
    return None
