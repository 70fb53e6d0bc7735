"""Reading a document from its first field to its last and collecting what should be looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from library import record
from library.record import Type
from library.warnings.contacts import contacts_in
from library.warnings.findings import Code, Finding
from library.warnings.links import broken, links_in, shortened
from library.warnings.numbers import national_numbers_in
from library.warnings.persons import persons_in

Document = Mapping[str, Any]

CARD_WORDS: Final = 100  # what a search result shows of a summary before it is cut
MOST_FINDINGS: Final = 200  # a page that lists more helps nobody
MIN_CAPITALS: Final = 12  # letters; shorter titles may be names such as SSP or EXIT
_ROW_GROUPS: Final = tuple(field for field in record.FIELDS if field.type is Type.ROWS)


def warnings_of(
    document: Document, *, languages: Collection[str] | None = None, pictures: Collection[str] = ()
) -> list[Finding]:
    """Return what should be looked at, in the order of the template.

    :param document: in the shape of the template; anything may be missing or half done.
    :param languages: of which texts to speak; all of them by default.
    :param pictures: keys of those files that are pictures; see ``attachments.queries.pictures_of``.
    """
    found = list(_findings(document, languages, set(pictures)))
    return list(dict.fromkeys(found))[:MOST_FINDINGS]


def personal_in(words: str, path: str) -> list[Finding]:
    """Return what may be personal data in words that stand outside any document, such as a municipality's report.

    :param path: what they are called; the first part of it names the field.
    """
    return list(dict.fromkeys(_personal(words, path)))[:MOST_FINDINGS]


def _findings(document: Document, languages: Collection[str] | None, pictures: set[str]) -> Iterator[Finding]:
    texts = _mapping(document.get(record.TEXT_KEY))
    for language, text in texts.items():
        if languages is None or language in languages:
            yield from _in_text(str(language), _mapping(text))
    if not any(_words(_mapping(text).get("what_did_not_work")) for text in texts.values()):
        original = str(document.get("original_language") or next(iter(texts), "en"))
        yield Finding(Code.NO_FAILURE, f"{record.TEXT_KEY}.{original}.what_did_not_work")
    for group in _ROW_GROUPS:
        rows = document.get(group.name)
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            yield from _in_row(group.name, number, _mapping(row), languages)
    yield from _without_alt(document, pictures)


def _in_text(language: str, text: Mapping[str, Any]) -> Iterator[Finding]:
    for field in record.FIELDS:
        if field.translated and (words := _words(text.get(field.name))):
            path = f"{record.TEXT_KEY}.{language}.{field.name}"
            yield from _of_form(field.name, words, path)
            yield from _personal(words, path)
            yield from (Finding(code, path, link) for link, code in _links_in(words))


def _of_form(name: str, words: str, path: str) -> Iterator[Finding]:
    if name == "summary" and len(words.split()) > CARD_WORDS:
        yield Finding(Code.LONG_SUMMARY, path)
    letters = [c for c in words if c.isalpha()]
    if name == "title" and len(letters) >= MIN_CAPITALS and all(c.isupper() for c in letters):
        yield Finding(Code.TITLE_IN_CAPITALS, path, words)


def _in_row(group: str, number: int, row: Mapping[str, Any], languages: Collection[str] | None) -> Iterator[Finding]:
    for name, value in row.items():
        path = f"{group}.{number}.{name}"
        if name == "url" and (link := _words(value)):
            if code := _code_of_link(link):
                yield Finding(code, path, link)
        elif isinstance(value, str) and name not in ("file", "code"):
            yield from _personal(value, path)
        elif isinstance(value, Mapping):
            for language, words in value.items():
                if languages is None or language in languages:
                    yield from _personal(_words(words), f"{path}.{language}")


def _personal(words: str, path: str) -> Iterator[Finding]:
    numbers = list(national_numbers_in(words))
    yield from (Finding(Code.NATIONAL_NUMBER, path, words[a:b]) for a, b in numbers)
    for kind, start, end in contacts_in(words):
        if not any(a < end and start < b for a, b in numbers):
            yield Finding(Code.EMAIL if kind == "email" else Code.PHONE, path, words[start:end])
    yield from (Finding(Code.PERSON, path, words[a:b]) for a, b in persons_in(words))


def _links_in(words: str) -> Iterator[tuple[str, Code]]:
    for link in links_in(words):
        if code := _code_of_link(link):
            yield link, code


def _code_of_link(link: str) -> Code | None:
    if broken(link):
        return Code.LINK
    return Code.SHORTENED_LINK if shortened(link) else None


def _without_alt(document: Document, pictures: set[str]) -> Iterator[Finding]:
    rows = document.get("materials")
    for number, row in enumerate(map(_mapping, rows if isinstance(rows, list) else ())):
        if row.get("file") in pictures and not _words(row.get("alt")):
            yield Finding(Code.NO_ALT, f"materials.{number}.alt", _words(row.get("title")))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
