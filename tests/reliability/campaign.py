"""Real workers (`issuer worker`) of one bulk run, killed at random moments until it is done; then the accounts.

    round_ = Campaign(random.Random(7), workers=2, kills=6).round(folder, learners=20)
    round_.accounts.wrong()          # {} when nothing is lost and nothing is twice
    round_.fell                      # where the kills fell, by what the store shows of it

Each is told to end, one time in so many, instead of being killed; and begins again, under its name or another.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from issuer.store.bulk_tables import bulk_chunk
from issuer.store.database import Transaction
from issuer.store.tables import credential
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation
from tests.reliability.accounts import Accounts

ROOT = Path(__file__).parents[2]

LEASE = 10  # seconds; its sign of life is a second old, or a few where many processes share a processor
TOLD_TO_END = 0.15  # of those that are not killed
BEFORE_WORK = 0.15  # of those that are killed wherever they are, and not when they are at a chunk
MOST_IN_A_CHUNK = 0.4  # seconds that one is let go on in its chunk
PATIENCE = 300.0  # seconds without anything new: then it hangs, which is a finding


class Hangs(AssertionError):
    """Nothing moved for `PATIENCE`."""


@dataclass(frozen=True)
class Seen:
    """Of one moment: who is at which chunk, how many chunks are done, how many intents are not released."""

    at: dict[int, str]
    done: int
    intents: int
    certificates: int
    state: str


@dataclass
class Round:
    """`fell`: of the kills; `taken_over`: chunks that a killed worker was at, and another finished."""

    fell: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    taken_over: int = 0
    seconds: float = 0.0
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    accounts: Accounts | None = None

    @property
    def kills(self) -> int:
        return self.fell.total()


class Campaign:
    """`kills`: of one round, at most; a run that is done before has fewer."""

    def __init__(self, chance: random.Random, *, workers: int, kills: int) -> None:
        self._chance = chance
        self._workers = workers
        self._kills = kills

    def round(self, folder: Path, *, learners: int) -> Round:
        limits = {"worker_lease": LEASE, "worker_seen": 1, "bulk_tries": 1_000}
        bench = ByHand(Installation(folder), learners, chunk=1, **limits)
        number, told = bench.start(), Round()
        crew = _Crew(bench.school, folder / "workers.log")
        began = time.monotonic()
        try:
            for _ in range(self._workers):
                crew.start()
            while told.kills < self._kills and self._strike(bench, crew, told, number):
                pass
            _until(bench, number, lambda seen: seen.state != "running")
        finally:
            crew.end()
        told.seconds = time.monotonic() - began
        told.counts = bench.counts(number)
        bench.school.now = datetime.now(UTC)  # which is what the workers signed by
        told.accounts = Accounts.of(bench.school, learners=learners)
        told.taken_over = sum(_worker(bench, chunk) != name for chunk, name in crew.left_behind)
        bench.school.database.close()
        return told

    def _strike(self, bench: ByHand, crew: "_Crew", told: Round, number: int) -> bool:
        """One of them ends, and another begins. False: the run is done."""
        chance = self._chance
        name = chance.choice(sorted(crew.processes))
        if chance.random() >= BEFORE_WORK:
            seen = _until(bench, number, lambda seen: name in seen.at.values() or seen.state != "running")
            if seen.state != "running":
                return False
            time.sleep(chance.uniform(0.0, MOST_IN_A_CHUNK))
        else:
            time.sleep(chance.uniform(0.0, 2.0))
        if chance.random() < TOLD_TO_END:
            crew.stop(name, signal.SIGTERM)
            told.ended += 1
        else:
            crew.stop(name, signal.SIGKILL)
            seen = _seen(bench, number)
            if seen.state != "running":
                return False
            told.fell[_where(seen, name)] += 1
            crew.left_behind += [(chunk, who) for chunk, who in seen.at.items() if who == name]
        crew.start(name if chance.random() < 0.5 else None)
        return True


class _Crew:
    """`left_behind`: (chunk, worker) of those who were killed at one."""

    def __init__(self, school: Installation, log: Path) -> None:
        self._words = [sys.executable, "-m", "issuer", "--home", str(school.home), "worker", "--name"]
        self._environ = os.environ | school.environ | {"PYTHONPATH": str(ROOT)}
        self._log = log
        self._started = 0
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.left_behind: list[tuple[int, str]] = []

    def start(self, name: str | None = None) -> None:
        self._started += 1
        name = name or f"w-{self._started}"
        with self._log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*self._words, name], cwd=ROOT, env=self._environ, stdout=log, stderr=log
            )

    def stop(self, name: str, number: int) -> None:
        process = self.processes.pop(name)
        process.send_signal(number)
        code = process.wait(90)
        if code not in (0, -number):
            raise AssertionError(f"{name} ended with {code}:\n{self._log.read_text()[-2_000:]}")

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(20)


def _seen(bench: ByHand, run: int) -> Seen:
    with bench.school.database.read() as tx:
        chunks = tx.execute(select(bulk_chunk.c.number, bulk_chunk.c.state, bulk_chunk.c.worker)).all()
        return Seen(
            at={number: worker or "" for number, state, worker in chunks if state == "begun"},
            done=sum(state == "done" for _, state, _ in chunks),
            intents=_count(tx, credential.c.secured.is_(None)),
            certificates=_count(tx, credential.c.secured.is_not(None)),
            state=bench.state(run),
        )


def _count(tx: Transaction, which: object) -> int:
    return tx.scalar(select(func.count()).select_from(credential).where(which)) or 0  # type: ignore[arg-type] # a clause


def _worker(bench: ByHand, chunk: int) -> str | None:
    """Who was at it last."""
    with bench.school.database.read() as tx:
        return tx.scalar(select(bulk_chunk.c.worker).where(bulk_chunk.c.number == chunk))


def _where(seen: Seen, name: str) -> str:
    if name not in seen.at.values():
        return "between two chunks, or before the first"
    return "between intents and release" if seen.intents else "in a chunk, nothing half done"


def _until(bench: ByHand, run: int, holds: Callable[[Seen], bool]) -> Seen:
    before, since = None, time.monotonic()
    while True:
        seen = _seen(bench, run)
        if holds(seen):
            return seen
        moved = (seen.done, seen.certificates, seen.intents)
        if moved != before:
            before, since = moved, time.monotonic()
        if time.monotonic() - since > PATIENCE:
            raise Hangs(f"nothing moved for {PATIENCE:.0f} seconds: {seen}")
        threading.Event().wait(0.01)
