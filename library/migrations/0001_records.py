"""The records: practices, vocabularies, organisations, accounts, index jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None

_KEPT = "practice_id, number, content, published_at, note"  # the author may be forgotten, what was said may not


def upgrade() -> None:
    """Create all tables, and let the database refuse to change a revision."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True, comment="argon2 hash"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
    )
    op.create_table(
        "concept_scheme",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column(
            "labels",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> name of the vocabulary",
        ),
        sa.Column(
            "notes",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> what it is for",
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_concept_scheme")),
    )
    op.create_table(
        "index_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_job")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("index_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_index_job_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "reader",
                "member",
                "contributor",
                "adviser",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "account_role",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_account_role_role_id_role")),
        sa.PrimaryKeyConstraint("account_id", "role_id", name=op.f("pk_account_role")),
    )
    op.create_table(
        "concept",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("scheme_code", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=58), nullable=False, comment="SKOS notation"),
        sa.Column("position", sa.Integer(), nullable=False, comment="order on forms and in facets, within the scheme"),
        sa.Column(
            "status",
            sa.Enum(
                "active", "deprecated", name="concept_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("replaced_by_id", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(status = 'deprecated') OR (replaced_by_id IS NULL)", name=op.f("ck_concept_only_deprecated_are_replaced")
        ),
        sa.CheckConstraint("id = scheme_code || '/' || code", name=op.f("ck_concept_id_is_address")),
        sa.CheckConstraint("replaced_by_id <> id", name=op.f("ck_concept_not_replaced_by_itself")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["concept.id"], name=op.f("fk_concept_replaced_by_id_concept")),
        sa.ForeignKeyConstraint(
            ["scheme_code"], ["concept_scheme.code"], name=op.f("fk_concept_scheme_code_concept_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept")),
        sa.UniqueConstraint("scheme_code", "code", name=op.f("uq_concept_scheme_code")),
    )
    op.create_table(
        "server_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.String(), nullable=False, comment="Flask's tagged JSON"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="kept to the minute, and for accounts only",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_server_session_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_server_session")),
    )
    with op.batch_alter_table("server_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_server_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_server_session_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "concept_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concept_id", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('preferred', 'alternative')", name=op.f("ck_concept_label_kind_is_known")),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_concept_label_language_is_spoken")
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_concept_label_text_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concept.id"],
            name=op.f("fk_concept_label_concept_id_concept"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept_label")),
        sa.UniqueConstraint("concept_id", "language", "text", name=op.f("uq_concept_label_concept_id")),
    )
    with op.batch_alter_table("concept_label", schema=None) as batch_op:
        batch_op.create_index(
            "uq_concept_label_preferred",
            ["concept_id", "language"],
            unique=True,
            sqlite_where=sa.text("kind = 'preferred'"),
            postgresql_where=sa.text("kind = 'preferred'"),
        )

    op.create_table(
        "concept_note",
        sa.Column("concept_id", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_concept_note_language_is_spoken")
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concept.id"],
            name=op.f("fk_concept_note_concept_id_concept"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("concept_id", "language", name=op.f("pk_concept_note")),
    )
    op.create_table(
        "concept_relation",
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("target_id", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "kind IN ('broader', 'related', 'exactMatch', 'closeMatch', 'broadMatch', 'narrowMatch', 'relatedMatch')",
            name=op.f("ck_concept_relation_kind_is_known"),
        ),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_concept_relation_not_to_itself")),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["concept.id"],
            name=op.f("fk_concept_relation_source_id_concept"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["concept.id"],
            name=op.f("fk_concept_relation_target_id_concept"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "kind", "target_id", name=op.f("pk_concept_relation")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "municipality",
                "agency",
                "ngo",
                "network",
                "university",
                "business",
                "faith",
                name="organisation_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country_id", sa.String(length=120), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False, comment="the body's own name"),
        sa.Column(
            "names",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> name, where it differs",
        ),
        sa.Column("population", sa.Integer(), nullable=True, comment="inhabitants; shown as a band"),
        sa.Column("latitude", sa.Double(), nullable=True, comment="degrees north, WGS 84"),
        sa.Column("longitude", sa.Double(), nullable=True, comment="degrees east, WGS 84"),
        sa.CheckConstraint(
            "(kind = 'municipality') OR (population IS NULL AND latitude IS NULL AND longitude IS NULL)",
            name=op.f("ck_organisation_only_municipalities_have_a_place"),
        ),
        sa.CheckConstraint("country_id LIKE 'countries/%'", name=op.f("ck_organisation_country_is_a_country")),
        sa.CheckConstraint(
            "kind <> 'municipality' OR country_id IS NOT NULL", name=op.f("ck_organisation_municipality_has_country")
        ),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_organisation_position_is_whole")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_organisation_position_on_earth"),
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_organisation_name_is_not_blank")),
        sa.CheckConstraint("population > 0", name=op.f("ck_organisation_population_is_positive")),
        sa.ForeignKeyConstraint(
            ["country_id"], ["concept.id"], name=op.f("fk_organisation_country_id_concept"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_kind"), ["kind"], unique=False)

    op.create_table(
        "membership",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column(
            "sources", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, comment="web addresses"
        ),
        sa.CheckConstraint("member_id <> network_id", name=op.f("ck_membership_not_of_itself")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["organisation.id"], name=op.f("fk_membership_member_id_organisation"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["organisation.id"], name=op.f("fk_membership_network_id_organisation")
        ),
        sa.PrimaryKeyConstraint("member_id", "network_id", name=op.f("pk_membership")),
    )
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True, comment="identifier where it came from"),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "published",
                "archived",
                "erased",
                name="practice_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("archive_reason", sa.String(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("compiled", "submitted", name="provenance", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("original_language", sa.String(length=2), nullable=False),
        sa.Column("kind_id", sa.String(length=120), nullable=False),
        sa.Column("country_id", sa.String(length=120), nullable=False),
        sa.Column(
            "geographic_level",
            sa.Enum(
                "local",
                "regional",
                "national",
                "international",
                name="geographic_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_year", sa.Integer(), nullable=True),
        sa.Column("end_year", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "active",
                "ended",
                "discontinued",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("age_from", sa.Integer(), nullable=True, comment="years"),
        sa.Column("age_to", sa.Integer(), nullable=True, comment="years"),
        sa.Column(
            "prevention_level_basis",
            sa.Enum("stated", "inferred", name="basis", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "material_languages",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="ISO 639-1 codes",
        ),
        sa.Column(
            "cost_band",
            sa.Enum("low", "middle", "high", name="cost_band", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("evidence_stage_id", sa.String(length=120), nullable=False),
        sa.Column("outcome_id", sa.String(length=120), nullable=False),
        sa.Column(
            "review_label",
            sa.Enum(
                "not-reviewed",
                "adviser-reviewed",
                "peer-reviewed",
                name="review_label",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True, comment="when the owner last said that it still holds"),
        sa.Column("confirm_by", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'archived') = (archive_reason IS NOT NULL)", name=op.f("ck_practice_archived_with_reason")
        ),
        sa.CheckConstraint("(state = 'erased') = (erased_at IS NOT NULL)", name=op.f("ck_practice_erased_with_date")),
        sa.CheckConstraint("country_id LIKE 'countries/%'", name=op.f("ck_practice_country_is_a_country")),
        sa.CheckConstraint("evidence_stage_id LIKE 'evidence-stages/%'", name=op.f("ck_practice_stage_is_a_stage")),
        sa.CheckConstraint("kind_id LIKE 'kinds/%'", name=op.f("ck_practice_kind_is_a_kind")),
        sa.CheckConstraint(
            "original_language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')",
            name=op.f("ck_practice_original_language_is_spoken"),
        ),
        sa.CheckConstraint("outcome_id LIKE 'outcomes/%'", name=op.f("ck_practice_outcome_is_an_outcome")),
        sa.CheckConstraint(
            "(confirmed_on IS NULL) = (confirm_by IS NULL)", name=op.f("ck_practice_confirmation_is_whole")
        ),
        sa.CheckConstraint(
            "age_from BETWEEN 0 AND 120 AND age_to BETWEEN 0 AND 120", name=op.f("ck_practice_ages_are_plausible")
        ),
        sa.CheckConstraint("age_to >= age_from", name=op.f("ck_practice_ages_in_order")),
        sa.CheckConstraint("confirm_by > confirmed_on", name=op.f("ck_practice_confirmation_lasts")),
        sa.CheckConstraint("end_year >= start_year", name=op.f("ck_practice_years_in_order")),
        sa.CheckConstraint("end_year BETWEEN 1800 AND 2200", name=op.f("ck_practice_end_year_is_plausible")),
        sa.CheckConstraint("length(trim(archive_reason)) > 0", name=op.f("ck_practice_reason_is_not_blank")),
        sa.CheckConstraint("model_id <> id", name=op.f("ck_practice_not_its_own_model")),
        sa.CheckConstraint("start_year BETWEEN 1800 AND 2200", name=op.f("ck_practice_start_year_is_plausible")),
        sa.CheckConstraint("version > 0", name=op.f("ck_practice_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["country_id"], ["concept.id"], name=op.f("fk_practice_country_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evidence_stage_id"],
            ["concept.id"],
            name=op.f("fk_practice_evidence_stage_id_concept"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["concept.id"], name=op.f("fk_practice_kind_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["model_id"], ["practice.id"], name=op.f("fk_practice_model_id_practice")),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["concept.id"], name=op.f("fk_practice_outcome_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_practice_owner_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint("external_id", name=op.f("uq_practice_external_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_practice_slug")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_evidence_stage_id"), ["evidence_stage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_model_id"), ["model_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_state"), ["state"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=300), nullable=True, comment="the organisation that made the study"),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "design",
            sa.Enum(
                "randomised",
                "quasi-experimental",
                "time-series",
                "cross-sectional",
                "process",
                "qualitative",
                "economic",
                "review",
                "not-stated",
                name="design",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "finding",
            sa.Enum(
                "positive",
                "mixed",
                "none",
                "negative",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "summaries",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> what it found",
        ),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("year BETWEEN 1800 AND 2200", name=op.f("ck_evaluation_year_is_plausible")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_evaluation_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "published",
                "archived",
                "erased",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "published", "archived", "erased", name="to_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_event_actor_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_event_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "knowledge_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(
                "target-group",
                "method",
                "implementation",
                "effect",
                "economy",
                name="dimension",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name=op.f("ck_knowledge_grade_grade_is_known")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_knowledge_grade_reason_is_given")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_knowledge_grade_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_grade")),
        sa.UniqueConstraint("practice_id", "dimension", name=op.f("uq_knowledge_grade_practice_id")),
    )
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("licence", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_material_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "practice_agency",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("concept_id", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column(
            "roles",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="language -> what it does here",
        ),
        sa.CheckConstraint("concept_id LIKE 'agencies/%'", name=op.f("ck_practice_agency_concept_is_an_agency")),
        sa.ForeignKeyConstraint(
            ["concept_id"], ["concept.id"], name=op.f("fk_practice_agency_concept_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_agency_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "concept_id", name=op.f("pk_practice_agency")),
    )
    with op.batch_alter_table("practice_agency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_agency_concept_id"), ["concept_id"], unique=False)

    op.create_table(
        "practice_concept",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("concept_id", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "concept_id LIKE 'themes/%' OR concept_id LIKE 'target-groups/%' OR concept_id LIKE 'prevention-levels/%'"
            " OR concept_id LIKE 'settings/%' OR concept_id LIKE 'method-types/%'",
            name=op.f("ck_practice_concept_concept_classifies"),
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"], ["concept.id"], name=op.f("fk_practice_concept_concept_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_concept_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "concept_id", name=op.f("pk_practice_concept")),
    )
    with op.batch_alter_table("practice_concept", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_concept_concept_id"), ["concept_id"], unique=False)

    op.create_table(
        "practice_organisation",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("lead", "partner", name="organisation_role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_practice_organisation_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name=op.f("fk_practice_organisation_practice_id_practice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("practice_id", "organisation_id", name=op.f("pk_practice_organisation")),
    )
    with op.batch_alter_table("practice_organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_organisation_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "practice_place",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["organisation.id"], name=op.f("fk_practice_place_municipality_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_place_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "municipality_id", name=op.f("pk_practice_place")),
    )
    with op.batch_alter_table("practice_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_place_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "practice_text",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "original", "human", "machine", name="origin", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "made_from", sa.Integer(), nullable=True, comment="number of the revision that a translation was made from"
        ),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column(
            "sections",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="section name -> Markdown",
        ),
        sa.CheckConstraint(
            "(origin = 'original') OR (made_from IS NOT NULL)",
            name=op.f("ck_practice_text_translation_names_its_revision"),
        ),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_practice_text_language_is_spoken")
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 100", name=op.f("ck_practice_text_title_has_its_length")),
        sa.CheckConstraint("length(trim(summary)) > 0", name=op.f("ck_practice_text_summary_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_text_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice_id", "language", name=op.f("pk_practice_text")),
    )
    op.create_table(
        "recognition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=300), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("year BETWEEN 1800 AND 2200", name=op.f("ck_recognition_year_is_plausible")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_recognition_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
    )
    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recognition_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="the document, in the shape of the template",
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_revision_numbers_from_one")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_revision_actor_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_revision_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("practice_id", "number", name=op.f("uq_revision_practice_id")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("mirror", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT mirror OR url IS NULL", name=op.f("ck_source_mirrors_are_not_linked")),
        sa.CheckConstraint("year BETWEEN 1800 AND 2200", name=op.f("ck_source_year_is_plausible")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_source_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_practice_id"), ["practice_id"], unique=False)
    _refuse_changed_revisions()


def _refuse_changed_revisions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'a revision is immutable'); END"
        op.execute(f"CREATE TRIGGER revision_is_immutable BEFORE UPDATE OF {_KEPT} ON revision {refusal}")
        op.execute(f"CREATE TRIGGER revision_is_kept BEFORE DELETE ON revision {refusal}")
        return
    op.execute(
        "CREATE FUNCTION refuse_changed_revision() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a revision is immutable' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, change in (("revision_is_immutable", f"UPDATE OF {_KEPT}"), ("revision_is_kept", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {change} ON revision FOR EACH ROW EXECUTE FUNCTION refuse_changed_revision()"
        )


def downgrade() -> None:
    """Drop everything."""
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_practice_id"))

    op.drop_table("source")
    op.drop_table("revision")
    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recognition_practice_id"))

    op.drop_table("recognition")
    op.drop_table("practice_text")
    with op.batch_alter_table("practice_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_place_municipality_id"))

    op.drop_table("practice_place")
    with op.batch_alter_table("practice_organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_organisation_organisation_id"))

    op.drop_table("practice_organisation")
    with op.batch_alter_table("practice_concept", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_concept_concept_id"))

    op.drop_table("practice_concept")
    with op.batch_alter_table("practice_agency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_agency_concept_id"))

    op.drop_table("practice_agency")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_practice_id"))

    op.drop_table("material")
    op.drop_table("knowledge_grade")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_practice_id"))
        batch_op.drop_index(batch_op.f("ix_event_actor_id"))

    op.drop_table("event")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_practice_id"))

    op.drop_table("evaluation")
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_state"))
        batch_op.drop_index(batch_op.f("ix_practice_published_at"))
        batch_op.drop_index(batch_op.f("ix_practice_owner_id"))
        batch_op.drop_index(batch_op.f("ix_practice_outcome_id"))
        batch_op.drop_index(batch_op.f("ix_practice_model_id"))
        batch_op.drop_index(batch_op.f("ix_practice_kind_id"))
        batch_op.drop_index(batch_op.f("ix_practice_evidence_stage_id"))
        batch_op.drop_index(batch_op.f("ix_practice_country_id"))

    op.drop_table("practice")
    op.drop_table("membership")
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organisation_kind"))
        batch_op.drop_index(batch_op.f("ix_organisation_country_id"))

    op.drop_table("organisation")
    op.drop_table("concept_relation")
    op.drop_table("concept_note")
    with op.batch_alter_table("concept_label", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_concept_label_preferred",
            sqlite_where=sa.text("kind = 'preferred'"),
            postgresql_where=sa.text("kind = 'preferred'"),
        )

    op.drop_table("concept_label")
    with op.batch_alter_table("server_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_server_session_expires_at"))
        batch_op.drop_index(batch_op.f("ix_server_session_account_id"))

    op.drop_table("server_session")
    op.drop_table("concept")
    op.drop_table("account_role")
    op.drop_table("setting")
    op.drop_table("role")
    with op.batch_alter_table("index_job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_index_job_practice_id"))

    op.drop_table("index_job")
    op.drop_table("concept_scheme")
    op.drop_table("account")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_changed_revision()")
