"""What a chunk is about: the rows of a cohort, or what is due; how they are issued, and what became of them.

items = items_of(run, chunk)
organizations = items.load(tx, now)          # reads what is left of it
done = items.issue(conductor)
issued, failures = items.became(tx, done)    # as the store says
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from issuer import selection
from issuer.access import Caller, permissions_of
from issuer.bulk.conducting import Conductor, Done, Failed
from issuer.facts import Completion, current
from issuer.store import bulk_chunks, bulk_items, bulk_runs, cohorts, decisions, facts
from issuer.store.bulk_chunks import Chunk
from issuer.store.bulk_runs import BulkRun, Failure
from issuer.store.cohorts import Cohort
from issuer.store.credentials import course_key
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from issuer.store.facts import batched

_NOT_DUE = "It was due when the run was planned, and is not any more."


@dataclass(frozen=True)
class Became:
    """`issued`: how many of the chunk are certificates by now; `courses`: Course Certificates beside a cohort's own."""

    issued: int
    failures: tuple[Failure, ...]
    courses: int = 0


class Items(Protocol):
    @property
    def learners(self) -> Sequence[str]:
        """Whom it is about."""

    def load(self, tx: Transaction, now: datetime) -> frozenset[str]:
        """Reads what is left to issue. The organizations in whose names that is."""

    def issue(self, conductor: Conductor) -> Done:
        """Issues it."""

    def became(self, tx: Transaction, failed: Sequence[Failed], *, over: bool) -> Became:
        """Of the whole chunk, whoever did it and when. `over`: what is no certificate now has failed."""


def items_of(run: BulkRun, chunk: Chunk) -> Items:
    return _Rows(run, chunk) if run.kind == "cohort" else _Due(run, chunk)


class _Rows:
    """Of a cohort: what became of a row stands in the row."""

    def __init__(self, run: BulkRun, chunk: Chunk) -> None:
        self._run, self._chunk = run, chunk
        self._cohort: Cohort | None = None
        self.learners: Sequence[str] = ()

    def load(self, tx: Transaction, now: datetime) -> frozenset[str]:
        self._cohort = cohorts.find(tx, self._run.cohort or 0)
        self.learners = [learner for learner, _ in self._among(tx, bulk_items.TO_ISSUE)]
        return frozenset({self._cohort.organization}) if self.learners else frozenset()

    def issue(self, conductor: Conductor) -> Done:
        if self._cohort is None or not self.learners:
            return Done()
        return conductor.cohort_rows(asker(self._run), self._cohort, self.learners, beyond_the_limit=self._run.beyond)

    def became(self, tx: Transaction, failed: Sequence[Failed], *, over: bool) -> Became:
        run, chunk = self._run, self._chunk
        number, program = run.cohort or 0, "" if self._cohort is None else self._cohort.program
        counts = bulk_items.cohort_counts(tx, number, chunk.first, chunk.last)
        failures = tuple(Failure(learner, program, why) for learner, why in self._among(tx, ("failed",)))
        courses = bulk_items.cohort_courses(tx, number, chunk.first, chunk.last, since=run.asked_at)
        # What was undone since it was issued was issued.
        return Became(counts.get("issued", 0) + counts.get("undone", 0) - chunk.already, failures, courses)

    def _among(self, tx: Transaction, states: Sequence[cohorts.State]) -> tuple[tuple[str, str], ...]:
        return bulk_items.cohort_rows(tx, self._run.cohort or 0, self._chunk.first, self._chunk.last, states)


class _Due:
    """What was due when the run was planned; of that, what is due still is issued, and what was begun is finished."""

    def __init__(self, run: BulkRun, chunk: Chunk) -> None:
        self._run, self._chunk = run, chunk
        self.learners: Sequence[str] = ()
        self._items: list[Completion | StoredDecision] = []
        self._held: list[Failure] = []

    def load(self, tx: Transaction, now: datetime) -> frozenset[str]:
        due = bulk_items.due(tx, self._chunk.facts, self._chunk.decisions)
        self.learners = due.learners
        chosen = selection.choice(tx, program=self._run.program, organization=self._run.organization)
        plan = selection.of_learners(tx, chosen, due.learners, now=now)
        courses = [one for one in plan.courses if (one.learner, _key(one)) in due.courses]
        programs = [one for one in plan.programs if (one.decision.learner, *_version(one)) in due.programs]
        begun = bulk_items.begun(tx, self._chunk.facts, self._chunk.decisions)
        courses += [one for one in _told(tx, begun.learners) if (one.learner, _key(one)) in begun.courses]
        programs += [
            one
            for one in decisions.several(tx, self._chunk.decisions if begun.programs else ())
            if (one.decision.learner, *_version(one)) in begun.programs
        ]
        self._items = [*courses, *programs]
        self._held = [Failure(one.learner, one.subject, str(one.why)) for one in plan.held]
        owners = {chosen.catalogue.courses[one.course].organization for one in courses}
        return frozenset(owners | {chosen.catalogue.programs[_version(one)].organization for one in programs})

    def issue(self, conductor: Conductor) -> Done:
        if not self._items:
            return Done()
        return conductor.due(asker(self._run), self._items, beyond_the_limit=self._run.beyond)

    def became(self, tx: Transaction, failed: Sequence[Failed], *, over: bool) -> Became:
        """Whatever is neither a certificate nor named as failed is named here, so that nothing is left out silently."""
        there = bulk_items.released(tx, self._chunk.facts, self._chunk.decisions)
        told = {(one.learner, one.subject): one.why for one in self._held}
        told |= {(one.learner, one.subject): one.why for one in failed}
        due = bulk_items.due(tx, self._chunk.facts, self._chunk.decisions)
        missing = [(learner, key.rpartition("/")[0]) for learner, key in due.courses - there.courses]
        missing += [(learner, program) for learner, program, _ in due.programs - there.programs]
        left = sorted({one for one in missing if over or one in told})
        return Became(there.size, tuple(Failure(*one, told.get(one, _NOT_DUE)) for one in left))


def count(tx: Transaction, run: BulkRun, chunk: Chunk, items: Items, failed: Sequence[Failed], *, over: bool) -> Became:
    """Writes down what became of the chunk until now."""
    became = items.became(tx, failed, over=over)
    bulk_runs.failed(tx, run.number, items.learners, became.failures)
    bulk_chunks.counted(
        tx, run.number, chunk.number, issued=became.issued, failed=len(became.failures), courses=became.courses
    )
    return became


def recount(tx: Transaction, run: BulkRun, now: datetime) -> None:
    """Of what was begun and left, by a pause, a limit or a power cut."""
    for chunk in bulk_chunks.unfinished(tx, run.number):
        items = items_of(run, chunk)
        items.load(tx, now)
        count(tx, run, chunk, items, (), over=False)


def _told(tx: Transaction, learners: Sequence[str]) -> list[Completion]:
    found = (fact for some in batched(learners) for fact in current(facts.completions_of(tx, some)))
    return [one for one in found if isinstance(one, Completion)]


def _key(one: Completion) -> str:
    return course_key(one.course, one.session)


def _version(one: StoredDecision) -> tuple[str, int]:
    return one.decision.program, one.decision.version


def asker(run: BulkRun) -> Caller:
    """Who asked for it, and in whose name it is issued. He was asked for his permission when he started it."""
    return Caller(run.asked_by, run.asked_as, permissions_of("registrar"))
