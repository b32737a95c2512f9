"""How long a large cohort is decided, and what it takes: every learner, then only those whom a change affects.

    python -m benchmarks.cohort [--learners 50000] [--changed 100] [--folder DIR]

A made-up institution has three programs, of five, of four and of two courses. Every learner has twelve facts: eleven
completions and one enrolment. Two thirds have earned all; of the others every kind of gap is there. Each row of the
table is measured in a process of its own, so that its memory is its own; one processor is used.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from issuer import deciding, replay
from issuer.catalogue import Catalogue, Course, Organization, Program, Session
from issuer.facts import Completion, Enrolment, Fact
from issuer.rules import AllOf, CapstoneRule, CourseRule, FeePaid, IdentityVerified, ProgramFeePaid, SingleLanguage
from issuer.store import catalogues, facts
from issuer.store.database import Database, open_database

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LANGUAGES = ("en", "es")
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "analysis": ("analysis-1", "analysis-2", "analysis-3", "analysis-4", "analysis-capstone"),
    "design": ("design-1", "design-2", "design-3", "design-capstone"),
    "history": ("history-1", "history-2"),
}
_AT_ONCE = 10_000  # learners whose facts are written together

MOST = 1_000_000  # learners; a mistake in a number must not fill the disk


def catalogue() -> Catalogue:
    courses = {code: _course(code) for codes in PROGRAMS.values() for code in codes}
    programs = {(code, 1): _program(code, codes) for code, codes in PROGRAMS.items()}
    return Catalogue({"school": Organization("school", "Example School", "https://school.example/")}, courses, programs)


def _course(code: str) -> Course:
    first = date(2026, 1, 5)
    sessions = tuple(
        Session(f"{start.isoformat()}-{language}", code, start, start + timedelta(days=27), language)
        for start in (first + timedelta(weeks=4) * number for number in range(26))
        for language in LANGUAGES
    )
    titles = dict.fromkeys(LANGUAGES, code.replace("-", " ").capitalize())
    kind: Any = "capstone" if code.endswith("capstone") else "course"
    return Course(code, 1, "school", titles, {}, 20, (), Decimal(49), kind, sessions)


def _program(code: str, codes: tuple[str, ...]) -> Program:
    rule = AllOf(tuple(CapstoneRule(one) if one.endswith("capstone") else CourseRule(one) for one in codes))
    special = code != "history"
    return Program(
        code=code,
        version=1,
        kind="specialization" if special else "xseries",
        organization="school",
        partners=(),
        titles=dict.fromkeys(LANGUAGES, code.capitalize()),
        descriptions={},
        active_from=date(2026, 1, 1),
        active_until=None,
        rule=rule,
        constraints=(IdentityVerified(), FeePaid(), SingleLanguage() if special else ProgramFeePaid()),
        fee=Decimal(0) if special else Decimal(82),
    )


def told_of(number: int) -> Iterator[Fact]:
    """The twelve facts of a learner. One in three lacks something: another thing for each number."""
    who = {"learner": f"learner-{number:07}", "name": f"Zoë Ünlü-Beispiel {number}", "email": f"z{number}@example.org"}
    codes = [code for codes in PROGRAMS.values() for code in codes]
    language = LANGUAGES[number % len(LANGUAGES)]
    gap = codes[number // 3 % len(codes)] if number % 3 == 0 else None
    lacks: Mapping[str, Any] = (
        {"outcome": "failed", "completed_on": None},
        {"fee_paid": False},
        {"identity_verified": False},
        {"outcome": "in_progress", "completed_on": None},
        {"language": LANGUAGES[(number + 1) % len(LANGUAGES)]},
    )[number // 33 % 5]
    for place, code in enumerate(codes):
        session = date(2026, 1, 5) + timedelta(weeks=4) * (place % 4)
        one = Completion(
            **who,
            course=code,
            session=f"{session.isoformat()}-{language}",
            language=language,
            outcome="passed",
            grade=Decimal(60 + (number + place) % 40),
            completed_on=session + timedelta(days=27),
            identity_verified=True,
            fee_paid=True,
            narrative=None,
            source="benchmark",
            recorded_at=NOW,
        )
        yield replace(one, **lacks) if code == gap else one
    yield Enrolment(**who, program="history", enrolled_on=date(2026, 1, 2), fee_paid=True, source="b", recorded_at=NOW)


def fill(database: Database, learners: int) -> None:
    with database.write() as tx:
        catalogues.save(tx, catalogue(), at=NOW)
    for first in range(0, learners, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, learners))
        with database.write() as tx:
            facts.append(tx, (fact for number in some for fact in told_of(number)))


def change(database: Database, learners: int, changed: int) -> None:
    """A regrade for that many learners, spread over all of them."""
    step = max(1, learners // changed)
    regraded = [next(told_of(number)) for number in range(1, learners, step)][:changed]
    with database.write() as tx:
        facts.append(tx, [replace(one, outcome="failed") for one in regraded if isinstance(one, Completion)])


@dataclass(frozen=True)
class Measured:
    """`count`: decisions made; `new`: of these, kept; `seconds` by the clock, `processor` those that the process had of
    one; `megabytes`: the most that it had at once."""

    count: int
    new: int
    seconds: float
    processor: float
    megabytes: float


PHASES: Mapping[str, Mapping[str, Any]] = {
    "dry run, everybody": {"dry_run": True, "everything": True},
    "first run, stored": {},
    "nothing changed": {},
    "nothing changed, everybody": {"everything": True},
    "facts changed": {},
    "the next day, everybody": {"everything": True, "now": NOW + timedelta(days=1)},
}


def measure(database: Database, choices: Mapping[str, Any]) -> Measured:
    began, count, new = _began(), 0, 0
    for one in deciding.stream(database, **{"now": NOW, **choices}):
        count += 1
        new += one.new
    return _measured(began, count, new)


def measure_replay(database: Database) -> Measured:
    began, count, different = _began(), 0, 0
    for one in replay.stream(database):
        count += 1
        different += one.outcome != "same"
    return _measured(began, count, different)


def _began() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


def _measured(began: tuple[float, float], count: int, new: int) -> Measured:
    seconds, processor = time.monotonic() - began[0], time.process_time() - began[1]
    return Measured(count, new, seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _apart(path: Path, what: str, *arguments: str) -> Any:
    """In a process of its own."""
    command = [sys.executable, "-m", "benchmarks.cohort", "--database", str(path), "--do", what, *arguments]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 (ours)
    return json.loads(said.stdout)


def _do(what: str, database: Database, asked: argparse.Namespace) -> Any:
    if what == "fill":
        return fill(database, asked.learners)
    if what == "change":
        return change(database, asked.learners, asked.changed)
    return vars(measure_replay(database) if what == "replay" else measure(database, PHASES[what]))


def table(folder: Path, learners: int, changed: int) -> Iterator[tuple[str, Measured]]:
    path = folder / "testamur.db"
    sizes = ("--learners", str(learners), "--changed", str(changed))
    _apart(path, "fill", *sizes)
    for phase in PHASES:
        if phase == "facts changed":
            _apart(path, "change", *sizes)
        yield phase, Measured(**_apart(path, phase))
    yield "replayed", Measured(**_apart(path, "replay"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--learners", type=int, default=50_000)
    parser.add_argument("--changed", type=int, default=100, help="facts that change before the run that says so")
    parser.add_argument("--folder", type=Path, help="where the database is made; it stays there")
    parser.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--do", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not 0 < asked.changed <= asked.learners <= MOST:
        parser.error(f"Between 1 and {MOST} learners, and no more changed facts than learners.")
    if asked.do:
        print(json.dumps(_do(asked.do, open_database(asked.database), asked)))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        print(f"{asked.learners} learners, {len(PROGRAMS)} programs, 12 facts each; {asked.changed} facts changed")
        print(f"{'':<28} {'decisions':>10} {'new':>8} {'seconds':>8} {'of CPU':>8} {'per CPU s':>10} {'peak MB':>8}")
        for phase, one in table(folder, asked.learners, asked.changed):
            rate = one.count / one.processor
            print(
                f"{phase:<28} {one.count:>10} {one.new:>8} {one.seconds:>8.2f} {one.processor:>8.2f} {rate:>10.0f} "
                f"{one.megabytes:>8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
