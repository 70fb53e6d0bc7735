"""What the index answers: hits, counts, what was understood, and its own condition. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from index.parsing import ParsedQuery


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that matched.

    `language` is that of the text which has most of what was asked for; of equals the reader's, then the best.

    `through` holds the words by which a concept was found in that text, as the vocabulary spells them, where
    what the reader typed stands nowhere in the document. `missing` holds what was typed and the document has in
    no way, where some of it is all that could be found.
    """

    id: int
    score: float
    language: str
    through: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """A concept that the reader named: what was typed, which concept it is, and what else was looked up for it.

    `words` holds, by language, the labels and synonyms of the concept without those that were typed;
    `narrower` the concepts below it that were looked up as well.
    """

    typed: str
    concept: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits, and counts over all of them.

    `facets` holds every facet, each with its codes that occur; a filtered facet is counted as if it were
    not. `whole` is how many documents have all the words, whatever the filters. `fewer_words` says that none has, so
    these have some of them; `best_first` that some of these have all and others some, because there are many words.
    `beginnings` says that words were found only as beginnings of others. `more` follows the last of the hits, in
    the order of relevance only, where they leave room on their page: documents that pass the filters and have some
    of the words but not all. They are not counted. `recognised` holds the concepts that were understood.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    parsed: ParsedQuery
    whole: int
    fewer_words: bool
    best_first: bool = False
    beginnings: bool = False
    more: tuple[Hit, ...] = ()
    recognised: tuple[Recognised, ...] = ()

    def sought(self, language: str) -> ParsedQuery:
        """Return the parts of the query together with what was looked up for them in a text of a language.

        This, not `parsed`, is what explains and marks why a text in the language matched.
        """
        labels = (label for concept in self.recognised for label in concept.words.get(language, ()))
        return replace(self.parsed, phrases=tuple(dict.fromkeys((*self.parsed.phrases, *labels))))


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The condition of the index that searches are answered from now; `bytes` is its size on disk."""

    documents: int
    segments: int
    bytes: int
    position: int
    fingerprint: str
    generation: str
    opened_at: datetime
