"""The application factory: binds settings, extensions, areas and error pages. The only module that sees every area."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import time
from contextlib import suppress
from inspect import iscoroutinefunction
from logging.config import dictConfig
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_security import FSQLALiteUserDatastore
from flask_wtf.csrf import CSRFError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from library import (
    catalogue,
    cli,
    curation,
    errors,
    exchange,
    insight,
    interchange,
    late_forms,
    submissions,
    translating,
    vocabulary,
    web,
)
from library.accounts import oidc_views as own_sign_in
from library.accounts import views as accounts
from library.accounts.forms import SignInForm
from library.accounts.services import holds_demo_accounts
from library.accounts.sessions import DatabaseSessions
from library.administration import views as administration
from library.attachments import storage
from library.extensions import alembic, babel, csrf, db, limiter, security
from library.files import views as files
from library.history import views as history
from library.indexing import outbox, search
from library.mail import sending
from library.mailbox import views as mailbox
from library.models import Account, Base, Passkey, Role
from library.permissions import permits, roles_of
from library.review import views as review
from library.site import views as site
from library.upkeep import views as upkeep

log = logging.getLogger(__name__)

HERE: Final = Path(__file__).resolve().parent
MIN_SECRET_LENGTH: Final = 32  # characters; ASVS 5.0 V11.5.1 asks for 128 bits of entropy
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
# What PostgreSQL says while it cannot be reached, is full, starts, stops, or while others hold what is wanted.
PASSING: Final = ("08", "53300", "57P01", "57P02", "57P03", "40001", "40P01", "55P03")
SQLITE_PASSING: Final = (5, 6, 14)  # busy, locked, cannot open
# Flask-WTF's words for a token whose session is no more.
OUTLIVED: Final = (
    "The CSRF session token is missing.",
    "The CSRF token has expired.",
    "The CSRF tokens do not match.",
)


def create_app(config: object) -> Flask:
    """Return an application bound to settings.

    :param config: an instance of a class of ``config``.
    :raises UnsafeConfiguration: if production has a weak secret, no address of its own, or demo accounts.
    """
    app = Flask("library", root_path=str(HERE), template_folder=str(_templates()), instance_path=_instance(config))
    app.config.from_object(config)
    app.config.from_mapping(_DEFAULTS)
    if not app.config["TESTING"]:
        dictConfig({**LOGGING, "root": {"level": "WARNING" if app.config["DEMO"] else "INFO", "handlers": ["stderr"]}})
    _refuse_weak_secrets(app)
    if hops := app.config["TRUSTED_PROXIES"]:
        # The host is never taken from a header that a visitor could send along: proxies hand on the real one.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    _trust_own_hosts(app)
    _keep_private(app)
    web.guard(app)
    _bind_extensions(app)
    web.init_app(app)
    late_forms.init_app(app)
    search.init_app(app)
    own_sign_in.init_app(app)
    storage.init_app(app)
    sending.init_app(app)
    cli.init_app(app)
    for blueprint in (
        *catalogue.blueprints(),
        accounts.blueprint,
        own_sign_in.returning,
        site.pages,
        site.machines,
        *_desks(),
    ):
        app.register_blueprint(blueprint)
    _bind_errors(app)
    app.jinja_env.add_extension(web.Unindented)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"permits": lambda permission: permits(roles_of(_person()), permission)})
    _refuse_demo_accounts(app)
    return app


def _desks() -> tuple[Blueprint, ...]:
    """Return the areas of those who write, review and look after practices."""
    areas = (review, upkeep, administration, files, history, mailbox)
    packages = (submissions, curation, vocabulary, interchange, insight, exchange)
    own = (blueprint for package in packages for blueprint in package.blueprints())
    return (*own, *(area.blueprint for area in areas))


LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,  # those of the server that runs us
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s", "datefmt": "%Y-%m-%dT%H:%M:%S%z"}
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "stream": "ext://flask.logging.wsgi_errors_stream",  # stderr, found anew for each message
        }
    },
}

_DEFAULTS: Final[dict[str, Any]] = {
    "ALEMBIC": {"script_location": str(HERE / "migrations")},
    "ALEMBIC_CONTEXT": {"compare_type": True, "render_as_batch": True},
    "BABEL_DEFAULT_LOCALE": "en",
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as its server-side session
    "RATELIMIT_HEADERS_ENABLED": False,
}


def _templates() -> Path:
    """Return the templates: beside this package in a wheel, at the top of a checkout."""
    packaged = HERE / "templates"
    return packaged if packaged.is_dir() else HERE.parent / "templates"


def _instance(config: object) -> str:
    return str(Path(getattr(config, "INSTANCE_PATH", "instance")).resolve())


def _person() -> Any:
    from flask_login import current_user

    return current_user


def _bind_extensions(app: Flask) -> None:
    insecure = app.config["DEMO"] or app.config["TESTING"]
    app.config["SESSION_COOKIE_SECURE"] = not insecure
    app.config["SESSION_COOKIE_NAME"] = "session" if insecure else "__Host-session"
    app.session_interface = DatabaseSessions()
    db.init_app(app)
    # Nothing here opens an asynchronous session, and to close none costs each request a thread and an event loop.
    app.teardown_appcontext_funcs = [done for done in app.teardown_appcontext_funcs if not iscoroutinefunction(done)]
    alembic.metadatas = {"default": Base.metadata}
    alembic.init_app(app)
    babel.init_app(app, locale_selector=web.locale, default_translation_directories=str(HERE / "translations"))
    translating.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    datastore = FSQLALiteUserDatastore(db, Account, Role, Passkey)
    security.init_app(app, datastore, register_blueprint=False, login_form=SignInForm)
    assert outbox  # imported for its listener: every flush writes the index jobs it needs


def _bind_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(errors.InvalidInput, lambda _error: _page(400))
    app.register_error_handler(errors.NotFound, lambda _error: _page(404))
    app.register_error_handler(errors.Erased, lambda error: _page(410, at=error.at))
    app.register_error_handler(errors.NotPermitted, lambda _error: _page(403))
    app.register_error_handler(errors.EditedMeanwhile, _edited_meanwhile)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(Exception, _unforeseen)


Answer = Response | tuple[str | Response, int]


def _http_error(error: HTTPException) -> Answer:
    code = error.code or 500
    if code == 500:
        cause = getattr(error, "original_exception", None)
        return _database_error(cause) if isinstance(cause, DBAPIError) else _unforeseen(cause or error)
    if isinstance(error, SecurityError):  # a host that is none of ours: no address can be built, so no page either
        return Response("This is not the address of the library.\n", code, mimetype="text/plain")
    if error.response is not None or code in (301, 302, 303, 307, 308):
        return error.get_response()
    if code == 401 and not web.wants_json():
        wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else url_for("accounts.account")
        return redirect(url_for("accounts.sign_in", next=wanted))
    answer = make_response(_page(code))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    if code == 429 and limiter.current_limit:
        left = limiter.current_limit.reset_at - int(time.time())
        answer.headers["Retry-After"] = str(min(max(1, left), limiter.current_limit.limit.get_expiry()))
    return answer


def _edited_meanwhile(error: errors.EditedMeanwhile) -> Answer:
    """Lead to where an author chooses between two texts; what they typed is stored there."""
    choice = url_for("submissions.conflict", identifier=error.submission, kept=error.kept)
    if web.wants_json():
        return jsonify({"conflict": choice, "base": error.base}), 409
    return redirect(choice, 303)


def _csrf_error(error: CSRFError) -> Answer:
    """Show a sign-in form that was open for too long once more, and keep what else was typed for too long.

    Whatever has no token of ours is refused.
    """
    if error.description not in OUTLIVED:
        return _http_error(error)
    if request.endpoint == "accounts.sign_in_post":
        return accounts.sign_in_again()
    if web.wants_json():  # a script, which keeps what it sent
        return _page(400 if _person().is_authenticated else 401)
    if late_forms.keep():
        back = url_for("submissions.late_form")
        if _person().is_authenticated:
            return redirect(back, 303)
        flash(gettext("What you typed is kept. Sign in to go on."), "info")
        return redirect(url_for("accounts.sign_in", next=back), 303)
    return _http_error(error)


def _database_error(error: DBAPIError) -> Answer:
    return _unavailable(error) if _will_pass(error) else _unforeseen(error)


def _will_pass(error: DBAPIError) -> bool:
    """Return whether a database could not be reached or had something locked, rather than misunderstood us."""
    if error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_PASSING
    state = getattr(error.orig, "sqlstate", None)  # None where no server answered
    return state is None or state.startswith(PASSING)


def _unforeseen(error: Exception) -> tuple[str | Response, int]:
    """Answer what nobody foresaw with a calm page, whose number finds the trace in the log."""
    incident = secrets.token_hex(4)
    log.exception("incident %s: %s %r", incident, request.method, request.path, exc_info=error)
    db.session.rollback()
    return _page_or(f"Something went wrong here. Incident {incident}.", 500, incident=incident)


def _unavailable(error: Exception) -> Response:
    """Answer 503 while the database cannot be reached, and ask to come back in a moment."""
    log.error("the database cannot be reached: %s", error)
    db.session.rollback()
    page, code = _page_or("The library is busy just now.", 503)
    return make_response(page, code, {"Retry-After": "10"})


def _page_or(words: str, code: int, **context: Any) -> tuple[str | Response, int]:
    """Return a page for a failure; words alone where the failure keeps even that from being made."""
    try:
        return _page(code, **context)
    except Exception:
        log.exception("not even the page %s could be made", code)
        return words, code


def _page(code: int, **context: Any) -> tuple[str | Response, int]:
    """Return the page for a status code; codes without a page of their own show that of their family.

    Machines get problem details instead (RFC 9457).
    """
    g.failed = True
    if request.path.startswith("/api/") or web.wants_json():
        incident = f"Incident {context['incident']}." if context.get("incident") else ""
        return web.problem_response(code, HTTP_STATUS_CODES[code], incident), code
    shown = code if code in (400, 403, 404, 405, 410, 413, 429, 500, 503) else 400 if code < 500 else 500
    return render_template(f"errors/{shown}.html", **{"incident": None, "at": None, **context}), code


def _refuse_weak_secrets(app: Flask) -> None:
    for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT"):
        value = app.config[name]
        if len(value) < MIN_SECRET_LENGTH or len(set(value)) < 8:
            variable = {"SECURITY_PASSWORD_SALT": "PASSWORD_SALT"}.get(name, name)
            raise errors.UnsafeConfiguration(
                f"{variable} must be set to a secret of at least {MIN_SECRET_LENGTH} characters; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )


def _trust_own_hosts(app: Flask) -> None:
    """Answer to the library's own name only, and to this machine's, by which health is asked.

    :raises UnsafeConfiguration: if production has no public address.
    """
    if app.config["DEMO"]:
        app.config["TRUSTED_HOSTS"] = [*LOOPBACK]
    elif not app.config["TESTING"]:
        app.config["TRUSTED_HOSTS"] = [_host_of(app.config["PUBLIC_URL"]), *LOOPBACK]


def _host_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    # A leading dot would stand for every name below it.
    whole = parts.scheme == "https" and host.strip(".") and not host.startswith(".") and "@" not in parts.netloc
    if not whole or parts.path.strip("/") or parts.query or parts.fragment:
        raise errors.UnsafeConfiguration(
            "LIBRARY_URL must be set to the public address of the library, such as https://library.example.org"
        )
    return host


def _keep_private(app: Flask) -> None:
    """Make folder and database file, open to their owner alone; the files that SQLite adds follow the latter."""
    Path(app.instance_path).mkdir(mode=0o700, parents=True, exist_ok=True)
    url = make_url(app.config["SQLALCHEMY_ENGINES"]["default"]["url"])
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith((":", "file:")):
        with suppress(OSError):  # SQLite will say it better
            Path(app.instance_path, url.database).touch(mode=0o600)


def _refuse_demo_accounts(app: Flask) -> None:
    """Refuse to serve with accounts whose password is printed on the sign-in page of every demo."""
    if app.config["DEMO"] or app.config["TESTING"]:
        return
    with app.app_context():
        if holds_demo_accounts(db.engine):
            raise errors.UnsafeConfiguration(
                "this database holds demo accounts; remove them in demo mode with: library demo-accounts remove"
            )
