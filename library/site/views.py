"""About, accessibility, privacy; and what machines ask: is it alive, is it ready, what may robots read."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from index import IndexUnavailable
from library.extensions import db
from library.indexing.search import index_of_app
from library.permissions import public
from library.site import queries
from library.web import redirect_to_language

pages = Blueprint("site", __name__, url_prefix="/<lang:lang>")
machines = Blueprint("machines", __name__)


@machines.get("/")
@public
def root() -> BaseResponse:
    """Send a reader to the home page in the language of their browser."""
    return redirect_to_language("catalogue.home")


@pages.get("/about")
@public
def about() -> str:
    """Say what the library is, how records are made and what their labels mean."""
    return render_template("pages/about.html", total=queries.practices(db.session))


@pages.get("/accessibility")
@public
def accessibility() -> str:
    """State how accessible the library is and whom to tell when it is not."""
    return render_template("pages/accessibility.html")


@pages.get("/privacy")
@public
def privacy() -> str:
    """Say what is stored about whom."""
    return render_template("pages/privacy.html")


@machines.get("/healthz")
@public
def healthz() -> Response:
    """Answer while the process lives."""
    return Response("alive\n", mimetype="text/plain")


@machines.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Answer 200 when database and index can be read, else 503 with the part that cannot."""
    if not queries.can_be_read(db.session):
        return Response("database: not to be reached\n", mimetype="text/plain"), 503
    try:
        index_of_app().status()
    except IndexUnavailable as unusable:
        return Response(f"search index: {unusable.reason}\n", mimetype="text/plain"), 503
    return Response("ready\n", mimetype="text/plain"), 200


@machines.get("/robots.txt")
@public
def robots() -> Response:
    """Tell robots that they may read everything but the endless pages of filtered searches."""
    lines = ("User-agent: *", "Disallow: /*/practices?", "Disallow: /api/")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
