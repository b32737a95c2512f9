"""A disk that is full, a database that takes no writes: it is said, nothing is torn, and with room it goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from issuer import api_keys
from issuer.bulk import asking
from issuer.bulk.together import Together
from issuer.store import facts
from issuer.store.database import Database
from tests import databases
from tests.issuer.bulk.by_hand import RITA, ByHand
from tests.issuer.endpoints import ENDPOINTS, operations, prepared, send
from tests.issuer.installation import Installation
from tests.issuer.offices import OPERATOR, Offices
from tests.reliability.accounts import Accounts
from tests.reliability.disk import disk, read_only
from tests.reliability.doomed import doomed
from tests.reliability.points import Watch

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.both_databases]

ROWS = 50  # completions of one request

# Where the disk becomes full, in a chunk of one learner.
POINTS = (
    ("committed: begin", 1),
    ("drafted", 1),
    ("intents written", 1),
    ("recorded", 1),
    ("signed", 1),
    ("signed bytes written", 1),
    ("released", 1),
    ("recorded", 2),
    ("before COMMIT: release", 2),
    ("before COMMIT: settling", 1),
)


class _Then(list[float]):
    """What is waited for, until somebody has made room."""

    def __init__(self, makes_room: Callable[[], None]) -> None:
        super().__init__()
        self._makes_room = makes_room

    def append(self, seconds: float) -> None:
        super().append(seconds)
        self._makes_room()


def test_a_bulk_run_whose_disk_becomes_full() -> None:
    with disk() as one:
        bench = ByHand(Installation(one.folder, place=one.place()), len(POINTS), chunk=1)
        run, paused = bench.start(), []
        bench.waited = _Then(one.empty)
        for point, nth in POINTS:
            _nothing_to_spare(bench.school.database)
            with watched(bench, point, nth, one.fill):
                (became,) = bench.work(1)
            one.empty()
            if became == "paused":
                assert "The disk is full" in (bench.standing(run).run.reason or "")
                paused.append(point)
                asking.resume(bench.school.database, RITA, run, organization=None, now=bench.school.now)
        bench.through(bench.school.services, Together(bench.school.services))
        bench.work()
        # PostgreSQL finds room in pages that it has, now and then.
        assert len(paused) >= (len(POINTS) if databases.of_this_test().kind == "sqlite" else 3), paused
        assert bench.counts(run) == (len(POINTS), 0, 0, 0)
        assert Accounts.of(bench.school, learners=len(POINTS)).wrong() == {}
        bench.school.database.close()


@contextmanager
def watched(bench: ByHand, point: str, nth: int, does: Callable[[], None]) -> Iterator[None]:
    watch = Watch(point, nth, does)
    services = doomed(bench.school.services, watch)
    bench.through(services, Together(services))
    try:
        yield
    finally:
        watch.end()


def _nothing_to_spare(database: Database) -> None:
    """SQLite writes over what it has of its log before it lets it grow."""
    if databases.of_this_test().kind == "sqlite":
        connection = database._ways.writer.raw_connection()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined] # the driver's
        connection.close()


@pytest.mark.only_sqlite
def test_no_request_is_half_done_when_nothing_can_be_written(tmp_path: Path) -> None:
    """Every operation that changes something; those that are `silent` write nothing anyway."""
    offices = Offices(tmp_path)
    wrong = []
    for one in operations(offices):
        if not one.changes or ENDPOINTS[one.name].silent:
            continue
        values = prepared(offices, one)
        before = everything(offices)
        with read_only():
            answer = send(offices, one, OPERATOR, values)
        if answer.status_code != 503 or everything(offices) != before:
            wrong.append((one.name, answer.status_code, answer.text))
    offices.close()
    assert wrong == []


def test_requests_while_the_disk_becomes_full() -> None:
    """Each is taken whole or answered 507; with room the same is taken."""
    with disk() as one:
        school = Installation(one.folder, place=one.place())
        _, key = api_keys.create(school.database, name="LMS", role="registrar", organization="school", now=school.now)
        client = school.client()
        client.headers["Authorization"] = f"Bearer {key}"
        _nothing_to_spare(school.database)
        one.fill()
        taken = 0
        while (answer := _sent(client, taken)).status_code == 200:
            taken += 1
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (507, "store-full")
        assert _count(school) == taken * ROWS
        one.empty()
        assert _sent(client, taken).status_code == 200
        assert _count(school) == (taken + 1) * ROWS
        school.database.close()


def everything(school: Installation) -> str:
    with school.database.read() as tx:
        return databases.everything_in(tx)


def _count(school: Installation) -> int:
    with school.database.read() as tx:
        return facts.count(tx)


def _sent(client: TestClient, number: int) -> Response:
    done = {"course": "toolbox", "session": "03-en", "language": "en", "outcome": "passed"}
    done |= {"completed_on": "2026-03-20", "narrative": "x" * 500}
    who = [f"l-{number}-{row}" for row in range(ROWS)]
    rows = [
        {**done, "learner": one, "name": "Ana Invenira", "email": f"{one}@example.org"}
        | {"identity_verified": True, "fee_paid": True}
        for one in who
    ]
    return client.post("/organizations/school/completions", json={"completions": rows})
