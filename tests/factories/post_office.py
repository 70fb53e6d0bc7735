"""A real SMTP server on this machine, with certificates of an authority of our own."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

logging.getLogger("mail.log").setLevel(logging.WARNING)  # it would tell of each connection, after the test is over


@dataclass
class PostOffice:
    """What a server took, and how it answers.

    :param answers: what it says to the next letters in place of taking them; ``drop`` hangs up.
    :param refused: addresses that it does not know.
    """

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: int = 0
    users: list[str] = field(default_factory=list)
    protected: list[bool] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += session.ssl is not None
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.protected.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "drop":
                server.transport.abort()
                await asyncio.sleep(0)
            return "250 OK" if answer == "drop" else answer
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 OK"

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        """Let one person in."""
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"s3cret/with@signs", handled=False)


@contextmanager
def a_post_office(context: ssl.SSLContext, *, implicit: bool = False) -> Iterator[PostOffice]:
    """Run a server on this machine until the end of the block."""
    office = PostOffice()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        office.port = free.getsockname()[1]
    starttls: dict[str, Any] = {"tls_context": context, "require_starttls": True, "auth_required": True}
    security = {"ssl_context": context, "auth_require_tls": False} if implicit else starttls
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        authenticator=office.check,
        **security,
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


class Authority:
    """A certificate authority that lives for one test run.

    :param folder: where its certificates are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        own = self._builder(self._name, self._key, days=30)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        own = own.add_extension(usage, critical=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def context(self, host: str = "localhost", *, days: int = 30) -> ssl.SSLContext:
        """Return what a server with a certificate for a host needs.

        :param days: until it expires; negative for one that has.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))])
        certificate = self._builder(name, key, days=days).add_extension(names, critical=False)
        signed = certificate.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
        ).sign(self._key, hashes.SHA256())
        path = self._folder / f"{host}-{days}.pem"
        path.write_bytes(
            signed.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int) -> x509.CertificateBuilder:
        ends = datetime.now(UTC) + timedelta(days=days)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - timedelta(days=60))
            .not_valid_after(ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
