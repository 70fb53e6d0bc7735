"""A booklet as an Atom feed (RFC 4287): one entry a practice, in the order of the collection."""

from __future__ import annotations

from typing import Any

from library.curation.leaves import Booklet, Leaf


def write(booklet: Booklet) -> bytes:
    """Return the feed."""
    from feedgen.feed import FeedGenerator  # imported late: it brings lxml, which few requests need

    feed = FeedGenerator()
    feed.id(booklet.url)
    feed.title(booklet.title.source)
    feed.subtitle(booklet.audience.source or None)
    feed.language(booklet.language)
    feed.author([{"name": name} for name in booklet.curators or (booklet.site,)])
    feed.link(href=f"{booklet.url}.atom", rel="self", type="application/atom+xml")
    feed.link(href=booklet.url, rel="alternate", type="text/html", hreflang=booklet.language)
    feed.updated(max((booklet.changed_on, *(leaf.revised_on for leaf in booklet.leaves))))
    for leaf in booklet.leaves:
        _add(feed.add_entry(order="append"), leaf)
    written: bytes = feed.atom_str(pretty=True)
    return written


def _add(entry: Any, leaf: Leaf) -> None:
    entry.id(leaf.url)
    entry.title(leaf.title)
    entry.link(href=leaf.page_url, rel="alternate", hreflang=leaf.language)
    entry.summary(leaf.summary)
    if leaf.note:
        entry.content(str(leaf.note.html), type="html")
    entry.published(leaf.published_on)
    entry.updated(leaf.revised_on)
