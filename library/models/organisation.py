"""Bodies that own, lead or adopt practices. A municipality is an organisation with a place and memberships."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from library.choices import OrganisationKind
from library.models.base import CONCEPT_ID_LENGTH, Base, choice_type


class Organisation(Base):
    """A municipality, agency, NGO, network, university, business or faith community."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("country_id LIKE 'countries/%'", name="country_is_a_country"),
        CheckConstraint("kind <> 'municipality' OR country_id IS NOT NULL", name="municipality_has_country"),
        CheckConstraint(
            "(kind = 'municipality') OR (population IS NULL AND latitude IS NULL AND longitude IS NULL)",
            name="only_municipalities_have_a_place",
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position_is_whole"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="position_on_earth"),
        CheckConstraint("population > 0", name="population_is_positive"),
        CheckConstraint("length(trim(name)) > 0", name="name_is_not_blank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(choice_type(OrganisationKind), index=True)
    country_id: Mapped[str | None] = mapped_column(
        String(CONCEPT_ID_LENGTH), ForeignKey("concept.id", onupdate="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200), comment="the body's own name")
    names: Mapped[dict[str, str]] = mapped_column(default=dict, comment="language -> name, where it differs")
    population: Mapped[int | None] = mapped_column(comment="inhabitants; shown as a band")
    latitude: Mapped[float | None] = mapped_column(comment="degrees north, WGS 84")
    longitude: Mapped[float | None] = mapped_column(comment="degrees east, WGS 84")

    memberships: Mapped[list[Membership]] = relationship(
        foreign_keys="Membership.member_id", back_populates="member", cascade="all, delete-orphan"
    )

    def name_in(self, language: str) -> str:
        """Return the name that readers of a language use, else the body's own."""
        return self.names.get(language, self.name)


class Membership(Base):
    """A municipality's membership of a network, with where that is known from."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("member_id <> network_id", name="not_of_itself"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    sources: Mapped[list[str]] = mapped_column(default=list, comment="web addresses")

    member: Mapped[Organisation] = relationship(foreign_keys=[member_id], back_populates="memberships")
    network: Mapped[Organisation] = relationship(foreign_keys=[network_id])
