"""What a document becomes in the tables: the values of each row. Pure; the same for one practice and for thousands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from library import record
from library.document import Document
from library.record import concept_id

MAX_SLUG_LENGTH: Final = 80
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ß": "ss", "đ": "d", "ł": "l"})
_PLAIN: Final = (
    *("original_language", "geographic_level", "status", "start_year", "end_year"),
    *("age_from", "age_to", "prevention_level_basis", "cost_band"),
)

Row = dict[str, Any]


def facts_of(document: Document) -> Row:
    """Return the columns of the practice itself, without what refers to other records."""
    return {
        **{name: document.get(name) for name in _PLAIN},
        "kind_id": concept_id("kinds", document["kind"]),
        "country_id": concept_id("countries", document["country"]),
        "evidence_stage_id": concept_id("evidence-stages", document["evidence_stage"]),
        "outcome_id": concept_id("outcomes", document["outcome"]),
        "material_languages": list(document.get("material_languages", ())),
    }


def agencies_of(document: Document) -> list[Row]:
    """Return the rows of the agencies that take part."""
    return [
        {
            "concept_id": concept_id("agencies", row["code"]),
            "position": position,
            "lead": row.get("lead", False),
            "roles": dict(row.get("role", {})),
        }
        for position, row in enumerate(document["agencies"])
    ]


def concepts_of(document: Document) -> list[Row]:
    """Return the rows of the concepts that classify a practice, scheme by scheme."""
    concepts = [
        concept_id(scheme, code) for name, scheme in record.CONCEPT_LISTS.items() for code in document.get(name, ())
    ]
    return [{"concept_id": identifier, "position": position} for position, identifier in enumerate(concepts)]


def text_of(words: Mapping[str, str]) -> Row:
    """Return the columns of the text in one language."""
    return {
        "title": words["title"].strip(),
        "summary": words["summary"].strip(),
        "sections": {f.name: words[f.name].strip() for f in record.SECTIONS if f.name in words},
    }


def evaluations_of(document: Document) -> list[Row]:
    """Return the rows of the studies."""
    return [
        {
            **{name: row.get(name) for name in ("by", "year", "finding", "url")},
            "position": position,
            "design": row["design"],
            "summaries": dict(row["summary"]),
        }
        for position, row in enumerate(document.get("evaluations", ()))
    ]


def numbered(document: Document, name: str) -> list[Row]:
    """Return the rows of a group whose columns are those of its table."""
    return [{"position": position, **row} for position, row in enumerate(document.get(name, ()))]


def plain(value: Any) -> Any:
    """Return a copy made of plain lists and dicts, as JSON keeps it; what is ``None`` is left out, as in a file."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def wanted_slug(document: Document) -> str:
    """Return the address that a practice would like: its English title, else the original one."""
    texts = document[record.TEXT_KEY]
    return slugify((texts.get("en") or texts[document["original_language"]])["title"])


def slugify(title: str) -> str:
    """Return a title as a readable address: ASCII letters, digits and hyphens, at most ``MAX_SLUG_LENGTH``."""
    # Case last: some letters, such as the mathematical ones, are capitals only once they are decomposed.
    folded = unicodedata.normalize("NFKD", title).casefold().translate(_LETTERS)
    plain_letters = "".join(c if c.isascii() and c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    slug = ""
    for word in plain_letters.split():
        if len(slug) + len(word) + 1 > MAX_SLUG_LENGTH:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "practice"
