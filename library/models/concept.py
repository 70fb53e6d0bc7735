"""Controlled vocabularies as SKOS keeps them: schemes, concepts, labels, notes and relations.

A vocabulary that was made elsewhere says more than these columns hold. ``uri`` is its own address, ``rest`` what its
file says beyond the columns, ``unsaid`` what the columns would say and the file does not, both as N-Triples: so it
comes out as it came in (ADR 0019). The two are read by exports alone, and left out wherever else a concept is loaded.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import ConceptStatus
from library.models.base import CONCEPT_ID_LENGTH, LANGUAGE_LENGTH, Base, choice_type, spoken

_PREFERRED: Final = text("kind = 'preferred'")


class ConceptScheme(Base):
    """One vocabulary, such as ``agencies`` or ``thesaurus``."""

    __tablename__ = "concept_scheme"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    labels: Mapped[dict[str, str]] = mapped_column(comment="language -> name of the vocabulary")
    notes: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> what it is for")
    # Which statements that follow from others its file makes, such as narrower beside broader; null: as ours do.
    habits: Mapped[str | None]
    uri: Mapped[str | None]
    rest: Mapped[str | None] = mapped_column(deferred=True)
    unsaid: Mapped[str | None] = mapped_column(deferred=True)

    concepts: Mapped[list[Concept]] = relationship(
        back_populates="scheme", order_by="Concept.position", cascade="all, delete-orphan"
    )


class Concept(Base):
    """One term of a vocabulary. Its identifier is its address below ``/vocabularies/``, such as ``agencies/police``.

    The identifier carries the scheme, so that a column can CHECK which vocabulary it draws on.
    """

    __tablename__ = "concept"
    __table_args__ = (
        CheckConstraint("id = scheme_code || '/' || code", name="id_is_address"),
        CheckConstraint("(status = 'deprecated') OR (replaced_by_id IS NULL)", name="only_deprecated_are_replaced"),
        CheckConstraint("replaced_by_id <> id", name="not_replaced_by_itself"),
        UniqueConstraint("scheme_code", "code"),
    )

    id: Mapped[str] = mapped_column(String(CONCEPT_ID_LENGTH), primary_key=True)
    scheme_code: Mapped[str] = mapped_column(ForeignKey("concept_scheme.code"))
    code: Mapped[str] = mapped_column(String(58), comment="SKOS notation")
    position: Mapped[int] = mapped_column(comment="order on forms and in facets, within the scheme")
    status: Mapped[ConceptStatus] = mapped_column(choice_type(ConceptStatus), default=ConceptStatus.ACTIVE)
    replaced_by_id: Mapped[str | None] = mapped_column(ForeignKey("concept.id"), index=True)
    uri: Mapped[str | None]
    rest: Mapped[str | None] = mapped_column(deferred=True)
    unsaid: Mapped[str | None] = mapped_column(deferred=True)

    scheme: Mapped[ConceptScheme] = relationship(back_populates="concepts")
    labels: Mapped[list[ConceptLabel]] = relationship(
        back_populates="concept", order_by="ConceptLabel.position", cascade="all, delete-orphan"
    )
    notes: Mapped[list[ConceptNote]] = relationship(back_populates="concept", cascade="all, delete-orphan")
    relations: Mapped[list[ConceptRelation]] = relationship(
        foreign_keys="ConceptRelation.source_id", back_populates="source", cascade="all, delete-orphan"
    )


class LabelKind(StrEnum):
    """Preferred: the one label that pages show. Alternative: a word by which people look for it."""

    PREFERRED = "preferred"
    ALTERNATIVE = "alternative"


class ConceptLabel(Base):
    """A label of a concept in one language."""

    __tablename__ = "concept_label"
    __table_args__ = (
        CheckConstraint("kind IN ('preferred', 'alternative')", name="kind_is_known"),
        CheckConstraint("length(trim(text)) > 0", name="text_is_not_blank"),
        spoken("language"),
        UniqueConstraint("concept_id", "language", "text"),
        Index(
            "uq_concept_label_preferred",
            "concept_id",
            "language",
            unique=True,
            sqlite_where=_PREFERRED,
            postgresql_where=_PREFERRED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    concept_id: Mapped[str] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE", onupdate="CASCADE"))
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]

    concept: Mapped[Concept] = relationship(back_populates="labels")


class ConceptNote(Base):
    """A scope note: what the concept covers, in one language."""

    __tablename__ = "concept_note"
    __table_args__ = (spoken("language"),)

    concept_id: Mapped[str] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    text: Mapped[str]

    concept: Mapped[Concept] = relationship(back_populates="notes")


class RelationKind(StrEnum):
    """The SKOS relations that are kept; narrower is broader read the other way."""

    BROADER = "broader"
    RELATED = "related"
    EXACT_MATCH = "exactMatch"
    CLOSE_MATCH = "closeMatch"
    BROAD_MATCH = "broadMatch"
    NARROW_MATCH = "narrowMatch"
    RELATED_MATCH = "relatedMatch"


class ConceptRelation(Base):
    """A directed relation between two concepts; symmetric ones are stored both ways."""

    __tablename__ = "concept_relation"
    __table_args__ = (
        CheckConstraint("source_id <> target_id", name="not_to_itself"),
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in RelationKind) + ")", name="kind_is_known"),
    )

    source_id: Mapped[str] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(14), primary_key=True)
    target_id: Mapped[str] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True, index=True
    )

    source: Mapped[Concept] = relationship(foreign_keys=[source_id], back_populates="relations")
