"""What there is to issue: completions that earn a Course Certificate, and positive decisions without an award."""

from dataclasses import dataclass
from datetime import datetime

from issuer.catalogue import Catalogue
from issuer.deciding import courses_of, require_program
from issuer.facts import Completion, current
from issuer.store import catalogues, credentials, decisions, facts
from issuer.store.credentials import Kind
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from templates.messages import Message


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
    catalogue = catalogues.load(tx)
    if program is not None:
        require_program(catalogue, program)
    wanted = None
    if program is not None:
        versions = [one for (code, _), one in catalogue.programs.items() if code == program]
        wanted = frozenset().union(*(courses_of(catalogue, one) for one in versions))
    issued = credentials.subject_keys(tx, "course")
    courses: list[Completion] = []
    held_back: list[Held] = []
    present = 0
    for fact in current(facts.read(tx)):
        if not isinstance(fact, Completion) or not fact.earns_certificate:
            continue
        if wanted is not None and fact.course not in wanted:
            continue
        if organization is not None and _owner(catalogue, fact.course) != organization:
            continue
        if (fact.learner, credentials.course_key(fact.course, fact.session)) in issued:
            present += 1
        elif fact.course not in catalogue.courses:
            why = Message(
                "The catalogue does not describe the course {code}. Import its description.", code=fact.course
            )
            held_back.append(held(fact, why))
        elif fact.completed_on is not None and fact.completed_on > now.date():
            held_back.append(held(fact, Message("Completed on {date}, which is yet to come", date=fact.completed_on)))
        else:
            courses.append(fact)
    awards = decisions.awards(tx)
    positive = [one for one in decisions.latest(tx, program=program).values() if one.decision.eligible]
    programs = [
        one
        for one in positive
        if (one.decision.learner, one.decision.program, one.decision.version) not in awards
        and organization in (None, catalogue.programs[one.decision.program, one.decision.version].organization)
    ]
    present += sum(program in (None, code) for _, code, _ in awards)
    # A new version is no reason to send everybody a second certificate: a cohort says of whom it would be one.
    version_of = {(learner, code): version for learner, code, version in sorted(awards)}
    first = [one for one in programs if (one.decision.learner, one.decision.program) not in version_of]
    second = tuple(
        held(
            one,
            Message(
                "The award of version {version} is there: a second certificate goes out with a cohort, which says so",
                version=before,
            ),
        )
        for one in programs
        if (before := version_of.get((one.decision.learner, one.decision.program))) is not None
    )
    return Plan(catalogue, tuple(courses), tuple(first), tuple(held_back), present, second)


def _owner(catalogue: Catalogue, course: str) -> str | None:
    """Whose course it is; None where nobody describes it."""
    return catalogue.courses[course].organization if course in catalogue.courses else None


def held(item: Completion | StoredDecision, why: Message) -> Held:
    if isinstance(item, Completion):
        return Held("course", item.learner, item.course, why)
    return Held("program", item.decision.learner, item.decision.program, why)


def organization_of(plan: Plan, item: Completion | StoredDecision) -> str | None:
    """Whose award it is; None for a Course Certificate, of which there may be as many as there are."""
    if isinstance(item, Completion):
        return None
    return plan.catalogue.programs[(item.decision.program, item.decision.version)].organization
