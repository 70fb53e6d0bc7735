"""Texts with the words marked that were searched for: whole titles, and what a card quotes of the rest. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from index import ParsedQuery, Segment, highlight
from library.indexing.documents import body_of
from library.prose import to_text
from library.showing.listed import ListedText

Passage = tuple[Segment, ...]
Fragments = tuple[Passage, ...]


def title_of(text: ListedText, parsed: ParsedQuery, *, beginnings: bool = False) -> Passage:
    """Return the whole title of a text with the words searched for marked."""
    return whole_line(text.title, text.language, parsed, beginnings)


def whole_line(line: str, language: str, parsed: ParsedQuery, beginnings: bool) -> Passage:
    """Return a line uncut with the words searched for marked."""
    found = highlight(parsed, language, line, length=2 * len(line) + 2, fragments=1, beginnings=beginnings)
    return found[0] if found else (Segment(line, hit=False),)


def has_hit(passage: Passage) -> bool:
    """Return whether anything is marked."""
    return any(segment.hit for segment in passage)


def snippet_of(text: ListedText, parsed: ParsedQuery, *, beginnings: bool = False) -> Fragments:
    """Return the passages of a text that hold the words searched for; none if only its title or concepts do."""
    whole = to_text(f"{text.summary}\n\n{body_of(text.sections)}")
    fragments = highlight(parsed, text.language, whole, beginnings=beginnings)
    if not any(map(has_hit, fragments)):
        return ()
    return tuple(_with_ellipses(fragments, whole))


def _with_ellipses(fragments: Fragments, whole: str) -> Iterator[Passage]:
    """Yield passages with dots before those that begin amid the text, and after the last that ends amid it."""
    for number, fragment in enumerate(fragments, start=1):
        passage = "".join(segment.text for segment in fragment)
        before = () if whole.startswith(passage) else (Segment("… ", hit=False),)
        after = (Segment(" …", hit=False),) if number == len(fragments) and not whole.endswith(passage) else ()
        yield (*before, *fragment, *after)
