"""Bulk runs, and status lists that are never filled from a restored copy."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bulk_runs()
    _status_lists()


def _bulk_runs() -> None:
    """Runs, their chunks, and the rows that failed (`issuer.bulk`)."""
    op.create_table(
        "bulk_run",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=True),
        sa.Column("program", sa.String(), nullable=True),
        sa.Column("decides", sa.Boolean(), nullable=False),
        sa.Column("beyond", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_as", sa.String(), nullable=True),
        sa.Column("asked_at", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("again_at", sa.String(), nullable=True),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("planned_up_to", sa.String(), nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('cohort', 'due')", name=op.f("ck_bulk_run_kind")),
        sa.CheckConstraint("(kind = 'cohort') = (cohort IS NOT NULL)", name=op.f("ck_bulk_run_cohort_is_named")),
        sa.CheckConstraint(
            "state IN ('running', 'waiting', 'paused', 'cancelled', 'done')", name=op.f("ck_bulk_run_state")
        ),
        sa.CheckConstraint("(state IN ('cancelled', 'done')) = (ended_at IS NOT NULL)", name=op.f("ck_bulk_run_ended")),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.number"], name=op.f("fk_bulk_run_cohort")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bulk_run")),
    )
    op.create_index(op.f("ix_bulk_run_organization"), "bulk_run", ["organization"], unique=False)
    op.create_index(op.f("ix_bulk_run_state"), "bulk_run", ["state"], unique=False)
    op.create_table(
        "bulk_chunk",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("last", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("done_at", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'queued', 'begun', 'limited', 'done')", name=op.f("ck_bulk_chunk_state")),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_bulk_chunk_done")),
        sa.ForeignKeyConstraint(["run"], ["bulk_run.number"], name=op.f("fk_bulk_chunk_run")),
        sa.PrimaryKeyConstraint("run", "number", name=op.f("pk_bulk_chunk")),
    )
    op.create_index(op.f("ix_bulk_chunk_run_state"), "bulk_chunk", ["run", "state"], unique=False)
    op.create_index(op.f("ix_bulk_chunk_run_done_at"), "bulk_chunk", ["run", "done_at"], unique=False)
    op.create_table(
        "bulk_failure",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("learner", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["bulk_run.number"], name=op.f("fk_bulk_failure_run")),
        sa.PrimaryKeyConstraint("run", "learner", "subject", name=op.f("pk_bulk_failure")),
    )
    op.create_table(
        "bulk_worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=False),
        sa.Column("seen_at", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bulk_worker")),
    )


def _status_lists() -> None:
    """Lists that are closed, and copies that know that they are copies."""
