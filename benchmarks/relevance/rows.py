"""Rows of figures from answers: who was asked what in which language, and how good the answer was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from benchmarks.relevance.metrics import Grades, score

OURS: Final = "ours"
REFERENCE: Final = "BM25 with stems"
ANY: Final = "any"  # documents in whatever language, and queries in each
SAME: Final = "same"  # documents that can be read in the query's language
OTHER: Final = "other"  # documents that cannot
DIGITS: Final = 4

Row = dict[str, Any]
Answers = Sequence[tuple[Sequence[str], Grades]]


def row(name: str, engine: str, query_language: str, document_language: str, answers: Answers) -> Row:
    """Return the row of answers to queries of one set in one language."""
    figures = score(answers)
    return {
        "set": name,
        "engine": engine,
        "query_language": query_language,
        "document_language": document_language,
        "queries": figures.queries,
        "ndcg10": round(figures.ndcg10, DIGITS),
        "recall50": round(figures.recall50, DIGITS),
        "empty": figures.empty,
    }


def mean(rows: Sequence[Row], query_language: str, document_language: str) -> Row:
    """Return the row that stands for several: each language or pair of languages weighs the same."""
    return {
        **rows[0],
        "query_language": query_language,
        "document_language": document_language,
        "queries": sum(row["queries"] for row in rows),
        "ndcg10": round(fmean(row["ndcg10"] for row in rows), DIGITS),
        "recall50": round(fmean(row["recall50"] for row in rows), DIGITS),
        "empty": sum(row["empty"] for row in rows),
    }


def side_by_side(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return one row for each set and languages: ours, the reference's, and how many times as good ours is."""
    reference = {_what(row): row for row in rows if row["engine"] == REFERENCE}
    return [
        {
            **{name: ours[name] for name in ("set", "query_language", "document_language", "queries", "ndcg10")},
            "reference_ndcg10": reference[_what(ours)]["ndcg10"],
            "ratio": _ratio(ours["ndcg10"], reference[_what(ours)]["ndcg10"]),
            "recall50": ours["recall50"],
            "reference_recall50": reference[_what(ours)]["recall50"],
            "empty": ours["empty"],
            "reference_empty": reference[_what(ours)]["empty"],
        }
        for ours in rows
        if ours["engine"] == OURS
    ]


def _what(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["set"], row["query_language"], row["document_language"]


def _ratio(ours: float, reference: float) -> float | None:
    return round(ours / reference, 3) if reference else None
