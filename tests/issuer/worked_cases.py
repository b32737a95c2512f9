"""The worked cases of eligibility, each told in a sentence: `python -m tests.issuer.worked_cases` writes them down.

`tests/issuer/test_worked_cases.py` asserts what is decided, and docs/worked-cases.md shows it as a reader sees it.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from issuer.catalogue import Catalogue, Program
from issuer.decisions import Decision, Requirement
from issuer.facts import Fact
from issuer.periods import parsed
from issuer.rules import (
    AllOf,
    CapstoneRule,
    Constraint,
    CourseRule,
    EarnedWithin,
    FeePaid,
    IdentityVerified,
    MinimumGrade,
    NOf,
    ProgramFeePaid,
    ProgramRule,
    SingleLanguage,
)
from tests.issuer.domain import (
    CATALOGUE,
    COURSES,
    ON,
    RECORDED,
    SEVEN,
    SPECIALIZATION,
    XSERIES,
    all_done,
    course,
    decided,
    done,
    enrolled,
    program,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "worked-cases.md"

# Case 14: a course that replaced an older one.
REPLACED = replace(
    CATALOGUE,
    courses={**CATALOGUE.courses, "programming": course("programming", "Programming", replaces=("programming-2024",))},
)

# Case 18: two of three electives, a nested program with a fee of its own, and a grade.
ELECTIVES = SEVEN[:3]
VERIFIED: tuple[Constraint, ...] = (IdentityVerified(), FeePaid())
FOUNDATIONS = program(
    code="foundations",
    kind="program",
    titles={"en": "Foundations", "es": "Fundamentos", "zh": "基础"},
    rule=AllOf((CourseRule("toolbox"), CourseRule("programming"))),
    constraints=(SingleLanguage(), *VERIFIED, MinimumGrade(Decimal(70)), ProgramFeePaid()),
    fee=Decimal(20),
)
DIPLOMA = program(
    code="diploma",
    kind="program",
    titles={"en": "Diploma"},
    rule=AllOf(
        (
            ProgramRule("foundations", 1),
            NOf(2, tuple(CourseRule(code) for code in ELECTIVES)),
            CapstoneRule("capstone"),
        )
    ),
    constraints=VERIFIED,
)
FRESH = program(code="fresh", kind="program", constraints=(SingleLanguage(), *VERIFIED, EarnedWithin(parsed("P2Y"))))
TREES = replace(
    CATALOGUE,
    programs={
        **CATALOGUE.programs,
        **{(one.code, one.version): one for one in (FOUNDATIONS, DIPLOMA, FRESH)},
    },
)


def diploma_done(*electives: str, grade: int = 70) -> list[Fact]:
    """Everything of the diploma, these electives of the three, and the nested courses with that grade."""
    foundations = [done(code, grade=Decimal(grade)) for code in ("toolbox", "programming")]
    return [enrolled("foundations"), *foundations, *(done(code) for code in electives), done("capstone")]


@dataclass(frozen=True)
class Case:
    """`number`: as the cases are counted, a letter where one has several sides. `told`: the facts in a sentence."""

    number: str
    told: str
    facts: tuple[Fact, ...]
    program: Program = SPECIALIZATION
    catalogue: Catalogue = CATALOGUE
    on: date = ON
    revoked: frozenset[str] = frozenset()
    awarded_on: date | None = None

    @property
    def decision(self) -> Decision:
        return self.again(self.facts)

    def again(self, facts: Iterable[Fact], **changes: Any) -> Decision:
        """The same with other facts, or on another day."""
        values = {"on": self.on, "revoked": self.revoked, "awarded_on": self.awarded_on} | changes
        return decided(facts, self.program, catalogue=self.catalogue, **values)

    def title(self, requirement: Requirement) -> str:
        if requirement.kind == "program_fee":
            return "Program fee"
        return self.catalogue.courses[requirement.code].title("en")


EARLY = done("toolbox", session="01-en", completed_on=date(2025, 12, 20))
THIRD = done("models", session="05-en", completed_on=date(2026, 5, 20))
FIRST = done("inference", session="01-en", completed_on=date(2026, 1, 20))
SECOND = done("inference", session="05-en", completed_on=date(2026, 5, 20))
ONLY = done("inference")
AGAIN = done("toolbox", session="05-en", completed_on=date(2026, 5, 25))
OLD = done("programming-2024", session="2024-autumn", completed_on=date(2024, 10, 1))
RETIRED = done("models", session="2023-spring", completed_on=date(2023, 6, 1))
WRONG = done("models", outcome="failed", grade=Decimal(58))
CORRECTED = done("models", grade=Decimal(85), recorded_at=RECORDED + timedelta(days=1))
REGRADED = done("models", outcome="failed", grade=Decimal(49), recorded_at=RECORDED + timedelta(days=1))
_DAYS = (date(2026, 5, 20), date(2026, 4, 20), date(2026, 3, 20), date(2026, 3, 20), date(2026, 1, 20))
_SIX = tuple(done(code) for code in SEVEN[:-1])


def _case(number: str, told: str, *facts: Fact, **more: Any) -> Case:
    return Case(number, told, facts, **more)


CASES = {
    one.number: one
    for one in (
        _case("1", "Four courses and the capstone certified in English.", *all_done()),
        _case(
            "2",
            "As 1, the first course certified before the learner enrolled in the program.",
            enrolled("data-analysis", enrolled_on=date(2026, 1, 3)),
            EARLY,
            *all_done(without=["toolbox"]),
        ),
        _case(
            "3",
            "The second course passed and not paid, the rest certified.",
            done("programming", fee_paid=False),
            *all_done(without=["programming"]),
        ),
        _case(
            "4",
            "The second course passed and paid, the identity not verified.",
            done("programming", identity_verified=False),
            *all_done(without=["programming"]),
        ),
        _case(
            "4b",
            "The second course passed, neither paid nor verified.",
            done("programming", identity_verified=False, fee_paid=False),
            *all_done(without=["programming"]),
        ),
        _case(
            "5",
            "The first course in Chinese, the rest in English.",
            done("toolbox", "zh"),
            *all_done(without=["toolbox"]),
        ),
        _case(
            "6",
            "As 5, the first course taken again in English later.",
            done("toolbox", "zh", "01-zh", completed_on=date(2026, 1, 20)),
            AGAIN,
            *all_done(without=["toolbox"]),
        ),
        _case(
            "7",
            "Everything in English and, one day earlier, in Spanish.",
            *all_done("en"),
            *all_done("es", completed_on=date(2026, 3, 19)),
        ),
        _case(
            "7b",
            "Everything in Chinese, Spanish and English on the same day.",
            *all_done("zh"),
            *all_done("es"),
            *all_done("en"),
        ),
        _case(
            "8",
            "The fourth course failed twice and passed in the third session.",
            done("models", session="01-en", outcome="failed", completed_on=date(2026, 1, 25)),
            done("models", session="03-en", outcome="failed", completed_on=date(2026, 3, 25)),
            THIRD,
            *all_done(without=["models"]),
        ),
        _case(
            "8b",
            "As 8, before the third session.",
            done("models", session="01-en", outcome="failed", completed_on=date(2026, 1, 25)),
            done("models", session="03-en", outcome="failed", completed_on=date(2026, 3, 25)),
            *all_done(without=["models"]),
        ),
        _case("9", "All courses in Spanish and no capstone.", *all_done("es", without=["capstone"])),
        _case(
            "9b",
            "All courses in Spanish, the capstone in English.",
            *all_done("es", without=["capstone"]),
            done("capstone", "en"),
        ),
        _case(
            "10",
            "Taken in reverse order, two at once.",
            *(done(code, completed_on=day) for code, day in zip(COURSES, _DAYS, strict=True)),
        ),
        _case(
            "11",
            "Two certificates for the third course, the earlier one revoked.",
            FIRST,
            SECOND,
            *all_done(without=["inference"]),
            revoked=frozenset({FIRST.id}),
        ),
        _case(
            "12",
            "Awarded on 1 May; then the only certificate for the third course is revoked.",
            ONLY,
            *all_done(without=["inference"]),
            revoked=frozenset({ONLY.id}),
            awarded_on=date(2026, 5, 1),
        ),
        _case(
            "12b",
            "As 12, and a new certificate since.",
            ONLY,
            SECOND,
            *all_done(without=["inference"]),
            revoked=frozenset({ONLY.id}),
            awarded_on=date(2026, 5, 1),
        ),
        _case("13", "An XSeries of seven, six done, its fee paid.", enrolled("computing"), *_SIX, program=XSERIES),
        _case(
            "13b",
            "The same, the program fee not paid.",
            enrolled("computing", fee_paid=False),
            *_SIX,
            program=XSERIES,
        ),
        _case(
            "13c",
            "All seven done and the program fee paid.",
            enrolled("computing"),
            *(done(code) for code in SEVEN),
            program=XSERIES,
        ),
        _case(
            "14",
            "The second course by one that it replaced, the fourth in a session that is no longer listed.",
            OLD,
            RETIRED,
            *all_done(without=["programming", "models"]),
            catalogue=REPLACED,
        ),
        _case(
            "15",
            "Everything certified, in a version that is active from tomorrow.",
            *all_done(),
            program=program(version=2, active_from=date(2026, 6, 2)),
        ),
        _case(
            "15b",
            "Everything certified, in a version that ended yesterday.",
            *all_done(),
            program=program(active_from=None, active_until=date(2026, 5, 31)),
        ),
        _case(
            "15c",
            "The same, awarded while it was active.",
            *all_done(),
            program=program(active_from=None, active_until=date(2026, 5, 31)),
            awarded_on=date(2026, 5, 1),
        ),
        _case(
            "16",
            "The fourth course told as failed, then corrected to passed; all of it delivered twice, out of order.",
            CORRECTED,
            *all_done(without=["models"]),
            WRONG,
            CORRECTED,
            *all_done(without=["models"]),
        ),
        _case("16b", "Everything certified, then the fourth course corrected to failed.", REGRADED, *all_done()),
        _case(
            "17",
            "Everything certified, the name given as “ Ada  Fictiva ” (it is kept as it was given; an empty one is "
            "refused with the fact).",
            *all_done(name=" Ada  Fictiva "),
        ),
        _case(
            "18",
            "Two of three electives, the nested program with 70 where 70 are needed, and the capstone.",
            *diploma_done(*ELECTIVES[1:]),
            program=DIPLOMA,
            catalogue=TREES,
        ),
        _case(
            "18b",
            "The same with one elective.",
            *diploma_done(ELECTIVES[2]),
            program=DIPLOMA,
            catalogue=TREES,
        ),
        _case(
            "18c",
            "The same with two electives and 69 in the nested program.",
            *diploma_done(*ELECTIVES[1:], grade=69),
            program=DIPLOMA,
            catalogue=TREES,
        ),
        _case(
            "18d",
            "The same, the nested program in two languages, its fee not paid.",
            done("toolbox", "es"),
            done("programming"),
            *(done(code) for code in ELECTIVES),
            done("capstone"),
            program=DIPLOMA,
            catalogue=TREES,
        ),
        _case(
            "18e",
            "No certificate may be older than two years: one is of that very day two years ago, one of the day before.",
            done("toolbox", completed_on=date(2024, 6, 1)),
            done("models", completed_on=date(2024, 5, 31)),
            *all_done(without=["toolbox", "models"]),
            program=FRESH,
            catalogue=TREES,
        ),
        _case(
            "18f",
            "The same, awarded the day before.",
            done("toolbox", completed_on=date(2024, 6, 1)),
            done("models", completed_on=date(2024, 5, 31)),
            *all_done(without=["toolbox", "models"]),
            program=FRESH,
            catalogue=TREES,
            awarded_on=date(2026, 5, 31),
        ),
    )
}

_OUTCOMES = {"eligible": "eligible", "not_eligible": "not eligible", "not_active": "nobody is awarded"}


def document() -> str:
    """The table, in Markdown."""
    rows = [f"| {one.number} | {one.told} | {_outcome(one.decision)} | {_reasons(one)} |" for one in CASES.values()]
    return "\n".join(
        [
            "# Worked cases of eligibility",
            "",
            "Generated from the tests by `python -m tests.issuer.worked_cases`; how it is decided stands in",
            "[eligibility.md](eligibility.md). Unless something else is said, the program is a Specialization of four",
            "courses and a capstone, everything was certified on 20 March 2026, and it is decided on 1 June 2026. The",
            "reasons are those that a reader sees; requirements that say the same stand together.",
            "",
            "| case | facts | outcome | reasons |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _outcome(decision: Decision) -> str:
    language = {"en": " in English", "es": " in Spanish", "zh": " in Chinese"}.get(decision.language or "", "")
    return _OUTCOMES[decision.outcome] + (language if decision.eligible else "")


def _reasons(case: Case) -> str:
    decision = case.decision
    said = [] if decision.shortest is None else [f"**{decision.shortest}.**"]
    said += [f"{note.message}." for note in decision.notes]
    grouped: dict[str, list[str]] = {}
    for one in decision.requirements:
        grouped.setdefault("; ".join(str(reason.message) for reason in one.reasons), []).append(case.title(one))
    said += [f"*{', '.join(titles)}*: {reasons}." for reasons, titles in grouped.items()]
    return "<br>".join(said).replace("|", "\\|")


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT.name}: {len(CASES)} cases\n")
