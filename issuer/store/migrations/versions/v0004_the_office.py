"""The registrar's office: keys of organizations, the audit log, webhooks, cohorts, mail, links."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from issuer.store import guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# table -> why its rows stay as they were written
_APPEND_ONLY = {
    "organization_key": "what a key signed goes on verifying",
    "audit": "what was done is not undone by forgetting it",
    "answered": "an answer was given",
    "delivery": "a message was received",
    "cohort": "a cohort is followed by a newer one",
    "cohort_event": "what happened to a cohort stays",
}

_WHAT_A_ROW_IS = "cohort, learner, name, outcome, decision, why, anew"


def upgrade() -> None:
    _tables()
    _guards()


def _guards() -> None:
    for table, why in _APPEND_ONLY.items():
        guards.append_only(table, why)
    guards.refuse("cohort_row_is_never_deleted", "DELETE", "cohort_row", why="nobody is dropped from a cohort")
    guards.refuse(
        "cohort_row_is_never_changed",
        "UPDATE",
        "cohort_row",
        why="what was approved stays as it was approved",
        columns=_WHAT_A_ROW_IS,
    )
    guards.refuse(
        "cohort_is_complete",
        "INSERT",
        "cohort_row",
        why="nobody is added to a cohort that is prepared",
        when="EXISTS (SELECT 1 FROM cohort_event WHERE cohort = NEW.cohort AND event = 'prepared')",
    )


def _tables() -> None:
    op.create_table(
        "audit",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(previous) = 32 AND length(hash) = 32", name=op.f("ck_audit_hash_length")),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f("pk_audit")),
    )
    op.create_table(
        "cohort",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prepared_at", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cohort")),
    )
    op.create_index(op.f("ix_cohort_organization"), "cohort", ["organization"], unique=False)
    op.create_table(
        "learner_link",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_learner_link_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_learner_link")),
    )
    op.create_index(
        op.f("ix_learner_link_organization_learner"), "learner_link", ["organization", "learner"], unique=False
    )
    op.create_table(
        "mail",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.String(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.String(), nullable=True),
        sa.Column("given_up_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_mail")),
        sa.UniqueConstraint("once", name=op.f("uq_mail_once")),
    )
    op.create_index(op.f("ix_mail_sent_at_next_attempt_at"), "mail", ["sent_at", "next_attempt_at"], unique=False)
    op.create_table(
        "organization_key",
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "id", name=op.f("pk_organization_key")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "refused",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("webhook", sa.String(), nullable=True),
        sa.Column("received_at", sa.String(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("settled_at", sa.String(), nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["webhook"], ["webhook.id"], name=op.f("fk_refused_webhook")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_refused")),
    )
    op.create_index(op.f("ix_refused_organization_settled_at"), "refused", ["organization", "settled_at"], unique=False)
    op.create_table(
        "answered",
        sa.Column("api_key", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.CheckConstraint("length(request_digest) = 32", name=op.f("ck_answered_request_digest_length")),
        sa.ForeignKeyConstraint(["api_key"], ["api_key.id"], name=op.f("fk_answered_api_key")),
        sa.PrimaryKeyConstraint("api_key", "idempotency_key", name=op.f("pk_answered")),
    )
    op.create_table(
        "cohort_event",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.CheckConstraint(
            "event IN ('prepared', 'approved', 'issued', 'undone', 'cancelled')", name=op.f("ck_cohort_event_event")
        ),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.number"], name=op.f("fk_cohort_event_cohort")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_cohort_event")),
    )
    op.create_index(op.f("ix_cohort_event_cohort"), "cohort_event", ["cohort"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("webhook", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("signature_digest", sa.LargeBinary(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["webhook"], ["webhook.id"], name=op.f("fk_delivery_webhook")),
        sa.PrimaryKeyConstraint("webhook", "id", "signature_digest", name=op.f("pk_delivery")),
    )
    op.create_table(
        "cohort_row",
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("credential", sa.Integer(), nullable=True),
        sa.Column("anew", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["anew"], ["credential.number"], name=op.f("fk_cohort_row_anew")),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.number"], name=op.f("fk_cohort_row_cohort")),
        sa.ForeignKeyConstraint(["credential"], ["credential.number"], name=op.f("fk_cohort_row_credential")),
        sa.ForeignKeyConstraint(["decision"], ["decision.sequence"], name=op.f("fk_cohort_row_decision")),
        sa.PrimaryKeyConstraint("cohort", "learner", name=op.f("pk_cohort_row")),
    )
    op.create_index(op.f("ix_cohort_row_credential"), "cohort_row", ["credential"], unique=False)
    op.create_index(
        op.f("ix_credential_organization_kind_intended_at"),
        "credential",
        ["organization", "kind", "intended_at"],
        unique=False,
    )
    op.create_index(op.f("ix_decision_program_version"), "decision", ["program", "version"], unique=False)
    op.create_index(op.f("ix_credential_organization"), "credential", ["organization"], unique=False)
    op.create_index(op.f("ix_credential_organization_learner"), "credential", ["organization", "learner"], unique=False)
    for name, columns, of_those in (
        ("pending", ["organization"], "secured IS NULL"),
        ("fallen", ["organization", "status"], "status <> 'valid'"),
        ("fallen_learner", ["learner"], "status <> 'valid'"),
        ("fallen_bit", ["list_number", "list_index"], "status <> 'valid'"),
    ):
        where = sa.text(of_those)
        of_few: dict[str, Any] = {"sqlite_where": where, "postgresql_where": where}
        op.create_index(op.f(f"ix_credential_{name}"), "credential", columns, unique=False, **of_few)
