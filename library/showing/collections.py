"""A collection as pages and files show it: parts in their order, saved searches run, words in the reader's language.

Only published practices are in it, whatever was chosen or found. Runs searches of the index and no statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from index import MAX_PER_PAGE, SearchRequest
from library import models
from library.indexing.asking import read_query, values_of
from library.indexing.search import Found
from library.languages import ENDONYMS, best_language
from library.lexicon import Lexicon
from library.prose import to_html, to_text

MOST_SEARCHES: Final = 20  # parts of one collection that a search feeds; what is beyond stays empty
MOST_PRACTICES: Final = 500  # in one collection as it is shown; a booklet of more would be no choice
GENERAL_COVER: Final = "general"
COVERS: Final = (
    "safe-urban-space",
    "safe-online-sphere",
    "strong-families",
    "safe-public-institutions",
    "strong-youth-engagement",
    "safe-communities",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a curator wrote, as Markdown, and in which language it stands here.

    :param foreign: it is not the reader's.
    """

    source: str
    language: str
    foreign: bool

    def __bool__(self) -> bool:
        return bool(self.source.strip())

    @property
    def html(self) -> Markup:
        """The words as safe HTML."""
        return to_html(self.source)

    @property
    def text(self) -> str:
        """The words without marks."""
        return to_text(self.source)


@dataclass(frozen=True, slots=True)
class Place:
    """A practice in a collection, by its number, with the curator's note in every language there is."""

    practice_id: int
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a collection with the practices that it shows.

    :param number: from 1.
    :param search_url: the search that feeds it; nothing where all were chosen one by one.
    :param waiting: the search cannot be asked just now, for the index is being rebuilt.
    """

    number: int
    heading: Words
    introduction: Words
    places: tuple[Place, ...]
    search_url: str = ""
    waiting: bool = False

    @property
    def key(self) -> str:
        """Its name within a page."""
        return f"part-{self.number}"


@dataclass(frozen=True, slots=True)
class ShownCollection:
    """A collection in one reader's language.

    :param cover: the name of its picture.
    :param languages: (own name, address, code) of the other languages it is written in.
    """

    slug: str
    url: str
    language: str
    title: Words
    introduction: Words
    audience: Words
    cover: str
    curators: tuple[str, ...]
    published_on: datetime
    changed_on: datetime
    languages: tuple[tuple[str, str, str], ...]
    original_language: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """How many practices it shows."""
        return sum(len(part.places) for part in self.parts)

    @property
    def practice_ids(self) -> tuple[int, ...]:
        """Its practices in their order."""
        return tuple(place.practice_id for part in self.parts for place in part.places)

    @property
    def language_name(self) -> str:
        """What the language of its title calls itself."""
        return ENDONYMS[self.title.language]

    def words(self, written: Mapping[str, str]) -> Words:
        """Return what is written in some languages in the one for this reader."""
        return words_in(written, self.language, self.original_language)


@dataclass(frozen=True, slots=True)
class CollectionCard:
    """A collection in a list.

    :param chosen: practices chosen for it; those that a search would find are not counted.
    """

    url: str
    title: Words
    audience: Words
    cover: str
    chosen: int = 0


def words_in(written: Mapping[str, str], language: str, original: str) -> Words:
    """Return words in the reader's language, else in the original, else in any in which they are written."""
    kept = {code: text for code, text in written.items() if text and text.strip()}
    chosen = best_language(language, kept, original)
    if chosen not in kept:
        chosen = min(kept, default=original)
    return Words(kept.get(chosen, ""), chosen, foreign=chosen != language)


def cover_of(collection: models.Collection, lexicon: Lexicon) -> str:
    """Return the name of a collection's picture: that of the area its theme belongs to."""
    above = lexicon.with_ancestors((collection.cover_id,) if collection.cover_id else ())
    codes = (identifier.removeprefix("themes/") for identifier in above)
    return next((code for code in codes if code in COVERS), GENERAL_COVER)


def collection_card(
    collection: models.Collection, lexicon: Lexicon, language: str, *, chosen: int = 0
) -> CollectionCard:
    """Return a collection as lists show it."""
    text = collection.text_in(language)
    foreign = text.language != language
    return CollectionCard(
        url=url_for("collections.collection", slug=collection.slug, lang=language),
        title=Words(text.title, text.language, foreign),
        audience=Words(text.audience, text.language, foreign),
        cover=cover_of(collection, lexicon),
        chosen=chosen,
    )


def show_collection(
    collection: models.Collection,
    lexicon: Lexicon,
    language: str,
    *,
    find: Callable[[SearchRequest], Found],
    published: Callable[[Collection[int]], Collection[int]],
) -> ShownCollection:
    """Return a collection as its reader meets it.

    :param find: runs a search.
    :param published: says which of some practices the public may see.
    """
    parts = _parts(collection, language, find)
    public = published([place.practice_id for part in parts for place in part.places])
    text = collection.text_in(language)
    foreign = text.language != language
    return ShownCollection(
        slug=collection.slug,
        url=url_for("collections.collection", slug=collection.slug, lang=language),
        language=language,
        title=Words(text.title, text.language, foreign),
        introduction=Words(text.introduction, text.language, foreign),
        audience=Words(text.audience, text.language, foreign),
        cover=cover_of(collection, lexicon),
        curators=tuple(filter(None, (curator.account.name for curator in collection.curators))),
        published_on=collection.published_at or collection.created_at,  # a draft has no date yet
        changed_on=collection.changed_at,
        languages=_other_languages(collection, text.language),
        original_language=collection.original_language,
        parts=tuple(_only(parts, public)),
    )


def _other_languages(collection: models.Collection, shown: str) -> tuple[tuple[str, str, str], ...]:
    others = [text.language for text in collection.texts if text.language != shown]
    return tuple(
        (ENDONYMS[code], url_for("collections.collection", slug=collection.slug, lang=code), code) for code in others
    )


def _parts(collection: models.Collection, language: str, find: Callable[[SearchRequest], Found]) -> list[Part]:
    """Return all sections with what was chosen, and what searches find that is not in the collection already."""
    taken = {item.practice_id for section in collection.sections for item in section.items}
    searches = [section for section in collection.sections if section.search is not None][:MOST_SEARCHES]
    parts = []
    for number, section in enumerate(collection.sections, start=1):
        part = _chosen(section, number, language, collection.original_language)
        if section in searches:
            part = _with_found(part, section, collection.original_language, find, taken)
            taken.update(place.practice_id for place in part.places)
        parts.append(part)
    return parts


def _chosen(section: models.CollectionSection, number: int, language: str, original: str) -> Part:
    return Part(
        number=number,
        heading=words_in(section.headings, language, original),
        introduction=words_in(section.introductions, language, original),
        places=tuple(Place(item.practice_id, item.notes) for item in section.items),
    )


def _with_found(
    part: Part,
    section: models.CollectionSection,
    original: str,
    find: Callable[[SearchRequest], Found],
    taken: Collection[int],
) -> Part:
    """Return a part with what its search finds, in the collection's language: each reader gets the same practices."""
    most = section.most or 0
    wanted = read_query(section.search or "", original, per_page=min(MAX_PER_PAGE, most + len(taken)))
    found = find(wanted)
    # Without an index only titles would be searched, and no filter applied: better nothing than the wrong practices.
    ids = () if found.rebuilding else tuple(hit.id for hit in found.result.hits if hit.id not in taken)
    return replace(
        part,
        places=(*part.places, *(Place(identifier, {}) for identifier in ids[:most])),
        search_url=url_for("catalogue.search", **values_of(wanted)),
        waiting=found.rebuilding,
    )


def _only(parts: Iterable[Part], public: Collection[int]) -> Iterable[Part]:
    """Yield parts with practices that the public may see, up to the most that a collection shows."""
    left = MOST_PRACTICES
    for part in parts:
        places = tuple(place for place in part.places if place.practice_id in public)[:left]
        left -= len(places)
        yield replace(part, places=places)


def heading_of(part: Part) -> str:
    """Return the heading of a part; a plain one where its curator gave none."""
    return part.heading.source or gettext("Part %(number)s", number=part.number)
