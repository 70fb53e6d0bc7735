"""``python -m benchmarks [PART]``, with a part of those that ``--help`` names.

Without a part, all of them but the last, which needs a test set: ``--data FOLDER``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import (
    booklet,
    drafts,
    files,
    first_answer,
    imports,
    map,
    pages,
    relabel,
    search_page,
    visible,
    word_forms,
)
from benchmarks.installation import STARTER_SIZE
from benchmarks.machine import circumstances
from benchmarks.measuring import Unmeasurable, wrk
from benchmarks.relevance import report
from benchmarks.serving import ROOT
from benchmarks.tables import keep

PARTS: Final = (
    "pages",
    "search-page",
    "first-answer",
    "drafts",
    "files",
    "imports",
    "map",
    "booklet",
    "relabel",
    "relevance",
    "word-forms",
    "visible",
)
SECONDS: Final = 4.0  # for each page and instrument


def main() -> None:
    """Measure what was asked for; exit with 1 and a sentence if something could not be."""
    wanted = _parser().parse_args()
    try:
        if wanted.part in (None, "pages", "map"):
            wrk()  # where it is missing, say so before the work, not after
        if wanted.part in (None, "first-answer"):
            _first_answer(wanted)
        if wanted.part in (None, "pages"):
            _pages(wanted)
        if wanted.part in (None, "search-page"):
            _search_page(wanted)
        if wanted.part in (None, "files"):
            keep("files", files.measure(), circumstances(), note=wanted.note)
        if wanted.part in (None, "imports"):
            keep("imports", imports.measure(), circumstances(), note=wanted.note)
        if wanted.part in (None, "map"):
            _map(wanted)
        if wanted.part in (None, "booklet"):
            keep("booklet", booklet.measure(wanted.data), circumstances(), note=wanted.note)
        if wanted.part in (None, "relabel"):
            with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
                keep("relabel", relabel.measure(wanted.data or Path(folder)), circumstances(), note=wanted.note)
        if wanted.part in (None, "relevance"):
            _relevance(wanted)
        if wanted.part in (None, "visible"):
            keep("visible", visible.measure(wanted.records or visible.SIZES), circumstances(), note=wanted.note)
        if wanted.part == "word-forms":
            _word_forms(wanted)
        if wanted.part in (None, "drafts"):
            _drafts(wanted)
    except Unmeasurable as reason:
        sys.exit(f"not measured: {reason}")


def _pages(wanted: argparse.Namespace) -> None:
    about = circumstances()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        sizes = wanted.records or pages.SIZES
        rows, memory = pages.measure(wanted.data or Path(folder), sizes, seconds=wanted.seconds)
    keep("pages", rows, about, note=wanted.note)
    keep("memory", memory, about, note=wanted.note)


def _search_page(wanted: argparse.Namespace) -> None:
    about = circumstances()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        rows = search_page.measure(wanted.data or Path(folder), wanted.records or search_page.SIZES)
    keep("search-page", rows, about, note=wanted.note)


def _map(wanted: argparse.Namespace) -> None:
    about = circumstances()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        rows = map.measure(wanted.data or Path(folder), wanted.records or pages.SIZES, seconds=wanted.seconds)
    keep("map", rows, about, note=wanted.note)


def _first_answer(wanted: argparse.Namespace) -> None:
    about = circumstances()
    keep("first-answer", first_answer.measure(wanted.repository), about, note=wanted.note)


def _word_forms(wanted: argparse.Namespace) -> None:
    if not wanted.data:
        raise Unmeasurable("word forms need a test set: --data FOLDER")
    about = {**circumstances(), "command": "python -m benchmarks word-forms --data FOLDER"}
    keep("word-forms", word_forms.measure(wanted.data), about, note=wanted.note)
    keep("word-costs", word_forms.costs(wanted.data), about, note=wanted.note)


def _drafts(wanted: argparse.Namespace) -> None:
    about = circumstances()
    keep("drafts", drafts.measure(wanted.rounds), about, note=wanted.note)


def _relevance(wanted: argparse.Namespace) -> None:
    about = circumstances()
    rows, kinds = report.measure(wanted.sets)
    keep("relevance", rows, about, note=wanted.note)
    keep("relevance-summary", report.summary(rows), about, note=wanted.note)
    keep("relevance-kinds", kinds, about, note=wanted.note)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--records", type=_size, action="append", help="size of the library; may be given again")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each page and instrument")
    parser.add_argument("--data", type=Path, help="keep the libraries in this folder, and use those that are there")
    parser.add_argument("--repository", type=Path, default=ROOT, help="what to clone for the first answer")
    parser.add_argument("--rounds", type=int, default=drafts.ROUNDS, help="of the race for one draft")
    parser.add_argument("--sets", type=Path, default=_sets(), help="a folder of test sets that others made")
    parser.add_argument("--note", default="", help="a sentence to keep with the results")
    return parser


def _sets() -> Path | None:
    folder = os.environ.get("RELEVANCE_SETS")
    return Path(folder) if folder else None


def _size(value: str) -> int:
    size = int(value)
    if size < STARTER_SIZE:
        raise argparse.ArgumentTypeError(f"every library holds the {STARTER_SIZE} practices of the starter library")
    return size


if __name__ == "__main__":
    main()
