"""Collections: practices that advisers have chosen, ordered, annotated and introduced."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import CollectionState
from library.languages import best_language
from library.models.account import Account
from library.models.base import LANGUAGE_LENGTH, Base, Json, choice_type, concept_reference, now, spoken
from library.models.practice import Practice
from library.record import MAX_TITLE_CHARACTERS


class Collection(Base):
    """What an adviser has to say on a subject, with the practices that show it.

    ``version`` rises with every change, so that two curators notice each other.
    """

    __tablename__ = "collection"
    __table_args__ = (
        spoken("original_language"),
        CheckConstraint("cover_id LIKE 'themes/%'", name="cover_is_a_theme"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_has_date"),
        CheckConstraint("(state = 'archived') = (archive_reason IS NOT NULL)", name="archived_with_reason"),
        CheckConstraint("length(trim(archive_reason)) > 0", name="reason_is_not_blank"),
        CheckConstraint("version > 0", name="version_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[CollectionState] = mapped_column(
        choice_type(CollectionState), default=CollectionState.DRAFT, index=True
    )
    archive_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    original_language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    cover_id: Mapped[str | None] = concept_reference(nullable=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    published_at: Mapped[datetime | None] = mapped_column(index=True)

    texts: Mapped[list[CollectionText]] = relationship(cascade="all, delete-orphan", order_by="CollectionText.language")
    sections: Mapped[list[CollectionSection]] = relationship(
        cascade="all, delete-orphan", order_by="CollectionSection.position"
    )
    curators: Mapped[list[CollectionCurator]] = relationship(
        cascade="all, delete-orphan", order_by="CollectionCurator.added_at"
    )

    def text_in(self, language: str) -> CollectionText:
        """Return the words in a language, else in the original one, which always exist."""
        texts = {text.language: text for text in self.texts}
        return texts[best_language(language, texts, self.original_language)]


class CollectionText(Base):
    """The words of a collection in one language."""

    __tablename__ = "collection_text"
    __table_args__ = (
        spoken("language"),
        CheckConstraint("length(trim(title)) > 0", name="title_is_not_blank"),
    )

    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE_CHARACTERS))
    introduction: Mapped[str] = mapped_column(default="", comment="Markdown")
    audience: Mapped[str] = mapped_column(String(300), default="")


class CollectionSection(Base):
    """A part of a collection: practices chosen one by one, or what a saved search finds."""

    __tablename__ = "collection_section"
    __table_args__ = (
        UniqueConstraint("id", "collection_id"),
        CheckConstraint("(search IS NULL) = (most IS NULL)", name="search_is_whole"),
        CheckConstraint("most BETWEEN 1 AND 50", name="most_is_plausible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    headings: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> heading")
    introductions: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> Markdown")
    search: Mapped[str | None] = mapped_column(String(1000), comment="the query of a search page's address")
    most: Mapped[int | None] = mapped_column(comment="practices that the saved search shows at most")

    items: Mapped[list[CollectionItem]] = relationship(
        cascade="all, delete-orphan", order_by="CollectionItem.position", overlaps="collection"
    )


class CollectionItem(Base):
    """A chosen practice, with why it is here. A collection holds a practice once."""

    __tablename__ = "collection_item"
    __table_args__ = (
        UniqueConstraint("collection_id", "practice_id"),
        ForeignKeyConstraint(
            ["section_id", "collection_id"],
            ["collection_section.id", "collection_section.collection_id"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int]
    section_id: Mapped[int] = mapped_column(index=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    notes: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> why it is here, Markdown")

    practice: Mapped[Practice] = relationship()


class CollectionCurator(Base):
    """Somebody who may change a collection; who began it, or was asked along."""

    __tablename__ = "collection_curator"

    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(default=now)

    account: Mapped[Account] = relationship()


class CollectionChange(Base):
    """One change of a collection, with what it said afterwards, so that any two states compare."""

    __tablename__ = "collection_change"
    __table_args__ = (UniqueConstraint("collection_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    version: Mapped[int]
    deed: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    document: Mapped[dict[str, Any]] = mapped_column(Json)

    actor: Mapped[Account | None] = relationship()
