"""Bulk runs, and status lists that are never filled from a restored copy."""

import sqlalchemy as sa
from alembic import op

from issuer.store.guards import append_only, refuse

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bulk_runs()
    _status_lists()
    _requests_under_way()


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
        sa.Column("begun", sa.Integer(), nullable=False),
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


def _requests_under_way() -> None:
    """Which requests with an Idempotency-Key some process does now (`issuer.idempotency`)."""
    op.create_table(
        "under_way",
        sa.Column("api_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["api_key"], ["api_key.id"], name=op.f("fk_under_way_api_key")),
        sa.PrimaryKeyConstraint("api_key", "idempotency_key", name=op.f("pk_under_way")),
    )


def _status_lists() -> None:
    """Names of lists, lists that are closed, and which indices were given out (docs/adr/0043)."""
    op.add_column("status_list", sa.Column("name", sa.String(), server_default="", nullable=False))
    op.add_column("status_list", sa.Column("closed", sa.String(), nullable=True))
    op.create_table(
        "given_out",
        sa.Column("list_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["list_number"], ["status_list.number"], name=op.f("fk_given_out_list_number")),
        sa.PrimaryKeyConstraint("list_number", name=op.f("pk_given_out")),
    )
    _carry_lists_over()
    op.create_index(op.f("ix_status_list_name"), "status_list", ["name"], unique=True)
    op.create_index(
        op.f("ix_status_list_open"),
        "status_list",
        ["organization"],
        unique=True,
        sqlite_where=sa.text("closed IS NULL"),
        postgresql_where=sa.text("closed IS NULL"),
    )
    op.create_table(
        "copied",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("copied_at", sa.String(), nullable=True),
        sa.Column("settled_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_copied")),
    )
    op.create_table(
        "lost_bit",
        sa.Column("list_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["list_number"], ["status_list.number"], name=op.f("fk_lost_bit_list_number")),
        sa.PrimaryKeyConstraint("list_number", "list_index", name=op.f("pk_lost_bit")),
    )
    _guards_of_status_lists()


def _carry_lists_over() -> None:
    """Certificates name their lists by number: that stays their name. The newest of each organization stays open."""
    tx = op.get_bind()
    tx.execute(sa.text("UPDATE status_list SET name = CAST(number AS VARCHAR)"))
    tx.execute(
        sa.text(
            "UPDATE status_list SET closed = 'filled' "
            "WHERE number NOT IN (SELECT max(number) FROM status_list GROUP BY organization)"
        )
    )
    for number, length in tx.execute(sa.text("SELECT number, length FROM status_list")).all():
        bits = bytearray(length // 8)
        of_list = sa.text("SELECT list_index FROM credential WHERE list_number = :number")
        indices = tx.scalars(of_list, {"number": number}).all()
        for index in indices:
            bits[index // 8] |= 0x80 >> index % 8
        tx.execute(
            sa.text("INSERT INTO given_out (list_number, count, bits) VALUES (:number, :count, :bits)"),
            {"number": number, "count": len(indices), "bits": bytes(bits)},
        )


def _guards_of_status_lists() -> None:
    """A list is what its certificates say that it is; what was given out, closed or counted never goes back."""
    stays = "number, organization, length, name"
    refuse("status_list_stays_itself", "UPDATE", "status_list", columns=stays, why="certificates name it")
    refuse(
        "status_list_stays_closed",
        "UPDATE",
        "status_list",
        columns="closed",
        when="OLD.closed IS NOT NULL",
        why="what was given out of it meanwhile may be unknown here",
    )
    refuse(
        "status_version_only_grows",
        "UPDATE",
        "status_list",
        columns="version",
        when="NEW.version < OLD.version",
        why="it tells lists apart that were signed",
    )
    append_only("lost_bit", why="a bit never goes back by accident")
    refuse("given_out_is_never_deleted", "DELETE", "given_out", why="an index is given out once")
    refuse(
        "given_out_only_grows", "UPDATE", "given_out", when="NEW.count < OLD.count", why="an index is given out once"
    )
    refuse(
        "closed_list_gives_nothing_out",
        "UPDATE",
        "given_out",
        when="(SELECT closed FROM status_list WHERE number = NEW.list_number) IS NOT NULL",
        why="the list is closed",
    )
