"""Bulk runs, status lists that are never filled from a restored copy, and what PostgreSQL needs."""

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
    """Lists that are closed, and copies that know that they are copies."""


def _guards_of_postgresql() -> None:
    """What the triggers of the earlier migrations are on SQLite."""
