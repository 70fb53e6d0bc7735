"""What people type to sign in and out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_security.forms import LoginForm
from flask_wtf import FlaskForm
from wtforms import SubmitField


class SignInForm(LoginForm):
    """Flask-Security's sign-in form without "remember me": a remembered sign-in would outlive its session."""

    remember = None


class SignOutForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A button; signing out changes something, so it is a POST with a CSRF token."""

    submit = SubmitField(_l("Sign out"))
