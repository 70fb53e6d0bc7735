"""The vocabularies in memory: labels, order and hierarchy, for everything that shows or indexes a concept.

A lexicon is immutable. ``current`` gives the one that matches the database and reads it anew only when a vocabulary has
changed, which the version number in the ``setting`` table tells with one small query. Knows nothing of requests.
"""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from library.choices import ConceptStatus
from library.languages import DEFAULT
from library.models import Concept, ConceptLabel, ConceptNote, ConceptRelation, LabelKind, RelationKind, Setting

VOCABULARY_VERSION = "vocabulary-version"
VERSION: Final = select(Setting.value).where(Setting.key == VOCABULARY_VERSION)


@dataclass(frozen=True, slots=True)
class Entry:
    """One concept as readers meet it.

    :param id: such as ``agencies/police``.
    :param labels: language -> the preferred label.
    :param synonyms: language -> alternative labels.
    :param notes: language -> scope note.
    :param broader: identifiers of the wider concepts of its scheme.
    :param near: identifiers of related concepts, and of matching ones in other schemes.
    :param deprecated: whether it is only shown where it was chosen before, and offered nowhere.
    """

    id: str
    scheme: str
    code: str
    labels: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, str]
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    deprecated: bool = False

    def label(self, language: str) -> str:
        """Return the preferred label in a language, else in English, else the code."""
        return self.labels.get(language) or self.labels.get(DEFAULT) or self.code

    def note(self, language: str) -> str:
        """Return the scope note in a language, else in English, else nothing."""
        return self.notes.get(language) or self.notes.get(DEFAULT) or ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All concepts, by identifier and by scheme in their order.

    :param replaced: deprecated concept -> the one in use that stands for it now.
    """

    version: str
    entries: Mapping[str, Entry]
    schemes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)

    def get(self, identifier: str) -> Entry | None:
        """Return a concept, or ``None`` if no vocabulary has it."""
        return self.entries.get(identifier)

    def __getitem__(self, identifier: str) -> Entry:
        return self.entries[identifier]

    def scheme(self, code: str) -> tuple[Entry, ...]:
        """Return the concepts of a vocabulary that may be chosen, in their order."""
        return tuple(entry for entry in self.every(code) if not entry.deprecated)

    def every(self, code: str) -> tuple[Entry, ...]:
        """Return the concepts of a vocabulary in their order, with those that are no longer offered."""
        return tuple(self.entries[identifier] for identifier in self.schemes.get(code, ()))

    def top(self, code: str) -> tuple[Entry, ...]:
        """Return the concepts of a vocabulary that may be chosen and have nothing above them."""
        return tuple(entry for entry in self.scheme(code) if not entry.broader)

    def with_ancestors(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Return the concepts, what replaces them and everything above, each once, in order of first mention."""
        found: dict[str, None] = {}
        waiting = list(identifiers)
        while waiting:
            identifier = waiting.pop(0)
            if identifier not in found and identifier in self.entries:
                found[identifier] = None
                if identifier in self.replaced:
                    waiting.append(self.replaced[identifier])
                waiting.extend(self.entries[identifier].broader)
        return tuple(found)


_lock = threading.Lock()
_kept: dict[str, Lexicon] = {}


def current(session: Session) -> Lexicon:
    """Return the lexicon that matches the vocabularies in the database.

    Costs one query while nothing has changed.
    """
    return of_version(session, session.scalar(VERSION) or "")


def of_version(session: Session, version: str) -> Lexicon:
    """Return the lexicon of the version that a caller has just asked the database for with ``VERSION``."""
    lexicon = _kept.get(version)
    if lexicon is None:
        lexicon = load(session, version)
        if version:
            with _lock:
                _kept.clear()
                _kept[version] = lexicon
    return lexicon


def renew(session: Session) -> None:
    """Give the vocabularies a new version in this transaction, so that every process reads them anew after it."""
    version = uuid.uuid4().hex
    kept = update(Setting).where(Setting.key == VOCABULARY_VERSION).values(value=version)
    if not session.connection().execute(kept).rowcount:
        session.connection().execute(insert(Setting).values(key=VOCABULARY_VERSION, value=version))


def load(session: Session, version: str) -> Lexicon:
    """Read all vocabularies.

    :param version: under which to keep what is read.
    """
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    synonyms: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    # Columns and not objects, here and below: there are tens of thousands, and objects take five times as long.
    words = select(ConceptLabel.concept_id, ConceptLabel.language, ConceptLabel.kind, ConceptLabel.text)
    for concept, language, kind, text in session.execute(words.order_by(ConceptLabel.position)):
        if kind == LabelKind.PREFERRED:
            labels[concept][language] = text
        else:
            synonyms[concept][language].append(text)
    notes: dict[str, dict[str, str]] = defaultdict(dict)
    for concept, language, text in session.execute(
        select(ConceptNote.concept_id, ConceptNote.language, ConceptNote.text)
    ):
        notes[concept][language] = text
    broader: dict[str, list[str]] = defaultdict(list)
    narrower: dict[str, list[str]] = defaultdict(list)
    near: dict[str, list[str]] = defaultdict(list)
    columns = (Concept.id, Concept.scheme_code, Concept.code, Concept.status, Concept.replaced_by_id)
    concepts = session.execute(select(*columns).order_by(Concept.scheme_code, Concept.position, Concept.id)).all()
    deprecated = {concept.id for concept in concepts if concept.status is ConceptStatus.DEPRECATED}
    relations = select(ConceptRelation.source_id, ConceptRelation.kind, ConceptRelation.target_id)
    for source, kind, target in session.execute(relations):
        if kind == RelationKind.BROADER:
            broader[source].append(target)
            if source not in deprecated:
                narrower[target].append(source)
        else:
            near[source].append(target)
    entries: dict[str, Entry] = {}
    schemes: dict[str, list[str]] = defaultdict(list)
    for row in concepts:
        schemes[row.scheme_code].append(row.id)
        entries[row.id] = Entry(
            id=row.id,
            scheme=row.scheme_code,
            code=row.code,
            labels=labels[row.id],
            synonyms={language: tuple(others) for language, others in synonyms[row.id].items()},
            notes=notes[row.id],
            broader=tuple(sorted(broader[row.id])),
            narrower=tuple(sorted(narrower[row.id])),
            near=tuple(sorted(near[row.id])),
            deprecated=row.id in deprecated,
        )
    replaced = {concept.id: concept.replaced_by_id for concept in concepts if concept.replaced_by_id}
    return Lexicon(version, entries, {code: tuple(ids) for code, ids in schemes.items()}, _at_last(replaced))


def _at_last(replaced: Mapping[str, str]) -> dict[str, str]:
    """Return where chains of replacements end; one that ends nowhere, which only a damaged file makes, is left out."""
    ends: dict[str, str] = {}
    for first, following in replaced.items():
        passed = {first}
        while following in replaced and following not in passed:
            passed.add(following)
            following = replaced[following]
        if following not in passed:
            ends[first] = following
    return ends
