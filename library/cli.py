"""The ``library`` command. Knows every area's verbs and shows progress for whatever takes over a second."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from index import IndexUnavailable, SearchIndexError
from library import inviting
from library import worker as background
from library.accounts import services as accounts
from library.accounts.queries import account_of
from library.choices import Role
from library.curation import starter_services
from library.errors import LibraryError
from library.extensions import alembic, db
from library.indexing import follower
from library.indexing.search import index_of_app
from library.interchange import services as interchange
from library.languages import DEFAULT, LANGUAGES
from library.mail import sending
from library.mail.letters import address
from library.vocabulary import services as vocabulary

STARTER: Final = Path(__file__).resolve().parent / "starter"

index_commands = AppGroup("index", help="The search index: status, check, rebuild.")
mail_commands = AppGroup("mail", help="Outgoing mail: status, retry.")
demo_commands = AppGroup("demo-accounts", help="The accounts of demo mode.")
vocabulary_commands = AppGroup("vocabulary", help="The vocabularies as SKOS.")


def init_app(app: Flask) -> None:
    """Give an application the commands."""
    for command in (setup, demo, worker, invite, index_commands, mail_commands, demo_commands, vocabulary_commands):
        app.cli.add_command(command)


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """Show what the library refuses as a message, not as a trace."""
    try:
        yield
    except (LibraryError, SearchIndexError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[], None]]:
    with click.progressbar(length=length, label=f"{label:<24}", show_pos=True) as bar:
        yield lambda: bar.update(1)


# --- setting up --------------------------------------------------------------------------------------------------


@click.command()
@click.option("--starter/--no-starter", default=True, help="Load the starter library into an empty database.")
@with_appcontext
def setup(starter: bool) -> None:
    """Create or upgrade the database, load vocabularies and starter library, build the index."""
    with _refusals_in_words():
        prepare(starter=starter)


def prepare(*, starter: bool = True) -> None:
    """Bring database, content and index to where this version needs them; quick when they are there."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its progress is ours to tell
    if alembic.needs_upgrade():
        click.echo("Preparing the database")
        alembic.upgrade()
    session = db.session
    accounts.ensure_roles(session)
    if not vocabulary.is_loaded(session):
        with _bar("Loading vocabularies", len(vocabulary.SCHEMES)) as advance:
            vocabulary.load_folder(session, STARTER / "vocabularies", progress=advance)
        session.commit()
    if starter and interchange.is_empty(session):
        _load_starter()
    session.commit()
    _ensure_index()


def _load_starter() -> None:
    session = db.session
    interchange.load_organisations(session, STARTER)
    documents = interchange.in_order_of_publication(interchange.read_documents(STARTER / "practices"))
    with _bar("Loading practices", len(documents)) as advance:
        interchange.load_practices(session, documents, progress=advance)
    session.commit()


def _ensure_index() -> None:
    """Build the index where it is missing or broken; whatever merely lags is left to the follower."""
    try:
        if index_of_app().position() is not None:
            return
    except IndexUnavailable:
        pass
    _rebuild()


def _rebuild() -> None:
    session = db.session
    total = follower.count_published(session)
    done = 0
    with click.progressbar(length=total, label=f"{'Building the index':<24}", show_pos=True) as bar:

        def advance(count: int) -> None:
            nonlocal done
            bar.update(count - done)
            done = count

        follower.rebuild(session, index_of_app(), advance)


# --- running -----------------------------------------------------------------------------------------------------


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port on 127.0.0.1.")
@with_appcontext
def demo(port: int) -> None:
    """Prepare everything and serve on this machine only, with a demo account for each role."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if not app.config["DEMO"]:
        raise click.ClickException("demo mode only: set LIBRARY_MODE=demo")
    with _refusals_in_words():
        prepare()
    accounts.ensure_demo_accounts(db.session)
    _begin_with_collections()
    db.session.commit()
    db.session.close()
    _announce(port)
    _serve(app, port)


def _begin_with_collections() -> None:
    """Put out the starter collections; not once their curator is gone, for a demo's accounts may be removed."""
    adviser = next(account for account in accounts.DEMO_ACCOUNTS if account.role is Role.ADVISER)
    curator = account_of(db.session, adviser.email)
    if curator and starter_services.put_out(db.session, actor=curator):
        db.session.commit()
        following = follower.Follower(db.sessionmaker, index_of_app())
        while following.step():
            pass


def _announce(port: int) -> None:
    click.echo("\nDemo accounts (they exist in demo mode only; readers need none):")
    for account in accounts.DEMO_ACCOUNTS:
        click.echo(f"  {account.role.value:<14} {account.email:<28} {account.password}")
    click.echo(f"\nThe library is open at http://127.0.0.1:{port}/  (stop with Ctrl+C)")
    sys.stdout.flush()


def _serve(app: Flask, port: int) -> None:
    """Serve with one process, with all background work in threads beside the web."""
    import waitress

    app.config["LOCAL_URL"] = f"http://127.0.0.1:{port}"  # where links in mail lead
    stop = threading.Event()
    threads = background.start(app, stop)
    try:
        # The headers of a proxy are kept, so that the application sees them and refuses to answer through one.
        waitress.serve(app, host="127.0.0.1", port=port, threads=8, ident=None, clear_untrusted_proxy_headers=False)
    except OSError as error:
        raise click.ClickException(f"port {port} cannot be used: {error}; choose another with --port") from error
    finally:
        stop.set()
        background.finish(threads)


@click.command()
@with_appcontext
def worker() -> None:
    """Do background work until stopped: index, mail, digests, upkeep, tidying up."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = background.start(app, stop)
    stop.wait()
    background.finish(threads)


# --- the index ---------------------------------------------------------------------------------------------------


@index_commands.command("status")
def index_status() -> None:
    """Show what the index holds and how far it has followed."""
    try:
        status = index_of_app().status()
    except IndexUnavailable as unusable:
        raise click.ClickException(str(unusable)) from unusable
    behind = follower.last_job(db.session) - status.position
    for name, value in (
        ("documents", status.documents),
        ("segments", status.segments),
        ("size", f"{status.bytes / 1e6:.1f} MB"),
        ("position", f"{status.position} ({behind} behind)"),
        ("generation", status.generation),
        ("schema", status.fingerprint),
    ):
        click.echo(f"{name:<12}{value}")


@index_commands.command("check")
@click.option("--repair", is_flag=True, help="Mend what differs; rebuild an index that cannot be used.")
def index_check(repair: bool) -> None:
    """Compare the index with the database: every identifier, every version. Exits with 1 if they differ."""
    with _refusals_in_words():
        try:
            difference = follower.compare(db.session, index_of_app())
            if not difference:
                click.echo("index and database agree")
                return
            click.echo(
                f"missing {len(difference.missing)}, stale {len(difference.stale)}, surplus {len(difference.surplus)}"
            )
            if repair:
                follower.apply(db.session, index_of_app(), set(difference.ids), follower.last_job(db.session))
                click.echo("repaired")
                return
        except IndexUnavailable as unusable:
            if not repair:
                raise
            click.echo(str(unusable))
            _rebuild()
            return
    raise click.exceptions.Exit(1)


@index_commands.command("rebuild")
def index_rebuild() -> None:
    """Write a new generation of the index aside and swap it in; readers never see a gap."""
    with _refusals_in_words():
        _rebuild()


# --- mail --------------------------------------------------------------------------------------------------------


@mail_commands.command("status")
def mail_status() -> None:
    """Show how much mail waits, was sent and was given up, and what went wrong last."""
    for name, count in sending.counts(db.session).items():
        click.echo(f"{name:<12}{count}")
    for mail in sending.troubles(db.session):
        state = "given up" if mail.failed_at else f"tried {mail.attempts} times"
        click.echo(f"\n{mail.id}  {mail.kind} to {mail.address}, {state}\n    {mail.last_error}")


@mail_commands.command("retry")
def mail_retry() -> None:
    """Try everything that was not sent once more, now."""
    count = sending.retry(db.session)
    db.session.commit()
    click.echo(f"{count} to be sent")


# --- accounts and vocabularies -----------------------------------------------------------------------------------


@click.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in accounts.ACCOUNT_ROLES]), default="administrator")
@click.option("--name", default="")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT)
@with_appcontext
def invite(email: str, role: str, name: str, language: str) -> None:
    """Invite somebody by mail, such as the first administrator, and print the link of the letter."""
    if account_of(db.session, email) is not None:
        raise click.ClickException("there is an account with this address; an administrator can give it the role")
    with _refusals_in_words():
        secret = inviting.invite(db.session, email=email, name=name, language=language, by=None, role=Role(role))
    db.session.commit()
    click.echo(address(f"/account/invitations/{secret}", language))


@demo_commands.command("remove")
def remove_demo_accounts() -> None:
    """Delete the demo accounts, before a demo becomes a real installation."""
    accounts.remove_demo_accounts(db.session)
    db.session.commit()
    click.echo("demo accounts removed")


@vocabulary_commands.command("export")
@click.argument("scheme", type=click.Choice(vocabulary.SCHEMES))
def export_vocabulary(scheme: str) -> None:
    """Print a vocabulary as SKOS Turtle with relative addresses."""
    with _refusals_in_words():
        click.echo(vocabulary.turtle(db.session, scheme), nl=False)
