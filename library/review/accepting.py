"""What an accepted submission becomes: a practice or its next revision, graded, credited and confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from library.choices import Criterion, Dimension, Grade, Provenance, ReviewLabel
from library.deadlines import a_year_after
from library.errors import InvalidRecord, NotReady
from library.models import (
    Account,
    Assessment,
    Attachment,
    KnowledgeGrade,
    Practice,
    PracticeAuthor,
    Revision,
    Submission,
    SubmissionAuthor,
    SubmissionRound,
)
from library.publishing import known_to, publish

MET: Final = "yes"
ANSWERS: Final = (MET, "no", "unclear")
NAMELESS: Final = "-"  # of somebody who gave no name; never credited, so never shown
LABELS: Final = (ReviewLabel.ADVISER_REVIEWED, ReviewLabel.PEER_REVIEWED)


def missing_for_acceptance(assessment: Assessment | None) -> Iterator[str]:
    """Yield a sentence for each thing that an adviser still has to fill in before a submission can be published."""
    checklist = assessment.checklist if assessment else {}
    grades = assessment.grades if assessment else {}
    open_points = [criterion for criterion in Criterion if checklist.get(criterion, {}).get("met") not in ANSWERS]
    if open_points:
        yield gettext("Answer on the checklist: %(points)s.", points=_listed(open_points))
    elif checklist[Criterion.NO_PERSON]["met"] != MET:
        yield gettext("The checklist does not yet say that no person can be recognised.")
    if assessment is None or not (assessment.evidence_stage_id and assessment.outcome_id):
        yield gettext("Choose evidence stage and outcome.")
    ungraded = [dimension for dimension in Dimension if not _is_graded(grades.get(dimension, {}))]
    if ungraded:
        yield gettext("Give a grade and a sentence for: %(dimensions)s.", dimensions=_listed(ungraded))
    if assessment is None or assessment.review_label not in LABELS:
        yield gettext("Choose the review label.")


def _listed(choices: list[Any]) -> str:
    return ", ".join(choice.label for choice in choices)


def _is_graded(given: Mapping[str, Any]) -> bool:
    return given.get("grade") in list(Grade) and bool(str(given.get("reason", "")).strip())


def latest_revision(session: Session, practice_id: int) -> int:
    """Return the number of the revision that is public."""
    return session.scalar(select(func.max(Revision.number)).where(Revision.practice_id == practice_id)) or 0


def document_of(sent: SubmissionRound, assessment: Assessment) -> dict[str, Any]:
    """Return what becomes public: what was sent in, with the evidence as the adviser judged it."""
    judged = {"evidence_stage": assessment.evidence_stage_id, "outcome": assessment.outcome_id}
    return {**sent.document, **{name: str(concept).partition("/")[2] for name, concept in judged.items()}}


def become_public(
    session: Session,
    submission: Submission,
    sent: SubmissionRound,
    assessment: Assessment,
    *,
    actor: Account,
    today: date,
) -> Practice:
    """Publish what was sent in; sending it in was its owner's word that it holds, so it counts as confirmed.

    :return: the practice, flushed; the submission does not name it yet.
    :raises NotReady: if a vocabulary or an organisation has changed so that the document no longer fits.
    """
    document = document_of(sent, assessment)
    _check_files(session, submission, document)
    try:
        practice = publish(
            session,
            document,
            provenance=Provenance.SUBMITTED,
            known=known_to(session),
            revises=submission.practice,
            actor=actor,  # and no note: what authors told the adviser was not said to the public
        )
    except InvalidRecord as error:
        raise NotReady(error.problems) from error
    practice.review_label = assessment.review_label or ReviewLabel.ADVISER_REVIEWED
    practice.confirmed_on, practice.confirm_by = today, a_year_after(today)
    _grade(practice, assessment)
    _credit(session, practice, submission.authors)
    named = update(Attachment).where(Attachment.key.in_(_keys(document)))
    session.execute(named.values(practice_id=practice.id))
    session.flush()
    return practice


def _grade(practice: Practice, assessment: Assessment) -> None:
    """Write the knowledge profile into the rows that are there: new ones beside old ones would meet the UNIQUE key."""
    kept = {Dimension(row.dimension): row for row in practice.grades}
    for dimension in Dimension:
        given = assessment.grades[dimension]
        row = kept.get(dimension)
        if row is None:
            row = KnowledgeGrade(dimension=dimension)
            practice.grades.append(row)
        row.grade, row.reason = given["grade"], given["reason"].strip()


def _credit(session: Session, practice: Practice, authors: list[SubmissionAuthor]) -> None:
    """Credit authors; those of earlier revisions stay, before new ones."""
    query = select(PracticeAuthor).where(PracticeAuthor.practice_id == practice.id)
    rows = session.scalars(query.order_by(PracticeAuthor.position)).all()
    kept = {row.account_id: row for row in rows if row.account_id is not None}
    following = max((row.position for row in rows), default=-1) + 1
    for author in authors:
        name = author.account.name.strip()
        row = kept.get(author.account_id)
        if row is None:
            row = PracticeAuthor(practice_id=practice.id, account_id=author.account_id, position=following)
            following += 1
        row.name = name or NAMELESS
        row.credited = author.credited and bool(name)
        row.agency_id, row.organisation_id = author.agency_id, author.organisation_id
        session.add(row)  # once it is whole: reading the next author flushes


def _check_files(session: Session, submission: Submission, document: Mapping[str, Any]) -> None:
    """Refuse files of other people's work, whose keys somebody may have come to know.

    :raises NotReady: so that the adviser sees it; authors cannot add such a file by the form.
    """
    files = session.scalars(select(Attachment).where(Attachment.key.in_(_keys(document))))
    own = {submission.id}, {submission.practice_id} - {None}
    if any(file.submission_id not in own[0] and file.practice_id not in own[1] for file in files):
        raise NotReady([gettext("One of the files belongs to other work. Ask the authors to add it again.")])


def _keys(document: Mapping[str, Any]) -> list[str]:
    return [row["file"] for row in document.get("materials", ()) if row.get("file")]
