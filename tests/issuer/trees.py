"""Random programs and histories for the properties of eligibility: any tree of rules, with every constraint.

`scenarios()` draws a catalogue, one of its programs and a learner's facts. Everything that it draws passes
`issuer.catalogue_checks`, so it is something that an institution could have.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from issuer.catalogue import Catalogue, Program
from issuer.catalogue_checks import Found, check
from issuer.decisions import Decision
from issuer.eligibility import decide
from issuer.facts import Completion, Fact
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
    Rule,
    SingleLanguage,
)
from tests.issuer.domain import CATALOGUE, LEARNER, ON, RECORDED, course, done, enrolled, program

# How many random cases each property is tried on (`make properties` asks for more).
EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "200"))


def tried_often(times: int = 1) -> settings:
    """The same cases in every run of the suite; `times` as many where one costs little."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=EXAMPLES * times,
        derandomize=True,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],  # explaining a failure takes minutes here
        suppress_health_check=slow,
    )


LANGUAGES = ("en", "es")
# Few, so that choices overlap with what is done; the last ones are offered in one language only.
CODES = ("a", "b", "c", "d", "e", "f", "g", "h")
COURSES = {
    code: course(
        code,
        code.upper(),
        languages=LANGUAGES if code < "g" else ("en",),
        fee=Decimal(10 * number),
        replaces=(f"old-{code}",) if code in "ad" else (),
    )
    for number, code in enumerate(CODES, 1)
} | {"work": course("work", "Work", languages=LANGUAGES, kind="capstone")}


@dataclass(frozen=True)
class Scenario:
    catalogue: Catalogue
    program: Program
    facts: tuple[Fact, ...]
    revoked: frozenset[str]
    on: date

    def decide(self, facts: Sequence[Fact] | None = None, *, on: date | None = None, **changes: object) -> Decision:
        values: dict[str, object] = {"learner": LEARNER, "on": on or self.on, "revoked": self.revoked} | changes
        told = self.facts if facts is None else facts
        return decide(self.program, self.catalogue, told, **values)  # type: ignore[arg-type]  # as they are named above


@st.composite
def constraints(draw: st.DrawFn, *, fee: bool = False) -> tuple[Constraint, ...]:
    found: list[Constraint] = []
    single = draw(st.sampled_from([None, None, SingleLanguage(), SingleLanguage(), SingleLanguage(("es",))]))
    if single is not None:
        found.append(single)
    found += [IdentityVerified(), FeePaid()]
    if draw(st.integers(0, 3)) == 0:
        found.append(MinimumGrade(Decimal(draw(st.sampled_from([60, 70])))))
    if draw(st.integers(0, 3)) == 0:
        found.append(EarnedWithin(parsed(draw(st.sampled_from(["P3M", "P1Y", "P40D"])))))
    if fee:
        found.append(ProgramFeePaid())
    return tuple(found)


@st.composite
def rules(draw: st.DrawFn, codes: list[str], nested: list[str], depth: int = 1) -> Rule:
    """A tree over codes that are taken out of `codes`: each stands in it once."""
    kind = draw(st.sampled_from(["all", "some", "leaf", "some"] if depth < 4 and len(codes) > 1 else ["leaf"]))
    if depth == 1 and kind == "leaf" and len(codes) > 1:
        kind = "all"
    if kind == "leaf":
        if nested and draw(st.booleans()):
            return ProgramRule(nested.pop(), 1)
        code = codes.pop(0)
        return CapstoneRule(code) if code == "work" else CourseRule(code)
    children: list[Rule] = []
    for _ in range(draw(st.integers(1, 3))):
        if codes:
            children.append(draw(rules(codes, nested, depth + 1)))
    if kind == "all":
        return AllOf(tuple(children))
    return NOf(draw(st.integers(1, len(children))), tuple(children))


@st.composite
def programs(draw: st.DrawFn) -> tuple[Catalogue, Program]:
    codes = draw(st.permutations([*CODES, "work"]))
    split = draw(st.integers(0, 4))
    inner, outer, made = list(codes[:split]), list(codes[split:]), {}
    if inner:
        own = draw(st.booleans())
        made["inner", 1] = program(
            code="inner",
            kind="program",
            rule=draw(rules(inner, [])),
            constraints=draw(constraints(fee=own)),
            fee=Decimal(5 if own else 0),
            titles=dict.fromkeys(LANGUAGES, "Inner"),
        )
    own = draw(st.integers(0, 3)) == 0
    one = program(
        code="outer",
        kind="program",
        rule=draw(rules(outer, ["inner"] if made else [])),
        constraints=draw(constraints(fee=own)),
        fee=Decimal(7 if own else 0),
        titles=dict.fromkeys(LANGUAGES, "Outer"),
        active_from=None,
    )
    made["outer", 1] = one
    return Catalogue(CATALOGUE.organizations, COURSES, made), one


@st.composite
def completions(draw: st.DrawFn, codes: Sequence[str], sessions: Sequence[str] = ("01", "03", "05")) -> Completion:
    outcome = draw(st.sampled_from(["passed"] * 8 + ["failed", "in_progress", "withdrawn"]))
    code = draw(st.sampled_from(codes))
    return done(
        code,
        draw(st.sampled_from(LANGUAGES)),
        draw(st.sampled_from(sessions)),
        outcome=outcome,
        completed_on=None
        if outcome in ("in_progress", "withdrawn")
        else ON - timedelta(days=draw(st.integers(-20, 400))),
        grade=draw(st.sampled_from([None, Decimal("59.5"), Decimal(60), Decimal(70), Decimal(90), Decimal(90)])),
        identity_verified=draw(st.integers(0, 5)) > 0,
        fee_paid=draw(st.integers(0, 5)) > 0,
        learner=draw(st.sampled_from([LEARNER] * 5 + ["ben"])),
        recorded_at=RECORDED + timedelta(hours=draw(st.integers(0, 1))),
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    catalogue, one = draw(programs())
    problems = check(
        [Found("f", "o", organization) for organization in catalogue.organizations.values()],
        [Found("f", "c", known) for known in catalogue.courses.values()],
        [Found("f", "p", known) for known in catalogue.programs.values()],
    )
    # What is offered in no language, or lacks a title, is refused when it is imported.
    if problems:
        catalogue, one = _settled(catalogue, one)
    counting = sorted({code for leaf in catalogue.parts(one) for code in catalogue.counting_as(leaf.code)})
    facts: list[Fact] = draw(st.lists(completions([*counting, "elsewhere"]), max_size=14))
    if draw(st.booleans()):
        language = draw(st.sampled_from(LANGUAGES))
        share = draw(st.integers(0, 3))
        facts += [done(code, language, "base") for number, code in enumerate(counting) if (number + share) % 4]
    for code in ("outer", "inner"):
        if draw(st.booleans()):
            facts.append(enrolled(code, fee_paid=draw(st.booleans())))
    lost = draw(st.sets(st.integers(0, 30), max_size=3))
    revoked = frozenset(fact.id for number, fact in enumerate(facts) if number in lost)
    return Scenario(catalogue, one, tuple(facts), revoked, ON)


def _settled(catalogue: Catalogue, one: Program) -> tuple[Catalogue, Program]:
    """The same without any language rule."""
    free = {
        key: replace(known, constraints=tuple(c for c in known.constraints if not isinstance(c, SingleLanguage)))
        for key, known in catalogue.programs.items()
    }
    return replace(catalogue, programs=free), free[one.code, one.version]
