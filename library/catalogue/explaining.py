"""What the search page says of its answer: why each practice is in it, what it lacks, what was perhaps meant.

Runs no query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from index import MAX_QUERY_LENGTH, MAX_TERMS, Hit, SearchRequest, SearchResult
from library.catalogue.meaning import Meant
from library.catalogue.results import address
from library.showing.present import Why


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the page says of a search that was perhaps meant.

    :param typed: the words that nothing has, in quotation marks.
    :param words: those in their place.
    :param text: the whole search that was perhaps meant, with its address.
    :param literal: what was typed, with the address of that search.
    :param instead: whether the answer that is shown is that of the other search.
    """

    typed: str
    words: str
    text: str
    url: str
    literal: str
    literal_url: str
    instead: bool


def meaning(wanted: SearchRequest, other: Meant, *, instead: bool) -> Meaning:
    """Return what to say of a search that was perhaps meant, beside the one that was typed."""
    return Meaning(
        typed=quoted(other.typed),
        words=quoted(other.words),
        text=other.wanted.text,
        url=address(other.wanted),
        literal=wanted.text,
        literal_url=address(wanted, as_typed=True),
        instead=instead,
    )


def quoted(words: Iterable[str]) -> str:
    """Return words as a sentence names them, each in quotation marks."""
    return ", ".join(gettext("“%(word)s”", word=word) for word in words)


def why(result: SearchResult, hit: Hit) -> Why:
    """Return what to say of why a practice was found; what all of them lack is said above the list."""
    known = lacked_by_all(result)
    missing = tuple(word for word in hit.missing if word not in known)
    return Why(result.parsed, hit.language, result.beginnings, hit.through, missing)


def notes(result: SearchResult, typed: str) -> list[str]:
    """Return what the page says above a list that is not simply what was asked for.

    :param typed: the question as it was asked.
    """
    said = []
    if result.parsed.cut and len(typed) > MAX_QUERY_LENGTH:
        said.append(gettext("Your question was longer than 200 characters. We searched for the beginning of it."))
    elif result.parsed.cut:
        said.append(gettext("We searched for the first %(num)s words of your question.", num=MAX_TERMS))
    if result.parsed.exclusions:
        said.append(gettext("Practices with %(words)s are left out.", words=quoted(result.parsed.exclusions)))
    if result.beginnings:
        said.append(
            gettext("No practice has exactly these words. These have words that begin with them, or parts of them.")
        )
    if result.fewer_words and result.total:
        said.append(_fewer_words(result))
    if result.best_first and result.total:
        said.append(gettext("The best matches come first. Some practices lack a few of your words."))
    return said


def _fewer_words(result: SearchResult) -> str:
    lacking = lacked_by_all(result)
    if not lacking:
        return str(gettext("No practice has all of your words. These have some of them."))
    return str(gettext("No practice has %(words)s. These have your other words.", words=quoted(lacking)))


def lacked_by_all(result: SearchResult) -> tuple[str, ...]:
    """Return the words that no practice has, if there are any and the whole list is on one page to tell."""
    if not result.fewer_words or len(result.hits) != result.total:
        return ()
    first, *others = (hit.missing for hit in result.hits)
    return tuple(word for word in first if all(word in missing for missing in others))
