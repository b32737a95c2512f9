"""The schema is brought along while others have the database open: who reads sees one moment, and of those who start
at once one does it.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from issuer.errors import IssuerError, StoreBusy
from issuer.limits import Limit, Limits
from issuer.store import schema
from issuer.store.database import open_database
from issuer.store.dialects import Place
from tests import databases
from tests.at_once import at_once

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.both_databases]

HURRIED = Limits(busy_timeout=Limit(200, "milliseconds", "a test"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Of schema 0004, with a list that is in use."""
    used = databases.of_this_test()
    place: Place = tmp_path / "testamur.db" if used.kind == "sqlite" else used.new(empty=True)
    engine = _plain(place)
    with engine.begin() as connection:
        schema.migrate(connection, "0004")
        connection.execute(text("INSERT INTO status_list VALUES (1, 'school', 131072, 7)"))
    if isinstance(place, Path):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()
    return place


@pytest.fixture
def reader(place: Place) -> Iterator[Engine]:
    """As an older version has it open."""
    engine = _plain(place)
    yield engine
    engine.dispose()


def _plain(place: Place) -> Engine:
    if isinstance(place, Path):
        return create_engine(f"sqlite:///{place}")
    return create_engine(make_url(place).set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ")


def revision(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_while_somebody_reads(place: Place, reader: Engine) -> None:
    """SQLite shows him what was; PostgreSQL lets nobody change a table under him, and says so after a while."""
    with reader.connect() as reading:
        if isinstance(place, Path):
            reading.exec_driver_sql("BEGIN")
        before = reading.execute(text("SELECT * FROM status_list")).all()
        if isinstance(place, Path):
            open_database(place, HURRIED).close()
        else:
            with pytest.raises(StoreBusy):
                open_database(place, HURRIED)
            assert revision(reader) == "0004"
        assert reading.execute(text("SELECT * FROM status_list")).all() == before
    with closing(open_database(place)) as database, database.read() as tx:
        assert tx.execute(text("SELECT number, version FROM status_list")).all() == [(1, 7)]
    assert revision(reader) == schema.HEAD


def test_by_several_that_start_at_once(place: Place, reader: Engine) -> None:
    refused: list[IssuerError] = []

    def start() -> None:
        try:
            open_database(place).close()
        except IssuerError as error:
            refused.append(error)

    at_once(3, start)
    assert refused == []
    assert revision(reader) == schema.HEAD
    with reader.connect() as connection:
        assert connection.execute(text("SELECT number, version FROM status_list")).all() == [(1, 7)]
