"""What administrators and advisers type: searches, roles, invitations, organisations, filters of the audit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Form, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Email, Length, Regexp

from library.choices import OrganisationKind, Role
from library.languages import ENDONYMS, LANGUAGES
from library.web import HIGHEST_NUMBER

ACCOUNT_ROLES: Final = tuple(role for role in Role if role is not Role.READER)
SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_NAME: Final = 200  # characters, as the tables
MAX_EMAIL: Final = 255
MAX_SLUG: Final = 120
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)  # beyond these, a calendar cannot count on


def trimmed(value: str | None) -> str:
    """Return what was typed without the spaces around it, and with single ones inside."""
    return " ".join((value or "").split())


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def _role_choices(roles: Iterable[Role]) -> list[SelectChoice]:
    return _choices((role.value, role.label) for role in roles)


class ButtonForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A deed without further questions; brings the CSRF token."""


class PeopleForm(Form):  # type: ignore[misc] # untyped base
    """Search in the list of people. Whatever does not fit is read as nothing."""

    q = StringField(_l("Name or e-mail"), filters=[trimmed])
    role = SelectField(_l("Role"), choices=[])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.role.choices = [*_choices([("", gettext("Any role"))]), *_role_choices(ACCOUNT_ROLES)]

    @property
    def chosen_role(self) -> Role | None:
        """The role that people must hold, if any."""
        return Role(self.role.data) if self.role.data in ACCOUNT_ROLES else None


class OrganisationsForm(Form):  # type: ignore[misc] # untyped base
    """Search in the list of organisations."""

    q = StringField(_l("Name"), filters=[trimmed])


class RoleForm(FlaskForm):  # type: ignore[misc] # untyped base
    """A role to give to somebody, or to take."""

    role = SelectField(_l("Role"), choices=_choices((role.value, role.value) for role in ACCOUNT_ROLES))

    @property
    def chosen(self) -> Role:
        """The role, once the form is valid."""
        return Role(self.role.data)


class MembershipForm(FlaskForm):  # type: ignore[misc] # untyped base
    """An organisation that somebody shall belong to, by its name."""

    organisation = StringField(
        _l("Organisation"),
        filters=[trimmed],
        validators=[DataRequired(_l("Enter the name of an organisation")), Length(max=MAX_NAME)],
    )

    def refuse(self, near: list[str]) -> None:
        """Say that no organisation has this name, and which ones come near."""
        self.organisation.errors = [_not_known(near)]


def _not_known(near: list[str]) -> str:
    if near:
        return str(gettext("No single organisation is called that. Did you mean: %(names)s?", names="; ".join(near)))
    return str(gettext("No organisation is called that. Check the spelling, or add it to the organisations first."))


class InvitationForm(FlaskForm):  # type: ignore[misc] # untyped base
    """Whom to invite, and as what.

    :param roles: those that the person of this request may give.
    """

    email = EmailField(
        _l("E-mail"),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Enter an e-mail address")),
            Length(max=MAX_EMAIL, message=_l("Enter an e-mail address of at most %(max)d characters")),
            Email(_l("Enter an e-mail address, such as name@example.org")),
        ],
    )
    name = StringField(
        _l("Name"),
        filters=[trimmed],
        validators=[Length(max=MAX_NAME, message=_l("Enter a name of at most %(max)d characters"))],
    )
    role = SelectField(_l("Role"), choices=[], validate_choice=True)
    organisation = StringField(
        _l("Organisation"),
        filters=[trimmed],
        validators=[Length(max=MAX_NAME, message=_l("Enter a name of at most %(max)d characters"))],
    )
    language = SelectField(_l("Language of the letter"), choices=_choices(ENDONYMS.items()))

    def __init__(self, *args: Any, roles: Iterable[Role], **options: Any) -> None:
        super().__init__(*args, **options)
        self.role.choices = _role_choices(roles)

    @property
    def chosen_role(self) -> Role:
        """The role, once the form is valid."""
        return Role(self.role.data)

    def refuse(self, near: list[str]) -> None:
        """Say that no organisation has this name, and which ones come near."""
        self.organisation.errors = [_not_known(near)]


class OrganisationForm(FlaskForm):  # type: ignore[misc] # untyped base
    """An organisation's kind, country and names; its slug only while it is added.

    :param countries: (identifier, label) of the vocabulary.
    :param is_taken: says whether a slug names an organisation already; ``None`` once it has its own.
    :param has_place: whether it has inhabitants or a position, which only municipalities have.
    """

    name = StringField(
        _l("Own name"),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Enter the name that the organisation uses itself")),
            Length(max=MAX_NAME, message=_l("Enter a name of at most %(max)d characters")),
        ],
    )
    kind = SelectField(_l("Kind"), choices=[])
    country = SelectField(_l("Country"), choices=[])
    slug = StringField(
        _l("Short name in addresses"),
        description=_l("Small letters, digits and hyphens, such as dk-aarhus. It cannot be changed later."),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Enter a short name, such as dk-aarhus")),
            Length(max=MAX_SLUG, message=_l("Enter a short name of at most %(max)d characters")),
            Regexp(rf"{SLUG.pattern}\Z", message=_l("Use small letters a to z, digits and single hyphens only")),
        ],
    )

    def __init__(
        self,
        *args: Any,
        countries: Iterable[tuple[str, str]],
        is_taken: Callable[[str], bool] | None = None,
        has_place: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.kind.choices = _choices((kind.value, kind.label) for kind in OrganisationKind)
        self.country.choices = _choices([("", gettext("No single country")), *countries])
        self.is_taken, self.has_place = is_taken, has_place
        if is_taken is None:
            del self.slug

    @property
    def name_fields(self) -> list[Any]:
        """The fields for the name in each language."""
        return [self[f"name_{code}"] for code in LANGUAGES]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the table wants it."""
        names = {code: self[f"name_{code}"].data for code in LANGUAGES if self[f"name_{code}"].data}
        kind = OrganisationKind(self.kind.data)
        return {"name": self.name.data, "kind": kind, "country_id": self.country.data or None, "names": names}

    def validate_kind(self, field: Any) -> None:
        """Keep the place of a municipality with a municipality."""
        if self.has_place and field.data != OrganisationKind.MUNICIPALITY:
            raise ValidationError(gettext("This municipality has a place on the map, so it stays a municipality"))

    def validate_country(self, field: Any) -> None:
        """Ask for the country of a municipality."""
        if not field.data and self.kind.data == OrganisationKind.MUNICIPALITY:
            raise ValidationError(gettext("Choose the country of the municipality"))

    def validate_slug(self, field: Any) -> None:
        """Refuse a slug that is taken."""
        if self.is_taken and self.is_taken(field.data):
            raise ValidationError(gettext("Another organisation has this short name. Choose another one."))


for _code, _endonym in ENDONYMS.items():
    setattr(
        OrganisationForm,
        f"name_{_code}",
        StringField(
            _endonym,
            filters=[trimmed],
            validators=[Length(max=MAX_NAME, message=_l("Enter a name of at most %(max)d characters"))],
        ),
    )


class AuditForm(Form):  # type: ignore[misc] # untyped base
    """Filters of the audit. A field that cannot be read says so and asks for nothing.

    :param actions: (code, words) of every deed that can be asked for.
    :param kinds: (code, words) of every kind of record.
    """

    person = StringField(_l("Name or e-mail"), filters=[trimmed])
    action = SelectField(_l("What"), choices=[], validate_choice=False)
    kind = SelectField(_l("Record"), choices=[], validate_choice=False)
    number = StringField(_l("Number of the record"), filters=[trimmed])
    since = StringField(_l("From"), filters=[trimmed])
    until = StringField(_l("To"), filters=[trimmed])

    def __init__(
        self, *args: Any, actions: Iterable[tuple[str, str]], kinds: Iterable[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.action.choices = _choices([("", gettext("Anything")), *actions])
        self.kind.choices = _choices([("", gettext("Any record")), *kinds])

    def validate_number(self, field: Any) -> None:
        """Refuse what no record can have as its number."""
        if field.data and not (
            field.data.isascii() and field.data.isdigit() and 0 < int(field.data[:12]) <= HIGHEST_NUMBER
        ):
            raise ValidationError(gettext("Enter the number of a record, such as 17"))

    def validate_since(self, field: Any) -> None:
        """Refuse what is no day."""
        _day(field.data)

    def validate_until(self, field: Any) -> None:
        """Refuse what is no day, and a period that ends before it begins."""
        until = _day(field.data)
        if until and not self.since.errors and (since := _day(self.since.data)) and until < since:
            raise ValidationError(gettext("Choose a last day that is not before the first"))

    def filters(self) -> dict[str, Any]:
        """Return what entries must be like."""
        self.validate()
        read = {name: field.data for name, field in self._fields.items() if field.data and not field.errors}
        if "number" in read:
            read["number"] = int(read["number"])
        if since := _day(read.pop("since", "")):
            read["since"] = _midnight(since)
        if until := _day(read.pop("until", "")):
            read["until"] = _midnight(until) + timedelta(days=1)
        return read

    def asked(self) -> dict[str, str]:
        """Return the filters as an address repeats them; none that could not be read."""
        return {name: field.data for name, field in self._fields.items() if field.data and not field.errors}


def _day(typed: str) -> date | None:
    """Return the day that somebody typed or chose, if any.

    :raises ValidationError: if it is none.
    """
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise ValidationError(gettext("Enter a day as year, month and day, such as 2026-11-22")) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(gettext("Enter a day as year, month and day, such as 2026-11-22"))
    return day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
