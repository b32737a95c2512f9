"""How a bulk run stands: how far, how quick, how long still, and the honest count at the end.

    total = issued + already there + failed + not begun

and each of the four is read from the store. `left` are certificates that nobody has begun or that wait; of a run that
was cancelled they are *not begun* for good. The rate is that of the chunks that were done last, so that it follows what
happens (a second worker, a busy machine) and does not jump from chunk to chunk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from issuer.limits import Limits
from issuer.store import bulk_chunks, bulk_runs
from issuer.store.bulk_chunks import Counts
from issuer.store.bulk_runs import BulkRun, Failure, RunState
from issuer.store.database import Database, Transaction
from vc.dates import timestamp

_SILENT = timedelta(minutes=2)  # after which a rate tells nothing any more


@dataclass(frozen=True)
class BulkStanding:
    """Counts are certificates; `rate`: a second, None when nothing tells it; `remaining`: seconds."""

    run: BulkRun
    counts: Counts
    rate: float | None
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def already(self) -> int:
        return self.run.already + self.counts.already

    @property
    def total(self) -> int:
        return self.already + self.counts.size

    @property
    def issued(self) -> int:
        return self.counts.issued

    @property
    def failed(self) -> int:
        return self.counts.failed

    @property
    def left(self) -> int:
        return max(0, self.counts.size - self.counts.issued - self.counts.failed)

    @property
    def stage(self) -> str:
        """What is said of it: its state, or `planning` while not everybody is in a chunk."""
        return "planning" if self.run.state == "running" and not self.run.planned else self.run.state

    @property
    def remaining(self) -> float | None:
        if self.run.state != "running" or not self.rate:
            return None
        return self.left / self.rate

    def to_json(self) -> dict[str, Any]:
        run = self.run
        return {
            "number": run.number,
            "organization": run.organization,
            "kind": run.kind,
            "cohort": run.cohort,
            "program": run.program,
            "asked_by": run.asked_by,
            "asked_at": timestamp(run.asked_at),
            "state": self.stage,
            "reason": run.reason,
            "again_at": None if run.again_at is None else timestamp(run.again_at),
            "ended_at": None if run.ended_at is None else timestamp(run.ended_at),
            "total": self.total,
            "counts": {
                "issued": self.issued,
                "already_there": self.already,
                "failed": self.failed,
                "not_begun": self.left,
            },
            "course_certificates": self.counts.courses,
            "done": self.issued + self.already,
            "failed": self.failed,
            "rate_per_second": None if self.rate is None else round(self.rate, 1),
            "remaining_seconds": None if self.remaining is None else round(self.remaining),
            "failures": [{"why": why, "count": count} for why, count in self.reasons],
        }


def standing(tx: Transaction, run: BulkRun, *, limits: Limits, now: datetime, grouped: bool = False) -> BulkStanding:
    """`grouped`: with the reasons of what failed, for which each of these rows is read."""
    counts = bulk_chunks.counts(tx, run.number)
    latest = bulk_chunks.latest(tx, run.number, limit=limits.bulk_latest.value)
    reasons = bulk_runs.failures_by_reason(tx, run.number) if grouped else ()
    return BulkStanding(run, counts, _rate(run, latest, now), reasons)


def states(tx: Transaction) -> Mapping[RunState, int]:
    """How many runs are in each state, also those of which there is none: for whoever watches an installation."""
    found = bulk_runs.count_by_state(tx)
    return {state: found.get(state, 0) for state in get_args(RunState)}


def _rate(run: BulkRun, latest: Sequence[tuple[datetime, int]], now: datetime) -> float | None:
    """Of an ended run, all of it over all of its time; else of the latest chunks: what was done after the first of
    them, over the time since it was done."""
    if len(latest) < 2 or (not run.ended and now - latest[0][0] > _SILENT):
        return None
    span = (latest[0][0] - latest[-1][0]).total_seconds()
    return sum(size for _, size in latest[:-1]) / span if span > 0 else None


def every_failure(database: Database, number: int, limits: Limits) -> Iterator[Failure]:
    """All of them, read in pages: a long download holds no view of the database."""
    after = ("", "")
    while True:
        with database.read() as tx:
            page = bulk_runs.failures(tx, number, after=after, limit=limits.page_size.value)
        if not page:
            return
        yield from page
        after = (page[-1].learner, page[-1].subject)
