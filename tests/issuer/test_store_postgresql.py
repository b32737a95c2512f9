"""What is PostgreSQL's own: how its errors are told, what a cut leaves, and that its texts sort as SQLite's do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from issuer.errors import InputRefused, IssuerError, StoreBusy, StoreFull, StoreUnavailable
from issuer.limits import Limit, Limits
from issuer.store import facts, status
from issuer.store.database import Database, Transaction, open_database
from issuer.store.dialects import postgresql
from tests import databases
from tests.at_once import at_once
from tests.issuer import domain
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation

pytestmark = pytest.mark.only_postgresql


@pytest.fixture
def place() -> str:
    return databases.of_this_test().new()


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    database = open_database(place)
    yield database
    database.close()


def limited(**values: int) -> Limits:
    limits = Limits()
    return replace(
        limits, **{name: Limit(value, getattr(limits, name).unit, "a test") for name, value in values.items()}
    )


def administer(place: str, *statements: str) -> None:
    with psycopg.connect(place, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type] # texts of this file


def cut_all(place: str) -> None:
    """As a restart of the server does it to every connection."""
    administer(
        place,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


# --- what it promises -------------------------------------------------------------------------------------------


def test_all_texts_sort_by_code_points_and_all_numbers_have_64_bits(database: Database) -> None:
    with database.read() as tx:
        other = tx.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
                "AND table_name <> 'alembic_version' AND (data_type IN ('integer', 'smallint') "
                "OR data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C')"
            )
        ).all()
        short = tx.scalars(text("SELECT sequencename FROM pg_sequences WHERE data_type <> 'bigint'::regtype")).all()
    assert (other, short) == ([], [])


def test_a_commit_outlives_a_power_cut_whatever_the_server_s_default_is(place: str) -> None:
    name = urlsplit(place).path.lstrip("/")
    administer(place, f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    with open_database(place).write() as tx:
        assert tx.scalar(text("SHOW synchronous_commit")) == "on"


def test_two_that_start_at_once_make_the_tables_once() -> None:
    empty = databases.of_this_test().new(empty=True)
    problems: list[BaseException] = []

    def start() -> None:
        try:
            open_database(empty).close()
        except IssuerError as error:
            problems.append(error)

    at_once(2, start)
    assert problems == []


def test_a_writer_that_sleeps_does_not_hold_back_the_others(place: str) -> None:
    """As one whose machine is gone: nobody closes its connection."""
    sleeper, other = open_database(place, limited(writer_idle=100)), open_database(place)
    seen: list[int] = []
    with pytest.raises(StoreUnavailable, match="was cut"), sleeper.write() as tx:  # noqa: PT012 (a block)
        facts.append(tx, [domain.done("toolbox")])
        with other.write() as further:  # it waits for the lock
            seen.append(facts.count(further))
        facts.count(tx)
    assert seen == [0]
    with other.read() as reading:
        assert facts.count(reading) == 0


# --- what its errors become -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind", "said"),
    [
        ("53100", StoreFull, "The disk is full"),
        ("40P01", StoreBusy, "Another process"),
        ("40001", StoreBusy, "Another process"),
        ("55P03", StoreBusy, "Another process"),
        ("57014", StoreBusy, "took too long"),
        ("42501", StoreUnavailable, "refuses its user"),
        ("25006", StoreUnavailable, "read-only"),
        ("58030", StoreUnavailable, "cannot be used"),
        ("57P03", StoreUnavailable, "connection to the database was cut"),
        ("23514", IntegrityError, "ana"),
        ("42601", ProgrammingError, "ana"),
    ],
)
def test_errors_are_told_by_their_codes(database: Database, state: str, kind: type[Exception], said: str) -> None:
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'ana' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(kind, match=said), database.write() as tx:
        tx.execute(text(raising))
    with database.write() as tx:  # and the next one is as if nothing had been
        facts.append(tx, [domain.done("toolbox")])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/testamur", "127.0.0.1"),
        ("no database", "does not exist"),
        ("no user", "does not exist"),
    ],
)
def test_a_database_that_is_not_there_is_said(place: str, address: str, said: str) -> None:
    parts = urlsplit(place)
    user = f"testamur_nobody@{parts.netloc.rpartition('@')[2]}"
    others = {"no database": parts._replace(path="/testamur_none"), "no user": parts._replace(netloc=user)}
    with pytest.raises(StoreUnavailable, match=f"cannot be reached .*{said}"):
        open_database(others[address].geturl() if address in others else address)


def test_the_password_is_in_no_message(place: str) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        open_database("postgresql://testamur:secret@127.0.0.1:1/testamur")
    assert "secret" not in str(refused.value)


def test_an_old_server_is_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    with pytest.raises(StoreUnavailable, match="version 99 or a later one"):
        open_database(place)


def test_a_database_that_cannot_write_every_name_is_refused(place: str) -> None:
    name = f"{urlsplit(place).path.lstrip('/')}_ascii"
    administer(place, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    try:
        with pytest.raises(StoreUnavailable, match="SQL_ASCII"):
            open_database(urlsplit(place)._replace(path=f"/{name}").geturl())
    finally:
        administer(place, f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_standby_is_told_apart(place: str) -> None:
    administer(place, f'ALTER DATABASE "{urlsplit(place).path.lstrip("/")}" SET default_transaction_read_only = on')
    with pytest.raises(StoreUnavailable, match="read-only"), open_database(place).write() as tx:
        facts.append(tx, [domain.done("toolbox")])


def looked_over(database: Database) -> set[str]:
    """The tables of which the server knows how often each value stands in them."""
    with database.read() as tx:
        return set(tx.scalars(text("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")))


def test_what_was_written_a_moment_ago_is_counted_before_a_bulk_run(tmp_path: Path) -> None:
    bench = ByHand(Installation(tmp_path), 3, chunk=3)
    assert not looked_over(bench.school.database)
    bench.start()
    bench.work()
    assert looked_over(bench.school.database) >= {"fact", "decision"}
    bench.school.database.close()


def test_tables_that_another_one_counts_hold_up_nobody(tmp_path: Path) -> None:
    bench = ByHand(Installation(tmp_path), 3, chunk=3)
    database, place = bench.school.database, bench.school.config.database
    with psycopg.connect(str(place)) as other:
        other.execute("LOCK TABLE decision IN SHARE UPDATE EXCLUSIVE MODE")
        database.look_over()
        assert "fact" in looked_over(database)
        assert "decision" not in looked_over(database)
    database.close()


def test_what_takes_too_long_is_given_up(place: str) -> None:
    database = open_database(place, limited(statement_timeout=50))
    with pytest.raises(StoreBusy, match="too long"), database.read() as tx:
        tx.execute(text("SELECT pg_sleep(5)"))


def test_when_all_connections_are_in_use_it_is_said(place: str) -> None:
    database = open_database(place, limited(database_connections=1, busy_timeout=50))
    with database.read(), pytest.raises(StoreBusy, match="All connections"), database.read():
        pass


def test_a_text_that_cannot_be_kept_is_refused(database: Database) -> None:
    with pytest.raises(InputRefused, match=r"U\+0000"), database.write() as tx:
        facts.append(tx, [domain.done("toolbox", learner="nul\0")])


# --- what a cut leaves ------------------------------------------------------------------------------------------


def test_connections_that_were_cut_are_made_anew(database: Database, place: str) -> None:
    with database.read() as tx:
        facts.count(tx)
    cut_all(place)
    with database.read() as tx:
        assert facts.count(tx) == 0


def test_what_was_cut_in_the_middle_was_not_done(database: Database, place: str) -> None:
    with pytest.raises(StoreUnavailable, match="was cut"), database.write() as tx:  # noqa: PT012 (a block)
        facts.append(tx, [domain.done("toolbox")])
        cut_all(place)
        facts.append(tx, [domain.done("capstone")])
    with database.write() as tx:
        assert facts.count(tx) == 0
        facts.append(tx, [domain.done("toolbox")])


def test_a_commit_that_was_cut_is_no_success(database: Database, place: str) -> None:
    with pytest.raises(IssuerError), database.write() as tx:  # noqa: PT012 (a transaction is a block)
        facts.append(tx, [domain.done("toolbox")])
        cut_all(place)
    with database.read() as tx:
        assert facts.count(tx) == 0


def test_a_request_that_was_cut_is_answered_503_and_the_next_as_ever(
    awarded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/status/{awarded.list_of(awarded.certificates()[0])}"
    client, place, read_version = awarded.client(), str(awarded.config.database), status.version

    def cut(tx: Transaction, name: str) -> tuple[int, str]:
        cut_all(place)
        return read_version(tx, name)

    with monkeypatch.context() as cutting:
        cutting.setattr(status, "version", cut)
        answer = client.get(address)
    assert (answer.status_code, answer.json()["type"].partition("#")[2]) == (503, "store-unavailable")
    assert client.get(address).status_code == 200
