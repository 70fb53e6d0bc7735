"""What is made of a segment beside the search itself, such as its words for corrections: once, and by no reader.

Segments never change, so a part is made once and kept as long as its segment. A thread of its own makes it; readers
wait for a moment at most, and then go on with what is ready. Knows segments, not what the parts are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from index.states.segment import IndexSegment

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Ready(Generic[Part]):
    """The parts that are ready.

    :param parts: each segment with its part; `None` for one that is not made yet.
    :param retired: while some are not made: parts of segments that these replace. What they say may have been
        deleted since, so it must be looked up before it is shown.
    """

    parts: tuple[tuple[IndexSegment, Part | None], ...]
    retired: tuple[Part, ...]

    @property
    def complete(self) -> bool:
        """Whether all parts are made."""
        return all(part is not None for _, part in self.parts)


class Preparation(Generic[Part]):
    """Makes the parts of segments with `make`, one after the other."""

    def __init__(self, make: Callable[[IndexSegment], Part]) -> None:
        self._make = make
        self._parts: WeakKeyDictionary[IndexSegment, Part] = WeakKeyDictionary()
        self._whole: tuple[Part, ...] = ()  # the parts of the last snapshot that had all
        self._waiting: list[IndexSegment] = []
        self._working = False
        self._trouble: Exception | None = None
        self._change = threading.Condition()

    def of(self, segments: Iterable[IndexSegment], patience: float) -> Ready[Part]:
        """Return the parts of the segments; wait up to `patience` seconds for those that must be made.

        Raises what `make` raised, once; the next call tries again.
        """
        wanted = tuple(segments)
        with self._change:
            self._begin([segment for segment in wanted if segment not in self._parts])
            self._change.wait_for(lambda: not self._working, patience)
            if self._trouble:
                trouble, self._trouble = self._trouble, None
                raise trouble
            found = tuple((segment, self._parts.get(segment)) for segment in wanted)
            made = tuple(part for _, part in found if part is not None)
            if len(made) == len(found):
                self._whole = made
            retired = tuple(part for part in self._whole if not any(part is one for one in made))
            return Ready(found, retired)

    def _begin(self, missing: list[IndexSegment]) -> None:
        if not missing:
            return
        self._waiting = missing
        if not self._working:
            self._working = True
            threading.Thread(target=self._work, name=f"index-{self._make.__name__}", daemon=True).start()

    def _work(self) -> None:
        """Make what is waited for; whoever comes meanwhile with a newer snapshot replaces the list."""
        while segment := self._next():
            try:
                part = self._make(segment)
            except Exception as error:  # told to the reader who waits: a thread has nobody to tell
                with self._change:
                    self._trouble = error
                    self._waiting = []
                continue
            with self._change:
                self._parts[segment] = part

    def _next(self) -> IndexSegment | None:
        with self._change:
            self._waiting = [segment for segment in self._waiting if segment not in self._parts]
            if self._waiting:
                return self._waiting[0]
            self._working = False
            self._change.notify_all()
            return None
