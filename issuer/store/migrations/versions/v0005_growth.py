"""Bulk runs, and status lists that are never filled from a restored copy."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _bulk_runs()
    _status_lists()


def _bulk_runs() -> None:
    """Runs, their chunks, and the rows that failed (`issuer.bulk`)."""


def _status_lists() -> None:
    """Lists that are closed, and copies that know that they are copies."""
