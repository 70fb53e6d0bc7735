"""Measure: build, open and ask every engine that is installed.

``python -m benchmarks.search [--records N …] [--engine NAME …] [--data FOLDER] [--rounds N] [--note TEXT]``.
Writes ``results/search.json`` and ``results/search-building.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any, Final

import click
import numpy as np

from benchmarks.machine import circumstances
from benchmarks.search import stores
from benchmarks.search.corpus import FACETS
from benchmarks.search.engines import Engine, engines
from benchmarks.search.ours import Cold, Ours
from benchmarks.search.questions import EACH, Answer, Kind, Question, Work, filtered, questions
from benchmarks.serving import ROOT
from benchmarks.tables import keep
from index.schema import fingerprint
from index.words import term_of

SIZES: Final = (1_000, 10_000, 100_000)
ROUNDS: Final = 3
FEW: Final = 3  # questions of a kind for an engine that needs long for each
CHECKED_OF: Final = 12  # one question of so many is compared between all engines
SLOW: Final = 0.05  # seconds
# Beyond this many records these would build for hours, or need minutes for a question with filters (SQLite); what they
# need grows with the records, as smaller sizes show.
LARGEST: Final = {"stock Whoosh": 100_000, "PostgreSQL": 100_000, "Xapian": 100_000, "SQLite": 100_000}

Row = dict[str, Any]


def main() -> None:
    """Measure every size, one after the other."""
    wanted = _parser().parse_args()
    about = circumstances()
    rows: list[Row] = []
    building: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        for count in wanted.records or SIZES:
            place = (wanted.data or Path(folder)) / fingerprint(tuple(FACETS))  # what is kept fits this analysis alone
            _measure(place, count, wanted, rows, building)
            keep("search-building", building, about, note=wanted.note)
            keep("search", rows, about, note=wanted.note)


def _measure(folder: Path, count: int, wanted: argparse.Namespace, rows: list[Row], building: list[Row]) -> None:
    corpus = stores.prepare(folder, count)
    compared = _chosen(wanted.engine, count)
    for engine in compared:
        building.append(_built(engine, corpus, folder, count))
    asked = [_as_terms(one) for one in questions()]
    for engine in compared:
        engine.open(_place(folder, engine, count))
    _check(compared, asked)
    for row in _timed(compared, asked, count, wanted.rounds, stores.bodies(corpus)):
        click.echo("  ".join(map(str, row.values())))
        rows.append(row)
    for engine in compared:
        engine.close()


def _chosen(names: list[str] | None, count: int) -> list[Engine]:
    found, missing = engines()
    click.echo("\n".join(missing), err=True)
    found.insert(1, Cold())
    if names:
        found = [engine for engine in found if any(name.lower() in engine.name.lower() for name in names)]
    return [
        engine
        for engine in found
        if not any(engine.name.startswith(name) and count > most for name, most in LARGEST.items())
    ]


def _place(folder: Path, engine: Engine, count: int) -> Path:
    name = "ours" if isinstance(engine, Ours) else engine.name.partition(" ")[0].lower()
    return folder / f"{name}-{count}"


# --- building and opening ----------------------------------------------------------------------------------------


def _built(engine: Engine, corpus: Path, folder: Path, count: int) -> Row:
    """Build an index unless it is there, and open it in a process of its own."""
    place = _place(folder, engine, count)
    note = place.with_suffix(".json")
    if not note.exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = time.perf_counter()
        engine.build(place, corpus)
        note.write_text(json.dumps(round(time.perf_counter() - begun, 1)))
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    opened = json.loads(_alone("benchmarks.search.opening", engine.name, str(place)))
    row = {
        "engine": engine.name,
        "records": count,
        "build_s": json.loads(note.read_text()),
        "megabytes": round(size / 1e6),
        **opened,
    }
    click.echo("  ".join(f"{name} {value}" for name, value in row.items()))
    return row


def _alone(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


# --- asking ------------------------------------------------------------------------------------------------------


def _as_terms(question: Question) -> Question:
    """Return a question in terms as they stand in the indexes; a beginning stays as it is."""
    if question.kind is Kind.PREFIX:
        return question
    return Question(question.kind, tuple(term_of("da", word) or word for word in question.words), question.filters)


def _check(compared: list[Engine], asked: list[Question]) -> None:
    """Refuse to time engines that do not find the same records, or count them otherwise.

    :raises AssertionError: with the first question that is answered differently.
    """
    first, *others = compared
    for question in [*asked, *filtered(asked)][:: CHECKED_OF if len(compared) > 1 else len(asked)]:
        ours = _asked(first, question, facets=True)
        for engine in others:
            theirs = _asked(engine, question, facets=True)
            assert theirs.total == ours.total, (engine.name, question, theirs.total, ours.total)
            same = {name: dict(codes) for name, codes in (theirs.counts or {}).items() if codes}
            assert same == {name: dict(codes) for name, codes in (ours.counts or {}).items() if codes}, engine.name


def _asked(engine: Engine, question: Question, *, facets: bool) -> Answer:
    engine.prepare(question)
    return engine.ask(question, total=True, facets=facets)


def _timed(
    compared: list[Engine], asked: list[Question], count: int, rounds: int, texts: dict[int, str]
) -> Iterable[Row]:
    """Ask every engine every question in turn, so that whatever else the machine does troubles all alike."""
    narrowed = filtered(asked)
    for work in Work:
        taken: dict[tuple[str, Kind], list[float]] = {}
        few = {engine.name for engine in compared if _is_slow(engine, asked[0], work)}
        for number in range(rounds):
            for place, question in enumerate(narrowed if work is Work.FILTERED else asked):
                for engine in compared:
                    if engine.name in few and (number or place % EACH >= FEW):
                        continue
                    seconds = _seconds(engine, question, work, texts)
                    if seconds is not None:
                        taken.setdefault((engine.name, question.kind), []).append(seconds)
        yield from _rows(taken, count, work)


def _is_slow(engine: Engine, question: Question, work: Work) -> bool:
    begun = time.perf_counter()
    _asked(engine, question, facets=work in (Work.FACETS, Work.FILTERED))
    return time.perf_counter() - begun > SLOW


def _seconds(engine: Engine, question: Question, work: Work, texts: dict[int, str]) -> float | None:
    if work is Work.SNIPPETS:
        ids = _asked(engine, question, facets=False).ids
        engine.snippets(question, texts, ids)
        begun = time.perf_counter()
        made = engine.snippets(question, texts, ids)
        return None if made is None else time.perf_counter() - begun
    facets = work in (Work.FACETS, Work.FILTERED)
    if not isinstance(engine, Cold):
        _asked(engine, question, facets=facets)  # the first time warms what the engine keeps
    engine.prepare(question)
    begun = time.perf_counter()
    engine.ask(question, total=work is not Work.TOP, facets=facets)
    return time.perf_counter() - begun


def _rows(taken: dict[tuple[str, Kind], list[float]], count: int, work: Work) -> Iterable[Row]:
    names = list(dict.fromkeys(name for name, _ in taken))
    for name in names:
        of_kind = {kind: times for (engine, kind), times in taken.items() if engine == name}
        yield _row(name, count, work, "all", [one for times in of_kind.values() for one in times])
        for kind, times in of_kind.items():
            yield _row(name, count, work, kind.value, times)


def _row(engine: str, count: int, work: Work, kind: str, times: list[float]) -> Row:
    return {
        "engine": engine,
        "records": count,
        "work": work.value,
        "query_kind": kind,
        "median_ms": round(median(times) * 1000, 3),
        "p95_ms": round(float(np.percentile(times, 95)) * 1000, 3),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--records", type=int, action="append", help="size of the corpus; may be given again")
    parser.add_argument("--engine", action="append", help="part of an engine's name; all without")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="times that each question is asked")
    parser.add_argument("--data", type=Path, help="keep corpora and indexes in this folder, and use those there")
    parser.add_argument("--note", default="", help="a sentence to keep with the results")
    return parser


if __name__ == "__main__":
    main()
