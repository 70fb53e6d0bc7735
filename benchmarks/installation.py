"""Libraries of a given size to measure, each in an instance folder of its own, set up as production sets them up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.places import COUNTS, made_up
from benchmarks.records import Generator
from config import Config
from library import cli
from library.app import create_app
from library.choices import OrganisationKind, Provenance
from library.extensions import db
from library.indexing import follower
from library.indexing.outbox import enqueue
from library.indexing.search import index_of_app
from library.models import Organisation
from library.publishing import Piece, known_to, publish_many
from library.publishing.many import AT_ONCE, checked
from library.record import concept_id

STARTER_SIZE: Final = 101  # practices in the starter library
READY: Final = "ready"  # file that tells a finished folder
SECRET: Final = "benchmarks-only-" + "0123456789abcdefghijklmnopqrstuv"


@dataclass(frozen=True, slots=True)
class Installation:
    """A library of ``records`` practices in ``folder``."""

    folder: Path
    records: int

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the product finds this installation, in production mode."""
        return {**clean_environment(os.environ), **_settings(self.folder)}

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """Give the application of this installation, in its context, and let go of the database afterwards."""
        os.environ.update(_settings(self.folder))
        app = create_app(Config())
        with app.app_context():
            yield app
            db.session.close()
            db.engine.dispose()


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what would change the product's settings or make's."""
    settings = (
        "LIBRARY_",
        "DATABASE_URL",
        "SECRET_KEY",
        "PASSWORD_SALT",
        "MAKE",
        "MFLAGS",
        "PYTHON",
        "VIRTUAL_ENV",
    )
    return {name: value for name, value in environment.items() if not name.startswith(settings)}


def installed(folder: Path, sizes: list[int]) -> Iterator[Installation]:
    """Yield an installation of each size, the smallest first; each grows out of the one before.

    :param folder: where they are kept; what is finished there is used again.
    """
    before: Installation | None = None
    for size in sizes:
        installation = Installation(folder / f"records-{size}", size)
        if not (installation.folder / READY).exists():
            shutil.rmtree(installation.folder, ignore_errors=True)
            if before:
                shutil.copytree(before.folder, installation.folder, ignore=shutil.ignore_patterns(READY))
            _grow(installation, before.records if before else 0)
            (installation.folder / READY).touch()
        yield installation
        before = installation


def _settings(folder: Path) -> dict[str, str]:
    return {
        "LIBRARY_MODE": "production",
        "LIBRARY_INSTANCE": str(folder),
        "SECRET_KEY": SECRET,
        "PASSWORD_SALT": SECRET[::-1],
        "LIBRARY_URL": "https://library.example",
    }


def _grow(installation: Installation, present: int) -> None:
    """Publish what is missing and build the index anew, with the product's own verbs."""
    with installation.app():
        session: Session = db.session
        if not present:
            cli.prepare()
            session.add_all(made_up())
            session.commit()
        wanted = installation.records - max(present, STARTER_SIZE)
        if not wanted:
            return
        first = max(present - STARTER_SIZE, 0)
        _publish(session, first, first + wanted)
        with click.progressbar(length=installation.records, label=f"{'Building the index':<24}", show_pos=True) as bar:
            follower.rebuild(session, index_of_app(), lambda done: bar.update(done - bar.pos))


def _publish(session: Session, first: int, last: int) -> None:
    """Publish made-up practices as an import does, hundreds at once; the models that they apply are there already."""
    documents = Generator(_places(session)).documents(first, last)
    pieces = checked((Piece(document, name) for name, document in documents), known_to(session))
    with click.progressbar(length=last - first, label=f"{'Publishing practices':<24}", show_pos=True) as bar:
        for done, _ in enumerate(publish_many(session, pieces, provenance=Provenance.COMPILED, enqueue=enqueue), 1):
            if not done % AT_ONCE:
                session.commit()
                bar.update(AT_ONCE)
        session.commit()


def _places(session: Session) -> dict[str, list[str]]:
    query = (
        select(Organisation.slug).where(Organisation.kind == OrganisationKind.MUNICIPALITY).order_by(Organisation.id)
    )
    return {
        c: list(session.scalars(query.where(Organisation.country_id == concept_id("countries", c)))) for c in COUNTS
    }
