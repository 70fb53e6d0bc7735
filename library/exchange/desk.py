"""A municipality's own page: from what was read to what it shows. Pure; runs no query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.lists import format_list
from flask import url_for
from flask_babel import format_date, get_locale, gettext, ngettext

from library.choices import SubmissionState
from library.exchange.similar import Likeness, Suggestion
from library.languages import ENDONYMS
from library.lexicon import Lexicon
from library.models import Account, Adoption, Practice, Submission
from library.showing.adoptions import Used, used_by
from library.showing.present import Presenter, Term, term

STILL_SO: Final = timedelta(days=365)  # after which somebody is asked whether a report still holds
CITIES_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Titled:
    """A practice by the title that the reader knows.

    :param language: of the title; empty where it is the reader's.
    """

    id: int
    slug: str
    title: str
    url: str
    language: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A practice that the city has shared, and what became of it."""

    practice: Titled
    reads: int
    in_use: int
    users: str
    confirmed: str
    is_late: bool
    languages: str


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A practice of the city's own whose confirmation is due."""

    practice: Titled
    standing: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class InTheMaking:
    """A submission that the reader may know of."""

    title: str
    url: str
    state: SubmissionState


@dataclass(frozen=True, slots=True)
class InUse:
    """What the city reports, and whether somebody should look at it again."""

    used: Used
    slug: str
    said_on: date
    ask: bool


@dataclass(frozen=True, slots=True)
class Idea:
    """A practice that similar cities use, with the reason why it is suggested."""

    practice: Titled
    summary: str
    why: str


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the page shows. Of each list the first rows, and how many there are.

    :param size_known: whether the city's number of inhabitants is known, so that its size counts.
    """

    shared: list[Shared]
    shared_count: int
    to_confirm: list[ToConfirm]
    to_confirm_count: int
    making: list[InTheMaking]
    in_use: list[InUse]
    in_use_count: int
    ideas: list[Idea]
    size_known: bool
    gaps: list[Term]


def titled(practice: Practice, show: Presenter, language: str) -> Titled:
    """Return a practice by its title."""
    text = show.text_of(practice)
    foreign = text.language if text.language != language else ""
    address = url_for("catalogue.practice", slug=practice.slug)
    return Titled(practice.id, practice.slug, text.title, address, foreign)


def shared_rows(
    practices: Iterable[Practice],
    show: Presenter,
    language: str,
    *,
    owner: int,
    reads: Mapping[int, int],
    users: Mapping[int, Sequence[str]],
) -> list[Shared]:
    """Return what a city has shared, with readings and users by practice.

    :param owner: the city, which answers for the confirmation of its own alone.
    """
    return [
        Shared(
            practice=titled(practice, show, language),
            reads=reads.get(practice.id, 0),
            in_use=practice.in_use or 0,
            users=names_in_words(users.get(practice.id, ()), practice.in_use or 0),
            confirmed=standing_of(practice, show),
            is_late=practice.owner_id == owner and show.is_unconfirmed(practice),
            languages=", ".join(ENDONYMS[text.language] for text in practice.texts),
        )
        for practice in practices
    ]


def to_confirm_rows(practices: Iterable[Practice], show: Presenter, language: str, mine: set[int]) -> list[ToConfirm]:
    """Return what is to be confirmed.

    :param mine: what the reader may confirm.
    """
    return [ToConfirm(titled(one, show, language), standing_of(one, show), one.id in mine) for one in practices]


def standing_of(practice: Practice, show: Presenter) -> str:
    """Return until when a practice is confirmed, or since when it no longer is."""
    if practice.confirmed_on is None:
        return str(gettext("Not confirmed yet"))
    if show.is_unconfirmed(practice):
        return str(gettext("Not confirmed since %(day)s", day=format_date(practice.confirmed_on, "medium")))
    return str(gettext("Confirm again by %(day)s", day=format_date(practice.confirm_by, "medium")))


def making_rows(submissions: Iterable[Submission], actor: Account) -> list[InTheMaking]:
    """Return submissions with the desk at which the reader meets each."""
    return [
        InTheMaking(
            title=submission.title or gettext("Untitled"),
            url=url_for(_desk_of(submission, actor), identifier=submission.id),
            state=SubmissionState(submission.state),
        )
        for submission in submissions
    ]


def _desk_of(submission: Submission, actor: Account) -> str:
    writes = any(author.account_id == actor.id for author in submission.authors)
    return "submissions.overview" if writes else "review.submission"


def in_use_rows(adoptions: Sequence[Adoption], show: Presenter, language: str, today: date) -> list[InUse]:
    """Return what a city reports; what nobody has looked at for a year first."""
    rows = [
        InUse(used, row.practice.slug, row.changed_at.date(), row.changed_at.date() + STILL_SO <= today)
        for used, row in zip(used_by(adoptions, show, language), adoptions, strict=True)
    ]
    return sorted(rows, key=lambda row: not row.ask)


def ideas(
    suggested: Iterable[Suggestion],
    practices: Iterable[Practice],
    names: Mapping[int, str],
    show: Presenter,
    language: str,
) -> list[Idea]:
    """Return suggestions with their practices.

    :param names: of the cities that use them.
    """
    found = {practice.id: practice for practice in practices}
    return [
        Idea(
            practice=titled(found[one.practice_id], show, language),
            summary=show.text_of(found[one.practice_id]).summary,
            why=why(one, names),
        )
        for one in suggested
        if one.practice_id in found
    ]


def why(suggestion: Suggestion, names: Mapping[int, str]) -> str:
    """Return why a practice is suggested: who uses it, and in what they are like the city that asks."""
    users = names_in_words([names[city] for city in suggestion.cities[:CITIES_NAMED]], len(suggestion.cities))
    return str(gettext("Used in %(cities)s: %(likeness)s", cities=users, likeness=in_words(suggestion.shared)))


def in_words(likenesses: Iterable[Likeness]) -> str:
    """Return likenesses one after another."""
    return ", ".join(likeness.label for likeness in likenesses)


def names_in_words(names: Sequence[str], total: int) -> str:
    """Return some names and how many more there are, as a list that reads aloud."""
    shown = list(names[:CITIES_NAMED])
    more = total - len(shown)
    if shown and more > 0:
        shown.append(ngettext("%(num)s other", "%(num)s others", more))
    return format_list(shown, locale=get_locale()) if shown else ""


def gaps(lexicon: Lexicon, shared_themes: Collection[str], language: str) -> list[Term]:
    """Return the top themes in which a city has shared nothing, in the order of the vocabulary."""
    covered = set(lexicon.with_ancestors(shared_themes))
    return [term(entry, language) for entry in lexicon.top("themes") if entry.id not in covered]
