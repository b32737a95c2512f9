"""What must hold for every history of facts, and the choices that the documentation promises."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.decisions import Decision
from issuer.facts import Completion, Fact
from issuer.rules import AllOf, CourseRule, NOf, SingleLanguage
from tests.issuer.domain import (
    CATALOGUE,
    COURSES,
    LANGUAGES,
    LEARNER,
    ON,
    RECORDED,
    SPECIALIZATION,
    TITLES,
    XSERIES,
    all_done,
    codes,
    course,
    decided,
    done,
    enrolled,
    program,
    requirement,
    said,
)

# A machine that is busy is no failure.
unhurried = settings(deadline=None)

DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 20))


@st.composite
def completions(draw: st.DrawFn, sessions: Sequence[str] = ("s1", "s2", "s3")) -> Completion:
    outcome = draw(st.sampled_from(["passed", "passed", "passed", "failed", "in_progress"]))
    return done(
        draw(st.sampled_from(COURSES)),
        draw(st.sampled_from(LANGUAGES)),
        draw(st.sampled_from(sessions)),
        outcome=outcome,
        completed_on=None if outcome == "in_progress" else draw(DAYS),
        identity_verified=draw(st.integers(0, 5)) > 0,
        fee_paid=draw(st.integers(0, 5)) > 0,
        learner=draw(st.sampled_from([LEARNER, LEARNER, LEARNER, "ben"])),
        recorded_at=RECORDED + timedelta(hours=draw(st.integers(0, 2))),
    )


histories = st.lists(completions(), max_size=20)


def is_certificate(fact: Fact, revoked: frozenset[str] = frozenset()) -> bool:
    return (
        isinstance(fact, Completion)
        and fact.learner == LEARNER
        and fact.earns_certificate
        and fact.completed_on is not None
        and fact.completed_on <= ON
        and fact.id not in revoked
    )


@unhurried
@given(histories, st.randoms(use_true_random=False))
def test_order_and_repetition_of_the_facts_change_nothing(facts: list[Fact], random: Any) -> None:
    expected = decided(facts).canonical()
    shuffled = facts + random.sample(facts, k=len(facts) // 2)
    random.shuffle(shuffled)
    assert decided(shuffled).canonical() == expected


@unhurried
@given(histories)
def test_a_replay_gives_the_same_bytes(facts: list[Fact]) -> None:
    decision = decided(facts)
    assert decided(iter(facts)).canonical() == decision.canonical()
    assert decided(facts).digest == decision.digest
    assert Decision.from_json(decision.to_json()).canonical() == decision.canonical()


@unhurried
@given(histories, st.sets(st.integers(0, 19)))
def test_eligible_is_what_a_naive_reading_of_the_rule_says(facts: list[Fact], lost: set[int]) -> None:
    revoked = frozenset(fact.id for number, fact in enumerate(facts) if number in lost)
    latest: dict[tuple[str, ...], Fact] = {}
    for fact in sorted(facts, key=lambda one: (one.recorded_at, one.id)):
        latest[fact.key] = fact
    held = [one for one in latest.values() if is_certificate(one, revoked) and isinstance(one, Completion)]
    by_language = {tag: {one.course for one in held if one.language == tag} for tag in LANGUAGES}
    full = {tag for tag, courses in by_language.items() if courses == set(COURSES)}

    decision = decided(facts, revoked=revoked)
    assert decision.eligible == bool(full)
    if decision.eligible:
        assert {decision.language, *decision.other_languages} == full
        used = [one for one in held if one.id in decision.evidence]
        assert {one.course for one in used} == set(COURSES)
        assert {one.language for one in used} == {decision.language}
    else:
        assert decision.shortest is not None
        assert all(one.reasons for one in decision.requirements)


@unhurried
@given(st.sampled_from(LANGUAGES), histories, completions(("extra",)))
def test_another_certificate_never_makes_an_eligible_learner_ineligible(
    language: str, noise: list[Fact], extra: Completion
) -> None:
    facts = [*noise, *all_done(language, session="base")]
    assert decided(facts).eligible
    certificate = replace(
        extra, outcome="passed", completed_on=extra.completed_on or ON, identity_verified=True, fee_paid=True
    )
    assert decided([*facts, certificate]).eligible


@unhurried
@given(st.sampled_from(LANGUAGES), histories, completions(("extra",)))
def test_a_later_certificate_changes_neither_language_nor_evidence(
    language: str, noise: list[Fact], extra: Completion
) -> None:
    facts = [*noise, *all_done(language, session="base")]
    before = decided(facts, on=date(2026, 12, 1))
    later = replace(extra, outcome="passed", completed_on=date(2026, 11, 1), identity_verified=True, fee_paid=True)
    after = decided([*facts, later], on=date(2026, 12, 1))
    assert (after.language, after.evidence) == (before.language, before.evidence)


# --- choices -----------------------------------------------------------------------------------------------


def test_of_several_certificates_the_earliest_counts_and_then_the_smaller_id() -> None:
    early = done("models", session="01-en", completed_on=date(2026, 1, 20))
    late = done("models", session="03-en")
    assert requirement(decided([late, early]), "models").fact == early.id
    one, other = done("models", session="a"), done("models", session="b")
    assert requirement(decided([one, other]), "models").fact == min(one.id, other.id)


def test_the_shortest_way_is_the_language_with_the_most_done() -> None:
    decision = decided([*all_done("en", without=COURSES[1:]), *all_done("zh", without=["capstone"])])
    assert decision.language == "zh"
    assert str(decision.shortest) == "In Chinese 4 of 5 are done; missing: Capstone"


def test_a_language_that_is_begun_goes_before_one_that_is_not() -> None:
    decision = decided([done("toolbox", "zh", outcome="failed")])
    assert str(decision.shortest).startswith("In Chinese 0 of 5 are done")
    assert decision.notes[0].code == "remaining_cost", "nothing is said of languages that nobody asked about"


def test_more_done_goes_before_less_to_pay() -> None:
    paid_and_running = [
        done(code, "en", outcome="in_progress", completed_on=None) for code in ("inference", "models", "capstone")
    ]
    english = [done("toolbox", "en"), done("programming", "en"), *paid_and_running]
    chinese = [done(code, "zh") for code in ("toolbox", "programming", "inference")]
    decision = decided([*english, *chinese])
    assert (decision.language, decision.remaining) == ("zh", Decimal(49 + 30))


def test_of_equal_languages_the_one_with_less_to_pay_is_shorter() -> None:
    paid = [done("toolbox", "zh"), done("models", "zh", outcome="in_progress", completed_on=None)]
    unpaid = [done("toolbox", "en"), done("models", "en", outcome="in_progress", completed_on=None, fee_paid=False)]
    assert decided([*paid, *unpaid]).language == "zh"


def test_a_language_in_which_it_cannot_be_completed_is_not_the_shortest_way() -> None:
    capstone = course("capstone", "Capstone", languages=("en", "es"))
    catalogue = replace(CATALOGUE, courses={**CATALOGUE.courses, "capstone": capstone})
    decision = decided([*all_done("zh", without=["capstone"]), done("toolbox", "es")], catalogue=catalogue)
    assert decision.language == "es"
    assert str(decision.notes[0].message) == "In Chinese 4 of 5 are done; missing: Capstone"
    only_chinese = decided(all_done("zh", without=["capstone"]), catalogue=catalogue)
    assert only_chinese.language == "en", "offered as a whole, though nothing is done in it yet"


def test_what_is_under_way_in_a_language_that_is_no_longer_offered_can_still_be_completed() -> None:
    capstone = course("capstone", "Capstone", languages=("en", "es"))
    catalogue = replace(CATALOGUE, courses={**CATALOGUE.courses, "capstone": capstone})
    running = done("capstone", "zh", outcome="in_progress", completed_on=None)
    facts = [*all_done("zh", without=["capstone"]), running, done("toolbox", "en")]
    assert decided(facts, catalogue=catalogue).language == "zh"


def test_a_certificate_counts_in_a_language_that_is_no_longer_offered() -> None:
    capstone = course("capstone", "Capstone", languages=("en", "es"))
    catalogue = replace(CATALOGUE, courses={**CATALOGUE.courses, "capstone": capstone})
    assert decided(all_done("zh"), catalogue=catalogue).language == "zh"


def test_not_offered_is_said_where_no_other_language_is_allowed() -> None:
    capstone = course("capstone", "Capstone", languages=("en",))
    catalogue = replace(CATALOGUE, courses={**CATALOGUE.courses, "capstone": capstone})
    only_chinese = program(constraints=(SingleLanguage(("zh",)), *SPECIALIZATION.constraints[1:]))
    decision = decided(all_done("zh", without=["capstone"]), only_chinese, catalogue=catalogue)
    assert said(decision, "capstone") == ["Not taken", "Not offered in Chinese"]


def test_only_the_listed_languages_are_awarded() -> None:
    listed = program(constraints=(SingleLanguage(("en", "es")), *SPECIALIZATION.constraints[1:]))
    assert decided(all_done("es"), listed).eligible
    decision = decided(all_done("zh"), listed)
    assert decision.outcome == "not_eligible"
    assert decision.language == "en"
    assert codes(decision, "toolbox") == ["other_language", "take"]


def test_a_listed_language_that_is_nowhere_offered_is_awarded_to_nobody() -> None:
    impossible = program(constraints=(SingleLanguage(("fr",)), *SPECIALIZATION.constraints[1:]))
    decision = decided(all_done("zh"), impossible)
    assert (decision.outcome, decision.language) == ("not_eligible", "fr")
    assert codes(decision, "toolbox") == ["other_language", "not_offered"]
    neither = program(constraints=(SingleLanguage(("fr", "de")), *SPECIALIZATION.constraints[1:]))
    beginner = decided([], neither)
    assert beginner.language == "de"
    assert said(beginner, "toolbox") == ["Not taken", "Not offered in German"]
    assert "one_language" not in [note.code for note in beginner.notes]


def test_without_the_one_language_rule_languages_may_be_mixed() -> None:
    mixed = program(constraints=SPECIALIZATION.constraints[1:])
    decision = decided([done("toolbox", "zh"), *all_done(without=["toolbox"])], mixed)
    assert decision.eligible
    assert decision.language is None
    assert decided(all_done("es"), mixed).language == "es"


def test_the_identity_and_the_fee_count_only_where_the_program_asks_for_them() -> None:
    lenient = program(constraints=(SingleLanguage(),))
    assert decided(all_done(identity_verified=False, fee_paid=False), lenient).eligible


# --- reasons -----------------------------------------------------------------------------------------------


def test_nobody_is_awarded_for_nothing() -> None:
    assert not decided([], program(rule=AllOf(()))).eligible
    assert not decided(all_done(), program(rule=AllOf((AllOf(()),)))).eligible
    toolbox = CourseRule("toolbox")
    assert decided(all_done(), program(rule=AllOf((toolbox,)))).eligible
    assert not decided(all_done(), program(rule=AllOf((toolbox, AllOf(()))))).eligible
    assert not decided(all_done(), program(rule=NOf(0, (toolbox,)))).eligible
    assert not decided(all_done(), program(rule=NOf(2, (toolbox,)))).eligible, "more than there are"


def test_a_learner_without_facts_is_told_what_there_is_to_do() -> None:
    decision = decided([])
    assert decision.language is None
    assert decision.remaining == Decimal(4 * 49 + 30)
    assert decision.shortest is not None
    assert decision.shortest.params == {"done": 0, "total": 5, "missing": tuple(TITLES.values())}
    assert codes(decision, "toolbox") == ["not_taken", "take"]


def test_in_progress_names_the_session_and_what_is_still_to_pay() -> None:
    running = done("models", session="05-en", outcome="in_progress", completed_on=None, fee_paid=False)
    decision = decided([running, *all_done(without=["models"])])
    assert said(decision, "models") == ["In progress in the session of 5 May 2026"]
    assert decision.remaining == Decimal(49)
    assert decided([replace(running, fee_paid=True)]).remaining == Decimal(3 * 49 + 30)


def test_a_session_that_is_not_listed_is_named_by_its_code() -> None:
    running = done("models", session="retired-7", outcome="in_progress", completed_on=None)
    assert said(decided([running]), "models") == ["In progress in the session of retired-7"]


def test_when_no_session_is_left_it_is_said() -> None:
    failed = done("models", outcome="failed")
    decision = decided([failed], on=date(2027, 1, 1))
    assert codes(decision, "models") == ["failed", "no_session"]
    assert said(decision, "models")[1] == "No later session in English is announced yet"
    assert said(decided([], on=date(2027, 1, 1)), "models")[1] == "No later session is announced yet"


def test_a_session_that_starts_on_the_day_can_still_be_joined() -> None:
    decision = decided([done("models", outcome="failed")], on=date(2026, 7, 5))
    assert "5 July 2026" in said(decision, "models")[1]


def test_a_completion_dated_after_the_day_of_the_decision_does_not_count_yet() -> None:
    facts = [done("models", completed_on=ON + timedelta(days=1)), *all_done(without=["models"])]
    decision = decided(facts)
    assert codes(decision, "models") == ["dated_later"]
    assert decided(facts, on=ON + timedelta(days=1)).eligible


def test_of_two_passed_attempts_the_one_nearest_to_a_certificate_is_explained() -> None:
    far = done("models", session="01-en", identity_verified=False, fee_paid=False)
    near = done("models", session="03-en", fee_paid=False)
    assert codes(decided([far, near]), "models") == ["fee_unpaid"]


def test_all_that_was_tried_is_explained() -> None:
    facts = [
        done("models", session="01-en", outcome="failed", completed_on=date(2026, 1, 27)),
        done("models", session="03-en"),
        done("models", "zh"),
    ]
    only_english = program(constraints=(SingleLanguage(("en",)), *SPECIALIZATION.constraints[1:]))
    decision = decided(facts, only_english, revoked=frozenset({facts[1].id}))
    assert codes(decision, "models") == ["revoked", "failed", "other_language", "take_again"]


def test_a_revoked_certificate_in_another_language_was_not_substituted() -> None:
    lost = done("toolbox", "en")
    assert codes(decided([lost, *all_done("zh")], revoked=frozenset({lost.id})), "toolbox") == ["certified"]


def test_an_attempt_in_another_language_without_certificate_is_told_too() -> None:
    facts = [done("toolbox", "en"), done("models", "zh", outcome="failed")]
    decision = decided(facts)
    assert said(decision, "models")[0] == "Tried in Chinese, but not in English"


def test_the_fee_of_a_dearer_course_is_named() -> None:
    dear = course("models", "Models", fee=Decimal("79.50"))
    catalogue = replace(CATALOGUE, courses={**CATALOGUE.courses, "models": dear})
    decision = decided([done("models", fee_paid=False)], catalogue=catalogue)
    assert said(decision, "models") == ["Passed on 20 March 2026, but not paid: pay $79.50 for the certificate"]


def test_another_learners_certificates_and_fees_count_for_nobody_else() -> None:
    others = all_done(learner="ben", name="Ben Fictiva")
    assert decided(others).canonical() == decided([]).canonical()
    fee = enrolled("computing", learner="ben")
    assert not requirement(decided([fee], XSERIES), "computing").met


def test_the_fee_of_another_program_is_not_the_fee_of_this_one() -> None:
    assert not requirement(decided([enrolled("data-analysis")], XSERIES), "computing").met


def test_a_certificate_of_a_course_outside_the_program_changes_nothing() -> None:
    facts = all_done(without=["models"])
    assert decided([*facts, done("computing-1")]).canonical() == decided(facts).canonical()


def test_a_program_that_asks_for_an_unlisted_course_is_not_decided() -> None:
    with pytest.raises(KeyError):
        decided([], program(rule=AllOf((CourseRule("nowhere"),))))
