"""What advisers ask of the pages of insight, and what they send from them."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import DataRequired, Length

from library.choices import Choice
from library.insight.queries import WINDOWS
from library.languages import LANGUAGES

Chosen = TypeVar("Chosen", bound=Choice)

MAX_WORDS: Final = 200  # characters; as many as the column holds


class ForgetForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Words to take off the list; with none it is a button alone."""

    words = HiddenField(validators=[DataRequired(), Length(max=MAX_WORDS)])


def chosen(name: str, first: Chosen) -> Chosen:
    """Return the choice that the address names; ``first`` where it names none."""
    asked = request.args.get(name, "")
    choices: Any = type(first)
    found: Chosen = choices(asked) if asked in list(choices) else first
    return found


def window() -> int:
    """Return over how many days to count; thirty where the address says nothing that can be chosen."""
    asked = request.args.get("days", "")
    return int(asked) if asked in map(str, WINDOWS) else WINDOWS[0]


def spoken(first: str) -> str:
    """Return the language that the address names; ``first`` where it names none of the library's."""
    asked = request.args.get("language", "")
    return asked if asked in LANGUAGES else first
