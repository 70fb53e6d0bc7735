"""Answers that no browser gives: each is refused, and nothing falls over."""

from __future__ import annotations

import json

import pytest

from library.accounts import passkeys
from library.models import Passkey

SITE = passkeys.Site("localhost", "http://localhost", "Library")
KEY = Passkey(credential_id=b"1" * 16, public_key=b"\xa5\x01", sign_count=0)
PARTS = {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AAAA", "signature": "AAAA"}


def credential(**changes: object) -> str:
    whole: dict[str, object] = {"id": "MTEx", "rawId": "MTEx", "type": "public-key", "response": PARTS}
    return json.dumps({**whole, **changes})


ANSWERS = [
    "",
    "null",
    "[]",
    "17",
    '"x"',
    "{",
    "[" * 5000,
    "x" * 30_000,
    json.dumps({"response": {}}),
    credential(),
    credential(rawId=None),
    credential(rawId=17),
    credential(rawId="ø"),
    credential(id="other"),
    credential(type="password"),
    credential(response=None),
    credential(response=[]),
    credential(response={}),
    credential(response={**PARTS, "clientDataJSON": "%%%"}),
    credential(response={**PARTS, "clientDataJSON": "W10"}),
    credential(response={**PARTS, "attestationObject": "/////w"}),
    credential(response={**PARTS, "attestationObject": None}),
    credential(response={**PARTS, "authenticatorData": "A" * 15_000}),
    credential(response={**PARTS, "transports": {"a": 1}}),
    credential(authenticatorAttachment={"a": 1}),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_answer_makes_a_passkey_that_is_none(answer: str) -> None:
    with pytest.raises(passkeys.WrongPasskey):
        passkeys.created(SITE, answer, challenge=b"c" * 32)


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_answer_passes_for_a_passkey_that_is_none(answer: str) -> None:
    with pytest.raises(passkeys.WrongPasskey):
        passkeys.shown(SITE, answer, KEY, challenge=b"c" * 32)


def test_a_client_data_of_a_wrong_shape_is_refused() -> None:
    """Everything up to the signature is as it should be; the public key is not."""
    import base64
    import hashlib

    challenge = b"c" * 32
    data = json.dumps(
        {
            "type": "webauthn.get",
            "challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "origin": "http://localhost",
        }
    )
    told = hashlib.sha256(b"localhost").digest() + b"\x05" + b"\0\0\0\1"
    parts = {
        "clientDataJSON": base64.urlsafe_b64encode(data.encode()).rstrip(b"=").decode(),
        "authenticatorData": base64.urlsafe_b64encode(told).rstrip(b"=").decode(),
        "signature": "AAAA",
    }
    with pytest.raises(passkeys.WrongPasskey):
        passkeys.shown(SITE, credential(response=parts), KEY, challenge=challenge)
