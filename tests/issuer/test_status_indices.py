"""Which index of which list: at random, none twice, in bulk, by however many at once."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from issuer.store import status_indices
from issuer.store.database import Database, open_database
from issuer.store.dialects import Place
from issuer.store.status_indices import StatusIndex
from tests import databases

LENGTH = 131_072
SHORT = 1_024  # entries; the store takes any, for tests


pytestmark = pytest.mark.both_databases


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return databases.of_this_test().place(tmp_path / "home" / "testamur.db")


@pytest.fixture
def database(place: Place) -> Database:
    return open_database(place)


def reserved(database: Database, count: int, organization: str = "school", **limits: int) -> tuple[StatusIndex, ...]:
    given = {"length": LENGTH, "filled": LENGTH // 2} | limits
    with database.write() as tx:
        return status_indices.reserve(tx, organization, count, **given)


def test_none_is_given_out_twice(database: Database) -> None:
    places = [place for count in (1, 300, 0, 500, 199, 24) for place in reserved(database, count, length=SHORT)]
    assert len(places) == len({(place.list_number, place.list_index) for place in places}) == SHORT
    assert {place.list_index for place in places} == set(range(SHORT))


def test_a_list_that_is_half_full_is_followed_by_a_new_one(database: Database) -> None:
    """Also in the middle of what is reserved; and each organization has its own."""
    first = reserved(database, 500, length=SHORT, filled=512)
    second = reserved(database, 1_100, length=SHORT, filled=512)
    numbers = [place.list_number for place in (*first, *second)]
    assert [numbers.count(one) for one in sorted(set(numbers))] == [512, 512, 512, 64]
    assert not {place.list_number for place in reserved(database, 5, "academy")} & set(numbers)
    with database.read() as tx:
        assert status_indices.standing(tx, "school") == {second[-1].list_name: 64}


def test_a_lower_limit_holds_for_the_list_that_is_open(database: Database) -> None:
    (first, *_) = reserved(database, 10)
    (second,) = reserved(database, 1, filled=5)
    assert first.list_number != second.list_number


def test_what_is_undone_is_not_given_out(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as tx:  # noqa: PT012 - the block is what is undone
        status_indices.reserve(tx, "school", 9, length=LENGTH, filled=512)
        raise RuntimeError
    (place,) = reserved(database, 1)
    with database.read() as tx:
        assert status_indices.standing(tx, "school") == {place.list_name: 1}


def test_neither_indices_nor_names_can_be_guessed(database: Database) -> None:
    places = reserved(database, 20)
    indices = [place.list_index for place in places]
    assert indices != sorted(indices)
    assert max(indices) > 1_000  # one in 10**40 that twenty draws all stay below
    names = {places[0].list_name, reserved(database, 1, "academy")[0].list_name}
    assert {len(name) for name in names} <= {15, 16, 17}
    assert len(names) == 2


def test_many_take_as_many_statements_as_one(database: Database) -> None:
    reserved(database, 1)
    said: list[str] = []
    with database.read() as tx:
        engine = tx.engine
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    reserved(database, 1)
    few = len(said)
    reserved(database, 500)
    assert len(said) == 2 * few


def test_of_several_at_once_each_gets_others(place: Place, database: Database) -> None:
    found: list[StatusIndex] = []

    def work() -> None:
        mine = open_database(place)
        for count in (1, 40, 7):
            found.extend(reserved(mine, count, length=SHORT, filled=100))
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len({(place.list_number, place.list_index) for place in found}) == 4 * 48


# --- what the database refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("UPDATE status_list SET name = 'other'", "status_list_stays_itself"),
        ("UPDATE status_list SET organization = 'other'", "status_list_stays_itself"),
        ("UPDATE status_list SET length = 8", "status_list_stays_itself"),
        ("UPDATE status_list SET version = version - 1", "status_version_only_grows"),
        ("UPDATE status_list SET closed = NULL WHERE closed IS NOT NULL", "status_list_stays_closed"),
        ("UPDATE given_out SET count = count - 1 WHERE list_number = 2", "given_out_only_grows"),
        ("UPDATE given_out SET count = 99 WHERE list_number = 1", "closed_list_gives_nothing_out"),
        ("DELETE FROM given_out", "given_out_is_never_deleted"),
        ("INSERT INTO status_list (organization, length, version, name) VALUES ('school', 8, 0, 'x')", "(?i)unique"),
        ("INSERT INTO status_list (organization, length, version) SELECT name, 8, 0 FROM status_list", "(?i)unique"),
    ],
)
def test_what_was_given_out_stays_given_out(database: Database, change: str, guard: str) -> None:
    reserved(database, 600, length=SHORT, filled=512)
    with pytest.raises(IntegrityError, match=guard), database.write() as tx:
        tx.execute(text(change))
