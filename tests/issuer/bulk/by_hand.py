"""Bulk runs without an engine: what is queued is a list, and the test says what is worked on and when.

bench = ByHand(school, learners=7, chunk=3)
run = bench.start()
bench.work()                 # until nothing is left to do
bench.standing(run).issued
"""

import copy
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from issuer import cohorts, config, store_address
from issuer.access import Caller, operator
from issuer.bulk import asking, feeding
from issuer.bulk.asking import Wanted
from issuer.bulk.conducting import Conductor, Done
from issuer.bulk.standing import BulkStanding, standing
from issuer.bulk.working import Working
from issuer.errors import LimitReached
from issuer.facts import Completion
from issuer.services import Services
from issuer.store import bulk_runs
from issuer.store import cohorts as cohort_store
from issuer.store.cohorts import Cohort
from issuer.store.database import Database
from issuer.store.decisions import StoredDecision
from tests import databases
from tests.issuer.installation import Installation, earned

RITA, ZOE, ADA = operator("Rita"), operator("Zoë"), operator("Ada")


@dataclass
class Stamp:
    """A conductor that only writes down of each row that it is issued, or does what it is told instead. `room`: how
    many until the limit is reached; `raises`: once, before the row of that learner."""

    database: Database
    failing: dict[str, str] = field(default_factory=dict)
    room: int | None = None
    again_at: Any = None
    raises: dict[str, BaseException] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def cohort_rows(self, caller: Caller, cohort: Cohort, learners: Sequence[str], *, beyond_the_limit: bool) -> Done:
        for learner in learners:
            if learner in self.raises:
                raise self.raises.pop(learner)
            if self.room == 0:
                return Done(limit=LimitReached("The limit is reached.", again_at=self.again_at))
            self.room = None if self.room is None else self.room - 1
            self.seen.append(learner)
            why = self.failing.get(learner)
            with self.database.write() as tx:
                cohort_store.settle(tx, cohort.number, {learner: ("failed" if why else "issued", why)})
        return Done()

    def due(self, caller: Caller, items: Sequence[Completion | StoredDecision], *, beyond_the_limit: bool) -> Done:
        raise AssertionError("these runs are of cohorts")


class ByHand:
    """`school` with a cohort of so many, approved by two. `limits`: values of `issuer.limits`."""

    def __init__(self, school: Installation, learners: int, *, chunk: int, **limits: int) -> None:
        self._with(school)
        self.limit(bulk_chunk=chunk, **limits)
        school.record(*(fact for number in range(learners) for fact in earned(f"l{number:03}")))
        self.cohort = prepared(school)

    def _with(self, school: Installation) -> None:
        self.school = school
        self.cohort = 1
        self.stamp = Stamp(school.database)
        self.through(school.services, self.stamp)
        self.queue: list[tuple[int, int]] = []
        self.ending = False
        self.waited: list[float] = []

    def through(self, services: Services, conductor: Conductor) -> None:
        """Chunks are worked on by these."""
        self.services, self.conductor = services, conductor

    @classmethod
    def of(cls, school: Installation) -> "ByHand":
        """Of one that is there."""
        bench = cls.__new__(cls)
        bench._with(school)
        return bench

    def copied(self, folder: Path) -> "ByHand":
        """With a copy of its folder and database, which is quicker to make than another one."""
        shutil.copytree(self.school.home, folder / "home")
        school = copy.copy(self.school)
        school.home = folder / "home"
        if school.environ:
            place = databases.of_this_test().copy(school.environ[store_address.VARIABLE])
            school.environ = {store_address.VARIABLE: place}
        school.restart()
        return self.of(school)

    def limit(self, **limits: int) -> None:
        before = self.school.config
        changed = {name: replace(getattr(before.limits, name), value=value) for name, value in limits.items()}
        config.save(replace(before, limits=replace(before.limits, **changed)))
        self.school.database.close()
        self.school.restart()
        self.stamp.database = self.school.database
        self.through(self.school.services, self.stamp)

    def start(self, wanted: Wanted | None = None) -> int:
        wanted = wanted or Wanted(cohort=self.cohort)
        return asking.start(self.school.database, RITA, wanted, now=self.school.now)

    def feed(self) -> None:
        school, limits = self.school, self.school.config.limits
        feeding.wake(school.database, now=school.now)
        with school.database.read() as tx:
            legs = feeding.next_legs(tx, limits)
        for leg in legs:
            taken = feeding.take(school.database, leg, limits=limits, now=school.now)
            self.queue += [(leg.run, chunk) for chunk in taken]

    def work(self, chunks: int = 1_000) -> list[str]:
        """What became of so many of them."""
        working = Working(self.services, self.conductor, "w-1", lambda: self.ending, self.waited.append)
        said: list[str] = []
        while len(said) < chunks:
            if not self.queue:
                self.feed()
            if not self.queue:
                break
            said.append(working.chunk(*self.queue.pop(0)))
        return said

    def standing(self, run: int) -> BulkStanding:
        with self.school.database.read() as tx:
            found = asking.find(tx, run, None)
            return standing(tx, found, limits=self.school.config.limits, now=self.school.now, grouped=True)

    def counts(self, run: int) -> tuple[int, int, int, int]:
        """Issued, there already, failed, not begun: they are all that there is."""
        found = self.standing(run)
        counts = found.to_json()["counts"]
        assert sum(counts.values()) == found.total
        return tuple(counts.values())

    def state(self, run: int) -> str:
        with self.school.database.read() as tx:
            return bulk_runs.find(tx, run).state


def prepared(school: Installation, approvals: int = 2) -> int:
    number = cohorts.prepare(school.database, RITA, program="mini", now=school.now, limits=school.config.limits)
    for who in (ZOE, ADA)[:approvals]:
        cohorts.approve(school.database, who, number, organization=None, now=school.now)
    return number
