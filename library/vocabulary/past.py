"""The history of the vocabularies in words. Pure: from a change to what its page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from library.languages import ENDONYMS
from library.lexicon import Lexicon
from library.models import ConceptChange
from library.vocabulary.desk_forms import RELATIONS

DEEDS: Final[dict[str, Any]] = {
    "add": _l("Added"),
    "words": _l("Changed words"),
    "move": _l("Moved"),
    "relate": _l("Related"),
    "unrelate": _l("Took a relation away"),
    "deprecate": _l("Deprecated"),
    "restore": _l("Restored"),
    "merge": _l("Merged"),
    "import": _l("Brought in from a file"),
}
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Past:
    """One change as the history shows it.

    :param lines: (what, before, after); ``before`` is empty where there was nothing to compare with.
    """

    change: ConceptChange
    deed: str
    label: str
    is_there: bool
    lines: tuple[tuple[str, str, str], ...]


def past(change: ConceptChange, words: Lexicon, language: str) -> Past:
    """Return a change in words."""
    entry = words.get(change.concept_id)
    lines = _LINES.get(change.deed)
    return Past(
        change=change,
        deed=str(DEEDS.get(change.deed, change.deed)),
        label=entry.label(language) if entry else change.concept_id,
        is_there=entry is not None,
        lines=tuple(lines(change, words, language)) if lines else (),
    )


Lines = Iterator[tuple[str, str, str]]


def _name(words: Lexicon, identifier: str, language: str) -> str:
    entry = words.get(identifier)
    return entry.label(language) if entry else identifier


def _names(words: Lexicon, identifiers: Any, language: str) -> str:
    return ", ".join(_name(words, identifier, language) for identifier in identifiers or ()) or _NOTHING


def _of_words(change: ConceptChange, _words: Lexicon, _language: str) -> Lines:
    titles = {"label": gettext("label"), "alternatives": gettext("other words"), "note": gettext("scope note")}
    for code, after in change.after.items():
        before = change.before.get(code, {})
        for name, title in titles.items():
            if before.get(name) != after.get(name):
                yield f"{ENDONYMS.get(code, code)}, {title}", _said(before, name), _said(after, name)


def _said(words: Mapping[str, Any], name: str) -> str:
    value = words.get(name) or ""
    return (", ".join(value) if isinstance(value, list) else str(value)) or _NOTHING


def _of_add(change: ConceptChange, words: Lexicon, language: str) -> Lines:
    for code, label in change.after.get("labels", {}).items():
        yield ENDONYMS.get(code, code), "", str(label)
    if change.after.get("broader"):
        yield gettext("Stands below"), "", _names(words, change.after["broader"], language)


def _of_move(change: ConceptChange, words: Lexicon, language: str) -> Lines:
    yield (
        gettext("Stands below"),
        _names(words, change.before.get("broader"), language),
        _names(words, change.after.get("broader"), language),
    )


def _of_relation(change: ConceptChange, words: Lexicon, language: str) -> Lines:
    row = change.after or change.before
    kinds = {kind.value: str(label) for kind, label in RELATIONS}
    yield kinds.get(row.get("kind", ""), ""), "", _name(words, row.get("other", ""), language)


def _of_deprecation(change: ConceptChange, words: Lexicon, language: str) -> Lines:
    if change.after.get("replacement"):
        yield gettext("Replaced by"), "", _name(words, change.after["replacement"], language)


def _of_merge(change: ConceptChange, words: Lexicon, language: str) -> Lines:
    yield gettext("Into"), "", _name(words, change.after.get("into", ""), language)
    moved = change.before.get("rows", {}).values()
    yield gettext("Records"), "", str(sum(len(rows["moved"]) + len(rows["dropped"]) for rows in moved))


_LINES: Final = {
    "words": _of_words,
    "add": _of_add,
    "move": _of_move,
    "relate": _of_relation,
    "unrelate": _of_relation,
    "deprecate": _of_deprecation,
    "merge": _of_merge,
}
