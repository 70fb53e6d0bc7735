"""Stopping mail with one click, and reading what a demo has sent."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app, render_template
from werkzeug.wrappers import Response

from library.choices import MailChoice
from library.errors import NotFound
from library.extensions import csrf, db
from library.mail.messages import stop_of
from library.mail.sending import folder_of
from library.mailbox import letters, services
from library.permissions import public
from library.web import commits, redirect_to_language

blueprint = Blueprint("mailbox", __name__)


@blueprint.get("/mail")
@public
def anywhere() -> Response:
    """Lead to the mail of a demo in the reader's language."""
    _folder()
    return redirect_to_language("mailbox.index")


@blueprint.get("/<lang:lang>/mail")
@public
def index() -> str:
    """List what a demo has sent, the newest first."""
    return render_template("mailbox/index.html", letters=letters.newest(_folder()))


@blueprint.get("/<lang:lang>/mail/<slug:name>")
@public
def letter(name: str) -> str:
    """Show one letter of a demo as text and as the source of its HTML."""
    return render_template("mailbox/letter.html", letter=letters.called(_folder(), name))


@blueprint.get("/<lang:lang>/mail/stop/<token:token>")
@public
def stop(token: str) -> str:
    """Ask whether somebody really wants less mail: programs open links that nobody clicked."""
    _account, choice = _meant(token)
    return render_template("mailbox/stop.html", choice=choice, token=token, done=False)


@blueprint.post("/<lang:lang>/mail/stop/<token:token>")
@public
@commits
def stop_post(token: str) -> str:
    """Send somebody less mail from now on."""
    account_id, choice = _meant(token)
    account = services.stop(db.session, account_id, choice)
    return render_template("mailbox/stop.html", choice=MailChoice(account.mail), token=token, done=True)


# Sent by mail programs too (RFC 8058), without any session; the signed token says whose mail it is.
csrf.exempt(stop_post)


def _folder() -> Path:
    """Return where a demo keeps its mail.

    :raises NotFound: outside demo mode, where mail is its receiver's alone.
    """
    if not current_app.config["DEMO"]:
        raise NotFound("mail")
    return folder_of(current_app)


def _meant(token: str) -> tuple[int, MailChoice]:
    meant = stop_of(token)
    if meant is None:
        raise NotFound(token)
    return meant
