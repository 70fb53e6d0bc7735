"""The dictionaries of simplemma, compiled once into the form that processes share: every known word with its key.

A dictionary gives each form one base form, whichever its makers met first, so that the forms of one word are often
spread over two: "koster" under "koste", "kosten" under "kost". What is compiled is therefore not the base form but a
key that all of them reach: base forms are followed until they lead no further, and lose the vowel that tells a verb
from its noun. A key leads to itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from math import log2
from typing import Final

from index.words.endings import Edit, learn
from index.words.english import stem as english_stem
from index.words.finnish import verb_of as finnish_verb
from index.words.languages import LANGUAGES, Language

SHORTEST_PART: Final = 3
# More words teach nothing new about endings, and take longer.
MOST_TAUGHT: Final = 40_000
# The cost of a part of compounds is stored in steps of an eighth of a bit.
COST_STEPS: Final = 8
_HIGHEST_COST: Final = 255
# A word that is in none of the dictionary's compounds may still be in one that it has not, if it is long enough.
_SMOOTHING: Final = 1
_LONG_HEAD: Final = 6
_LONGEST_SYMBOL: Final = 3


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the table of a language holds.

    `keys` leads from each known form to its key, `heads` from it to the cost as the last part of a compound. `firsts`
    leads from each form that a part before the last has, with its link, to the word that it is a form of and the cost.
    """

    keys: Mapping[str, str]
    heads: Mapping[str, int]
    firsts: Mapping[str, tuple[str, int]]
    endings: Mapping[str, Edit]


def compile_language(code: str, dictionary: Mapping[str, str]) -> Compiled:
    """Compile the dictionary of a language, which leads from forms to base forms."""
    language = LANGUAGES[code]
    forms: dict[str, str] = {}
    for form, base in _plain(dictionary):
        forms.setdefault(form, base)
    keys = _Keys(code, language, forms).all()
    parts = _Parts(language, forms)
    if language.compounds:
        parts.count()
    return Compiled(
        keys=keys,
        heads=parts.head_costs(),
        firsts=parts.first_costs(),
        endings=learn(_sample(keys)),
    )


def _plain(dictionary: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the entries that are words as ours, without case; those in capitals come last.

    Short ones in capitals are symbols and abbreviations, which stand for words that nobody means by them.
    """
    bases: dict[str, str] = {}  # one object for each, not one for each form
    capitals = []
    for form, base in dictionary.items():
        if form.isalpha():
            base = bases.get(base) or bases.setdefault(base, base.casefold() if base.isalpha() else "")
            if base and form.islower():
                yield form, base
            elif base and form.istitle() and len(form) > _LONGEST_SYMBOL:
                capitals.append((form.casefold(), base))
    yield from capitals


def _sample(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    step = len(keys) // MOST_TAUGHT + 1
    return islice(((word, keys[word]) for word in sorted(keys)), 0, None, step)


def _swedish_verb(word: str, _forms: Mapping[str, str]) -> str:
    """Return the verb of a participle that the dictionary lists as a word of its own: begränsad, begränsa."""
    return word[:-1] if word.endswith("ad") else ""


_VERBS: Final[dict[str, Callable[[str, Mapping[str, str]], str]]] = {"sv": _swedish_verb, "fi": finnish_verb}


class _Keys:
    """The keys of all forms of a dictionary."""

    def __init__(self, code: str, language: Language, forms: Mapping[str, str]) -> None:
        self._language = language
        self._forms = forms
        self._bases = Counter(base for form, base in forms.items() if form != base)
        self._shorten = english_stem if code == "en" else self._without_vowel
        self._verb_of = _VERBS.get(code)

    def all(self) -> dict[str, str]:
        """Return the key of every form, and of every key."""
        of_base = {base: self._shorten(self._followed(base)) for base in set(self._forms.values())}
        keys = {form: of_base[base] for form, base in self._forms.items()}
        keys |= of_base
        last = {key: _last(keys, key) for key in set(keys.values())}
        keys |= {key: final for key, final in last.items() if key not in keys}
        return {form: last[key] for form, key in keys.items()}

    def _followed(self, word: str) -> str:
        """Follow base forms of base forms, until there are no more or they come round.

        A word with forms of its own is not given up for one that does not even begin as it does: that is a mistake,
        or a homograph that stood first in the alphabet of the dictionary's makers.
        """
        alike = self._language.alike
        seen = [word]
        while (base := self._base(seen[-1])) not in seen:
            if base[:alike] != seen[-1][:alike] and self._bases[seen[-1]] > 1:
                break
            seen.append(base)
        return seen[-1]

    def _base(self, word: str) -> str:
        base = self._forms.get(word, word)
        if base == word and self._verb_of and (verb := self._verb_of(word, self._forms)) in self._bases:
            return verb
        return base

    def _without_vowel(self, word: str) -> str:
        return shortened(self._language, word)


def _last(keys: Mapping[str, str], key: str) -> str:
    """Follow the keys of keys to one that is its own, or to the first in the alphabet of those that come round."""
    seen = [key]
    while (following := keys.get(seen[-1], seen[-1])) not in seen:
        seen.append(following)
    return min(seen[seen.index(following) :])


def shortened(language: Language, word: str) -> str:
    """Take the vowel off a base form that only tells verbs, adjectives and weak nouns from their kin."""
    for ending in language.dropped:
        if word.endswith(ending) and len(word) > 3:
            return word[: -len(ending)]
    return word


@dataclass
class _Parts:
    """Which words make up the compounds that a dictionary has, and how often each does."""

    language: Language
    forms: Mapping[str, str]
    heads: Counter[str] = field(default_factory=Counter)
    firsts: Counter[str] = field(default_factory=Counter)
    words: dict[str, str] = field(default_factory=dict)

    def count(self) -> None:
        """Take every base form apart in all the ways that leave two words of the dictionary."""
        bases = set(self.forms.values())
        for compound in bases:
            for place in range(SHORTEST_PART, len(compound) - SHORTEST_PART + 1):
                head = compound[place:]
                if head in bases and head not in self.language.not_last:
                    first = compound[:place]
                    if word := self._word(first, bases):
                        self.heads[head] += 1
                        self.firsts[first] += 1
                        self.words.setdefault(first, word)
        self._add_unseen(bases)

    def _word(self, first: str, bases: set[str]) -> str:
        """Return the word that a first part is a form of, "" if none."""
        if first in self.language.not_first:
            return ""
        if first in bases:
            return first
        if first.endswith(self.language.oblique) and first in self.forms:
            return self.forms[first]
        for link in self.language.links:
            stem = first.removesuffix(link)
            if stem != first and len(stem) >= SHORTEST_PART and stem not in self.language.not_first:
                if stem in bases:
                    return stem
                if stem in self.forms:
                    return self.forms[stem]
        for there, ending in self.language.combining:
            if first.endswith(there) and len(first) > SHORTEST_PART:
                word = first[: len(first) - len(there)] + ending
                if word in bases:
                    return word
        return ""

    def _add_unseen(self, bases: set[str]) -> None:
        for base in bases:
            if len(base) > SHORTEST_PART and base not in self.language.not_first:
                for link in ("", *self.language.links[:1]):
                    self.words.setdefault(base + link, base)
        if self.language.oblique:
            for form, base in self.forms.items():
                known = self.heads[base] > 1 or len(base) >= _LONG_HEAD
                if known and len(form) > SHORTEST_PART + 1 and form.endswith(self.language.oblique):
                    self.words.setdefault(form, base)

    def head_costs(self) -> dict[str, int]:
        """Return the cost of each form as a last part; short words that end no compound are none."""
        total = self.heads.total()
        costs = {base: _cost(count, total) for base, count in self.heads.items()}
        costs |= {
            base: _cost(0, total) for base in self.words.values() if base not in costs and len(base) >= _LONG_HEAD
        }
        return {
            form: costs.get(form) or costs[base]
            for form, base in self.forms.items()
            if (base in costs or form in costs) and len(form) >= SHORTEST_PART and form not in self.language.not_last
        }

    def first_costs(self) -> dict[str, tuple[str, int]]:
        """Return the word and the cost of each first part."""
        total = self.firsts.total()
        return {first: (word, _cost(self.firsts[first], total)) for first, word in self.words.items()}


def _cost(count: int, total: int) -> int:
    bits = log2((total + _SMOOTHING) / (count + _SMOOTHING))
    return max(1, min(_HIGHEST_COST, round(COST_STEPS * bits)))
