"""The concepts of the field and the words for them in every language: how a reader's words are understood.

Pure data and recognition: knows words, no fields, no documents, no database. A thesaurus never changes once it is
made, so threads share it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from index.documents import LANGUAGES
from index.words import analyse, fold_long, fold_short, term_of, words

# Of a word with many meanings, so many are looked up.
MOST_MEANINGS: Final = 4

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: its words by language, the preferred label first, and the names of the concepts right below it."""

    name: str
    labels: Mapping[str, tuple[str, ...]]
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """One word or phrase for a concept, as it is written and as it is looked up in texts of its language."""

    language: str
    text: str
    terms: Key


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept's name found in what was typed: the words from `start` to before `end`; several if it has meanings."""

    start: int
    end: int
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """The concepts of each label, by the keys of its words; `longest` is the number of words in the longest."""

    concepts: dict[Key, tuple[str, ...]] = field(default_factory=dict)

    def add(self, key: Key, concept: str) -> None:
        known = self.concepts.get(key, ())
        if key and concept not in known:
            self.concepts[key] = (*known, concept)

    def longest(self) -> int:
        return max(map(len, self.concepts), default=0)


class Thesaurus:
    """Concepts by name, and a recogniser of their labels that inflection and missing accents do not fool.

    Making one analyses every label, some tens of thousands of words: keep it as long as its vocabularies last.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        """Take in concepts; languages that are not searched are left out."""
        self._concepts = {concept.name: concept for concept in concepts}
        self._labels = {name: tuple(_labels(concept)) for name, concept in self._concepts.items()}
        self._by_language = {language: _Table() for language in LANGUAGES}
        self._folded = _Table()
        for name, labels in self._labels.items():
            for label in labels:
                self._by_language[label.language].add(label.terms, name)
                spelling = words(label.text)
                self._folded.add(tuple(map(fold_short, spelling)), name)
                self._folded.add(tuple(map(fold_long, spelling)), name)
        self._longest = {language: table.longest() for language, table in self._by_language.items()}
        self._longest_folded = self._folded.longest()

    def __len__(self) -> int:
        return len(self._concepts)

    def labels(self, concept: str) -> tuple[Label, ...]:
        """Return the words for a concept, the preferred label of each language before its synonyms."""
        return self._labels[concept]

    def narrower(self, concept: str) -> tuple[str, ...]:
        """Return the concepts right below one, as far as they are known."""
        return tuple(name for name in self._concepts[concept].narrower if name in self._concepts)

    def recognise(self, typed: Sequence[str], languages: Sequence[str] = ()) -> tuple[Mention, ...]:
        """Find the concepts that words name, in their order; none overlap.

        The longest label wins. Of equally long ones the first of `languages` that knows the words says what they
        mean, else all others together, else those that spell them with other letters.
        """
        found = sorted(self._candidates(typed, languages))
        chosen: list[Mention] = []
        for _length, _rank, start, end, concepts in found:
            same = [mention for mention in chosen if (mention.start, mention.end) == (start, end)]
            if not same and all(end <= mention.start or mention.end <= start for mention in chosen):
                chosen.append(Mention(start, end, concepts[:MOST_MEANINGS]))
        return tuple(sorted(chosen, key=lambda mention: mention.start))

    def _candidates(self, typed: Sequence[str], languages: Sequence[str]) -> Iterator[tuple[int, int, int, int, Key]]:
        """Yield (minus its length, rank of its language, start, end, concepts) of every label that occurs."""
        others: dict[tuple[int, int], dict[str, None]] = {}
        for language in LANGUAGES:
            keys = [(place, key) for place, word in enumerate(typed) if (key := term_of(language, word))]
            for start, end, concepts in _occurrences(keys, self._by_language[language], self._longest[language]):
                if language in languages:
                    yield start - end, languages.index(language), start, end, concepts
                else:
                    others.setdefault((start, end), {}).update(dict.fromkeys(concepts))
        for (start, end), names in others.items():
            yield start - end, len(languages), start, end, tuple(names)
        for fold in (fold_short, fold_long):
            spelled = list(enumerate(map(fold, typed)))
            for start, end, concepts in _occurrences(spelled, self._folded, self._longest_folded):
                yield start - end, len(languages) + 1, start, end, concepts


def _occurrences(keys: Sequence[tuple[int, str]], table: _Table, longest: int) -> Iterator[tuple[int, int, Key]]:
    """Yield start, end and concepts of each run of keys in the table; keys come with the places of their words."""
    for first in range(len(keys)):
        run: Key = ()
        for place, key in keys[first : first + longest]:
            run = (*run, key)
            if concepts := table.concepts.get(run):
                yield keys[first][0], place + 1, concepts


def _labels(concept: Concept) -> Iterator[Label]:
    """Yield the labels that can be looked up; of those that inflection alone tells apart, the first."""
    for language in LANGUAGES:
        seen: set[Key] = set()
        for text in concept.labels.get(language, ()):
            terms = analyse(language, text)
            if terms and terms not in seen:
                seen.add(terms)
                yield Label(language, text, terms)


NO_THESAURUS: Final = Thesaurus(())
