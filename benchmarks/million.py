"""A million certificates on PostgreSQL by two workers, one of which is killed in the middle; then the accounts.

python -m benchmarks.million                               # 1,000,000; hours, and 30 GB of disk
python -m benchmarks.million --certificates 2000           # minutes
python -m benchmarks.million --certificates 70000 --workers 1 --no-kill     # to be compared with --workers 2
python -m benchmarks.million --database postgresql://…     # a server of yours; a database is made there and dropped

(1) a PostgreSQL of its own, a made-up school, facts of as many learners as it takes, decided
(2) a bulk run, two workers (`issuer worker`), and a look every few seconds
(3) at the half, kill -9 for one, and a third begins in its place
(4) the accounts: all released, none twice, no place in a status list twice, nothing begun and left
(5) a random sample, verified as an employer does, over HTTP
"""

import argparse
import math
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import text

from benchmarks import accounts, published, six_courses
from benchmarks.ground import Ground, postgresql
from benchmarks.timing import Table, load, machine, printed
from benchmarks.watching import Sample, Watch, size
from issuer.store.database import Database

MOST = 20_000_000  # certificates; a mistake in a number must not fill the disk
ROWS = 10  # of the table over time
SAMPLE = 500  # certificates that are verified at the end
_ENDED = ("done", "cancelled")


@dataclass
class Told:
    """What happened: seconds of each phase, the samples, when and who was killed."""

    phases: dict[str, float] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    killed_at: int | None = None
    state: str = ""


def run(ground: Ground, learners: int, *, every: float, workers: int = 2, kill: bool = True) -> Told:
    told, database = Told(), ground.open()
    # (1) facts and decisions
    with Progress() as progress:
        task = progress.add_task("Facts", total=learners)
        told.phases["facts"] = _timed(
            lambda: six_courses.fill(database, range(learners), lambda count: progress.update(task, completed=count))
        )
    told.phases["decisions"] = _timed(lambda: ground.run("decide"))
    # (2) a run, and workers
    ground.run("bulk", "start", "--program", six_courses.PROGRAM, "--detach")
    told.phases["run"] = _timed(
        lambda: _worked(ground, database, told, learners * six_courses.EACH, every, workers, kill)
    )
    database.close()
    return told


def _worked(ground: Ground, database: Database, told: Told, total: int, every: float, count: int, kill: bool) -> None:
    names = [f"worker-{number}" for number in range(1, count + 1)]
    workers = {name: ground.start("worker", "--name", name) for name in names}
    watch = Watch(database)
    try:
        with Progress() as progress:
            task = progress.add_task("Issuing", total=total)
            while told.state not in _ENDED:
                time.sleep(every)
                told.samples.append(watch.sample({name: one.pid for name, one in workers.items()}))
                progress.update(task, completed=told.samples[-1].released)
                # (3) kill -9 in the middle
                if kill and told.killed_at is None and told.samples[-1].released >= total // 2:
                    workers["worker-1"].send_signal(signal.SIGKILL)
                    workers["worker-1"].wait()
                    another = f"worker-{count + 1}"
                    workers[another] = ground.start("worker", "--name", another)
                    told.killed_at = told.samples[-1].released
                if all(one.poll() is not None for one in workers.values()):
                    raise RuntimeError(f"no worker is left; {ground.home / 'output.log'} may say why")
                told.state = _state(database)
    finally:
        _end(workers)


def _end(workers: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    for one in workers.values():
        if one.poll() is None:
            one.terminate()
    for one in workers.values():
        one.wait(120)


def _state(database: Database) -> str:
    with database.read() as tx:
        return str(tx.execute(text("SELECT state FROM bulk_run ORDER BY number DESC LIMIT 1")).scalar_one())


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


# --- what it says ------------------------------------------------------------------------------------------


def tables(told: Told, ground: Ground, learners: int) -> Iterator[Table]:
    yield _over_time(told)
    database = ground.open()
    # (4) the accounts
    found, total = accounts.count(database), learners * six_courses.EACH
    # (5) as an employer
    accepted, refused = accounts.verified(ground, database, sample=SAMPLE)
    disk = size(database)
    database.close()
    rows = [
        ("certificates released", f"{found.released:,} of {total:,}"),
        ("of them a second by the clock", f"{total / told.phases['run']:,.0f}"),
        ("… between the first and the last tenth", _steady(told.samples, total)),
        ("facts written, seconds", f"{told.phases['facts']:,.0f}"),
        ("learners decided, seconds", f"{told.phases['decisions']:,.0f}"),
        ("issued and released, seconds", f"{told.phases['run']:,.0f}"),
        ("killed with SIGKILL at", "nobody" if told.killed_at is None else f"{told.killed_at:,}"),
        ("begun and not released", f"{found.intents:,}"),
        ("awards twice", f"{found.awards:,}"),
        ("certificates twice", f"{found.certificates:,}"),
        ("places in a status list twice", f"{found.indices:,}"),
        ("of a random sample accepted by the verifier", f"{accepted:,} of {accepted + len(refused):,}"),
        ("database, GB", f"{disk / 1e9:.2f}"),
        ("database, KB for each certificate", f"{disk / 1e3 / total:.1f}"),
    ]
    wrong = found.wrong(expected=total)
    wrong += [f"{count:,} refused: {reason}" for reason, count in Counter(refused).most_common(5)]
    said = ground.run("bulk", "show", "1").splitlines() if wrong else []
    notes = (
        f"{learners:,} learners, {six_courses.EACH} certificates each.",
        *(f"WRONG: {one}" for one in wrong),
        *said,
    )
    yield Table("A million: the accounts", ("", ""), rows, notes)


def _steady(samples: Sequence[Sample], total: int) -> str:
    """Certificates a second while every worker has warmed up and none has run out of work."""
    inner = [one for one in samples if 0.1 <= one.released / total <= 0.9]
    if len(inner) < 2:
        return "too short to say"
    return f"{(inner[-1].released - inner[0].released) / (inner[-1].seconds - inner[0].seconds):,.0f}"


def _over_time(told: Told) -> Table:
    names = list(dict.fromkeys(name for sample in told.samples for name in sample.memory))
    step = max(1, math.ceil(len(told.samples) / ROWS))
    chosen = told.samples[step - 1 :: step]
    chosen = chosen if not told.samples or chosen[-1] is told.samples[-1] else [*chosen, told.samples[-1]]
    rows, before = [], Sample(0.0, 0, {}, 0)
    for sample in chosen:
        rate = (sample.released - before.released) / max(sample.seconds - before.seconds, 1e-9)
        in_use = (sample.memory.get(name, 0) for name in names)
        rows.append(
            (
                f"{sample.seconds:,.0f}",
                f"{sample.released:,}",
                f"{rate:,.0f}",
                *(f"{used >> 20:,}" if used else "" for used in in_use),
                f"{sample.disk / 1e9:.2f}",
            )
        )
        before = sample
    columns = ("seconds", "released", "a second", *(f"{name}, MB" for name in names), "disk, GB")
    return Table("A million: over time", columns, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--certificates", type=int, default=1_000_000, help="about so many: whole learners of seven each"
    )
    parser.add_argument("--database", metavar="URL", help="of a PostgreSQL server where a database may be made")
    parser.add_argument("--folder", type=Path, help="where PostgreSQL and the issuer have their files while it runs")
    parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="between two looks")
    parser.add_argument("--port", type=int, default=8970, help="on which the issuer serves for the sample")
    parser.add_argument("--workers", type=int, choices=range(1, 9), default=2, metavar="COUNT", help="at once; else 2")
    parser.add_argument("--no-kill", action="store_true", help="let all workers live")
    parser.add_argument("--markdown", action="store_true", help="write the tables into docs/performance.md")
    chosen = parser.parse_args()
    if not six_courses.EACH <= chosen.certificates <= MOST:
        parser.error(f"Between {six_courses.EACH} and {MOST:,} certificates.")
    learners = math.ceil(chosen.certificates / six_courses.EACH)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))  # so that workers and server end with it
    print(machine())
    with (
        tempfile.TemporaryDirectory(dir=chosen.folder) as folder,
        postgresql(Path(folder), chosen.database) as address,
    ):
        ground = Ground.made(Path(folder) / "home", address, port=chosen.port)
        told = run(ground, learners, every=chosen.every, workers=chosen.workers, kill=not chosen.no_kill)
        found = list(printed(tables(told, ground, learners)))
    print(load())
    if chosen.markdown:
        published.replace("million", found)
    if any(note.startswith("WRONG") for table in found for note in table.notes):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
