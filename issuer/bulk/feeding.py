"""Keeps runs going: hands open chunks out leg by leg, finishes runs, wakes those that waited, mends what was lost.

A run goes in *legs*: a leg is one workflow of the engine that takes some dozens of open chunks and queues a workflow
for each. The next begins when few of them are left. So a run of a million certificates keeps the engine's queue short,
a pause has little to take back, and what was put back or lost is simply part of a later leg.

Every worker does this every moment; whatever two of them do at once is done once, because a leg has a number.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from issuer.bulk.planning import plan
from issuer.errors import LimitReached
from issuer.limits import Limits
from issuer.store import audit, bulk_chunks, bulk_runs
from issuer.store.bulk_runs import BulkRun, RunState
from issuer.store.database import Database, Transaction


@dataclass(frozen=True)
class Leg:
    run: int
    number: int


def next_legs(tx: Transaction, limits: Limits) -> tuple[Leg, ...]:
    """Those that are to begin now: of runs that go on, and of which the engine has few chunks left."""
    legs: list[Leg] = []
    for run in bulk_runs.in_states(tx, "running"):
        counts = bulk_chunks.counts(tx, run.number)
        given, open_ = counts.chunks("queued", "begun"), counts.chunks("open")
        if given <= limits.bulk_ahead.value and (open_ or not run.planned):
            legs.append(Leg(run.number, run.leg + 1))
    return tuple(legs)


def take(database: Database, leg: Leg, *, limits: Limits, now: datetime) -> tuple[int, ...]:
    """The chunks of the leg: what is still to be planned is planned, and open ones are handed out in it. Taken again,
    it is those that were, and nothing new."""
    with database.read() as tx:
        run = bulk_runs.find(tx, leg.run)
    if run.leg < leg.number and run.state == "running":
        plan(database, run, limits=limits, now=now)
    with database.write() as tx:
        run = bulk_runs.find(tx, leg.run)
        if run.leg >= leg.number:
            return bulk_chunks.of_leg(tx, leg.run, leg.number)
        bulk_runs.begin_leg(tx, leg.run, leg.number)  # a number is used once, also by a leg that finds a pause
        if run.state != "running":
            return ()
        taken = bulk_chunks.hand_out(tx, leg.run, leg.number, limit=limits.bulk_leg.value)
        end_if_over(tx, leg.run, at=now)  # of a run in which there is nothing to do
        return taken


def skip(database: Database, leg: Leg) -> None:
    """Of a leg that failed nothing was handed out: another one begins in its place."""
    with database.write() as tx:
        if bulk_runs.find(tx, leg.run).leg < leg.number:
            bulk_runs.begin_leg(tx, leg.run, leg.number)


def limited(tx: Transaction, number: int, limit: LimitReached, *, at_once: bool) -> None:
    """The limit of an hour stopped a chunk: the run waits until there is room, `at_once` or when nothing else is left
    to do (`end_if_over`)."""
    if bulk_runs.find(tx, number).state == "running":
        state: RunState = "waiting" if at_once else "running"
        bulk_runs.change(tx, number, state, reason=str(limit.message), again_at=limit.again_at)


def end_if_over(tx: Transaction, number: int, *, at: datetime) -> None:
    """The run is done when each of its chunks is, and waits when the limit stopped all that are not."""
    run = bulk_runs.find(tx, number)
    if run.state not in ("running", "waiting") or not run.planned:
        return
    counts = bulk_chunks.counts(tx, number)
    if counts.chunks("open", "queued", "begun"):
        return
    if counts.chunks("limited"):
        bulk_runs.change(tx, number, "waiting", reason=run.reason, again_at=run.again_at)
        return
    bulk_runs.change(tx, number, "done", ended_at=at)
    audit.append(
        tx,
        run.organization,
        actor=run.asked_by,
        action="bulk.end",
        subject=f"bulk run {number}",
        at=at,
        issued=counts.issued,
        failed=counts.failed,
    )


def wake(database: Database, *, now: datetime) -> None:
    """Runs that waited for the limit of an hour go on when there is room."""
    with database.read() as tx:
        waiting = [one.number for one in bulk_runs.in_states(tx, "waiting") if _is_time(one, now)]
    for number in waiting:
        with database.write() as tx:
            if _is_time(bulk_runs.find(tx, number), now):
                bulk_chunks.wake(tx, number)
                bulk_runs.change(tx, number, "running")


def _is_time(run: BulkRun, now: datetime) -> bool:
    return run.state == "waiting" and (run.again_at is None or run.again_at <= now)


def mend(database: Database, number: int, lost: Collection[int]) -> None:
    """Chunks that were handed out and that the engine does not have: they are handed out again."""
    with database.write() as tx:
        bulk_chunks.put_back(tx, number, tuple(lost))
