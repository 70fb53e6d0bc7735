"""What the pages of insight read. Each function runs a fixed number of statements, whatever the data.

Lists are cut into pages here; ``page`` 0 stands for the whole list, up to ``MOST_IN_A_FILE``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Integer, Subquery, case, cast, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from index import IndexUnavailable, SearchRequest
from library.adoptions import is_of_another
from library.choices import AdoptionState, Choice, PracticeState, Provenance
from library.counting import concepts_in
from library.deadlines import WITH_ADVISERS, is_overdue
from library.indexing.search import index_of_app
from library.insight.paging import PER_PAGE, Slice, pages_of
from library.insight.times import ANSWERS, Happened
from library.languages import LANGUAGES
from library.lexicon import Lexicon, current
from library.models import (
    Adoption,
    Practice,
    PracticeText,
    ReadTally,
    SearchTally,
    Submission,
    SubmissionEvent,
)
from library.ownership import has_owner
from library.workflow import SubmissionStep

# Words that fewer have looked for may say more about who did than about the library (k-anonymity, ADR 0022).
ASKED_BY: Final = 3
MOST_IN_A_FILE: Final = 10_000
WINDOWS: Final = (30, 90, 365)  # days
RECENTLY: Final = 90  # days, of readings beside what needs mending
MONTHS: Final = 12
PUBLISHED: Final = Practice.state == PracticeState.PUBLISHED


class Finding(Choice):
    """How little a search found."""

    ALL = "all", _l("Nothing or little")
    NOTHING = "nothing", _l("Nothing")
    LITTLE = "little", _l("One or two")


class Lack(Choice):
    """What is wrong with a translation."""

    MISSING = "missing", _l("Missing")
    OLDER = "older", _l("Older than the original")


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that readers looked for.

    :param found: practices, the last time.
    :param finds_now: practices that all the words find today; ``None`` where the index cannot tell.
    :param theme: and ``agency``: codes of what the words name, to call for practices with.
    """

    words: str
    language: str
    searches: int
    last: date
    found: int
    finds_now: int | None = None
    theme: str = ""
    agency: str = ""

    @property
    def longest_word(self) -> str:
        """The word to look for a concept with, which may then get all of them as a synonym."""
        return max(self.words.split(), key=len)


@dataclass(frozen=True, slots=True)
class Counted:
    """A practice with a few numbers about it."""

    practice: Practice
    numbers: Mapping[str, int]
    has_owner: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the library one country or one language has.

    :param code: of a country's concept, or of a language.
    :param parts: how many of them are something: confirmed, compiled, originals, older than their original.
    """

    code: str
    practices: int
    of: int
    parts: Mapping[str, int]

    @property
    def percent(self) -> float:
        """The share, in percent."""
        return 100 * self.practices / self.of if self.of else 0.0


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they stand now."""
    return current(session)


def _cut(session: Session, query: Any, page: int) -> tuple[Sequence[Any], int, int]:
    """Return the rows of a page, how many there are in all, and the number of the page; beyond the last is the last."""
    if not page:
        rows = session.execute(query.limit(MOST_IN_A_FILE)).all()
        return rows, len(rows), 1
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(page, pages_of(total))
    return session.execute(query.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all(), total, number


def _with_practices(session: Session, rows: Sequence[Any], *, owners: bool = False) -> list[Counted]:
    """Return rows that open with a practice's number as practices with their texts and owners."""
    ids = [row[0] for row in rows]
    query = select(Practice, has_owner()) if owners else select(Practice, Practice.id.is_(None))
    query = query.where(Practice.id.in_(ids)).options(selectinload(Practice.texts), joinedload(Practice.owner))
    found = {practice.id: (practice, asked) for practice, asked in session.execute(query)}
    return [
        Counted(found[row[0]][0], {name: int(value or 0) for name, value in row._mapping.items()}, found[row[0]][1])
        for row in rows
        if row[0] in found
    ]


# --- searches that found nothing or little ---------------------------------------------------------------------------


def _sought() -> Subquery:
    """Return what enough readers looked for: words, language, how many, when last, and what it found then."""
    enough = (
        select(
            SearchTally.words,
            SearchTally.language,
            func.sum(SearchTally.searches).label("searches"),
            func.max(SearchTally.day).label("last"),
        )
        .group_by(SearchTally.words, SearchTally.language)
        .having(func.sum(SearchTally.searches) >= ASKED_BY)
        .subquery()
    )
    newest = (SearchTally.day == enough.c.last) & (SearchTally.language == enough.c.language)
    query = select(enough, SearchTally.found).join(SearchTally, newest & (SearchTally.words == enough.c.words))
    return query.subquery()


def searches(session: Session, *, finding: Finding = Finding.ALL, page: int = 1) -> Slice[Sought]:
    """Return what readers looked for and did not find, the most wanted first."""
    sought = _sought()
    query = select(sought).order_by(sought.c.searches.desc(), sought.c.last.desc(), sought.c.words, sought.c.language)
    if finding is not Finding.ALL:
        query = query.where(sought.c.found == 0 if finding is Finding.NOTHING else sought.c.found > 0)
    rows, total, number = _cut(session, query, page)
    words = lexicon(session)
    return Slice([_as_sought(row, words, ask=bool(page)) for row in rows], total, number)


def _as_sought(row: Any, words: Lexicon, *, ask: bool) -> Sought:
    named = concepts_in(row.words, words) if ask else ()
    codes = {identifier.partition("/")[0]: identifier.partition("/")[2] for identifier in reversed(named)}
    return Sought(
        row.words,
        row.language,
        row.searches,
        row.last,
        row.found,
        _finds_now(row.words, row.language) if ask else None,
        codes.get("themes", ""),
        codes.get("agencies", ""),
    )


def _finds_now(words: str, language: str) -> int | None:
    """Return what words find today, of the index alone: it answers in a millisecond, and no database is asked."""
    try:
        result = index_of_app().search(SearchRequest(text=words, language=language, per_page=1))
    except IndexUnavailable:
        return None
    return result.whole


# --- read and adopted ------------------------------------------------------------------------------------------------


def _reads(since: date) -> Subquery:
    # Cast, so that SQLite does not group along the index of practices: that costs it a second for a month of readings.
    practice = cast(ReadTally.practice_id, Integer)
    query = select(practice.label("practice_id"), func.sum(ReadTally.reads).label("reads"))
    return query.where(ReadTally.day >= since).group_by(practice).subquery()


def most_read(session: Session, *, since: date, page: int = 1) -> Slice[Counted]:
    """Return the practices that most readers opened since a day."""
    reads = _reads(since)
    query = select(Practice.id, reads.c.reads).join(reads, reads.c.practice_id == Practice.id)
    query = query.where(PUBLISHED).order_by(reads.c.reads.desc(), Practice.id)
    rows, total, number = _cut(session, query, page)
    return Slice(_with_practices(session, rows), total, number)


def in_use(session: Session, listed: Sequence[Counted]) -> dict[int, int]:
    """Return in how many municipalities each of some practices is in use."""
    query = select(Adoption.practice_id, func.count()).join(Adoption.practice).where(is_of_another())
    query = query.where(
        Adoption.practice_id.in_([row.practice.id for row in listed]), Adoption.state == AdoptionState.IN_USE
    )
    return dict(session.execute(query.group_by(Adoption.practice_id)).all())


def most_adopted(session: Session, *, since: datetime, page: int = 1) -> Slice[Counted]:
    """Return the practices of which most municipalities reported since then that they use them, or plan to."""
    taken = case((Adoption.state != AdoptionState.STOPPED, 1), else_=0)
    reports = (
        select(
            Adoption.practice_id,
            func.sum(taken).label("taken"),
            *(
                func.sum(case((Adoption.state == state, 1), else_=0)).label(state.name.lower())
                for state in AdoptionState
            ),
        )
        .join(Adoption.practice)
        .where(Adoption.created_at >= since, is_of_another())
        .group_by(Adoption.practice_id)
        .subquery()
    )
    query = select(Practice.id, *(reports.c[name] for name in ("taken", *_STATES)))
    query = query.join(reports, reports.c.practice_id == Practice.id).where(PUBLISHED)
    rows, total, number = _cut(session, query.order_by(reports.c.taken.desc(), Practice.id), page)
    return Slice(_with_practices(session, rows), total, number)


def _name(state: AdoptionState) -> str:
    return state.name.lower()


_STATES: Final = tuple(map(_name, AdoptionState))


# --- coverage --------------------------------------------------------------------------------------------------------


def by_country(session: Session, *, today: date) -> list[Share]:
    """Return how many practices each country has, those without any too, in the order of the vocabulary."""
    confirmed = func.count().filter(Practice.confirm_by >= today)
    compiled = func.count().filter(Practice.provenance == Provenance.COMPILED)
    query = (
        select(Practice.country_id, func.count(), confirmed, compiled).where(PUBLISHED).group_by(Practice.country_id)
    )
    found = {country: numbers for country, *numbers in session.execute(query)}
    total = sum(numbers[0] for numbers in found.values())
    countries = [entry.id for entry in lexicon(session).scheme("countries")]
    none = [0, 0, 0]
    return [
        Share(country, numbers[0], total, {"confirmed": numbers[1], "compiled": numbers[2]})
        for country in countries
        for numbers in [found.get(country, none)]
    ]


def by_language(session: Session) -> list[Share]:
    """Return how many practices can be read in each language, and how many of those texts are what."""
    original, text = _texts()
    older = func.count().filter(_is_older(text, original))
    first = func.count().filter(text.language == Practice.original_language)
    query = select(text.language, func.count(), first, older).select_from(Practice)
    query = query.join(text, text.practice_id == Practice.id).join(original, _original(original)).where(PUBLISHED)
    found = {language: numbers for language, *numbers in session.execute(query.group_by(text.language))}
    total = session.scalar(select(func.count()).select_from(Practice).where(PUBLISHED)) or 0
    return [
        Share(language, numbers[0], total, {"original": numbers[1], "older": numbers[2]})
        for language in LANGUAGES
        for numbers in [found.get(language, [0, 0, 0])]
    ]


def _texts() -> tuple[Any, Any]:
    return aliased(PracticeText), aliased(PracticeText)


def _original(text: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = (text.practice_id == Practice.id) & (text.language == Practice.original_language)
    return condition


def _is_older(text: Any, original: Any) -> ColumnElement[bool]:
    """Return whether a text was last changed by an earlier revision than its original."""
    condition: ColumnElement[bool] = func.coalesce(text.made_from, 1) < func.coalesce(original.made_from, 1)
    return condition


# --- translations ----------------------------------------------------------------------------------------------------


def translations(session: Session, *, language: str, lack: Lack, since: date, page: int = 1) -> Slice[Counted]:
    """Return the practices whose translation is missing or too old, those that most readers open first."""
    reads = _reads(since)
    query = select(Practice.id, func.coalesce(reads.c.reads, 0).label("reads"))
    query = query.outerjoin(reads, reads.c.practice_id == Practice.id).where(PUBLISHED, _lacks(language, lack))
    query = query.order_by(func.coalesce(reads.c.reads, 0).desc(), Practice.id)
    rows, total, number = _cut(session, query, page)
    return Slice(_with_practices(session, rows, owners=True), total, number)


def _lacks(language: str, lack: Lack) -> ColumnElement[bool]:
    original, text = _texts()
    there = exists().where(text.practice_id == Practice.id, text.language == language)
    if lack is Lack.MISSING:
        return ~there
    return there.where(_original(original), _is_older(text, original))


def lacking(session: Session, *, lack: Lack) -> dict[str, int]:
    """Return how many translations into each language are missing or too old."""
    counts = [func.count().filter(_lacks(language, lack)) for language in LANGUAGES]
    row = session.execute(select(*counts).select_from(Practice).where(PUBLISHED)).one()
    return dict(zip(LANGUAGES, row, strict=True))


# --- unconfirmed -----------------------------------------------------------------------------------------------------


def _unconfirmed(today: date) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = Practice.confirm_by.is_(None) | (Practice.confirm_by < today)
    return condition


def unconfirmed(session: Session, *, today: date, page: int = 1) -> Slice[Counted]:
    """Return the practices whose owner has not confirmed that they hold, those that most readers open first."""
    reads = _reads(today - timedelta(days=RECENTLY))
    query = select(Practice.id, func.coalesce(reads.c.reads, 0).label("reads"))
    query = query.outerjoin(reads, reads.c.practice_id == Practice.id).where(PUBLISHED, _unconfirmed(today))
    order = (func.coalesce(reads.c.reads, 0).desc(), Practice.confirm_by.asc().nulls_last(), Practice.id)
    rows, total, number = _cut(session, query.order_by(*order), page)
    return Slice(_with_practices(session, rows, owners=True), total, number)


# --- review times ----------------------------------------------------------------------------------------------------


def answered(session: Session, *, since: datetime) -> list[Happened]:
    """Return what happened to the submissions that were answered since then, in order."""
    recent = select(SubmissionEvent.submission_id).where(
        SubmissionEvent.step.in_(ANSWERS), SubmissionEvent.created_at >= since
    )
    steps = (*ANSWERS, SubmissionStep.SUBMIT, SubmissionStep.WITHDRAW)
    query = select(SubmissionEvent.submission_id, SubmissionEvent.step, SubmissionEvent.created_at)
    query = query.where(SubmissionEvent.step.in_(steps), SubmissionEvent.submission_id.in_(recent))
    return [Happened(*row) for row in session.execute(query.order_by(SubmissionEvent.id))]


def waiting(session: Session, *, page: int = 1) -> Slice[Submission]:
    """Return the submissions that wait for an adviser, what is due first comes first."""
    query = select(Submission.id).where(Submission.state.in_(WITH_ADVISERS))
    query = query.order_by(Submission.due_on.nulls_last(), Submission.submitted_at, Submission.id)
    rows, total, number = _cut(session, query, page)
    ids = [identifier for (identifier,) in rows]
    whole = select(Submission).where(Submission.id.in_(ids)).options(joinedload(Submission.adviser))
    found = {submission.id: submission for submission in session.scalars(whole)}
    return Slice([found[identifier] for identifier in ids if identifier in found], total, number)


# --- the overview ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """The few numbers that matter."""

    searches: int
    reads: int
    reads_before: int
    adoptions: int
    adopters: int
    practices: int
    countries: int
    unconfirmed: int
    older: int
    waiting: int
    overdue: int


def overview(session: Session, *, today: date, now: datetime) -> Overview:
    """Count what the overview shows."""
    month, before = today - timedelta(days=30), today - timedelta(days=60)
    sought = session.scalar(select(func.count()).select_from(_sought())) or 0
    reads = session.execute(
        select(
            func.coalesce(func.sum(case((ReadTally.day >= month, ReadTally.reads), else_=0)), 0),
            func.coalesce(func.sum(case((ReadTally.day < month, ReadTally.reads), else_=0)), 0),
        ).where(ReadTally.day >= before)
    ).one()
    adoptions = session.execute(
        select(func.count(), func.count(Adoption.municipality_id.distinct()))
        .join(Practice)
        .where(PUBLISHED, is_of_another(), Adoption.state != AdoptionState.STOPPED)
        .where(Adoption.created_at >= now - timedelta(days=365))
    ).one()
    countries, stale = func.count(Practice.country_id.distinct()), func.count().filter(_unconfirmed(today))
    practices = session.execute(select(func.count(), countries, stale).where(PUBLISHED)).one()
    desk = session.execute(
        select(func.count().filter(Submission.state.in_(WITH_ADVISERS)), func.count().filter(is_overdue(today)))
    ).one()
    older = sum(share.parts["older"] for share in by_language(session))
    return Overview(sought, *reads, *adoptions, *practices, older, *desk)
