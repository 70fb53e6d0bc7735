"""The application factory: binds settings, extensions, areas and error pages. The only module that sees every area."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Any, Final

from flask import Flask, g, make_response, redirect, render_template, request, url_for
from flask_security import FSQLALiteUserDatastore
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from library import catalogue, cli, errors, web
from library.accounts import views as accounts
from library.accounts.forms import SignInForm
from library.accounts.services import has_demo_accounts
from library.accounts.sessions import DatabaseSessions
from library.extensions import alembic, babel, csrf, db, limiter, security
from library.indexing import outbox, search
from library.models import Account, Base, Role
from library.permissions import permits, roles_of
from library.site import views as site

log = logging.getLogger(__name__)

HERE: Final = Path(__file__).resolve().parent
MIN_SECRET_LENGTH: Final = 32  # characters; ASVS 5.0 V11.5.1 asks for 128 bits of entropy
DEFAULT_SECRETS: Final = frozenset({"secret", "dev", "changeme", "change-me", "password"})


def create_app(config: object) -> Flask:
    """Return an application bound to settings.

    :param config: an instance of a class of ``config``.
    :raises UnsafeConfiguration: if production would start with a default secret or with demo accounts.
    """
    app = Flask("library", root_path=str(HERE), template_folder=str(_templates()), instance_path=_instance(config))
    app.config.from_object(config)
    app.config.from_mapping(_DEFAULTS)
    _refuse_default_secrets(app)
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if app.config["DEMO"]:
        app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1", "[::1]"]
    _bind_extensions(app)
    web.init_app(app)
    search.init_app(app)
    cli.init_app(app)
    for blueprint in (*catalogue.blueprints(), accounts.blueprint, site.pages, site.machines):
        app.register_blueprint(blueprint)
    _bind_errors(app)
    app.jinja_env.add_extension(web.Unindented)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"permits": lambda permission: permits(roles_of(_person()), permission)})
    _refuse_demo_accounts(app)
    return app


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
    alembic.metadatas = {"default": Base.metadata}
    alembic.init_app(app)
    babel.init_app(app, locale_selector=web.locale, default_translation_directories=str(HERE / "translations"))
    csrf.init_app(app)
    limiter.init_app(app)
    datastore = FSQLALiteUserDatastore(db, Account, Role)
    security.init_app(app, datastore, register_blueprint=False, login_form=SignInForm)
    assert outbox  # imported for its listener: every flush writes the index jobs it needs


def _bind_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(errors.InvalidInput, lambda _error: _page(400))
    app.register_error_handler(errors.NotFound, lambda _error: _page(404))
    app.register_error_handler(errors.NotPermitted, lambda _error: _page(403))
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _unforeseen)


def _http_error(error: HTTPException) -> Response | tuple[str | Response, int]:
    code = error.code or 500
    if code == 500:
        return _unforeseen(error)
    if isinstance(error, SecurityError):  # a host that is none of ours: no address can be built, so no page either
        return Response("This is not the address of the library.\n", code, mimetype="text/plain")
    if error.response is not None or code in (301, 302, 303, 307, 308):
        return error.get_response()
    if code == 401:
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return _page(code)


def _unforeseen(error: Exception) -> tuple[str | Response, int]:
    """Answer what nobody foresaw with a calm page, whose number finds the trace in the log."""
    incident = secrets.token_hex(4)
    log.exception("incident %s: %s %s", incident, request.method, request.path, exc_info=error)
    db.session.rollback()
    try:
        return _page(500, incident=incident)
    except Exception:
        log.exception("incident %s: not even its page could be made", incident)
        return f"Something went wrong here. Incident {incident}.", 500


def _unavailable(error: Exception) -> Response:
    """Answer 503 while the database cannot be reached, and ask to come back in a moment."""
    log.error("the database cannot be reached: %s", error)
    db.session.rollback()
    page, code = _page(503)
    return make_response(page, code, {"Retry-After": "10"})


def _page(code: int, **context: Any) -> tuple[str | Response, int]:
    """Return the page for a status code; codes without a page of their own show that of their family.

    Machines get problem details instead (RFC 9457).
    """
    g.failed = True
    if request.path.startswith("/api/"):
        incident = f"Incident {context['incident']}." if context.get("incident") else ""
        return web.problem_response(code, HTTP_STATUS_CODES[code], incident), code
    shown = code if code in (400, 403, 404, 429, 500, 503) else 400 if code < 500 else 500
    return render_template(f"errors/{shown}.html", **{"incident": None, **context}), code


def _refuse_default_secrets(app: Flask) -> None:
    for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT"):
        value = app.config[name]
        if len(value) < MIN_SECRET_LENGTH or value.lower() in DEFAULT_SECRETS or len(set(value)) < 8:
            variable = {"SECURITY_PASSWORD_SALT": "PASSWORD_SALT"}.get(name, name)
            raise errors.UnsafeConfiguration(
                f"{variable} must be set to a secret of at least {MIN_SECRET_LENGTH} characters; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )


def _refuse_demo_accounts(app: Flask) -> None:
    """Refuse to serve with accounts whose password is printed on the sign-in page of every demo."""
    if app.config["DEMO"] or app.config["TESTING"]:
        return
    with app.app_context():
        try:
            if inspect(db.engine).has_table(Account.__tablename__) and has_demo_accounts(db.session):
                raise errors.UnsafeConfiguration(
                    "this database holds demo accounts; remove them in demo mode with: library demo-accounts remove"
                )
        finally:
            db.session.close()
            db.engine.dispose()  # a server may fork next, and processes must not share a connection
