"""A database of an earlier version is brought along: nothing in it is lost, and what protects it stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from issuer.store import api_keys, catalogues, schema, signed, status, status_indices
from issuer.store.database import Database, open_database

_SESSION = '{"code":"2026-01-05-en","course":"toolbox","end":"2026-02-01","language":"en","start":"2026-01-05"}'
_COURSE = (
    '{"code":"toolbox","descriptions":{},"fee":"49","hours":null,"kind":"course","organization":"school",'
    '"replaces":[],"sessions":[],"skills":[],"titles":{"en":"Toolbox"},"version":1}'
)


@pytest.fixture
def brought_along(tmp_path: Path) -> Iterator[Database]:
    """Of schema 0002, with a key and what it had signed, a course and its session."""
    path = tmp_path / "home" / "testamur.db"
    path.parent.mkdir(mode=0o700)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        schema.migrate(connection, "0002")
        at = "2026-06-01T12:00:00.000000Z"
        connection.execute(
            text("INSERT INTO api_key VALUES (7, 'LMS', :hash, 'sign', :at, NULL)"), {"hash": b"h" * 32, "at": at}
        )
        connection.execute(
            text("INSERT INTO signed VALUES (3, 'urn:x', :digest, 'k', :bytes, 7, :at, :bytes, :digest, :at)"),
            {"digest": b"d" * 32, "bytes": b"{}", "at": at},
        )
        connection.execute(text("INSERT INTO course_version VALUES ('toolbox', 1, :content)"), {"content": _COURSE})
        connection.execute(
            text("INSERT INTO session VALUES ('toolbox', '2026-01-05-en', :content)"), {"content": _SESSION}
        )
    engine.dispose()
    database = open_database(path)
    yield database
    database.close()


def test_keys_and_what_they_had_signed_are_as_before(brought_along: Database) -> None:
    with brought_along.read() as tx:
        key = api_keys.get(tx, 7)
        assert (key.name, key.scopes, key.role, key.organization) == ("LMS", {"sign"}, None, None)
        kept = signed.by_idempotency_key(tx, 7, "k")
        assert kept is not None
        assert (kept.number, kept.id, kept.secured) == (3, "urn:x", b"{}")
        assert tx.exec_driver_sql("PRAGMA foreign_key_check").all() == []


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("DELETE FROM signed", "signed_is_never_deleted"),
        ("UPDATE signed SET secured = x'00'", "signed_stays_as_signed"),
        ("UPDATE signed SET id = 'urn:y'", "signed_intent_is_never_changed"),
        ("DELETE FROM api_key", "api_key_is_never_deleted"),
        ("UPDATE api_key SET scope = 'sign status'", "api_key_is_never_changed"),
        ("UPDATE api_key SET organization = 'other'", "api_key_is_never_changed"),
        ("DELETE FROM session", "session_is_never_deleted"),
    ],
)
def test_what_protected_them_protects_them_still(brought_along: Database, change: str, guard: str) -> None:
    with pytest.raises(IntegrityError, match=guard), brought_along.write() as tx:
        tx.execute(text(change))


def test_the_catalogue_is_as_before(brought_along: Database) -> None:
    with brought_along.read() as tx:
        course = catalogues.load(tx).courses["toolbox"]
        assert [session.code for session in course.sessions] == ["2026-01-05-en"]
        assert catalogues.revision(tx) == 0


# --- status lists ----------------------------------------------------------------------------------------------


@pytest.fixture
def with_lists(tmp_path: Path) -> Iterator[Database]:
    """Of schema 0004, with two lists of one organization and one of another; the first is full, others begun."""
    path = tmp_path / "home" / "testamur.db"
    path.parent.mkdir(mode=0o700)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        schema.migrate(connection, "0004")
        for number, organization in ((1, "school"), (2, "academy"), (13, "school")):
            connection.execute(text(f"INSERT INTO status_list VALUES ({number}, '{organization}', 1024, 7)"))
        connection.execute(
            text(
                "INSERT INTO fact (id, kind, learner, name, email, subject, fee_paid, source, recorded_at) "
                "VALUES ('f', 'completion', 'l', 'n', 'e@example.org', 'toolbox', 1, 's', '2026')"
            )
        )
        for number, count in ((1, 512), (2, 3), (13, 40)):
            for index in range(count):
                connection.execute(
                    text(
                        "INSERT INTO credential (share_id, kind, organization, learner, subject, version, subject_key, "
                        "edition, fact, list_number, list_index, unsecured, intended_at, status) VALUES (:id, 'course',"
                        " 'school', :id, 'toolbox', 1, 'k', 1, 'f', :list, :index, x'00', '2026', 'valid')"
                    ),
                    {"id": f"{number}-{index}", "list": number, "index": index * 2},
                )
    engine.dispose()
    database = open_database(path)
    yield database
    database.close()


def test_lists_keep_their_addresses_and_the_newest_stay_open(with_lists: Database) -> None:
    with with_lists.read() as tx:
        rows = tx.execute(text("SELECT number, name, closed, version FROM status_list ORDER BY number")).all()
        assert [tuple(row) for row in rows] == [(1, "1", "filled", 7), (2, "2", None, 7), (13, "13", None, 7)]
        assert status.version(tx, "13") == (7, "school")
        assert status_indices.standing(tx, "school") == {"13": 40}


def test_what_their_certificates_have_is_not_given_out(with_lists: Database) -> None:
    with with_lists.write() as tx:
        places = status_indices.reserve(tx, "school", 1_024 - 40, length=1_024, filled=1_024)
    assert {place.list_name for place in places} == {"13"}
    assert {place.list_index for place in places} == set(range(1_024)) - set(range(0, 80, 2))
