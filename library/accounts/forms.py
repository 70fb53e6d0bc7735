"""What people type to come in, to protect their account and to leave."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_security.forms import LoginForm
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField, SubmitField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from library.accounts import passwords
from library.accounts.passwords import MAX_LENGTH as MAX_PASSWORD_LENGTH
from library.choices import MailChoice
from library.languages import ENDONYMS, LANGUAGES

MAX_EMAIL_LENGTH: Final = 255  # characters, as the table
MAX_NAME_LENGTH: Final = 200  # characters, as the table
MAX_PASSKEY_NAME: Final = 60  # characters; a number may follow
OWN_PATH: Final = re.compile(rf"(?!.*//)/(?:{'|'.join(LANGUAGES)})/[^\\\x00-\x1f\x7f-\x9f]*")
# One @, something before, a domain with a dot after, nothing that mail headers or people stumble over.
ADDRESS: Final = re.compile(
    r"[^@\s<>()\[\],;:\\\"\x00-\x1f\x7f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
)


class _Form(FlaskForm):  # type: ignore[misc] # untyped base
    """A form that takes what was sent as a form, and neither JSON nor files."""

    class Meta:
        """How Flask-WTF reads what was sent."""

        def wrap_formdata(self, _form: object, _given: object) -> MultiDict[str, str] | None:
            """Return what was typed, or nothing before anything was."""
            return request.form if request.method == "POST" else None


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


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _check_address(_form: FlaskForm, field: EmailField) -> None:
    if not ADDRESS.fullmatch(field.data):
        raise ValidationError(gettext("Enter a whole e-mail address, such as name@example.org"))


def _check_line(_form: FlaskForm, field: StringField) -> None:
    if not all(letter.isprintable() for letter in field.data):
        raise ValidationError(gettext("Leave out characters that cannot be seen"))


def email_field(label: Any) -> EmailField:
    """Return a field for an e-mail address."""
    most = _l("Use at most %(max)d characters")
    return EmailField(
        label,
        filters=[_stripped],
        validators=[
            InputRequired(_l("Enter your e-mail address")),
            Length(max=MAX_EMAIL_LENGTH, message=most),
            _check_address,
        ],
    )


def _name_field() -> StringField:
    most = _l("Use at most %(max)d characters")
    return StringField(
        _l("Your name"),
        filters=[_stripped],
        validators=[InputRequired(_l("Enter your name")), Length(max=MAX_NAME_LENGTH, message=most), _check_line],
    )


class NewPasswordForm(_Form):
    """A password that nobody guesses, for a known address."""

    password = PasswordField(
        _l("Password"),
        description=_l("At least 12 characters. Three or four words in a row are easy to keep and hard to guess."),
        validators=[InputRequired(_l("Enter a password"))],
    )

    def __init__(self, *args: Any, address: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.address = address

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess."""
        if words := passwords.problem(field.data, email=self.address):
            raise ValidationError(words)


class RegisterForm(_Form):
    """Who wants an account."""

    name = _name_field()
    email = email_field(_l("E-mail"))
    next = HiddenField()

    @property
    def wanted(self) -> str:
        """Where they were going when they were asked who they are."""
        return own_path(self.next.data)


class OpenAccountForm(NewPasswordForm):
    """The last step of registering, after the address has been proven."""

    name = _name_field()


class AddressForm(_Form):
    """An e-mail address."""

    email = email_field(_l("E-mail"))


class NewAddressForm(_Form):
    """Where to write from now on."""

    email = email_field(_l("New e-mail address"))


class DetailsForm(_Form):
    """What somebody is called, in which language we write, and what."""

    name = _name_field()
    language = SelectField(_l("Language of mail"), choices=[SelectChoice(*pair) for pair in ENDONYMS.items()])
    mail = SelectField(_l("Mail"), choices=[SelectChoice(each.value, each.label) for each in MailChoice])


class CodeForm(_Form):
    """A code from an app, or a recovery code."""

    code = StringField(
        _l("Code"),
        filters=[_stripped],
        validators=[InputRequired(_l("Enter the code")), Length(max=64, message=_l("This is longer than any code"))],
    )


class ProveForm(_Form):
    """The password once more."""

    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password")), Length(max=MAX_PASSWORD_LENGTH)]
    )


class PasskeyForm(_Form):
    """What a browser answers for a passkey; a script fills it in."""

    credential = HiddenField(validators=[InputRequired()])


class NewPasskeyForm(PasskeyForm):
    """A new passkey and what its owner calls it."""

    name = StringField(
        _l("Name of the passkey"),
        description=_l("So that you know it again: “Work laptop”, “Blue key”"),
        filters=[_stripped],
        validators=[
            InputRequired(_l("Enter a name")),
            Length(max=MAX_PASSKEY_NAME, message=_l("Use at most %(max)d characters")),
            _check_line,
        ],
    )


class EndSessionForm(_Form):
    """Which session to end."""

    session = HiddenField(validators=[InputRequired()])


class EraseForm(_Form):
    """The account's address typed once more, so that nobody erases it by a slip."""

    email = StringField(_l("Your e-mail address, to confirm"), filters=[_stripped])
    keep_credit = BooleanField(_l("Keep my name as author on published practices"))

    def __init__(self, *args: Any, address: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.address = address

    def validate_email(self, field: StringField) -> None:
        """Refuse anything but the address."""
        if field.data.lower() != self.address:
            raise ValidationError(gettext("Type %(address)s to confirm", address=self.address))
