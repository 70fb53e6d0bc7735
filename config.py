"""Settings. The only reader of the environment.

``Config`` is production and refuses to guess: what it needs must be set. ``DevelopmentConfig`` is demo mode, as
``make run`` starts it: everything embedded below ``instance/``, loopback only, demo accounts. ``TestConfig`` is for the
tests.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


def _instance_path() -> Path:
    """Return where this installation keeps its data: the checkout's ``instance/``, or ``var/`` of the environment."""
    if configured := os.environ.get("LIBRARY_INSTANCE"):
        return Path(configured).resolve()
    in_checkout = (ROOT / "setup.cfg").is_file()
    return ROOT / "instance" if in_checkout else Path(sys.prefix) / "var" / "library-instance"


def _kept_secret(path: Path) -> str:
    """Return the secret in a file, made at first use and readable by its owner alone; never half written."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600, exist_ok=False)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        fresh.rename(path)
    return path.read_text(encoding="ascii")


def _secret_in_file(variable: str) -> str:
    """Return the secret in the file that a variable names; nothing where it names none."""
    path = os.environ.get(variable)
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


class Config:
    """Production. Every value can be set in the environment; the secrets must be."""

    DEMO = False
    TESTING = False
    LOOPBACK_ONLY = False
    SECOND_FACTOR_REQUIRED = True  # of advisers and administrators

    def __init__(self) -> None:
        self.INSTANCE_PATH = str(_instance_path())
        instance = Path(self.INSTANCE_PATH)
        database = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'library.sqlite3'}"
        self.SQLALCHEMY_ENGINES = {"default": _engine(database)}
        self.INDEX_PATH = os.environ.get("LIBRARY_INDEX") or str(instance / "index")
        self.FILES_URL = os.environ.get("LIBRARY_FILES") or f"file://{instance / 'files'}"
        self.PUBLIC_URL = os.environ.get("LIBRARY_URL", "")
        self.SECRET_KEY = os.environ.get("SECRET_KEY", "")
        self.SECURITY_PASSWORD_SALT = os.environ.get("PASSWORD_SALT", "")
        # Encrypts the secrets of authenticator apps; made of SECRET_KEY where it is not set.
        self.TOTP_SECRET = os.environ.get("TOTP_SECRET", "")
        self.SITE_NAME = os.environ.get("LIBRARY_NAME", "Safe Cities Library")
        self.CONTACT_EMAIL = os.environ.get("LIBRARY_CONTACT", "")
        self.MAIL_URL = os.environ.get("LIBRARY_MAIL_URL", "")
        self.MAIL_PASSWORD = _secret_in_file("LIBRARY_MAIL_PASSWORD_FILE")
        self.MAIL_FROM = os.environ.get("LIBRARY_MAIL_FROM", "")
        self.MAIL_AUTHORITIES = os.environ.get("LIBRARY_MAIL_CA", "")
        self.DIGEST_HOUR = int(os.environ.get("LIBRARY_DIGEST_HOUR", "7"))
        self.TIME_ZONE = os.environ.get("LIBRARY_TIME_ZONE", "Europe/Copenhagen")
        self.OIDC = os.environ.get("LIBRARY_OIDC", "")
        self.TRUSTED_PROXIES = int(os.environ.get("LIBRARY_TRUSTED_PROXIES", "0"))
        self.RATELIMIT_STORAGE_URI = os.environ.get("LIBRARY_RATE_LIMITS", "memory://")
        self.MAX_CONTENT_LENGTH = 1_000_000  # bytes
        self.MAX_FORM_MEMORY_SIZE = 500_000  # bytes
        self.MAX_UPLOAD_LENGTH = 60_000_000  # bytes of one form with files
        self.MAX_FILE = 20_000_000  # bytes of one attachment
        self.MAX_FILES_OF_SUBMISSION = 100_000_000  # bytes
        self.MAX_FILES_OF_ACCOUNT = 500_000_000  # bytes in thirty days
        # Words of searches that found little, which no person can be told from; and seconds between two writings.
        self.SEARCH_WORDS_KEPT = int(os.environ.get("LIBRARY_SEARCH_WORDS_DAYS", "90"))
        self.COUNT_EVERY = 30.0
        self.PREFERRED_URL_SCHEME = "https"


class DevelopmentConfig(Config):
    """Demo mode: embedded, loopback only, one demo account a role."""

    DEMO = True
    LOOPBACK_ONLY = True
    SECOND_FACTOR_REQUIRED = False

    def __init__(self) -> None:
        super().__init__()
        instance = Path(self.INSTANCE_PATH)
        self.SECRET_KEY = _kept_secret(instance / "secret-key")
        self.SECURITY_PASSWORD_SALT = _kept_secret(instance / "password-salt")
        self.PUBLIC_URL = ""
        self.MAIL_URL = ""  # nobody gets mail from a demo: it is kept as files
        self.MAIL_FROM = "library@localhost"
        self.TRUSTED_PROXIES = 0  # nothing stands before a demo; see web._refuse_strangers
        self.PREFERRED_URL_SCHEME = "http"


class TestConfig(Config):
    """Tests: a database and an instance folder of their own, given by the tests."""

    TESTING = True
    SECOND_FACTOR_REQUIRED = False
    __test__ = False  # pytest: not a test case

    def __init__(self, *, instance: Path, database_url: str | None = None) -> None:
        super().__init__()
        self.INSTANCE_PATH = str(instance)
        database = database_url or f"sqlite:///{instance / 'library.sqlite3'}"
        self.SQLALCHEMY_ENGINES = {"default": _engine(database)}
        self.INDEX_PATH = str(instance / "index")
        self.FILES_URL = f"file://{instance / 'files'}"
        self.SECRET_KEY = "tests-only-" + "k" * 32
        self.SECURITY_PASSWORD_SALT = "tests-only-" + "s" * 32
        self.RATELIMIT_ENABLED = False
        self.COUNT_EVERY = 0.0  # no thread of its own: tests say when
        # Argon2 as cheap as it goes: at its real cost an account and its sign-in take 0.4 seconds of a core.
        self.SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS = {
            "argon2__rounds": 1,
            "argon2__memory_cost": 512,  # KiB
            "argon2__parallelism": 1,
        }
        self.MAIL_URL = ""
        self.MAIL_FROM = "library@example.org"


def _engine(url: str) -> dict[str, Any]:
    """Return the engine of a database: what people typed stays out of its messages, dead connections are noticed."""
    url = _with_driver(url)
    return {"url": url, "hide_parameters": True, "pool_pre_ping": url.startswith("postgresql")}


def _with_driver(url: str) -> str:
    """Return a database address with psycopg 3 as driver where it names PostgreSQL without one."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def from_environment() -> Config:
    """Return the settings that ``LIBRARY_MODE`` asks for: ``production`` (default) or ``demo``.

    :raises ValueError: for any other mode.
    """
    mode = os.environ.get("LIBRARY_MODE", "production")
    if mode == "production":
        return Config()
    if mode == "demo":
        return DevelopmentConfig()
    raise ValueError(f"LIBRARY_MODE is {mode!r}; it can be production or demo")
