"""The worked cases of eligibility: each asserts the reasons that are given and not only the outcome."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from issuer.catalogue import Program
from issuer.decisions import Decision
from issuer.facts import FactError
from tests.issuer.domain import (
    CATALOGUE,
    COURSES,
    LEARNER,
    RECORDED,
    SEVEN,
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


def test_worked_case_01_all_courses_and_the_capstone_in_english() -> None:
    facts = all_done()
    decision = decided(facts)
    assert decision.outcome == "eligible"
    assert decision.language == "en"
    assert decision.evidence == tuple(fact.id for fact in facts)
    assert [one.code for one in decision.parts] == list(COURSES)
    for code in COURSES:
        assert said(decision, code) == ["Certified in English on 20 March 2026"]
    assert decision.remaining == 0
    assert decision.shortest is None
    assert decision.notes == ()


def test_worked_case_02_a_certificate_from_before_the_enrolment_counts() -> None:
    early = done("toolbox", session="01-en", completed_on=date(2025, 12, 20))
    facts = [enrolled("data-analysis", enrolled_on=date(2026, 1, 3)), early, *all_done(without=["toolbox"])]
    decision = decided(facts)
    assert decision.outcome == "eligible"
    assert requirement(decision, "toolbox").fact == early.id
    assert said(decision, "toolbox") == ["Certified in English on 20 December 2025"]


def test_worked_case_03_passed_and_not_paid() -> None:
    decision = decided([done("programming", fee_paid=False), *all_done(without=["programming"])])
    assert decision.outcome == "not_eligible"
    assert codes(decision, "programming") == ["fee_unpaid"]
    assert said(decision, "programming") == ["Passed on 20 March 2026, but not paid: pay $49 for the certificate"]
    assert requirement(decision, "programming").fact is None
    assert decision.remaining == Decimal(49)
    assert str(decision.shortest) == "In English 4 of 5 are done; missing: Programming"
    assert [str(note.message) for note in decision.notes] == ["$49 remains to be paid"]


def test_worked_case_04_passed_and_paid_but_the_identity_is_not_verified() -> None:
    decision = decided([done("programming", identity_verified=False), *all_done(without=["programming"])])
    assert decision.outcome == "not_eligible"
    assert codes(decision, "programming") == ["identity_not_verified"]
    assert said(decision, "programming") == [
        "Passed on 20 March 2026, but the identity is not verified: verify it to get the certificate"
    ]
    assert decision.remaining == 0


def test_worked_case_04_neither_paid_nor_verified_names_both() -> None:
    lacking = done("programming", identity_verified=False, fee_paid=False)
    decision = decided([lacking, *all_done(without=["programming"])])
    assert codes(decision, "programming") == ["fee_unpaid", "identity_not_verified"]


def test_worked_case_05_course_one_in_chinese_and_the_rest_in_english() -> None:
    decision = decided([done("toolbox", "zh"), *all_done(without=["toolbox"])])
    assert decision.outcome == "not_eligible"
    assert decision.language == "en"
    assert said(decision, "toolbox") == [
        "Certified in Chinese on 20 March 2026, but not in English",
        "May be taken in English in the session of 5 July 2026; the certificate costs $49",
    ]
    assert str(decision.shortest) == "In English 4 of 5 are done; missing: Toolbox"
    in_chinese, cost = decision.notes
    assert str(in_chinese.message).startswith("In Chinese 1 of 5 are done; missing: Programming, Inference, Models")
    assert in_chinese.message.params["missing"] == ("Programming", "Inference", "Models", "Capstone")
    assert str(cost.message) == "$49 remains to be paid"


def test_worked_case_06_the_course_taken_again_in_english() -> None:
    chinese = done("toolbox", "zh", "01-zh", completed_on=date(2026, 1, 20))
    again = done("toolbox", session="05-en", completed_on=date(2026, 5, 25))
    decision = decided([chinese, again, *all_done(without=["toolbox"])])
    assert decision.outcome == "eligible"
    assert decision.language == "en"
    assert requirement(decision, "toolbox").fact == again.id
    assert said(decision, "toolbox") == [
        "Certified in English on 25 May 2026",
        "Also certified in Chinese on 20 January 2026; that certificate stays valid",
    ]
    assert decision.other_languages == ()


def test_worked_case_07_two_full_languages_give_one_award() -> None:
    spanish_first = all_done("es", completed_on=date(2026, 3, 19))
    decision = decided([*all_done("en"), *spanish_first])
    assert decision.outcome == "eligible"
    assert decision.language == "es", "the language that was completed first"
    assert decision.other_languages == ("en",)
    assert decision.evidence == tuple(fact.id for fact in spanish_first)
    assert [str(note.message) for note in decision.notes] == ["Complete in English too; one award is made, in Spanish"]


def test_worked_case_07_on_the_same_day_the_alphabet_of_the_tags_decides() -> None:
    decision = decided([*all_done("zh"), *all_done("es"), *all_done("en")])
    assert decision.language == "en"
    assert decision.other_languages == ("es", "zh")


def test_worked_case_08_failed_twice_and_passed_in_the_third_session() -> None:
    third = done("models", session="05-en", completed_on=date(2026, 5, 20))
    facts = [
        done("models", session="01-en", outcome="failed", completed_on=date(2026, 1, 25)),
        done("models", session="03-en", outcome="failed", completed_on=date(2026, 3, 25)),
        third,
        *all_done(without=["models"]),
    ]
    decision = decided(facts)
    assert decision.outcome == "eligible"
    assert requirement(decision, "models").fact == third.id
    assert said(decision, "models") == ["Certified in English on 20 May 2026"]

    before_the_third = decided([fact for fact in facts if fact is not third])
    assert before_the_third.outcome == "not_eligible"
    assert said(before_the_third, "models") == [
        "Failed in the session of 5 March 2026",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]


def test_worked_case_09_all_courses_and_no_capstone() -> None:
    decision = decided(all_done("es", without=["capstone"]))
    assert decision.outcome == "not_eligible"
    assert requirement(decision, "capstone").kind == "capstone"
    assert said(decision, "capstone") == [
        "Not taken",
        "May be taken in Spanish in the session of 5 July 2026; the certificate costs $30",
    ]
    assert str(decision.shortest) == "In Spanish 4 of 5 are done; missing: Capstone"
    assert decision.remaining == Decimal(30)


def test_worked_case_09_the_capstone_in_another_language() -> None:
    decision = decided([*all_done("es", without=["capstone"]), done("capstone", "en")])
    assert decision.outcome == "not_eligible"
    assert decision.language == "es"
    assert said(decision, "capstone") == [
        "Certified in English on 20 March 2026, but not in Spanish",
        "May be taken in Spanish in the session of 5 July 2026; the certificate costs $30",
    ]


def test_worked_case_10_in_reverse_order_and_two_at_once() -> None:
    days = [date(2026, 5, 20), date(2026, 4, 20), date(2026, 3, 20), date(2026, 3, 20), date(2026, 1, 20)]
    facts = [done(code, completed_on=day) for code, day in zip(COURSES, days, strict=True)]
    decision = decided(facts)
    assert decision.outcome == "eligible"
    assert [one.fact for one in decision.requirements] == [fact.id for fact in facts]


def test_worked_case_11_a_revoked_certificate_is_replaced_by_another_of_the_same_course() -> None:
    first = done("inference", session="01-en", completed_on=date(2026, 1, 20))
    second = done("inference", session="05-en", completed_on=date(2026, 5, 20))
    facts = [first, second, *all_done(without=["inference"])]
    assert requirement(decided(facts), "inference").fact == first.id
    decision = decided(facts, revoked=frozenset({first.id}))
    assert decision.outcome == "eligible"
    assert requirement(decision, "inference").fact == second.id
    assert said(decision, "inference") == [
        "Certified in English on 20 May 2026",
        "The certificate of 20 January 2026 is revoked; another one counts in its place",
    ]


def test_worked_case_12_the_only_certificate_is_revoked() -> None:
    """The decision's part of the case: the award itself is suspended and revoked elsewhere."""
    only = done("inference")
    decision = decided([only, *all_done(without=["inference"])], revoked=frozenset({only.id}))
    assert decision.outcome == "not_eligible"
    assert said(decision, "inference") == [
        "The certificate of 20 March 2026 is revoked",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]


def test_worked_case_13_xseries_of_seven_with_six_done() -> None:
    six = [done(code) for code in SEVEN[:-1]]
    decision = decided([enrolled("computing"), *six], XSERIES)
    assert decision.outcome == "not_eligible"
    assert decision.remaining == Decimal(49)
    assert str(decision.shortest) == "6 of 7 are done; missing: Computing 7"
    assert said(decision, "computing-7") == [
        "Not taken",
        "May be taken in the session of 5 July 2026; the certificate costs $49",
    ]
    assert said(decision, "computing") == ["The program fee is paid; enrolled on 3 January 2026"]

    unpaid = decided([enrolled("computing", fee_paid=False), *six], XSERIES)
    assert unpaid.remaining == Decimal(49 + 82)
    assert said(unpaid, "computing") == ["The program fee is not paid: pay $82"]
    assert str(unpaid.shortest) == "6 of 7 are done; missing: Computing 7 and the program fee"
    assert [str(note.message) for note in unpaid.notes] == ["$131 remains to be paid"]


def test_worked_case_13_all_seven_and_the_program_fee() -> None:
    fee = enrolled("computing")
    seven = [done(code) for code in SEVEN]
    decision = decided([fee, *seven], XSERIES)
    assert decision.outcome == "eligible"
    assert decision.language == "en"
    assert decision.evidence == (*(fact.id for fact in seven), fee.id)
    assert decided(seven, XSERIES).outcome == "not_eligible", "nobody paid the program fee"
    assert str(decided(seven, XSERIES).shortest) == "7 of 7 are done; missing: the program fee"


def test_worked_case_14_a_replaced_course_counts_and_so_does_a_retired_session() -> None:
    successor = course("programming", "Programming", replaces=("programming-2024",))
    catalogue = replace(CATALOGUE, courses={**CATALOGUE.courses, "programming": successor})
    old = done("programming-2024", session="2024-autumn", completed_on=date(2024, 10, 1))
    retired = done("models", session="2023-spring", completed_on=date(2023, 6, 1))
    facts = [old, retired, *all_done(without=["programming", "models"])]
    decision = decided(facts, catalogue=catalogue)
    assert decision.outcome == "eligible"
    assert requirement(decision, "programming").fact == old.id
    assert said(decision, "programming") == [
        "Certified in English on 1 October 2024 by programming-2024, which counts for this course"
    ]
    assert said(decision, "models") == ["Certified in English on 1 June 2023"]
    assert decided(facts).outcome == "not_eligible", "without the equivalence it does not count"


@pytest.mark.parametrize(
    ("version", "code", "words"),
    [
        (
            program(version=2, active_from=date(2026, 6, 2)),
            "not_active_yet",
            "Version 2 of the program is not active before 2 June 2026: nobody is awarded yet",
        ),
        (
            program(active_from=None, active_until=date(2026, 5, 31)),
            "no_longer_active",
            "Version 1 of the program was active until 31 May 2026: nobody is awarded any more",
        ),
    ],
)
def test_worked_case_15_a_version_that_is_not_active_awards_nobody(version: Program, code: str, words: str) -> None:
    decision = decided(all_done(), version)
    assert decision.outcome == "not_active"
    assert [(note.code, str(note.message)) for note in decision.notes] == [(code, words)]
    assert decision.evidence == ()
    assert not decision.eligible


def test_worked_case_15_the_first_and_the_last_day_are_active() -> None:
    assert decided(all_done(), program(active_from=date(2026, 6, 1), active_until=date(2026, 6, 1))).eligible


def test_worked_case_16_twice_out_of_order_or_corrected_is_one_history() -> None:
    facts = all_done(without=["models"])
    wrong = done("models", outcome="failed", grade=Decimal(58))
    corrected = done("models", grade=Decimal(85), recorded_at=RECORDED + timedelta(days=1))
    twice = replace(corrected, source="another file", recorded_at=RECORDED + timedelta(days=2))
    assert corrected.id == twice.id, "the same content is the same fact, whoever tells it and when"

    expected = decided([*facts, corrected])
    assert expected.outcome == "eligible"
    assert requirement(expected, "models").fact == corrected.id
    for order in itertools.permutations([wrong, corrected, twice]):
        assert decided([*order, *facts, *facts]).canonical() == expected.canonical()

    before = decided([*facts, wrong])
    assert before.outcome == "not_eligible"
    assert codes(before, "models") == ["failed", "take_again"]


def test_worked_case_16_a_correction_takes_back_as_well() -> None:
    regraded = done("models", outcome="failed", grade=Decimal(49), recorded_at=RECORDED + timedelta(days=1))
    decision = decided([regraded, *all_done()])
    assert decision.outcome == "not_eligible"
    assert codes(decision, "models") == ["failed", "take_again"]


@pytest.mark.parametrize(
    "name",
    [
        "Nguye\u0302\u0303n Thi\u0323 Vo\u0302 Danh",  # decomposed: marks stacked on plain letters
        "Nguy\u1ec5n Th\u1ecb V\u00f4 Danh",  # the same, composed
        "ليلى المُختَلَقة",
        "רותי בדויה",
        "Madonella",
        "李",
        " Ada  Fictiva ",
    ],
)
def test_worked_case_17_a_name_is_kept_exactly(name: str) -> None:
    assert done("models", name=name).name == name


@pytest.mark.parametrize("name", ["", " ", "\u00a0\u2003", "\u200b\u2060", "\u3164", "\u2800"])
def test_worked_case_17_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(FactError) as caught:
        done("models", name=name)
    assert caught.value.field == "name"
    assert str(caught.value.message) == "The name is empty"


def test_a_decision_is_read_back_as_it_was_stored() -> None:
    for decision in (decided([]), decided(all_done()), decided([done("toolbox", "zh"), done("models")])):
        assert Decision.from_json(decision.to_json()) == decision
        assert Decision.from_json(decision.to_json()).canonical() == decision.canonical()
    assert decided([]).learner == LEARNER
    assert SPECIALIZATION.code == decided([]).program
