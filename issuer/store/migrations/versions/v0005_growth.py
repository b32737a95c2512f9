"""Bulk runs, status lists that are never filled from a restored copy, and what PostgreSQL needs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bulk_runs()
    _status_lists()
    _guards_of_postgresql()


def _bulk_runs() -> None:
    """Runs, their chunks, and the rows that failed (`issuer.bulk`)."""


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
    if op.get_bind().dialect.name == "sqlite":
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
    _refuse("status_list_stays_itself", "BEFORE UPDATE OF number, organization, length, name ON status_list")
    _refuse(
        "status_list_stays_closed",
        "BEFORE UPDATE OF closed ON status_list WHEN OLD.closed IS NOT NULL AND NEW.closed IS NOT OLD.closed",
    )
    _refuse("status_version_only_grows", "BEFORE UPDATE OF version ON status_list WHEN NEW.version < OLD.version")
    _refuse("given_out_only_grows", "BEFORE UPDATE ON given_out WHEN NEW.count < OLD.count")
    _refuse("given_out_is_never_deleted", "BEFORE DELETE ON given_out")
    _refuse(
        "closed_list_gives_nothing_out",
        "BEFORE UPDATE ON given_out WHEN (SELECT closed FROM status_list WHERE number = NEW.list_number) IS NOT NULL",
    )


def _refuse(name: str, event: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{name}'); END")


def _guards_of_postgresql() -> None:
    """What the triggers of the earlier migrations are on SQLite."""
