"""A practice as a document: the shape it has in files, in revisions, in drafts and in the API.

A document is a plain mapping that follows ``record.FIELDS``; what is written once for each language stands under
``text.<language>``, and inside rows as a mapping from language to words. This module says what is wrong with one. It
knows the template and which codes exist, and no database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from library import record
from library.choices import OrganisationRole
from library.errors import InvalidRecord
from library.languages import LANGUAGES
from library.record import Field, Type

Document = Mapping[str, Any]

MAX_LINE_CHARACTERS: Final = 300
MAX_URL_CHARACTERS: Final = 1000
_LENGTHS: Final = {"licence": 120}
_LISTS: Final = frozenset({Type.CONCEPTS, Type.LANGUAGES, Type.ORGANISATIONS, Type.ROWS})
_WITH_ROLES: Final = frozenset({"organisations"})  # municipalities are named by their slug alone


@dataclass(frozen=True, slots=True)
class Known:
    """What a document may refer to.

    :param concepts: identifiers such as ``agencies/police``.
    :param organisations: slugs, municipalities included.
    :param practices: external identifiers.
    :param municipalities: slugs of those organisations that are municipalities; ``None`` if nobody looked.
    :param files: keys of attachments.
    """

    concepts: Collection[str]
    organisations: Collection[str]
    practices: Collection[str]
    municipalities: Collection[str] | None = None
    files: Collection[str] = ()


def check(document: Document, known: Known, *, subject: str) -> None:
    """Refuse a document that does not fit the template.

    :param subject: what to call the document in the message, such as its file name.
    :raises InvalidRecord: with one sentence for each fault.
    """
    problems = list(problems_of(document, known))
    if problems:
        raise InvalidRecord(subject, problems)


def problems_of(document: Document, known: Known) -> Iterator[str]:
    """Yield one sentence for each way in which a document does not fit the template."""
    names = {field.name for field in record.FIELDS if not field.translated} | {record.TEXT_KEY}
    yield from (f"{name}: not a field of the template" for name in document if name not in names)
    texts = _mapping(document.get(record.TEXT_KEY))
    if document.get("original_language") not in list(texts):
        yield "text: none in the original language"
    for field in record.FIELDS:
        if not field.translated:
            yield from _problems_of_value(field, document.get(field.name), known, texts)
    for language, text in texts.items():
        yield from _problems_of_text(language, text)
    yield from _problems_of_order(document)


def _problems_of_value(field: Field, value: Any, known: Known, languages: Collection[str]) -> Iterator[str]:
    if value is None or (field.type in _LISTS and value == []):
        if field.required:
            yield f"{field.name}: is required"
        return
    if field.type in _LISTS and not isinstance(value, list):
        yield f"{field.name}: is not a list"
        return
    if field.type is Type.ROWS:
        if field.name == "agencies" and _has_doubles([_mapping(row).get("code") for row in value]):
            yield "agencies: names an agency twice"
        for number, row in enumerate(value, start=1):
            yield from (f"{field.name} {number}: {p}" for p in _problems_of_row(field, row, known, languages))
        return
    check_value = _CHECKS[field.type]
    yield from (f"{field.name}: {problem}" for problem in check_value(field, value, known))


def _problems_of_row(field: Field, row: Any, known: Known, languages: Collection[str]) -> Iterator[str]:
    if not isinstance(row, Mapping):
        yield "is not a table"
        return
    columns = {column.name: column for column in field.columns}
    yield from (f"{name} is not a column" for name in row if name not in columns)
    for name, column in columns.items():
        value = row.get(name)
        if column.translated and value is not None:
            by_language = _mapping(value)
            if set(by_language) != set(languages):
                yield f"{name} is not given in the languages of the texts"
            yield from (f"{name}: {p}" for words in by_language.values() for p in _problems_of_words(column, words))
        else:
            yield from _problems_of_value(column, value, known, languages)


def _problems_of_text(language: str, text: Any) -> Iterator[str]:
    if language not in LANGUAGES:
        yield f"text.{language}: not a language of the library"
    if not isinstance(text, Mapping):
        yield f"text.{language}: is not a table"
        return
    fields = {field.name: field for field in record.FIELDS if field.translated}
    yield from (f"text.{language}.{name}: not a field of the template" for name in text if name not in fields)
    for name, field in fields.items():
        words = text.get(name)
        if words is None:
            if field.required:
                yield f"text.{language}.{name}: is required"
            continue
        yield from (f"text.{language}.{name}: {problem}" for problem in _problems_of_words(field, words))


def _problems_of_words(field: Field, words: Any) -> Iterator[str]:
    if not isinstance(words, str) or not words.strip():
        yield "is empty"
        return
    yield from _problems_of_characters(words)
    if field.name == "title" and len(words) > record.MAX_TITLE_CHARACTERS:
        yield f"is longer than {record.MAX_TITLE_CHARACTERS} characters"
    if field.type is Type.LINE and field.max_words and len(words.split()) > field.max_words:
        yield f"is longer than {field.max_words} words"


def _problems_of_characters(words: str) -> Iterator[str]:
    """Yield what no database stores, and no page could show."""
    if "\x00" in words:
        yield "contains a NUL character"
    if any("\ud800" <= character <= "\udfff" for character in words):
        yield "contains half a character"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _problems_of_order(document: Document) -> Iterator[str]:
    for first, last in (("start_year", "end_year"), ("age_from", "age_to")):
        low, high = document.get(first), document.get(last)
        if isinstance(low, int) and isinstance(high, int) and high < low:
            yield f"{last}: is before {first}"
    materials = document.get("materials")
    for number, material in enumerate(map(_mapping, materials if isinstance(materials, list) else ()), start=1):
        if (material.get("url") is None) == (material.get("file") is None):
            yield f"materials {number}: has neither address nor file, or both"
    sources = document.get("sources")
    for source in map(_mapping, sources if isinstance(sources, list) else ()):
        if source.get("mirror") and source.get("url"):
            yield "sources: a mirror is cited, never linked"


_Check = Callable[[Field, Any, Known], Iterator[str]]


def _check_choice(field: Field, value: Any, _known: Known) -> Iterator[str]:
    assert field.choices is not None
    if value not in [choice.value for choice in field.choices]:
        yield f"{value!r} is not one of the choices"


def _check_concept(field: Field, value: Any, known: Known) -> Iterator[str]:
    if not isinstance(value, str) or record.concept_id(field.vocabulary, value) not in known.concepts:
        yield f"{value!r} is not a concept of {field.vocabulary}"


def _check_concepts(field: Field, value: Any, known: Known) -> Iterator[str]:
    if _has_doubles(value):
        yield "names a concept twice"
    for code in value:
        yield from _check_concept(field, code, known)


def _check_number(field: Field, value: Any, _known: Known) -> Iterator[str]:
    low, high = (0, 120) if field.name.startswith("age") else (1800, 2200)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        yield f"{value!r} is not a number from {low} to {high}"


def _check_language(_field: Field, value: Any, _known: Known) -> Iterator[str]:
    if value not in LANGUAGES:
        yield f"{value!r} is not a language of the library"


def _check_languages(_field: Field, value: Any, _known: Known) -> Iterator[str]:
    for code in value:
        if not isinstance(code, str) or len(code) != 2 or not (code.isascii() and code.isalpha() and code.islower()):
            yield f"{code!r} is not an ISO 639-1 code"


def _check_organisation(_field: Field, value: Any, known: Known) -> Iterator[str]:
    if not isinstance(value, str) or value not in known.organisations:
        yield f"{value!r} is not an organisation of the library"


def _check_organisations(field: Field, value: Any, known: Known) -> Iterator[str]:
    slugs = [_mapping(item).get("slug") for item in value] if field.name in _WITH_ROLES else list(value)
    if _has_doubles(slugs):
        yield "names an organisation twice"
    for slug in slugs:
        yield from _check_organisation(field, slug, known)
    if field.name == "municipalities" and known.municipalities is not None:
        bodies = [slug for slug in slugs if slug in known.organisations and slug not in known.municipalities]
        yield from (f"{slug!r} is not a municipality" for slug in bodies)
    if field.name in _WITH_ROLES:
        roles = [_mapping(item).get("role") for item in value]
        yield from (f"{role!r} is not one of the roles" for role in roles if role not in list(OrganisationRole))


def _has_doubles(values: list[Any]) -> bool:
    return any(value in values[:number] for number, value in enumerate(values))


def _check_practice(_field: Field, value: Any, known: Known) -> Iterator[str]:
    if not isinstance(value, str) or value not in known.practices:
        yield f"{value!r} is not a practice of the library"


def _check_string(field: Field, value: Any, _known: Known) -> Iterator[str]:
    if not isinstance(value, str) or "\n" in value.strip() or not value.strip():
        yield "is not one line of text"
        return
    yield from _problems_of_characters(value)
    longest = _LENGTHS.get(field.name, MAX_LINE_CHARACTERS)
    if len(value) > longest:
        yield f"is longer than {longest} characters"


def _check_url(_field: Field, value: Any, _known: Known) -> Iterator[str]:
    if not isinstance(value, str) or not _is_web_address(value):
        yield f"{value!r} is not a web address"
    elif len(value) > MAX_URL_CHARACTERS:
        yield f"is longer than {MAX_URL_CHARACTERS} characters"


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:  # such as an unclosed bracket
        return False
    printable = value.isprintable() and not any(character.isspace() for character in value)
    return printable and parts.scheme in ("http", "https") and bool(parts.netloc)


def _check_file(_field: Field, value: Any, known: Known) -> Iterator[str]:
    if not isinstance(value, str) or value not in known.files:
        yield f"{value!r} is not a file of the library"


def _check_flag(_field: Field, value: Any, _known: Known) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{value!r} is neither true nor false"


_CHECKS: dict[Type, _Check] = {
    Type.CHOICE: _check_choice,
    Type.CONCEPT: _check_concept,
    Type.CONCEPTS: _check_concepts,
    Type.NUMBER: _check_number,
    Type.LANGUAGE: _check_language,
    Type.LANGUAGES: _check_languages,
    Type.ORGANISATION: _check_organisation,
    Type.ORGANISATIONS: _check_organisations,
    Type.PRACTICE: _check_practice,
    Type.STRING: _check_string,
    Type.URL: _check_url,
    Type.FLAG: _check_flag,
    Type.FILE: _check_file,
}
