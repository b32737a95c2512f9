"""Workers as real processes: killed in the middle, told to end, gone on with; and every certificate is there once."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from issuer import audit_log
from issuer.store import bulk_workers
from issuer.store.bulk_tables import bulk_chunk
from issuer.store.tables import award, credential
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation

LEARNERS = 20


@pytest.fixture
def bench(tmp_path: Path) -> ByHand:
    return ByHand(Installation(tmp_path), LEARNERS, chunk=1, worker_lease=3, worker_seen=1)


class Workers:
    """Processes of `issuer worker`."""

    def __init__(self, school: Installation) -> None:
        self._school = school
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names:
            words = [sys.executable, "-m", "issuer", "--home", str(self._school.home), "worker", "--name", name]
            environment = os.environ | self._school.environ
            self.processes[name] = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)

    def end(self, name: str) -> int:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait(20)


@pytest.fixture
def workers(bench: ByHand) -> Iterator[Workers]:
    workers = Workers(bench.school)
    yield workers
    for name in list(workers.processes):
        workers.kill(name)


def until(holds: Callable[[], bool], seconds: float = 90) -> None:
    for _ in range(int(seconds / 0.05)):
        if holds():
            return
        threading.Event().wait(0.05)
    pytest.fail("it never came to that")


def chunks(bench: ByHand) -> list[tuple[str, str | None]]:
    """(state, worker) of each."""
    with bench.school.database.read() as tx:
        return [(row[0], row[1]) for row in tx.execute(select(bulk_chunk.c.state, bulk_chunk.c.worker))]


def command(bench: ByHand) -> list[str]:
    return [sys.executable, "-m", "issuer", "--home", str(bench.school.home)]


def issuer(bench: ByHand, *words: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: one that opens a SQLite file twice loses its locks on it when it closes it once."""
    done = subprocess.run([*command(bench), *words], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done


def require_each_once(bench: ByHand, run: int) -> None:
    """Nothing lost, nothing twice, no index of a status list used again; and the log knows of each."""
    assert bench.counts(run) == (LEARNERS, 0, 0, 0)
    with bench.school.database.read() as tx:
        found = tx.execute(select(credential).where(credential.c.released_at.is_not(None))).mappings().all()
        assert len(tx.execute(select(credential.c.number)).all()) == len(found)  # no intent is left
        kinds = Counter(one["kind"] for one in found)
        awards = tx.execute(select(award.c.learner)).all()
        assert audit_log.checked(tx, "school").intact
    assert kinds == {"course": 2 * LEARNERS, "program": LEARNERS}
    assert len(set(awards)) == len(awards) == LEARNERS
    assert len({(one["kind"], one["learner"], one["subject_key"]) for one in found}) == len(found)
    assert len({(one["list_number"], one["list_index"]) for one in found}) == len(found)
    assert bench.standing(run).counts.courses == 2 * LEARNERS


@pytest.mark.both_databases
def test_a_killed_workers_chunks_are_taken_over(bench: ByHand, workers: Workers) -> None:
    run = bench.start()
    workers.start("w-1", "w-2")
    until(lambda: ("begun", "w-1") in chunks(bench) and _done(bench) > 0)
    workers.kill("w-1")
    until(lambda: bench.state(run) == "done")
    assert workers.end("w-2") == 0
    require_each_once(bench, run)
    with bench.school.database.read() as tx:
        assert all(one.ended_at for one in bulk_workers.listed(tx))


def test_a_run_outlives_whoever_works_on_it(bench: ByHand, workers: Workers) -> None:
    """Started with a second process and killed; gone on with by a worker that is told to end; and then to its end."""
    words = [*command(bench), "bulk", "start", "--cohort", str(bench.cohort), "--workers", "2"]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    until(lambda: _done(bench) > 0)
    process.kill()
    process.wait(20)
    until(lambda: not _alive(bench))  # what it had started ended with it
    before = _done(bench)
    workers.start("w-1")
    until(lambda: _done(bench) > before)
    assert workers.end("w-1") == 0
    assert (bench.state(1), _done(bench) < LEARNERS) == ("running", True)
    assert "begun" not in {state for state, _ in chunks(bench)}
    said = issuer(bench, "bulk", "resume", "1")  # works on it itself
    assert "Bulk run 1: done" in said.stdout
    assert f"{LEARNERS}  issued" in said.stdout
    assert "Bulk run 1: " in said.stderr  # how far it was, as lines
    require_each_once(bench, 1)


def _done(bench: ByHand) -> int:
    return sum(state == "done" for state, _ in chunks(bench))


def _alive(bench: ByHand) -> list[str]:
    from issuer.bulk import presence

    folder = bench.school.home / "workers"
    return [one.stem for one in folder.iterdir() if presence.is_at_work(bench.school.home, one.stem)]
