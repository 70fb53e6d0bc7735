"""The practice template as data: the one definition of each field of a practice record.

Forms, pages, comparisons, exports, the import template, the starter files and the API all read this list; none
repeats it. Order here is order everywhere. Knows no database and no request: a value is a plain Python object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from library.record.field import ChoiceList, Field, Group, Type
from library.record.fields import FIELDS, MAX_SUMMARY_WORDS, MAX_TITLE_CHARACTERS
from library.record.rows import (
    AGENCY_COLUMNS,
    EVALUATION_COLUMNS,
    MATERIAL_COLUMNS,
    RECOGNITION_COLUMNS,
    SOURCE_COLUMNS,
)

__all__ = [
    "AGENCY_COLUMNS",
    "BY_NAME",
    "CONCEPT_LISTS",
    "EVALUATION_COLUMNS",
    "FIELDS",
    "HEAD_FIELDS",
    "MATERIAL_COLUMNS",
    "MAX_SUMMARY_WORDS",
    "MAX_TITLE_CHARACTERS",
    "PROSE",
    "RECOGNITION_COLUMNS",
    "SECTIONS",
    "SOURCE_COLUMNS",
    "TEXT_KEY",
    "ChoiceList",
    "Field",
    "Group",
    "Type",
    "concept_id",
    "fields_of",
]

BY_NAME: Final[dict[str, Field]] = {field.name: field for field in FIELDS}

# Where a document keeps its prose: ``document["text"]["sv"]["problem"]``.
TEXT_KEY: Final = "text"

# Prose and lines live in the text of one language; title and summary have columns of their own there.
HEAD_FIELDS: Final = ("title", "summary")
SECTIONS: Final[tuple[Field, ...]] = tuple(f for f in FIELDS if f.translated and f.name not in HEAD_FIELDS)
PROSE: Final[tuple[Field, ...]] = tuple(f for f in SECTIONS if f.type is Type.PROSE)

# The concept fields that hold several concepts, with the scheme of each.
CONCEPT_LISTS: Final[dict[str, str]] = {f.name: f.vocabulary for f in FIELDS if f.type is Type.CONCEPTS}


def fields_of(group: Group) -> Iterator[Field]:
    """Yield the fields of one part of the record, in order."""
    return (field for field in FIELDS if field.group is group)


def concept_id(scheme: str, code: str) -> str:
    """Return the identifier of a concept: the scheme and the code, as in its address."""
    return f"{scheme}/{code}"
