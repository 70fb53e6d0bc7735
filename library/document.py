"""A practice as a document: the shape it has in files, in revisions, in drafts and in the API.

A document is a plain mapping that follows ``record.FIELDS``; what is written once for each language stands under
``text.<language>``, and inside rows as a mapping from language to words. This module says what is wrong with one: in
sentences for files and logs (``problems_of``), and with path and code for forms (``faults_of``), which find words of
their own. It knows the template and which codes exist, and no database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from library import record
from library.characters import UNWRITABLE
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
    :param replaced: deprecated concept -> the one in use that stands for it now.
    """

    concepts: Collection[str]
    organisations: Collection[str]
    practices: Collection[str]
    municipalities: Collection[str] | None = None
    files: Collection[str] = ()
    replaced: Mapping[str, str] = made(default_factory=dict)


def with_replacements(document: Document, replaced: Mapping[str, str]) -> Document:
    """Return a document that names the concepts in use instead of those that they replace, each once.

    Drafts and tables may be older than the vocabularies; revisions stay as they were published.

    :param replaced: deprecated concept -> the one in use that stands for it now.
    """
    if not replaced:
        return document
    changed = {one.name: _in_use(one, document[one.name], replaced) for one in record.FIELDS if one.name in document}
    return {**document, **changed}


def _in_use(one: Field, value: Any, replaced: Mapping[str, str]) -> Any:
    if one.type is Type.CONCEPT:
        return _successor(one, value, replaced)
    if one.type is Type.CONCEPTS and isinstance(value, list):
        return list(dict.fromkeys(_successor(one, code, replaced) for code in value if isinstance(code, str)))
    named = [column for column in one.columns if column.type is Type.CONCEPT]
    if named and isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        return _rows_in_use(named[0], value, replaced)
    return value


def _rows_in_use(column: Field, rows: list[Mapping[str, Any]], replaced: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return rows with one for each concept; where two come together the first says what both have said."""
    found: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        code = _successor(column, row.get(column.name), replaced)
        key = code if isinstance(code, str) else number
        found[key] = {**row, **found.get(key, {})} | ({column.name: code} if column.name in row else {})
    return list(found.values())


def _successor(one: Field, code: Any, replaced: Mapping[str, str]) -> Any:
    following = replaced.get(record.concept_id(one.vocabulary, code)) if isinstance(code, str) else None
    return following.partition("/")[2] if following else code


class Code(StrEnum):
    """In which way something does not fit the template."""

    REQUIRED = "required"
    STRANGE = "strange"  # not a field or column of the template, or not a language of the library
    SHAPE = "shape"  # not the kind of value that the field holds
    EMPTY = "empty"
    CHARACTERS = "characters"  # no database stores it, no page shows it
    TOO_LONG = "too-long"
    TOO_MANY_WORDS = "too-many-words"
    UNKNOWN = "unknown"  # neither a choice nor a concept, organisation, practice or file of the library
    TWICE = "twice"
    NUMBER = "number"
    ADDRESS = "address"
    ORDER = "order"
    LANGUAGES = "languages"  # not written in the languages of the texts
    NO_ORIGINAL = "no-original"
    PLACE = "place"  # not a municipality
    NEITHER_OR_BOTH = "neither-or-both"
    LINKED_MIRROR = "linked-mirror"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a document does not fit the template.

    :param code: in which way.
    :param words: the same as the end of a sentence.
    :param path: where: ``start_year``, ``text.sv.title``, ``evaluations.0.year`` (rows count from nought).
    :param subject: the same as sentences name it; rows count from one.
    :param limit: what may not be exceeded, for lengths.
    :param languages: those in which words are missing.
    """

    code: Code
    words: str
    path: str = ""
    subject: str = ""
    limit: int = 0
    languages: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The fault in a sentence."""
        return f"{self.subject}: {self.words}" if self.subject else self.words


Faults = Iterator[Fault]


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
    return (fault.sentence for fault in faults_of(document, known))


def faults_of(document: Document, known: Known) -> Faults:
    """Yield each way in which a document does not fit the template, with where it is."""
    names = {field.name for field in record.FIELDS if not field.translated} | {record.TEXT_KEY}
    yield from (_strange(name, name) for name in document if name not in names)
    texts = _mapping(document.get(record.TEXT_KEY))
    if document.get("original_language") not in list(texts):
        yield Fault(Code.NO_ORIGINAL, "none in the original language", "original_language", record.TEXT_KEY)
    for field in record.FIELDS:
        if not field.translated:
            yield from _faults_of_value(field, document.get(field.name), known, texts)
    for language, text in texts.items():
        yield from _faults_of_text(language, text)
    yield from _faults_of_order(document)


def _at(name: str, faults: Faults) -> Faults:
    """Yield the faults of a value with the name of its field before them."""
    for fault in faults:
        subject = f"{name}: {fault.subject}" if fault.subject else name
        yield replace(fault, path=f"{name}.{fault.path}" if fault.path else name, subject=subject)


def _strange(path: str, subject: str) -> Fault:
    return Fault(Code.STRANGE, "not a field of the template", path, subject)


def _faults_of_value(field: Field, value: Any, known: Known, languages: Collection[str]) -> Faults:
    if value is None or (field.type in _LISTS and value == []):
        if field.required:
            yield Fault(Code.REQUIRED, "is required", field.name, field.name)
    elif field.type in _LISTS and not isinstance(value, list):
        yield Fault(Code.SHAPE, "is not a list", field.name, field.name)
    elif field.type is Type.ROWS:
        yield from _faults_of_rows(field, value, known, languages)
    else:
        yield from _at(field.name, _CHECKS[field.type](field, value, known))


def _faults_of_rows(field: Field, rows: list[Any], known: Known, languages: Collection[str]) -> Faults:
    if field.name == "agencies" and _has_doubles([_mapping(row).get("code") for row in rows]):
        yield Fault(Code.TWICE, "names an agency twice", field.name, field.name)
    for number, row in enumerate(rows):
        for fault in _faults_of_row(field, row, known, languages):
            path = f"{field.name}.{number}.{fault.path}" if fault.path else f"{field.name}.{number}"
            yield replace(fault, path=path, subject="", words=f"{field.name} {number + 1}: {fault.sentence}")


def _faults_of_row(field: Field, row: Any, known: Known, languages: Collection[str]) -> Faults:
    if not isinstance(row, Mapping):
        yield Fault(Code.SHAPE, "is not a table")
        return
    columns = {column.name: column for column in field.columns}
    yield from (Fault(Code.STRANGE, f"{name} is not a column", str(name)) for name in row if name not in columns)
    for name, column in columns.items():
        value = row.get(name)
        if column.translated and value is not None:
            yield from _faults_of_translations(column, _mapping(value), languages)
        else:
            yield from _faults_of_value(column, value, known, languages)


def _faults_of_translations(column: Field, by_language: Mapping[str, Any], languages: Collection[str]) -> Faults:
    if set(by_language) != set(languages):
        missing = tuple(language for language in languages if language not in by_language)
        words = f"{column.name} is not given in the languages of the texts"
        yield Fault(Code.LANGUAGES, words, column.name, languages=missing)
    for language, words in by_language.items():
        for fault in _faults_of_words(column, words):
            yield replace(fault, path=f"{column.name}.{language}", subject=column.name)


def _faults_of_text(language: str, text: Any) -> Faults:
    place = f"{record.TEXT_KEY}.{language}"
    if language not in LANGUAGES:
        yield Fault(Code.STRANGE, "not a language of the library", place, place)
    if not isinstance(text, Mapping):
        yield Fault(Code.SHAPE, "is not a table", place, place)
        return
    fields = {field.name: field for field in record.FIELDS if field.translated}
    yield from (_strange(f"{place}.{name}", f"{place}.{name}") for name in text if name not in fields)
    for name, field in fields.items():
        words = text.get(name)
        if words is not None:
            yield from _at(f"{place}.{name}", _faults_of_words(field, words))
        elif field.required:
            yield Fault(Code.REQUIRED, "is required", f"{place}.{name}", f"{place}.{name}")


def _faults_of_words(field: Field, words: Any) -> Faults:
    if not isinstance(words, str) or not words.strip():
        yield Fault(Code.EMPTY, "is empty")
        return
    yield from _faults_of_characters(words)
    if field.name == "title" and len(words) > record.MAX_TITLE_CHARACTERS:
        yield _too_long(record.MAX_TITLE_CHARACTERS)
    if field.type is Type.LINE and field.max_words and len(words.split()) > field.max_words:
        yield Fault(Code.TOO_MANY_WORDS, f"is longer than {field.max_words} words", limit=field.max_words)


def _faults_of_characters(words: str) -> Faults:
    """Yield what no database stores, and no page could show."""
    if "\x00" in words:
        yield Fault(Code.CHARACTERS, "contains a NUL character")
    elif any("\ud800" <= character <= "\udfff" for character in words):
        yield Fault(Code.CHARACTERS, "contains half a character")
    elif UNWRITABLE.search(words):
        yield Fault(Code.CHARACTERS, "contains a control character")


def _too_long(longest: int) -> Fault:
    return Fault(Code.TOO_LONG, f"is longer than {longest} characters", limit=longest)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _faults_of_order(document: Document) -> Faults:
    for first, last in (("start_year", "end_year"), ("age_from", "age_to")):
        low, high = document.get(first), document.get(last)
        if isinstance(low, int) and isinstance(high, int) and high < low:
            yield Fault(Code.ORDER, f"is before {first}", last, last)
    for number, material in enumerate(_rows(document, "materials")):
        if (material.get("url") is None) == (material.get("file") is None):
            words = f"materials {number + 1}: has neither address nor file, or both"
            yield Fault(Code.NEITHER_OR_BOTH, words, f"materials.{number}.url")
    for number, source in enumerate(_rows(document, "sources")):
        if source.get("mirror") and source.get("url"):
            words = "a mirror is cited, never linked"
            yield Fault(Code.LINKED_MIRROR, words, f"sources.{number}.url", "sources")


def _rows(document: Document, name: str) -> Iterator[Mapping[str, Any]]:
    rows = document.get(name)
    return map(_mapping, rows if isinstance(rows, list) else ())


_Check = Callable[[Field, Any, Known], Faults]


def _check_choice(field: Field, value: Any, _known: Known) -> Faults:
    assert field.choices is not None
    if value not in [choice.value for choice in field.choices]:
        yield Fault(Code.UNKNOWN, f"{value!r} is not one of the choices")


def _check_concept(field: Field, value: Any, known: Known) -> Faults:
    if not isinstance(value, str) or record.concept_id(field.vocabulary, value) not in known.concepts:
        yield Fault(Code.UNKNOWN, f"{value!r} is not a concept of {field.vocabulary}")


def _check_concepts(field: Field, value: Any, known: Known) -> Faults:
    if _has_doubles(value):
        yield Fault(Code.TWICE, "names a concept twice")
    for code in value:
        yield from _check_concept(field, code, known)


def _check_number(field: Field, value: Any, _known: Known) -> Faults:
    low, high = (0, 120) if field.name.startswith("age") else (1800, 2200)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        yield Fault(Code.NUMBER, f"{value!r} is not a number from {low} to {high}")


def _check_language(_field: Field, value: Any, _known: Known) -> Faults:
    if value not in LANGUAGES:
        yield Fault(Code.UNKNOWN, f"{value!r} is not a language of the library")


def _check_languages(_field: Field, value: Any, _known: Known) -> Faults:
    for code in value:
        if not isinstance(code, str) or len(code) != 2 or not (code.isascii() and code.isalpha() and code.islower()):
            yield Fault(Code.UNKNOWN, f"{code!r} is not an ISO 639-1 code")


def _check_organisation(_field: Field, value: Any, known: Known) -> Faults:
    if not isinstance(value, str) or value not in known.organisations:
        yield Fault(Code.UNKNOWN, f"{value!r} is not an organisation of the library")


def _check_organisations(field: Field, value: Any, known: Known) -> Faults:
    slugs = [_mapping(item).get("slug") for item in value] if field.name in _WITH_ROLES else list(value)
    if _has_doubles(slugs):
        yield Fault(Code.TWICE, "names an organisation twice")
    for slug in slugs:
        yield from _check_organisation(field, slug, known)
    if field.name == "municipalities" and known.municipalities is not None:
        named = [slug for slug in slugs if isinstance(slug, str)]  # anything else is no organisation anyway
        bodies = [slug for slug in named if slug in known.organisations and slug not in known.municipalities]
        yield from (Fault(Code.PLACE, f"{slug!r} is not a municipality") for slug in bodies)
    if field.name in _WITH_ROLES:
        roles = [_mapping(item).get("role") for item in value]
        strange = (role for role in roles if role not in list(OrganisationRole))
        yield from (Fault(Code.UNKNOWN, f"{role!r} is not one of the roles") for role in strange)


def _has_doubles(values: list[Any]) -> bool:
    return any(value in values[:number] for number, value in enumerate(values))


def _check_practice(_field: Field, value: Any, known: Known) -> Faults:
    if not isinstance(value, str) or value not in known.practices:
        yield Fault(Code.UNKNOWN, f"{value!r} is not a practice of the library")


def _check_string(field: Field, value: Any, _known: Known) -> Faults:
    if not isinstance(value, str) or "\n" in value.strip() or not value.strip():
        yield Fault(Code.SHAPE, "is not one line of text")
        return
    yield from _faults_of_characters(value)
    longest = _LENGTHS.get(field.name, MAX_LINE_CHARACTERS)
    if len(value) > longest:
        yield _too_long(longest)


def _check_url(_field: Field, value: Any, _known: Known) -> Faults:
    if not isinstance(value, str) or not _is_web_address(value):
        yield Fault(Code.ADDRESS, f"{value!r} is not a web address")
    elif len(value) > MAX_URL_CHARACTERS:
        yield _too_long(MAX_URL_CHARACTERS)


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:  # such as an unclosed bracket
        return False
    printable = value.isprintable() and not any(character.isspace() for character in value)
    return printable and parts.scheme in ("http", "https") and bool(parts.netloc)


def _check_file(_field: Field, value: Any, known: Known) -> Faults:
    if not isinstance(value, str) or value not in known.files:
        yield Fault(Code.UNKNOWN, f"{value!r} is not a file of the library")


def _check_flag(_field: Field, value: Any, _known: Known) -> Faults:
    if not isinstance(value, bool):
        yield Fault(Code.SHAPE, f"{value!r} is neither true nor false")


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
