"""What a file would change in a vocabulary: the difference of two states, concept by concept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from library.choices import Choice
from library.languages import ENDONYMS
from library.vocabulary.faults import Fault, FaultKind
from library.vocabulary.fixed import CLOSED, is_fixed
from library.vocabulary.skos import circles
from library.vocabulary.states import ConceptState, SchemeState, concept_of


class Deed(Choice):
    """What happens to a concept, the gravest first: the order in which pages show it."""

    REMOVED = "removed", _l("Removed")
    DEPRECATED = "deprecated", _l("Deprecated")
    RESTORED = "restored", _l("In use again")
    MOVED = "moved", _l("Moved")
    RELABELLED = "relabelled", _l("Relabelled")
    REWORDED = "reworded", _l("Other words or notes")
    RELATED = "related", _l("Relations")
    OTHER = "other", _l("Only what other programs read")
    ADDED = "added", _l("Added")


class Missing(Choice):
    """What becomes of concepts that a file does not have."""

    KEEP = "keep", _l("Leave them as they are")
    DEPRECATE = "deprecate", _l("Deprecate them")
    REMOVE = "remove", _l("Remove them")


@dataclass(frozen=True, slots=True)
class Difference:
    """One concept before and after; one of the two is missing where it is added or removed."""

    id: str
    deeds: tuple[Deed, ...]
    before: ConceptState | None
    after: ConceptState | None

    @property
    def deed(self) -> Deed:
        """The gravest of what happens to it."""
        return self.deeds[0]


def compare(before: Mapping[str, ConceptState], file: Mapping[str, ConceptState], missing: Missing) -> list[Difference]:
    """Return what a file changes, grouped by the gravest deed, in the order of the file within each.

    :param before: the concepts as they are now.
    :param file: the concepts of the file.
    """
    found = [_difference(before.get(identifier), after) for identifier, after in file.items()]
    for identifier, concept in before.items():
        if identifier not in file:
            found.append(_absent(concept, missing))
    order = list(Deed)
    return sorted((one for one in found if one.deeds), key=lambda one: order.index(one.deed))


def _absent(concept: ConceptState, missing: Missing) -> Difference:
    if missing is Missing.REMOVE:
        return Difference(concept.id, (Deed.REMOVED,), concept, None)
    if missing is Missing.DEPRECATE:
        return _difference(concept, replace(concept, deprecated=True))
    return Difference(concept.id, (), concept, concept)


def _difference(before: ConceptState | None, after: ConceptState) -> Difference:
    if before is None:
        return Difference(after.id, (Deed.ADDED,), None, after)
    old, new = before.as_json(), after.as_json()
    changed = {name for name in old if old[name] != new[name]} - {"position"}
    deeds: list[Deed] = []
    if changed & {"deprecated", "replaced_by"}:
        deeds.append(Deed.DEPRECATED if after.deprecated else Deed.RESTORED)
    if sorted(before.broader) != sorted(after.broader):
        deeds.append(Deed.MOVED)
    if "labels" in changed:
        deeds.append(Deed.RELABELLED)
    if changed & {"synonyms", "notes"}:
        deeds.append(Deed.REWORDED)
    if _without_broader(old) != _without_broader(new):
        deeds.append(Deed.RELATED)
    if not deeds and changed & {"uri", "rest", "unsaid"}:
        deeds.append(Deed.OTHER)
    return Difference(after.id, tuple(deeds), before, after)


def _without_broader(said: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: targets for kind, targets in said["relations"].items() if kind != "broader"}


# --- whether the whole would hold --------------------------------------------------------------------------------


def faults_of(
    before: Mapping[str, ConceptState],
    differences: Iterable[Difference],
    *,
    known: Iterable[str],
    used: Iterable[str],
    exactly_one: bool,
) -> list[Fault]:
    """Return why a difference cannot be brought in; nothing where it can.

    :param known: identifiers of the concepts of other vocabularies.
    :param used: identifiers of the concepts that records name.
    :param exactly_one: whether each record has one of these concepts, so that none goes without a successor.
    """
    differences, in_use = list(differences), set(used)
    after = {**before, **{one.id: one.after for one in differences if one.after}}
    for one in differences:
        if one.after is None:
            del after[one.id]
    there = {*after, *known}
    found: list[Fault] = []
    for one in differences:
        found.extend(_faults_of_one(one, there, in_use, exactly_one=exactly_one))
    for circle in circles({identifier: concept.broader for identifier, concept in after.items()}):
        found.append(Fault(FaultKind.CIRCLE, concept=circle[0], value=" > ".join(circle)))
    for circle in circles({c.id: [c.replaced_by] for c in after.values() if c.replaced_by}):
        found.append(Fault(FaultKind.REPLACED_CIRCLE, concept=circle[0], value=" > ".join(circle)))
    return found


def _faults_of_one(one: Difference, there: set[str], used: set[str], *, exactly_one: bool) -> Iterator[Fault]:
    label = one.after.label() if one.after else one.before.label() if one.before else ""
    if one.deed is Deed.ADDED and one.id.partition("/")[0] in CLOSED:
        yield Fault(FaultKind.CLOSED, concept=one.id, value=label)
    if one.deed in (Deed.REMOVED, Deed.DEPRECATED) and is_fixed(one.id):
        yield Fault(FaultKind.FIXED, concept=one.id, value=label)
    elif one.id in used and one.deed is Deed.REMOVED:
        yield Fault(FaultKind.IN_USE, concept=one.id, value=label)
    elif one.id in used and exactly_one and one.deed is Deed.DEPRECATED and one.after and not one.after.replaced_by:
        yield Fault(FaultKind.NO_SUCCESSOR, concept=one.id, value=label)
    if one.after:
        targets = [target for several in one.after.relations.values() for target in several]
        for target in (*targets, *([one.after.replaced_by] if one.after.replaced_by else [])):
            if target not in there:
                yield Fault(FaultKind.LEADS_NOWHERE, concept=one.id, value=target)


# --- in words ----------------------------------------------------------------------------------------------------

_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs, before and after; ``language`` of the words where they have one."""

    what: str
    before: str
    after: str
    language: str = ""


def lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Return what differs between two states as JSON, in words; of an added or removed concept, its words."""
    old = concept_of(before) if before else ConceptState("")
    new = concept_of(after) if after else ConceptState("")
    found: list[Line] = []
    if old.deprecated != new.deprecated:
        found.append(Line(gettext("Status"), _status(old, before), _status(new, after)))
    if old.replaced_by != new.replaced_by:
        found.append(Line(gettext("Replaced by"), old.replaced_by or _NOTHING, new.replaced_by or _NOTHING))
    found.extend(_line(gettext("Wider"), old.broader, new.broader))
    for code, name in ENDONYMS.items():
        found.extend(_line(name, [old.labels.get(code, "")], [new.labels.get(code, "")], code))
        words = gettext("%(language)s, other words", language=name)
        found.extend(_line(words, old.synonyms.get(code, []), new.synonyms.get(code, []), code))
        note = gettext("%(language)s, note", language=name)
        found.extend(_line(note, [old.notes.get(code, "")], [new.notes.get(code, "")], code))
    for kind in sorted({*old.relations, *new.relations} - {"broader"}):
        found.extend(_line(kind, old.relations.get(kind, []), new.relations.get(kind, [])))
    if (old.rest, old.unsaid, old.uri) != (new.rest, new.unsaid, new.uri) and before and after:
        found.append(Line(gettext("What only other programs read"), "", gettext("changed")))
    return found


def _status(concept: ConceptState, said: Mapping[str, Any]) -> str:
    if not said:
        return _NOTHING
    return str(gettext("deprecated") if concept.deprecated else gettext("in use"))


def _line(what: str, before: Iterable[str], after: Iterable[str], language: str = "") -> Iterator[Line]:
    old, new = ", ".join(sorted(before)), ", ".join(sorted(after))
    if old != new:
        yield Line(what, old or _NOTHING, new or _NOTHING, language)


def about_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """Return what differs in what is said of a vocabulary itself."""
    old = SchemeState("", labels=dict(before.get("labels", {})), notes=dict(before.get("notes", {})))
    new = SchemeState("", labels=dict(after.get("labels", {})), notes=dict(after.get("notes", {})))
    found: list[Line] = []
    for code, name in ENDONYMS.items():
        found.extend(_line(name, [old.labels.get(code, "")], [new.labels.get(code, "")], code))
        note = gettext("%(language)s, note", language=name)
        found.extend(_line(note, [old.notes.get(code, "")], [new.notes.get(code, "")], code))
    return found
