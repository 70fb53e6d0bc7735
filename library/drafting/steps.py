"""The steps of the form: which fields of the template stand on which page, and how far a draft has come. Pure.

A step names fields; what a field asks, helps and requires stands in ``library.record`` alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from library import record
from library.document import Code, Fault
from library.drafting.paths import plain, value_at
from library.record import Field


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that stand together under a heading of their own."""

    title: Any
    names: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in the order in which they are asked."""
        return tuple(record.BY_NAME[name] for name in self.names)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    slug: str
    title: Any
    lead: Any
    parts: tuple[Part, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field of the page, in the order in which they are asked."""
        return tuple(field for part in self.parts for field in part.fields)


STEPS: Final[tuple[Step, ...]] = (
    Step(
        "about",
        _l("About the work"),
        _l("What it is, whom it is for, when and where."),
        (
            Part(_l("The work in short"), ("title", "summary", "kind", "model", "original_language")),
            Part(_l("What it is about"), ("themes", "method_types", "settings")),
            Part(
                _l("Whom it is for"),
                ("target_groups", "age_from", "age_to", "prevention_levels", "prevention_level_basis"),
            ),
            Part(_l("Where"), ("country", "municipalities", "geographic_level")),
            Part(_l("When"), ("start_year", "end_year", "status", "status_reason")),
        ),
    ),
    Step(
        "who",
        _l("Who does it"),
        _l("The agencies that do the work, and the organisations by name."),
        (Part(_l("Agencies"), ("agencies",)), Part(_l("Organisations"), ("owner", "organisations"))),
    ),
    Step(
        "story",
        _l("The story"),
        _l("Short and plain is best. Leave out what you do not know."),
        (
            Part(_l("Why and what"), ("problem", "objectives", "what_is_done", "core_components", "adaptable_parts")),
            Part(
                _l("How it was put in place"),
                ("implementation_steps", "obstacles_and_conditions", "competence", "legal_basis"),
            ),
            Part(_l("What it takes"), ("cost_and_people", "cost_band", "resources")),
            Part(
                _l("What came of it"),
                ("results", "what_did_not_work", "transferability", "sustainability", "ethics_and_participation"),
            ),
        ),
    ),
    Step(
        "evidence",
        _l("Evidence"),
        _l("What is known of the effect. Mixed results and none at all are good answers too."),
        (
            Part(_l("Where it stands"), ("evidence_stage", "outcome")),
            Part(_l("Studies"), ("evaluations",)),
            Part(_l("Labels and prizes"), ("recognitions",)),
        ),
    ),
    Step(
        "materials",
        _l("Materials"),
        _l("What others may take and use, and where the facts come from."),
        (
            Part(_l("Materials"), ("materials", "material_languages")),
            Part(_l("Sources"), ("sources",)),
        ),
    ),
)
BY_SLUG: Final[dict[str, Step]] = {step.slug: step for step in STEPS}
STEP_OF_FIELD: Final[dict[str, Step]] = {field.name: step for step in STEPS for field in step.fields}
CHECK: Final = "check"  # what follows the last step

# What makes a draft that is worth keeping: enough to begin with, in half a page.
QUICK_START: Final = ("original_language", "title", "summary", "agencies", "problem", "what_is_done")
# What the first page carries along unasked, for somebody who came from a gap of the library: field -> in the address.
GAP: Final = {"themes": "theme", "target_groups": "target_group", "prevention_levels": "prevention_level"}


class Progress(StrEnum):
    """How far a step has come."""

    EMPTY = "empty"
    BEGUN = "begun"
    COMPLETE = "complete"


def step_of(path: str) -> Step:
    """Return the step on which the field at a path stands; the first for what stands nowhere."""
    return STEP_OF_FIELD.get(name_in(path), STEPS[0])


def name_in(path: str) -> str:
    """Return the name of the template's field in a path, such as ``title`` in ``text.sv.title``."""
    names = path.split(".")
    return names[2] if names[0] == record.TEXT_KEY and len(names) > 2 else names[0]


def next_slug(step: Step) -> str:
    """Return the step that follows, which after the last is the check."""
    following = STEPS[STEPS.index(step) + 1 :]
    return following[0].slug if following else CHECK


def slug_before(step: Step) -> str | None:
    """Return the step before; ``None`` before the first."""
    number = STEPS.index(step)
    return STEPS[number - 1].slug if number else None


def languages_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the languages that a draft is written in, the original first."""
    used = dict.fromkeys(_languages_used(document))
    first = document.get("original_language")
    return tuple(sorted(used, key=lambda language: language != first))


def _languages_used(document: Mapping[str, Any]) -> Iterator[str]:
    texts = document.get(record.TEXT_KEY)
    yield from texts if isinstance(texts, Mapping) else ()
    for field, row in _rows(document):
        for column in field.columns:
            value = row.get(column.name)
            if column.translated and isinstance(value, Mapping):
                yield from value


def _rows(document: Mapping[str, Any]) -> Iterator[tuple[Field, Mapping[str, Any]]]:
    for field in record.FIELDS:
        value = document.get(field.name)
        if field.columns and isinstance(value, list):
            yield from ((field, row) for row in value if isinstance(row, Mapping))


def progress_of(step: Step, document: Mapping[str, Any], faults: Iterable[Fault]) -> tuple[Progress, int]:
    """Return how far a step has come, and how many of its required answers are open.

    :param faults: all of the document.
    """
    own = [fault for fault in faults if step_of(fault.path) is step]
    missing = sum(fault.code in (Code.REQUIRED, Code.NO_ORIGINAL, Code.LANGUAGES) for fault in own)
    if not _is_begun(step, document):
        return Progress.EMPTY, missing
    return (Progress.BEGUN if own else Progress.COMPLETE), missing


def _is_begun(step: Step, document: Mapping[str, Any]) -> bool:
    """Return whether anything of a step is filled in; the language, which every draft has, does not count."""
    names = {field.name for field in step.fields} - {"original_language"}
    return any(_is_filled(document, record.BY_NAME[name], languages_of(document)) for name in names)


def _is_filled(document: Mapping[str, Any], field: Field, languages: Collection[str]) -> bool:
    if not field.translated:
        return plain(document.get(field.name)) is not None
    return any(value_at(document, f"{record.TEXT_KEY}.{language}.{field.name}") for language in languages)
