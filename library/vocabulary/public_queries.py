"""What the public pages of the vocabularies read, and what machines are handed. A fixed number of statements each."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.errors import NotFound
from library.lexicon import VOCABULARY_VERSION, Entry, Lexicon, current
from library.models import Concept, ConceptRelation, ConceptScheme, RelationKind, Setting
from library.vocabulary import csv_form, skos, state_queries
from library.vocabulary.terms import Triple, address_of, json_text, read_lines, turtle

WEB: Final = ("https://", "http://")  # an address may also be a script
MOST_MATCHES: Final = 30  # addresses on a page
MOST_KEPT: Final = 16_000_000  # bytes of whole vocabularies, compressed, that a process keeps


def lexicon(session: Session) -> Lexicon:
    """Return the vocabularies as they stand now."""
    return current(session)


def version(session: Session) -> str:
    """Return what changes whenever any vocabulary does."""
    return session.scalar(select(Setting.value).where(Setting.key == VOCABULARY_VERSION)) or ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A vocabulary as readers meet it."""

    code: str
    label: str
    note: str


def schemes(session: Session, language: str) -> list[Scheme]:
    """Return all vocabularies by name."""
    rows = session.execute(select(ConceptScheme.code, ConceptScheme.labels, ConceptScheme.notes))
    found = [Scheme(code, _in(labels, language) or code, _in(notes, language)) for code, labels, notes in rows]
    return sorted(found, key=lambda scheme: scheme.label.casefold())


def scheme(session: Session, code: str, language: str) -> Scheme:
    """Return one vocabulary.

    :raises NotFound: if there is none.
    """
    found = next((one for one in schemes(session, language) if one.code == code), None)
    if found is None:
        raise NotFound(code)
    return found


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def entry(session: Session, scheme_code: str, code: str) -> Entry:
    """Return one concept, deprecated or not.

    :raises NotFound: if there is none.
    """
    found = current(session).get(f"{scheme_code}/{code}")
    if found is None:
        raise NotFound(f"{scheme_code}/{code}")
    return found


def relations(session: Session, identifier: str) -> dict[RelationKind, list[str]]:
    """Return where the relations of a concept lead, but for those to wider ones."""
    query = select(ConceptRelation.kind, ConceptRelation.target_id).where(
        ConceptRelation.source_id == identifier, ConceptRelation.kind != RelationKind.BROADER
    )
    found: dict[RelationKind, list[str]] = {}
    for kind, target in session.execute(query.order_by(ConceptRelation.target_id)):
        found.setdefault(RelationKind(kind), []).append(target)
    return found


def own_address(session: Session, identifier: str) -> str:
    """Return the address that a concept has where it was made, if it can be followed; nothing for one of ours."""
    address = state_queries.addresses(session, [identifier]).of.get(identifier, "")
    return address if address.startswith(WEB) else ""


def matches_elsewhere(session: Session, identifier: str) -> list[str]:
    """Return the addresses of what others call the same or nearly so, where those can be followed."""
    rest = session.scalar(select(Concept.rest).where(Concept.id == identifier))
    matches = {skos.term_of(kind) for kind in RelationKind if kind.endswith("Match")}
    found = (address_of(value) for _, predicate, value in read_lines(rest) if predicate in matches)
    return sorted(address for address in found if address.startswith(WEB))[:MOST_MATCHES]


# --- for machines ------------------------------------------------------------------------------------------------


def concept_statements(session: Session, scheme_code: str, code: str) -> list[Triple]:
    """Return all that is said of one concept.

    :raises NotFound: if there is none.
    """
    identifier = f"{scheme_code}/{code}"
    concept = state_queries.concept_state(session, identifier)
    whole = state_queries.scheme_alone(session, scheme_code)
    if concept is None or whole is None:
        raise NotFound(identifier)
    below = state_queries.below(session, identifier)
    near = {identifier, concept.replaced_by, *below, *(t for targets in concept.relations.values() for t in targets)}
    return list(skos.statements_of(concept, whole, state_queries.addresses(session, near), below))


def scheme_statements(session: Session, code: str) -> Iterable[Triple]:
    """Return all that a vocabulary says.

    :raises NotFound: if there is none.
    """
    whole = state_queries.scheme_state(session, code)
    if whole is None:
        raise NotFound(code)
    return skos.statements(whole, state_queries.addresses(session))


_lock = threading.Lock()
_kept: dict[tuple[str, str, str], bytes] = {}


def scheme_file(session: Session, code: str, form: str) -> str:
    """Return a whole vocabulary as a file, made once a version: a large one takes a second.

    :param form: ``ttl`` or ``jsonld`` with addresses below ``reading.BASE``, or ``csv``.
    :raises NotFound: if there is none.
    """
    key = version(session), code, form
    kept = _kept.get(key)
    if kept is None:
        text = "".join(_written(session, code, form))
        kept = zlib.compress(text.encode(), 1)
        _keep(key, kept)
        return text
    return zlib.decompress(kept).decode()


def _written(session: Session, code: str, form: str) -> Iterable[str]:
    if form == "csv":
        return _csv(session, code)
    said = scheme_statements(session, code)
    return turtle(said) if form == "ttl" else [json_text(said)]


def _csv(session: Session, code: str) -> Iterable[str]:
    whole = state_queries.scheme_state(session, code)
    if whole is None:
        raise NotFound(code)
    return csv_form.write(whole)


def _keep(key: tuple[str, str, str], content: bytes) -> None:
    """Keep a file of this version, and none of those before, as long as there is room."""
    with _lock:
        for old in [other for other in _kept if other[0] != key[0]]:
            del _kept[old]
        if sum(map(len, _kept.values())) + len(content) <= MOST_KEPT:
            _kept[key] = content
