"""What is looked up in the index: the shape of a query, and what it means. Plain data.

A document has a required choice if it has any of its clauses, or any of those of an expansion that covers it. It
scores the sum over all clauses that it has, each once, those of the bonus included.
"""

from dataclasses import dataclass

from index.results import Recognised


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms to find in one field: one term, or several in a row.

    `language` is None in neutral fields. `label` is the word of the vocabulary that the terms stand for, where
    they do not stand for what was typed.
    """

    field: str
    terms: tuple[str, ...]
    boost: float
    language: str | None = None
    label: str = ""


# The ways in which one thing that the reader typed can be found; any of them will do.
Choice = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Another way to find several things at once: a document with any of the clauses has all that they cover.

    `covers` counts in the `required` of the query.
    """

    clauses: Choice
    covers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What documents must have, and what they must not have. `everything`: no words were asked for.

    `typed` says for each required choice what the reader typed for it. The clauses of `bonus` only raise the score
    of documents that match anyway. `wider` has a choice for each required one, to be added to it where no document
    has everything.
    """

    required: tuple[Choice, ...]
    excluded: tuple[Choice, ...]
    everything: bool
    expansions: tuple[Expansion, ...] = ()
    bonus: Choice = ()
    wider: tuple[Choice, ...] = ()
    typed: tuple[str, ...] = ()
    recognised: tuple[Recognised, ...] = ()
