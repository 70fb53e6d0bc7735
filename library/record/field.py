"""What a field of the template is, whichever field it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from library import choices

ChoiceList = type[choices.Choice]


class Group(StrEnum):
    """The parts of the record (DESIGN §3)."""

    IDENTITY = "identity"
    CLASSIFICATION = "classification"
    STORY = "story"
    EVIDENCE = "evidence"
    MATERIALS = "materials"


class Type(StrEnum):
    """What a field holds."""

    LINE = "line"  # one line of text, one for each language
    PROSE = "prose"  # Markdown, one for each language
    CHOICE = "choice"  # a code of one list in ``choices``
    CONCEPT = "concept"  # one concept of a vocabulary
    CONCEPTS = "concepts"  # several concepts of a vocabulary, in order
    NUMBER = "number"
    LANGUAGE = "language"
    LANGUAGES = "languages"  # ISO 639-1 codes
    ORGANISATION = "organisation"
    ORGANISATIONS = "organisations"
    PRACTICE = "practice"
    ROWS = "rows"  # a repeated group with columns of its own
    STRING = "string"  # one line that is the same in every language, such as a name
    URL = "url"
    FLAG = "flag"
    FILE = "file"  # the key of an attachment


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the template.

    :param name: code in files, API and database.
    :param label: short name, as pages head the section.
    :param question: the plain-language question that the form asks.
    :param help: what a good answer holds.
    :param example: an example answer; empty where the list of choices says enough.
    :param max_words: advised length for prose, hard limit for lines; 0 where length has no meaning.
    :param vocabulary: scheme whose concepts are allowed, for concept fields.
    :param choices: closed list of codes, for choice fields.
    :param required: whether a record cannot be published without it.
    :param missing: what to say to somebody who left a required field empty.
    :param columns: the fields of one row, for repeated groups.
    """

    name: str
    group: Group
    type: Type
    label: Any
    question: Any
    help: Any = ""
    example: Any = ""
    max_words: int = 0
    vocabulary: str = ""
    choices: ChoiceList | None = None
    required: bool = False
    missing: Any = ""
    columns: tuple[Field, ...] = ()

    @property
    def translated(self) -> bool:
        """Whether the value is written once for each language."""
        return self.type in (Type.LINE, Type.PROSE)
