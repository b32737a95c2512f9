"""The durable engine in earnest, in this process: what it keeps, and each trap of it."""

import asyncio
import pickle
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from issuer.bulk import asking, feeding, presence
from issuer.bulk.versions import VERSION
from issuer.bulk.worker import Worker, working
from issuer.bulk.working import Working
from issuer.errors import StoreFull
from issuer.store import bulk_chunks
from tests.issuer.bulk.by_hand import RITA, ByHand
from tests.issuer.installation import Installation

pytestmark = pytest.mark.xdist_group("bulk engine")


@pytest.fixture(autouse=True)
def without_a_loop() -> Iterator[None]:
    """The engine is started where no event loop runs; the browser of other tests has its own in this thread."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture
def bench(tmp_path: Path) -> ByHand:
    return ByHand(Installation(tmp_path), 7, chunk=2, bulk_leg=2, bulk_ahead=1)


def worked(bench: ByHand, until: Callable[[Worker], bool], *, name: str = "w-1", rounds: int = 200) -> None:
    """A worker of this process, until that holds."""
    left = iter(range(rounds))
    with working(bench.school.services, bench.stamp, name=name, ending=threading.Event()) as worker:
        worker.run(lambda: until(worker) or next(left, None) is None)


def kept(bench: ByHand) -> str:
    """Every row of every table of the engine, as text."""
    if not bench.school.environ:
        connection = sqlite3.connect(bench.school.home / "engine.db")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for name in names for row in connection.execute(f'SELECT * FROM "{name}"')]
        connection.close()
        return repr(rows)
    with psycopg.connect(next(iter(bench.school.environ.values()))) as server:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'dbos'"
        names = [row[0] for row in server.execute(query).fetchall()]
        return repr([server.execute(f'SELECT * FROM dbos."{name}"').fetchall() for name in names])


@pytest.mark.both_databases
def test_a_whole_run(bench: ByHand) -> None:
    """Four chunks in two legs; and what the engine keeps of it is our numbers, in JSON."""
    run = bench.start()
    worked(bench, lambda _: bench.state(run) == "done")
    assert (bench.state(run), bench.counts(run)) == ("done", (7, 0, 0, 0))
    assert sorted(bench.stamp.seen) == [f"l{number:03}" for number in range(7)]
    found = kept(bench)
    assert f"run-{run}-leg-2-chunk-4" in found
    assert "portable_json" in found
    assert "py_pickle" not in found
    assert pickle.dumps(())[:2].decode("latin-1") not in found
    assert [one for one in ("l00", "Invenira", "example.org", "mini", "Rita") if one in found] == []
    assert "w-1" in found  # the executor
    if not bench.school.environ:
        assert (bench.school.home / "engine.db").stat().st_mode & 0o077 == 0


def test_what_the_engine_has_lost_is_handed_out_anew(bench: ByHand) -> None:
    """The engine's tables may be thrown away: they are nothing that a run depends on."""
    run = bench.start()
    bench.feed()
    with bench.school.database.read() as tx:
        assert len(bulk_chunks.handed_out(tx, run)) == 2  # in a list of this test, of which the engine knows nothing
    worked(bench, lambda _: bench.state(run) == "done")
    assert bench.counts(run) == (7, 0, 0, 0)


def test_what_another_version_queued_is_not_stranded(bench: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker does only workflows of its own version; those of a version that nobody knows are handed out anew."""
    bench.limit(bulk_chunk=1, bulk_leg=7)
    run = bench.start()
    begun, release = threading.Event(), threading.Event()
    stamped = bench.stamp.cohort_rows

    def hang(*given: Any, **more: Any) -> Any:
        begun.set()
        release.wait(20)
        return stamped(*given, **more)

    def ends(_: Worker) -> bool:
        if begun.is_set():
            release.set()
        return begun.is_set()

    bench.stamp.cohort_rows = hang  # type: ignore[method-assign] # for this worker
    with monkeypatch.context() as patch:
        for module in ("issuer.bulk.engine", "issuer.bulk.worker"):
            __import__(module)
            patch.setattr(sys.modules[module], "VERSION", "0")
        worked(bench, ends)
    bench.stamp.cohort_rows = stamped  # type: ignore[method-assign] # as it was
    assert "'ENQUEUED'" in kept(bench)
    assert bench.state(run) == "running"
    worked(bench, lambda _: bench.state(run) == "done")
    assert bench.counts(run) == (7, 0, 0, 0)
    assert "'0'" in kept(bench)
    assert f"'{VERSION}'" in kept(bench)


def test_a_leg_that_failed_is_followed_by_another(bench: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.start()
    worked(bench, lambda worker: _failed(worker, monkeypatch, run))
    monkeypatch.undo()
    worked(bench, lambda _: bench.state(run) == "done")
    assert bench.counts(run) == (7, 0, 0, 0)


def _failed(worker: Worker, monkeypatch: pytest.MonkeyPatch, run: int) -> bool:
    """Instead of an hour of tries: the leg is cancelled before it is taken."""
    from dbos import DBOS

    known = DBOS.get_workflow_status(f"run-{run}-leg-1")
    if known is not None:
        DBOS.cancel_workflow(f"run-{run}-leg-1")
    return known is not None


@pytest.mark.parametrize("which", ["chunk", "leg"])
def test_what_the_engine_could_not_write_down_is_done_again(
    bench: ByHand, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """A full disk takes neither a chunk nor that it failed: by the engine's tables it is worked on for ever."""
    from dbos import DBOS
    from dbos._sys_db import SystemDatabase

    monkeypatch.setattr("issuer.bulk.worker._ROUNDS", 1)
    run, refused = bench.start(), list[str]()
    writes, queues = SystemDatabase.update_workflow_outcome, DBOS.enqueue_workflow
    full = sqlite3.OperationalError("database or disk is full")

    def write(tables: SystemDatabase, id: str, *given: Any, **more: Any) -> Any:
        if not refused and ("chunk" in id) == (which == "chunk"):
            refused.append(id)
            raise full
        return writes(tables, id, *given, **more)

    def queue(name: str, *given: Any) -> Any:
        if not refused and name == "bulk-chunks":
            raise full
        return queues(name, *given)

    monkeypatch.setattr(SystemDatabase, "update_workflow_outcome", write)
    if which == "leg":
        monkeypatch.setattr(DBOS, "enqueue_workflow", queue)
    else:
        bench.stamp.raises = {"l000": StoreFull("The disk is full.")}
        monkeypatch.setattr(Working, "_pause", lambda *given: "paused")
    worked(bench, lambda _: bench.state(run) == "done", rounds=40)
    assert len(refused) == 1
    assert bench.counts(run) == (7, 0, 0, 0)
    assert sorted(bench.stamp.seen) == [f"l{number:03}" for number in range(7)]


def test_a_worker_outlives_a_moment_in_which_the_engine_has_no_tables(
    bench: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbos import DBOS
    from sqlalchemy.exc import OperationalError

    known, refused = DBOS.get_workflow_status, list[str]()

    def away(id: str) -> Any:
        if not refused:
            refused.append(id)
            raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))
        return known(id)

    monkeypatch.setattr(DBOS, "get_workflow_status", away)
    run = bench.start()
    worked(bench, lambda _: bench.state(run) == "done")
    assert (len(refused), bench.counts(run)) == (1, (7, 0, 0, 0))


def test_a_chunk_that_ends_its_worker_again_and_again_pauses_the_run(bench: ByHand) -> None:
    run = bench.start()
    tries = bench.school.config.limits.bulk_tries.value
    for _ in range(tries):
        bench.stamp.raises = {"l000": KeyboardInterrupt()}
        with pytest.raises(KeyboardInterrupt):
            bench.work(1)
        bench.queue.clear()
        feeding.mend(bench.school.database, run, [1, 2])
    assert bench.work(1) == ["paused"]
    assert f"was begun {tries} times" in (bench.standing(run).run.reason or "")
    asking.resume(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    bench.work()
    assert bench.counts(run) == (7, 0, 0, 0)


@pytest.mark.both_databases
def test_what_a_dead_worker_had_begun_is_taken_over(bench: ByHand) -> None:
    """By another name, as soon as it is known to be dead; in the engine's own tables it is begun until then."""
    school, limits = bench.school, bench.school.config.limits
    run = bench.start()
    begun, release = threading.Event(), threading.Event()
    stamped = bench.stamp.cohort_rows

    def hang(*given: Any, **more: Any) -> Any:
        begun.set()
        release.wait(20)
        return stamped(*given, **more)

    bench.stamp.cohort_rows = hang  # type: ignore[method-assign] # for this worker
    with working(school.services, bench.stamp, name="w-1", ending=threading.Event()) as worker:
        worker.run(begun.is_set)
        # A second engine cannot be in this process; what its worker would see, its presence sees.
        with presence.claim(
            school.home, school.database, "w-2", version=VERSION, limits=limits, now=lambda: school.now
        ) as second:
            with school.database.read() as tx:
                assert second.dead(tx) == ()
            school.later(seconds=limits.worker_lease.value)
            with school.database.read() as tx:
                assert [one.name for one in second.dead(tx)] == ["w-1"]
        assert worker.engine.take_over("w-1") == 2  # the one that hangs, and the next
        assert worker.engine.take_over("w-1") == 0
        release.set()
        bench.stamp.cohort_rows = stamped  # type: ignore[method-assign] # as it was
        worker.run(lambda: bench.state(run) == "done")
    assert bench.counts(run) == (7, 0, 0, 0)
