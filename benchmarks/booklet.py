"""The part ``booklet``: a collection of the starter library as each of its files, from the request to the last byte.

The PDF is set anew for every figure but *again*; *peak* is the largest memory of the process that sets it.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.installation import STARTER_SIZE, installed
from benchmarks.measuring import Unmeasurable
from library.curation import booklet
from library.extensions import db, limiter
from library.models import (
    Collection,
    CollectionItem,
    CollectionSection,
    CollectionText,
    Practice,
)
from library.workflow import CollectionStep, advance_collection

SIZES: Final = (10, 50, 100)  # practices
SECTIONS: Final = 5
RUNS: Final = 5
SUFFIXES: Final = ("pdf", "docx", "xlsx", "csv", "atom", "json")

Row = dict[str, Any]


def measure(folder: Path | None = None) -> list[Row]:
    """Return a row for each size and kind of file.

    :raises Unmeasurable: if a file is not handed out.
    """
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as own:
        [installation] = installed(folder or Path(own), [STARTER_SIZE])
        with installation.app() as app:
            client = app.test_client()
            return [_row(client, _collection(db.session, size), size, suffix) for size in SIZES for suffix in SUFFIXES]


def _collection(session: Session, size: int) -> str:
    """Publish a collection with notes of two sentences; return its slug."""
    slug = f"bench-{size}"
    if session.scalar(select(Collection.id).where(Collection.slug == slug)):
        return slug
    practices = session.scalars(select(Practice).order_by(Practice.id).limit(size)).all()
    made = Collection(slug=slug, original_language="en", cover_id="themes/safe-communities")
    made.texts = [CollectionText(language="en", title=f"{size} practices", introduction="Where to **begin**.")]
    step = -(-size // SECTIONS)
    for position, first in enumerate(range(0, size, step)):
        section = CollectionSection(position=position, headings={"en": f"Part {position + 1}"})
        section.items = [_item(practice, place) for place, practice in enumerate(practices[first : first + step])]
        made.sections.append(section)
    advance_collection(session, made, CollectionStep.BEGIN, actor=None)
    advance_collection(session, made, CollectionStep.PUBLISH, actor=None)
    session.commit()
    return slug


def _item(practice: Practice, position: int) -> CollectionItem:
    note = "It shows how **schools and police** share a room.\n\n- who asks\n- who answers"
    return CollectionItem(practice_id=practice.id, position=position, notes={"en": note})


def _row(client: FlaskClient, slug: str, size: int, suffix: str) -> Row:
    address = f"/en/collections/{slug}.{suffix}"
    limiter.reset()  # nobody asks for so many in a minute
    _ask(client, address)  # imports what this file needs
    times = []
    for _ in range(RUNS):
        booklet._kept.clear()
        with _peak() as peak:
            begun = time.perf_counter()
            data = _ask(client, address)
            times.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    _ask(client, address)
    row = {
        "file": suffix,
        "practices": size,
        "seconds": round(statistics.median(times), 2),
        "again": round(time.perf_counter() - begun, 2),
        "file_kb": round(len(data) / 1000),
        "pages": _pages(data) if suffix == "pdf" else None,
        "peak_mb": round(max(peak) / 1000) if suffix == "pdf" else None,
    }
    click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
    return row


def _ask(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address, base_url="https://library.example")
    if answer.status_code != 200:
        raise Unmeasurable(f"{address} answered {answer.status_code}")
    return answer.data


def _pages(data: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(data)).pages)


@contextmanager
def _peak() -> Iterator[list[int]]:
    """Watch what children of this process hold resident, in kB."""
    seen, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.01):
            seen.extend(_resident(Path("/proc/self/task")))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        stop.set()
        watching.join()


def _resident(tasks: Path) -> Iterator[int]:
    for children in tasks.glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            try:
                status = Path("/proc", child, "status").read_text(encoding="ascii")
            except OSError:  # it has ended meanwhile
                continue
            yield from (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
