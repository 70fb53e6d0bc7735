"""The practice: identity, classification and state. Its prose, evidence and history have files of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from library.choices import (
    Basis,
    CostBand,
    GeographicLevel,
    OrganisationRole,
    PracticeState,
    Provenance,
    ReviewLabel,
    Status,
)
from library.languages import best_language
from library.models.base import LANGUAGE_LENGTH, Base, choice_type, concept_reference, now, spoken
from library.models.evidence import Evaluation, KnowledgeGrade, Recognition
from library.models.material import Material, Source
from library.models.organisation import Organisation
from library.models.practice_text import PracticeText

if TYPE_CHECKING:
    from library.models.upkeep import PracticeAuthor


class Practice(Base):
    """A published record, found for ever at ``/p/<id>``.

    ``version`` rises with every change of what the public index must know, so that index and database can be compared.
    """

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("kind_id LIKE 'kinds/%'", name="kind_is_a_kind"),
        CheckConstraint("country_id LIKE 'countries/%'", name="country_is_a_country"),
        CheckConstraint("evidence_stage_id LIKE 'evidence-stages/%'", name="stage_is_a_stage"),
        CheckConstraint("outcome_id LIKE 'outcomes/%'", name="outcome_is_an_outcome"),
        CheckConstraint("start_year BETWEEN 1800 AND 2200", name="start_year_is_plausible"),
        CheckConstraint("end_year BETWEEN 1800 AND 2200", name="end_year_is_plausible"),
        CheckConstraint("end_year >= start_year", name="years_in_order"),
        CheckConstraint("age_from BETWEEN 0 AND 120 AND age_to BETWEEN 0 AND 120", name="ages_are_plausible"),
        CheckConstraint("age_to >= age_from", name="ages_in_order"),
        spoken("original_language"),
        CheckConstraint("(state = 'archived') = (archive_reason IS NOT NULL)", name="archived_with_reason"),
        CheckConstraint("length(trim(archive_reason)) > 0", name="reason_is_not_blank"),
        CheckConstraint("(state = 'erased') = (erased_at IS NOT NULL)", name="erased_with_date"),
        CheckConstraint("model_id <> id", name="not_its_own_model"),
        CheckConstraint("(confirmed_on IS NULL) = (confirm_by IS NULL)", name="confirmation_is_whole"),
        CheckConstraint("confirm_by > confirmed_on", name="confirmation_lasts"),
        CheckConstraint("version > 0", name="version_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(120), unique=True, comment="identifier where it came from")
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[PracticeState] = mapped_column(
        choice_type(PracticeState), default=PracticeState.PUBLISHED, index=True
    )
    archive_reason: Mapped[str | None]
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    provenance: Mapped[Provenance] = mapped_column(choice_type(Provenance))
    original_language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))

    kind_id: Mapped[str] = concept_reference(index=True)
    country_id: Mapped[str] = concept_reference(index=True)
    geographic_level: Mapped[GeographicLevel] = mapped_column(choice_type(GeographicLevel))
    start_year: Mapped[int | None]
    end_year: Mapped[int | None]
    status: Mapped[Status | None] = mapped_column(choice_type(Status))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id"), index=True)

    age_from: Mapped[int | None] = mapped_column(comment="years")
    age_to: Mapped[int | None] = mapped_column(comment="years")
    prevention_level_basis: Mapped[Basis | None] = mapped_column(choice_type(Basis))
    material_languages: Mapped[list[str]] = mapped_column(default=list, comment="ISO 639-1 codes")
    cost_band: Mapped[CostBand | None] = mapped_column(choice_type(CostBand))

    evidence_stage_id: Mapped[str] = concept_reference(index=True)
    outcome_id: Mapped[str] = concept_reference(index=True)
    review_label: Mapped[ReviewLabel] = mapped_column(choice_type(ReviewLabel), default=ReviewLabel.NOT_REVIEWED)

    published_at: Mapped[datetime] = mapped_column(default=now, index=True)
    revised_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_on: Mapped[date | None] = mapped_column(comment="when the owner last said that it still holds")
    confirm_by: Mapped[date | None]

    owner: Mapped[Organisation | None] = relationship()
    model: Mapped[Practice | None] = relationship(remote_side=[id], back_populates="implementations")
    implementations: Mapped[list[Practice]] = relationship(back_populates="model", order_by="Practice.id")
    texts: Mapped[list[PracticeText]] = relationship(cascade="all, delete-orphan", order_by="PracticeText.language")
    agencies: Mapped[list[PracticeAgency]] = relationship(
        cascade="all, delete-orphan", order_by="PracticeAgency.position"
    )
    concepts: Mapped[list[PracticeConcept]] = relationship(
        cascade="all, delete-orphan", order_by="PracticeConcept.position"
    )
    places: Mapped[list[PracticePlace]] = relationship(cascade="all, delete-orphan", order_by="PracticePlace.position")
    partners: Mapped[list[PracticeOrganisation]] = relationship(
        cascade="all, delete-orphan", order_by="PracticeOrganisation.position"
    )
    evaluations: Mapped[list[Evaluation]] = relationship(cascade="all, delete-orphan", order_by="Evaluation.position")
    recognitions: Mapped[list[Recognition]] = relationship(
        cascade="all, delete-orphan", order_by="Recognition.position"
    )
    grades: Mapped[list[KnowledgeGrade]] = relationship(cascade="all, delete-orphan")
    materials: Mapped[list[Material]] = relationship(cascade="all, delete-orphan", order_by="Material.position")
    sources: Mapped[list[Source]] = relationship(cascade="all, delete-orphan", order_by="Source.position")
    answered_by: Mapped[list[PracticeAuthor]] = relationship(viewonly=True)
    # In how many municipalities it is in use; none unless a query asks for it, see ``adoptions.counted``.
    in_use: Mapped[int | None] = query_expression()

    def title_in(self, language: str) -> str:
        """Return the title in a language, else in the original one; nothing once the practice is erased."""
        titles = {text.language: text.title for text in self.texts}
        return titles.get(best_language(language, titles, self.original_language), "")

    def concepts_of(self, scheme: str) -> list[str]:
        """Return the identifiers of this practice's concepts from one vocabulary, in its own order."""
        return [link.concept_id for link in self.concepts if link.concept_id.startswith(scheme + "/")]


class PracticeAgency(Base):
    """An agency that takes part, what it does there, and whether it leads."""

    __tablename__ = "practice_agency"
    __table_args__ = (CheckConstraint("concept_id LIKE 'agencies/%'", name="concept_is_an_agency"),)

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    concept_id: Mapped[str] = concept_reference(primary_key=True, index=True)
    position: Mapped[int]
    lead: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> what it does here")


class PracticeConcept(Base):
    """A theme, target group, prevention level, setting or type of method of a practice."""

    __tablename__ = "practice_concept"
    __table_args__ = (
        CheckConstraint(
            "concept_id LIKE 'themes/%' OR concept_id LIKE 'target-groups/%' OR concept_id LIKE 'prevention-levels/%'"
            " OR concept_id LIKE 'settings/%' OR concept_id LIKE 'method-types/%'",
            name="concept_classifies",
        ),
    )

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    concept_id: Mapped[str] = concept_reference(primary_key=True, index=True)
    position: Mapped[int]


class PracticePlace(Base):
    """A municipality where the work is or was done; where it began comes first."""

    __tablename__ = "practice_place"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    position: Mapped[int]

    municipality: Mapped[Organisation] = relationship()


class PracticeOrganisation(Base):
    """An organisation other than the owner that leads with it or takes part."""

    __tablename__ = "practice_organisation"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    role: Mapped[OrganisationRole] = mapped_column(choice_type(OrganisationRole))
    position: Mapped[int]

    organisation: Mapped[Organisation] = relationship()
