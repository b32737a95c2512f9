"""A made-up school with one program of five courses and a capstone, and learners who have passed all of it.

    fill(database, range(1_000))     # 6,000 facts; 1,000 program certificates and 6,000 Course Certificates are due

Whoever is `due` gets seven certificates: one for each part, and the program's, which binds the bytes of the six.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from issuer.catalogue import Catalogue, Course, Organization, Program, Session
from issuer.facts import Completion
from issuer.rules import AllOf, CapstoneRule, CourseRule, FeePaid, IdentityVerified, SingleLanguage
from issuer.store import catalogues, facts
from issuer.store.database import Database

SCHOOL, PROGRAM = "school", "data-literacy"
COURSES = ("questions", "data", "pictures", "models", "reports")
CAPSTONE = "data-capstone"
EACH = len(COURSES) + 2  # certificates of a learner
TOLD = datetime(2025, 8, 1, 12, tzinfo=UTC)
AT_ONCE = 5_000  # learners whose facts are written together
_BEGAN = date(2025, 1, 6)


def catalogue() -> Catalogue:
    courses = {code: _course(code) for code in (*COURSES, CAPSTONE)}
    organizations = {SCHOOL: Organization(SCHOOL, "Example School", "https://school.example/")}
    return Catalogue(organizations, courses, {(PROGRAM, 1): _program()})


def fill(database: Database, learners: range, done: Callable[[int], object] = lambda count: None) -> None:
    """The facts of the learners with these numbers; `done` is told how many are there."""
    with database.write() as tx:
        catalogues.save(tx, catalogue(), at=TOLD)
    for first in range(0, len(learners), AT_ONCE):
        some = learners[first : first + AT_ONCE]
        with database.write() as tx:
            facts.append(tx, (fact for number in some for fact in told_of(number)))
        done(some.stop)


def learner(number: int) -> str:
    return f"learner-{number:08}"


def told_of(number: int) -> Iterator[Completion]:
    for place, code in enumerate((*COURSES, CAPSTONE)):
        began = _BEGAN + timedelta(weeks=4 * place)
        yield Completion(
            learner=learner(number),
            name=f"Zoë Ünlü-Beispiel {number}",
            email=f"z{number}@example.org",
            course=code,
            session=f"{began.isoformat()}-en",
            language="en",
            outcome="passed",
            grade=Decimal(60 + (number + place) % 40),
            completed_on=began + timedelta(days=21 + number % 7),
            identity_verified=True,
            fee_paid=True,
            narrative="Counted the birds of a park for a month." if code == CAPSTONE else None,
            source="benchmark",
            recorded_at=TOLD,
        )


def _course(code: str) -> Course:
    starts = [_BEGAN + timedelta(weeks=4 * place) for place in range(len(COURSES) + 1)]
    return Course(
        code=code,
        version=1,
        organization=SCHOOL,
        titles={"en": code.replace("-", " ").capitalize()},
        descriptions={"en": f"All about {code}."},
        hours=20,
        skills=(code, "Statistics"),
        fee=Decimal(49),
        kind="capstone" if code == CAPSTONE else "course",
        sessions=tuple(Session(f"{one.isoformat()}-en", code, one, one + timedelta(days=27), "en") for one in starts),
    )


def _program() -> Program:
    return Program(
        code=PROGRAM,
        version=1,
        kind="specialization",
        organization=SCHOOL,
        partners=(),
        titles={"en": "Data literacy"},
        descriptions={"en": "From a question to an answer that holds."},
        active_from=date(2025, 1, 1),
        active_until=None,
        rule=AllOf((*(CourseRule(code) for code in COURSES), CapstoneRule(CAPSTONE))),
        constraints=(IdentityVerified(), FeePaid(), SingleLanguage()),
        fee=Decimal(0),
    )
