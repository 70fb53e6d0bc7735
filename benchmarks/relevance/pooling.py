"""``python -m benchmarks.relevance.pooling``: what search shows among its first ten that nobody judged for the need.

For whoever adds needs or practices: read each of these, and name it in ``needs/`` if it is of any use. What is listed
again and again is either a practice that was overlooked or a fault of the search.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.relevance import own
from benchmarks.relevance.judgements import Need, needs, read_records
from benchmarks.relevance.metrics import DEPTH
from library.extensions import db


def unjudged(answers: Sequence[own.Answer]) -> dict[str, Counter[str]]:
    """Return, for each need, the practices that were shown without a judgement, with the number of its queries."""
    shown: dict[str, Counter[str]] = {}
    for answer in answers:
        strangers = [name for name in answer.ranking[:DEPTH] if name not in answer.need.judged]
        shown.setdefault(answer.need.name, Counter()).update(strangers)
    return shown


def lines(asked: Sequence[Need], shown: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield what to read, need by need, the most often shown first."""
    about = read_records()
    for need in asked:
        yield f"\n{need.name}: {need.wanted} ({len(need.asked)} queries)"
        for name, count in shown[need.name].most_common():
            yield f"  {count:>3}  {name}: {about.get(name, 'not read yet')}"


def main() -> None:
    """Ask a fresh starter library and print what is to be read."""
    asked = needs()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder, own.starter_library(Path(folder)):
        shelf = own.shelf_of(db.session)
        search = own.ours(db.session, shelf)
        for line in lines(asked, unjudged(own.ask(search, asked))):
            print(line)


if __name__ == "__main__":
    main()
