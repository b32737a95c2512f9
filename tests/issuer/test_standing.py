"""What one learner may know: every sentence from a decision, every amount adds up, nothing of another organization."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.facts import Fact
from issuer.rules import AllOf, CourseRule, FeePaid, IdentityVerified, NOf, ProgramFeePaid, ProgramRule
from issuer.standing import Certificate, Standing, stands
from tests.issuer import domain
from tests.issuer.domain import CATALOGUE, COURSES, LEARNER, ON, all_done, decided, done, enrolled


def standing(*facts: Fact, program: Any = domain.SPECIALIZATION, **changes: Any) -> Standing:
    values: dict[str, Any] = {
        "learner": LEARNER,
        "name": "Ana Invenira",
        "on": ON,
        "revoked": frozenset(),
        "certificates": (),
        "sessions": 3,
    }
    return stands(program, changes.pop("catalogue", CATALOGUE), facts, **values | changes)


def held(status: str = "valid", **changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "kind": "program",
        "subject": "data-analysis",
        "title": "Data Analysis",
        "language": "en",
        "url": "http://localhost:8000/credentials/one",
        "verify_url": "http://localhost:8001/verify",
        "issued": date(2026, 4, 1),
        "status": status,
        "since": date(2026, 5, 1),
        "reason": "grade corrected",
    }
    return Certificate(**values | changes)


def test_what_is_missing_is_told_with_its_next_three_sessions_and_its_fee() -> None:
    found = standing(*all_done("es", without=["capstone"]))
    assert (found.state, found.language) == ("incomplete", "es")
    assert str(found.next_step) == "In Spanish 4 of 5 are done; missing: Capstone"
    (way,) = found.ways
    assert (way.done, way.total, way.to_pay) == (4, 5, Decimal(30))
    capstone = way.lines[-1]
    assert [one.start for one in capstone.sessions] == [date(2026, 7, 5), date(2026, 9, 5), date(2026, 11, 5)]
    assert {one.language for one in capstone.sessions} == {"es"}
    assert capstone.to_pay == Decimal(30)
    assert [line.to_pay for line in way.lines[:-1]] == [0, 0, 0, 0]


def test_every_language_that_was_begun_is_a_way_with_all_its_lines() -> None:
    found = standing(*all_done("es", without=["capstone"]), done("toolbox"), done("models"))
    assert [(way.language, way.done, way.total) for way in found.ways] == [("es", 4, 5), ("en", 2, 5)]
    english = {line.code: line for line in found.ways[1].lines}
    assert english["toolbox"].met
    assert str(english["inference"].reasons[0].message).startswith("Certified in Spanish")
    assert english["inference"].sessions[0].language == "en"
    assert "language_progress" not in {note.code for note in found.notes}  # the ways say it


def test_nothing_begun_is_one_way_in_any_language() -> None:
    found = standing(enrolled("data-analysis"))
    (way,) = found.ways
    assert (way.language, way.done, way.complete) == (None, 0, False)
    assert {one.language for one in way.lines[0].sessions} == set(domain.LANGUAGES)


def test_a_fee_and_an_identity_are_what_is_missing_and_no_session_is_offered() -> None:
    found = standing(*all_done(without=["models"]), done("models", fee_paid=False))
    line = found.ways[0].lines[3]
    assert (line.met, line.to_pay, line.sessions) == (False, Decimal(49), ())
    found = standing(*all_done(without=["models"]), done("models", identity_verified=False))
    assert found.ways[0].lines[3].to_pay == 0


def test_a_failed_course_may_be_taken_again() -> None:
    found = standing(*all_done(without=["models"]), done("models", outcome="failed", completed_on=None))
    line = found.ways[0].lines[3]
    assert [reason.code for reason in line.reasons] == ["failed", "take_again"]
    assert (line.sessions[0].start, line.to_pay) == (date(2026, 7, 5), Decimal(49))


def test_a_program_fee_is_a_line_of_its_own() -> None:
    found = standing(enrolled("computing", fee_paid=False), program=domain.XSERIES)
    fee = found.ways[0].lines[-1]
    assert (fee.kind, fee.title, fee.to_pay) == ("program_fee", "Computing", Decimal(82))
    assert found.ways[0].total == 7


def test_what_is_complete_and_not_awarded_says_that_nothing_is_left_to_do() -> None:
    found = standing(*all_done())
    assert (found.state, found.ways[0].progress) == ("complete", None)
    assert "nothing is left to do" in str(found.next_step)


def test_the_state_is_the_certificates() -> None:
    words = {
        "valid": ("awarded", "Awarded on 1 April 2026. Nothing is left to do."),
        "suspended": ("suspended", "Suspended since 1 May 2026: grade corrected"),
        "revoked": ("revoked", "Revoked on 1 May 2026: grade corrected"),
    }
    for status, expected in words.items():
        found = standing(*all_done(without=["models"]), certificates=(held(status),))
        assert (found.state, str(found.next_step)) == expected


def test_a_revoked_award_that_is_complete_again_is_complete() -> None:
    assert standing(*all_done(), certificates=(held("revoked"),)).state == "complete"


def test_a_line_leads_to_the_certificate_that_meets_it() -> None:
    mine = held(kind="course", subject="toolbox", attempt=("toolbox", "03-en"), url="http://localhost:8000/t")
    found = standing(*all_done(), certificates=(mine,))
    assert [line.certificate for line in found.ways[0].lines] == ["http://localhost:8000/t", None, None, None, None]


def test_of_a_choice_the_nearest_options_are_needed_and_the_others_are_not() -> None:
    rule = AllOf(
        (CourseRule("toolbox"), NOf(2, (CourseRule("programming"), CourseRule("inference"), CourseRule("models"))))
    )
    found = standing(done("toolbox"), done("models"), program=domain.program(rule=rule))
    (way,) = found.ways
    lines = {line.code: line for line in way.lines}
    assert (way.done, way.total, way.to_pay) == (2, 3, Decimal(49))
    assert lines["toolbox"].choice is None
    assert {(line.choice.needed, line.choice.of) for line in way.lines if line.choice} == {(2, 3)}
    assert [code for code, line in lines.items() if not line.needed] == ["inference"]
    assert (lines["inference"].to_pay, lines["programming"].to_pay) == (0, Decimal(49))


def test_a_nested_program_is_told_with_its_own_fee() -> None:
    inner = domain.program(
        code="inner",
        kind="program",
        titles={"en": "Inner"},
        rule=AllOf((CourseRule("inference"), CourseRule("models"))),
        constraints=(IdentityVerified(), FeePaid(), ProgramFeePaid()),
        fee=Decimal(20),
    )
    outer = domain.program(kind="program", rule=AllOf((CourseRule("toolbox"), ProgramRule("inner", 1))))
    catalogue = replace(CATALOGUE, programs={("inner", 1): inner, ("data-analysis", 1): outer})
    found = standing(done("toolbox"), done("models"), program=outer, catalogue=catalogue)
    (way,) = found.ways
    assert [(line.code, line.to_pay) for line in way.lines] == [
        ("toolbox", 0),
        ("inference", 49),
        ("models", 0),
        ("inner", 20),
    ]
    assert (way.lines[-1].title, way.to_pay) == ("Inner", Decimal(69))


def test_what_was_awarded_is_judged_as_of_that_day() -> None:
    ended = domain.program(active_until=date(2026, 4, 30))
    assert standing(*all_done(), program=ended).ways == ()
    found = standing(*all_done(), program=ended, awarded_on=date(2026, 4, 1), certificates=(held(),))
    assert (found.state, found.ways[0].complete) == ("awarded", True)


def test_a_version_that_is_not_active_says_so() -> None:
    later = domain.program(active_from=date(2027, 1, 1))
    found = standing(*all_done(), program=later)
    assert (found.state, found.ways) == ("inactive", ())
    assert "not active before 1 January 2027" in str(found.next_step)


def test_another_learners_facts_change_nothing() -> None:
    own = all_done("es", without=["capstone"])
    assert standing(*own, done("capstone", "es", learner="ben")) == standing(*own)


ATTEMPTS = st.lists(
    st.builds(
        done,
        st.sampled_from(COURSES),
        st.sampled_from(domain.LANGUAGES),
        st.sampled_from(["01", "03", "05"]),
        outcome=st.sampled_from(["passed", "passed", "passed", "failed", "in_progress"]),
        identity_verified=st.booleans(),
        fee_paid=st.booleans(),
        completed_on=st.sampled_from([date(2026, 1, 30), date(2026, 3, 20), date(2026, 6, 20)]),
    ),
    max_size=12,
)


RULES = st.sampled_from(
    [
        domain.SPECIALIZATION,
        domain.program(constraints=(IdentityVerified(), FeePaid())),
        domain.program(constraints=(IdentityVerified(), ProgramFeePaid()), fee=Decimal(20)),
        domain.program(rule=NOf(2, tuple(CourseRule(code) for code in COURSES[:-1]))),
        domain.program(rule=AllOf((CourseRule("toolbox"), NOf(1, (CourseRule("models"), CourseRule("inference")))))),
    ]
)


@settings(max_examples=300, derandomize=True)
@given(ATTEMPTS, st.sets(st.integers(0, 11)), RULES)
def test_the_amounts_of_a_way_add_up(facts: list[Any], gone: set[int], program: Any) -> None:
    revoked = frozenset(facts[place].id for place in gone if place < len(facts))
    found = standing(*facts, revoked=revoked, program=program)
    decision = decided(facts, program, revoked=revoked)
    assert (found.ways[0].to_pay, found.ways[0].progress) == (decision.remaining, decision.shortest)
    for way in found.ways:
        assert sum(line.to_pay for line in way.lines) == way.to_pay
        assert way.complete == all(line.met for line in way.lines if line.needed)
        assert (way.progress is None) == way.complete
