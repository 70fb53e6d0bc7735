"""Closed lists that code depends on, each with the words a reader sees.

What advisers may extend lives in the vocabularies; what the code must know case by case lives here. Knows no
database: the models turn each list into a CHECK constraint.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Choice(StrEnum):
    """A stored code with a title in the reader's language."""

    title_text: Any

    def __new__(cls, code: str, title: Any = None) -> Choice:
        """Make a member from its code and its title."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.title_text = title
        return member

    @property
    def label(self) -> str:
        """The words for this choice in the language of the current request."""
        return str(self.title_text)


class PracticeState(Choice):
    """Where a practice stands for the public (DESIGN §5)."""

    PUBLISHED = "published", _l("Published")
    ARCHIVED = "archived", _l("Archived")
    ERASED = "erased", _l("Erased")


class Status(Choice):
    """Whether the work itself is going on."""

    PLANNED = "planned", _l("Planned")
    ACTIVE = "active", _l("Active")
    ENDED = "ended", _l("Ended")
    DISCONTINUED = "discontinued", _l("Discontinued")


class GeographicLevel(Choice):
    """How far the work reaches."""

    LOCAL = "local", _l("Local")
    REGIONAL = "regional", _l("Regional")
    NATIONAL = "national", _l("National")
    INTERNATIONAL = "international", _l("International")


class CostBand(Choice):
    """Yearly cost in the size of one full-time post."""

    LOW = "low", _l("Less than one full-time post a year")
    MIDDLE = "middle", _l("One to three full-time posts a year")
    HIGH = "high", _l("More than three full-time posts a year")


class Basis(Choice):
    """How a classification is known."""

    STATED = "stated", _l("stated by the sources")
    INFERRED = "inferred", _l("inferred by the library from the target group")


class Origin(Choice):
    """How a text came to be in its language."""

    ORIGINAL = "original", _l("Original")
    HUMAN = "human", _l("Human translation")
    MACHINE = "machine", _l("Machine translation")


class Provenance(Choice):
    """Who wrote the record."""

    COMPILED = "compiled", _l("Compiled from public sources, not confirmed by its owner")
    SUBMITTED = "submitted", _l("Written by those who did the work")


class OrganisationKind(Choice):
    """What sort of body an organisation is."""

    MUNICIPALITY = "municipality", _l("Municipality")
    AGENCY = "agency", _l("Public agency")
    NGO = "ngo", _l("Non-governmental organisation")
    NETWORK = "network", _l("Network")
    UNIVERSITY = "university", _l("University or research institute")
    BUSINESS = "business", _l("Business")
    FAITH = "faith", _l("Faith community")


class OrganisationRole(Choice):
    """What an organisation other than the owner does in a practice."""

    LEAD = "lead", _l("Leads together with the owner")
    PARTNER = "partner", _l("Partner")


class Design(Choice):
    """How a study was made."""

    RANDOMISED = "randomised", _l("Randomised controlled trial")
    QUASI_EXPERIMENTAL = "quasi-experimental", _l("Quasi-experimental, with comparison group")
    TIME_SERIES = "time-series", _l("Time series, before and after")
    CROSS_SECTIONAL = "cross-sectional", _l("Cross-sectional survey")
    PROCESS = "process", _l("Process evaluation")
    QUALITATIVE = "qualitative", _l("Qualitative study")
    ECONOMIC = "economic", _l("Economic analysis")
    REVIEW = "review", _l("Review of studies")
    NOT_STATED = "not-stated", _l("Design not stated")


class Finding(Choice):
    """What a study found."""

    POSITIVE = "positive", _l("Positive effect")
    MIXED = "mixed", _l("Mixed findings")
    NONE = "none", _l("No effect found")
    NEGATIVE = "negative", _l("Negative effect")


class ReviewLabel(Choice):
    """Who in the library has vouched for the record."""

    NOT_REVIEWED = "not-reviewed", _l("Not reviewed")
    ADVISER_REVIEWED = "adviser-reviewed", _l("Adviser reviewed")
    PEER_REVIEWED = "peer-reviewed", _l("Peer reviewed")


class Dimension(Choice):
    """The five things a knowledge profile grades, never merged into one score."""

    TARGET_GROUP = "target-group", _l("Target group")
    METHOD = "method", _l("Method")
    IMPLEMENTATION = "implementation", _l("Implementation")
    EFFECT = "effect", _l("Effect")
    ECONOMY = "economy", _l("Economy")


class ConceptStatus(Choice):
    """Whether a concept may be chosen."""

    ACTIVE = "active", _l("Active")
    DEPRECATED = "deprecated", _l("Deprecated")


class Role(Choice):
    """What a person may do here. A reader has no account."""

    READER = "reader", _l("Reader")
    MEMBER = "member", _l("Member")
    CONTRIBUTOR = "contributor", _l("Contributor")
    ADVISER = "adviser", _l("Adviser")
    ADMINISTRATOR = "administrator", _l("Administrator")


class SubmissionState(Choice):
    """Where a submission stands on its way to the public (DESIGN §5)."""

    DRAFT = "draft", _l("Draft")
    SUBMITTED = "submitted", _l("Submitted")
    IN_REVIEW = "in-review", _l("In review")
    CHANGES_REQUESTED = "changes-requested", _l("Changes requested")
    ACCEPTED = "accepted", _l("Accepted")
    DECLINED = "declined", _l("Declined")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class Verdict(Choice):
    """What an adviser decides about a submission, or would."""

    ACCEPT = "accept", _l("Accept")
    REQUEST_CHANGES = "request-changes", _l("Ask for changes")
    DECLINE = "decline", _l("Decline")


class Criterion(Choice):
    """The checklist of a review (DESIGN §5)."""

    PROBLEM = "problem", _l("The problem is clear")
    MECHANISM = "mechanism", _l("It is clear how the work meets the problem")
    EVIDENCE = "evidence", _l("There is evidence, or a plausible way in which it works")
    DETAIL = "detail", _l("There is enough detail to do it elsewhere")
    TRANSFER = "transfer", _l("It says what others need to use it")
    ETHICS = "ethics", _l("Rights and participation are looked after")
    NO_PERSON = "no-person", _l("No person can be recognised, and no operational detail is given")


class Grade(Choice):
    """A grade of the knowledge profile: how much is known, never how good the work is."""

    A = "A", _l("A: well known from several sound studies")
    B = "B", _l("B: known from at least one sound study")
    C = "C", _l("C: known from experience that is written down")
    D = "D", _l("D: little is known yet")


class MailChoice(Choice):
    """Which mail a person wants. Decisions and what keeps an account safe always come."""

    ALL = "all", _l("All mail, with news once a day")
    NEEDED = "needed", _l("Only when something waits for me, and decisions")
    DECISIONS = "decisions", _l("Only decisions")


class ClaimState(Choice):
    """Where the claim of a practice by its owner stands."""

    OPEN = "open", _l("Waiting for an adviser")
    ACCEPTED = "accepted", _l("Accepted")
    DECLINED = "declined", _l("Declined")


class CollectionState(Choice):
    """Where a collection stands for the public."""

    DRAFT = "draft", _l("Draft")
    PUBLISHED = "published", _l("Published")
    ARCHIVED = "archived", _l("Archived")


class SuggestionState(Choice):
    """What became of a word that somebody missed in a vocabulary."""

    OPEN = "open", _l("Waiting for an adviser")
    ACCEPTED = "accepted", _l("Accepted")
    DECLINED = "declined", _l("Declined")


class BatchKind(Choice):
    """What a batch changes."""

    IMPORT = "import", _l("Practices from a table")
    EDIT = "edit", _l("Chosen practices")
    VOCABULARY = "vocabulary", _l("A vocabulary from a file")


class BatchState(Choice):
    """How far a batch has come. Nothing has changed before *applied*, and nothing is changed after *undone*."""

    WAITING = "waiting", _l("Waiting to be checked")
    CHECKING = "checking", _l("Being checked")
    FAULTY = "faulty", _l("Has faults, nothing was changed")
    READY = "ready", _l("Checked, waits for you")
    APPLYING = "applying", _l("Being brought in")
    APPLIED = "applied", _l("Brought in")
    UNDOING = "undoing", _l("Being undone")
    UNDONE = "undone", _l("Undone")
    DISCARDED = "discarded", _l("Discarded")


class BatchDeed(Choice):
    """What a batch does with one record."""

    CREATE = "create", _l("New")
    CHANGE = "change", _l("Changed")
    KEEP = "keep", _l("Unchanged")
    ARCHIVE = "archive", _l("Archived")


class AdoptionState(Choice):
    """How far a municipality has come with a practice of others."""

    PLANNED = "planned", _l("Plans to use it")
    IN_USE = "in-use", _l("Uses it")
    STOPPED = "stopped", _l("Has stopped using it")


class CallState(Choice):
    """Whether the library still asks for practices on something."""

    OPEN = "open", _l("Open")
    CLOSED = "closed", _l("Closed")
