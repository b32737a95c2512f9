"""What must hold for every tree of rules and every history of facts: see `tests.issuer.trees` for what is drawn.

*Complete*: a learner who does exactly what the reasons name is eligible. *Minimal*: leave any one of it out, and the
learner is not. What is named is done here on the day of the decision, as certificates age while one waits.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from issuer.attempts import Demands
from issuer.decisions import Decision, Requirement
from issuer.facts import Completion, Enrolment, Fact, current
from issuer.program_tree import AllNode, FeeNode, LeafNode, Node, ProgramNode, SomeNode, unfolded
from tests.issuer.domain import LEARNER, ON, RECORDED, done, enrolled
from tests.issuer.trees import LANGUAGES, Scenario, completions, scenarios, tried_often

CURED = {"fee_unpaid", "identity_not_verified", "dated_later", "in_progress"}
TAKEN = {"take", "take_again", "no_session"}


@tried_often()
@given(scenarios(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_the_facts_change_nothing(case: Scenario, random: Any) -> None:
    expected = case.decide().canonical()
    facts = [*case.facts, *random.sample(case.facts, k=len(case.facts) // 2)]
    random.shuffle(facts)
    assert case.decide(facts).canonical() == expected


@tried_often()
@given(scenarios())
def test_a_replay_gives_the_same_bytes_and_json_holds_everything(case: Scenario) -> None:
    decision = case.decide()
    assert case.decide(iter(case.facts)).canonical() == decision.canonical()  # type: ignore[arg-type]  # any iterable
    stored = Decision.from_json(json.loads(decision.canonical()))
    assert stored == decision
    assert stored.canonical() == decision.canonical()


# --- against a naive reading of the rule -------------------------------------------------------------------


def counts(one: Fact, demands: Demands, case: Scenario) -> bool:
    return (
        isinstance(one, Completion)
        and one.learner == LEARNER
        and one.outcome == "passed"
        and one.id not in case.revoked
        and one.completed_on is not None
        and one.completed_on <= case.on
        and (not demands.fee or one.fee_paid)
        and (not demands.identity or one.identity_verified)
        and (demands.grade is None or (one.grade is not None and one.grade >= demands.grade))
        and all(case.on <= period.after(one.completed_on) for period in demands.periods)
    )


def naive(node: Node, held: tuple[Fact, ...], case: Scenario, languages: frozenset[str]) -> bool:
    """Whether it is met by certificates in these languages."""
    match node:
        case LeafNode():
            return any(
                isinstance(one, Completion)
                and one.course in node.counting
                and one.language in languages
                and counts(one, node.demands, case)
                for one in held
            )
        case AllNode(children):
            return all(naive(child, held, case, languages) for child in children)
        case SomeNode(needed, children):
            return sum(naive(child, held, case, languages) for child in children) >= needed
        case ProgramNode():
            paid = node.fee is None or any(
                isinstance(one, Enrolment) and one.program == node.fee.code and one.fee_paid for one in held
            )
            allowed = (
                languages
                if node.single is None or not node.single.languages
                else languages & set(node.single.languages)
            )
            choices = [allowed] if node.single is None else [frozenset([tag]) for tag in allowed]
            return paid and any(naive(node.rule, held, case, choice) for choice in choices)
        case FeeNode():
            raise TypeError(node)


@tried_often()
@given(scenarios())
def test_eligible_is_what_a_naive_reading_of_the_rule_says(case: Scenario) -> None:
    held = current(one for one in case.facts if one.learner == LEARNER)
    tree = unfolded(case.program, case.catalogue)
    decision = case.decide()
    assert decision.eligible == naive(tree, held, case, frozenset(LANGUAGES))
    if decision.eligible:
        # What it binds is enough by itself, and nothing of it can be spared.
        used = tuple(one for one in held if one.id in decision.evidence)
        assert naive(tree, used, case, frozenset(LANGUAGES))
        for spared in used:
            assert not naive(tree, tuple(one for one in used if one is not spared), case, frozenset(LANGUAGES))
        assert all(one.met for one in decision.requirements if one.needed)
        assert decision.remaining == 0
        assert decision.shortest is None


# --- more certificates -------------------------------------------------------------------------------------


@tried_often()
@given(scenarios(), st.data())
def test_another_certificate_never_makes_an_eligible_learner_ineligible(case: Scenario, data: st.DataObject) -> None:
    case = made_eligible(case)
    before = case.decide()
    assume(before.eligible)
    codes = sorted(
        {code for leaf in case.catalogue.parts(case.program) for code in case.catalogue.counting_as(leaf.code)}
    )
    extra = data.draw(completions(codes, sessions=["extra"]))
    day = min(extra.completed_on or ON, ON)
    extra = replace(extra, outcome="passed", completed_on=day, learner=LEARNER, identity_verified=True, fee_paid=True)
    after = case.decide([*case.facts, extra])
    assert after.eligible
    last = max(one.completed_on for one in used(case, before))
    if day > last:
        # One that came later than all that the award stands on changes neither its language nor its evidence.
        assert (after.language, after.evidence) == (before.language, before.evidence)


def used(case: Scenario, decision: Decision) -> list[Any]:
    return [one for one in case.facts if one.id in decision.evidence and isinstance(one, Completion)]


def made_eligible(case: Scenario) -> Scenario:
    """Its learner does what the reasons say, where they are not so already."""
    decision = case.decide()
    if decision.outcome != "not_eligible":
        return case
    return replace(case, facts=fixed(case, fixes(case, decision)))


# --- what is named is enough, and needed -------------------------------------------------------------------


@dataclass(frozen=True)
class Fix:
    """One thing that the reasons name: `what` is to be done about a requirement, in a language."""

    what: str
    requirement: Requirement
    language: str | None


def fixes(case: Scenario, decision: Decision) -> list[Fix]:
    """Everything that the needed requirements name to be done, read from the reasons alone."""
    (unsettled, *_) = [*(note for note in decision.notes if note.code == "one_language"), None]
    found: list[Fix] = []
    for one in decision.requirements:
        if not one.needed or one.met:
            continue
        for reason in one.reasons:
            if reason.code in CURED | TAKEN | {"program_fee_unpaid"}:
                named = reason.message.params.get("language")
                language = {"English": "en", "Spanish": "es"}[str(named)] if named else None
                if language is None and unsettled is not None:
                    language = {"English": "en", "Spanish": "es"}[str(unsettled.message.params["languages"][0])]
                found.append(Fix(reason.code, one, language))
    return found


def fixed(case: Scenario, to_do: Iterable[Fix]) -> tuple[Fact, ...]:
    facts: list[Fact] = list(current(case.facts))
    later = RECORDED + timedelta(days=1)
    for fix in to_do:
        code = fix.requirement.code
        if fix.what == "program_fee_unpaid":
            facts = [one for one in facts if not (isinstance(one, Enrolment) and one.program == code)]
            facts.append(enrolled(code))
        elif fix.what in TAKEN:
            course = case.catalogue.courses[code]
            language = fix.language or course.languages[0]
            facts.append(done(code, language, f"new-{code}", completed_on=case.on, grade=Decimal(100)))
        else:
            which = meant(case, fix, facts)
            change: dict[str, Any] = {
                "fee_unpaid": {"fee_paid": True},
                "identity_not_verified": {"identity_verified": True},
                "dated_later": {"completed_on": case.on},
                "in_progress": {
                    "outcome": "passed",
                    "completed_on": case.on,
                    "grade": Decimal(100),
                    "fee_paid": True,
                    "identity_verified": True,
                },
            }[fix.what]
            facts = [replace(one, **change, recorded_at=later) if one is which else one for one in facts]
    return tuple(facts)


def meant(case: Scenario, fix: Fix, facts: Iterable[Fact]) -> Completion:
    """The attempt that the reason speaks of: with that lack, on the day or in the session that it names."""
    reason = next(one for one in fix.requirement.reasons if one.code == fix.what)
    values = reason.message.params
    counting = case.catalogue.counting_as(fix.requirement.code)
    for one in facts:
        if not isinstance(one, Completion) or one.learner != LEARNER or one.course not in counting:
            continue
        if fix.what == "in_progress":
            session = (
                case.catalogue.courses[one.course].session(one.session)
                if one.course in case.catalogue.courses
                else None
            )
            if one.outcome == "in_progress" and values["session"] == (session.start if session else one.session):
                return one
        elif one.outcome == "passed" and one.completed_on == values["date"] and one.id not in case.revoked:
            return one
    raise LookupError(fix)


@tried_often()
@given(scenarios())
def test_the_reasons_are_complete_and_minimal(case: Scenario) -> None:
    decision = case.decide()
    assume(decision.outcome == "not_eligible")
    # A way that is closed (a language in which the course is not offered) names no fix, and says so.
    assume(
        not any(reason.code == "not_offered" for one in decision.requirements if one.needed for reason in one.reasons)
    )
    to_do = fixes(case, decision)
    # Several facts may share the day that a reason names; then it is open which one is meant.
    assume(unmistakable(case))
    assert case.decide(fixed(case, to_do)).eligible
    for number in range(len(to_do)):
        assert not case.decide(fixed(case, to_do[:number] + to_do[number + 1 :])).eligible
    missing = [one for one in decision.requirements if one.needed and not one.met]
    assert {fix.requirement.code for fix in to_do} == {one.code for one in missing}
    assert decision.shortest is not None
    assert len(decision.shortest.params["missing"]) == len(missing)


def unmistakable(case: Scenario) -> bool:
    days = [(one.course, one.completed_on or one.session) for one in current(case.facts) if isinstance(one, Completion)]
    return len(days) == len(set(days))


@tried_often()
@given(scenarios())
def test_what_remains_is_the_sum_of_what_the_reasons_name(case: Scenario) -> None:
    """Except for what is under way, whose fee is told in the sum alone."""
    decision = case.decide()
    named = Decimal(0)
    for one in decision.requirements:
        for reason in one.reasons if one.needed and not one.met else ():
            if reason.code in ("fee_unpaid", "take", "take_again", "program_fee_unpaid"):
                named += Decimal(str(reason.message.params["fee"]).removeprefix("$"))
    codes = {reason.code for one in decision.requirements if one.needed for reason in one.reasons}
    assert named == decision.remaining or (
        named < decision.remaining and codes & {"in_progress", "no_session", "not_offered"}
    )


# --- time --------------------------------------------------------------------------------------------------


@tried_often()
@given(scenarios(), st.integers(-30, 200), st.booleans())
def test_a_decision_holds_until_the_day_that_it_names(case: Scenario, start: int, awarded: bool) -> None:
    on = ON + timedelta(days=start)
    award: dict[str, object] = {"awarded_on": ON} if awarded else {}
    decision = case.decide(on=on, **award)
    end = decision.holds_until
    for days in (1, 2, 5, 13, 14, 15, 40, 90, 400, 4000):
        day = on + timedelta(days=days)
        if end is None or day <= end:
            again = case.decide(on=day, **award)
            assert again.agrees_with(decision)
            assert again.holds_until == end
    if end is not None:
        assert end >= on
        last = case.decide(on=end, **award)
        assert last.agrees_with(decision)
        if case.decide(on=end + timedelta(days=1), **award).agrees_with(decision):
            # Only an attempt that the decision does not speak of has changed.
            assert end in silent_ends(case)


def silent_ends(case: Scenario) -> set[Any]:
    """The days after which an attempt of the learner comes to count, or ceases to."""
    tree = unfolded(case.program, case.catalogue)
    found: set[Any] = set()
    for leaf in tree.leaves:
        for one in case.facts:
            if isinstance(one, Completion) and one.completed_on is not None and one.course in leaf.counting:
                found |= {one.completed_on - timedelta(days=1)}
                found |= {period.after(one.completed_on) for period in leaf.demands.periods}
    return found


@tried_often()
@given(scenarios(), st.integers(0, 4000))
def test_an_award_is_not_lost_because_time_passes(case: Scenario, days: int) -> None:
    case = made_eligible(case)
    assume(case.decide().eligible)
    ended = replace(case, program=replace(case.program, active_until=ON))
    later = ended.decide(on=ON + timedelta(days=days), awarded_on=ON)
    assert later.eligible
