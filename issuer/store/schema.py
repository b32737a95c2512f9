"""Brings a database to the present schema: Alembic, run inside the caller's transaction.

The whole step is one transaction (SQLite's DDL is transactional), so two processes that start at once do it once, and
a power cut in the middle leaves the old schema.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from issuer.errors import StoreUnavailable

# The newest of the migrations (a test compares). Known here so that a start with nothing to do is quick.
HEAD = "0005"

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Does nothing when the schema is the present one. Raises `StoreUnavailable` for a database of a later version."""
    present = _revision(connection)
    if present == HEAD:
        return
    from alembic.util import CommandError  # here, because it is slow to load and seldom needed

    try:
        migrate(connection, "head")
    except CommandError as error:
        raise StoreUnavailable(
            "The database was made by another version of Testamur (schema {revision}).",
            hint="Install that version or a later one.",
            revision=present,
        ) from error


def migrate(connection: Connection, revision: str) -> None:
    """To that revision, also of a database that has none. Raises Alembic's `CommandError`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_present(connection: Connection) -> bool:
    """Whether the schema is the one that this version works with; another one came meanwhile, or none is there."""
    return _revision(connection) == HEAD


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
