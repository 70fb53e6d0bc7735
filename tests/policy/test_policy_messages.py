"""The words of the pages in every language: all there, nothing stale, each with the same blanks to fill in."""

from __future__ import annotations

import fnmatch
import io
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from policy_files import ROOT, files, name, shown

from library.languages import DEFAULT, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

TRANSLATED = [language for language in LANGUAGES if language != DEFAULT]
EVERY_LANGUAGE = pytest.mark.parametrize("language", TRANSLATED)
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None}
BLANK = re.compile(r"%\((\w+)\)[sd]|%%|%.")
TAG = re.compile(r"</?[a-z][^>]*>")
LONG_ENOUGH = 4  # words; a shorter text may well be the same in two languages ("Status", "Sport")


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "library" / "translations" / language / "LC_MESSAGES" / "messages.po"
    assert path.is_file(), f"{name(path)} is missing; make it with: pybabel init, see `make messages`"
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def extracted() -> frozenset[tuple[str, ...]]:
    """Return the messages in code and templates: (text,) or (singular, plural)."""
    code = [(path, "python", {}) for path in files(".py", under="library")]
    pages = [(path, "jinja2", {"encoding": "utf-8", "silent": "false"}) for path in files(".html", under="templates")]
    found = set()
    for path, method, options in [*code, *pages]:
        for _line, message, _comments, _context in extract_from_file(method, path, KEYWORDS, options=options):
            found.add(tuple(message) if isinstance(message, tuple | list) else (message,))
    return frozenset(found)


def test_whoever_translates_a_message_later_calls_it_by_the_name_that_is_looked_for() -> None:
    called = {name(path) for path in files(".py", under="library") if "lazy_gettext(" in path.read_text("utf-8")}

    assert not called, f"lazy_gettext is imported as _l, or its messages are not extracted:{shown(called)}"


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalogue(language) if message.id)


def forms(message: Message) -> tuple[str, ...]:
    """Return a message's translations: one, or one for each plural form."""
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string,)


def translated(language: str) -> Iterator[Message]:
    return (message for message in messages(language) if all(forms(message)))


def sources(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def blanks(text: str) -> list[str]:
    return sorted(match.group() for match in BLANK.finditer(text) if match.group() != "%%")


@EVERY_LANGUAGE
def test_every_text_of_the_pages_is_in_the_catalogue_and_no_other(language: str) -> None:
    kept = {sources(message) for message in messages(language)}

    assert extracted() <= kept, f"run `make messages`; not yet in it:{shown({str(m) for m in extracted() - kept})}"
    assert kept <= extracted(), f"run `make messages`; no longer used:{shown({str(m) for m in kept - extracted()})}"


@EVERY_LANGUAGE
def test_every_text_is_translated_and_nobody_is_in_doubt(language: str) -> None:
    empty = {str(sources(message)) for message in messages(language) if not all(forms(message))}
    doubtful = {str(sources(message)) for message in messages(language) if message.fuzzy}

    assert not empty, f"not translated:{shown(empty)}"
    assert not doubtful, f"fuzzy:{shown(doubtful)}"


@EVERY_LANGUAGE
def test_every_translation_has_the_blanks_and_tags_of_its_source(language: str) -> None:
    faults = set()
    for message in translated(language):
        allowed = [blanks(source) for source in sources(message)]
        tags = sorted(TAG.findall(sources(message)[0]))
        faults |= {f"{form!r}: blanks" for form in forms(message) if blanks(form) not in allowed}
        faults |= {f"{form!r}: tags" for form in forms(message) if sorted(TAG.findall(form)) != tags}
        faults |= {f"{form!r}: {error}" for form in forms(message) for error in message.check(catalogue(language))}

    assert not faults, shown(faults)


@EVERY_LANGUAGE
def test_every_count_has_the_plural_forms_of_the_language(language: str) -> None:
    expected = get_plural(language)
    assert catalogue(language).num_plurals == expected.num_plurals
    assert catalogue(language).plural_expr == expected.plural_expr

    wrong = {
        str(sources(message))
        for message in messages(language)
        if len(forms(message)) != (expected.num_plurals if message.pluralizable else 1)
    }

    assert not wrong, shown(wrong)


@EVERY_LANGUAGE
def test_no_translation_is_the_english_text(language: str) -> None:
    same = {
        form
        for message in translated(language)
        for form in forms(message)
        if form in sources(message) and len(re.findall(r"[^\W\d_]{2,}", BLANK.sub("", form))) >= LONG_ENOUGH
    }

    assert not same, shown(same)


@EVERY_LANGUAGE
def test_edges_and_closing_marks_stay_as_they_are(language: str) -> None:
    """Templates put things after a colon, and a space at an edge shows."""
    faults = {
        f"{form!r} for {source!r}"
        for message in translated(language)
        for source, form in zip(sources(message) * 2, forms(message), strict=False)
        if form != form.strip() or source.rstrip().endswith(":") != form.endswith(":")
    }

    assert not faults, shown(faults)


@EVERY_LANGUAGE
def test_the_catalogue_can_be_compiled(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)

    kept = read_mo(compiled)

    lost = {str(message.id) for message in translated(language) if forms(kept.get(message.id)) != forms(message)}

    assert not lost, shown(lost)


def test_there_is_a_catalogue_for_each_language_and_for_no_other() -> None:
    kept = {path.parent.parent.name for path in files(".po", under="library/translations")}

    assert kept == set(TRANSLATED)


def test_extraction_looks_into_every_folder_that_holds_words() -> None:
    """Babel passes over folders whose names begin with an underscore unless told otherwise."""
    wanted = {sources for sources in extracted() if sources == ("Skip to the content",)}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    command = next(part for part in re.sub(r"\\\n\s*", "", makefile).splitlines() if "pybabel --quiet extract" in part)
    ignored = re.search(r"--ignore-dirs '([^']*)'", command)

    assert wanted, "the layout says this on every page"
    assert ignored, "without --ignore-dirs Babel leaves out _layouts and _components"
    assert not any(fnmatch.fnmatch("_layouts", pattern) for pattern in ignored.group(1).split())
