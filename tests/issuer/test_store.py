"""The database itself: schema, what it refuses, and what its errors become."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from issuer.errors import AlreadyIssued, StoreBusy, StoreFull, StoreUnavailable
from issuer.limits import Limit, Limits
from issuer.store import credentials, decisions, facts, intents, schema, status_indices, tables
from issuer.store.bulk_tables import metadata
from issuer.store.credentials import Intent
from issuer.store.database import Database, open_database
from issuer.store.dialects import Place
from tests import databases
from tests.issuer import domain
from tests.issuer.installation import Installation

UNIQUE = r"(?i)unique"  # SQLite shouts
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


pytestmark = pytest.mark.both_databases


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return databases.of_this_test().place(tmp_path / "home" / "testamur.db")


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    database = open_database(place)
    yield database
    database.close()


def intent(fact: str, list_number: int, index: int, **changes: object) -> Intent:
    values: dict[str, object] = {
        "share_id": f"share{index}",
        "kind": "course",
        "organization": "school",
        "learner": "ana",
        "subject": "toolbox",
        "version": 1,
        "subject_key": f"toolbox/{index}",
        "list_number": list_number,
        "list_index": index,
        "unsecured": b"{}",
        "fact": fact,
    }
    return Intent(**values | changes)  # type: ignore[arg-type]  # one dict of many types, only here


def recorded(database: Database, count: int = 1, length: int = 131_072) -> list[credentials.StoredCredential]:
    fact = domain.done("toolbox")
    with database.write() as tx:
        facts.append(tx, [fact])
        places = status_indices.reserve(tx, "school", count, length=length, filled=length)
        return [intents.record_one(tx, intent(fact.id, number, index), at=AT) for number, _, index in places]


# --- schema ----------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables(database: Database) -> None:
    """The types of PostgreSQL are compared elsewhere: they are wider."""
    with database.read() as tx:
        wanted = {"compare_type": tx.dialect.name == "sqlite"}
        assert compare_metadata(MigrationContext.configure(tx, opts=wanted), metadata) == []


@pytest.mark.only_sqlite
def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


@pytest.mark.only_sqlite
def test_it_survives_power_cuts_and_keeps_readers_apart(database: Database) -> None:
    with database.read() as tx:
        assert tx.scalar(text("PRAGMA journal_mode")) == "wal"
        assert tx.info["synchronous"] == 2  # FULL, as the issuer asked for it (tests.databases)
        assert tx.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.only_sqlite
def test_others_cannot_read_it(tmp_path: Path) -> None:
    open_database(tmp_path / "home" / "testamur.db").close()
    assert stat.S_IMODE((tmp_path / "home" / "testamur.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_a_database_of_a_later_version_is_refused(place: Place, database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="another version of Testamur"):
        open_database(place)


# --- append-only -----------------------------------------------------------------------------------------------


def test_history_is_only_appended_to(awarded: Installation) -> None:
    awarded.change(awarded.certificates()[0], "suspend")
    for name in ("fact", "decision", "award", "included", "status_history"):
        table = tables.metadata.tables[name]
        first = next(iter(table.c))
        changes = {"delete": delete(table), "update": update(table).values({first.name: first})}
        with awarded.database.read() as tx:
            assert tx.scalar(text(f"SELECT count(*) FROM {name}")), f"nothing in {name} that could be changed"
        for change, statement in changes.items():
            with pytest.raises(IntegrityError, match=f"{name}_is_never_{change}d"), awarded.database.write() as tx:
                tx.execute(statement)


def test_what_was_signed_stays(awarded: Installation) -> None:
    for column, value, guard in (
        ("unsecured", b"other", "intent_is_never_changed"),
        ("list_index", 7, "intent_is_never_changed"),
        ("learner", "bela", "intent_is_never_changed"),
        ("secured", b"other", "signed_is_never_changed"),
        ("secured", None, "signed_is_never_changed"),
        ("digest", b"0" * 32, "signed_is_never_changed"),
    ):
        with pytest.raises(IntegrityError, match=guard), awarded.database.write() as tx:
            tx.execute(update(tables.credential).values({column: value}))


def test_certificates_are_never_deleted(awarded: Installation) -> None:
    with pytest.raises(IntegrityError, match="credential_is_never_deleted"), awarded.database.write() as tx:
        tx.execute(delete(tables.credential))


def test_a_revoked_bit_never_goes_back(awarded: Installation) -> None:
    awarded.change(awarded.certificates()[0], "revoke")
    with pytest.raises(IntegrityError, match="revoked_is_final"), awarded.database.write() as tx:
        tx.execute(update(tables.credential).values(status="valid"))


# --- one writer, many readers -----------------------------------------------------------------------------------


def test_a_reader_sees_one_moment(database: Database, place: Place) -> None:
    """Whatever is written meanwhile."""
    other = open_database(place)
    with database.read() as tx:
        assert facts.count(tx) == 0
        with other.write() as writing:
            facts.append(writing, [domain.done("toolbox")])
        assert facts.count(tx) == 0
    with database.read() as tx:
        assert facts.count(tx) == 1


def test_a_writer_sees_what_the_one_before_it_wrote(database: Database, place: Place) -> None:
    """Who looks first and writes then is never overtaken: of two that give out numbers, none gives one out twice."""
    other = open_database(place)
    begun = threading.Event()
    seen: list[int] = []

    def second() -> None:
        begun.set()
        with other.write() as tx:
            seen.append(facts.count(tx))

    waiting = threading.Thread(target=second)
    with database.write() as tx:
        waiting.start()
        begun.wait()
        waiting.join(0.1)  # it stands at the lock by now
        facts.append(tx, [domain.done("toolbox")])
    waiting.join()
    assert seen == [1]


def test_numbers_come_in_the_order_of_their_commits(place: Place) -> None:
    """ "Everything up to this number was looked at" says it all (`issuer.store.changes`)."""
    opened = [open_database(place) for _ in range(4)]

    def write(which: int) -> None:
        for number in range(10):
            with opened[which].write() as tx:
                facts.append(tx, [domain.done("toolbox", learner=f"l-{which}-{number}")])

    writers = [threading.Thread(target=write, args=(which,)) for which in range(3)]
    for one in writers:
        one.start()
    looked, up_to = 0, 0
    while looked < 30:
        over = not any(one.is_alive() for one in writers)
        with opened[3].read() as tx:
            newer = tx.scalars(select(tables.fact.c.sequence).where(tables.fact.c.sequence > up_to)).all()
        looked, up_to = looked + len(newer), max((up_to, *newer))
        if not newer and over:
            break
    for one in writers:
        one.join()
    assert looked == 30


def test_texts_sort_by_code_points(database: Database) -> None:
    """As Python sorts them, so that a page goes on where the one before it ended."""
    learners = ["a", "B", "b", "Ä", "ä", "z", "_", "-1", "1", "10", "2", "é", "e\u0301", "ﬀ", "𝔘", "～"]
    with database.write() as tx:
        facts.append(tx, [domain.done("toolbox", learner=one) for one in learners])
    with database.read() as tx:
        assert tx.scalars(select(tables.fact.c.learner).order_by(tables.fact.c.learner)).all() == sorted(learners)
        above = tx.scalars(select(tables.fact.c.learner).where(tables.fact.c.learner > "Z")).all()
    assert sorted(above) == sorted(one for one in learners if one > "Z")


# --- at most one -----------------------------------------------------------------------------------------------


def test_one_award_per_learner_program_and_version(awarded: Installation) -> None:
    with awarded.database.read() as tx:
        (stored,) = decisions.latest(tx).values()
    with pytest.raises(AlreadyIssued), awarded.database.write() as tx:
        decisions.make_award(tx, stored, awarded_at=AT)
    row = {"learner": "ana", "program": "mini", "version": 1, "decision": stored.sequence, "awarded_at": "now"}
    with pytest.raises(IntegrityError, match=UNIQUE), awarded.database.write() as tx:
        tx.execute(tables.award.insert().values(row))


def test_one_certificate_per_subject(database: Database) -> None:
    (first,) = recorded(database)
    again = intent(first.fact or "", first.list_number, (first.list_index + 1) % 131_072)
    with pytest.raises(AlreadyIssued), database.write() as tx:
        intents.record_one(tx, Intent(**vars(again) | {"subject_key": first.subject_key, "share_id": "other"}), at=AT)


def test_of_two_releases_the_first_stays(database: Database) -> None:
    (intent_,) = recorded(database)
    with database.write() as tx:
        assert intents.release(tx, {intent_.number: (b"first", b"1" * 32)}, at=AT)
        assert not intents.release(tx, {intent_.number: (b"second", b"2" * 32)}, at=AT)
        assert credentials.get(tx, intent_.number).secured == b"first"


def test_the_constraints_stand_behind_the_looks(database: Database) -> None:
    (first,) = recorded(database)
    with database.read() as tx:
        row = dict(tx.execute(tables.credential.select()).mappings().one())
    del row["number"]
    other = {"share_id": "x", "subject_key": "x", "list_index": first.list_index ^ 1}
    for unique in other:
        with pytest.raises(IntegrityError, match=UNIQUE), database.write() as tx:
            tx.execute(tables.credential.insert().values(row | {name: other[name] for name in other if name != unique}))


def test_a_certificate_has_one_successor(database: Database) -> None:
    (first,) = recorded(database)
    with database.read() as tx:
        row = dict(tx.execute(tables.credential.select()).mappings().first() or {})
    del row["number"]
    changes = {"edition": 2, "supersedes": first.number, "share_id": "second", "list_index": first.list_index ^ 1}
    with database.write() as tx:
        tx.execute(tables.credential.insert().values(row | changes))
    changes |= {"edition": 3, "share_id": "third", "list_index": first.list_index ^ 2}
    with pytest.raises(IntegrityError, match=UNIQUE), database.write() as tx:
        tx.execute(tables.credential.insert().values(row | changes))


# --- errors ----------------------------------------------------------------------------------------------------


def test_a_writer_that_waits_too_long_is_told_so(place: Place) -> None:
    limits = Limits(busy_timeout=Limit(50, "milliseconds", "a test"))
    first, second = open_database(place, limits), open_database(place, limits)
    with first.write(), pytest.raises(StoreBusy, match="Another process"), second.write():
        pass


@pytest.mark.only_sqlite
def test_a_full_disk_is_said_and_nothing_is_half_written(database: Database) -> None:
    many = [domain.done("toolbox", session=str(number), narrative="x" * 500) for number in range(200)]
    with database.read() as tx:
        pages = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count = {pages}"))  # of this connection, which the pool hands out again
    with pytest.raises(StoreFull, match="full"), database.write() as tx:
        facts.append(tx, many)
    with database.read() as tx:
        assert facts.read(tx) == ()


@pytest.mark.only_sqlite
def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "testamur.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        open_database(tmp_path / "testamur.db")


@pytest.mark.only_sqlite
def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_database(tmp_path / "home" / "testamur.db")


def test_errors_do_not_tell_who_the_learner_is(database: Database) -> None:
    row: dict[str, object] = {
        "id": "x",
        "kind": "nonsense",
        "learner": "ana",
        "name": "Ana",
        "email": "ana@example.org",
    }
    row |= {"subject": "x", "fee_paid": True, "source": "x", "recorded_at": "x"}
    with pytest.raises(IntegrityError) as refused, database.write() as tx:
        tx.execute(tables.fact.insert().values(row))
    assert "ana@example.org" not in str(refused.value)


def test_a_failing_block_writes_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as tx:  # noqa: PT012 (a transaction is a block)
        facts.append(tx, [domain.done("toolbox")])
        raise RuntimeError
    with database.read() as tx:
        assert facts.read(tx) == ()


def test_rows_do_not_print_what_was_signed(awarded: Installation) -> None:
    assert "proofValue" not in repr(awarded.certificates()[0])


@pytest.mark.only_sqlite
def test_the_guards_are_triggers_of_the_file_and_not_of_our_code(awarded: Installation) -> None:
    with sqlite3.connect(awarded.config.database) as direct, pytest.raises(sqlite3.IntegrityError):
        direct.execute("DELETE FROM fact")
    direct.close()
