"""SQLite in WAL mode: readers never wait for the writer.

A write begins with BEGIN IMMEDIATE, so that two writers queue at the start and none fails halfway; `synchronous=FULL`
makes a commit that returned outlive a power cut.

A store that was moved to PostgreSQL leaves its file marked by its `user_version` (`issuer.store.moved`). That is looked
at in every transaction, so that a process which has the file open since before neither writes to it nor shows what is
not so any more.
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from issuer.errors import IssuerError, StoreBusy, StoreFull, StoreMoved, StoreUnavailable
from issuer.files import make_private_file, make_private_folder
from issuer.limits import Limits

MOVED = int.from_bytes(b"gone", "big")
"""The `user_version` of a file whose records are elsewhere."""

# Of each connection, as far as it reads that much. SQLite's own 2,000 do not hold the indexes of 10,000 certificates,
# and what is read again for each few hundred of a bulk run makes it a twentieth slower.
_CACHE_KIB = 32_000

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def engines(place: Path, limits: Limits) -> tuple[Engine, Engine]:
    """The file is created when it is not there."""
    try:
        make_private_folder(place.parent)
        make_private_file(place)  # it holds e-mail addresses
    except OSError as error:
        raise StoreUnavailable("{path} cannot be opened: {why}.", path=str(place), why=error.strerror) from error
    # An error text with the statement's parameters would put learners' data into logs.
    engine = create_engine(f"sqlite:///{place}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
        for pragma in (
            f"busy_timeout={limits.busy_timeout.value}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"cache_size=-{_CACHE_KIB}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        if connection.exec_driver_sql("PRAGMA user_version").scalar() == MOVED:
            where = connection.exec_driver_sql("SELECT destination FROM moved").scalar()
            raise StoreMoved(
                "The records were moved to {where}; this file is what they were before.",
                hint="Start it again. If config.json names no database, the move was cut off: run it again.",
                where=where,
            )

    return engine, engine.execution_options(writes=True)


def destination_of(file: Path) -> str | None:
    """Where the records of that file were moved to; None when they were not."""
    if not file.exists():
        return None
    connection = sqlite3.connect(file)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != MOVED:
            return None
        return str(connection.execute("SELECT destination FROM moved").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable("The database cannot be used ({why}).", why=str(error)) from error
    finally:
        connection.close()


def require(connection: Connection) -> None:
    """The library that Python brings can all that we need."""


def look_over(connection: Connection) -> None:
    """The index with most columns in common is taken here, whatever the tables hold."""


def refusal(error: BaseException) -> IssuerError | None:
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return None
    # The low byte is the primary result code (SQLite, "Result and Error Codes").
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return StoreBusy("Another process is writing to the database.", hint="Try again in a moment.")
    if code == sqlite3.SQLITE_FULL:
        return StoreFull("The disk is full; nothing was written.", hint="Make room and run it again.")
    if code == sqlite3.SQLITE_READONLY:
        return StoreUnavailable("The database is read-only; nothing was written.")
    return StoreUnavailable("The database cannot be used ({why}).", why=str(error))
