"""A collection as the desk shows it: sections with their practices, searches in words, deeds. Runs no query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from index import SearchRequest, Sort
from library.choices import PracticeState
from library.comparison import Segment, words
from library.indexing.asking import read_query, values_of
from library.indexing.facets import FACETS
from library.languages import ENDONYMS, best_language
from library.lexicon import Lexicon
from library.models import Collection, CollectionItem, CollectionSection
from library.prose import to_text
from library.record import concept_id

MOST_OPEN: Final = 30  # practices on one page of the desk, which stays below 60 kB
NOTE_SHOWN: Final = 180  # characters of a note in the list

DEEDS: Final[dict[str, Any]] = {
    "begin": _l("Began the collection"),
    "text": _l("Changed the words of the collection"),
    "add-section": _l("Added a section"),
    "section": _l("Changed a section"),
    "remove-section": _l("Removed a section"),
    "add-practices": _l("Added practices"),
    "remove-practice": _l("Removed a practice"),
    "note": _l("Changed why a practice is here"),
    "order": _l("Changed the order"),
    "bring-back": _l("Brought back what was removed"),
    "add-curator": _l("Added a curator"),
    "remove-curator": _l("Took out a curator"),
    "publish": _l("Published"),
    "archive": _l("Archived"),
    "restore": _l("Restored"),
}
REMOVALS: Final = frozenset({"remove-section", "remove-practice"})
SORTED: Final[dict[Sort, Any]] = {Sort.NEWEST: _l("newest first"), Sort.TITLE: _l("by title")}


# --- searches in words -------------------------------------------------------------------------------------------


def in_words(wanted: SearchRequest, lexicon: Lexicon, places: Mapping[str, str], language: str) -> str:
    """Return what a search looks for.

    :param places: municipality -> its name.
    """
    said = [f"“{wanted.text}”"] if wanted.text else []
    for facet in FACETS:
        codes = wanted.filters.get(facet.name, ())
        if not codes:
            continue
        names = [_named(facet.name, facet.scheme, code, lexicon, places, language) for code in codes]
        joint = (
            gettext("%(first)s and %(second)s") if facet.name in wanted.together else gettext("%(first)s or %(second)s")
        )
        said.append(f"{facet.label}: {_joined(names, joint)}")
    if wanted.sort in SORTED:
        said.append(str(SORTED[wanted.sort]))
    return "; ".join(said) or str(gettext("All practices"))


def _named(facet: str, scheme: str, code: str, lexicon: Lexicon, places: Mapping[str, str], language: str) -> str:
    if scheme:
        entry = lexicon.get(concept_id(scheme, code))
        return entry.label(language) if entry else code
    return places.get(code) or ENDONYMS.get(code, code) if facet in ("municipality", "language") else code


def _joined(names: Sequence[str], pattern: str) -> str:
    whole = names[0]
    for name in names[1:]:
        whole = pattern.replace("%(first)s", whole).replace("%(second)s", name)
    return whole


def places_in(searches: Iterable[SearchRequest]) -> set[str]:
    """Return the municipalities that searches name."""
    return {slug for wanted in searches for slug in wanted.filters.get("municipality", ())}


# --- the desk of one collection ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A chosen practice in the list.

    :param absent: why readers do not see it; empty where they do.
    :param note: its beginning, without marks.
    """

    id: int
    number: int
    practice_id: int
    title: str
    language: str
    url: str
    absent: str
    note: str
    note_language: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A section in the list.

    :param search: what feeds it, in words; empty where its practices are chosen.
    :param found: how many practices that search finds now.
    :param open: whether its practices are listed here; else it has a page of its own.
    """

    id: int
    number: int
    heading: str
    heading_language: str
    introduction: str
    search: str
    search_url: str
    found: int
    most: int
    total: int
    rows: tuple[Row, ...]
    open: bool
    prev_url: str | None = None
    next_url: str | None = None
    first: bool = False
    last: bool = False

    @property
    def name(self) -> str:
        """What lists and messages call it."""
        return self.heading or str(gettext("Section %(number)s", number=self.number))


def name_of(section: CollectionSection, language: str, original: str) -> str:
    """Return what lists and messages call a section."""
    heading, _ = _in(section.headings, language, original)
    return heading or str(gettext("Section %(number)s", number=section.position + 1))


def parts(
    found: Collection,
    language: str,
    *,
    chosen: int | None,
    page: int,
    spoken: Mapping[int, str],
    counted: Mapping[int, int],
) -> list[Part]:
    """Return the sections of a collection; all open where they fit a page, else the chosen one, page by page.

    :param chosen: the section that was asked for.
    :param spoken: section -> its search in words.
    :param counted: section -> how many practices its search finds.
    """
    total = sum(len(section.items) for section in found.sections)
    holding = [section.id for section in found.sections if section.items]
    only = None if total <= MOST_OPEN else chosen if chosen in holding else next(iter(holding), None)
    shown = []
    for section in found.sections:
        opened = only in (None, section.id)
        rows, before, after = _rows(found, section, language, page if only else 1) if opened else ((), None, None)
        heading, heading_language = _in(section.headings, language, found.original_language)
        introduction, _ = _in(section.introductions, language, found.original_language)
        shown.append(
            Part(
                id=section.id,
                number=section.position + 1,
                heading=heading,
                heading_language=heading_language,
                introduction=_shortened(introduction),
                search=spoken.get(section.id, ""),
                search_url=_search_url(section, language),
                found=counted.get(section.id, 0),
                most=section.most or 0,
                total=len(section.items),
                rows=rows,
                open=opened,
                prev_url=before,
                next_url=after,
                first=section is found.sections[0],
                last=section is found.sections[-1],
            )
        )
    return shown


def _search_url(section: CollectionSection, language: str) -> str:
    if section.search is None:
        return ""
    return url_for("catalogue.search", **values_of(read_query(section.search, language, per_page=1)))


def _rows(
    found: Collection, section: CollectionSection, language: str, page: int
) -> tuple[tuple[Row, ...], str | None, str | None]:
    """Return one page of a section's practices, and the addresses of the pages before and after."""
    last = max(1, -(-len(section.items) // MOST_OPEN))
    page = min(page, last)
    start = (page - 1) * MOST_OPEN
    fixed = [each for each in found.sections if each.search is None]
    rows = tuple(
        _row(
            found,
            item,
            language,
            first=item.position == 0 and section is fixed[0],
            last=item is section.items[-1] and section is fixed[-1],
        )
        for item in section.items[start : start + MOST_OPEN]
    )

    def address(number: int) -> str:
        return url_for("curation.collection", identifier=found.id, section=section.id, page=number)

    return rows, address(page - 1) if page > 1 else None, address(page + 1) if page < last else None


def _row(found: Collection, item: CollectionItem, language: str, *, first: bool, last: bool) -> Row:
    note, note_language = _in(item.notes, language, found.original_language)
    title, title_language = titled(item, language)
    return Row(
        id=item.id,
        number=item.position + 1,
        practice_id=item.practice_id,
        title=title,
        language=title_language,
        url=url_for("catalogue.practice", slug=item.practice.slug),
        absent=absence(item),
        note=_shortened(note),
        note_language=note_language,
        first=first,
        last=last,
    )


def focus_on(shown: Iterable[Part], identifier: int | None, by: str) -> tuple[str, int] | None:
    """Return the button that gets the keyboard after a move: the same again, or its opposite at the end of the list.

    :param identifier: what was moved.
    :param by: the button that moved it.
    """
    for part in shown:
        if by.startswith("section") and part.id == identifier:
            return _button("section_", by == "section-up", part.first, part.last), part.id
        for row in part.rows:
            if not by.startswith("section") and row.id == identifier:
                return _button("", by == "up", row.first, row.last), row.id
    return None


def _button(prefix: str, up: bool, first: bool, last: bool) -> str:
    return f"{prefix}up" if (up and not first) or last else f"{prefix}down"


def titled(item: CollectionItem, language: str) -> tuple[str, str]:
    """Return the title of a chosen practice and the language it is in; its number where it is erased."""
    texts = {text.language: text for text in item.practice.texts}
    if item.practice.state is PracticeState.ERASED or not texts:
        return str(gettext("Record %(number)s", number=item.practice_id)), language
    text = texts[best_language(language, texts, item.practice.original_language)]
    return text.title, text.language


def absence(item: CollectionItem) -> str:
    """Return why readers do not see a chosen practice; nothing where they do."""
    if item.practice.state is PracticeState.ARCHIVED:
        return str(gettext("Archived: readers do not see it here"))
    if item.practice.state is PracticeState.ERASED:
        return str(gettext("Erased: readers do not see it here"))
    return ""


def _in(words: Mapping[str, str], language: str, original: str) -> tuple[str, str]:
    """Return words in a language, else the original ones, else any, and the language that they are in."""
    for code in (language, original, *words):
        if words.get(code):
            return words[code], code
    return "", language


def _shortened(source: str) -> str:
    whole = " ".join(to_text(source).split())
    return whole if len(whole) <= NOTE_SHOWN else whole[:NOTE_SHOWN].rsplit(" ", 1)[0] + "…"


# --- choosing where to put something -----------------------------------------------------------------------------


def places_for_practices(collections: Iterable[Collection], language: str) -> Mapping[str, list[tuple[str, str]]]:
    """Return the sections of collections that hold chosen practices, and a new one for each."""
    return _places(collections, language, lambda section: section.search is None, gettext("A new section"))


def places_for_searches(collections: Iterable[Collection], language: str) -> Mapping[str, list[tuple[str, str]]]:
    """Return a new section for each collection, and those of which the search may be replaced."""
    return _places(collections, language, lambda section: section.search is not None, gettext("A new section"))


def _places(
    collections: Iterable[Collection], language: str, fits: Callable[[CollectionSection], bool], new: str
) -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for collection in collections:
        title = collection.text_in(language).title
        rows = [
            (f"{collection.id}-{section.id}", f"{title}: {name_of(section, language, collection.original_language)}")
            for section in collection.sections
            if fits(section)
        ]
        found.setdefault(title, []).extend([*rows, (f"{collection.id}-0", f"{title}: {new}")])
    return found


# --- history -----------------------------------------------------------------------------------------------------


def deed(code: str) -> str:
    """Return what a change did, in words."""
    return str(DEEDS.get(code, code))


def languages_of(found: Collection) -> Iterator[tuple[str, str]]:
    """Yield (code, own name) of the languages in which a collection has words, the original first."""
    codes = [text.language for text in found.texts if text.language != found.original_language]
    yield from ((code, ENDONYMS[code]) for code in (found.original_language, *codes))


@dataclass(frozen=True, slots=True)
class Beside:
    """What a colleague saved in a box, with what the sender of the form has changed of it."""

    words: str
    segments: tuple[Segment, ...]


def beside(theirs: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Beside]:
    """Return, box by box, what a colleague saved beside what was typed."""
    return {
        name: Beside(str(said or ""), words(str(said or ""), str(typed.get(name) or "")))
        for name, said in theirs.items()
    }
