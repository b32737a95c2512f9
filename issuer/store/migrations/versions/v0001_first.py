"""The first schema: catalogue, facts, decisions, awards, certificates, their status, and what protects them.

A migration is never edited once it was released; `issuer.store.tables` says what the schema is now.
"""

import sqlalchemy as sa
from alembic import op

from issuer.store import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# table -> why its rows stay as they were written
_APPEND_ONLY = {
    "fact": "a fact is corrected by a newer fact",
    "decision": "a decision is followed by a newer decision",
    "award": "an award is made once",
    "included": "what a certificate binds is signed",
    "status_history": "a status is followed by a newer status",
}

_WHAT_A_CREDENTIAL_IS = (
    "number, share_id, kind, organization, learner, subject, version, subject_key, edition, fact, award, "
    "list_number, list_index, unsecured, intended_at, supersedes, reason"
)


def upgrade() -> None:
    _tables()
    _guards()


def _guards() -> None:
    for table, why in _APPEND_ONLY.items():
        guards.append_only(table, why)
    guards.refuse("credential_is_never_deleted", "DELETE", "credential", why="a status index is never used again")
    guards.refuse("status_list_is_never_deleted", "DELETE", "status_list", why="certificates point to it")
    guards.refuse(
        "intent_is_never_changed",
        "UPDATE",
        "credential",
        why="what was meant to be signed stays",
        columns=_WHAT_A_CREDENTIAL_IS,
    )
    guards.refuse(
        "signed_is_never_changed",
        "UPDATE",
        "credential",
        why="what was signed stays as it was signed",
        columns="secured, digest, released_at",
        when="OLD.secured IS NOT NULL",
    )
    guards.refuse(
        "revoked_is_final",
        "UPDATE",
        "credential",
        why="a bit that says so never goes back",
        columns="status",
        when="OLD.status IN ('revoked', 'superseded')",
    )


def _tables() -> None:
    op.create_table(
        "course_version",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_course_version")),
    )
    op.create_table(
        "decision",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_decision")),
    )
    op.create_index(
        op.f("ix_decision_program_version_learner"), "decision", ["program", "version", "learner"], unique=False
    )
    op.create_table(
        "fact",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("day", sa.String(), nullable=True),
        sa.Column("identity_verified", sa.Boolean(), nullable=True),
        sa.Column("fee_paid", sa.Boolean(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('completion', 'enrolment')", name=op.f("ck_fact_kind")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_fact")),
        sa.UniqueConstraint("id", name=op.f("uq_fact_id")),
    )
    op.create_index(op.f("ix_fact_learner"), "fact", ["learner"], unique=False)
    op.create_table(
        "organization",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organization")),
    )
    op.create_table(
        "program_version",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_program_version")),
    )
    op.create_table(
        "session",
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("course", "code", name=op.f("pk_session")),
    )
    op.create_table(
        "status_list",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_list")),
    )
    op.create_index(op.f("ix_status_list_organization"), "status_list", ["organization"], unique=False)
    op.create_table(
        "award",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("awarded_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["decision.sequence"], name=op.f("fk_award_decision")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_award")),
        sa.UniqueConstraint("learner", "program", "version", name=op.f("uq_award_learner_program_version")),
    )
    op.create_table(
        "credential",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(), nullable=True),
        sa.Column("award", sa.Integer(), nullable=True),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("unsecured", sa.LargeBinary(), nullable=False),
        sa.Column("intended_at", sa.String(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("secured", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("released_at", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("(kind = 'course') = (fact IS NOT NULL)", name=op.f("ck_credential_course_has_fact")),
        sa.CheckConstraint("(kind = 'program') = (award IS NOT NULL)", name=op.f("ck_credential_program_has_award")),
        sa.CheckConstraint("kind IN ('course', 'program')", name=op.f("ck_credential_kind")),
        sa.CheckConstraint(
            "status IN ('valid', 'suspended', 'revoked', 'superseded')", name=op.f("ck_credential_status")
        ),
        sa.CheckConstraint("(secured IS NULL) = (digest IS NULL)", name=op.f("ck_credential_signed_has_digest")),
        sa.CheckConstraint("(secured IS NULL) = (released_at IS NULL)", name=op.f("ck_credential_released_is_signed")),
        sa.CheckConstraint("digest IS NULL OR length(digest) = 32", name=op.f("ck_credential_digest_length")),
        sa.ForeignKeyConstraint(["award"], ["award.number"], name=op.f("fk_credential_award")),
        sa.ForeignKeyConstraint(["fact"], ["fact.id"], name=op.f("fk_credential_fact")),
        sa.ForeignKeyConstraint(["list_number"], ["status_list.number"], name=op.f("fk_credential_list_number")),
        sa.ForeignKeyConstraint(["supersedes"], ["credential.number"], name=op.f("fk_credential_supersedes")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_credential")),
        sa.UniqueConstraint(
            "kind", "learner", "subject_key", "edition", name=op.f("uq_credential_kind_learner_subject_key_edition")
        ),
        sa.UniqueConstraint("list_number", "list_index", name=op.f("uq_credential_list_number_list_index")),
        sa.UniqueConstraint("share_id", name=op.f("uq_credential_share_id")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_credential_supersedes")),
    )
    op.create_index(op.f("ix_credential_subject"), "credential", ["subject"], unique=False)
    op.create_table(
        "included",
        sa.Column("program_credential", sa.Integer(), nullable=False),
        sa.Column("course_credential", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_credential"], ["credential.number"], name=op.f("fk_included_course_credential")
        ),
        sa.ForeignKeyConstraint(
            ["program_credential"], ["credential.number"], name=op.f("fk_included_program_credential")
        ),
        sa.PrimaryKeyConstraint("program_credential", "course_credential", name=op.f("pk_included")),
    )
    op.create_index(op.f("ix_included_course_credential"), "included", ["course_credential"], unique=False)
    op.create_table(
        "status_history",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("credential", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('valid', 'suspended', 'revoked', 'superseded')", name=op.f("ck_status_history_status")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_status_history_reason_given")),
        sa.ForeignKeyConstraint(["credential"], ["credential.number"], name=op.f("fk_status_history_credential")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_status_history")),
    )
    op.create_index(op.f("ix_status_history_credential"), "status_history", ["credential"], unique=False)
