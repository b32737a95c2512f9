"""The whole bulk run in one process: facts, decided, drafted, looked over, recorded, signed, read back, released.

    python -m benchmarks.journey --certificates 100000
    python -m benchmarks.journey --certificates 1000000 --database postgresql://…

One row for each size of the store: what a certificate costs when so many are there already. Every row has its facts
written (not counted), its learners decided and their certificates issued, in chunks as a bulk run has them
(`issuer.batches`), on one core; seven certificates a learner. Memory is the most that the process ever had.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.progress import Progress

from benchmarks import published, six_courses
from benchmarks.ground import Ground, postgresql
from benchmarks.timing import Table, load, machine, peak, printed
from benchmarks.watching import size
from issuer import deciding, selection
from issuer.app import wire
from issuer.services import Services
from serving.collecting import seldom

SHORT = 1_400  # certificates; some seconds
CHUNK = 250  # learners; 1,750 certificates
MOST = 20_000_000  # certificates; a mistake in a number must not fill the disk
_SIZES = (0, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)


@dataclass(frozen=True)
class Slice:
    """`before` certificates were there. Seconds by the clock and of a processor, for `issued` more; `disk` in bytes."""

    before: int
    issued: int
    wall: float
    deciding: float
    issuing: float
    memory: int
    disk: int

    @property
    def processor(self) -> float:
        return self.deciding + self.issuing


def tables(certificates: int = SHORT, database: str | None = None) -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as folder:
        if database is None:
            yield _table(list(measured(Ground.made(Path(folder) / "home", None, port=8975), certificates)), "SQLite")
            return
        with postgresql(Path(folder), None if database == "own" else database) as address:
            ground = Ground.made(Path(folder) / "home", address, port=8975)
            yield _table(list(measured(ground, certificates)), "PostgreSQL")


def measured(ground: Ground, certificates: int) -> Iterator[Slice]:
    services = wire(ground.home, environ=ground.environment)
    ends = [one for one in _SIZES if one < certificates] + [certificates]
    with Progress(transient=True) as progress:
        task = progress.add_task("Issuing", total=certificates)
        for before, end in pairwise(math.ceil(one / six_courses.EACH) for one in ends):
            learners = range(before, end)
            six_courses.fill(services.database, learners)
            began, processor = time.monotonic(), time.process_time()
            for _ in deciding.stream(services.database, now=services.now()):
                pass
            decided = time.process_time()
            issued = 0
            for first in range(before, end, CHUNK):
                issued += _chunk(services, learners[first - before : first - before + CHUNK])
                progress.update(task, completed=first * six_courses.EACH)
            yield Slice(
                before * six_courses.EACH,
                issued,
                time.monotonic() - began,
                decided - processor,
                time.process_time() - decided,
                peak(),
                size(services.database),
            )
    services.database.close()


def _chunk(services: Services, numbers: range) -> int:
    """How many were released. Raises `RuntimeError` for any that was not."""
    with services.database.read() as tx:
        chosen = selection.choice(tx)
        learners = [six_courses.learner(number) for number in numbers]
        plan = selection.of_learners(tx, chosen, learners, now=services.now())
    done = services.issuance().batches.due(plan.items)
    if done.failed or done.limit or len(plan.items) != len(numbers) * six_courses.EACH:
        raise RuntimeError(f"{len(done.failed)} failed of {len(plan.items)}: {done.failed[:1]} {done.limit}")
    return done.issued + done.courses


def _table(slices: Sequence[Slice], where: str) -> Table:
    rows = [
        (
            f"{one.before:,}",
            f"{one.issued:,}",
            f"{one.issued / one.processor:,.0f}",
            f"{one.deciding / one.issued * 1e6:,.0f}",
            f"{one.issuing / one.issued * 1e6:,.0f}",
            f"{one.issued / one.wall:,.0f}",
            f"{one.memory / 1e6:,.0f}",
            f"{one.disk / max(1, one.before + one.issued) / 1e3:,.1f}",
        )
        for one in slices
    ]
    columns = (
        "there before",
        "issued",
        "for each s of CPU",
        "µs to decide",
        "µs to issue",
        "a s by the clock",
        "MB",
        "KB each",
    )
    note = f"{where}, one process. The first rows hold what is read and learnt once."
    return Table(f"From facts to released, {where}", columns, rows, (note,))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--certificates", type=int, default=SHORT)
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL server, or `own` for one that is started here")
    parser.add_argument("--part", choices=("bulk", "growth"), default="bulk", help="of docs/performance.md")
    parser.add_argument("--markdown", action="store_true", help="write the table into docs/performance.md")
    chosen = parser.parse_args()
    if not six_courses.EACH <= chosen.certificates <= MOST:
        parser.error(f"Between {six_courses.EACH} and {MOST:,} certificates.")
    seldom()  # as the command does
    print(machine())
    found = list(printed(tables(chosen.certificates, chosen.database)))
    print(load())
    if chosen.markdown:
        published.replace(chosen.part, found)


if __name__ == "__main__":
    main()
