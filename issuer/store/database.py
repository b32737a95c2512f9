"""One database, two ways in: `read` and `write`. Every statement of the issuer runs inside one of them.

The promises are the same on SQLite and on PostgreSQL (docs/adr/0040): a read is one consistent view; of the writes of
all processes one runs at a time, so that whoever looks first and writes then is never overtaken. Whatever the driver
raises becomes one of our errors, by its code and never by its words.

    with database.write() as tx:
        status.append(tx, …)
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from issuer.errors import StoreBusy
from issuer.limits import Limits
from issuer.store import schema
from issuer.store.dialects import Dialect, Place, Ways, dialect_of

Transaction = Connection


class Database:
    """The store of one issuer. Thread-safe; one per process."""

    def __init__(self, ways: Ways, dialect: Dialect, limits: Limits) -> None:
        self._ways = ways
        self._dialect = dialect
        self._patience = limits.busy_timeout.value / 1_000
        self._writing = threading.Lock()  # our own threads queue here, and not each with a connection in its hand

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view. Raises `StoreUnavailable` and its kinds."""
        with self._our_errors(), self._ways.reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All of it or nothing: committed at the end of the block, undone when the block raises. Keep it short: nobody
        else writes meanwhile."""
        with self._turn(), self._our_errors(), self._ways.writer.begin() as connection:
            yield connection

    def look_over(self) -> None:
        """To be called before very much is worked on that may have been written a moment ago: a database that chooses
        its ways by how much is in its tables counts it anew, in a second or two."""
        with self._our_errors(), self._ways.reader.begin() as connection:  # committed, and nobody's turn to write
            self._dialect.look_over(connection)

    def close(self) -> None:
        self._ways.writer.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=self._patience):
            raise StoreBusy("Another part of this process is writing to the database.", hint="Try again in a moment.")
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise StoreBusy("All connections to the database are in use.", hint="Try again in a moment.") from error
        except (DBAPIError, sqlite3.DatabaseError) as error:
            driver = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
            refusal = self._dialect.refusal(driver)
            if refusal is None:
                raise
            raise refusal from error


def open_database(place: Place, limits: Limits | None = None) -> Database:
    """Opens the database and brings it to the present schema first; the file of a SQLite database is created. Raises
    `StoreUnavailable`, or `ConfigInvalid` for what is no address of a database."""
    limits, dialect = limits or Limits(), dialect_of(place)
    database = Database(Ways(*dialect.engines(place, limits)), dialect, limits)
    try:
        with database.write() as tx:
            dialect.require(tx)
            schema.upgrade(tx)
    except BaseException:
        database.close()
        raise
    return database
