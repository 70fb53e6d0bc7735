"""What all pages of the administration share: one blueprint, who acts, and which of its pages this person may open."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, redirect, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from library.permissions import Permission, permits, roles_of

blueprint = Blueprint("administration", __name__, url_prefix="/<lang:lang>/admin")

_PAGES: Final = (
    ("administration.people", _l("People"), Permission.MANAGE_PEOPLE),
    ("administration.invitations", _l("Invitations"), Permission.INVITE_PEOPLE),
    ("administration.organisations", _l("Organisations"), Permission.MANAGE_PEOPLE),
    ("administration.audit", _l("Audit"), Permission.READ_AUDIT),
)


def may(permission: Permission) -> bool:
    """Return whether the person of this request may do something."""
    return permits(roles_of(current_user), permission)


def done(words: str, endpoint: str, **values: Any) -> Response:
    """Say that a deed is done, on the page that shows it."""
    flash(words, "success")
    return redirect(url_for(endpoint, **values), 303)


@blueprint.app_context_processor
def _pages() -> dict[str, Any]:
    def administration_pages() -> list[tuple[str, str, str]]:
        """Return (endpoint, title, address) of the pages that this person may open."""
        return [(name, str(title), url_for(name)) for name, title, needed in _PAGES if may(needed)]

    return {"administration_pages": administration_pages}
