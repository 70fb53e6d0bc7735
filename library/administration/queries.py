"""What the administration's pages read. Each function runs a fixed number of statements, whatever the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from library.access import AT_THE_DESK
from library.choices import PracticeState
from library.choices import Role as RoleChoice
from library.errors import NotFound
from library.models import (
    Account,
    AuditEntry,
    Call,
    Invitation,
    Organisation,
    Practice,
    PracticeText,
    Role,
    ServerSession,
    Submission,
    account_organisation,
    now,
)

PEOPLE_A_PAGE: Final = 30
ORGANISATIONS_A_PAGE: Final = 50
ENTRIES_A_PAGE: Final = 50
ENTRIES_AT_ONCE: Final = 500  # while they stream into a file
NEAR_NAMES: Final = 5
LONGEST_SEARCH: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a long list.

    :param total: how many rows there are in all.
    :param number: of the page, from one.
    :param pages: how many there are, at least one.
    """

    rows: Sequence[Any]
    total: int
    number: int
    pages: int


def cut(session: Session, query: Select[Any], *, page: int, per_page: int, options: Sequence[Any] = ()) -> Slice:
    """Return a page of a list; one beyond the last is the last."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // per_page))
    number = min(max(1, page), pages)
    rows = session.scalars(query.options(*options).limit(per_page).offset((number - 1) * per_page)).all()
    return Slice(rows, total, number, pages)


def has(text: str, *columns: Any) -> ColumnElement[bool]:
    """Return that one of the columns holds a text, in whatever case.

    SQLite knows the case of ASCII only, so other letters are also looked for as typed and with a capital.
    """
    spellings = {text, text.capitalize(), text.lower()}
    found = [column.icontains(text, autoescape=True) for column in columns]
    found += [column.contains(spelling, autoescape=True) for column in columns for spelling in spellings]
    return or_(*found)


# --- people ------------------------------------------------------------------------------------------------------


def people(session: Session, *, text: str = "", role: RoleChoice | None = None, page: int = 1) -> Slice:
    """Return accounts by name, those whose name or e-mail address holds a text, or that hold a role."""
    query = select(Account).order_by(func.lower(Account.name), Account.email)
    if text:
        query = query.where(has(text[:LONGEST_SEARCH], Account.name, Account.email))
    if role:
        query = query.where(Account.roles.any(Role.name == role))
    options = (selectinload(Account.organisations), selectinload(Account.webauthn))
    return cut(session, query, page=page, per_page=PEOPLE_A_PAGE, options=options)


def person(session: Session, identifier: int) -> Account:
    """Return one account.

    :raises NotFound: if there is none.
    """
    options = (selectinload(Account.organisations), selectinload(Account.webauthn), selectinload(Account.identities))
    found = session.get(Account, identifier, options=options)
    if found is None:
        raise NotFound(str(identifier))
    return found


def last_seen(session: Session, accounts: Sequence[Account]) -> dict[int, datetime]:
    """Return when people were here last, as far as their sessions tell."""
    mine = ServerSession.account_id.in_([account.id for account in accounts])
    query = select(ServerSession.account_id, func.max(ServerSession.last_seen_at)).where(mine)
    return {account: seen for account, seen in session.execute(query.group_by(ServerSession.account_id)) if account}


def open_sessions(session: Session, account: Account) -> int:
    """Return in how many browsers somebody is signed in."""
    mine = ServerSession.account_id == account.id, ServerSession.expires_at > now()
    return session.scalar(select(func.count()).select_from(ServerSession).where(*mine)) or 0


def second_factor(account: Account) -> bool:
    """Return whether somebody has a second factor: an app that makes codes, or a passkey."""
    return bool(account.tf_primary_method or account.webauthn)


# --- organisations -----------------------------------------------------------------------------------------------


def organisations(session: Session, *, text: str = "", page: int = 1) -> Slice:
    """Return organisations by name, those whose own name or slug holds a text."""
    query = select(Organisation).order_by(func.lower(Organisation.name), Organisation.id)
    if text:
        query = query.where(has(text[:LONGEST_SEARCH], Organisation.name, Organisation.slug))
    return cut(session, query, page=page, per_page=ORGANISATIONS_A_PAGE)


def member_counts(session: Session, bodies: Sequence[Organisation]) -> dict[int, int]:
    """Return how many accounts belong to each organisation that has any."""
    key = account_organisation.c.organisation_id
    query = select(key, func.count()).where(key.in_([body.id for body in bodies])).group_by(key)
    return dict(session.execute(query).all())


def organisation(session: Session, identifier: int) -> Organisation:
    """Return one organisation.

    :raises NotFound: if there is none.
    """
    found = session.get(Organisation, identifier)
    if found is None:
        raise NotFound(str(identifier))
    return found


def members(session: Session, body: Organisation) -> Sequence[Account]:
    """Return the accounts that belong to an organisation, by name."""
    mine = Account.organisations.any(Organisation.id == body.id)
    return session.scalars(select(Account).where(mine).order_by(func.lower(Account.name), Account.id)).all()


def organisation_called(session: Session, text: str) -> tuple[Organisation | None, list[str]]:
    """Return the organisation that somebody means, or the names of a few that they may mean.

    Names and slugs are compared whole; two bodies of one name are told apart by their slug.
    """
    near = session.scalars(
        select(Organisation)
        .where(has(text[:LONGEST_SEARCH], Organisation.name, Organisation.slug))
        .order_by(func.length(Organisation.name), Organisation.id)
        .limit(50)
    ).all()
    same = [body for body in near if text.casefold() in (body.name.casefold(), body.slug)]
    if len(same) == 1:
        return same[0], []
    return None, [f"{body.name} ({body.slug})" if same else body.name for body in (same or near)[:NEAR_NAMES]]


def organisation_names(session: Session) -> Sequence[str]:
    """Return the names of all organisations, to choose from while typing."""
    return session.scalars(select(Organisation.name).order_by(Organisation.name)).all()


def slug_is_taken(session: Session, slug: str) -> bool:
    """Return whether an organisation has this name in addresses already."""
    return session.scalar(select(Organisation.id).where(Organisation.slug == slug)) is not None


# --- invitations -------------------------------------------------------------------------------------------------


def invitations(session: Session) -> Sequence[Invitation]:
    """Return the invitations to the library that nobody has accepted yet, the newest first."""
    query = select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.role.is_not(None))
    options = (selectinload(Invitation.invited_by), selectinload(Invitation.organisation))
    return session.scalars(query.order_by(Invitation.id.desc()).options(*options)).all()


def invitation(session: Session, identifier: int) -> Invitation:
    """Return an invitation to the library that is still open.

    :raises NotFound: if there is none, or somebody has accepted it.
    """
    found = session.get(Invitation, identifier)
    if found is None or found.role is None or found.accepted_at is not None:
        raise NotFound(str(identifier))
    return found


# --- audit -------------------------------------------------------------------------------------------------------


def entries(session: Session, wanted: Mapping[str, Any], *, whole: bool, page: int = 1) -> Slice:
    """Return a page of the audit, the latest first.

    :param wanted: ``person``, ``action``, ``kind``, ``number``, ``since``, ``until``; each may be missing.
    :param whole: everything; else only what advisers may know of.
    """
    query = _entries(wanted, whole=whole).order_by(AuditEntry.id.desc())
    return cut(session, query, page=page, per_page=ENTRIES_A_PAGE, options=[joinedload(AuditEntry.actor)])


def entries_in_pieces(session: Session, wanted: Mapping[str, Any], *, whole: bool) -> Iterator[Sequence[AuditEntry]]:
    """Yield all entries, the latest first, some hundreds at a time, so that a file of them never fills the memory."""
    query = _entries(wanted, whole=whole).order_by(AuditEntry.id.desc()).limit(ENTRIES_AT_ONCE)
    last = None
    while True:
        older = query if last is None else query.where(AuditEntry.id < last)
        piece = session.scalars(older.options(joinedload(AuditEntry.actor))).all()
        if not piece:
            return
        yield piece
        last = piece[-1].id
        session.expunge_all()


def actions(session: Session, *, whole: bool) -> Sequence[str]:
    """Return the codes of all deeds that stand in the audit."""
    query = _entries({}, whole=whole).with_only_columns(AuditEntry.action).distinct()
    return session.scalars(query.order_by(AuditEntry.action)).all()


def subjects(session: Session, rows: Sequence[AuditEntry]) -> dict[tuple[str, int], str]:
    """Return what the records of entries are called, by kind and identifier; those that are no more are left out.

    What is being written is called nothing: its title is its authors' business.
    """
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row.subject_id is not None:
            ids.setdefault(row.subject_kind, set()).add(row.subject_id)
    return {
        (kind, identifier): name
        for kind, query in _NAMES.items()
        if kind in ids
        for identifier, name in session.execute(query.where(query.selected_columns[0].in_(ids[kind])))
    }


_NAMES: Final[dict[str, Select[Any, Any]]] = {
    "account": select(Account.id, Account.name),
    "organisation": select(Organisation.id, Organisation.name),
    "practice": select(Practice.id, PracticeText.title)
    .join(PracticeText, PracticeText.practice_id == Practice.id)
    .where(PracticeText.language == Practice.original_language, Practice.state != PracticeState.ERASED),
    "call": select(Call.id, literal("")),
    "submission": select(Submission.id, literal("")).where(
        Submission.submitted_at.is_not(None), Submission.state.in_(AT_THE_DESK)
    ),
}


def _entries(wanted: Mapping[str, Any], *, whole: bool) -> Select[Any]:
    conditions: dict[str, Any] = {
        "action": lambda code: AuditEntry.action == code,
        "kind": lambda kind: AuditEntry.subject_kind == kind,
        "number": lambda number: AuditEntry.subject_id == number,
        "since": lambda moment: AuditEntry.created_at >= moment,
        "until": lambda moment: AuditEntry.created_at < moment,
        "person": lambda text: AuditEntry.actor.has(has(text[:LONGEST_SEARCH], Account.name, Account.email)),
    }
    query = select(AuditEntry).where(*(conditions[name](value) for name, value in wanted.items()))
    return query if whole else query.where(_known_to_advisers())


def _known_to_advisers() -> ColumnElement[bool]:
    """Return what advisers may know of: practices, claims, calls, and what was sent in (``access.check_desk``)."""
    sent_in = select(Submission.id).where(Submission.submitted_at.is_not(None), Submission.state.in_(AT_THE_DESK))
    kind, identifier = AuditEntry.subject_kind, AuditEntry.subject_id
    return or_(kind.in_(("practice", "claim", "call")), (kind == "submission") & identifier.in_(sent_in))
