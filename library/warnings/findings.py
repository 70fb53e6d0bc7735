"""One thing that authors should look at, and the sentence that tells them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from library import record
from library.choices import Choice
from library.languages import ENDONYMS


class Code(Choice):
    """What a warning is about. The title is what the author reads: what it is, why it matters, what to do."""

    NO_FAILURE = (
        "no-failure",
        _l("Nothing says what did not work. Readers learn most from that: add a sentence or two."),
    )
    NATIONAL_NUMBER = (
        "national-number",
        _l("This looks like a national identity number. Nobody may be recognisable in a published case: take it out."),
    )
    PHONE = ("phone", _l("This looks like a phone number. Readers write through the library, so take it out."))
    EMAIL = ("email", _l("This is an e-mail address. Readers write through the library, so take it out."))
    PERSON = (
        "person",
        _l(
            "This may name a person the case is about. Nobody may be recognisable: "
            "write a role instead, such as “a pupil”."
        ),
    )
    NO_ALT = (
        "no-alt",
        _l("This picture has no description. Some readers cannot see it: say in a sentence what it shows."),
    )
    LINK = ("link", _l("This link will probably not open for readers. Check the address."))
    SHORTENED_LINK = (
        "shortened-link",
        _l("This is a shortened link. It hides where it leads and may stop working: give the full address."),
    )
    LONG_SUMMARY = (
        "long-summary",
        _l("The summary is longer than search results show. Put what matters most first, or shorten it."),
    )
    TITLE_IN_CAPITALS = ("title-in-capitals", _l("The title is in capitals, which is hard to read. Use small letters."))


PERSONAL_DATA = frozenset({Code.NATIONAL_NUMBER, Code.PHONE, Code.EMAIL, Code.PERSON})


@dataclass(frozen=True, slots=True)
class Finding:
    """One warning.

    :param code: what it is about.
    :param path: where in the document, such as ``text.sv.problem``, ``materials.0.alt`` or
        ``evaluations.1.summary.en``; rows are counted from zero.
    :param excerpt: the words that raised it, as they were typed; empty where something is missing.
    """

    code: Code
    path: str
    excerpt: str = ""

    @property
    def needs_confirmation(self) -> bool:
        """Whether authors must say that it is no personal data before they send the document in."""
        return self.code in PERSONAL_DATA

    @property
    def message(self) -> str:
        """What the author reads, in the language of the page."""
        return self.code.label

    @property
    def field(self) -> str:
        """The name of the template's field, such as ``problem`` or ``materials``."""
        parts = self.path.split(".")
        return parts[2] if parts[0] == record.TEXT_KEY else parts[0]

    @property
    def row(self) -> int | None:
        """Which row of a repeated group, counted from zero."""
        parts = self.path.split(".")
        return int(parts[1]) if parts[0] != record.TEXT_KEY and len(parts) > 1 and parts[1].isdigit() else None

    @property
    def language(self) -> str:
        """The language of the text that it stands in; empty where the field has none."""
        parts = self.path.split(".")
        if parts[0] == record.TEXT_KEY:
            return parts[1]
        return parts[-1] if len(parts) > 1 and parts[-1] in ENDONYMS else ""

    @property
    def place(self) -> str:
        """Where it stands, in the reader's words: the field, the row, the language."""
        known = record.BY_NAME.get(self.field)
        label = str(known.label) if known else self.field
        row = f" {self.row + 1}" if self.row is not None else ""
        return f"{label}{row} ({ENDONYMS[self.language]})" if self.language in ENDONYMS else f"{label}{row}"


def digest_of(findings: Iterable[Finding]) -> str:
    """Return a digest of what may be personal data, for ``Submission.personal_data_checked``; empty if nothing may.

    It stays the same while the same words stand in the same fields, in whatever order they are found, and changes as
    soon as another is added: what an author has declared to be harmless covers what they saw, and no more.
    """
    marked = sorted({f"{f.code}|{f.field}|{f.language}|{f.excerpt}" for f in findings if f.needs_confirmation})
    return hashlib.sha256("\n".join(marked).encode()).hexdigest() if marked else ""
