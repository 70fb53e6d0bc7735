"""What municipalities report about the practices of others: report, change, confirm, withdraw, take down.

A report is public at once. Two colleagues who change one report notice each other by its version.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from library.auditing import audit
from library.choices import AdoptionState, OrganisationKind, PracticeState
from library.errors import ChangedMeanwhile, NotPermitted, UncheckedPersonalData
from library.exchange.queries import people_of, report_of
from library.mail import MailKind, notify
from library.models import Account, Adoption, Organisation, Practice, now
from library.ownership import owners
from library.warnings import Finding, digest_of, personal_in


@dataclass(frozen=True, slots=True)
class Report:
    """What a municipality says.

    :param language: of the two texts.
    :param adapted: what was changed to fit.
    :param experience: how it went.
    """

    state: AdoptionState
    since_year: int | None
    until_year: int | None
    language: str
    adapted: str
    experience: str


def personal_data_in(report: Report) -> list[Finding]:
    """Return what may be personal data in a report, by field."""
    return [*personal_in(report.adapted, "adapted"), *personal_in(report.experience, "experience")]


def _said_in(adoption: Adoption) -> Report:
    return Report(**{part.name: getattr(adoption, part.name) for part in fields(Report)})


def may_report(practice: Practice, municipality: Organisation, *, kept: bool) -> bool:
    """Return whether a municipality can report about a practice: not of its own, and nothing new of an archived one.

    :param kept: it has reported already.
    """
    if practice.owner_id == municipality.id:
        return False
    return practice.state == PracticeState.PUBLISHED or (kept and practice.state == PracticeState.ARCHIVED)


def report(
    session: Session,
    practice: Practice,
    municipality: Organisation,
    said: Report,
    *,
    actor: Account,
    version: int,
    checked: str = "",
) -> None:
    """Say, or say anew, how a municipality uses a practice; its owners hear of it in their next digest.

    :param version: of the report that the reporter had before them; 0 if there was none.
    :param checked: digest of the findings that the reporter has declared to be no personal data.
    :raises NotPermitted: if they do not belong to it, or it cannot report about this practice.
    :raises UncheckedPersonalData: if the words may hold personal data of which nothing was declared.
    :raises ChangedMeanwhile: if a colleague reported, changed or withdrew meanwhile.
    """
    check_belongs(actor, municipality)
    kept = report_of(session, practice, municipality)
    if not may_report(practice, municipality, kept=kept is not None):
        raise NotPermitted("this municipality cannot report about this practice")
    if digest_of(personal_data_in(said)) not in ("", checked):
        raise UncheckedPersonalData("look at what may be personal data")
    if kept is not None and _said_in(kept) == said:  # twice the same, or a click too many
        confirm_use(session, kept, actor=actor)
        return
    before = AdoptionState(kept.state) if kept else None
    if version:
        _change(session, practice, municipality, said, actor=actor, version=version)
    else:
        _add(session, practice, municipality, said, actor=actor)
    audit(session, "practice.use-changed" if version else "practice.use-reported", actor=actor, subject=practice)
    if said.state is not before:
        _tell_owners(session, practice, municipality, said.state, actor=actor)


def confirm_use(session: Session, adoption: Adoption, *, actor: Account) -> None:
    """Say that a report still holds.

    :raises NotPermitted: if the actor does not belong to its municipality.
    """
    check_belongs(actor, adoption.municipality)
    adoption.changed_at = now()
    audit(session, "practice.use-confirmed", actor=actor, subject=adoption.practice)


def withdraw(session: Session, adoption: Adoption, *, actor: Account, version: int) -> None:
    """Take a report back, for good.

    :param version: that the actor had before them.
    :raises NotPermitted: if the actor does not belong to its municipality.
    :raises ChangedMeanwhile: if a colleague has changed it since.
    """
    check_belongs(actor, adoption.municipality)
    practice = adoption.practice
    _remove(session, adoption, version)
    audit(session, "practice.use-withdrawn", actor=actor, subject=practice)


def take_down(session: Session, adoption: Adoption, *, actor: Account, reason: str, version: int) -> None:
    """Remove a report that must not stand there; whoever reported it gets the reason, and their words back.

    :param version: that the adviser had before them: what was mended meanwhile deserves another look.
    :raises ChangedMeanwhile: if it was changed since.
    """
    practice, municipality = adoption.practice, adoption.municipality
    reporter = adoption.account if adoption.account and adoption.account.active else None
    words = {"adapted": adoption.adapted, "experience": adoption.experience, "reason": reason.strip()}
    _remove(session, adoption, version)
    for person in [reporter] if reporter else people_of(session, municipality.id):
        notify(
            session,
            MailKind.REPORT_TAKEN_DOWN,
            person,
            path=f"/p/{practice.id}",
            title=practice.title_in(person.language),
            municipality=municipality.name_in(person.language),
            **words,
        )
    audit(session, "practice.use-taken-down", actor=actor, subject=practice)


def check_belongs(actor: Account, municipality: Organisation) -> None:
    """Let only its own people speak for a municipality.

    :raises NotPermitted: for all others.
    """
    own = {body.id for body in actor.organisations}
    if municipality.id not in own or municipality.kind != OrganisationKind.MUNICIPALITY:
        raise NotPermitted("they do not belong to this municipality")


def _add(session: Session, practice: Practice, municipality: Organisation, said: Report, *, actor: Account) -> None:
    """Add a report; of two colleagues at the same moment the second is told of the first."""
    try:
        with session.begin_nested():
            row = Adoption(
                practice_id=practice.id, municipality_id=municipality.id, account_id=actor.id, **asdict(said)
            )
            session.add(row)
    except IntegrityError as error:
        raise ChangedMeanwhile("a colleague has reported meanwhile") from error


def _change(
    session: Session, practice: Practice, municipality: Organisation, said: Report, *, actor: Account, version: int
) -> None:
    """Change a report at a version, in one statement, so that nobody can come in between."""
    whose = Adoption.practice_id == practice.id, Adoption.municipality_id == municipality.id
    changed = update(Adoption).where(*whose, Adoption.version == version).values(**asdict(said))
    reporter = func.coalesce(Adoption.account_id, actor.id)  # who reported first is asked, while they are here
    changed = changed.values(version=version + 1, changed_at=now(), account_id=reporter)
    held = changed.returning(Adoption.id).execution_options(synchronize_session=False)
    if session.scalar(held) is None:
        raise ChangedMeanwhile("a colleague has changed it meanwhile")


def _remove(session: Session, adoption: Adoption, version: int) -> None:
    this = delete(Adoption).where(Adoption.id == adoption.id, Adoption.version == version).returning(Adoption.id)
    if session.scalar(this.execution_options(synchronize_session=False)) is None:
        raise ChangedMeanwhile("it was changed meanwhile")
    session.expunge(adoption)


def _tell_owners(
    session: Session, practice: Practice, municipality: Organisation, state: AdoptionState, *, actor: Account
) -> None:
    for owner in owners(session, practice):
        if owner.id != actor.id:
            notify(
                session,
                MailKind.ADOPTED,
                owner,
                path=f"/p/{practice.id}",
                title=practice.title_in(owner.language),
                actor=municipality.name_in(owner.language),
                state=state.value,
            )
