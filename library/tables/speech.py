"""The words of a table in seven languages: headings → columns, labels → codes, and codes → labels.

Whoever fills a table may write headings and values in any language of the library, or as their codes. What means two
things is not guessed. Pure: knows what it is handed, and no database.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from babel import Locale
from flask_babel import force_locale, gettext

from library import record
from library.choices import Choice
from library.languages import ENDONYMS, LANGUAGES
from library.lexicon import Entry, Lexicon
from library.record import Field, Type
from library.tables.columns import FIELDS, NO, NONE, YES, Column, column_at, column_named, columns_in

_SUFFIX: Final = re.compile(r"\s*\[(?P<part>\d{1,2})\]$")
_LANGUAGE: Final = re.compile(r"\s*\((?P<language>[^()]+)\)$")
_NUMBER: Final = re.compile(r"\s+(?P<number>\d{1,3})$")
_YES: Final = ("yes", "true", "1", "x", "ja", "kyllä", "já", "y", "j")
_NO: Final = ("no", "false", "0", "nej", "nei", "ei", "n")

Meanings = Mapping[str, frozenset[str]]


def fold(words: str) -> str:
    """Return words without what people do not see as a difference: case, spaces, how letters are composed."""
    return " ".join(unicodedata.normalize("NFC", words).casefold().split())


@dataclass(frozen=True, slots=True)
class Speech:
    """What words mean in a table.

    :param lexicon: the vocabularies.
    :param organisations: slug -> all its names.
    :param practices: what may be written for a model -> its external identifier.
    :param municipalities: slugs of those organisations that are.
    :param shown: slug -> the name of an organisation in the reader's language.
    """

    lexicon: Lexicon
    organisations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    practices: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    municipalities: frozenset[str] = frozenset()
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    # --- headings

    def column(self, heading: str) -> Column | None:
        """Return the column that a heading names, in any language or for machines; ``None`` if it names none or two."""
        given = heading.strip().removesuffix("*").strip()
        return column_named(given) or column_named(given.casefold()) or self._column(given)

    def _column(self, heading: str) -> Column | None:
        words, part = _cut(heading, _SUFFIX)
        whole, language = _cut(words, _LANGUAGE)
        spoken = _language(language) if language else ""
        if language and not spoken:  # the brackets belong to the heading
            whole, spoken = words, ""
        # A heading may itself end in a number or hold a colon, so each way to read it is tried.
        found = {
            column
            for head, inner in _halves(whole)
            for base, number in ((head, ""), _cut(head, _NUMBER))
            for name in self._fields(base)
            for column in self._within(name, number, inner, spoken, part)
        }
        return found.pop() if len(found) == 1 else None

    def _within(self, name: str, number: str, inner: str, language: str, part: str) -> Iterable[Column]:
        group = self._named("inner", lambda: {f.name: _headings(columns_in(f)) for f in FIELDS})[name]
        for within in group.get(fold(inner), ()) if inner else ("",):
            column = column_at(name, number=int(number or 0), inner=within, language=language, part=int(part or 1))
            if column:
                yield column

    def _fields(self, words: str) -> Iterable[str]:
        names: Meanings = self._named("fields", lambda: _headings(FIELDS))
        return names.get(fold(words), ())

    # --- values

    def code(self, field: Field, words: str) -> str:
        """Return the code that words stand for in a field; the words themselves if they stand for none or for two."""
        given = words.strip()
        if given == NONE:
            return given
        meant = self._meanings(field).get(fold(given), frozenset())
        if given in meant or not meant:
            return given
        return str(min(meant)) if len(meant) == 1 else given

    def is_ambiguous(self, field: Field, words: str) -> bool:
        """Return whether words stand for several codes of a field."""
        return len(self._meanings(field).get(fold(words), ())) > 1

    def label(self, field: Field, code: str, language: str) -> str:
        """Return a code as readers of a language see it, if reading the label finds the code again; else the code."""
        label: str = self._named(
            f"label {field.name} {field.vocabulary} {code} {language}", lambda: self._label(field, code, language)
        )
        return str(label) if label and self.code(field, label) == code else code

    def choices(self, field: Field, language: str) -> list[tuple[str, str]]:
        """Return what a field allows, as code and label in a language; nothing for what has no list."""
        return [(code, self.label(field, code, language)) for code in self._codes(field)]

    def spoken(self, row: Mapping[str, str], language: str) -> dict[str, str]:
        """Return a row of ``columns.row_of`` with labels in the place of codes."""
        said = {}
        for name, words in row.items():
            column = column_named(name)
            coded = column is not None and words != NONE and has_codes(column.value)
            said[name] = self.label(column.value, words, language) if coded and column else words
        return said

    def _codes(self, field: Field) -> list[str]:
        if field.choices is not None:
            return [choice.value for choice in field.choices]
        if field.vocabulary:
            return [entry.code for entry in self.lexicon.scheme(field.vocabulary)]
        if field.type is Type.LANGUAGE:
            return list(LANGUAGES)
        if field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
            slugs = self.municipalities if field.name == "municipalities" else self.organisations
            return sorted(slugs, key=lambda slug: fold(self.shown.get(slug, slug)))
        return [YES, NO] if field.type is Type.FLAG else []

    def _label(self, field: Field, code: str, language: str) -> str:
        if field.choices is not None:
            with force_locale(language):
                return next((choice.label for choice in field.choices if choice == code), "")
        if field.vocabulary:
            entry = self.lexicon.get(record.concept_id(field.vocabulary, code))
            return entry.label(language) if entry else ""
        if field.type in (Type.LANGUAGE, Type.LANGUAGES):
            return ENDONYMS.get(code) or str(Locale(language).languages.get(code, ""))
        if field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
            return self.shown.get(code, "")
        if field.type is Type.FLAG:
            with force_locale(language):
                return str({YES: gettext("Yes"), NO: gettext("No")}.get(code, ""))
        return ""

    def _meanings(self, field: Field) -> Meanings:
        found: Meanings = {}
        if field.choices is not None:
            found = self._named(f"choice {field.choices.__name__}", lambda: _of_choices(field.choices))
        elif field.vocabulary:
            found = self._named(f"scheme {field.vocabulary}", lambda: _of_scheme(self.lexicon.scheme(field.vocabulary)))
        elif field.type in (Type.LANGUAGE, Type.LANGUAGES):
            found = _languages()
        elif field.type in (Type.ORGANISATION, Type.ORGANISATIONS):
            found = self._named("bodies", lambda: _of_names(self.organisations))
        elif field.type is Type.PRACTICE:
            found = self._named("practices", lambda: {fold(way): frozenset({to}) for way, to in self.practices.items()})
        elif field.type is Type.FLAG:
            found = _FLAGS
        return found

    def _named(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]


_CODED: Final = frozenset(
    {
        *(Type.CHOICE, Type.CONCEPT, Type.CONCEPTS, Type.LANGUAGE, Type.LANGUAGES, Type.FLAG),
        *(Type.ORGANISATION, Type.ORGANISATIONS, Type.PRACTICE),
    }
)
_FLAGS: Final[Meanings] = {
    **{words: frozenset({YES}) for words in _YES},
    **{words: frozenset({NO}) for words in _NO},
}


def has_codes(field: Field) -> bool:
    """Return whether the cells of a field stand for something else than their words."""
    return field.type in _CODED


def _cut(words: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    found = pattern.search(words)
    return (words[: found.start()], found[1]) if found else (words, "")


def _halves(words: str) -> Iterable[tuple[str, str]]:
    """Yield each way in which a heading may consist of a group and a column of it."""
    yield words, ""
    for place, character in enumerate(words):
        if character == ":":
            yield words[:place].strip(), words[place + 1 :].strip()


def _language(words: str) -> str:
    meant = _languages().get(fold(words), frozenset()) & set(LANGUAGES)
    return min(meant) if len(meant) == 1 else ""


def _in_all_languages(label: Any) -> Iterable[str]:
    for language in LANGUAGES:
        with force_locale(language):
            yield fold(str(label))


def _gathered(pairs: Iterable[tuple[str, str]]) -> Meanings:
    found: dict[str, set[str]] = defaultdict(set)
    for words, code in pairs:
        if words:
            found[words].add(code)
    return {words: frozenset(codes) for words, codes in found.items()}


def _headings(fields: Iterable[Field]) -> Meanings:
    return _gathered((words, field.name) for field in fields for words in (*_in_all_languages(field.label), field.name))


def _of_choices(choices: type[Choice] | None) -> Meanings:
    members = list(choices or ())
    labels = [(words, member.value) for member in members for words in _in_all_languages(member.title_text)]
    return _exact_first([member.value for member in members], labels)


def _of_scheme(entries: Sequence[Entry]) -> Meanings:
    codes = [entry.code for entry in entries]
    preferred = _exact_first(codes, [(fold(label), e.code) for e in entries for label in e.labels.values()])
    others = _gathered((fold(w), e.code) for e in entries for words in e.synonyms.values() for w in words)
    return {**others, **preferred}


def _of_names(organisations: Mapping[str, Sequence[str]]) -> Meanings:
    names = [(fold(name), slug) for slug, given in organisations.items() for name in given]
    return _exact_first(list(organisations), names)


def _exact_first(codes: Iterable[str], labels: Iterable[tuple[str, str]]) -> Meanings:
    """Return what labels mean; a code means itself, whatever else is called so."""
    return {**_gathered(labels), **{fold(code): frozenset({code}) for code in codes}}


@lru_cache(1)
def _languages() -> Meanings:
    """Return what names of languages mean: codes, own names, and names in the library's languages."""
    names = [(fold(name), code) for code, name in ENDONYMS.items()]
    names += [
        (fold(str(name)), str(code))
        for language in LANGUAGES
        for code, name in Locale(language).languages.items()
        if len(str(code)) == 2 and code != "no"
    ]
    codes = {str(code) for code in Locale("en").languages if len(str(code)) == 2}
    return _exact_first(sorted(codes), names)
