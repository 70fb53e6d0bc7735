"""How good a ranking is, by the definitions of the field; knows lists of names and grades, nothing else.

nDCG: K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, with the
gain ``2^grade - 1`` and the discount ``log2(rank + 1)`` of C. Burges et al., "Learning to rank using gradient descent",
ICML 2005. Where every grade is 0 or 1 that is what trec_eval calls ``ndcg_cut``. The ideal ranking is made of all that
was judged, not of what was found. Recall is trec_eval's ``recall``: of all relevant documents, those among the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2
from typing import Final

DEPTH: Final = 10  # of nDCG: a page of hits that is read
RECALL_DEPTH: Final = 50

Grades = Mapping[str, int]  # document to grade; what is not in it is not relevant


def gain(grade: int) -> int:
    """Return what a document of a grade is worth."""
    return int(2**grade - 1)


def dcg(grades: Iterable[int]) -> float:
    """Return the discounted cumulated gain of grades in the order of their ranks."""
    return fsum(gain(grade) / log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def ndcg(ranking: Sequence[str], judged: Grades, depth: int = DEPTH) -> float:
    """Return the gain of a ranking's beginning as a share of the best possible; each document counts once.

    :raises ValueError: if nothing relevant was judged, for then no ranking is better than another.
    """
    ideal = dcg(sorted(_relevant(judged).values(), reverse=True)[:depth])
    return dcg(judged.get(document, 0) for document in list(dict.fromkeys(ranking))[:depth]) / ideal


def recall(ranking: Sequence[str], judged: Grades, depth: int = RECALL_DEPTH) -> float:
    """Return which share of the relevant documents stands among a ranking's first.

    :raises ValueError: if nothing relevant was judged.
    """
    relevant = _relevant(judged)
    return len(relevant.keys() & list(dict.fromkeys(ranking))[:depth]) / len(relevant)


def _relevant(judged: Grades) -> dict[str, int]:
    relevant = {document: grade for document, grade in judged.items() if grade > 0}
    if not relevant:
        raise ValueError("nothing relevant was judged")
    return relevant


@dataclass(frozen=True, slots=True)
class Score:
    """Means over queries; ``empty`` is the number of queries that were answered with nothing at all."""

    queries: int
    ndcg10: float
    recall50: float
    empty: int


def score(answers: Sequence[tuple[Sequence[str], Grades]]) -> Score:
    """Return the means over answers, each a ranking and what was judged; an answer with nothing in it counts as 0."""
    if not answers:
        raise ValueError("no query was asked")
    return Score(
        queries=len(answers),
        ndcg10=fsum(ndcg(ranking, judged) for ranking, judged in answers) / len(answers),
        recall50=fsum(recall(ranking, judged) for ranking, judged in answers) / len(answers),
        empty=sum(not ranking for ranking, _ in answers),
    )
