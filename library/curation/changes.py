"""What a collection says at one version, and what differs between two: lines with the words marked. Pure.

Practices are named by number and never by title: what is erased must not live on in the history of a collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from library.comparison import Segment, items, words
from library.models import Collection, CollectionSection

Document = Mapping[str, Any]

TEXT_FIELDS: Final[dict[str, Any]] = {
    "title": _l("Title"),
    "introduction": _l("Introduction"),
    "audience": _l("For whom"),
}


def document_of(collection: Collection) -> dict[str, Any]:
    """Return all that a collection says, as JSON."""
    return {
        "state": collection.state.value,
        "archive_reason": collection.archive_reason or "",
        "original_language": collection.original_language,
        "cover": collection.cover_id or "",
        "texts": {text.language: {name: getattr(text, name) for name in TEXT_FIELDS} for text in collection.texts},
        "sections": [_section(section) for section in collection.sections],
    }


def _section(section: CollectionSection) -> dict[str, Any]:
    return {
        "id": section.id,
        "headings": dict(section.headings),
        "introductions": dict(section.introductions),
        "search": section.search or "",
        "most": section.most or 0,
        "items": [{"practice": item.practice_id, "notes": dict(item.notes)} for item in section.items],
    }


def practices_in(document: Document) -> set[int]:
    """Return the numbers of the practices that a document names."""
    return {item["practice"] for section in document.get("sections", ()) for item in section["items"]}


# --- what differs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions say differently.

    :param language: of the text; empty for what is the same in every language.
    :param lines: the thing in lines, each a row of segments; prose is a single line.
    """

    path: str
    label: str
    language: str
    lines: tuple[tuple[Segment, ...], ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """What the things that a document names are called in the reader's language.

    :param practices: number -> title.
    :param searches: query -> what it looks for, in words.
    """

    practices: Mapping[int, str]
    themes: Mapping[str, str]
    states: Mapping[str, str]
    languages: Mapping[str, str]
    searches: Mapping[str, str] = field(default_factory=dict)

    def practice(self, number: int) -> str:
        """Return the title of a practice, else its number."""
        return self.practices.get(number) or str(gettext("Record %(number)s", number=number))


def differences(old: Document, new: Document, speech: Speech) -> list[Difference]:
    """Return what two versions of a collection say differently, from its title to the notes."""
    return [
        *_single(old, new, speech),
        *_texts(old.get("texts", {}), new.get("texts", {})),
        *_structure(old, new, speech),
        *_section_texts(old, new),
        *_notes(old, new, speech),
    ]


def _single(old: Document, new: Document, speech: Speech) -> Iterator[Difference]:
    for name, label, known in (
        ("state", gettext("State"), speech.states),
        ("archive_reason", gettext("Why it is archived"), {}),
        ("original_language", gettext("Language it is written in"), speech.languages),
        ("cover", gettext("Theme of the cover"), speech.themes),
    ):
        before, after = (known.get(said, said) for said in (old.get(name, ""), new.get(name, "")))
        if before != after:
            yield Difference(name, str(label), "", (words(str(before), str(after)),))


def _texts(old: Mapping[str, Document], new: Mapping[str, Document]) -> Iterator[Difference]:
    for language in _either(old, new):
        for name, label in TEXT_FIELDS.items():
            said = (texts.get(language, {}).get(name, "") for texts in (old, new))
            yield from _prose(f"{name}-{language}", str(label), language, *said)


def _structure(old: Document, new: Document, speech: Speech) -> Iterator[Difference]:
    """Yield what is in the collection in which order, a line for each section and each practice."""
    before, after = list(_outline(old, speech)), list(_outline(new, speech))
    if before != after:
        yield Difference("order", str(gettext("Sections and practices")), "", items(before, after))


def _outline(document: Document, speech: Speech) -> Iterator[str]:
    for number, section in enumerate(document.get("sections", ()), start=1):
        heading = _heading(section, document.get("original_language", ""))
        yield (
            gettext("Section %(number)s: %(heading)s", number=number, heading=heading)
            if heading
            else gettext("Section %(number)s", number=number)
        )
        if section["most"]:
            said = speech.searches.get(section["search"], section["search"])
            yield gettext("Search: %(search)s. At most %(most)s.", search=said, most=section["most"])
        yield from (speech.practice(item["practice"]) for item in section["items"])


def _heading(section: Document, language: str) -> str:
    headings: Mapping[str, str] = section["headings"]
    return headings.get(language) or next(iter(headings.values()), "")


def _section_texts(old: Document, new: Document) -> Iterator[Difference]:
    before, after = _by(old.get("sections", ()), "id"), _by(new.get("sections", ()), "id")
    for number in _either(before, after):
        sections = before.get(number, {}), after.get(number, {})
        shown = sections[1] or sections[0]
        name = _heading(shown, new.get("original_language", "")) or str(gettext("Section without a heading"))
        for key, label in (("headings", gettext("Heading")), ("introductions", gettext("Introduction"))):
            said = tuple(section.get(key, {}) for section in sections)
            yield from _by_language(f"{key}-{number}", f"{label}: {name}", *said)


def _notes(old: Document, new: Document, speech: Speech) -> Iterator[Difference]:
    before, after = (_by(_all_items(document), "practice") for document in (old, new))
    for number in _either(before, after):
        said = tuple(side.get(number, {}).get("notes", {}) for side in (before, after))
        label = gettext("Why it is here: %(practice)s", practice=speech.practice(number))
        yield from _by_language(f"note-{number}", str(label), *said)


def _all_items(document: Document) -> Iterator[Document]:
    return (item for section in document.get("sections", ()) for item in section["items"])


def _by_language(path: str, label: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for language in _either(old, new):
        yield from _prose(f"{path}-{language}", label, language, old.get(language, ""), new.get(language, ""))


def _prose(path: str, label: str, language: str, old: str, new: str) -> Iterator[Difference]:
    if old != new:
        yield Difference(path, label, language, (words(old, new),))


def _by(rows: Iterable[Document], key: str) -> dict[Any, Document]:
    return {row[key]: row for row in rows}


def _either(old: Iterable[Any], new: Iterable[Any]) -> list[Any]:
    """Return the keys of both, those of the newer first, each once."""
    return list(dict.fromkeys((*new, *old)))


# --- what was taken out ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removed:
    """A practice or a section that a change took out, and where it stood.

    :param section: identifier of the section that held the practice; of the section itself where it went whole.
    :param whole: the section with all its practices, where it went.
    """

    section: int
    position: int
    practice: int | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    whole: Document | None = None


def removed(old: Document, new: Document) -> list[Removed]:
    """Return what a change took out: sections with all that they held, and practices of sections that stayed."""
    stayed, practices = {section["id"] for section in new.get("sections", ())}, practices_in(new)
    found: list[Removed] = []
    for place, section in enumerate(old.get("sections", ())):
        if section["id"] not in stayed:
            found.append(Removed(section["id"], place, whole=section))
            continue
        found += [
            Removed(section["id"], position, practice=item["practice"], notes=item["notes"])
            for position, item in enumerate(section["items"])
            if item["practice"] not in practices
        ]
    return found


# --- two who write at once ---------------------------------------------------------------------------------------


def sorted_out(
    base: Mapping[str, Any], stored: Mapping[str, Any], typed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what to store of a form, and what somebody else has stored in boxes that were changed here too.

    :param base: what the form was filled from; a box that it does not name was filled from nobody knows what.
    :param stored: what stands there now.
    :param typed: what was sent.
    """
    wanted: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for name, value in typed.items():
        now, before = stored.get(name), base.get(name, _UNKNOWN)
        if value in (now, before):  # nothing to do, or left as it was found while somebody else wrote
            wanted[name] = now
        elif now == before:
            wanted[name] = value
        else:
            wanted[name], theirs[name] = value, now
    return wanted, theirs


_UNKNOWN: Final = object()
