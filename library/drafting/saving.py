"""Saving a submission so that nothing typed is lost (ADR 0010).

One editor wins each version: the row is changed only where it still has the version that was read. Whoever comes later
loses nothing: changes to other fields join, and the rest becomes a ``KeptEdit`` between which and the saved text its
author chooses. Saving makes no revision and no round. Knows models and the template, and no request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library import access, record
from library.drafting.paths import plain, value_at, with_fields
from library.drafting.versions import Base, Standing, extended, standing_of
from library.errors import EditedMeanwhile, NotFound
from library.models import Account, KeptEdit, Organisation, Submission, SubmissionAuthor, now
from library.record import MAX_TITLE_CHARACTERS
from library.workflow import SubmissionStep, advance_submission

Fields = Mapping[str, Any]
KEEP_RESOLVED_FOR: Final = timedelta(days=30)
EDITABLE: Final = tuple(sorted(access.EDITABLE))


class Take(StrEnum):
    """Whose text stands in a field that two have edited; a text of one's own is the third choice."""

    MINE = "mine"
    THEIRS = "theirs"


def start(session: Session, *, actor: Account, language: str, document: Mapping[str, Any]) -> Submission:
    """Begin a submission with its first author.

    :param language: in which its authors write first.
    :param document: what is known already, in the shape of the template; may lack anything.
    :return: the submission, flushed, at version 1.
    """
    submission = Submission(
        language=language,
        document=dict(document),
        title=_title(document, language),
        owner_id=_owner_id(session, document),
        created_by=actor,
        authors=[SubmissionAuthor(account=actor, position=0)],
    )
    return advance_submission(session, submission, SubmissionStep.START, actor=actor)


def save(session: Session, submission: Submission, fields: Fields, *, base: int | Base, actor: Account) -> Submission:
    """Save fields of a submission; the same again makes no new version.

    :param fields: path in the document -> value; ``None`` or nothing removes it.
    :param base: what the editor had before them: a version, or what the form says.
    :return: the submission as it is now stored. What somebody else has changed meanwhile, and this editor has not,
        is in it; see ``base_after``.
    :raises NotFound: for all but its authors.
    :raises NotPermitted: while it is not theirs to write, and there is nothing in the fields that could be lost.
    :raises EditedMeanwhile: if somebody else changed the same fields, or the submission is not theirs to write any
        more, such as sent in by a co-author. Nothing is saved then, and everything typed is in a kept edit, which
        ``@commits`` stores.
    """
    seen = base if isinstance(base, Base) else Base(base)
    access.check_author(submission, actor)
    # Who finds the row changed since it was read reads it once more, and holds it: then nobody comes in between.
    for hold in (False, True):
        _read_again(session, submission, hold=hold)
        wanted, contested = _sorted_out(submission, fields, seen)
        if submission.state not in access.EDITABLE and not (wanted or contested):
            access.check_editable(submission, actor)
        if contested or submission.state not in access.EDITABLE:
            kept = _keep(session, submission, {**wanted, **contested}, seen, actor)
            raise EditedMeanwhile(kept.id, submission.id, str(replace(seen, kept=kept.id)))
        if not wanted or _swap(session, submission, wanted, seen):
            break
    session.refresh(submission)
    return submission


def base_after(submission: Submission, fields: Fields, base: int | Base) -> Base:
    """Return what a form that was just saved is filled from now.

    Boxes whose value did not become the submission's, because somebody else's stands, keep the version they had:
    otherwise their next save would look like a wish to have the old value back.
    """
    seen = base if isinstance(base, Base) else Base(base)
    stale = (path for path, value in fields.items() if plain(value) != value_at(submission.document, path))
    return replace(seen, version=submission.version, held={path: seen.of(path) for path in stale}, kept=None)


def resolve(session: Session, kept: KeptEdit, choices: Mapping[str, Any], *, base: int, actor: Account) -> Submission:
    """Save what an author has chosen between their kept edit and what was saved meanwhile.

    :param choices: path -> ``Take.MINE``, ``Take.THEIRS`` or a value of its own; what is not named is the author's.
    :param base: version of the submission that the author compared with.
    :raises EditedMeanwhile: if somebody saved the same fields once more; the choices are kept in turn.
    """
    submission = session.get_one(Submission, kept.submission_id)
    access.check_editable(submission, actor)
    chosen = {path: value for path, value in kept.fields.items() if choices.get(path) is not Take.THEIRS}
    chosen |= {path: value for path, value in choices.items() if path in kept.fields and not isinstance(value, Take)}
    kept.resolved_at = now()  # also if it comes to a kept edit again: that one holds all that was chosen
    session.flush()
    return save(session, submission, chosen, base=base, actor=actor)


def open_edits(session: Session, submission: Submission, actor: Account) -> list[KeptEdit]:
    """Return somebody's kept edits of a submission that still wait for their choice, oldest first."""
    own = select(KeptEdit).where(KeptEdit.submission_id == submission.id, KeptEdit.account_id == actor.id)
    return list(session.scalars(own.where(KeptEdit.resolved_at.is_(None)).order_by(KeptEdit.id)))


def kept_edit(session: Session, submission: int, identifier: int, *, actor: Account) -> tuple[Submission, KeptEdit]:
    """Return somebody's own kept edit and the submission that it belongs to.

    :raises NotFound: for all others, and for other submissions.
    """
    kept = session.get(KeptEdit, identifier)
    if kept is None or (kept.submission_id, kept.account_id) != (submission, actor.id):
        raise NotFound
    edited = session.get_one(Submission, submission)
    access.check_author(edited, actor)
    return edited, kept


def _read_again(session: Session, submission: Submission, *, hold: bool) -> None:
    """Read the row as it is now; ``hold`` locks it. SQLite, which knows no such lock, holds since the first attempt."""
    session.refresh(submission, with_for_update={"of": Submission} if hold else None)


def _sorted_out(submission: Submission, fields: Fields, base: Base) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return which fields to change, and which somebody else has changed since they were read."""
    wanted, contested = {}, {}
    for path, given in fields.items():
        value = plain(given)
        if value == value_at(submission.document, path):
            continue
        standing = standing_of(submission.trail, path, value, base, current=submission.version)
        if standing is Standing.FREE:
            wanted[path] = value
        elif standing is Standing.CONTESTED:
            contested[path] = value
    return wanted, contested


def _swap(session: Session, submission: Submission, changes: Fields, base: Base) -> bool:
    """Write the next version, unless somebody else has done so since the row was read."""
    before, version = submission.document, submission.version + 1
    after = with_fields(before, changes)
    unchanged = (Submission.version == submission.version) & Submission.state.in_(EDITABLE)
    written: Any = session.execute(
        update(Submission)
        .where(Submission.id == submission.id, unchanged)
        .values(
            version=version,
            document=after,
            trail=extended(submission.trail, before, after, changes, version, base),
            title=_title(after, submission.language),
            owner_id=_owner_id(session, after),
            changed_at=now(),
        )
        .execution_options(synchronize_session=False)
    )
    return bool(written.rowcount)


def _keep(session: Session, submission: Submission, fields: Fields, base: Base, actor: Account) -> KeptEdit:
    """Store what was typed; a form that has a kept edit already adds to it."""
    kept = session.get(KeptEdit, base.kept) if base.kept else None
    own = kept and (kept.submission_id, kept.account_id) == (submission.id, actor.id) and kept.resolved_at is None
    if kept is None or not own:
        kept = KeptEdit(submission_id=submission.id, account_id=actor.id, base_version=base.version, fields={})
        session.add(kept)
    kept.fields = {**kept.fields, **fields}
    session.flush()
    return kept


def _title(document: Mapping[str, Any], language: str) -> str:
    """Return the title for lists: in the first language if there is one, else in any."""
    texts = document.get(record.TEXT_KEY, {})
    titles = (texts[code].get("title") for code in (language, *texts) if code in texts)
    return str(next(filter(None, titles), ""))[:MAX_TITLE_CHARACTERS]


def _owner_id(session: Session, document: Mapping[str, Any]) -> int | None:
    slug = document.get("owner")
    return session.scalar(select(Organisation.id).where(Organisation.slug == slug)) if slug else None


def forget_old(session: Session) -> None:
    """Forget kept edits whose authors chose a while ago; those that still wait for a choice stay."""
    session.execute(delete(KeptEdit).where(KeptEdit.resolved_at < now() - KEEP_RESOLVED_FOR))
