"""A SKOS file as a vocabulary: what the tables have a place for, and what is kept beside them as it stands. Pure.

The other half of ``skos``, which says why there are two passes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from library.languages import LANGUAGES
from library.vocabulary.faults import Fault, FaultKind
from library.vocabulary.reading import BASE, Statements
from library.vocabulary.skos import (
    ALL_HABITS,
    ALTERNATIVE,
    BROADER,
    CONCEPT,
    DEPRECATED,
    HABITS,
    IN_SCHEME,
    KIND_OF,
    MAX_CODE,
    MAX_ID,
    MAX_LABEL,
    MOST_CONCEPTS,
    NARROWER,
    NOTATION,
    PREFERRED,
    REPLACED_BY,
    SCHEME,
    SCOPE_NOTE,
    TOP_CONCEPT_OF,
    Addresses,
    circles,
    said,
)
from library.vocabulary.states import OWN_HABITS, ConceptState, SchemeState
from library.vocabulary.terms import (
    DCTERMS,
    TYPE,
    Triple,
    address_of,
    iri,
    words_of,
    write_lines,
)

# By which a file names its scheme, the first that it uses.
_NAMES: Final = (
    PREFERRED,
    f"<{DCTERMS}title>",
    "<http://purl.org/dc/elements/1.1/title>",
    "<http://www.w3.org/2000/01/rdf-schema#label>",
)
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(slots=True)
class Read:
    """What a file holds.

    :param faults: why it cannot be brought in; none if it can.
    :param remarks: what its reader should know.
    """

    scheme: SchemeState
    faults: list[Fault]
    remarks: list[Fault]


def scheme_in(
    found: Statements,
    code: str,
    *,
    known: Mapping[str, str] | None = None,
    existing: SchemeState | None = None,
    name: Mapping[str, str] | None = None,
) -> Read:
    """Return the vocabulary that a file describes.

    :param code: under which it is kept here.
    :param known: address -> identifier of the concepts of all other vocabularies, for relations to them.
    :param existing: the vocabulary as it is now, whose concepts keep their codes.
    :param name: language -> name, where the file names the vocabulary in no language of the library.
    """
    return _Reader(found, code, known or {}, existing, name or {}).read()


class _Reader:
    """Reads one file; each step leaves what the next one needs."""

    def __init__(
        self,
        found: Statements,
        code: str,
        known: Mapping[str, str],
        existing: SchemeState | None,
        name: Mapping[str, str],
    ) -> None:
        self._found, self._code, self._existing, self._name = found, code, existing, name
        self._known = dict(known)
        self._faults: list[Fault] = []
        self._remarks: list[Fault] = []
        self._by_subject: dict[str, list[int]] = {}
        for number, triple in enumerate(found.triples):
            self._by_subject.setdefault(triple[0], []).append(number)
        self._state = SchemeState(code)
        self._term = ""  # the vocabulary, as its file names it
        self._ids: dict[str, str] = {}  # term of a concept of this file -> identifier

    def read(self) -> Read:
        self._term = self._find_scheme()
        if self._term:
            self._name_scheme()
            self._find_concepts()
            for term, identifier in self._ids.items():
                self._state.concepts[identifier] = self._words(term, identifier)
            self._relate()
            self._keep_differences()
        return Read(self._state, self._faults, self._remarks)

    def _fault(self, kind: FaultKind, *, number: int | None = None, at: str = "", value: str = "") -> None:
        line = self._found.lines[number] if number is not None else 0
        self._faults.append(Fault(kind, line=line, concept=at, value=value))

    def _said(self, subject: str, predicate: str) -> Iterator[tuple[int, str]]:
        for number in self._by_subject.get(subject, ()):
            triple = self._found.triples[number]
            if triple[1] == predicate:
                yield number, triple[2]

    # --- which vocabulary, which concepts ---

    def _find_scheme(self) -> str:
        """Return the vocabulary of the file: ours, or the one that most concepts are in."""
        triples = self._found.triples
        schemes = [s for s, p, o in triples if p == TYPE and o == SCHEME and s.startswith("<")]
        own = [iri(BASE + self._code)]
        if self._existing and self._existing.uri:
            own.insert(0, iri(self._existing.uri))
        for term in own:
            if term in schemes:
                return term
        if not schemes:
            self._fault(FaultKind.NO_SCHEME)
            return ""
        members = Counter(o for _, p, o in triples if p in (IN_SCHEME, TOP_CONCEPT_OF))
        return max(schemes, key=lambda term: members[term])

    def _name_scheme(self) -> None:
        address = address_of(self._term)
        self._state.uri = "" if address == BASE + self._code else address
        for predicate in _NAMES:
            for _number, value in self._said(self._term, predicate):
                text, language, _ = words_of(value)
                if text.strip() and language.lower() in ("", *LANGUAGES) and len(text) <= MAX_LABEL:
                    self._state.labels.setdefault(language.lower() or "en", text)
            if self._state.labels:
                break
        for _number, value in self._said(self._term, SCOPE_NOTE):
            text, language, _ = words_of(value)
            if language.lower() in LANGUAGES and text.strip():
                self._state.notes.setdefault(language.lower(), text)
        if not self._state.labels:
            self._state.labels = dict(self._existing.labels if self._existing else {}) or dict(self._name)
        if not self._state.labels:
            self._fault(FaultKind.NO_NAME, at=address)

    def _find_concepts(self) -> None:
        elsewhere = 0
        terms: list[str] = []
        for subject, predicate, value in self._found.triples:
            if predicate == TYPE and value == CONCEPT:
                if self._is_ours(subject):
                    terms.append(subject)
                else:
                    elsewhere += 1
        if not terms:
            self._fault(FaultKind.NO_CONCEPTS)
        if len(terms) > MOST_CONCEPTS:
            self._fault(FaultKind.TOO_MANY, value=f"{len(terms)}")
            return
        if elsewhere:
            self._remarks.append(Fault(FaultKind.ELSEWHERE, value=str(elsewhere)))
        self._give_codes(terms)

    def _is_ours(self, subject: str) -> bool:
        """Return whether a concept belongs to the vocabulary: it says so, or names none."""
        if not subject.startswith("<"):
            return False
        schemes = [
            self._found.triples[number][2]
            for number in self._by_subject[subject]
            if self._found.triples[number][1] in (IN_SCHEME, TOP_CONCEPT_OF)
        ]
        return not schemes or self._term in schemes

    def _give_codes(self, terms: list[str]) -> None:
        kept = {c.uri: c.id for c in self._existing.concepts.values() if c.uri} if self._existing else {}
        taken = set(self._existing.concepts) if self._existing else set()
        if self._existing:
            self._known.update({c.uri or BASE + c.id: c.id for c in self._existing.concepts.values()})
        for term in terms:
            address = address_of(term)
            identifier = kept.get(address) or self._own_identifier(term, address)
            if identifier is None:
                identifier = _fresh(self._code, address, taken)
            taken.add(identifier)
            self._ids[term] = identifier
            self._known[address] = identifier

    def _own_identifier(self, term: str, address: str) -> str | None:
        """Return the identifier of a concept that has one of our addresses; ``None`` if it was made elsewhere."""
        if not address.startswith(BASE):
            return None
        identifier = address.removeprefix(BASE)
        scheme, _, code = identifier.partition("/")
        number = self._by_subject[term][0]
        if scheme != self._code or not _SLUG.fullmatch(code) or len(code) > MAX_CODE:
            self._fault(FaultKind.FOREIGN_ADDRESS, number=number, at=identifier, value=identifier)
        for noted, value in self._said(term, NOTATION):
            if words_of(value)[0] != code:
                self._fault(FaultKind.NOTATION, number=noted, at=identifier, value=words_of(value)[0])
        return identifier

    # --- words ---

    def _words(self, term: str, identifier: str) -> ConceptState:
        address = address_of(term)
        concept = ConceptState(identifier, uri="" if address == BASE + identifier else address)
        if self._existing and (before := self._existing.concepts.get(identifier)):
            concept.position = before.position
        for number, value in self._said(term, PREFERRED):
            self._take_label(concept, number, value)
        for _number, value in self._said(term, ALTERNATIVE):
            text, tag, _ = words_of(value)
            code = tag.lower()
            # What the tables have no place for stays in the rest of the file: other languages, very long words, S13.
            fits = code in LANGUAGES and text.strip() and len(text) <= MAX_LABEL
            if fits and text != concept.labels.get(code) and text not in concept.synonyms.get(code, ()):
                concept.synonyms.setdefault(code, []).append(text)
        for _number, value in self._said(term, SCOPE_NOTE):
            text, tag, _ = words_of(value)
            if tag.lower() in LANGUAGES and text.strip():
                concept.notes.setdefault(tag.lower(), text)
        concept.deprecated = any(words_of(value)[0] in ("true", "1") for _, value in self._said(term, DEPRECATED))
        return concept

    def _take_label(self, concept: ConceptState, number: int, value: str) -> None:
        text, tag, _ = words_of(value)
        code = tag.lower()
        if code not in LANGUAGES:
            return
        if not text.strip():
            self._fault(FaultKind.BLANK, number=number, at=concept.id, value=code)
        elif len(text) > MAX_LABEL:
            self._fault(FaultKind.TOO_LONG, number=number, at=concept.id, value=text)
        elif code in concept.labels:  # S14
            self._fault(FaultKind.TWO_LABELS, number=number, at=concept.id, value=text)
        else:
            concept.labels[code] = text

    # --- relations ---

    def _relate(self) -> None:
        for term, identifier in self._ids.items():
            concept = self._state.concepts[identifier]
            for number in self._by_subject[term]:
                _, predicate, value = self._found.triples[number]
                target = self._known.get(address_of(value), "")
                if not target:
                    self._check_ours(number, identifier, predicate, value)
                elif predicate == NARROWER:
                    self._put_below(target, identifier, number)
                elif predicate == BROADER:
                    self._put_below(identifier, target, number)
                elif predicate in KIND_OF and target != identifier:
                    targets = concept.relations.setdefault(KIND_OF[predicate], [])
                    if target not in targets:
                        targets.append(target)
                elif predicate == REPLACED_BY and concept.deprecated and not concept.replaced_by:
                    concept.replaced_by = target if target != identifier else ""
        for circle in circles({c.id: c.broader for c in self._state.concepts.values()}):
            self._faults.append(Fault(FaultKind.CIRCLE, concept=circle[0], value=" > ".join(circle)))
        replaced = {c.id: [c.replaced_by] for c in self._state.concepts.values() if c.replaced_by}
        for circle in circles(replaced):
            self._faults.append(Fault(FaultKind.REPLACED_CIRCLE, concept=circle[0], value=" > ".join(circle)))

    def _check_ours(self, number: int, identifier: str, predicate: str, value: str) -> None:
        """Refuse a relation to one of our own addresses where nothing is; foreign ones may lead anywhere."""
        address = address_of(value)
        if address.startswith(BASE) and (predicate in KIND_OF or predicate in (NARROWER, REPLACED_BY)):
            self._fault(FaultKind.LEADS_NOWHERE, number=number, at=identifier, value=address.removeprefix(BASE))

    def _put_below(self, child: str, parent: str, number: int) -> None:
        if child == parent:
            self._fault(FaultKind.CIRCLE, number=number, at=child, value=f"{child} > {child}")
        elif child in self._state.concepts and parent.partition("/")[0] == self._code:
            above = self._state.concepts[child].relations.setdefault("broader", [])
            if parent not in above:
                above.append(parent)

    # --- what the tables do not hold ---

    def _keep_differences(self) -> None:
        state = self._state
        addresses = Addresses({c.id: c.uri for c in state.concepts.values() if c.uri} | self._elsewhere())
        written = set(self._found.triples)
        state.habits = self._habits(written, addresses)
        worked_out = dict.fromkeys(said(state, addresses))
        unsaid: dict[str, list[Triple]] = {}
        for triple in worked_out:
            if triple not in written:
                unsaid.setdefault(self._ids.get(triple[0], ""), []).append(triple)
        rest: dict[str, list[Triple]] = {}
        owners = self._owners()
        for triple in self._found.triples:
            if triple not in worked_out:
                rest.setdefault(owners.get(triple[0], ""), []).append(triple)
        state.rest, state.unsaid = write_lines(rest.pop("", ())), write_lines(unsaid.pop("", ()))
        for identifier, triples in rest.items():
            state.concepts[identifier].rest = write_lines(triples)
        for identifier, triples in unsaid.items():
            state.concepts[identifier].unsaid = write_lines(triples)

    def _elsewhere(self) -> dict[str, str]:
        return {
            identifier: address
            for address, identifier in self._known.items()
            if identifier.partition("/")[0] != self._code and not address.startswith(BASE)
        }

    def _habits(self, written: set[Triple], addresses: Addresses) -> tuple[str, ...]:
        """Return which of the statements that follow from others this file makes more often than not."""
        self._state.habits = ALL_HABITS
        possible: Counter[str] = Counter()
        made: Counter[str] = Counter()
        for triple in said(self._state, addresses):
            habit = HABITS.get(triple[1])
            if habit:
                possible[habit] += 1
                made[habit] += triple in written
        ours = not self._state.uri
        return tuple(
            habit
            for habit in ALL_HABITS
            if (made[habit] * 2 > possible[habit] if possible[habit] else ours and habit in OWN_HABITS)
        )

    def _owners(self) -> dict[str, str]:
        """Return to which concept each subject belongs: itself, and the blank nodes that hang on it alone or first."""
        owners = dict(self._ids)
        waiting = list(owners)
        while waiting:
            subject = waiting.pop()
            for number in self._by_subject.get(subject, ()):
                value = self._found.triples[number][2]
                if value.startswith("_:") and value not in owners:
                    owners[value] = owners[subject]
                    waiting.append(value)
        return owners


def _fresh(scheme: str, address: str, taken: set[str]) -> str:
    """Return an identifier for a concept that was made elsewhere, after the last part of its address."""
    tail = re.split(r"[/#:]", address.rstrip("/#"))[-1]
    plain = unicodedata.normalize("NFKD", tail).encode("ascii", "ignore").decode().lower()
    longest = min(MAX_CODE, MAX_ID - len(scheme) - 1) - 6
    code = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-") or "concept"
    identifier, number = f"{scheme}/{code}", 2
    while identifier in taken:
        identifier = f"{scheme}/{code}-{number}"
        number += 1
    return identifier
