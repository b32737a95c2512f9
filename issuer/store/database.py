"""One database, two ways in: `read` and `write`. Every statement of the issuer runs inside one of them.

SQLite in WAL mode: readers never wait for the writer. A write begins with BEGIN IMMEDIATE, so that two writers queue
at the start and none fails halfway; `synchronous=FULL` makes a commit that returned outlive a power cut. Whatever the
driver raises becomes one of our errors, by its code and never by its words.

    with database.write() as tx:
        status.append(tx, …)
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError

from issuer.errors import StoreBusy, StoreFull, StoreUnavailable
from issuer.files import PRIVATE_FILE, make_private_folder
from issuer.limits import Limits
from issuer.store import schema

Transaction = Connection


class Database:
    """The store of one issuer. Thread-safe; one per process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(immediate=True)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view. Raises `StoreUnavailable` and its kinds."""
        with _our_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All of it or nothing: committed at the end of the block, undone when the block raises."""
        with _our_errors(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def open_database(path: Path, limits: Limits | None = None) -> Database:
    """Opens the database, creating it or bringing it to the present schema first. Raises `StoreUnavailable`."""
    try:
        make_private_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))  # it holds e-mail addresses
    except OSError as error:
        raise StoreUnavailable("{path} cannot be opened: {why}.", path=str(path), why=error.strerror) from error
    database = Database(_engine(path, limits or Limits()))
    with database.write() as tx:
        schema.upgrade(tx)
    return database


def _engine(path: Path, limits: Limits) -> Engine:
    # An error text with the statement's parameters would put learners' data into logs.
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
        for pragma in (
            f"busy_timeout={limits.busy_timeout.value}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.DatabaseError) as error:
        if _is_ours_to_see(error):
            raise
        # The low byte is the primary result code (SQLite, "Result and Error Codes").
        code = getattr(_driver_error(error), "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY:
            raise StoreBusy("Another process is writing to the database.", hint="Try again in a moment.") from error
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull("The disk is full; nothing was written.", hint="Make room and run it again.") from error
        if code == sqlite3.SQLITE_READONLY:
            raise StoreUnavailable("The database is read-only; nothing was written.") from error
        raise StoreUnavailable("The database cannot be used ({why}).", why=str(_driver_error(error))) from error


def _is_ours_to_see(error: Exception) -> bool:
    """A constraint that fired, or SQL that is wrong, is a fact about us and not about the disk."""
    driver = _driver_error(error)
    return isinstance(driver, sqlite3.IntegrityError | sqlite3.ProgrammingError)


def _driver_error(error: Exception) -> BaseException:
    return error.orig if isinstance(error, DatabaseError | DBAPIError) and error.orig is not None else error
