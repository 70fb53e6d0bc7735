"""Signing in at a municipality's own provider: OpenID Connect, authorization code with PKCE (RFC 9700).

Reads the settings file, leads to the provider and judges what comes back. Knows no database, no session and no page.
Everything that a provider says is checked before it is believed: issuer, audience, time, nonce and signature of the
token (OpenID Connect Core §3.1.3.7), and that all its addresses are safe to send a secret to.
"""

from __future__ import annotations

import json
import re
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from library.choices import Role
from library.errors import LibraryError, UnsafeConfiguration

SCOPE: Final = "openid email profile"
TIMEOUT: Final = 8  # seconds; somebody waits
LARGEST: Final = 300_000  # bytes of one answer
KEPT: Final = 3600  # seconds that what a provider says of itself is believed
LEEWAY: Final = 60  # seconds by which clocks may differ
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")  # never "none", and no secret shared with the provider
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAILBOX: Final = re.compile(r"[^\s@\"<>(),:;\\\[\]\x00-\x1f]{1,64}@(?P<domain>[^\s@]{1,190})")
ROLES: Final = (Role.MEMBER, Role.CONTRIBUTOR)  # more is given by an administrator, to one person at a time


class ProviderDown(LibraryError):
    """The provider cannot be reached, or speaks no sense."""


class ProviderLied(LibraryError):
    """What came back is not what the provider should have said to this browser; nothing of it is believed."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A municipality's own sign-in.

    :param key: its name in addresses.
    :param name: as people know it.
    :param domains: of the e-mail addresses for which it may speak.
    :param organisation: slug of the organisation to which its people belong.
    :param trusts_second_factor: whether its word that somebody used a second factor counts as ours.
    :param levels: values of ``acr`` that say so; ``mfa`` in ``amr`` always does.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    domains: frozenset[str]
    organisation: str = ""
    role: Role = Role.CONTRIBUTOR
    trusts_second_factor: bool = False
    levels: frozenset[str] = frozenset()

    def speaks_for(self, email: str) -> bool:
        """Return whether an address is one of this provider's people."""
        found = MAILBOX.fullmatch(email)
        return found is not None and found["domain"].lower() in self.domains


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back. The browser's session keeps it; it is good once."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is, as the provider says and as far as it may be believed.

    :param email: empty unless the provider says that it is confirmed and may speak for its domain.
    :param strong: whether a second factor was used that we trust.
    """

    issuer: str
    subject: str
    email: str
    name: str
    strong: bool


# --- settings ----------------------------------------------------------------------------------------------------


def read_providers(path: str) -> dict[str, Provider]:
    """Return the providers of a settings file, by key; none without a file.

    :raises UnsafeConfiguration: if the file cannot be read, or would open a hole.
    """
    if not path:
        return {}
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8")).get("providers", [])
        providers = [_provider(table, Path(path).parent) for table in tables]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnsafeConfiguration(f"LIBRARY_OIDC: {path} cannot be used: {error!r}") from error
    if len({provider.key for provider in providers}) < len(providers):
        raise UnsafeConfiguration(f"LIBRARY_OIDC: two providers in {path} have one key")
    return {provider.key: provider for provider in providers}


def _provider(table: Mapping[str, Any], folder: Path) -> Provider:
    provider = Provider(
        key=table["key"],
        name=table["name"],
        issuer=table["issuer"],
        client_id=table["client_id"],
        client_secret=_secret(table, folder),
        domains=frozenset(domain.lower().lstrip("@") for domain in table["domains"]),
        organisation=table.get("organisation", ""),
        role=Role(table.get("role", Role.CONTRIBUTOR)),
        trusts_second_factor=table.get("trusts_second_factor") is True,
        levels=frozenset(table.get("levels", ())),
    )
    if not KEY.fullmatch(provider.key):
        raise ValueError(f"the key {provider.key!r} must be small letters, digits and hyphens")
    if not is_safe(provider.issuer):
        raise ValueError(f"the issuer {provider.issuer!r} must be an https address")
    if not provider.domains or not provider.client_secret:
        raise ValueError(f"{provider.key} needs domains and a client secret")
    if provider.role not in ROLES:
        raise ValueError(f"{provider.key} may not make people {provider.role.value}s; an administrator does")
    return provider


def _secret(table: Mapping[str, Any], folder: Path) -> str:
    if "client_secret_file" in table:
        return Path(folder, table["client_secret_file"]).read_text(encoding="utf-8").strip()
    return str(table["client_secret"])


def is_safe(address: object) -> bool:
    """Return whether a secret may be sent to an address: over TLS, or to this very machine."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        return (parts.scheme == "https" and bool(parts.hostname)) or (
            parts.scheme == "http" and parts.hostname in LOOPBACK
        )
    except ValueError:
        return False


# --- there -------------------------------------------------------------------------------------------------------


def begin(provider: Provider, *, redirect_uri: str, language: str) -> tuple[str, Attempt]:
    """Return the address at the provider where somebody signs in, and what to remember meanwhile.

    :raises ProviderDown: if it cannot be reached.
    """
    attempt = Attempt(generate_token(32), generate_token(32), generate_token(64))
    with _client(provider, redirect_uri) as client:
        address, _state = client.create_authorization_url(
            _address(provider, "authorization_endpoint"),
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            ui_locales=language,
        )
    return str(address), attempt


# --- and back ----------------------------------------------------------------------------------------------------


def finish(provider: Provider, attempt: Attempt, answer: Mapping[str, str], *, redirect_uri: str) -> Claims:
    """Return who has signed in, from the parameters with which the browser came back.

    :param answer: of the request; its ``state`` has led the caller to ``attempt``.
    :raises ProviderDown: if the provider cannot be reached.
    :raises ProviderLied: if anything of what came back is not as it must be.
    """
    if not answer.get("code"):
        raise ProviderLied(f"no code: {answer.get('error', '')[:80]}")
    if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: another provider has answered
        raise ProviderLied("another issuer has answered")
    try:
        return _claims(provider, attempt, answer["code"], redirect_uri)
    except requests.RequestException as error:
        raise ProviderDown(str(error)) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderLied(f"{type(error).__name__}: {error}"[:300]) from error


def _claims(provider: Provider, attempt: Attempt, code: str, redirect_uri: str) -> Claims:
    with _client(provider, redirect_uri) as client:
        token = client.fetch_token(
            _address(provider, "token_endpoint"),
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=attempt.verifier,
            allow_redirects=False,
        )
        said = _verified(provider, attempt, token)
        if "email" not in said:
            said = {**_told_of(provider, client, said["sub"]), **said}
    email = said.get("email", "") if said.get("email_verified") is True else ""
    return Claims(
        issuer=provider.issuer,
        subject=said["sub"],
        email=email if provider.speaks_for(email) else "",
        name=" ".join(str(said.get("name") or "").split())[:200],
        strong=provider.trusts_second_factor and _used_second_factor(provider, said),
    )


def _verified(provider: Provider, attempt: Attempt, token: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the identity token says, once all of it holds."""
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        decoded = jwt.decode(token["id_token"], key=_keys(provider), registry=registry)
    except InvalidKeyIdError:  # the provider has changed its keys
        decoded = jwt.decode(token["id_token"], key=_keys(provider, anew=True), registry=registry)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        {"nonce": attempt.nonce, "client_id": provider.client_id, "access_token": token.get("access_token")},
    )
    claims.validate(leeway=LEEWAY)
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise ValueError("a subject that cannot be kept")
    return dict(claims)


def _told_of(provider: Provider, client: OAuth2Session, subject: str) -> dict[str, Any]:
    """Return what the provider tells elsewhere of the same person; many put the address there only."""
    endpoint = _metadata(provider).get("userinfo_endpoint")
    if not is_safe(endpoint):
        return {}
    said = _read(client.get(endpoint, allow_redirects=False, stream=True))
    if said.get("sub") != subject:
        raise ValueError("the provider told of somebody else")
    return said


def _used_second_factor(provider: Provider, said: Mapping[str, Any]) -> bool:
    methods = said.get("amr")
    return said.get("acr") in provider.levels or (isinstance(methods, list) and "mfa" in methods)


# --- what a provider says of itself ------------------------------------------------------------------------------

_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_guard: Final = threading.Lock()


def _metadata(provider: Provider) -> dict[str, Any]:
    """Return the provider's discovery document.

    :raises ProviderDown: if there is none, or it speaks for another issuer.
    """
    said = _asked(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != provider.issuer:
        raise ProviderDown("the provider calls itself by another name")
    return said


def _address(provider: Provider, name: str) -> str:
    address = _metadata(provider).get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise ProviderDown(f"no safe {name}")
    return address


def _keys(provider: Provider, *, anew: bool = False) -> KeySet:
    address = _address(provider, "jwks_uri")
    if anew:
        forget(address)
    return KeySet.import_key_set(_asked(address))  # type: ignore[arg-type] # a key set is checked while it is imported


def _asked(address: str) -> dict[str, Any]:
    """Return what an address says, asked at most once an hour."""
    with _guard:
        when, said = _kept.get(address, (0.0, {}))
    if said and time.monotonic() - when < KEPT:
        return said
    try:
        said = _read(requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True))
    except (requests.RequestException, ValueError) as error:
        raise ProviderDown(str(error)) from error
    with _guard:
        _kept[address] = (time.monotonic(), said)
    return said


def forget(address: str | None = None) -> None:
    """Ask again next time: one address, or all."""
    with _guard:
        if address is None:
            _kept.clear()
        else:
            _kept.pop(address, None)


def _read(answer: requests.Response) -> dict[str, Any]:
    """Return the JSON object of an answer that is no longer than such answers are."""
    with answer:
        answer.raise_for_status()
        body = answer.raw.read(LARGEST + 1, decode_content=True)
    if len(body) > LARGEST:
        raise ValueError("an answer as big as a book")
    said = json.loads(body)
    if answer.status_code != 200 or not isinstance(said, dict):
        raise ValueError("no JSON object")
    return said


def _client(provider: Provider, redirect_uri: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        default_timeout=TIMEOUT,
    )
