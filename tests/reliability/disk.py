"""A small disk of its own, that can be filled up to the last byte; and a database that takes no writes.

with disk() as one:
    school = Installation(one.folder)              # on PostgreSQL: place=one.place(), in a tablespace on that disk
    one.fill()                                     # from now on whatever grows fails, as ENOSPC
    one.empty()
"""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event

from issuer.store.dialects import Place
from tests import databases

SIZE = 40  # megabytes: a database of PostgreSQL has eight before anything is in it


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        block = b"\0" * 65_536
        descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while block:
                try:
                    os.write(descriptor, block)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    block = block[: len(block) // 2]
        finally:
            os.close(descriptor)

    def empty(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def place(self) -> Place:
        """Of a store whose records are on this disk."""
        if databases.of_this_test().kind == "sqlite":
            return databases.FILE
        server = databases.server()
        with psycopg.connect(server.url, autocommit=True) as admin:
            data = admin.execute("SHOW data_directory").fetchone()
        if data is None or not Path(data[0]).exists():
            pytest.skip("the PostgreSQL server that was given is on another machine")
        owner = Path(data[0]).stat() if data else os.stat("/")
        inside = self.folder / "tablespace"
        inside.mkdir()
        os.chown(inside, owner.st_uid, owner.st_gid)
        return databases.of_this_test().new(folder=inside)


@contextmanager
def disk() -> Iterator[Disk]:
    """Skips where nobody may mount anything. Not in a test's own folder, into which a database server may not look."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-disk-"))
    folder.chmod(0o755)
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=755", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(words, capture_output=True, check=False).returncode == 0
    if not mounted:
        folder.rmdir()
        pytest.skip("a small tmpfs cannot be mounted here: it takes root, in a container CAP_SYS_ADMIN too")
    try:
        yield Disk(folder)
    finally:
        databases.of_this_test().drop()
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def read_only() -> Iterator[None]:
    """Every database of this process refuses to write, by the error that it has for that."""

    def begins(connection: Connection) -> None:
        sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("PRAGMA query_only=ON" if sqlite else "SET TRANSACTION READ ONLY")
        touched.append(connection)

    touched: list[Connection] = []
    event.listen(Engine, "begin", begins)
    try:
        yield
    finally:
        event.remove(Engine, "begin", begins)
        for engine in {one.engine for one in touched}:
            engine.dispose()  # the connections would keep it
