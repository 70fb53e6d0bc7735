"""Why a vocabulary is not changed as somebody wished."""

from __future__ import annotations

from library.errors import LibraryError


class Refused(LibraryError):
    """A deed would break the vocabulary; the message says why, to the person who tried.

    :param at: name of the field that has to change; empty where none would help.
    """

    def __init__(self, message: str, *, at: str = "") -> None:
        super().__init__(message)
        self.at = at
