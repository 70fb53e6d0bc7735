"""A vocabulary that others have made, through the library and out again: does it come out as it went in, and how fast?

``python -m benchmarks.vocabulary FILE.ttl --name … --source … --licence …``: the file stays where it is, for it belongs
to others; its name, size and SHA-256 are kept with the figures, one row a file.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import func, select

from benchmarks.machine import circumstances
from benchmarks.tables import RESULTS, keep
from config import TestConfig
from library.app import create_app
from library.attachments.storage import store_of_app
from library.choices import BatchState
from library.cli import STARTER
from library.extensions import alembic, db
from library.lexicon import load
from library.models import Account, Concept
from library.vocabulary import import_services, import_work_services, public_queries
from library.vocabulary.comparing import Missing
from library.vocabulary.import_services import Wish
from library.vocabulary.reading import BASE
from library.vocabulary.services import load_folder

CODE: Final = "measured"

T = TypeVar("T")
Row = dict[str, Any]


def measure(path: Path) -> Row:
    """Return what became of a file, and the seconds of each step."""
    content = path.read_bytes()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        app = create_app(TestConfig(instance=Path(folder)))
        with app.app_context():
            alembic.upgrade()
            with db.sessionmaker.begin() as session:
                load_folder(session, STARTER / "vocabularies")
                session.add(Account(email="measured@example.org", fs_uniquifier="measured"))
            row = _measured(content, path.name)
            db.engine.dispose()
    return row


def _measured(content: bytes, name: str) -> Row:
    with db.sessionmaker.begin() as session:
        actor = session.scalars(select(Account)).one()
        batch = import_services.begin(
            session, io.BytesIO(content), name, Wish(CODE, True, Missing.KEEP), actor=actor, store=store_of_app()
        )
        identifier = batch.id
    row: Row = {"check_seconds": _timed(_work)[1]}
    _ask(identifier, import_services.confirm, BatchState.READY)
    row["apply_seconds"] = _timed(_work)[1]
    with db.sessionmaker() as session:
        row["concepts"] = session.scalar(select(func.count()).where(Concept.scheme_code == CODE))
        exported, row["export_seconds"] = _timed(lambda: public_queries.scheme_file(session, CODE, "ttl"))
        row["lexicon_seconds"] = _timed(lambda: load(session, "measured"))[1]
    row["peak_mb"] = round(_peak(), 1)
    _ask(identifier, import_services.ask_to_undo, BatchState.APPLIED)
    row["undo_seconds"] = _timed(_work)[1]
    with db.sessionmaker() as session:
        row["left_after_undo"] = session.scalar(select(func.count()).where(Concept.scheme_code == CODE))
    return {**_compared(content, exported), **row}


def _work() -> None:
    while import_work_services.work(db.sessionmaker, store_of_app()):
        pass


def _ask(identifier: int, verb: Callable[..., None], state: BatchState) -> None:
    from library.models import Batch

    with db.sessionmaker.begin() as session:
        batch = session.get_one(Batch, identifier)
        if batch.state is not state:
            raise SystemExit(f"not measured: the batch is {batch.state}, {batch.faults[:3]}")
        verb(session, batch, actor=session.scalars(select(Account)).one())


def _compared(content: bytes, exported: str) -> Row:
    """Compare what went in with what came out, as an RDF library that had no part in it sees them."""
    import rdflib
    from rdflib.compare import isomorphic

    rdflib.NORMALIZE_LITERALS = False  # else 2020-01-01Z and 2020-01-01+00:00 would pass for the same
    went_in = rdflib.Graph().parse(data=content, format="turtle", publicID=BASE)
    came_out = rdflib.Graph().parse(data=exported, format="turtle", publicID=BASE)
    return {"triples": len(went_in), "isomorphic": isomorphic(went_in, came_out)}


def _timed(do: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    done = do()
    return done, round(time.perf_counter() - begun, 2)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure one file and keep its row beside those of others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    for told in ("--name", "--source", "--licence"):
        parser.add_argument(told, required=True)
    parser.add_argument("--note", default="")
    wanted = parser.parse_args()
    content = wanted.file.read_bytes()
    about = {
        "name": wanted.name,
        "source": wanted.source,
        "licence": wanted.licence,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    kept = RESULTS / "vocabulary.json"
    rows = json.loads(kept.read_text(encoding="utf-8"))["rows"] if kept.exists() else []
    rows = [row for row in rows if row["sha256"] != about["sha256"]]
    how = {**circumstances(), "command": f"python -m benchmarks.vocabulary {wanted.file.name} …"}
    keep("vocabulary", [*rows, {**about, **measure(wanted.file)}], how, note=wanted.note)


if __name__ == "__main__":
    main()
