"""Many rows at once are what as many single ones are: values, defaults, numbers, guards and errors."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from issuer.errors import InputRefused
from issuer.store import audit, mail
from issuer.store.audit import Deed
from issuer.store.database import Database, open_database
from issuer.store.mail import Letter
from issuer.store.many import insert_many, update_many
from issuer.store.office_tables import audit as audit_table
from issuer.store.office_tables import mail as mail_table
from issuer.store.tables import included, status_list
from tests import databases

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# Each of these says something to COPY, if it is not written as a value.
HOSTILE = ("", "\\N", "\\.", "\\", "a\tb", "a\nb\r\n", "\\t", "'; DROP TABLE mail; --", "NULL", "ñ م 🎓", "\x01\x7f")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    where = databases.of_this_test()
    database = open_database(where.new() if where.kind == "postgresql" else tmp_path / "testamur.db")
    yield database
    database.close()


@pytest.mark.both_databases
def test_every_value_comes_back_as_it_was_given(database: Database) -> None:
    letters = [Letter("school", one, "k", one, one, one, f"once/{one}") for one in HOSTILE]
    with database.write() as tx:
        assert mail.add_all(tx, letters, at=NOW) == len(HOSTILE)
        numbers = [one.number for one in mail.claim(tx, now=NOW, until=NOW, limit=99)]
        found = [
            (one.learner, one.address, one.text, one.problem) for one in mail.claim(tx, now=NOW, until=NOW, limit=99)
        ]
    assert found == [(one, one, one, None) for one in HOSTILE]
    assert numbers == sorted(numbers)  # given in the order of the rows


@pytest.mark.both_databases
def test_bytes_and_defaults(database: Database) -> None:
    with database.write() as tx:
        row = {"organization": "school", "length": 8, "version": 1}
        insert_many(tx, status_list, [row])  # the name has a default of the table's
        assert tx.execute(select(status_list.c.name, status_list.c.closed)).all() == [("", None)]
        audit.append_all(tx, None, [Deed("a.b", one) for one in HOSTILE], actor="x", at=NOW)
        assert audit.verify(tx, None)[0] == len(HOSTILE)
        assert all(len(one) == 32 for one in tx.scalars(select(audit_table.c.hash)))


@pytest.mark.both_databases
def test_each_row_is_changed_by_its_key_where_it_may_be(database: Database) -> None:
    letters = [Letter("school", f"who-{one}", "k", "a", "s", "t", f"{one}") for one in (1, 2, 3, 4)]
    changed = [{"number": one, "attempts": 10 * one, "problem": HOSTILE[one]} for one in (4, 1, 3, 9)]
    with database.write() as tx:
        mail.add_all(tx, letters, at=NOW)
        update_many(tx, mail_table, changed, key="number", only=mail_table.c.learner != "who-3")
        update_many(tx, mail_table, [], key="number", only=mail_table.c.attempts == 0)
        query = select(mail_table.c.attempts, mail_table.c.problem).order_by(mail_table.c.number)
        found = [tuple(row) for row in tx.execute(query)]
    assert found == [(10, HOSTILE[1]), (0, None), (0, None), (40, HOSTILE[4])]


@pytest.mark.both_databases
def test_none_is_nothing(database: Database) -> None:
    with database.write() as tx:
        insert_many(tx, included, [])


@pytest.mark.both_databases
def test_a_constraint_refuses_all_of_them(database: Database) -> None:
    rows = [
        {"organization": "school", "length": 8, "version": 1, "name": one} for one in ("a", "b", "secret", "secret")
    ]
    with pytest.raises(IntegrityError) as refused, database.write() as tx:
        insert_many(tx, status_list, rows)
    assert "secret" not in str(refused.value)  # rows are learners' data, and errors get into logs
    with database.read() as tx:
        assert tx.execute(select(status_list)).all() == []


@pytest.mark.only_postgresql
def test_a_text_that_postgresql_cannot_keep_is_refused(database: Database) -> None:
    with pytest.raises(InputRefused, match="U\\+0000"), database.write() as tx:
        mail.add_all(tx, [Letter("school", "a\0b", "k", "a", "s", "t", "o")], at=NOW)
    with database.write() as tx:  # and the connection is as good as before
        assert mail.add_all(tx, [Letter("school", "ab", "k", "a", "s", "t", "o")], at=NOW) == 1


@pytest.mark.only_postgresql
def test_postgresql_gets_them_as_a_copy(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def executed(_connection: object, cursor: object, *_: object) -> None:
        copied.append(str(getattr(cursor, "statusmessage", "")))

    event.listen(Engine, "after_cursor_execute", executed)
    try:
        with database.write() as tx:
            mail.add_all(tx, [Letter("school", one, "k", "a", "s", "t", one) for one in "ab"], at=NOW)
    finally:
        event.remove(Engine, "after_cursor_execute", executed)
    assert "COPY 2" in copied
