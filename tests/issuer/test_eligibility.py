"""Choices, nested programs, grades and age: what the documentation promises beside the worked cases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from issuer.catalogue import Catalogue, Program
from issuer.decisions import Decision, Requirement
from issuer.eligibility import prepared
from issuer.facts import Fact
from issuer.periods import parsed
from issuer.program_tree import CircularProgram, TooLarge, unfolded
from issuer.rules import (
    MOST_DEPTH,
    MOST_LEAVES,
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
from tests.issuer.domain import (
    CATALOGUE,
    LEARNER,
    ON,
    RECORDED,
    SPECIALIZATION,
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

VERIFIED: tuple[Constraint, ...] = (IdentityVerified(), FeePaid())
A, B, C, D = (CourseRule(code) for code in ("toolbox", "programming", "inference", "models"))


def tree(rule: Rule, *constraints: Constraint, **changes: object) -> Program:
    return program(code="tree", kind="program", rule=rule, constraints=(*VERIFIED, *constraints), **changes)


def nesting(inner: Program, outer: Program) -> Catalogue:
    return replace(CATALOGUE, programs={(one.code, one.version): one for one in (inner, outer)})


def needed(decision: Decision) -> list[str]:
    return [one.code for one in decision.requirements if one.needed]


def test_a_decision_is_read_back_as_it_was_stored() -> None:
    for decision in (decided([]), decided(all_done()), decided([done("toolbox", "zh"), done("models")])):
        assert Decision.from_json(decision.to_json()) == decision
        assert Decision.from_json(decision.to_json()).canonical() == decision.canonical()
    assert decided([]).learner == LEARNER
    assert SPECIALIZATION.code == decided([]).program


def test_a_decision_from_before_there_were_choices_is_read_and_gives_the_same_bytes() -> None:
    data = decided(all_done(without=["models"])).to_json()
    del data["holds_until"]
    old = Decision.from_json(data)
    assert old.to_json() == data
    assert old.holds_until == old.on, "what is not known to hold longer holds for its day"
    assert all(one.needed and one.choice is None for one in old.requirements)


def test_decisions_agree_when_they_say_the_same_on_different_days() -> None:
    one, other = decided([], on=ON), decided([], on=ON + timedelta(days=1))
    assert one.canonical() != other.canonical()
    assert one.agrees_with(other)
    assert not one.agrees_with(decided([], on=date(2026, 8, 1)))
    assert not one.agrees_with(decided([done("toolbox")]))


def test_an_engine_is_prepared_once_and_decides_as_decide_does() -> None:
    engine = prepared(SPECIALIZATION, CATALOGUE)
    for facts in ([], all_done(), [done("toolbox", "zh")]):
        assert engine.decide(facts, learner=LEARNER, on=ON).canonical() == decided(facts).canonical()
    assert "toolbox" in engine.counting
    assert engine.fees == frozenset()


def test_what_was_taken_back_counts_no_more() -> None:
    taken_back = done("models", outcome="withdrawn", completed_on=None, recorded_at=RECORDED + timedelta(days=1))
    without = decided(all_done(without=["models"]))
    assert decided([*all_done(), taken_back]).canonical() == without.canonical()
    assert decided([*all_done(without=["models"]), taken_back]).canonical() == without.canonical()
    fee = replace(enrolled("computing"), withdrawn=True)
    assert not requirement(decided([fee], XSERIES), "computing").met


# --- choices -----------------------------------------------------------------------------------------------


def test_of_what_is_met_the_first_that_was_complete_is_needed() -> None:
    two_of_three = tree(NOf(2, (A, B, C)))
    facts = [
        done("toolbox", completed_on=date(2026, 5, 1)),
        done("programming", completed_on=date(2026, 4, 1)),
        done("inference", completed_on=date(2026, 3, 1)),
    ]
    assert needed(decided(facts, two_of_three)) == ["programming", "inference"]
    same_day = [done(code) for code in ("toolbox", "programming", "inference")]
    assert needed(decided(same_day, two_of_three)) == ["toolbox", "programming"], "then the order written"


def test_several_together_were_complete_with_the_last_of_them() -> None:
    facts = [
        done("programming", completed_on=date(2026, 3, 1)),
        done("toolbox", completed_on=date(2026, 4, 1)),
        done("inference", completed_on=date(2026, 5, 1)),
    ]
    assert needed(decided(facts, tree(NOf(1, (A, AllOf((B, C))))))) == ["toolbox"]
    in_english = [done(code, "en", completed_on=date(2026, 3, day)) for code, day in (("toolbox", 1), ("models", 30))]
    in_spanish = [done(code, "es", completed_on=date(2026, 3, day)) for code, day in (("toolbox", 9), ("models", 10))]
    assert decided([*in_english, *in_spanish], tree(AllOf((A, D)), SingleLanguage())).language == "es"


def test_a_later_certificate_takes_no_earlier_ones_place() -> None:
    one = tree(NOf(1, (A, AllOf((B, C)))))
    facts: list[Fact] = [done("programming"), done("inference")]
    before = decided(facts, one)
    assert needed(before) == ["programming", "inference"]
    later = decided([*facts, done("toolbox", completed_on=date(2026, 4, 1))], one)
    assert later.evidence == before.evidence


def test_of_what_is_unmet_the_nearest_is_needed() -> None:
    one = tree(NOf(1, (AllOf((A, B)), C)))
    assert needed(decided([], one)) == ["inference"], "fewest open requirements"
    assert needed(decided([done("toolbox")], one)) == ["toolbox", "programming"], "as near, and written first"
    dear = replace(
        CATALOGUE, courses=CATALOGUE.courses | {"inference": course("inference", "Inference", fee=Decimal(200))}
    )
    assert needed(decided([], one, catalogue=dear)) == ["inference"], "though it costs more"
    paid = done("inference", outcome="in_progress", completed_on=None)
    assert needed(decided([done("toolbox"), paid], one)) == ["inference"], "as near, and less to pay"


def test_what_cannot_be_had_in_the_language_is_not_named() -> None:
    catalogue = replace(
        CATALOGUE, courses=CATALOGUE.courses | {"programming": course("programming", "P", languages=("zh",))}
    )
    one = tree(AllOf((A, NOf(1, (B, C)))), SingleLanguage())
    assert needed(decided([done("toolbox")], one, catalogue=catalogue)) == ["toolbox", "inference"]


def test_the_language_with_fewer_open_requirements_is_nearer_though_less_is_done_in_it() -> None:
    more = {"ethics": course("ethics", "Ethics")}
    one = tree(AllOf((NOf(1, (AllOf((A, B, C)), D)), CapstoneRule("capstone"), CourseRule("ethics"))), SingleLanguage())
    in_spanish = [done(code, "es") for code in ("toolbox", "programming", "inference")]
    in_english = [done("models"), done("capstone")]
    catalogue = replace(CATALOGUE, courses=CATALOGUE.courses | more)
    decision = decided([*in_spanish, *in_english], one, catalogue=catalogue)
    assert (decision.language, needed(decision)) == ("en", ["models", "capstone", "ethics"])
    assert str(decision.shortest) == "In English 2 of 3 are done; missing: Ethics"
    assert str(decision.notes[0].message) == "In Spanish 3 of 5 are done; missing: Capstone and Ethics"


def test_of_languages_that_are_as_near_the_one_with_a_certificate_is_named() -> None:
    one = tree(NOf(1, (AllOf((A, B)), C)), SingleLanguage())
    begun = done("inference", "en", outcome="in_progress", completed_on=None, fee_paid=False)
    decision = decided([begun, done("toolbox", "es")], one)
    assert (decision.language, needed(decision)) == ("es", ["toolbox", "programming"])
    assert decided([begun], one).language == "en"


def test_a_full_language_goes_before_one_in_which_more_is_done() -> None:
    one = tree(NOf(1, (AllOf((A, B, C, D)), CapstoneRule("capstone"))), SingleLanguage())
    facts = [*(done(code, "es") for code in ("toolbox", "programming", "inference")), done("capstone", "zh")]
    decision = decided(facts, one)
    assert (decision.outcome, decision.language) == ("eligible", "zh")


def test_choices_inside_choices_name_the_innermost() -> None:
    one = tree(AllOf((A, NOf(1, (B, NOf(1, (C, D)))))))
    decision = decided([done("toolbox"), done("models")], one)
    assert decision.eligible
    assert needed(decision) == ["toolbox", "models"]
    places = [one.choice and (one.choice.id, one.choice.option) for one in decision.requirements]
    assert places == [None, ("1.2", 1), ("1.2.2", 1), ("1.2.2", 2)]
    assert codes(decision, "programming") == ["not_taken", "not_needed"]
    assert said(decision, "inference")[-1] == "Not needed: one of two is enough"


def test_nothing_about_a_choice_that_is_not_needed_is_missing_or_paid() -> None:
    decision = decided([], tree(NOf(1, (A, B))))
    assert str(decision.shortest) == "0 of 1 are done; missing: Toolbox"
    assert decision.remaining == Decimal(49)


# --- nested programs ---------------------------------------------------------------------------------------

INNER = program(code="inner", kind="program", rule=AllOf((A, B)), constraints=(*VERIFIED, SingleLanguage(("en", "es"))))


def test_a_nested_program_without_an_outer_language_may_be_in_another_one() -> None:
    outer = tree(AllOf((ProgramRule("inner", 1), C)))
    facts = [done("toolbox", "es"), done("programming", "es"), done("inference", "zh")]
    decision = decided(facts, outer, catalogue=nesting(INNER, outer))
    assert decision.eligible
    assert decision.language is None
    mixed = [done("toolbox", "es"), done("programming", "en"), done("inference")]
    assert not decided(mixed, outer, catalogue=nesting(INNER, outer)).eligible


def test_the_outer_language_holds_inside_too() -> None:
    outer = tree(AllOf((ProgramRule("inner", 1), C)), SingleLanguage())
    facts = [done("toolbox", "es"), done("programming", "es"), done("inference", "en")]
    decision = decided(facts, outer, catalogue=nesting(INNER, outer))
    assert (decision.outcome, decision.language) == ("not_eligible", "es")
    assert needed(decision) == ["toolbox", "programming", "inference"]


def test_a_language_that_the_nested_program_does_not_list_is_not_awarded() -> None:
    outer = tree(AllOf((ProgramRule("inner", 1), C)), SingleLanguage())
    catalogue = nesting(INNER, outer)
    decision = decided(
        [done(code, "zh") for code in ("toolbox", "programming", "inference")], outer, catalogue=catalogue
    )
    assert (decision.outcome, decision.language) == ("not_eligible", "en")
    only_chinese = tree(outer.rule, SingleLanguage(("zh",)))
    closed = decided([done("toolbox", "zh")], only_chinese, catalogue=nesting(INNER, only_chinese))
    assert said(closed, "toolbox") == ["Not offered in Chinese"]


def test_inner_and_outer_constraints_both_hold_inside() -> None:
    inner = replace(INNER, constraints=(MinimumGrade(Decimal(60)), EarnedWithin(parsed("P1Y"))))
    outer = tree(AllOf((ProgramRule("inner", 1), C)), MinimumGrade(Decimal(80)), EarnedWithin(parsed("P2Y")))
    rule = unfolded(outer, nesting(inner, outer)).leaves
    assert [leaf.demands.grade for leaf in rule] == [Decimal(80)] * 3, "the higher one"
    assert [len(leaf.demands.periods) for leaf in rule] == [2, 2, 1]
    assert all(leaf.demands.identity and leaf.demands.fee for leaf in rule)
    facts = [done(code, completed_on=date(2025, 1, 1)) for code in ("toolbox", "programming", "inference")]
    decision = decided(facts, outer, catalogue=nesting(inner, outer))
    assert said(decision, "toolbox")[0] == "The certificate of 1 January 2025 is older than one year"
    assert requirement(decision, "inference").met


def test_the_fee_of_a_nested_program_that_is_not_chosen_is_not_needed() -> None:
    inner = replace(INNER, constraints=(*VERIFIED, ProgramFeePaid()), fee=Decimal(20))
    outer = tree(NOf(1, (ProgramRule("inner", 1), C)))
    catalogue = nesting(inner, outer)
    decision = decided([done("inference")], outer, catalogue=catalogue)
    assert decision.eligible
    fee = requirement(decision, "inner")
    assert (fee.kind, fee.met, fee.needed) == ("program_fee", False, False)
    assert codes(decision, "inner") == ["program_fee_unpaid", "not_needed"]
    both = decided([enrolled("inner"), done("toolbox"), done("programming")], outer, catalogue=catalogue)
    assert both.eligible
    assert [one.code for one in both.parts] == ["toolbox", "programming"]
    assert enrolled("inner").id in both.evidence
    assert prepared(outer, catalogue).fees == {"inner"}


def test_a_program_that_is_nested_in_itself_is_not_decided() -> None:
    one = tree(AllOf((A, ProgramRule("inner", 1))))
    inner = replace(INNER, rule=AllOf((B, ProgramRule("tree", 1))))
    with pytest.raises(CircularProgram):
        prepared(one, nesting(inner, one))


def test_a_tree_that_grows_when_it_is_unfolded_is_given_up_in_time() -> None:
    twice = {
        (f"p{number}", 1): tree(AllOf((ProgramRule(f"p{number + 1}", 1), ProgramRule(f"p{number + 1}", 1))))
        for number in range(60)
    } | {("p60", 1): tree(A)}
    with pytest.raises(TooLarge):
        unfolded(
            twice["p0", 1], replace(CATALOGUE, programs={key: replace(one, code=key[0]) for key, one in twice.items()})
        )
    wide = tree(AllOf(tuple(A for _ in range(MOST_LEAVES + 1))))
    with pytest.raises(TooLarge):
        unfolded(wide, CATALOGUE)
    deep: Rule = A
    for _ in range(MOST_DEPTH - 1):
        deep = AllOf((deep,))
    assert unfolded(tree(deep), CATALOGUE).leaves
    with pytest.raises(TooLarge):
        unfolded(tree(AllOf((deep,))), CATALOGUE)


# --- grades and age ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        (Decimal("69.99"), "Passed on 20 March 2026 with 69.99; 70 are needed"),
        (Decimal("68.0"), "Passed on 20 March 2026 with 68; 70 are needed"),
        (None, "Passed on 20 March 2026 without a grade; 70 are needed"),
    ],
)
def test_below_the_grade_is_said_with_what_to_do(grade: Decimal | None, words: str) -> None:
    decision = decided([done("toolbox", grade=grade)], tree(A, MinimumGrade(Decimal(70))))
    assert said(decision, "toolbox") == [
        words,
        "May be taken again in the session of 5 July 2026; the certificate costs $49",
    ]


@pytest.mark.parametrize("grade", ["70", "70.0", "71"])
def test_at_the_boundary_a_grade_counts(grade: str) -> None:
    assert decided([done("toolbox", grade=Decimal(grade))], tree(A, MinimumGrade(Decimal(70)))).eligible


def test_a_low_grade_is_not_offered_for_sale() -> None:
    low = done("toolbox", grade=Decimal(50), fee_paid=False)
    decision = decided([low], tree(A, MinimumGrade(Decimal(70))))
    assert codes(decision, "toolbox") == ["below_grade", "take_again"]


def test_a_certificate_in_another_language_of_two_is_named_with_the_grade_in_this_one() -> None:
    one = tree(AllOf((A, B)), SingleLanguage(("en",)), MinimumGrade(Decimal(70)))
    facts = [done("programming"), done("toolbox", grade=Decimal(60)), done("toolbox", "zh")]
    assert codes(decided(facts, one), "toolbox") == ["below_grade", "other_language", "take_again"]


def test_a_certificate_counts_to_the_last_day_of_its_period_and_the_decision_says_so() -> None:
    one = tree(A, EarnedWithin(parsed("P3M")))
    fact = done("toolbox", completed_on=date(2025, 11, 30))
    last = decided([fact], one, on=date(2026, 2, 28))  # November has 30 days, February 28
    assert last.eligible
    assert last.holds_until == date(2026, 2, 28)
    expired = decided([fact], one, on=date(2026, 3, 1))
    assert said(expired, "toolbox")[0] == "The certificate of 30 November 2025 is older than three months"


def test_what_is_awarded_does_not_age_but_what_came_later_counts() -> None:
    one = tree(A, EarnedWithin(parsed("P1Y")), active_until=date(2026, 6, 30))
    fact = done("toolbox")
    far = date(2030, 1, 1)
    assert decided([fact], one, on=far).outcome == "not_active"
    assert decided([fact], one, on=far, awarded_on=ON).eligible
    later = done("toolbox", session="05-en", completed_on=date(2026, 8, 1))
    lost = decided([fact, later], one, on=far, awarded_on=ON, revoked=frozenset({fact.id}))
    assert lost.eligible
    assert lost.evidence == (later.id,)
    early = decided([later], one, on=date(2026, 7, 1), awarded_on=ON)
    assert codes(early, "toolbox") == ["dated_later"], "what is yet to come does not count, award or not"
    assert decided([fact], one, on=far, awarded_on=far).outcome == "not_active", "as of its own day"


# --- how long it holds -------------------------------------------------------------------------------------


def test_it_holds_until_the_next_session_has_begun() -> None:
    decision = decided(all_done(without=["models"]))
    assert decision.holds_until == date(2026, 7, 5)
    assert decided(all_done(without=["models"]), on=date(2026, 7, 6)).holds_until == date(2026, 9, 5)
    assert decided(all_done(without=["models"]), on=date(2027, 1, 1)).holds_until is None


def test_it_holds_until_a_completion_that_is_dated_later_counts() -> None:
    facts = [done("models", completed_on=date(2026, 6, 10)), *all_done(without=["models"])]
    assert decided(facts).holds_until == date(2026, 6, 9)


def test_it_holds_until_the_program_ends_unless_it_is_awarded() -> None:
    ending = replace(SPECIALIZATION, active_until=date(2026, 6, 30))
    assert decided(all_done(), ending).holds_until == date(2026, 6, 30)
    assert decided(all_done(), ending, awarded_on=ON).holds_until is None
    beginning = replace(SPECIALIZATION, active_from=date(2026, 7, 1))
    assert decided(all_done(), beginning).holds_until == date(2026, 6, 30)
    assert decided(all_done(), beginning, awarded_on=ON).holds_until is None


def test_sessions_of_what_is_not_needed_any_more_end_nothing() -> None:
    assert decided([done("toolbox")], tree(NOf(1, (A, B)))).holds_until is None


# --- languages that are still open -------------------------------------------------------------------------


def test_who_has_begun_nothing_is_told_that_it_takes_one_language() -> None:
    decision = decided([])
    assert [note.code for note in decision.notes] == ["one_language", "remaining_cost"]
    assert str(decision.notes[0].message) == (
        "Data Analysis is completed in one language, of these: English, Spanish and Chinese"
    )


def test_where_only_one_language_is_left_it_is_the_one() -> None:
    only = replace(SPECIALIZATION, constraints=(SingleLanguage(("es",)), *VERIFIED))
    decision = decided([], only)
    assert decision.language == "es"
    assert said(decision, "models")[1] == (
        "May be taken in Spanish in the session of 5 July 2026; the certificate costs $49"
    )


def test_a_language_is_named_to_beginners_only_if_all_that_they_are_told_to_take_is_offered_in_it() -> None:
    apart = {
        "programming": course("programming", "P", languages=("en",)),
        "inference": course("inference", "I", languages=("zh",)),
    }
    one = tree(AllOf((A, NOf(1, (B, C)))), SingleLanguage())
    decision = decided([], one, catalogue=replace(CATALOGUE, courses=CATALOGUE.courses | apart))
    assert (decision.language, needed(decision)) == ("en", ["toolbox", "programming"])
    assert [note.code for note in decision.notes] == ["remaining_cost"]


def test_a_language_is_named_to_beginners_only_if_each_program_that_they_need_allows_it() -> None:
    inner = replace(tree(A, SingleLanguage(("es",))), code="inner")
    outer = tree(AllOf((D, NOf(1, (ProgramRule("inner", 1), AllOf((B, C)))))), SingleLanguage())
    catalogue = nesting(inner, outer)
    decision = decided([], outer, catalogue=catalogue)
    assert (decision.language, needed(decision)) == ("es", ["models", "toolbox"])
    assert [note.code for note in decision.notes] == ["remaining_cost"]
    assert "in Spanish" in said(decision, "models")[1]
    in_english = [done("models", "en"), done("toolbox", "es")]
    assert not decided(in_english, outer, catalogue=catalogue).eligible
    assert decided([done("models", "es"), done("toolbox", "es")], outer, catalogue=catalogue).eligible


def test_beginners_are_told_of_every_language_in_which_the_same_is_to_be_done() -> None:
    inner = replace(tree(A, SingleLanguage(("es", "zh"))), code="inner")
    outer = tree(AllOf((D, NOf(1, (ProgramRule("inner", 1), AllOf((B, C)))))), SingleLanguage())
    decision = decided([], outer, catalogue=nesting(inner, outer))
    assert (decision.language, needed(decision)) == (None, ["models", "toolbox"])
    assert str(decision.notes[0].message).endswith("of these: Spanish and Chinese")
    assert said(decision, "toolbox")[1].startswith("May be taken in the session of")
    assert said(decision, "programming")[0] == "Not taken"


def test_beginners_are_told_of_sessions_in_the_languages_that_are_left_to_them_alone() -> None:
    start = {"en": date(2026, 9, 1), "es": date(2026, 8, 1), "zh": date(2026, 7, 1)}
    toolbox = course("toolbox", "Toolbox")
    sessions = tuple(replace(one, start=start[one.language]) for one in toolbox.sessions if one.code[:2] == "11")
    catalogue = replace(CATALOGUE, courses=CATALOGUE.courses | {"toolbox": replace(toolbox, sessions=sessions)})
    either = decided([], tree(A, SingleLanguage(("en", "es"))), catalogue=catalogue)
    assert said(either, "toolbox")[1] == "May be taken in the session of 1 August 2026; the certificate costs $49"
    assert either.holds_until == date(2026, 8, 1)
    any_language = decided([], tree(A, SingleLanguage()), catalogue=catalogue)
    assert any_language.holds_until == date(2026, 7, 1)


def test_beginners_are_told_of_another_choice_only_what_can_be_had() -> None:
    start = {"en": date(2026, 7, 1), "es": date(2026, 8, 1), "zh": date(2026, 7, 1)}
    other = course("programming", "Programming")
    sessions = tuple(replace(one, start=start[one.language]) for one in other.sessions if one.code[:2] == "11")
    catalogue = {"programming": replace(other, sessions=sessions)}
    for listed, words in (
        ("es", ["Not taken", "May be taken in the session of 1 August 2026; the certificate costs $49"]),
        ("fr", ["Not offered in English"]),
    ):
        inner = replace(tree(B, SingleLanguage((listed,))), code="inner")
        outer = tree(NOf(1, (A, ProgramRule("inner", 1))), SingleLanguage())
        known = replace(nesting(inner, outer), courses=CATALOGUE.courses | catalogue)
        decision = decided([], outer, catalogue=known)
        assert (decision.language, needed(decision)) == (None, ["toolbox"])
        assert said(decision, "programming") == [*words, "Not needed: one of two is enough"]
    french = {"programming": course("programming", "Programmation", languages=("fr",))}
    elsewhere = decided(
        [], tree(NOf(1, (A, B)), SingleLanguage()), catalogue=replace(CATALOGUE, courses=CATALOGUE.courses | french)
    )
    assert said(elsewhere, "programming") == [
        "Not taken",
        "Not offered in English",
        "Not needed: one of two is enough",
    ]


def test_of_several_open_attempts_only_the_nearest_is_named() -> None:
    facts = [
        done("toolbox", fee_paid=False),
        done("toolbox", session="05-en", outcome="in_progress", completed_on=None),
        done("toolbox", session="01-en", completed_on=ON + timedelta(days=9), fee_paid=False),
    ]
    assert codes(decided(facts, tree(A)), "toolbox") == ["fee_unpaid"]
    assert codes(decided(facts[1:], tree(A)), "toolbox") == ["fee_unpaid", "dated_later"]
    assert codes(decided(facts[1:2], tree(A)), "toolbox") == ["in_progress"]


def test_what_has_its_default_is_not_stored() -> None:
    plain = Requirement("a", "course", True, "c-1", ())
    assert set(plain.to_json()) == {"code", "kind", "met", "fact", "reasons"}
    assert set(replace(plain, needed=False).to_json()) == {"code", "kind", "met", "fact", "reasons", "needed"}
