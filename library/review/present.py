"""A submission as the desk shows it: rows of queues, and a round field by field beside another text. Runs no query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from library import record
from library.access import is_partial, wrote
from library.choices import SubmissionState
from library.comparison import Segment, items, words
from library.languages import ENDONYMS, best_language
from library.lexicon import Lexicon
from library.models import Account, Comment, Submission
from library.parts import has_changed_since_confirmed
from library.prose import to_html
from library.record import Field, Group, Type
from library.review.queries import Queue, Row
from library.warnings import Finding
from library.wording import Wording

Document = Mapping[str, Any]

GROUPS: Final[dict[Group, Any]] = {
    Group.IDENTITY: _l("About the work"),
    Group.CLASSIFICATION: _l("Who and for whom"),
    Group.STORY: _l("The story"),
    Group.EVIDENCE: _l("Evidence"),
    Group.MATERIALS: _l("Materials and sources"),
}

QUEUES: Final[dict[Queue, Any]] = {
    Queue.UNASSIGNED: _l("Nobody has taken it"),
    Queue.MINE: _l("With me"),
    Queue.OPINION: _l("My opinion is asked for"),
    Queue.OVERDUE: _l("Overdue"),
    Queue.WAITING: _l("Waiting for authors"),
    Queue.OTHERS: _l("With colleagues"),
    Queue.DECIDED: _l("Decided lately"),
}

EMPTY: Final[dict[Queue, Any]] = {
    Queue.UNASSIGNED: _l("Every submission has an adviser."),
    Queue.MINE: _l("Nothing waits for you."),
    Queue.OPINION: _l("Nobody waits for your opinion."),
    Queue.OVERDUE: _l("Nothing is overdue."),
    Queue.WAITING: _l("No authors were asked for changes."),
    Queue.OTHERS: _l("Your colleagues have nothing in review."),
    Queue.DECIDED: _l("Nothing was decided in the last three months."),
}


# --- queues ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission in a queue, in the reader's words."""

    id: int
    title: str
    title_language: str
    owner: str
    places: str
    written_in: str
    agencies: str
    days: int
    due_on: date | None
    overdue: bool
    round: int
    revises: int | None
    adviser: str
    state: SubmissionState
    hindrance: str


def waiting(rows: Iterable[Row], wording: Wording, actor: Account, today: date) -> list[Waiting]:
    """Return the rows of a queue."""
    return [_waiting(row, wording, actor, today) for row in rows]


def _waiting(row: Row, wording: Wording, actor: Account, today: date) -> Waiting:
    submission, document = row.submission, row.sent.document
    language = _shown_language(document, wording.language)
    due = submission.due_on
    return Waiting(
        id=submission.id,
        title=_title(document, language) or submission.title,
        title_language=language,
        owner=_line(wording, "owner", document),
        places=_line(wording, "municipalities", document),
        written_in=", ".join(ENDONYMS.get(code, code) for code in _languages(document)),
        agencies=", ".join(wording.lines(record.BY_NAME["agencies"], [{"code": code} for code in _codes(document)])),
        days=_age(submission, today),
        due_on=due,
        overdue=due is not None and due < today,
        round=row.sent.number,
        revises=submission.practice_id if submission.base_revision is not None else None,
        adviser=submission.adviser.name if submission.adviser else "",
        state=SubmissionState(submission.state),
        hindrance=hindrance(submission, actor),
    )


def _age(submission: Submission, today: date) -> int:
    """Return for how many days a submission has waited since it was last sent in, or did until the decision."""
    until = submission.decided_at.date() if submission.decided_at else today
    return max(0, (until - submission.submitted_at.date()).days) if submission.submitted_at else 0


def hindrance(submission: Submission, actor: Account) -> str:
    """Return why somebody may not decide on a submission; empty where they may."""
    if wrote(submission, actor):
        return str(gettext("You wrote this, so a colleague decides."))
    if is_partial(submission, actor):
        return str(gettext("It comes from your organisation, so a colleague decides."))
    return ""


def _line(wording: Wording, name: str, document: Document) -> str:
    return ", ".join(wording.lines(record.BY_NAME[name], document.get(name)))


def _codes(document: Document) -> Iterator[Any]:
    rows = document.get("agencies")
    return (row.get("code") for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping))


@dataclass(frozen=True, slots=True)
class Writer:
    """An author, for which agency and organisation, and whether they said that their part is right."""

    name: str
    agency: str
    organisation: str
    confirmed_at: datetime | None
    changed_since: bool


def writers(submission: Submission, lexicon: Lexicon, language: str) -> list[Writer]:
    """Return the authors of a submission, in their order."""
    return [
        Writer(
            name=author.account.name or str(gettext("An author without a name")),
            agency=lexicon[author.agency_id].label(language) if author.agency_id else "",
            organisation=author.organisation.name_in(language) if author.organisation else "",
            confirmed_at=author.confirmed_at,
            changed_since=has_changed_since_confirmed(submission, author),
        )
        for author in submission.authors
    ]


# --- a round, field by field -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of what was sent in, beside what it is compared with.

    :param markdown: the text, for prose that did not change.
    :param lines: the value in lines, where it is no prose or has changed, each a row of segments.
    :param links: addresses and files that the field names: (words, address).
    """

    name: str
    label: str
    group: Group
    empty: bool
    changed: bool
    markdown: str
    lines: tuple[tuple[Segment, ...], ...]
    links: tuple[tuple[str, str], ...]
    threads: tuple[Comment, ...]
    findings: tuple[Finding, ...]

    @property
    def open_threads(self) -> int:
        """How many comments on this field are not settled."""
        return sum(thread.resolved_at is None for thread in self.threads)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to read: what was written, what went, a comment or a warning."""
        return not self.empty or self.changed or bool(self.threads or self.findings)

    @property
    def html(self) -> Markup:
        """The text as readers will see it."""
        return to_html(self.markdown)

    @property
    def is_text(self) -> bool:
        """Whether it is written in a language of its own."""
        return record.BY_NAME[self.name].translated


@dataclass(frozen=True, slots=True)
class Reading:
    """How an adviser reads a round.

    :param language: of the text that is shown.
    :param languages: (code, own name, whether its text differs) of every text.
    :param against: ``public``, ``previous`` or nothing.
    """

    title: str
    language: str
    languages: tuple[tuple[str, str, bool], ...]
    against: str
    groups: tuple[tuple[str, tuple[FieldView, ...]], ...]
    threads: tuple[Comment, ...]

    @property
    def fields(self) -> Iterator[FieldView]:
        """All fields, in order."""
        return (field for _, fields in self.groups for field in fields)


def reading(
    document: Document,
    other: Document,
    wording: Wording,
    *,
    against: str,
    language: str,
    threads: Sequence[Comment],
    findings: Sequence[Finding],
) -> Reading:
    """Return a round field by field.

    :param other: what it is compared with; empty for nothing.
    :param against: what that is.
    :param language: the one that the adviser asked for, if the document has a text in it.
    """
    shown = _shown_language(document, language)
    views = [
        _field(
            field,
            document,
            other if against else document,
            wording,
            shown,
            tuple(thread for thread in threads if thread.field == field.name),
            tuple(finding for finding in findings if finding.field == field.name),
        )
        for field in record.FIELDS
    ]
    return Reading(
        title=_title(document, shown),
        language=shown,
        languages=tuple(
            (code, ENDONYMS.get(code, code), bool(against) and _text(document, code) != _text(other, code))
            for code in _languages(document)
        ),
        against=against,
        groups=tuple(
            (str(label), tuple(view for view in views if view.group is group)) for group, label in GROUPS.items()
        ),
        threads=tuple(thread for thread in threads if not thread.field),
    )


def _field(
    field: Field,
    document: Document,
    other: Document,
    wording: Wording,
    language: str,
    threads: tuple[Comment, ...],
    findings: tuple[Finding, ...],
) -> FieldView:
    new, old = _value(field, document, language), _value(field, other, language)
    changed = new != old
    prose = field.type is Type.PROSE
    return FieldView(
        name=field.name,
        label=str(field.label),
        group=field.group,
        empty=new is None,
        changed=changed,
        markdown=new if prose and new and not changed else "",
        lines=() if prose and not changed else _lines(field, old, new, wording),
        links=tuple(_links(field, new, wording)),
        threads=threads,
        findings=findings,
    )


def _lines(field: Field, old: Any, new: Any, wording: Wording) -> tuple[tuple[Segment, ...], ...]:
    if field.translated:
        return (words(old or "", new or ""),) if old or new else ()
    return items(list(wording.lines(field, old)), list(wording.lines(field, new)))


def _links(field: Field, value: Any, wording: Wording) -> Iterator[tuple[str, str]]:
    """Yield what an adviser may want to open: (words, web address), or (file name, key)."""
    if field.type is not Type.ROWS or not isinstance(value, list):
        return
    for row in value:
        if isinstance(row, Mapping) and str(row.get("url", "")).startswith(("http://", "https://")):
            yield str(row.get("title") or row.get("by") or row.get("label") or row["url"]), row["url"]
        elif isinstance(row, Mapping) and row.get("file"):
            yield wording.files.get(str(row["file"]), str(row.get("title", ""))), str(row["file"])


def _value(field: Field, document: Document, language: str) -> Any:
    """Return what a document says in a field; every kind of nothing is ``None``."""
    value = _text(document, language).get(field.name) if field.translated else document.get(field.name)
    return None if value in (None, "", [], {}) else value


def _text(document: Document, language: str) -> Mapping[str, Any]:
    texts = document.get(record.TEXT_KEY)
    text = texts.get(language) if isinstance(texts, Mapping) else None
    return text if isinstance(text, Mapping) else {}


def _languages(document: Document) -> list[str]:
    """Return the languages of a document's texts, the original first."""
    texts = document.get(record.TEXT_KEY)
    codes = list(texts) if isinstance(texts, Mapping) else []
    return sorted(codes, key=lambda code: (code != document.get("original_language"), code))


def _shown_language(document: Document, wanted: str) -> str:
    codes = _languages(document)
    return best_language(wanted, codes, codes[0] if codes else wanted)


def titled(document: Document, wanted: str) -> tuple[str, str]:
    """Return the title of a document, and the language that it is in."""
    shown = _shown_language(document, wanted)
    return _title(document, shown), shown


def _title(document: Document, language: str) -> str:
    return str(_text(document, language).get("title") or "")
