"""The card of a collection on somebody else's site: what its makers copy into their page."""

from __future__ import annotations

from typing import Final

from markupsafe import escape

HEIGHT: Final = 480  # pixels; on narrow pages a long card scrolls


def snippet(address: str, title: str) -> str:
    """Return the markup that shows a card in a frame, which has the title as its name."""
    attributes = f'src="{escape(address)}" title="{escape(title)}" width="100%" height="{HEIGHT}" loading="lazy"'
    return f"<iframe {attributes}></iframe>"
