"""The rule of partiality for work in bulk: nobody decides on what they wrote or what their own organisation owns.

Whoever may change a practice alone may change it in bulk; the rule is told here once, for tables and for edits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.interchange.row_checks import Message, message
from library.models import Account, Practice, PracticeAuthor


@dataclass(frozen=True, slots=True)
class Interests:
    """What somebody has a part in.

    :param organisations: slug -> number of those that they belong to.
    """

    account_id: int | None
    organisations: Mapping[str, int]

    def faults(self, practice_id: int | None, document: Mapping[str, Any], partial: Collection[int]) -> list[Message]:
        """Return the fault of a row that is for others to decide on: theirs before, or theirs by what it says.

        :param partial: what ``partial_to`` has found.
        """
        owner = document.get("owner")
        mine = practice_id in partial or owner in self.organisations
        return [message("owner", owner or "", "own-organisation")] if mine else []


def interests_of(actor: Account | None) -> Interests:
    """Return what somebody has a part in; nothing for the library itself."""
    bodies = actor.organisations if actor else ()
    return Interests(actor.id if actor else None, {body.slug: body.id for body in bodies})


def partial_to(session: Session, interests: Interests, practices: Collection[int]) -> set[int]:
    """Return those of some practices that somebody wrote, or that belong to their organisations."""
    written = select(PracticeAuthor.practice_id).where(
        PracticeAuthor.practice_id.in_(practices), PracticeAuthor.account_id == interests.account_id
    )
    bodies = list(interests.organisations.values())
    owned = select(Practice.id).where(Practice.id.in_(practices), Practice.owner_id.in_(bodies))
    return {*session.scalars(written), *session.scalars(owned)}
