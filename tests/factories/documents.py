"""Practice documents with honest defaults: what a real record holds, no more than the template asks for."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

DOCUMENT: dict[str, Any] = {
    "kind": "practice",
    "original_language": "sv",
    "country": "se",
    "geographic_level": "local",
    "owner": "se-malmo",
    "municipalities": ["se-malmo"],
    "start_year": 2016,
    "status": "active",
    "themes": ["youth-crime"],
    "target_groups": ["young-people"],
    "method_types": ["outreach-work"],
    "evidence_stage": "untested",
    "outcome": "not-known",
    "agencies": [
        {
            "code": "schools",
            "lead": True,
            "role": {"en": "Open the school in the evenings", "sv": "Öppnar skolan på kvällarna"},
        },
        {"code": "police", "role": {"en": "Come by every Friday", "sv": "Kommer förbi varje fredag"}},
    ],
    "text": {
        "en": {
            "title": "Open school evenings",
            "summary": "The school stays open on Friday evenings, and adults are there.",
            "what_is_done": "Teachers and volunteers keep the **gym** open until ten.",
            "what_did_not_work": "Nobody came while the doors were locked at eight.",
        },
        "sv": {
            "title": "Öppen skola på kvällen",
            "summary": "Skolan är öppen på fredagskvällar, och vuxna är där.",
            "what_is_done": "Lärare och frivilliga håller **gymnastiksalen** öppen till tio.",
            "what_did_not_work": "Ingen kom så länge dörrarna låstes klockan åtta.",
        },
    },
    "evaluations": [
        {
            "by": "Malmö University",
            "year": 2019,
            "design": "qualitative",
            "finding": "mixed",
            "url": "https://example.org/study",
            "summary": {"en": "Some came, some did not.", "sv": "Några kom, andra inte."},
        }
    ],
    "recognitions": [{"body": "RAN", "label": "Inspiring practice", "year": 2020}],
    "materials": [{"title": "Handbook", "url": "https://example.org/handbook", "language": "sv"}],
    "sources": [
        {"title": "Open evenings", "url": "https://example.org/source", "year": 2018},
        {"title": "A copied report", "year": 2017, "mirror": True},
    ],
}


def a_document(change: Callable[[dict[str, Any]], None] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a document of its own, with some fields replaced, and changed further by ``change``."""
    document = {**copy.deepcopy(DOCUMENT), **fields}
    if change:
        change(document)
    return document


def titled(title: str, **fields: Any) -> dict[str, Any]:
    """Return a document with this title in both of its languages."""
    document = a_document(**fields)
    for text in document["text"].values():
        text["title"] = title
    return document
