"""Curating: collections, changes of vocabularies, batches, tallies, adoptions, calls for practices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of those who curate."""
    op.create_table(
        "search_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False, comment="practices, the last time"),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_search_tally_language_is_spoken")
        ),
        sa.CheckConstraint("searches > 0 AND found >= 0", name=op.f("ck_search_tally_counts_are_counts")),
        sa.PrimaryKeyConstraint("day", "language", "words", name=op.f("pk_search_tally")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "import", "edit", "vocabulary", name="batch_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "checking",
                "faulty",
                "ready",
                "applying",
                "applied",
                "undoing",
                "undone",
                "discarded",
                name="batch_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False, comment="as its owner called it, made harmless"),
        sa.Column(
            "key", sa.String(length=32), nullable=True, comment="name of the file in the store, until it is applied"
        ),
        sa.Column(
            "options",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="what to do, for a bulk edit",
        ),
        sa.Column(
            "faults",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="what is wrong with the whole",
        ),
        sa.Column("done", sa.Integer(), nullable=False, comment="rows"),
        sa.Column("total", sa.Integer(), nullable=False, comment="rows"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "claimed_at", sa.DateTime(timezone=True), nullable=True, comment="when a worker last said that it is at it"
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'undone' OR applied_at IS NOT NULL", name=op.f("ck_batch_undone_was_applied")),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_batch_progress_is_counted")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_batch_actor_id_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_actor_id"), "batch", ["actor_id"], unique=False)
    op.create_index(op.f("ix_batch_created_at"), "batch", ["created_at"], unique=False)
    op.create_index(op.f("ix_batch_state"), "batch", ["state"], unique=False)
    op.create_table(
        "batch_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="row of the table, as its program counts them"),
        sa.Column(
            "deed",
            sa.Enum(
                "create",
                "change",
                "keep",
                "archive",
                name="batch_deed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="none while the row has faults",
        ),
        sa.Column("warned", sa.Boolean(), nullable=False, comment="somebody should look before it is done"),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=120), nullable=True, comment="that a new practice gets"),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "faults",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="{column, value, code, …} each",
        ),
        sa.Column(
            "before",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="{revision}: from which it starts",
        ),
        sa.Column(
            "after",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="{document}, later {revision}; {reason}",
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_row_batch_id_batch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_row")),
    )
    op.create_index("ix_batch_row_practice_id", "batch_row", ["practice_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="call_state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.String(length=120), nullable=False),
        sa.Column("agency_id", sa.String(length=120), nullable=True),
        sa.Column("target_group_id", sa.String(length=120), nullable=True),
        sa.Column("prevention_level_id", sa.String(length=120), nullable=True),
        sa.Column("original_language", sa.String(length=2), nullable=False),
        sa.Column(
            "titles",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> at most 100 characters",
        ),
        sa.Column(
            "texts",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> what is asked for",
        ),
        sa.Column("closes_on", sa.Date(), nullable=True, comment="the last day on which it is open"),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_call_closed_has_date")),
        sa.CheckConstraint("agency_id LIKE 'agencies/%'", name=op.f("ck_call_agency_is_an_agency")),
        sa.CheckConstraint(
            "original_language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')",
            name=op.f("ck_call_original_language_is_spoken"),
        ),
        sa.CheckConstraint(
            "prevention_level_id LIKE 'prevention-levels/%'", name=op.f("ck_call_prevention_level_is_one")
        ),
        sa.CheckConstraint("target_group_id LIKE 'target-groups/%'", name=op.f("ck_call_target_group_is_one")),
        sa.CheckConstraint("theme_id LIKE 'themes/%'", name=op.f("ck_call_theme_is_a_theme")),
        sa.CheckConstraint("version > 0", name=op.f("ck_call_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["concept.id"], name=op.f("fk_call_agency_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["account.id"], name=op.f("fk_call_opened_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["prevention_level_id"],
            ["concept.id"],
            name=op.f("fk_call_prevention_level_id_concept"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_group_id"], ["concept.id"], name=op.f("fk_call_target_group_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["concept.id"], name=op.f("fk_call_theme_id_concept"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index(op.f("ix_call_opened_by_id"), "call", ["opened_by_id"], unique=False)
    op.create_index(op.f("ix_call_state"), "call", ["state"], unique=False)
    op.create_index(op.f("ix_call_theme_id"), "call", ["theme_id"], unique=False)
    op.create_table(
        "collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "archived",
                name="collection_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("archive_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("original_language", sa.String(length=2), nullable=False),
        sa.Column("cover_id", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'archived') = (archive_reason IS NOT NULL)", name=op.f("ck_collection_archived_with_reason")
        ),
        sa.CheckConstraint("cover_id LIKE 'themes/%'", name=op.f("ck_collection_cover_is_a_theme")),
        sa.CheckConstraint(
            "original_language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')",
            name=op.f("ck_collection_original_language_is_spoken"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_collection_published_has_date")
        ),
        sa.CheckConstraint("length(trim(archive_reason)) > 0", name=op.f("ck_collection_reason_is_not_blank")),
        sa.CheckConstraint("version > 0", name=op.f("ck_collection_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["concept.id"], name=op.f("fk_collection_cover_id_concept"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("slug", name=op.f("uq_collection_slug")),
    )
    op.create_index(op.f("ix_collection_published_at"), "collection", ["published_at"], unique=False)
    op.create_index(op.f("ix_collection_state"), "collection", ["state"], unique=False)
    op.create_table(
        "concept_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_code", sa.String(length=60), nullable=False),
        sa.Column("concept_id", sa.String(length=120), nullable=False),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "undone_at IS NOT NULL OR undone_by_id IS NULL", name=op.f("ck_concept_change_undone_has_date")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_concept_change_actor_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_concept_change_batch_id_batch"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["account.id"], name=op.f("fk_concept_change_undone_by_id_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept_change")),
    )
    op.create_index(op.f("ix_concept_change_actor_id"), "concept_change", ["actor_id"], unique=False)
    op.create_index(op.f("ix_concept_change_batch_id"), "concept_change", ["batch_id"], unique=False)
    op.create_index(op.f("ix_concept_change_concept_id"), "concept_change", ["concept_id"], unique=False)
    op.create_index(op.f("ix_concept_change_created_at"), "concept_change", ["created_at"], unique=False)
    op.create_index(op.f("ix_concept_change_scheme_code"), "concept_change", ["scheme_code"], unique=False)
    op.create_table(
        "concept_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_code", sa.String(length=60), nullable=False),
        sa.Column("concept_id", sa.String(length=120), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(), nullable=False, comment="what it would be used for"),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                name="suggestion_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_concept_suggestion_decided_has_date")
        ),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')",
            name=op.f("ck_concept_suggestion_language_is_spoken"),
        ),
        sa.CheckConstraint("length(trim(label)) > 0", name=op.f("ck_concept_suggestion_label_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_concept_suggestion_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"], ["concept.id"], name=op.f("fk_concept_suggestion_concept_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["account.id"],
            name=op.f("fk_concept_suggestion_decided_by_id_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["scheme_code"], ["concept_scheme.code"], name=op.f("fk_concept_suggestion_scheme_code_concept_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept_suggestion")),
    )
    op.create_index(op.f("ix_concept_suggestion_account_id"), "concept_suggestion", ["account_id"], unique=False)
    op.create_index(op.f("ix_concept_suggestion_concept_id"), "concept_suggestion", ["concept_id"], unique=False)
    op.create_index(op.f("ix_concept_suggestion_scheme_code"), "concept_suggestion", ["scheme_code"], unique=False)
    op.create_index(op.f("ix_concept_suggestion_state"), "concept_suggestion", ["state"], unique=False)
    op.create_table(
        "concept_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("concept_id", sa.String(length=120), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.CheckConstraint("searches > 0", name=op.f("ck_concept_tally_counts_are_counts")),
        sa.ForeignKeyConstraint(
            ["concept_id"], ["concept.id"], name=op.f("fk_concept_tally_concept_id_concept"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "concept_id", name=op.f("pk_concept_tally")),
    )
    op.create_index(op.f("ix_concept_tally_concept_id"), "concept_tally", ["concept_id"], unique=False)
    op.create_table(
        "collection_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_collection_change_actor_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_collection_change_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_change")),
        sa.UniqueConstraint("collection_id", "version", name=op.f("uq_collection_change_collection_id")),
    )
    op.create_index(op.f("ix_collection_change_actor_id"), "collection_change", ["actor_id"], unique=False)
    op.create_table(
        "collection_curator",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_collection_curator_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_collection_curator_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", "account_id", name=op.f("pk_collection_curator")),
    )
    op.create_index(op.f("ix_collection_curator_account_id"), "collection_curator", ["account_id"], unique=False)
    op.create_table(
        "collection_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "headings",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> heading",
        ),
        sa.Column(
            "introductions",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> Markdown",
        ),
        sa.Column("search", sa.String(length=1000), nullable=True, comment="the query of a search page's address"),
        sa.Column("most", sa.Integer(), nullable=True, comment="practices that the saved search shows at most"),
        sa.CheckConstraint("(search IS NULL) = (most IS NULL)", name=op.f("ck_collection_section_search_is_whole")),
        sa.CheckConstraint("most BETWEEN 1 AND 50", name=op.f("ck_collection_section_most_is_plausible")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_collection_section_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_section")),
        sa.UniqueConstraint("id", "collection_id", name=op.f("uq_collection_section_id")),
    )
    op.create_index(op.f("ix_collection_section_collection_id"), "collection_section", ["collection_id"], unique=False)
    op.create_table(
        "collection_text",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("introduction", sa.String(), nullable=False, comment="Markdown"),
        sa.Column("audience", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_collection_text_language_is_spoken")
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_collection_text_title_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_collection_text_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", "language", name=op.f("pk_collection_text")),
    )
    op.create_table(
        "adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "in-use",
                "stopped",
                name="adoption_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since_year", sa.Integer(), nullable=True, comment="since when, or from when it is planned"),
        sa.Column("until_year", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False, comment="of the two texts"),
        sa.Column("adapted", sa.String(), nullable=False, comment="what was changed to fit"),
        sa.Column("experience", sa.String(), nullable=False, comment="how it went"),
        sa.Column("account_id", sa.Integer(), nullable=True, comment="who reported it, and whom to ask"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="when somebody last said so"),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_adoption_language_is_spoken")
        ),
        sa.CheckConstraint("state = 'stopped' OR until_year IS NULL", name=op.f("ck_adoption_only_stopped_has_an_end")),
        sa.CheckConstraint("since_year BETWEEN 1800 AND 2200", name=op.f("ck_adoption_since_year_is_plausible")),
        sa.CheckConstraint("until_year >= since_year", name=op.f("ck_adoption_years_in_order")),
        sa.CheckConstraint("until_year BETWEEN 1800 AND 2200", name=op.f("ck_adoption_until_year_is_plausible")),
        sa.CheckConstraint("version > 0", name=op.f("ck_adoption_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_adoption_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["organisation.id"], name=op.f("fk_adoption_municipality_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_adoption_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
        sa.UniqueConstraint("practice_id", "municipality_id", name=op.f("uq_adoption_practice_id")),
    )
    op.create_index(op.f("ix_adoption_account_id"), "adoption", ["account_id"], unique=False)
    op.create_index(op.f("ix_adoption_municipality_id"), "adoption", ["municipality_id"], unique=False)
    op.create_table(
        "collection_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "notes",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> why it is here, Markdown",
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_collection_item_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["section_id", "collection_id"],
            ["collection_section.id", "collection_section.collection_id"],
            name=op.f("fk_collection_item_section_id_collection_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_item")),
        sa.UniqueConstraint("collection_id", "practice_id", name=op.f("uq_collection_item_collection_id")),
    )
    op.create_index(op.f("ix_collection_item_practice_id"), "collection_item", ["practice_id"], unique=False)
    op.create_index(op.f("ix_collection_item_section_id"), "collection_item", ["section_id"], unique=False)
    op.create_table(
        "read_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.CheckConstraint("reads > 0", name=op.f("ck_read_tally_counts_are_counts")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_read_tally_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "practice_id", name=op.f("pk_read_tally")),
    )
    op.create_index(op.f("ix_read_tally_practice_id"), "read_tally", ["practice_id"], unique=False)
    op.add_column("concept", sa.Column("uri", sa.String(), nullable=True))
    op.add_column("concept", sa.Column("rest", sa.String(), nullable=True))
    op.add_column("concept", sa.Column("unsaid", sa.String(), nullable=True))
    op.create_index(op.f("ix_concept_replaced_by_id"), "concept", ["replaced_by_id"], unique=False)
    op.create_index(op.f("ix_concept_relation_target_id"), "concept_relation", ["target_id"], unique=False)
    op.add_column("concept_scheme", sa.Column("habits", sa.String(), nullable=True))
    op.add_column("concept_scheme", sa.Column("uri", sa.String(), nullable=True))
    op.add_column("concept_scheme", sa.Column("rest", sa.String(), nullable=True))
    op.add_column("concept_scheme", sa.Column("unsaid", sa.String(), nullable=True))
    # ### end Alembic commands ###


def downgrade() -> None:
    """Drop what was added."""
    # Indexes of tables that stay.
    op.drop_index(op.f("ix_concept_relation_target_id"), table_name="concept_relation")
    op.drop_index(op.f("ix_concept_replaced_by_id"), table_name="concept")
    op.drop_column("concept_scheme", "unsaid")
    op.drop_column("concept_scheme", "rest")
    op.drop_column("concept_scheme", "uri")
    op.drop_column("concept_scheme", "habits")
    op.drop_column("concept", "unsaid")
    op.drop_column("concept", "rest")
    op.drop_column("concept", "uri")
    op.drop_table("read_tally")
    op.drop_table("collection_item")
    op.drop_table("adoption")
    op.drop_table("collection_text")
    op.drop_table("collection_section")
    op.drop_table("collection_curator")
    op.drop_table("collection_change")
    op.drop_table("concept_tally")
    op.drop_table("concept_suggestion")
    op.drop_table("concept_change")
    op.drop_table("collection")
    op.drop_table("call")
    op.drop_table("batch_row")
    op.drop_table("batch")
    op.drop_table("search_tally")
    # ### end Alembic commands ###
