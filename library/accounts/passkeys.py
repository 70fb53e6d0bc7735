"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is right. Knows no database and no request."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from library.errors import LibraryError
from library.models import Account, Passkey

FIRST: Final = "first"  # signs in alone: it has asked for a finger, a face or a PIN
SECONDARY: Final = "secondary"  # after the password
MAX_ANSWER: Final = 20_000  # characters
CHALLENGE: Final = 32  # bytes
_TIMEOUT: Final = 180_000  # milliseconds


class WrongPasskey(LibraryError):
    """A browser's answer does not prove what it should."""


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks.

    :param host: for which passkeys are made.
    :param origin: from which answers must come.
    """

    host: str
    origin: str
    name: str


def new_challenge() -> bytes:
    """Return something that no answer can have been made for before."""
    return secrets.token_bytes(CHALLENGE)


def new_handle() -> str:
    """Return the name under which passkeys know an account; it tells nothing of the person."""
    return secrets.token_hex(32)


def to_create(site: Site, account: Account, *, handle: str, challenge: bytes) -> str:
    """Return as JSON what a browser must be asked to make a passkey for an account."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=account.email,
        user_display_name=account.name or account.email,
        user_id=handle.encode(),
        challenge=challenge,
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[_described(passkey) for passkey in account.webauthn],
    )
    return options_to_json(options)


def to_ask(site: Site, *, challenge: bytes, allowed: Sequence[Passkey] = ()) -> str:
    """Return as JSON what a browser must be asked to show a passkey.

    :param allowed: those of the account, where it is known; else any of this site that verifies its owner.
    """
    wanted = UserVerificationRequirement.PREFERRED if allowed else UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=_TIMEOUT,
        user_verification=wanted,
        allow_credentials=[_described(passkey) for passkey in allowed] or None,
    )
    return options_to_json(options)


def created(site: Site, answer: str, *, challenge: bytes) -> tuple[VerifiedRegistration, list[str]]:
    """Return a passkey that a browser has made, and how it can be reached.

    :raises WrongPasskey: if the answer is not one to this question.
    """
    try:
        parsed = _parsed(answer)
        verified = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
        ways = parsed["response"].get("transports") or []
    except _BROKEN as error:
        raise WrongPasskey(str(error)) from error
    return verified, [way for way in ways if isinstance(way, str) and way.isascii() and "," not in way][:8]


def identifier(answer: str) -> bytes:
    """Return which passkey an answer says it comes from.

    :raises WrongPasskey: if it says nothing of the kind.
    """
    try:
        return base64url_to_bytes(_parsed(answer)["rawId"])
    except _BROKEN as error:
        raise WrongPasskey(str(error)) from error


def shown(
    site: Site, answer: str, passkey: Passkey, *, challenge: bytes, alone: bool = False
) -> VerifiedAuthentication:
    """Check that an answer comes from a passkey.

    :param alone: nothing else proves who it is, so the passkey must have verified its owner.
    :raises WrongPasskey: if it does not.
    """
    try:
        return webauthn.verify_authentication_response(
            credential=_parsed(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count or 0,
            require_user_verification=alone,
        )
    except _BROKEN as error:
        raise WrongPasskey(str(error)) from error


# What the library raises on purpose, and what it stumbles over in answers that no browser gives.
_BROKEN: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER:
        raise ValueError("too long")
    try:
        parsed = json.loads(answer)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(parsed, dict) or not isinstance(parsed.get("response"), dict):
        raise TypeError("no credential")
    return parsed


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=passkey.credential_id)
