"""Signing in at a municipality's own provider: there, back, and what to do the first time.

Coming back is a GET, and a GET never commits: it only notes in the browser's session who has come. Making an account
and linking one are deeds of their own, with a button. The address to which a provider leads back has no language, for
it is written into the provider's settings.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from library.accounts import guarding, identities
from library.accounts.forms import own_path
from library.accounts.guarding import blueprint
from library.accounts.oidc import Attempt, Claims, Provider, ProviderDown, ProviderLied, begin, finish, read_providers
from library.errors import NotFound
from library.extensions import db, limiter
from library.models import Account
from library.permissions import Permission, public, requires
from library.web import absolute_url, commits, language

log = logging.getLogger(__name__)
returning = Blueprint("returning", __name__)

ATTEMPTS: Final = "oidc_attempts"  # in the browser's session: state -> what to remember on the way there and back
ARRIVED: Final = "oidc_arrived"  # who has come back, until an account is made or linked
MOST_ATTEMPTS: Final = 5  # tabs at once
VALID: Final = 15 * 60  # seconds
Answer = str | Response | tuple[str, int]


class ArrivalForm(FlaskForm):  # type: ignore[misc] # untyped base
    """What somebody is called, the first time."""

    name = StringField(
        _l("Your name"),
        description=_l("Shown to those you write with, and on practices if you want to be credited."),
        filters=[lambda typed: " ".join((typed or "").split())],
        validators=[
            DataRequired(_l("Enter your name")),
            Length(max=200, message=_l("Enter a name of at most %(max)d characters")),
        ],
    )


def init_app(app: Flask) -> None:
    """Read the providers once, so that a wrong setting is noticed at the start."""
    app.extensions["library-oidc"] = read_providers(app.config["OIDC"])
    app.context_processor(lambda: {"own_sign_ins": _buttons})


def providers() -> dict[str, Provider]:
    """Return the providers of this installation."""
    known: dict[str, Provider] = current_app.extensions["library-oidc"]
    return known


def _buttons(wanted: str = "") -> list[tuple[str, str]]:
    """Return (name, address) of each municipality's own sign-in, for the sign-in page."""
    return [
        (provider.name, url_for("accounts.own_sign_in", key=provider.key, next=own_path(wanted) or None))
        for provider in providers().values()
    ]


@blueprint.get("/sign-in-with/<slug:key>")
@public
@limiter.limit("30 per 10 minutes")
def own_sign_in(key: str) -> Answer:
    """Lead to the provider."""
    provider = _provider(key)
    try:
        address, attempt = begin(provider, redirect_uri=_back(provider), language=language())
    except ProviderDown as error:
        return _down(provider, error)
    kept = {state: kept for state, kept in session.get(ATTEMPTS, {}).items() if _is_fresh(kept)}
    kept[attempt.state] = {
        "key": key,
        "at": int(time.time()),
        "next": own_path(request.args.get("next")),
        "language": language(),
        "attempt": asdict(attempt),
    }
    session[ATTEMPTS] = dict(list(kept.items())[-MOST_ATTEMPTS:])
    return redirect(address, 302)


@returning.get("/account/back/<slug:key>")
@public
@limiter.limit("60 per 10 minutes")
def own_sign_in_back(key: str) -> Answer:
    """Take back whoever signed in at the provider."""
    provider = _provider(key)
    attempt = _taken(key, request.args.get("state", ""))
    if attempt is None:
        log.warning("an answer for %s that nobody here has asked for", key)
        return _refused(provider, gettext("The sign-in was open for too long, or was begun elsewhere."))
    g.language = attempt["language"]
    try:
        answer = request.args.to_dict()
        claims = finish(provider, Attempt(**attempt["attempt"]), answer, redirect_uri=_back(provider))
    except ProviderDown as error:
        return _down(provider, error)
    except ProviderLied as error:
        if request.args.get("error") == "access_denied":
            return _refused(provider, gettext("You stopped before you had signed in."))
        log.warning("what %s said is not believed: %s", key, error)
        return _refused(provider, gettext("The answer could not be trusted, so nothing was done with it."))
    return _received(provider, claims, attempt["next"])


def _received(provider: Provider, claims: Claims, wanted: str) -> Answer:
    """Let in whoever is known; ask the others what they want."""
    account = identities.account_of(db.session, claims)
    if current_user.is_authenticated or (account is None and claims.email):
        session[ARRIVED] = {"key": provider.key, "at": int(time.time()), "next": wanted, "claims": asdict(claims)}
        return redirect(url_for("accounts.link" if current_user.is_authenticated else "accounts.arrive"))
    if account is None:
        words = gettext("It did not confirm an e-mail address of yours at: %(domains)s.", domains=_domains(provider))
        return _refused(provider, words, 403)
    if not account.active:
        return _refused(provider, gettext("Your account here is closed. Ask the library to open it again."), 403)
    return let_in(account, strong=claims.strong, wanted=wanted)


def let_in(account: Account, *, strong: bool, wanted: str) -> Response:
    """Sign somebody in and send them where they wanted to go, by way of their second factor unless they gave one."""
    if not strong:
        return guarding.begin(account, wanted)
    answer = guarding.enter(account, wanted)
    session[guarding.PROVEN_ELSEWHERE] = True
    return answer


@blueprint.get("/arrive")
@public
def arrive() -> Answer:
    """Welcome somebody who comes from a provider for the first time."""
    provider, claims, _wanted = _arrived()
    if identities.account_at(db.session, claims.email):
        return _has_account_page(provider, claims)
    return _arrival_page(ArrivalForm(name=claims.name), provider, claims)


@blueprint.post("/arrive")
@public
@limiter.limit("30 per 10 minutes")
@commits
def arrive_post() -> Answer:
    """Make an account for them and let them in."""
    provider, claims, wanted = _arrived()
    if identities.account_at(db.session, claims.email):
        return _has_account_page(provider, claims)
    form = ArrivalForm()
    if not form.validate_on_submit():
        return _arrival_page(form, provider, claims), 422
    account = identities.make_account(db.session, claims, provider, name=form.name.data, language=language())
    session.pop(ARRIVED)
    return let_in(account, strong=claims.strong, wanted=wanted)


@blueprint.get("/link")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@guarding.recently_proved
def link() -> Answer:
    """Ask somebody who has signed in whether the identity they bring is theirs to link."""
    provider, claims, wanted = _arrived()
    holder = identities.account_of(db.session, claims)
    if holder is not None and holder.id == current_user.id:
        return redirect(wanted or url_for("accounts.account"))
    return render_template(
        "accounts/link.html", provider=provider, claims=claims, taken=holder is not None, form=FlaskForm()
    )


@blueprint.post("/link")
@requires(Permission.CHANGE_OWN_ACCOUNT)
@guarding.recently_proved
@commits
def link_post() -> Answer:
    """Link it."""
    provider, claims, wanted = _arrived()
    identities.link(db.session, current_user._get_current_object(), claims, provider)
    session.pop(ARRIVED)
    flash(gettext("From now on you can sign in with %(name)s.", name=provider.name), "success")
    return redirect(wanted or url_for("accounts.account"), 303)


# --- what the browser's session remembers ------------------------------------------------------------------------


def _provider(key: str) -> Provider:
    if key not in providers():
        raise NotFound(key)
    return providers()[key]


def _back(provider: Provider) -> str:
    return absolute_url(url_for("returning.own_sign_in_back", key=provider.key))


def _is_fresh(kept: dict[str, Any]) -> bool:
    return bool(time.time() - kept["at"] <= VALID)


def _taken(key: str, state: str) -> dict[str, Any] | None:
    """Return what was remembered for an answer, and forget it: an answer is good once."""
    kept = dict(session.get(ATTEMPTS, {}))
    attempt: dict[str, Any] | None = kept.pop(state, None)
    if attempt is None:
        return None
    session[ATTEMPTS] = kept
    return attempt if attempt["key"] == key and _is_fresh(attempt) else None


def _arrived() -> tuple[Provider, Claims, str]:
    """Return who has come back from which provider, and where they wanted to go.

    :raises NotFound: if nobody has, or too long ago.
    """
    kept = session.get(ARRIVED)
    if not kept or not _is_fresh(kept):
        raise NotFound
    return _provider(kept["key"]), Claims(**kept["claims"]), kept["next"]


# --- pages -------------------------------------------------------------------------------------------------------


def _arrival_page(form: ArrivalForm, provider: Provider, claims: Claims) -> str:
    return render_template("accounts/arrive.html", form=form, provider=provider, claims=claims, known=False)


def _has_account_page(provider: Provider, claims: Claims) -> str:
    return render_template("accounts/arrive.html", form=None, provider=provider, claims=claims, known=True)


def _domains(provider: Provider) -> str:
    return ", ".join(sorted(provider.domains))


def _refused(provider: Provider, words: str, status: int = 400) -> tuple[str, int]:
    return render_template("accounts/own_sign_in_failed.html", provider=provider, words=words), status


def _down(provider: Provider, error: ProviderDown) -> tuple[str, int]:
    log.warning("the sign-in of %s cannot be reached: %s", provider.key, error)
    return _refused(provider, gettext("It cannot be reached just now. Try again in a while."), 503)
