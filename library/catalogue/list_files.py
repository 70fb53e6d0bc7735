"""A list of practices as a file: tables, data, citations, feed. Knows entries and formats, no request and no session.

CSV and XLSX have the columns of the import, so that a list comes back in without a difference. RIS as Refman 2001
describes it, BibTeX as its manual of 1988, Atom as RFC 4287.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

from library import record
from library.catalogue.list_queries import Entry
from library.languages import best_language
from library.tables.columns import KEYS, in_order, row_of
from library.tables.lines import CSV_TYPE
from library.tables.speech import Speech
from library.tables.writing import XLSX_TYPE, csv_text, write_xlsx

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "csv": CSV_TYPE,
    "xlsx": XLSX_TYPE,
    "json": "application/json",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "atom": "application/atom+xml",
}
SHOWN: Final = frozenset({"json", "atom"})  # read by programs at their address; the others are saved
IN_FEED: Final = 50  # entries; readers of feeds ask again


Entries = Callable[[], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list is called and where it is.

    :param url: of the page that shows it.
    :param address: what gives the whole address of a practice from its number.
    """

    title: str
    site: str
    url: str
    language: str
    address: Callable[[int], str]


def write(
    suffix: str, out: IO[bytes], entries: Callable[[], Iterable[Entry]], heading: Heading, speech: Speech
) -> None:
    """Write a list.

    :param suffix: one of ``MEDIA_TYPES``.
    :param entries: what gives the practices; asked twice by tables, whose head depends on every row.
    """
    if suffix in ("csv", "xlsx"):
        _write_table(suffix, out, entries, heading, speech)
        return
    if suffix == "atom":
        out.write(_feed(list(entries())[:IN_FEED], heading))
        return
    for piece in _WRITERS[suffix](entries(), heading, speech):
        out.write(piece.encode())


# --- tables ------------------------------------------------------------------------------------------------------


def row(entry: Entry) -> dict[str, str]:
    """Return a practice as a row of a table, with what finds it again."""
    keys = {"identifier": str(entry.id), "external_id": entry.external_id or "", "revision": str(entry.revision)}
    return {name: words for name, words in keys.items() if words} | row_of(entry.document)


def _write_table(suffix: str, out: IO[bytes], entries: Entries, heading: Heading, speech: Speech) -> None:
    names = {key.name for key in KEYS} | {field.name for field in record.FIELDS if field.required}
    for entry in entries():
        names.update(row(entry))
    columns = in_order(names)
    rows = (speech.spoken(row(entry), heading.language) for entry in entries())
    if suffix == "xlsx":
        write_xlsx(out, columns, rows, title=heading.title)
        return
    for piece in csv_text(columns, rows):
        out.write(piece.encode())


# --- data --------------------------------------------------------------------------------------------------------


def _json(entries: Iterable[Entry], heading: Heading, _speech: Speech) -> Iterator[str]:
    about = {"title": heading.title, "url": heading.url, "language": heading.language}
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "practices": ['
    for number, entry in enumerate(entries):
        yield (",\n" if number else "\n") + json.dumps(_data(entry, heading), ensure_ascii=False)
    yield "\n]}\n"


def _data(entry: Entry, heading: Heading) -> dict[str, Any]:
    return {
        "id": entry.id,
        "external_id": entry.external_id,
        "slug": entry.slug,
        "url": heading.address(entry.id),
        "revision": entry.revision,
        "published": entry.published_at.isoformat(),
        "revised": entry.revised_at.isoformat(),
        "authors": list(entry.authors),
        "document": entry.document,
    }


# --- citations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """What a reference list says of a practice."""

    key: str
    title: str
    summary: str
    authors: tuple[str, ...]
    year: int
    language: str
    keywords: tuple[str, ...]
    url: str
    publisher: str


def citation(entry: Entry, heading: Heading, speech: Speech) -> Citation:
    """Return a practice as a reference, in the reader's language where it has a text in it."""
    texts = entry.document[record.TEXT_KEY]
    language = best_language(heading.language, texts, entry.original_language)
    themes = (speech.lexicon.get(f"themes/{code}") for code in entry.document.get("themes", ()))
    owner = entry.document.get("owner", "")
    return Citation(
        key=entry.slug,
        title=texts[language].get("title", ""),
        summary=texts[language].get("summary", ""),
        authors=entry.authors or ((speech.shown.get(owner, owner),) if owner else ()),
        year=entry.revised_at.year,
        language=language,
        keywords=tuple(theme.label(heading.language) for theme in themes if theme),
        url=heading.address(entry.id),
        publisher=heading.site,
    )


def _ris(entries: Iterable[Entry], heading: Heading, speech: Speech) -> Iterator[str]:
    for entry in entries:
        about = citation(entry, heading, speech)
        fields = [("TY", "ELEC"), ("ID", about.key), ("TI", about.title)]
        fields += [("AU", name) for name in about.authors]
        fields += [("PY", str(about.year)), ("AB", about.summary), ("LA", about.language)]
        fields += [("KW", word) for word in about.keywords]
        fields += [("PB", about.publisher), ("UR", about.url), ("ER", "")]
        yield "".join(f"{tag}  - {_one_line(words)}\r\n" for tag, words in fields) + "\r\n"


def _bibtex(entries: Iterable[Entry], heading: Heading, speech: Speech) -> Iterator[str]:
    for entry in entries:
        about = citation(entry, heading, speech)
        fields = {
            "title": "{" + _tex(about.title) + "}",
            "author": " and ".join("{" + _tex(name) + "}" for name in about.authors),
            "year": str(about.year),
            "abstract": _tex(about.summary),
            "keywords": _tex(", ".join(about.keywords)),
            "language": about.language,
            "publisher": _tex(about.publisher),
            "url": about.url,
        }
        said = ",\n".join(f"  {name} = {{{words}}}" for name, words in fields.items() if words)
        yield f"@misc{{{about.key},\n{said}\n}}\n\n"


def _one_line(words: str) -> str:
    return " ".join(words.split())


_TEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _tex(words: str) -> str:
    """Return words in which TeX finds no command."""
    return re.sub(r"[\\{}$&%#_~^]", lambda found: _TEX[found[0]], _one_line(words))


_WRITERS: Final[dict[str, Callable[[Iterable[Entry], Heading, Speech], Iterator[str]]]] = {
    "json": _json,
    "ris": _ris,
    "bib": _bibtex,
}


# --- feed --------------------------------------------------------------------------------------------------------


def _feed(entries: list[Entry], heading: Heading) -> bytes:
    from feedgen.feed import FeedGenerator  # imported late: it brings lxml, which few requests need

    feed = FeedGenerator()
    feed.id(heading.url)
    feed.title(heading.title)
    feed.language(heading.language)
    feed.author({"name": heading.site})
    feed.link(href=heading.url, rel="alternate", type="text/html", hreflang=heading.language)
    if entries:
        feed.updated(max(entry.revised_at for entry in entries))
    for entry in entries:
        _add_to_feed(feed.add_entry(order="append"), entry, heading)
    written: bytes = feed.atom_str(pretty=True)
    return written


def _add_to_feed(item: Any, entry: Entry, heading: Heading) -> None:
    texts = entry.document[record.TEXT_KEY]
    language = best_language(heading.language, texts, entry.original_language)
    item.id(heading.address(entry.id))
    item.title(texts[language].get("title", ""))
    item.summary(texts[language].get("summary", ""))
    item.link(href=heading.address(entry.id), rel="alternate")
    item.published(entry.published_at)
    item.updated(entry.revised_at)
