"""A small catalogue, and completions written in one line: what the tests of the domain are told with.

"Data Analysis" is a Specialization of four courses and a capstone in English, Spanish and Chinese; "Computing" is an
XSeries of seven courses. A session of every course and language starts on the 5th of every other month of 2026.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from issuer.catalogue import Catalogue, Course, Organization, Program, Session
from issuer.decisions import Decision, Requirement
from issuer.eligibility import decide
from issuer.facts import Completion, Enrolment, Fact
from issuer.rules import (
    AllOf,
    CapstoneRule,
    CourseRule,
    FeePaid,
    IdentityVerified,
    ProgramFeePaid,
    SingleLanguage,
)

ON = date(2026, 6, 1)
LEARNER = "ana"
LANGUAGES = ("en", "es", "zh")
RECORDED = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)

TITLES = {
    "toolbox": "Toolbox",
    "programming": "Programming",
    "inference": "Inference",
    "models": "Models",
    "capstone": "Capstone",
}
_SEVEN = {f"computing-{number}": f"Computing {number}" for number in range(1, 8)}


def course(code: str, title: str, *, languages: tuple[str, ...] = LANGUAGES, **changes: Any) -> Course:
    sessions = tuple(
        Session(f"{month:02}-{language}", code, date(2026, month, 5), date(2026, month, 28), language)
        for month in (1, 3, 5, 7, 9, 11)
        for language in languages
    )
    values: dict[str, Any] = {
        "code": code,
        "version": 1,
        "organization": "school",
        "titles": dict.fromkeys(languages, title),
        "descriptions": {},
        "hours": 20,
        "skills": (),
        "fee": Decimal(30) if code == "capstone" else Decimal(49),
        "kind": "capstone" if code == "capstone" else "course",
        "sessions": sessions,
    }
    return Course(**values | changes)


def program(**changes: Any) -> Program:
    values: dict[str, Any] = {
        "code": "data-analysis",
        "version": 1,
        "kind": "specialization",
        "organization": "school",
        "partners": (),
        "titles": dict.fromkeys(LANGUAGES, "Data Analysis"),
        "descriptions": {},
        "active_from": date(2026, 1, 1),
        "active_until": None,
        "rule": AllOf(tuple(CapstoneRule(code) if code == "capstone" else CourseRule(code) for code in TITLES)),
        "constraints": (SingleLanguage(), IdentityVerified(), FeePaid()),
        "fee": Decimal(0),
    }
    return Program(**values | changes)


SPECIALIZATION = program()
XSERIES = program(
    code="computing",
    kind="xseries",
    titles={"en": "Computing"},
    rule=AllOf(tuple(CourseRule(code) for code in _SEVEN)),
    constraints=(IdentityVerified(), FeePaid(), ProgramFeePaid()),
    fee=Decimal(82),
)
CATALOGUE = Catalogue(
    {"school": Organization("school", "Example School", "https://school.example/")},
    {code: course(code, title) for code, title in TITLES.items()}
    | {code: course(code, title, languages=("en",)) for code, title in _SEVEN.items()},
    {(one.code, one.version): one for one in (SPECIALIZATION, XSERIES)},
)
COURSES = tuple(TITLES)
SEVEN = tuple(_SEVEN)


def done(code: str, language: str = "en", session: str | None = None, **changes: Any) -> Completion:
    """A Course Certificate's completion: passed on 20 March 2026, identity verified and paid, unless `changes`."""
    values: dict[str, Any] = {
        "learner": LEARNER,
        "name": "Ana Invenira",
        "email": "ana@example.org",
        "course": code,
        "session": session or f"03-{language}",
        "language": language,
        "outcome": "passed",
        "grade": Decimal(90),
        "completed_on": date(2026, 3, 20),
        "identity_verified": True,
        "fee_paid": True,
        "narrative": None,
        "source": "test",
        "recorded_at": RECORDED,
    }
    return Completion(**values | changes)


def all_done(language: str = "en", *, without: Iterable[str] = (), **changes: Any) -> list[Fact]:
    return [done(code, language, **changes) for code in COURSES if code not in without]


def enrolled(program: str, *, fee_paid: bool = True, **changes: Any) -> Enrolment:
    values: dict[str, Any] = {
        "learner": LEARNER,
        "name": "Ana Invenira",
        "email": "ana@example.org",
        "program": program,
        "enrolled_on": date(2026, 1, 3),
        "fee_paid": fee_paid,
        "source": "test",
        "recorded_at": RECORDED,
    }
    return Enrolment(**values | changes)


def decided(facts: Iterable[Fact], program: Program = SPECIALIZATION, **changes: Any) -> Decision:
    values: dict[str, Any] = {"catalogue": CATALOGUE, "learner": LEARNER, "on": ON}
    return decide(program, facts=facts, **values | changes)


def requirement(decision: Decision, code: str) -> Requirement:
    return next(one for one in decision.requirements if one.code == code)


def said(decision: Decision, code: str) -> list[str]:
    """What is said about one requirement, in English."""
    return [str(reason.message) for reason in requirement(decision, code).reasons]


def codes(decision: Decision, code: str) -> list[str]:
    return [reason.code for reason in requirement(decision, code).reasons]
