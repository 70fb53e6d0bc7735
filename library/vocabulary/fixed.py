"""What the program itself knows of the vocabularies, and so nobody may take away. Pure.

Labels, other words, notes and relations of these concepts are as free as those of any other.
"""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from library.vocabulary.refusals import Refused

# Vocabularies in which each code has a drawing, a tone on the map or a rule of its own.
CLOSED: Final[dict[str, Any]] = {
    "evidence-stages": _l("The library shows each evidence stage in its own way, so their list is closed."),
    "outcomes": _l("The library draws each outcome in its own way, so their list is closed."),
    "prevention-levels": _l("The three prevention levels are the same in all countries, so their list is closed."),
}
# Single concepts that the program asks for by their codes.
NAMED: Final[dict[str, Any]] = {
    "kinds/model": _l("Practices are linked to the models that they apply, so the kind “model” has to stay."),
}
# Every record has exactly one of these, so one in use does not go without a successor.
EXACTLY_ONE: Final = frozenset({"kinds", "countries"})


def check_open(scheme: str) -> None:
    """Let concepts be added to a vocabulary.

    :raises Refused: if its list is closed.
    """
    if scheme in CLOSED:
        raise Refused(gettext("%(reason)s Labels and other words can be changed.", reason=CLOSED[scheme]))


def check_loose(identifier: str) -> None:
    """Let a concept be merged or deprecated.

    :raises Refused: if the program would miss it.
    """
    check_open(identifier.partition("/")[0])
    if identifier in NAMED:
        raise Refused(gettext("%(reason)s Labels and other words can be changed.", reason=NAMED[identifier]))


def is_fixed(identifier: str) -> bool:
    """Return whether a concept can be neither merged nor deprecated."""
    return identifier in NAMED or identifier.partition("/")[0] in CLOSED
