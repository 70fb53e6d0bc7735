"""Who may do what, as one table that reads aloud. Knows roles and no request.

Every route wears ``@requires(Permission…)`` or ``@public``; a policy test finds the one that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from flask import abort
from flask_login import current_user

from library.choices import Role
from library.models import Account

P = ParamSpec("P")
R = TypeVar("R")

ACCESS_ATTRIBUTE: Final = "_library_access"
PUBLIC: Final = "public"


class Permission(StrEnum):
    """Something a person may do, as the end of the sentence "may …"."""

    READ_OWN_ACCOUNT = "read their own account"
    CHANGE_OWN_ACCOUNT = "change their own account"
    CONFIRM_OWN_PRACTICES = "confirm practices that are theirs"
    CLAIM_PRACTICES = "claim a practice as theirs"
    REPORT_ADOPTIONS = "report what their municipality uses"
    READ_OWN_MUNICIPALITY = "read what their municipality has shared and uses"
    WRITE_SUBMISSIONS = "write submissions"
    SUGGEST_WORDS = "suggest words for the vocabularies"
    REVIEW_SUBMISSIONS = "review submissions"
    DECIDE_ON_SUBMISSIONS = "decide on submissions of others"
    DECIDE_ON_CLAIMS = "decide on claims"
    TAKE_DOWN_REPORTS = "take down what municipalities report"
    ARCHIVE_PRACTICES = "archive and restore practices"
    CURATE_COLLECTIONS = "curate collections"
    KEEP_VOCABULARIES = "keep the vocabularies"
    WORK_IN_BULK = "bring in and change many practices at once"
    READ_INSIGHT = "read what is looked for and what grows old"
    CALL_FOR_PRACTICES = "call for practices"
    INVITE_PEOPLE = "invite people"
    READ_AUDIT = "read who did what to practices and submissions"
    ERASE_PRACTICES = "erase practices"
    MANAGE_PEOPLE = "manage people, their roles and organisations"
    READ_WHOLE_AUDIT = "read who did what to anything"


_MEMBER: Final = frozenset(
    {
        Permission.READ_OWN_ACCOUNT,
        Permission.CHANGE_OWN_ACCOUNT,
        Permission.CONFIRM_OWN_PRACTICES,
        Permission.CLAIM_PRACTICES,
        Permission.REPORT_ADOPTIONS,
        Permission.READ_OWN_MUNICIPALITY,
    }
)
_CONTRIBUTOR: Final = _MEMBER | {Permission.WRITE_SUBMISSIONS, Permission.SUGGEST_WORDS}
_ADVISER: Final = _CONTRIBUTOR | {
    Permission.REVIEW_SUBMISSIONS,
    Permission.DECIDE_ON_SUBMISSIONS,
    Permission.DECIDE_ON_CLAIMS,
    Permission.TAKE_DOWN_REPORTS,
    Permission.ARCHIVE_PRACTICES,
    Permission.CURATE_COLLECTIONS,
    Permission.KEEP_VOCABULARIES,
    Permission.WORK_IN_BULK,
    Permission.READ_INSIGHT,
    Permission.CALL_FOR_PRACTICES,
    Permission.INVITE_PEOPLE,
    Permission.READ_AUDIT,
}
_ADMINISTRATOR: Final = _ADVISER | {
    Permission.ERASE_PRACTICES,
    Permission.MANAGE_PEOPLE,
    Permission.READ_WHOLE_AUDIT,
}

PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.READER: frozenset(),
    Role.MEMBER: _MEMBER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.ADVISER: _ADVISER,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}


def permits(roles: Iterable[Role], permission: Permission) -> bool:
    """Return whether somebody who holds these roles may do this."""
    return any(permission in PERMISSIONS[role] for role in roles)


def roles_of(person: Any) -> frozenset[Role]:
    """Return the roles of the person of this request; whoever has not signed in is a reader."""
    if not getattr(person, "is_authenticated", False):
        return frozenset({Role.READER})
    return frozenset(Role(role.name) for role in person.roles)


def actor() -> Account:
    """Return the account of who has signed in, which a view hands to its verb."""
    account: Account = current_user._get_current_object()
    return account


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view run only for people with a permission: 401 leads strangers to the sign-in page, others get 403."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                abort(401)
            if not permits(roles_of(current_user), permission):
                abort(403)
            return view(*args, **kwargs)

        setattr(guarded, ACCESS_ATTRIBUTE, permission)
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that everybody may use a view."""
    setattr(view, ACCESS_ATTRIBUTE, PUBLIC)
    return view
