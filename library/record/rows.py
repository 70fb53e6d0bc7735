"""The columns of the repeated groups: agencies, evaluations, recognitions, materials, sources."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from library import choices
from library.record.field import Field, Group, Type

_YEAR: Final = Field("year", Group.EVIDENCE, Type.NUMBER, _l("Year"), _l("In which year?"))
_URL: Final = Field("url", Group.EVIDENCE, Type.URL, _l("Web address"), _l("Where can it be read?"))

AGENCY_COLUMNS: Final[tuple[Field, ...]] = (
    Field(
        "code",
        Group.CLASSIFICATION,
        Type.CONCEPT,
        _l("Agency"),
        _l("Which kind of agency?"),
        vocabulary="agencies",
        required=True,
        missing=_l("Choose an agency"),
    ),
    Field("lead", Group.CLASSIFICATION, Type.FLAG, _l("Leads"), _l("Does it lead the work?")),
    Field(
        "role",
        Group.CLASSIFICATION,
        Type.LINE,
        _l("Role"),
        _l("What does it do here?"),
        max_words=25,
    ),
)

EVALUATION_COLUMNS: Final[tuple[Field, ...]] = (
    Field(
        "by",
        Group.EVIDENCE,
        Type.STRING,
        _l("Evaluator"),
        _l("Which organisation made the study?"),
    ),
    _YEAR,
    Field(
        "design",
        Group.EVIDENCE,
        Type.CHOICE,
        _l("Design"),
        _l("How was it made?"),
        choices=choices.Design,
        required=True,
        missing=_l("Choose how the study was made"),
    ),
    Field(
        "finding",
        Group.EVIDENCE,
        Type.CHOICE,
        _l("Finding"),
        _l("What did it find?"),
        choices=choices.Finding,
    ),
    _URL,
    Field(
        "summary",
        Group.EVIDENCE,
        Type.LINE,
        _l("In short"),
        _l("What did it find, in two sentences?"),
        required=True,
        missing=_l("Write in short what the study found"),
    ),
)

RECOGNITION_COLUMNS: Final[tuple[Field, ...]] = (
    Field(
        "body",
        Group.EVIDENCE,
        Type.STRING,
        _l("Body"),
        _l("Who gave it?"),
        required=True,
        missing=_l("Enter who gave it"),
    ),
    Field(
        "label",
        Group.EVIDENCE,
        Type.STRING,
        _l("Label"),
        _l("What is it called?"),
        required=True,
        missing=_l("Enter what it is called"),
    ),
    _YEAR,
    _URL,
)

MATERIAL_COLUMNS: Final[tuple[Field, ...]] = (
    Field(
        "title",
        Group.MATERIALS,
        Type.STRING,
        _l("Title"),
        _l("What is it called?"),
        required=True,
        missing=_l("Enter what it is called"),
    ),
    Field("url", Group.MATERIALS, Type.URL, _l("Web address"), _l("Where is it?")),
    Field("file", Group.MATERIALS, Type.FILE, _l("File"), _l("Or which file?")),
    Field(
        "alt",
        Group.MATERIALS,
        Type.STRING,
        _l("What the picture shows"),
        _l("What does the picture show?"),
        _l("For readers who do not see it. Leave it empty for other files."),
    ),
    Field("language", Group.MATERIALS, Type.LANGUAGE, _l("Language"), _l("In which language?")),
    Field("licence", Group.MATERIALS, Type.STRING, _l("Licence"), _l("How may others use it?")),
)

SOURCE_COLUMNS: Final[tuple[Field, ...]] = (
    Field(
        "title",
        Group.MATERIALS,
        Type.STRING,
        _l("Title"),
        _l("What is it called?"),
        required=True,
        missing=_l("Enter what it is called"),
    ),
    _URL,
    _YEAR,
    Field(
        "mirror",
        Group.MATERIALS,
        Type.FLAG,
        _l("Copy"),
        _l("Is it a copy on a document-sharing site?"),
    ),
)
