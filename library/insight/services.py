"""Verbs of insight: forgetting what readers looked for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.auditing import audit
from library.counting import forget_words
from library.errors import NotFound
from library.models import Account


def forget_search(session: Session, words: str, *, actor: Account) -> None:
    """Take words off the list, in every language and of every day; they come back if readers look for them again.

    The audit says that it was done, never for which words: they may be about a person, and are gone for that.

    :raises NotFound: if nobody has looked for them.
    """
    if not forget_words(session, words):
        raise NotFound("words")
    audit(session, "search.forgotten", actor=actor)
