"""What happened to a submission, in words that its authors and advisers read alike. Reads nothing but what it is given.

Events carry a code; the sentences stand here. An event whose code nobody has put into words is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask_babel import gettext, ngettext

from library.models import SubmissionEvent, SubmissionRound

COMMENT: Final = "comment"
SUBMIT: Final = "submit"
BROUGHT_UP: Final = "up-to-date"
MAKE_A_ROUND: Final = frozenset({SUBMIT, BROUGHT_UP})
Say = Callable[[str, int], str]

SENTENCES: Final[dict[str, Say]] = {
    "start": lambda who, _: gettext("%(actor)s began to write", actor=who),
    SUBMIT: lambda who, time: (
        gettext("%(actor)s sent it in", actor=who) if time == 1 else gettext("%(actor)s sent it in again", actor=who)
    ),
    "take": lambda who, _: gettext("%(actor)s took it for review", actor=who),
    "give-back": lambda who, _: gettext("%(actor)s gave it back for another adviser to take", actor=who),
    "assign": lambda who, _: gettext("%(actor)s handed it to another adviser", actor=who),
    "due": lambda who, _: gettext("%(actor)s set another date for the answer", actor=who),
    "opinion-asked": lambda who, _: gettext("%(actor)s asked a colleague for a second opinion", actor=who),
    "opinion-given": lambda who, _: gettext("%(actor)s gave a second opinion", actor=who),
    BROUGHT_UP: lambda who, _: gettext("%(actor)s added what had changed on the public page", actor=who),
    "request-changes": lambda who, _: gettext("%(actor)s asked for changes", actor=who),
    "accept": lambda who, _: gettext("%(actor)s accepted it", actor=who),
    "decline": lambda who, _: gettext("%(actor)s declined it", actor=who),
    "withdraw": lambda who, _: gettext("%(actor)s withdrew it", actor=who),
    "reopen": lambda who, _: gettext("%(actor)s took it up again", actor=who),
    COMMENT: lambda who, times: ngettext(
        "%(actor)s wrote a comment", "%(actor)s wrote %(num)s comments", times, actor=who
    ),
    "co-author-invited": lambda who, _: gettext("%(actor)s invited a co-author", actor=who),
    "co-author-joined": lambda who, _: gettext("%(actor)s joined as author", actor=who),
    "co-author-left": lambda who, _: gettext("%(actor)s left the authors", actor=who),
    "co-author-removed": lambda who, _: gettext("%(actor)s took a co-author off the list", actor=who),
    "part-confirmed": lambda who, _: gettext("%(actor)s confirmed their part", actor=who),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline.

    :param code: what happened.
    :param good: what is good, in an adviser's words.
    :param reason: what is needed, or why.
    :param note: what the authors told the adviser when they sent it in.
    :param times: how often in a row, or for the how-many-eth time.
    """

    code: str
    actor: str
    at: datetime
    good: str = ""
    reason: str = ""
    note: str = ""
    times: int = 1

    @property
    def sentence(self) -> str:
        """Who did what, in the language of the reader."""
        return SENTENCES[self.code](self.actor, self.times)


def entries(events: Iterable[SubmissionEvent], rounds: Sequence[SubmissionRound]) -> list[Entry]:
    """Return a timeline, newest first.

    :param events: in the order in which they happened, with their actors.
    :param rounds: in the order of their numbers.
    """
    line: list[Entry] = []
    sent = iter(rounds)
    for event in events:
        if event.step in SENTENCES:
            entry = _entry(event, next(sent, None) if event.step in MAKE_A_ROUND else None)
            together = bool(line) and _belong_together(line[-1], entry)
            line = [*line[:-1], replace(entry, times=line[-1].times + 1)] if together else [*line, entry]
    return line[::-1]


def _entry(event: SubmissionEvent, sent: SubmissionRound | None) -> Entry:
    return Entry(
        event.step,
        event.actor.name if event.actor else gettext("Somebody who has left"),
        event.created_at,
        good=event.good,
        reason=event.reason,
        note=sent.note if sent and event.step == SUBMIT else "",
        times=sent.number if sent else 1,
    )


def _belong_together(one: Entry, other: Entry) -> bool:
    """Return whether somebody wrote several comments in a row, which are one thing to know."""
    return one.code == other.code == COMMENT and (one.actor, one.at.date()) == (other.actor, other.at.date())
