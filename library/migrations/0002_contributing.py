"""Contributing: second factors, submissions, reviews, attachments, mail, upkeep, audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of those who write and review."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_audit_entry_actor_id_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entry_actor_id"), "audit_entry", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_created_at"), "audit_entry", ["created_at"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_identity_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer")),
    )
    op.create_index(op.f("ix_identity_account_id"), "identity", ["account_id"], unique=False)

    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True, comment="when it was given up"),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_mail_language_is_spoken")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_mail_attempts_are_counted")),
        sa.CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name=op.f("ck_mail_sent_or_failed")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mail_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(op.f("ix_mail_account_id"), "mail", ["account_id"], unique=False)
    op.create_index(op.f("ix_mail_not_before"), "mail", ["not_before"], unique=False)
    op.create_index(op.f("ix_mail_sent_at"), "mail", ["sent_at"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "params",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="what the sentence of this kind needs",
        ),
        sa.Column("path", sa.String(length=300), nullable=False, comment="where it can be seen, without language"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_account_id"), "notice", ["account_id"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=True),
        sa.Column("transports", sa.UnicodeText(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False, comment="as its owner calls it"),
        sa.Column(
            "usage",
            sa.String(length=64),
            nullable=False,
            comment="first: signs in alone; secondary: after the password",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name=op.f("fk_passkey_user_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_passkey_user_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False)

    op.create_table(
        "account_organisation",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_organisation_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_account_organisation_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "organisation_id", name=op.f("pk_account_organisation")),
    )
    op.create_index(
        op.f("ix_account_organisation_organisation_id"), "account_organisation", ["organisation_id"], unique=False
    )

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "accepted", "declined", name="claim_state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_claim_decided_has_date")),
        sa.CheckConstraint("length(trim(message)) > 0", name=op.f("ck_claim_message_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_claim_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_claim_decided_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_claim_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_claim_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_account_id"), "claim", ["account_id"], unique=False)
    op.create_index(op.f("ix_claim_practice_id"), "claim", ["practice_id"], unique=False)
    op.create_index(op.f("ix_claim_state"), "claim", ["state"], unique=False)

    op.create_table(
        "practice_author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agency_id", sa.String(length=120), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("credited", sa.Boolean(), nullable=False),
        sa.CheckConstraint("agency_id LIKE 'agencies/%'", name=op.f("ck_practice_author_agency_is_an_agency")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_practice_author_name_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_practice_author_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["concept.id"], name=op.f("fk_practice_author_agency_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_practice_author_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_author_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_author")),
        sa.UniqueConstraint("practice_id", "account_id", name=op.f("uq_practice_author_practice_id")),
    )
    op.create_index(op.f("ix_practice_author_account_id"), "practice_author", ["account_id"], unique=False)
    op.create_index(op.f("ix_practice_author_practice_id"), "practice_author", ["practice_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("confirm_by", sa.Date(), nullable=False, comment="the date that it reminded of"),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_reminder_practice_id_practice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("practice_id", "confirm_by", "kind", name=op.f("uq_reminder_practice_id")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "in-review",
                "changes-requested",
                "accepted",
                "declined",
                "withdrawn",
                name="submission_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False, comment="in which the authors write first"),
        sa.Column(
            "document",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="in the shape of the template, unfinished",
        ),
        sa.Column(
            "trail",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="path -> [[version, mark of the value], ...]: what editors saw, see drafting.versions",
        ),
        sa.Column("title", sa.String(length=100), nullable=False, comment="of the document, for lists"),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("practice_id", sa.Integer(), nullable=True, comment="what it revises, or what it became"),
        sa.Column(
            "base_revision",
            sa.Integer(),
            nullable=True,
            comment="number of the revision that a proposed one began from",
        ),
        sa.Column(
            "personal_data_checked",
            sa.String(length=64),
            nullable=False,
            comment="digest of the findings that an author has declared to be no personal data",
        ),
        sa.Column("adviser_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True, comment="when the adviser means to have answered"),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(practice_id IS NULL) = (base_revision IS NULL) OR state = 'accepted'",
            name=op.f("ck_submission_revises_a_revision"),
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined')) = (decided_at IS NOT NULL)",
            name=op.f("ck_submission_decided_has_date"),
        ),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_submission_language_is_spoken")
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR practice_id IS NOT NULL", name=op.f("ck_submission_accepted_has_practice")
        ),
        sa.CheckConstraint(
            "state <> 'in-review' OR adviser_id IS NOT NULL", name=op.f("ck_submission_review_has_adviser")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name=op.f("ck_submission_submitted_has_date")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_submission_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["adviser_id"], ["account.id"], name=op.f("fk_submission_adviser_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["account.id"], name=op.f("fk_submission_created_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"], name=op.f("fk_submission_owner_id_organisation")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_submission_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_adviser_id"), "submission", ["adviser_id"], unique=False)
    op.create_index(op.f("ix_submission_created_by_id"), "submission", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_submission_due_on"), "submission", ["due_on"], unique=False)
    op.create_index(op.f("ix_submission_owner_id"), "submission", ["owner_id"], unique=False)
    op.create_index(op.f("ix_submission_practice_id"), "submission", ["practice_id"], unique=False)
    op.create_index(op.f("ix_submission_state"), "submission", ["state"], unique=False)
    op.create_index(op.f("ix_submission_submitted_at"), "submission", ["submitted_at"], unique=False)
    op.create_index(
        "uq_submission_open_revision",
        "submission",
        ["practice_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('accepted', 'declined', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('accepted', 'declined', 'withdrawn')"),
    )

    op.create_table(
        "assessment",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "checklist",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="criterion -> {met, note}",
        ),
        sa.Column(
            "grades",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="dimension -> {grade, reason}",
        ),
        sa.Column("evidence_stage_id", sa.String(length=120), nullable=True),
        sa.Column("outcome_id", sa.String(length=120), nullable=True),
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
            nullable=True,
        ),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("evidence_stage_id LIKE 'evidence-stages/%'", name=op.f("ck_assessment_stage_is_a_stage")),
        sa.CheckConstraint("outcome_id LIKE 'outcomes/%'", name=op.f("ck_assessment_outcome_is_an_outcome")),
        sa.CheckConstraint("version > 0", name=op.f("ck_assessment_version_is_positive")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_assessment_changed_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["evidence_stage_id"],
            ["concept.id"],
            name=op.f("fk_assessment_evidence_stage_id_concept"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["concept.id"], name=op.f("fk_assessment_outcome_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_assessment_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_assessment")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False, comment="name in addresses, documents and the store"),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False, comment="as its owner called it, made harmless"),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes, as stored"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(filename)) > 0", name=op.f("ck_attachment_filename_is_not_blank")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size_is_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_attachment_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_attachment_practice_id_practice"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_attachment_submission_id_submission"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("key", name=op.f("uq_attachment_key")),
    )
    op.create_index(op.f("ix_attachment_account_id"), "attachment", ["account_id"], unique=False)
    op.create_index(op.f("ix_attachment_practice_id"), "attachment", ["practice_id"], unique=False)
    op.create_index(op.f("ix_attachment_submission_id"), "attachment", ["submission_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "field", sa.String(length=60), nullable=False, comment="name of the field in the template; empty: the whole"
        ),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(trim(body)) > 0", name=op.f("ck_comment_body_is_not_blank")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_comment_does_not_answer_itself")),
        sa.CheckConstraint(
            "parent_id IS NULL OR resolved_at IS NULL", name=op.f("ck_comment_threads_are_resolved_as_one")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_comment_author_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["account.id"], name=op.f("fk_comment_resolved_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_comment_submission_id_submission"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_author_id"), "comment", ["author_id"], unique=False)
    op.create_index(op.f("ix_comment_parent_id"), "comment", ["parent_id"], unique=False)
    op.create_index(op.f("ix_comment_submission_id"), "comment", ["submission_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reader",
                "member",
                "contributor",
                "adviser",
                "administrator",
                name="invited_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.String(length=120), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("agency_id LIKE 'agencies/%'", name=op.f("ck_invitation_agency_is_an_agency")),
        sa.CheckConstraint(
            "language IN ('en', 'da', 'sv', 'nb', 'nn', 'fi', 'is')", name=op.f("ck_invitation_language_is_spoken")
        ),
        sa.CheckConstraint("role <> 'reader'", name=op.f("ck_invitation_role_needs_an_account")),
        sa.CheckConstraint(
            "(role IS NOT NULL) OR (submission_id IS NOT NULL)", name=op.f("ck_invitation_leads_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["account.id"], name=op.f("fk_invitation_accepted_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["concept.id"], name=op.f("fk_invitation_agency_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invitation_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_invitation_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_index(op.f("ix_invitation_invited_by_id"), "invitation", ["invited_by_id"], unique=False)
    op.create_index(op.f("ix_invitation_submission_id"), "invitation", ["submission_id"], unique=False)

    op.create_table(
        "kept_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "base_version",
            sa.Integer(),
            nullable=False,
            comment="of the submission, when the author began; 0 if nobody knows",
        ),
        sa.Column(
            "fields",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            comment="path in the document -> what was typed",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_kept_edit_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_kept_edit_submission_id_submission"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_edit")),
    )
    op.create_index(op.f("ix_kept_edit_account_id"), "kept_edit", ["account_id"], unique=False)
    op.create_index(op.f("ix_kept_edit_submission_id"), "kept_edit", ["submission_id"], unique=False)

    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("adviser_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accept",
                "request-changes",
                "decline",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(given_at IS NULL) = (answer IS NULL)", name=op.f("ck_opinion_given_has_answer")),
        sa.CheckConstraint("asked_by_id <> adviser_id", name=op.f("ck_opinion_of_somebody_else")),
        sa.CheckConstraint("length(trim(answer)) > 0", name=op.f("ck_opinion_answer_is_not_blank")),
        sa.ForeignKeyConstraint(
            ["adviser_id"], ["account.id"], name=op.f("fk_opinion_adviser_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_opinion_asked_by_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_opinion_submission_id_submission"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_adviser_id"), "opinion", ["adviser_id"], unique=False)
    op.create_index(op.f("ix_opinion_submission_id"), "opinion", ["submission_id"], unique=False)

    op.create_table(
        "submission_author",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(length=120), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("credited", sa.Boolean(), nullable=False, comment="named as author on the published page"),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when they said that their agency's part is right",
        ),
        sa.Column("confirmed_part", sa.String(length=64), nullable=False, comment="digest of that part as it was then"),
        sa.CheckConstraint("agency_id LIKE 'agencies/%'", name=op.f("ck_submission_author_agency_is_an_agency")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_submission_author_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["concept.id"], name=op.f("fk_submission_author_agency_id_concept"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_submission_author_organisation_id_organisation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_author_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "account_id", name=op.f("pk_submission_author")),
    )
    op.create_index(op.f("ix_submission_author_account_id"), "submission_author", ["account_id"], unique=False)

    op.create_table(
        "submission_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "draft",
                "submitted",
                "in-review",
                "changes-requested",
                "accepted",
                "declined",
                "withdrawn",
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
                "draft",
                "submitted",
                "in-review",
                "changes-requested",
                "accepted",
                "declined",
                "withdrawn",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("good", sa.String(), nullable=False, comment="what is good, in the adviser's words"),
        sa.Column("reason", sa.String(), nullable=False, comment="what is needed, or why"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(from_state IS NULL) OR (to_state IS NOT NULL)", name=op.f("ck_submission_event_leads_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_submission_event_actor_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_event_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_event")),
    )
    op.create_index(op.f("ix_submission_event_submission_id"), "submission_event", ["submission_id"], unique=False)

    op.create_table(
        "submission_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.String(), nullable=False, comment="what the authors tell the adviser"),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_submission_round_numbers_from_one")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_round_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["account.id"],
            name=op.f("fk_submission_round_submitted_by_id_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_round")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_submission_round_submission_id")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "confirmed_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when the e-mail address proved to be theirs",
            )
        )
        batch_op.add_column(
            sa.Column(
                "digested_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when the last daily digest was written",
            )
        )
        batch_op.add_column(sa.Column("tf_primary_method", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("tf_totp_secret", sa.String(length=255), nullable=True, comment="encrypted"))
        batch_op.add_column(
            sa.Column(
                "tf_last_counter", sa.Integer(), nullable=True, comment="time step of the last code, which is good once"
            )
        )
        batch_op.add_column(sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_account_fs_webauthn_user_handle"), ["fs_webauthn_user_handle"], unique=True
        )

    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachment_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "alt", sa.String(length=300), nullable=True, comment="what a picture shows, for those who do not see it"
            )
        )
        batch_op.alter_column("url", existing_type=sa.VARCHAR(length=1000), nullable=True)
        batch_op.create_index(batch_op.f("ix_material_attachment_id"), ["attachment_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_material_attachment_id_attachment"), "attachment", ["attachment_id"], ["id"]
        )
        batch_op.create_check_constraint("is_file_or_link", "(url IS NULL) <> (attachment_id IS NULL)")

    with op.batch_alter_table("server_session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "client", sa.String(length=200), nullable=True, comment="browser and system, as their owner knows them"
            )
        )
    # SQLite rebuilds a table for a new constraint, and the fall of the old one would take sessions and roles along.
    op.execute(
        "ALTER TABLE account ADD COLUMN mail VARCHAR(40) DEFAULT 'all' NOT NULL"
        " CONSTRAINT ck_account_mail_choice CHECK (mail IN ('all', 'needed', 'decisions'))"
    )
    _let_erased_revisions_go()


def _let_erased_revisions_go() -> None:
    """Let the database refuse to delete a revision unless its practice is erased."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER revision_is_kept")
        op.execute(
            "CREATE TRIGGER revision_is_kept BEFORE DELETE ON revision"
            " WHEN EXISTS (SELECT 1 FROM practice WHERE id = OLD.practice_id AND state <> 'erased')"
            " BEGIN SELECT RAISE(ABORT, 'a revision is immutable'); END"
        )
        return
    op.execute("DROP TRIGGER revision_is_kept ON revision")
    op.execute(
        "CREATE FUNCTION refuse_lost_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF EXISTS (SELECT 1 FROM practice WHERE id = OLD.practice_id AND state <> 'erased') THEN"
        " RAISE EXCEPTION 'a revision is immutable' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER revision_is_kept BEFORE DELETE ON revision FOR EACH ROW EXECUTE FUNCTION refuse_lost_revision()"
    )


def _keep_all_revisions() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER revision_is_kept")
        refusal = "BEGIN SELECT RAISE(ABORT, 'a revision is immutable'); END"
        op.execute(f"CREATE TRIGGER revision_is_kept BEFORE DELETE ON revision {refusal}")
        return
    op.execute("DROP TRIGGER revision_is_kept ON revision")
    op.execute("DROP FUNCTION refuse_lost_revision()")
    op.execute(
        "CREATE TRIGGER revision_is_kept BEFORE DELETE ON revision"
        " FOR EACH ROW EXECUTE FUNCTION refuse_changed_revision()"
    )


def downgrade() -> None:
    """Drop what was added."""
    with op.batch_alter_table("server_session", schema=None) as batch_op:
        batch_op.drop_column("client")

    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_material_is_file_or_link"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_material_attachment_id_attachment"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_material_attachment_id"))
        batch_op.alter_column("url", existing_type=sa.VARCHAR(length=1000), nullable=False)
        batch_op.drop_column("alt")
        batch_op.drop_column("attachment_id")

    op.drop_index("ix_account_fs_webauthn_user_handle", table_name="account")
    for column in (
        "mf_recovery_codes",
        "fs_webauthn_user_handle",
        "tf_last_counter",
        "tf_totp_secret",
        "tf_primary_method",
        "digested_at",
        "mail",
        "confirmed_at",
    ):
        op.execute(f"ALTER TABLE account DROP COLUMN {column}")  # not by a rebuild; see upgrade
    op.drop_table("submission_round")
    op.drop_table("submission_event")
    op.drop_table("submission_author")
    op.drop_table("opinion")
    op.drop_table("kept_edit")
    op.drop_table("invitation")
    op.drop_table("comment")
    op.drop_table("attachment")
    op.drop_table("assessment")
    op.drop_table("submission")
    op.drop_table("reminder")
    op.drop_table("practice_author")
    op.drop_table("claim")
    op.drop_table("account_organisation")
    op.drop_table("passkey")
    op.drop_table("notice")
    op.drop_table("mail")
    op.drop_table("identity")
    op.drop_table("audit_entry")
    _keep_all_revisions()
