"""What stands in the audit, in words. Codes that have none are shown as they are."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

ACTIONS: Final[dict[str, Any]] = {
    "account.register": _l("Made an account"),
    "account.confirm": _l("Confirmed the e-mail address"),
    "account.grant-member": _l("Gave the role member"),
    "account.grant-contributor": _l("Gave the role contributor"),
    "account.grant-adviser": _l("Gave the role adviser"),
    "account.grant-administrator": _l("Gave the role administrator"),
    "account.take-member": _l("Took the role member"),
    "account.take-contributor": _l("Took the role contributor"),
    "account.take-adviser": _l("Took the role adviser"),
    "account.take-administrator": _l("Took the role administrator"),
    "account.deactivate": _l("Closed the account"),
    "account.activate": _l("Opened the account again"),
    "account.end-sessions": _l("Ended all sessions"),
    "account.reset-second-factor": _l("Reset the second factor"),
    "account.join-organisation": _l("Made them a member of an organisation"),
    "account.leave-organisation": _l("Ended their membership of an organisation"),
    "account.link-identity": _l("Linked a sign-in of an organisation"),
    "account.erase": _l("Erased the account"),
    "account.password": _l("Set a new password"),
    "account.app-added": _l("Added an authenticator app"),
    "account.app-removed": _l("Removed the authenticator app"),
    "account.passkey-added": _l("Added a passkey"),
    "account.passkey-removed": _l("Removed a passkey"),
    "account.recovery-codes": _l("Made new recovery codes"),
    "account.recovery-code-used": _l("Signed in with a recovery code"),
    "organisation.add": _l("Added the organisation"),
    "organisation.change": _l("Changed the organisation"),
    "organisation.add-member": _l("Added a member"),
    "organisation.remove-member": _l("Removed a member"),
    "invitation.send": _l("Invited somebody"),
    "invitation.revoke": _l("Took an invitation back"),
    "invitation.accept": _l("Accepted an invitation"),
    "practice.publish": _l("Published"),
    "practice.revise": _l("Published a revision"),
    "practice.archive": _l("Archived"),
    "practice.restore": _l("Restored"),
    "practice.erase": _l("Erased"),
    "practice.confirm": _l("Confirmed that it still holds"),
    "call.open": _l("Called for practices"),
    "call.change": _l("Changed the call"),
    "call.close": _l("Closed the call"),
    "call.reopen": _l("Opened the call again"),
    "collection.begin": _l("Began the collection"),
    "collection.text": _l("Changed the words of the collection"),
    "collection.add-section": _l("Added a section"),
    "collection.section": _l("Changed a section"),
    "collection.remove-section": _l("Removed a section"),
    "collection.add-practices": _l("Added practices"),
    "collection.remove-practice": _l("Removed a practice"),
    "collection.note": _l("Changed why a practice is here"),
    "collection.order": _l("Changed the order"),
    "collection.bring-back": _l("Brought back what was removed"),
    "collection.add-curator": _l("Added a curator"),
    "collection.remove-curator": _l("Took out a curator"),
    "collection.publish": _l("Published"),
    "collection.archive": _l("Archived"),
    "collection.restore": _l("Restored"),
    "collection.delete": _l("Deleted the draft"),
    "submission.start": _l("Started"),
    "submission.submit": _l("Sent in"),
    "submission.take": _l("Took into review"),
    "submission.give-back": _l("Gave back to the queue"),
    "submission.request-changes": _l("Asked for changes"),
    "submission.accept": _l("Accepted"),
    "submission.decline": _l("Declined"),
    "submission.withdraw": _l("Withdrew"),
    "submission.reopen": _l("Opened again"),
    "account.open": _l("Made an account"),
    "account.ask-to-recover": _l("Asked for a new password"),
    "account.change-details": _l("Changed name, language or affiliation"),
    "account.change-email": _l("Changed the e-mail address"),
    "account.end-session": _l("Ended a session"),
    "account.end-other-sessions": _l("Ended the other sessions"),
    "account.mail-changed": _l("Chose which mail to get"),
    "account.organisation-joined": _l("Joined an organisation by invitation"),
    "attachment.add": _l("Added a file"),
    "attachment.remove": _l("Removed a file"),
    "practice.use-reported": _l("Reported its use"),
    "practice.use-changed": _l("Changed the report of its use"),
    "practice.use-confirmed": _l("Confirmed the report of its use"),
    "practice.use-withdrawn": _l("Withdrew the report of its use"),
    "practice.use-taken-down": _l("Took down a report of its use"),
    "search.forgotten": _l("Took words off the list of searches"),
    "practice.claim": _l("Claimed as theirs"),
    "practice.reminded": _l("Reminded the owners"),
    "practice.report-ended": _l("Reported that the work has ended"),
    "claim.accept": _l("Accepted the claim"),
    "claim.decline": _l("Declined the claim"),
    "concept.add": _l("Added a concept"),
    "concept.deprecate": _l("Deprecated a concept"),
    "concept.merge": _l("Merged a concept into another"),
    "concept.move": _l("Moved a concept"),
    "concept.relate": _l("Related two concepts"),
    "concept.restore": _l("Restored a concept"),
    "concept.undo": _l("Undid a change of a vocabulary"),
    "concept.unrelate": _l("Took a relation of two concepts away"),
    "concept.words": _l("Changed the words of a concept"),
    "suggestion.accept": _l("Accepted a suggested word"),
    "suggestion.decline": _l("Declined a suggested word"),
    "suggestion.make": _l("Suggested a word"),
    "submission.assess": _l("Filled in the sheet"),
    "submission.comment": _l("Commented"),
    "submission.comment-reopened": _l("Opened a comment again"),
    "submission.comment-resolved": _l("Settled a comment"),
    "submission.delete": _l("Deleted the draft"),
    "submission.due-set": _l("Set the date of the answer"),
    "submission.opinion-asked": _l("Asked for a second opinion"),
    "submission.opinion-given": _l("Gave a second opinion"),
    "submission.part-confirmed": _l("Confirmed their agency's part"),
    "submission.reply": _l("Answered a comment"),
    "submission.up-to-date": _l("Brought up to date with the public revision"),
}

KINDS: Final[dict[str, Any]] = {
    "account": _l("Account"),
    "organisation": _l("Organisation"),
    "invitation": _l("Invitation"),
    "practice": _l("Practice"),
    "submission": _l("Submission"),
    "claim": _l("Claim"),
    "attachment": _l("File"),
    "call": _l("Call for practices"),
    "concept_change": _l("Change of a vocabulary"),
    "concept_suggestion": _l("Suggested word"),
}


def action(code: str) -> str:
    """Return what was done."""
    return str(ACTIONS.get(code, code))


def kind(code: str) -> str:
    """Return what a kind of record is called."""
    return str(KINDS.get(code, code))


def record(code: str, identifier: int | None, name: str) -> str:
    """Return what one record is called: by its name where it has one, else by its number."""
    if not code:
        return ""
    if name:
        return str(gettext("%(kind)s: %(name)s", kind=kind(code), name=name))
    return str(gettext("%(kind)s %(number)s", kind=kind(code), number=identifier or ""))
