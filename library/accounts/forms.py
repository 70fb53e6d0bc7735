"""What people type to sign in and out."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_security.forms import LoginForm
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, PasswordField, SubmitField
from wtforms.validators import InputRequired, Length

from library.languages import LANGUAGES

MAX_EMAIL_LENGTH: Final = 255  # characters, as the table
MAX_PASSWORD_LENGTH: Final = 128  # characters; argon2 of a book would hold a worker
OWN_PATH: Final = re.compile(rf"(?!.*//)/(?:{'|'.join(LANGUAGES)})/[^\\\x00-\x1f\x7f-\x9f]*")


class SignInForm(LoginForm):
    """Flask-Security's sign-in form in our words.

    Without "remember me", for a remembered sign-in would outlive its session; and with one answer to everything that
    does not fit, so that nobody learns who has an account (ASVS 5.0 V6.3.8).
    """

    email = EmailField(
        _l("E-mail"), validators=[InputRequired(_l("Enter your e-mail address")), Length(max=MAX_EMAIL_LENGTH)]
    )
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password")), Length(max=MAX_PASSWORD_LENGTH)]
    )
    remember = None

    class Meta:
        """Takes what was sent as a form, and neither JSON nor files: the throttle reads names there too."""

        def wrap_formdata(self, _form: object, _given: object) -> MultiDict[str, str] | None:
            """Return what was typed, or nothing before anything was."""
            return request.form if request.method == "POST" else None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Before Flask-Security looks at it, who would refuse a correct password for it.
        self.next.data = own_path(self.next.data)

    def validate(self, **options: Any) -> bool:
        """Return whether the person may come in; Flask-Security's own check takes as long for strangers."""
        if super().validate(**options):
            return True
        if self.ifield is not None:  # both fields were filled in, and somebody was looked for
            self.email.errors = []
            self.password.errors = [gettext("E-mail and password do not fit together. Check both and try again.")]
        return False


def own_path(wanted: str | None) -> str:
    """Return a path to one of this library's pages, or nothing (open redirects, ASVS 5.0 V3.7.2)."""
    return wanted if wanted and OWN_PATH.fullmatch(wanted) else ""


class SignOutForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button; signing out changes something, so it is a POST with a CSRF token."""

    submit = SubmitField(_l("Sign out"))
