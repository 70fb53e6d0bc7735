"""What can go wrong in words of the field. Knows no HTTP and no database; ``app`` maps each to a page."""

from __future__ import annotations

from datetime import datetime


class LibraryError(Exception):
    """Base of every refusal that the library makes on purpose."""


class NotFound(LibraryError):
    """The address names nothing that this person may see."""


class Erased(LibraryError):
    """What stood at this address was erased; a tombstone is left.

    :param at: when.
    """

    def __init__(self, at: datetime) -> None:
        super().__init__(f"erased at {at}")
        self.at = at


class NotPermitted(LibraryError):
    """The person is known, and may not do this."""


class InvalidInput(LibraryError):
    """The request itself is broken: bytes that are no text, or a NUL."""


class EditedMeanwhile(LibraryError):
    """Somebody else saved first. What was typed is stored although this is raised: ``@commits`` commits it.

    :param kept: identifier of the kept edit, where the author chooses field by field.
    :param submission: identifier of what both have edited.
    :param base: what the form that was sent is filled from now, for its hidden box.
    """

    def __init__(self, kept: int, submission: int, base: str = "") -> None:
        super().__init__("somebody else saved first")
        self.kept = kept
        self.submission = submission
        self.base = base


class Overtaken(LibraryError):
    """The record is no longer as this person saw it; the message says so to them. What they typed is not lost."""


class NotReady(LibraryError):
    """Something is missing before this can be done.

    :param problems: one sentence for each thing, to the person who tried.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class ChangedMeanwhile(LibraryError):
    """Somebody else saved since the page was made on which this was decided; nothing is done."""


class UncheckedPersonalData(LibraryError):
    """Something looks like personal data, and nobody has declared that it is none."""


class AlreadyRevised(LibraryError):
    """Others are revising the practice; one revision is in the making at a time."""


class RefusedFile(LibraryError):
    """A file is not one that the library takes; the message says why, to the person who sent it."""


class InvalidTransition(LibraryError):
    """The record is not in a state from which this step leads anywhere."""


class InvalidRecord(LibraryError):
    """A practice document does not fit the template.

    :param subject: which document, as its author would name it.
    :param problems: one sentence for each fault, in the order of the template.
    """

    def __init__(self, subject: str, problems: list[str]) -> None:
        super().__init__(f"{subject}: " + "; ".join(problems))
        self.subject = subject
        self.problems = problems


class InvalidVocabulary(LibraryError):
    """A vocabulary file breaks a rule of SKOS or of the house."""


class UnsafeConfiguration(LibraryError):
    """The settings would open a hole; the library refuses to start."""
