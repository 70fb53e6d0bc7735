"""Every kind of mail: how urgent it is. Its words stand in ``templates/emails/<kind>.html`` and in ``news``."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Urgency(StrEnum):
    """When a mail comes, and whether somebody may do without it."""

    SAFETY = "safety"  # at once, always: it keeps an account safe, or was asked for a moment ago
    DECISION = "decision"  # at once, always: an adviser has decided
    NEEDED = "needed"  # at once, unless only decisions are wanted: something waits for the receiver
    NEWS = "news"  # in the daily digest, if all mail is wanted


class MailKind(StrEnum):
    """What a mail is about."""

    CONFIRM_ADDRESS = "confirm-address"
    ADDRESS_TAKEN = "address-taken"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of a letter
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_ERASED = "account-erased"
    INVITATION = "invitation"
    CO_AUTHOR_INVITATION = "co-author-invitation"
    SUBMITTED = "submitted"
    NEW_SUBMISSION = "new-submission"
    RESUBMITTED = "resubmitted"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"
    OVERDUE = "overdue"
    COMMENT = "comment"
    COMMENT_RESOLVED = "comment-resolved"
    CO_AUTHOR_JOINED = "co-author-joined"
    PART_CONFIRMED = "part-confirmed"
    OPINION_ASKED = "opinion-asked"
    OPINION_GIVEN = "opinion-given"
    CHANGES_REQUESTED = "changes-requested"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    CONFIRM_PRACTICE = "confirm-practice"
    CONFIRM_REMINDER = "confirm-reminder"
    PRACTICE_ENDED = "practice-ended"
    PRACTICE_ARCHIVED = "practice-archived"
    PRACTICE_RESTORED = "practice-restored"
    PRACTICE_ERASED = "practice-erased"
    CLAIM_MADE = "claim-made"
    CLAIM_DECIDED = "claim-decided"
    WORD_DECIDED = "word-decided"
    ADOPTED = "adopted"
    REPORT_TAKEN_DOWN = "report-taken-down"
    CURATOR_ADDED = "curator-added"
    DIGEST = "digest"


URGENCY: Final[dict[MailKind, Urgency]] = {
    MailKind.CONFIRM_ADDRESS: Urgency.SAFETY,
    MailKind.ADDRESS_TAKEN: Urgency.SAFETY,
    MailKind.RESET_PASSWORD: Urgency.SAFETY,
    MailKind.ACCOUNT_CHANGED: Urgency.SAFETY,
    MailKind.ACCOUNT_ERASED: Urgency.SAFETY,
    MailKind.INVITATION: Urgency.SAFETY,
    MailKind.CO_AUTHOR_INVITATION: Urgency.SAFETY,
    MailKind.SUBMITTED: Urgency.NEWS,
    MailKind.NEW_SUBMISSION: Urgency.NEWS,
    MailKind.RESUBMITTED: Urgency.NEEDED,
    MailKind.WITHDRAWN: Urgency.NEWS,
    MailKind.ASSIGNED: Urgency.NEEDED,
    MailKind.OVERDUE: Urgency.NEEDED,
    MailKind.COMMENT: Urgency.NEWS,
    MailKind.COMMENT_RESOLVED: Urgency.NEWS,
    MailKind.CO_AUTHOR_JOINED: Urgency.NEWS,
    MailKind.PART_CONFIRMED: Urgency.NEWS,
    MailKind.OPINION_ASKED: Urgency.NEEDED,
    MailKind.OPINION_GIVEN: Urgency.NEEDED,
    MailKind.CHANGES_REQUESTED: Urgency.DECISION,
    MailKind.DECLINED: Urgency.DECISION,
    MailKind.ACCEPTED: Urgency.DECISION,
    MailKind.CONFIRM_PRACTICE: Urgency.NEEDED,
    MailKind.CONFIRM_REMINDER: Urgency.NEEDED,
    MailKind.PRACTICE_ENDED: Urgency.NEWS,
    MailKind.PRACTICE_ARCHIVED: Urgency.DECISION,
    MailKind.PRACTICE_RESTORED: Urgency.DECISION,
    MailKind.PRACTICE_ERASED: Urgency.DECISION,
    MailKind.CLAIM_MADE: Urgency.NEWS,
    MailKind.CLAIM_DECIDED: Urgency.DECISION,
    MailKind.WORD_DECIDED: Urgency.NEWS,
    MailKind.ADOPTED: Urgency.NEWS,
    MailKind.REPORT_TAKEN_DOWN: Urgency.DECISION,
    MailKind.CURATOR_ADDED: Urgency.NEWS,
    MailKind.DIGEST: Urgency.NEWS,
}
