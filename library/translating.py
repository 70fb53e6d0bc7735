"""Translations in templates: what Flask-Babel gives, at a third of the time, for a page has more than a hundred.

Flask-Babel asks four times for each message which application, request and language it is for. Knows no template.
"""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


def init_app(app: Flask) -> None:
    """Give templates these functions instead of those that Flask-Babel has given them."""
    app.jinja_env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)


@pass_eval_context
def _gettext(template: EvalContext, message: str, /, **values: Any) -> str:
    """Return a message in the reader's language, filled in; values are escaped wherever the template escapes."""
    return _filled(template, _catalog().ugettext(message), values)


@pass_eval_context
def _ngettext(template: EvalContext, singular: str, plural: str, num: int, /, **values: Any) -> str:
    """Return the form of a message that a number asks for, filled in; it may name the number as ``num``."""
    return _filled(template, _catalog().ungettext(singular, plural, num), {"num": num, **values})


def _filled(template: EvalContext, message: str, values: dict[str, Any]) -> str:
    """Return a message with values, as a format even where it has none, so that a percent sign is always doubled."""
    if not template.autoescape:
        return message % values
    return Markup(message) % values if values else Markup(message % values)  # noqa: S704 - our own messages


def _catalog() -> NullTranslations:
    """Return the messages of the language of this moment, which a letter to somebody else may change."""
    locale = get_locale()
    kept: tuple[object, NullTranslations] | None = g.get("catalog")
    if kept is None or kept[0] is not locale:
        kept = g.catalog = (locale, get_translations())
    return kept[1]
