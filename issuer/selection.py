"""What there is to issue: completions that earn a Course Certificate, and positive decisions without an award."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from issuer.catalogue import Catalogue
from issuer.concerned import courses_of, require_program
from issuer.facts import Completion, current
from issuer.store import catalogues, credentials, decisions, facts, unissued
from issuer.store.credentials import Kind
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision
from templates.messages import Message

_AT_ONCE = 500  # learners


@dataclass(frozen=True)
class Held:
    """Something that was not issued, and why."""

    kind: Kind
    learner: str
    subject: str
    why: Message


@dataclass(frozen=True)
class Plan:
    """In the order of issuing. `awarded`: who is eligible for a version and was awarded another one, which is nothing
    that is stuck; `present`: how many were issued before."""

    catalogue: Catalogue
    courses: tuple[Completion, ...]
    programs: tuple[StoredDecision, ...]
    held: tuple[Held, ...]
    present: int
    awarded: tuple[Held, ...] = ()

    @property
    def items(self) -> tuple[Completion | StoredDecision, ...]:
        return (*self.courses, *self.programs)


def plan(tx: Transaction, *, now: datetime, program: str | None, organization: str | None = None) -> Plan:
    """Raises `UnknownProgram`. With `program`: its awards, and the Course Certificates of its courses; with
    `organization`: what it issues in its own name."""
    chosen = choice(tx, program=program, organization=organization)
    courses: list[Completion] = []
    programs: list[StoredDecision] = []
    held_back: list[Held] = []
    awarded: list[Held] = []
    # A few hundred learners at a time: what there is to issue is kept, and not what it was chosen from.
    for some in learners(tx, chosen):
        of_some = of_learners(tx, chosen, some, now=now)
        courses += of_some.courses
        # Their bytes and inputs are for whoever replays them: a plan may hold fifty thousand.
        programs += (replace(one, canonical=b"", inputs=None) for one in of_some.programs)
        held_back += of_some.held
        awarded += of_some.awarded
    programs.sort(key=lambda one: one.sequence)
    issued = present(tx, chosen, program=program, organization=organization)
    return Plan(chosen.catalogue, tuple(courses), tuple(programs), tuple(held_back), issued, tuple(awarded))


def present(tx: Transaction, chosen: "Choice", *, program: str | None, organization: str | None) -> int:
    """How many were issued before."""
    return unissued.issued(tx, organization, program, None if program is None else chosen.courses)


def learners(tx: Transaction, chosen: "Choice") -> Iterator[tuple[str, ...]]:
    """Who may have earned something that was not issued, a few hundred at a time."""
    after = ""
    while some := unissued.learners(tx, chosen.programs, courses=chosen.courses, after=after, limit=_AT_ONCE):
        yield some
        after = some[-1]


def portions(
    database: Database, chosen: "Choice", *, now: datetime, progress: Callable[[int, int], None]
) -> Iterator[Plan]:
    """The plan a few hundred learners at a time, each in a view of its own, so that it may be issued before the next
    comes and however many there are takes no more memory. `progress` is told (done, total) in learners."""
    with database.read() as tx:
        total = sum(len(some) for some in learners(tx, chosen))
    after, done = "", 0
    while True:
        with database.read() as tx:
            some = unissued.learners(tx, chosen.programs, courses=chosen.courses, after=after, limit=_AT_ONCE)
            if not some:
                return
            portion = of_learners(tx, chosen, some, now=now)
        yield portion
        after, done = some[-1], done + len(some)
        progress(min(done, total), total)


@dataclass(frozen=True)
class Choice:
    """What is looked at: these (program, version), and these courses; None: all, also those that nobody describes."""

    catalogue: Catalogue
    programs: tuple[tuple[str, int], ...]
    courses: frozenset[str] | None


def choice(tx: Transaction, *, program: str | None = None, organization: str | None = None) -> Choice:
    """Raises `UnknownProgram`."""
    catalogue = catalogues.load(tx)
    courses: frozenset[str] | None = None
    if program is not None:
        require_program(catalogue, program)
        versions = [one for (code, _), one in catalogue.programs.items() if code == program]
        courses = frozenset().union(*(courses_of(catalogue, one) for one in versions))
    if organization is not None:
        own = frozenset(code for code, one in catalogue.courses.items() if one.organization == organization)
        courses = own if courses is None else courses & own
    programs = tuple(key for key in sorted(catalogue.programs_of(organization)) if program in (None, key[0]))
    return Choice(catalogue, programs, courses)


def of_learners(tx: Transaction, chosen: Choice, learners: Sequence[str], *, now: datetime) -> Plan:
    """The same for a few hundred learners, who are in `unissued.learners`; `present` is not counted."""
    issued = credentials.subject_keys(tx, "course", learners)
    courses: list[Completion] = []
    held_back: list[Held] = []
    for fact in current(facts.completions_of(tx, learners)):
        if not isinstance(fact, Completion) or not fact.earns_certificate:
            continue
        if chosen.courses is not None and fact.course not in chosen.courses:
            continue
        if (fact.learner, credentials.course_key(fact.course, fact.session)) in issued:
            continue
        if fact.course not in chosen.catalogue.courses:
            why = Message(
                "The catalogue does not describe the course {code}. Import its description.", code=fact.course
            )
            held_back.append(held(fact, why))
        elif fact.completed_on is not None and fact.completed_on > now.date():
            held_back.append(held(fact, Message("Completed on {date}, which is yet to come", date=fact.completed_on)))
        else:
            courses.append(fact)
    eligible = [one for key in chosen.programs for one in decisions.to_award(tx, key, learners)]
    # A new version is no reason to send everybody a second certificate: a cohort says of whom it would be one.
    before = decisions.versions_awarded(tx, learners)
    programs = tuple(one for one in eligible if (one.decision.learner, one.decision.program) not in before)
    awarded = tuple(
        held(
            one,
            Message(
                "The award of version {version} is there: a second certificate goes out with a cohort, which says so",
                version=before[one.decision.learner, one.decision.program],
            ),
        )
        for one in eligible
        if (one.decision.learner, one.decision.program) in before
    )
    return Plan(chosen.catalogue, tuple(courses), programs, tuple(held_back), 0, awarded)


def held(item: Completion | StoredDecision, why: Message) -> Held:
    if isinstance(item, Completion):
        return Held("course", item.learner, item.course, why)
    return Held("program", item.decision.learner, item.decision.program, why)


def organization_of(plan: Plan, item: Completion | StoredDecision) -> str:
    """Whose certificate it is."""
    if isinstance(item, Completion):
        return plan.catalogue.courses[item.course].organization
    return plan.catalogue.programs[(item.decision.program, item.decision.version)].organization
