"""The practice template as data: the one definition of each field of a practice record.

Forms, pages, comparisons, exports, the import template, the starter files and the API all read this list; none
repeats it. Order here is order everywhere. Knows no database and no request: a value is a plain Python object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from library import choices

MAX_TITLE_CHARACTERS: Final = 100
MAX_SUMMARY_WORDS: Final = 100


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
    columns: tuple[Field, ...] = ()

    @property
    def translated(self) -> bool:
        """Whether the value is written once for each language."""
        return self.type in (Type.LINE, Type.PROSE)


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
    ),
)

RECOGNITION_COLUMNS: Final[tuple[Field, ...]] = (
    Field("body", Group.EVIDENCE, Type.STRING, _l("Body"), _l("Who gave it?"), required=True),
    Field("label", Group.EVIDENCE, Type.STRING, _l("Label"), _l("What is it called?"), required=True),
    _YEAR,
    _URL,
)

MATERIAL_COLUMNS: Final[tuple[Field, ...]] = (
    Field("title", Group.MATERIALS, Type.STRING, _l("Title"), _l("What is it called?"), required=True),
    Field("url", Group.MATERIALS, Type.URL, _l("Web address"), _l("Where is it?"), required=True),
    Field("language", Group.MATERIALS, Type.LANGUAGE, _l("Language"), _l("In which language?")),
    Field("licence", Group.MATERIALS, Type.STRING, _l("Licence"), _l("How may others use it?")),
)

SOURCE_COLUMNS: Final[tuple[Field, ...]] = (
    Field("title", Group.MATERIALS, Type.STRING, _l("Title"), _l("What is it called?"), required=True),
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

FIELDS: Final[tuple[Field, ...]] = (
    # Identity
    Field(
        "kind",
        Group.IDENTITY,
        Type.CONCEPT,
        _l("Kind"),
        _l("What kind of record is this?"),
        _l(
            "A practice is a case: what was done in one place. A model is a named programme that many places carry out."
        ),
        vocabulary="kinds",
        required=True,
    ),
    Field(
        "title",
        Group.IDENTITY,
        Type.LINE,
        _l("Title"),
        _l("What do you call the work?"),
        _l("The name people know it by. Add a few words if the name alone does not tell what it is."),
        _l("Night walkers in Northfield: parents present at weekends"),
        required=True,
    ),
    Field(
        "summary",
        Group.IDENTITY,
        Type.LINE,
        _l("Summary"),
        _l("What would you tell a colleague in one minute?"),
        _l("Who does what, for whom, and what is known of the effect. Say it plainly, also when results are mixed."),
        max_words=MAX_SUMMARY_WORDS,
        required=True,
    ),
    Field(
        "original_language",
        Group.IDENTITY,
        Type.LANGUAGE,
        _l("Original language"),
        _l("In which language do you write?"),
        required=True,
    ),
    Field(
        "owner",
        Group.IDENTITY,
        Type.ORGANISATION,
        _l("Owner"),
        _l("Who answers for the work?"),
        _l("The organisation that leads it and can be asked about it."),
    ),
    Field(
        "organisations",
        Group.IDENTITY,
        Type.ORGANISATIONS,
        _l("Other organisations"),
        _l("Who else takes part?"),
        _l("Organisations by name. Kinds of agency are asked for later."),
    ),
    Field(
        "model",
        Group.IDENTITY,
        Type.PRACTICE,
        _l("Model"),
        _l("Does it apply a named model?"),
        _l("If the library holds the model, link it."),
    ),
    Field("start_year", Group.IDENTITY, Type.NUMBER, _l("Start year"), _l("When did it start?")),
    Field("end_year", Group.IDENTITY, Type.NUMBER, _l("End year"), _l("When did it end?")),
    Field(
        "status",
        Group.IDENTITY,
        Type.CHOICE,
        _l("Status"),
        _l("Is the work going on?"),
        choices=choices.Status,
    ),
    Field(
        "country",
        Group.IDENTITY,
        Type.CONCEPT,
        _l("Country"),
        _l("In which country?"),
        vocabulary="countries",
        required=True,
    ),
    Field(
        "municipalities",
        Group.IDENTITY,
        Type.ORGANISATIONS,
        _l("Municipalities"),
        _l("In which municipalities?"),
        _l("Where it began comes first."),
    ),
    Field(
        "geographic_level",
        Group.IDENTITY,
        Type.CHOICE,
        _l("Geographic level"),
        _l("How far does it reach?"),
        choices=choices.GeographicLevel,
        required=True,
    ),
    # Classification
    Field(
        "agencies",
        Group.CLASSIFICATION,
        Type.ROWS,
        _l("Agencies and their roles"),
        _l("Which kinds of agency do the work, and which leads?"),
        _l("Tick every agency that takes part and say in a line what it does here."),
        columns=AGENCY_COLUMNS,
        required=True,
    ),
    Field(
        "themes",
        Group.CLASSIFICATION,
        Type.CONCEPTS,
        _l("Themes"),
        _l("What is it about?"),
        _l("Up to six, the most fitting first."),
        vocabulary="themes",
        required=True,
    ),
    Field(
        "target_groups",
        Group.CLASSIFICATION,
        Type.CONCEPTS,
        _l("Target groups"),
        _l("Whom is it for?"),
        vocabulary="target-groups",
        required=True,
    ),
    Field("age_from", Group.CLASSIFICATION, Type.NUMBER, _l("Youngest age"), _l("From which age, in years?")),
    Field("age_to", Group.CLASSIFICATION, Type.NUMBER, _l("Oldest age"), _l("To which age, in years?")),
    Field(
        "prevention_levels",
        Group.CLASSIFICATION,
        Type.CONCEPTS,
        _l("Prevention level"),
        _l("Is it for everybody, for groups at risk, or for people already involved?"),
        vocabulary="prevention-levels",
    ),
    Field(
        "prevention_level_basis",
        Group.CLASSIFICATION,
        Type.CHOICE,
        _l("Basis of the prevention level"),
        _l("How is the prevention level known?"),
        choices=choices.Basis,
    ),
    Field(
        "settings",
        Group.CLASSIFICATION,
        Type.CONCEPTS,
        _l("Setting"),
        _l("Where does it take place?"),
        vocabulary="settings",
    ),
    Field(
        "method_types",
        Group.CLASSIFICATION,
        Type.CONCEPTS,
        _l("Type of method"),
        _l("What sort of method is it?"),
        vocabulary="method-types",
        required=True,
    ),
    Field(
        "material_languages",
        Group.CLASSIFICATION,
        Type.LANGUAGES,
        _l("Languages of the materials"),
        _l("In which languages is there material?"),
    ),
    # The story
    Field(
        "problem",
        Group.STORY,
        Type.PROSE,
        _l("The problem"),
        _l("What was the problem, and how did you know?"),
        _l("What was seen, by whom, with what figures. Describe the situation, never a person."),
        _l("In 2019 the schools and the police both noted more fights around the station on Friday nights."),
        max_words=200,
    ),
    Field(
        "objectives",
        Group.STORY,
        Type.PROSE,
        _l("Objectives"),
        _l("What were you trying to achieve?"),
        _l("Changes you could see or count."),
        max_words=120,
    ),
    Field(
        "what_is_done",
        Group.STORY,
        Type.PROSE,
        _l("What is done"),
        _l("What do you actually do?"),
        _l("Enough detail for a colleague elsewhere to picture an ordinary week."),
        max_words=400,
        required=True,
    ),
    Field(
        "core_components",
        Group.STORY,
        Type.PROSE,
        _l("What must stay the same"),
        _l("Which parts must be kept for it to work?"),
        max_words=150,
    ),
    Field(
        "adaptable_parts",
        Group.STORY,
        Type.PROSE,
        _l("What may be adapted"),
        _l("Which parts can others change to fit their place?"),
        max_words=150,
    ),
    Field(
        "implementation_steps",
        Group.STORY,
        Type.PROSE,
        _l("Step by step"),
        _l("How was it put in place, step by step?"),
        _l("In the order things happened, with how long each took."),
        max_words=300,
    ),
    Field(
        "obstacles_and_conditions",
        Group.STORY,
        Type.PROSE,
        _l("Obstacles and conditions"),
        _l("What stood in the way, and what must be in place?"),
        max_words=200,
    ),
    Field(
        "competence",
        Group.STORY,
        Type.PROSE,
        _l("Competence needed"),
        _l("What do the people who do it need to know?"),
        max_words=120,
    ),
    Field(
        "legal_basis",
        Group.STORY,
        Type.PROSE,
        _l("Legal basis"),
        _l("On what legal ground do you work and share information?"),
        _l("The rules differ from country to country: name the law."),
        max_words=150,
    ),
    Field(
        "cost_and_people",
        Group.STORY,
        Type.LINE,
        _l("Cost and people"),
        _l("Cost and people in one line?"),
        _l("For the card at the top of the page."),
        _l("Two half-time coordinators and 40 volunteers"),
        max_words=25,
    ),
    Field(
        "resources",
        Group.STORY,
        Type.PROSE,
        _l("Resources"),
        _l("What does it take: people, money, funding?"),
        max_words=150,
    ),
    Field(
        "cost_band",
        Group.STORY,
        Type.CHOICE,
        _l("Cost band"),
        _l("Roughly what does it cost a year?"),
        choices=choices.CostBand,
    ),
    Field(
        "results",
        Group.STORY,
        Type.PROSE,
        _l("Results"),
        _l("What came of it?"),
        _l("Say who counted or judged it, and when."),
        max_words=250,
    ),
    Field(
        "what_did_not_work",
        Group.STORY,
        Type.PROSE,
        _l("What did not work"),
        _l("What did not work, and what would you do differently?"),
        _l("This is the section colleagues thank you for. It never counts against you."),
        max_words=250,
    ),
    Field(
        "transferability",
        Group.STORY,
        Type.PROSE,
        _l("Transferability"),
        _l("Where else has it been used, and what would others need?"),
        max_words=150,
    ),
    Field(
        "sustainability",
        Group.STORY,
        Type.PROSE,
        _l("Sustainability"),
        _l("What keeps it going?"),
        max_words=120,
    ),
    Field(
        "ethics_and_participation",
        Group.STORY,
        Type.PROSE,
        _l("Ethics and participation"),
        _l("How are rights protected, and how do the people it is for take part?"),
        max_words=150,
    ),
    # Evidence
    Field(
        "evidence_stage",
        Group.EVIDENCE,
        Type.CONCEPT,
        _l("Evidence stage"),
        _l("How far has it been tested?"),
        vocabulary="evidence-stages",
        required=True,
    ),
    Field(
        "outcome",
        Group.EVIDENCE,
        Type.CONCEPT,
        _l("Outcome"),
        _l("What does the evidence say?"),
        vocabulary="outcomes",
        required=True,
    ),
    Field(
        "evaluations",
        Group.EVIDENCE,
        Type.ROWS,
        _l("Evaluations"),
        _l("Which studies are there?"),
        _l("One row for each study: who, when, how, and what it found."),
        columns=EVALUATION_COLUMNS,
    ),
    Field(
        "recognitions",
        Group.EVIDENCE,
        Type.ROWS,
        _l("Recognitions"),
        _l("Has another body given it a label or a prize?"),
        columns=RECOGNITION_COLUMNS,
    ),
    # Materials and sources
    Field(
        "materials",
        Group.MATERIALS,
        Type.ROWS,
        _l("Materials"),
        _l("Which manuals, forms or films can others use?"),
        _l("Each with its language and licence."),
        columns=MATERIAL_COLUMNS,
    ),
    Field(
        "sources",
        Group.MATERIALS,
        Type.ROWS,
        _l("Sources"),
        _l("Where do the facts come from?"),
        columns=SOURCE_COLUMNS,
    ),
)

BY_NAME: Final[dict[str, Field]] = {field.name: field for field in FIELDS}

# Where a document keeps its prose: ``document["text"]["sv"]["problem"]``.
TEXT_KEY: Final = "text"

# Prose and lines live in the text of one language; title and summary have columns of their own there.
HEAD_FIELDS: Final = ("title", "summary")
SECTIONS: Final[tuple[Field, ...]] = tuple(f for f in FIELDS if f.translated and f.name not in HEAD_FIELDS)
PROSE: Final[tuple[Field, ...]] = tuple(f for f in SECTIONS if f.type is Type.PROSE)

# The concept fields that hold several concepts, with the scheme of each.
CONCEPT_LISTS: Final[dict[str, str]] = {f.name: f.vocabulary for f in FIELDS if f.type is Type.CONCEPTS}


def fields_of(group: Group) -> Iterator[Field]:
    """Yield the fields of one part of the record, in order."""
    return (field for field in FIELDS if field.group is group)


def concept_id(scheme: str, code: str) -> str:
    """Return the identifier of a concept: the scheme and the code, as in its address."""
    return f"{scheme}/{code}"
