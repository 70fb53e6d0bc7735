"""The part ``imports``: thousands of practices brought in by one table, and taken back, and what that takes.

One process does what the web server and the worker do (take the file, check it, bring it in, undo it), so that its
peak is theirs. Another asks for the lock of SQLite's one writer all the while, as people do who save something
meanwhile: how long it waited at most is what they would have waited.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks.files import ROOT, _peak
from benchmarks.installation import STARTER_SIZE, Installation, installed
from benchmarks.places import COUNTS, made_up
from benchmarks.records import Generator

ROWS: Final = 10_000
WRITES: Final = 0.02  # seconds between two attempts of the one who saves something meanwhile
EMAIL: Final = "adviser@example.org"

Row = dict[str, Any]


def measure(rows: int = ROWS) -> list[Row]:
    """Return a row for each kind of table.

    :raises subprocess.CalledProcessError: if one is not brought in whole, or not undone whole.
    """
    return [_measure(kind, rows) for kind in ("csv", "xlsx")]


def _measure(kind: str, rows: int) -> Row:
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as own:
        folder = Path(own)
        [installation] = installed(folder, [STARTER_SIZE])
        table = folder / f"table.{kind}"
        _write_table(table, rows)
        working = [sys.executable, "-m", "benchmarks.imports", str(installation.folder), str(table)]
        done, waited = _beside(installation.folder, working)
    row: Row = json.loads(done.splitlines()[-1])
    return {"table": kind.upper(), "rows": rows, **row, "waited_s": round(waited, 2)}


def _write_table(path: Path, rows: int) -> None:
    from library.tables.columns import in_order, row_of
    from library.tables.writing import csv_text, write_xlsx

    places: dict[str, list[str]] = {country: [] for country in COUNTS}
    for body in made_up():
        places[str(body.country_id).rpartition("/")[2]].append(body.slug)

    def made() -> Any:
        for name, document in islice(Generator(places).documents(0, rows), rows):
            yield {**row_of(document), "external_id": name}

    columns = in_order({name for row in made() for name in row})
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(csv_text(columns, made(), by_name=True))
    else:
        with path.open("wb") as stream:
            write_xlsx(stream, columns, made(), title="Practices")


def _beside(folder: Path, command: list[str]) -> tuple[str, float]:
    """Run a command while somebody saves something again and again; return what it said and the longest wait."""
    longest, over = [0.0], threading.Event()

    def save() -> None:
        database = next(folder.glob("*.sqlite*"))
        connection = sqlite3.connect(database, timeout=120, isolation_level=None)
        while not over.wait(WRITES):
            begun = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            longest[0] = max(longest[0], time.perf_counter() - begun)
        connection.close()

    saving = threading.Thread(target=save)
    saving.start()
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    finally:
        over.set()
        saving.join()
    return done.stdout, longest[0]


# --- in a process of its own -------------------------------------------------------------------------------------


def _work(folder: Path, table: Path) -> Row:
    from library.attachments.storage import store_of_app
    from library.choices import BatchState
    from library.extensions import db
    from library.interchange import batch_services, import_services, work_services
    from library.models import Account, Batch

    with Installation(folder, STARTER_SIZE).app():
        session, files = db.session, store_of_app()
        actor = Account(email=EMAIL, fs_uniquifier="benchmarks", name="Adviser")
        session.add(actor)
        session.commit()
        row: Row = {"megabytes": round(table.stat().st_size / 1_000_000, 1), "idle_mb": _peak()}

        def taken() -> int:
            with table.open("rb") as stream:
                batch = import_services.take(
                    session, stream, filename=table.name, wishes=import_services.Wishes(), actor=actor, files=files
                )
            session.commit()
            return batch.id

        def worked(state: BatchState) -> None:
            work_services.take_up(db.sessionmaker, files)
            session.expire_all()
            found = session.get_one(Batch, number)
            if found.state is not state:
                raise SystemExit(f"{found.state}, not {state}: {found.faults} {found.options.get('groups')}")
            session.rollback()

        number, row["taken_s"] = _timed(taken)
        _, row["checked_s"] = _timed(lambda: worked(BatchState.READY))
        batch_services.confirm(session, session.get_one(Batch, number), actor=actor)
        session.commit()
        _, row["applied_s"] = _timed(lambda: worked(BatchState.APPLIED))
        row["peak_mb"] = _peak()
        batch_services.ask_to_undo(session, session.get_one(Batch, number), actor=actor, leave_touched=False)
        session.commit()
        _, row["undone_s"] = _timed(lambda: worked(BatchState.UNDONE))
        return row


def _timed(do: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    done = do()
    return done, round(time.perf_counter() - begun, 1)


if __name__ == "__main__":
    print(json.dumps(_work(Path(sys.argv[1]), Path(sys.argv[2]))))
