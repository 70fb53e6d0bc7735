"""A booklet as data for programs."""

from __future__ import annotations

from typing import Any

from library.curation.leaves import Booklet, Chapter, Leaf
from library.showing.collections import Words


def data_of(booklet: Booklet) -> dict[str, Any]:
    """Return a booklet in values that JSON has."""
    return {
        "slug": booklet.slug,
        "url": booklet.url,
        "language": booklet.language,
        "title": _words(booklet.title),
        "introduction": _words(booklet.introduction),
        "audience": _words(booklet.audience),
        "curators": list(booklet.curators),
        "published_at": booklet.published_on.isoformat(),
        "changed_at": booklet.changed_on.isoformat(),
        "publisher": booklet.site,
        "sections": [_section(chapter) for chapter in booklet.chapters],
    }


def _words(words: Words) -> dict[str, str] | None:
    """Return Markdown with its language; ``None`` where nothing is written."""
    return {"text": words.source, "language": words.language} if words else None


def _section(chapter: Chapter) -> dict[str, Any]:
    return {
        "heading": _words(chapter.heading),
        "introduction": _words(chapter.introduction),
        "complete": not chapter.waiting,
        "practices": [_practice(leaf) for leaf in chapter.leaves],
    }


def _practice(leaf: Leaf) -> dict[str, Any]:
    return {
        "id": leaf.id,
        "permalink": leaf.url,
        "url": leaf.page_url,
        "language": leaf.language,
        "title": leaf.title,
        "summary": leaf.summary,
        "note": _words(leaf.note),
        "kind": leaf.kind,
        "country": leaf.country,
        "municipalities": list(leaf.places),
        "owner": leaf.owner or None,
        "themes": list(leaf.themes),
        "target_groups": list(leaf.target_groups),
        "start_year": leaf.start_year,
        "agencies": [{"label": agency.label, "lead": agency.lead, "role": agency.role} for agency in leaf.agencies],
        "evidence": {
            "stage": leaf.stage,
            "outcome": leaf.outcome,
            "review": leaf.review,
            "evaluations": leaf.evaluations,
        },
        "what_did_not_work": leaf.did_not_work.source or None,
        "notices": list(leaf.notices),
        "confirmed_on": leaf.confirmed_on or None,
        "revised_at": leaf.revised_on.isoformat(),
    }
