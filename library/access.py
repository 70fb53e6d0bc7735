"""Who may do what to which record, beyond what their roles permit. Reads nothing but the records it is handed.

A record that somebody may not even know of is refused with ``NotFound``, as if it did not exist; what they know of and
may not do, with ``NotPermitted``.
"""

from __future__ import annotations

from typing import Final

from library.choices import Role, SubmissionState
from library.errors import NotFound, NotPermitted
from library.models import Account, Collection, Submission

EDITABLE: Final = frozenset({SubmissionState.DRAFT, SubmissionState.CHANGES_REQUESTED})
AT_THE_DESK: Final = frozenset(SubmissionState) - {SubmissionState.DRAFT}
BECAME_AUTHOR: Final = frozenset({"start", "co-author-joined"})  # on the timeline
REVIEWERS: Final = frozenset({Role.ADVISER, Role.ADMINISTRATOR})


def is_author(submission: Submission, actor: Account) -> bool:
    """Return whether somebody writes a submission."""
    return any(author.account_id == actor.id for author in submission.authors)


def reviews(actor: Account) -> bool:
    """Return whether somebody works at the review desk."""
    return any(Role(role.name) in REVIEWERS for role in actor.roles)


def check_author(submission: Submission, actor: Account) -> None:
    """Let only its authors pass.

    :raises NotFound: for all others: what is being written is nobody else's business.
    """
    if not is_author(submission, actor):
        raise NotFound


def check_editable(submission: Submission, actor: Account) -> None:
    """Let authors write while it is theirs to write.

    :raises NotFound: for others.
    :raises NotPermitted: while it lies with an adviser, and after a decision.
    """
    check_author(submission, actor)
    if submission.state not in EDITABLE:
        raise NotPermitted("it lies with an adviser or is decided")


def is_at_the_desk(submission: Submission) -> bool:
    """Return whether advisers see a submission: it was sent in, whatever became of it since."""
    return submission.submitted_at is not None and submission.state in AT_THE_DESK


def check_reader(submission: Submission, actor: Account) -> None:
    """Let authors read, and reviewers once it was sent in.

    :raises NotFound: for all others.
    """
    if not (is_author(submission, actor) or (reviews(actor) and is_at_the_desk(submission))):
        raise NotFound


def check_desk(submission: Submission, actor: Account) -> None:
    """Let reviewers see a submission that was sent in.

    :raises NotFound: for all others, and before it was sent in.
    """
    if not (reviews(actor) and is_at_the_desk(submission)):
        raise NotFound


def wrote(submission: Submission, actor: Account) -> bool:
    """Return whether somebody ever wrote a submission, or what it revises: who leaves the authors has written still."""
    began = any(event.actor_id == actor.id and event.step in BECAME_AUTHOR for event in submission.events)
    revised = submission.practice.answered_by if submission.practice else ()
    return is_author(submission, actor) or began or any(author.account_id == actor.id for author in revised)


def is_partial(submission: Submission, actor: Account) -> bool:
    """Return whether somebody wrote a submission, or belongs to an organisation that owns it or writes it.

    The one that owns what is revised counts too: a revision may name another.
    """
    owners = {submission.owner_id, submission.practice.owner_id if submission.practice else None}
    concerned = owners | {author.organisation_id for author in submission.authors} - {None}
    return wrote(submission, actor) or any(body.id in concerned for body in actor.organisations)


def check_decider(submission: Submission, actor: Account) -> None:
    """Let reviewers decide on the work of others.

    :raises NotFound: for those who may not even see it.
    :raises NotPermitted: for its authors and for members of the organisations behind it (DESIGN §5).
    """
    check_desk(submission, actor)
    if is_partial(submission, actor):
        raise NotPermitted("nobody decides on work that they wrote or that their own organisation owns")


def curates(collection: Collection, actor: Account) -> bool:
    """Return whether somebody may change a collection: its curators, and administrators where none is left to ask."""
    is_administrator = any(Role(role.name) is Role.ADMINISTRATOR for role in actor.roles)
    return is_administrator or any(curator.account_id == actor.id for curator in collection.curators)


def check_curator(collection: Collection, actor: Account) -> None:
    """Let its curators change a collection; colleagues know of it and read it.

    :raises NotPermitted: for all others.
    """
    if not curates(collection, actor):
        raise NotPermitted("it is curated by others")
