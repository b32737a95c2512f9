"""Facts that are there already -> decided -> drafted, linted, recorded, signed, read back, released: one worker's rate.

    python -m benchmarks.bulk --certificates 100000 [--database postgresql://…] [--folder DIR]

What a certificate costs is told step by step, beside the floor (one Ed25519 signature made and verified, measured in
the same run), and portion by portion while the store fills up: it should cost at the end what it cost at the beginning.
Processor time of this process is what counts, not the clock's: the machine may have other work. Learners are made up.
"""

import argparse
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import six_courses
from benchmarks.ground import Ground
from benchmarks.timing import Table, load, machine, micro, peak, printed, times
from benchmarks.watching import size
from issuer import deciding
from issuer.app import wire
from issuer.issuance import Issuance
from issuer.services import Services
from serving.collecting import seldom
from tests.vc.samples import SoftSigner

MOST = 20_000_000  # certificates; a mistake in a number must not fill the disk
NOW = six_courses.TOLD.replace(month=9)  # all courses are over
STEPS = ("drafted", "linted", "recorded", "signed", "checked", "released")
PORTIONS = 10  # of the run, in the table over time
PORT = 8977


@dataclass
class Portion:
    """`processor`: seconds in all, `steps`: of each step, `floor`: of a signature made and verified meanwhile."""

    count: int = 0
    processor: float = 0.0
    clock: float = 0.0
    floor: float = 0.0
    memory: int = 0
    steps: Counter[str] = field(default_factory=Counter)


class Meter:
    """Told of each step and each certificate, it notes what was spent since the last one. A portion ends with some
    hundred learners (`progress`), when all that is theirs was issued."""

    def __init__(self, each: int) -> None:
        self.portions = [Portion()]
        self._each = each
        self._signer = SoftSigner()
        self._began()

    def _began(self) -> None:
        self.portions[-1].floor = floor(self._signer)
        self._processor, self._clock = time.process_time(), time.monotonic()

    def reached(self, step: str) -> None:
        self._spent(step)

    def _spent(self, step: str) -> None:
        portion, processor, clock = self.portions[-1], time.process_time(), time.monotonic()
        portion.steps[step] += processor - self._processor
        portion.processor += processor - self._processor
        portion.clock += clock - self._clock
        self._processor, self._clock = processor, clock

    def released(self, _: Any) -> None:
        self.portions[-1].count += 1

    def progress(self, done: int, total: int) -> None:
        self._spent("rest")
        self.portions[-1].memory = peak()
        if self.portions[-1].count >= self._each and done < total:
            self.portions.append(Portion())
            self._began()


def floor(signer: SoftSigner, calls: int = 200) -> float:
    """Seconds of one signature and its verification; the least of a few rounds."""
    message, key = bytes(64), signer.public_key
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(calls // 5):
            key.verify(signer.sign(message), message)
        rounds.append((time.process_time() - began) / (calls // 5))
    return min(rounds)


def run(services: Services, certificates: int) -> tuple[dict[str, float], list[Portion]]:
    """Processor seconds of what comes before, and what issuing took, portion by portion."""
    learners = -(-certificates // six_courses.EACH)
    before: dict[str, float] = {}
    before["facts recorded"] = _spent(lambda: six_courses.fill(services.database, range(learners)))
    key = services.keyring.first_key(six_courses.SCHOOL, at=NOW)
    with services.database.write() as tx:
        if key is not None:
            services.keyring.record(tx, key)
    before["decided"] = _spent(lambda: sum(1 for _ in deciding.stream(services.database, now=NOW)))
    meter = Meter(max(1, learners * six_courses.EACH // PORTIONS))
    issuance = Issuance(services.config, services.database, services.keyring, now=lambda: NOW, reached=meter.reached)
    issuance.issue_due(beyond_the_limit=True, released=meter.released, progress=meter.progress)
    return before, [one for one in meter.portions if one.count]


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


# --- what it says ------------------------------------------------------------------------------------------


def tables(services: Services, certificates: int) -> Iterator[Table]:
    before, portions = run(services, certificates)
    issued = sum(one.count for one in portions)
    least = sorted(one.floor for one in portions)[len(portions) // 2]
    yield _by_step(before, portions, issued, least)
    yield _over_time(portions)
    disk = size(services.database)
    written = resource.getrusage(resource.RUSAGE_SELF).ru_oublock * 512  # getrusage counts in blocks of 512 bytes
    rows = [
        ("certificates", f"{issued:,}"),
        ("memory of the process, at most", f"{peak() / 2**20:,.0f} MB"),
        ("database, facts and decisions included", f"{disk / issued / 1000:.1f} KB per certificate"),
        ("written to the disk", f"{written / issued / 1000:.1f} KB per certificate"),
    ]
    yield Table("What it took", ("", ""), rows, (machine(), load()))


def _by_step(before: dict[str, float], portions: list[Portion], issued: int, least: float) -> Table:
    # The first portion learns the shapes of the certificates, which a million does not do again.
    later = portions[1:] or portions
    count = sum(one.count for one in later)
    steps = {step: sum(one.steps[step] for one in later) / count for step in (*STEPS, "rest")}
    costs = {"decided": before["decided"] / issued} | steps
    total = sum(costs.values())
    rows = [(name, micro(cost), times(cost, least)) for name, cost in costs.items()]
    rows.append(("all of it", micro(total), times(total, least)))
    notes = (
        f"{1 / total:,.0f} certificates in a second of one processor; the floor, a signature made and verified, is "
        f"{micro(least)} µs.",
        "One in seven is a program's certificate of six courses (8.7 KB unsigned), six of a course (2.2 KB).",
        f"Facts are recorded before: {micro(before['facts recorded'] / issued)} µs per certificate.",
    )
    return Table("What a certificate costs", ("step", "µs of a processor", "times the floor"), rows, notes)


def _over_time(portions: list[Portion]) -> Table:
    rows, there = [], 0
    for one in portions:
        cost = one.processor / one.count
        rows.append(
            (
                f"{there:,}",
                micro(cost),
                times(cost, one.floor),
                f"{one.count / one.clock:,.0f}",
                f"{one.memory / 2**20:,.0f}",
            )
        )
        there += one.count
    columns = ("in the store before", "µs each", "times the floor", "a second by the clock", "MB at most")
    return Table("While the store fills up", columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--certificates", type=int, default=100_000)
    parser.add_argument("--database", help="the address of an empty PostgreSQL database; else SQLite")
    parser.add_argument("--folder", type=Path, help="where the issuer is made; it stays there")
    asked = parser.parse_args()
    seldom()  # as the command does
    if not 0 < asked.certificates <= MOST:
        parser.error(f"Between 1 and {MOST:,} certificates.")
    with tempfile.TemporaryDirectory() as made:
        ground = Ground.made((asked.folder or Path(made)) / "home", asked.database, port=PORT)
        services = wire(ground.home, environ=ground.environment, now=lambda: NOW)
        for _ in printed(tables(services, asked.certificates)):
            pass
        services.database.close()


if __name__ == "__main__":
    main()
