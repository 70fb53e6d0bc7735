"""Is there something like it already? Published practices and one's own drafts that resemble a title and a summary.

The index finds candidates, also in other languages; what is shown must then resemble the words themselves, or have been
found by all words of the title, so that most authors see nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from index import MAX_QUERY_LENGTH, SearchRequest
from library import record
from library.choices import PracticeState, SubmissionState
from library.indexing.search import search
from library.languages import LANGUAGES, best_language
from library.models import Account, Practice, PracticeText, Submission, SubmissionAuthor

MOST: Final = 5
CANDIDATES: Final = 20
LEAST_WORDS: Final = 2  # of a title; one word resembles too much
LEAST_LETTERS: Final = 4  # of a word that says something
ALIKE: Final = 0.5  # of titles
CLOSE: Final = 0.34  # of titles and summaries together
OPEN: Final = frozenset(SubmissionState) - {SubmissionState.ACCEPTED, SubmissionState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Something that may be about the same work.

    :param slug: of a published practice; empty for a draft.
    :param submission: number of one's own draft.
    """

    title: str
    summary: str
    slug: str = ""
    submission: int | None = None


def duplicates_of(
    session: Session,
    *,
    title: str,
    summary: str = "",
    language: str,
    actor: Account,
    without: Submission | None = None,
) -> list[Duplicate]:
    """Return what may be about the same work, the most alike first.

    :param language: in which the words are written.
    :param without: the submission itself; also the practice that it revises is left out.
    """
    if len(_words(title)) < LEAST_WORDS:
        return []
    found = [
        *_practices(session, title, summary, language, without.practice_id if without else None),
        *_own_drafts(session, title, summary, actor, without.id if without else None),
    ]
    found.sort(key=lambda pair: -pair[0])
    return [duplicate for _likeness, duplicate in found[:MOST]]


def likeness(title: str, summary: str, other_title: str, other_summary: str) -> float:
    """Return how much two works resemble each other by their words: 0 nothing, 1 the same; below a bar it is 0."""
    titles = _overlap(_words(title), _words(other_title))
    whole = _overlap(_words(f"{title} {summary}"), _words(f"{other_title} {other_summary}"))
    return max(titles, whole) if titles >= ALIKE or whole >= CLOSE else 0.0


def _practices(
    session: Session, title: str, summary: str, language: str, revised: int | None
) -> Iterator[tuple[float, Duplicate]]:
    exact, hits = _candidates(session, title, summary, language)
    texts: dict[int, list[tuple[str, PracticeText]]] = {}
    query = select(Practice.id, Practice.slug, PracticeText).join(PracticeText)
    wanted = query.where(Practice.id.in_(hits), Practice.state == PracticeState.PUBLISHED)
    for identifier, slug, text in session.execute(wanted):
        if identifier != revised:
            texts.setdefault(identifier, []).append((slug, text))
    for identifier, versions in texts.items():
        likenesses = (likeness(title, summary, text.title, text.summary) for _slug, text in versions)
        alike = max(max(likenesses), ALIKE if identifier in exact else 0.0)
        if alike:
            by_language = {text.language: text for _slug, text in versions}
            shown = by_language[best_language(language, by_language, versions[0][1].language)]
            yield alike, Duplicate(shown.title, shown.summary, slug=versions[0][0])


def _candidates(session: Session, title: str, summary: str, language: str) -> tuple[set[int], list[int]]:
    """Return the practices that have every word of the title, and those worth comparing."""
    language = language if language in LANGUAGES else "en"
    asked = [_plain(title), " ".join(sorted(_words(summary), key=len, reverse=True)[:8])]
    exact: set[int] = set()
    hits: list[int] = []
    for number, text in enumerate(filter(None, asked)):
        request = SearchRequest(text=text[:MAX_QUERY_LENGTH], language=language, per_page=CANDIDATES)
        found = search(session, request)
        ids = [hit.id for hit in found.result.hits]
        hits += ids
        # All words of a long title in one record are no coincidence, in whatever language.
        if number == 0 and len(_words(title)) > LEAST_WORDS:
            exact = {hit.id for hit in found.result.hits[:MOST] if not hit.missing}
    return exact, list(dict.fromkeys(hits))


def _own_drafts(
    session: Session, title: str, summary: str, actor: Account, without: int | None
) -> Iterator[tuple[float, Duplicate]]:
    mine = select(Submission.id, Submission.document).join(SubmissionAuthor)
    wanted = mine.where(SubmissionAuthor.account_id == actor.id, Submission.state.in_(sorted(OPEN)))
    for identifier, document in session.execute(wanted.order_by(Submission.id.desc()).limit(200)):
        if identifier == without:
            continue
        alike = [
            (likeness(title, summary, other, about), Duplicate(other, about, submission=identifier))
            for other, about in _heads(document)
        ]
        best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
        if best[0] and best[1] is not None:
            yield best[0], best[1]


def _heads(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield title and summary in each language of a document."""
    texts = document.get(record.TEXT_KEY)
    for text in texts.values() if isinstance(texts, Mapping) else ():
        if isinstance(text, Mapping) and text.get("title"):
            yield str(text["title"]), str(text.get("summary") or "")


def _words(text: str) -> frozenset[str]:
    """Return the beginnings of the words that say something, without case, accents and most endings."""
    return frozenset(word[:7] for word in _plain(text).split() if len(word) >= LEAST_LETTERS)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in decomposed if not unicodedata.combining(c))))


def _overlap(one: Iterable[str], other: Iterable[str]) -> float:
    """Return how many words two texts share, of all that they have together."""
    first, second = set(one), set(other)
    return len(first & second) / len(first | second) if first | second else 0.0
