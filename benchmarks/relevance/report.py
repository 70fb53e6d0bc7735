"""The part ``relevance``: nDCG@10, recall@50 and empty answers, beside a plain reference.

``python -m benchmarks relevance [--sets FOLDER]``. The test set of our own, on the starter library, comes first; test
sets of others stay in the folder they are in, and only figures of them are kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.relevance import own, sets
from benchmarks.relevance.judgements import needs
from benchmarks.relevance.outside import sets_in
from benchmarks.relevance.rows import ANY, OTHER, OURS, SAME, Row, side_by_side
from library.extensions import db
from library.indexing.thesaurus import thesaurus_of
from library.lexicon import current

COLUMNS: Final = (
    ("kind", 26),
    ("set", 16),
    ("query_language", 7),
    ("document_language", 15),
    ("queries", 9),
    ("ndcg10", 9),
    ("reference_ndcg10", 11),
    ("ratio", 7),
    ("recall50", 10),
    ("reference_recall50", 11),
    ("empty", 7),
    ("reference_empty", 11),
)
SHORT: Final = {
    "query_language": "query",
    "document_language": "document",
    "reference_ndcg10": "reference",
    "reference_recall50": "reference",
    "reference_empty": "reference",
}


def measure(folder: Path | None) -> tuple[list[Row], list[Row]]:
    """Return the rows of our own test set and of those in a folder, and the rows by kind of query; print both.

    :param folder: with test sets in the shape that ``outside`` describes.
    :raises Unmeasurable: if it holds none.
    """
    others = sets_in(folder) if folder else []
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as place, own.starter_library(Path(place)):
        ours = own.measure(db.session, needs())
        thesaurus = thesaurus_of(current(db.session))
    _show(side_by_side(ours.rows))
    _show(ours.kinds)
    same, other = (_of_both(ours.rows, side) for side in (own.SAME_OF_BOTH, own.OTHER_OF_BOTH))
    print(f"\nnDCG@10 in the same language {same:.3f}, across languages {other:.3f}: {other / same:.2f} of it.")
    rows = list(ours.rows)
    for chosen in others:
        found = sets.measure(chosen, thesaurus)
        _show(side_by_side(found))
        rows += found
    return rows, ours.kinds


def summary(rows: Sequence[Row]) -> list[Row]:
    """Return the rows for tables: each language, in the same language and across; no single pairs."""
    return [row for row in side_by_side(rows) if _is_telling(row)]


def _of_both(rows: Sequence[Row], side: str) -> float:
    [figure] = [row["ndcg10"] for row in rows if row["engine"] == OURS and row["document_language"] == side]
    return float(figure)


def _is_telling(row: Row) -> bool:
    asked, found = row["query_language"], row["document_language"]
    if row["set"] == own.SET:
        return found in (ANY, SAME, OTHER, own.SAME_OF_BOTH, own.OTHER_OF_BOTH)
    return asked == found or (asked == ANY and found in (SAME, OTHER))


def _show(rows: Sequence[Row]) -> None:
    columns = [(name, width) for name, width in COLUMNS if name in rows[0]]
    print("\n" + "".join(f"{SHORT.get(name, name):>{width}}" for name, width in columns))
    for row in rows:
        print("".join(f"{'' if row[name] is None else row[name]:>{width}}" for name, width in columns))
