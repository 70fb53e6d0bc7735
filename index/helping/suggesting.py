"""The titles of an index that a reader may mean while still typing. Knows labels, and where segments keep titles."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from index.columns.reading import Columns
from index.documents import LANGUAGES
from index.helping.labels import Label, Labels, Match, Rows, best_of, typed_words
from index.helping.preparing import Preparation, Ready
from index.states.facets import Mask
from index.states.segment import IndexSegment
from index.states.snapshot import Snapshot

# Of titles that fit alike, the one published later comes first; days are counted the same in all segments.
FIRST_DAY, A_CENTURY = date(1980, 1, 1).toordinal(), 36_525


@dataclass(frozen=True, slots=True)
class Suggested:
    """Titles that fit; `complete` unless some titles are still being prepared."""

    matches: tuple[Match, ...]
    complete: bool


class Titles:
    """The titles of a segment, in all languages; ``docs`` holds the document of each.

    Those of deleted documents too: which ones are, each snapshot says itself. Texts stay where they are, in the file of
    the segment.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        docs, languages = array("i"), bytearray()
        weights = np.clip((columns.published - FIRST_DAY) / A_CENTURY, 0.0, 1.0).tolist()

        def rows() -> Iterator[tuple[str, str, float]]:
            for number, language in enumerate(LANGUAGES):
                for doc, title in enumerate(columns.titles(language).to_list()):
                    if title:
                        docs.append(doc)
                        languages.append(number)
                        yield language, title.decode(), weights[doc]

        self.labels = Labels(rows(), self._label)
        self.docs: Rows = np.frombuffer(docs, np.int32)
        self._languages = bytes(languages)

    def matches(self, typing: Typing, live: Mask) -> list[Match]:
        """Return the titles of live documents that fit; the best first."""
        return self.labels.matches(
            typing.text,
            typing.language,
            most=typing.most,
            near=typing.near,
            allowed=lambda rows: live[self.docs[rows]],
        )

    def _label(self, row: int) -> Label:
        doc, language = int(self.docs[row]), LANGUAGES[self._languages[row]]
        return Label(str(self._columns.ids[doc]), language, self._columns.titles(language)[doc].decode())


def titles_of(segment: IndexSegment) -> Titles:
    """Prepare the titles of a segment."""
    return Titles(segment.columns)


@dataclass(frozen=True, slots=True)
class Typing:
    """What stands in the box so far.

    :param language: the reader's.
    :param most: titles to suggest.
    :param near: also take words for others that are spelled nearly so.
    """

    text: str
    language: str
    most: int
    near: bool


def suggest(snapshot: Snapshot, titles: Preparation[Titles], typing: Typing, patience: float) -> Suggested:
    """Suggest titles of live documents; wait up to `patience` seconds while they are being prepared."""
    if not typed_words(typing.text):
        return Suggested((), complete=True)
    ready = titles.of(snapshot.segments, patience)
    found = [*_live(snapshot, ready, typing), *_retired(snapshot, ready, typing)]
    return Suggested(tuple(best_of(found, typing.most)), ready.complete)


def _live(snapshot: Snapshot, ready: Ready[Titles], typing: Typing) -> Iterable[Match]:
    offset = 0
    for segment, part in ready.parts:
        if part is not None:
            live = snapshot.live[offset : offset + segment.size]
            yield from part.matches(typing, live)
        offset += segment.size


def _retired(snapshot: Snapshot, ready: Ready[Titles], typing: Typing) -> Iterable[Match]:
    """Suggest from segments that were just replaced, as long as a document still has that very title."""
    for part in ready.retired:
        for match in part.labels.matches(typing.text, typing.language, most=4 * typing.most, near=typing.near):
            doc = snapshot.find(int(match.label.key))
            if doc is not None and snapshot.record(doc)[4].get(match.label.language) == match.label.text:
                yield match
