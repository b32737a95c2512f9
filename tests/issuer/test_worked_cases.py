"""The worked cases of eligibility: each asserts the reasons that are given and not only the outcome.

The facts stand in `tests.issuer.worked_cases`, which shows them in docs/worked-cases.md. Case 12 is told to its end
where awards are (`tests/issuer/test_revocation.py`), case 16 where facts are stored
(`tests/issuer/test_store_facts.py`).
"""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from issuer.facts import FactError
from tests.issuer.domain import COURSES, RECORDED, SEVEN, XSERIES, all_done, codes, decided, done, requirement, said
from tests.issuer.worked_cases import (
    AGAIN,
    CASES,
    CORRECTED,
    DOCUMENT,
    EARLY,
    ELECTIVES,
    FIRST,
    OLD,
    SECOND,
    THIRD,
    WRONG,
    document,
)

CERTIFIED = ["Certified in English on 20 March 2026"]


def test_worked_case_01_all_courses_and_the_capstone_in_english() -> None:
    decision = CASES["1"].decision
    assert decision.outcome == "eligible"
    assert decision.language == "en"
    assert decision.evidence == tuple(fact.id for fact in CASES["1"].facts)
    assert [one.code for one in decision.parts] == list(COURSES)
    for code in COURSES:
        assert said(decision, code) == CERTIFIED
    assert decision.remaining == 0
    assert decision.shortest is None
    assert decision.notes == ()
    assert decision.holds_until is None, "it does not change by time alone"


def test_worked_case_02_a_certificate_from_before_the_enrolment_counts() -> None:
    decision = CASES["2"].decision
    assert decision.outcome == "eligible"
    assert requirement(decision, "toolbox").fact == EARLY.id
    assert said(decision, "toolbox") == ["Certified in English on 20 December 2025"]


def test_worked_case_03_passed_and_not_paid() -> None:
    decision = CASES["3"].decision
    assert decision.outcome == "not_eligible"
    assert codes(decision, "programming") == ["fee_unpaid"]
    assert said(decision, "programming") == ["Passed on 20 March 2026, but not paid: pay $49 for the certificate"]
    assert requirement(decision, "programming").fact is None
    assert decision.remaining == Decimal(49)
    assert str(decision.shortest) == "In English 4 of 5 are done; missing: Programming"
    assert [str(note.message) for note in decision.notes] == ["$49 remains to be paid"]


def test_worked_case_04_passed_and_paid_but_the_identity_is_not_verified() -> None:
    decision = CASES["4"].decision
    assert decision.outcome == "not_eligible"
    assert codes(decision, "programming") == ["identity_not_verified"]
    assert said(decision, "programming") == [
        "Passed on 20 March 2026, but the identity is not verified: verify it to get the certificate"
    ]
    assert decision.remaining == 0
    assert codes(CASES["4b"].decision, "programming") == ["fee_unpaid", "identity_not_verified"]


def test_worked_case_05_course_one_in_chinese_and_the_rest_in_english() -> None:
    decision = CASES["5"].decision
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
    assert decision.holds_until == date(2026, 7, 5), "after that day another session is the next"


def test_worked_case_06_the_course_taken_again_in_english() -> None:
    decision = CASES["6"].decision
    assert decision.outcome == "eligible"
    assert decision.language == "en"
    assert requirement(decision, "toolbox").fact == AGAIN.id
    assert said(decision, "toolbox") == [
        "Certified in English on 25 May 2026",
        "Also certified in Chinese on 20 January 2026; that certificate stays valid",
    ]
    assert decision.other_languages == ()


def test_worked_case_07_two_full_languages_give_one_award() -> None:
    decision = CASES["7"].decision
    assert decision.outcome == "eligible"
    assert decision.language == "es", "the language that was completed first"
    assert decision.other_languages == ("en",)
    assert decision.evidence == tuple(fact.id for fact in CASES["7"].facts[len(COURSES) :])
    assert [str(note.message) for note in decision.notes] == ["Complete in English too; one award is made, in Spanish"]


def test_worked_case_07_on_the_same_day_the_alphabet_of_the_tags_decides() -> None:
    decision = CASES["7b"].decision
    assert decision.language == "en"
    assert decision.other_languages == ("es", "zh")


def test_worked_case_08_failed_twice_and_passed_in_the_third_session() -> None:
    decision = CASES["8"].decision
    assert decision.outcome == "eligible"
    assert requirement(decision, "models").fact == THIRD.id
    assert said(decision, "models") == ["Certified in English on 20 May 2026"]

    before_the_third = CASES["8b"].decision
    assert before_the_third.outcome == "not_eligible"
    assert said(before_the_third, "models") == [
        "Failed in the session of 5 March 2026",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]


def test_worked_case_09_all_courses_and_no_capstone() -> None:
    decision = CASES["9"].decision
    assert decision.outcome == "not_eligible"
    assert requirement(decision, "capstone").kind == "capstone"
    assert said(decision, "capstone") == [
        "Not taken",
        "May be taken in Spanish in the session of 5 July 2026; the certificate costs $30",
    ]
    assert str(decision.shortest) == "In Spanish 4 of 5 are done; missing: Capstone"
    assert decision.remaining == Decimal(30)


def test_worked_case_09_the_capstone_in_another_language() -> None:
    decision = CASES["9b"].decision
    assert decision.outcome == "not_eligible"
    assert decision.language == "es"
    assert said(decision, "capstone") == [
        "Certified in English on 20 March 2026, but not in Spanish",
        "May be taken in Spanish in the session of 5 July 2026; the certificate costs $30",
    ]


def test_worked_case_10_in_reverse_order_and_two_at_once() -> None:
    decision = CASES["10"].decision
    assert decision.outcome == "eligible"
    assert [one.fact for one in decision.requirements] == [fact.id for fact in CASES["10"].facts]


def test_worked_case_11_a_revoked_certificate_is_replaced_by_another_of_the_same_course() -> None:
    case = CASES["11"]
    assert requirement(case.again(case.facts, revoked=frozenset()), "inference").fact == FIRST.id
    assert case.decision.outcome == "eligible"
    assert requirement(case.decision, "inference").fact == SECOND.id
    assert said(case.decision, "inference") == [
        "Certified in English on 20 May 2026",
        "The certificate of 20 January 2026 is revoked; another one counts in its place",
    ]


def test_worked_case_12_the_only_certificate_is_revoked_after_the_award() -> None:
    """The decision's part of the case: an award protects from time, not from losing its evidence."""
    decision = CASES["12"].decision
    assert decision.outcome == "not_eligible"
    assert said(decision, "inference") == [
        "The certificate of 20 March 2026 is revoked",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]
    again = CASES["12b"].decision
    assert again.outcome == "eligible"
    assert requirement(again, "inference").fact == SECOND.id, "completed after the award, it counts"


def test_worked_case_13_xseries_of_seven_with_six_done() -> None:
    decision = CASES["13"].decision
    assert decision.outcome == "not_eligible"
    assert decision.remaining == Decimal(49)
    assert str(decision.shortest) == "6 of 7 are done; missing: Computing 7"
    assert said(decision, "computing-7") == [
        "Not taken",
        "May be taken in the session of 5 July 2026; the certificate costs $49",
    ]
    assert said(decision, "computing") == ["The program fee is paid; enrolled on 3 January 2026"]

    unpaid = CASES["13b"].decision
    assert unpaid.remaining == Decimal(49 + 82)
    assert said(unpaid, "computing") == ["The program fee is not paid: pay $82"]
    assert str(unpaid.shortest) == "6 of 7 are done; missing: Computing 7 and the program fee"
    assert [str(note.message) for note in unpaid.notes] == ["$131 remains to be paid"]


def test_worked_case_13_all_seven_and_the_program_fee() -> None:
    fee, *seven = CASES["13c"].facts
    decision = CASES["13c"].decision
    assert decision.outcome == "eligible"
    assert decision.language == "en"
    assert decision.evidence == (*(fact.id for fact in seven), fee.id)
    assert [one.code for one in decision.parts] == list(SEVEN), "a fee is nothing that a certificate binds"
    assert decided(seven, XSERIES).outcome == "not_eligible", "nobody paid the program fee"
    assert str(decided(seven, XSERIES).shortest) == "7 of 7 are done; missing: the program fee"


def test_worked_case_14_a_replaced_course_counts_and_so_does_a_retired_session() -> None:
    decision = CASES["14"].decision
    assert decision.outcome == "eligible"
    assert requirement(decision, "programming").fact == OLD.id
    assert said(decision, "programming") == [
        "Certified in English on 1 October 2024 by programming-2024, which counts for this course"
    ]
    assert said(decision, "models") == ["Certified in English on 1 June 2023"]
    assert decided(CASES["14"].facts).outcome == "not_eligible", "without the equivalence it does not count"


@pytest.mark.parametrize(
    ("number", "code", "words", "until"),
    [
        (
            "15",
            "not_active_yet",
            "Version 2 of the program is not active before 2 June 2026: nobody is awarded yet",
            date(2026, 6, 1),
        ),
        (
            "15b",
            "no_longer_active",
            "Version 1 of the program was active until 31 May 2026: nobody is awarded any more",
            None,
        ),
    ],
)
def test_worked_case_15_a_version_that_is_not_active_awards_nobody(
    number: str, code: str, words: str, until: date | None
) -> None:
    decision = CASES[number].decision
    assert decision.outcome == "not_active"
    assert [(note.code, str(note.message)) for note in decision.notes] == [(code, words)]
    assert decision.evidence == ()
    assert not decision.eligible
    assert decision.holds_until == until


def test_worked_case_15_the_first_and_the_last_day_are_active() -> None:
    one = replace(CASES["15"].program, active_from=date(2026, 6, 1), active_until=date(2026, 6, 1))
    decision = decided(all_done(), one)
    assert decision.eligible
    assert decision.holds_until == date(2026, 6, 1)


def test_worked_case_15_an_award_is_not_lost_because_the_program_ends() -> None:
    assert CASES["15c"].decision.eligible
    assert CASES["15c"].decision.holds_until is None


def test_worked_case_16_twice_out_of_order_or_corrected_is_one_history() -> None:
    twice = replace(CORRECTED, source="another file", recorded_at=RECORDED + timedelta(days=2))
    assert CORRECTED.id == twice.id, "the same content is the same fact, whoever tells it and when"
    expected = CASES["16"].decision
    assert expected.outcome == "eligible"
    assert requirement(expected, "models").fact == CORRECTED.id
    assert said(expected, "models") == CERTIFIED
    facts = all_done(without=["models"])
    for order in itertools.permutations([WRONG, CORRECTED, twice]):
        assert decided([*order, *facts, *facts]).canonical() == expected.canonical()

    before = decided([*facts, WRONG])
    assert before.outcome == "not_eligible"
    assert codes(before, "models") == ["failed", "take_again"]


def test_worked_case_16_a_correction_takes_back_as_well() -> None:
    decision = CASES["16b"].decision
    assert decision.outcome == "not_eligible"
    assert said(decision, "models") == [
        "Failed in the session of 5 March 2026",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]


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
    assert decided(all_done(name=name)).eligible
    assert CASES["17"].decision.eligible


@pytest.mark.parametrize("name", ["", " ", "\u00a0\u2003", "\u200b\u2060", "\u3164", "\u2800"])
def test_worked_case_17_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(FactError) as caught:
        done("models", name=name)
    assert caught.value.field == "name"
    assert str(caught.value.message) == "The name is empty"


def test_worked_case_18_two_of_three_electives_a_nested_program_and_the_grade_at_the_boundary() -> None:
    decision = CASES["18"].decision
    assert decision.outcome == "eligible"
    assert [one.code for one in decision.requirements] == [
        *("toolbox", "programming", "foundations"),
        *ELECTIVES,
        "capstone",
    ]
    assert [one.code for one in decision.parts] == ["toolbox", "programming", *ELECTIVES[1:], "capstone"]
    assert said(decision, "toolbox") == CERTIFIED
    assert said(decision, "foundations") == ["The program fee is paid; enrolled on 3 January 2026"]
    spared = requirement(decision, ELECTIVES[0])
    assert (spared.needed, spared.met) == (False, False)
    assert said(decision, ELECTIVES[0]) == ["Not taken", "Not needed: two of three are enough"]
    assert spared.choice is not None
    assert (spared.choice.id, spared.choice.needed, spared.choice.of, spared.choice.option) == ("1.2", 2, 3, 1)


def test_worked_case_18_one_elective_is_not_enough() -> None:
    decision = CASES["18b"].decision
    assert decision.outcome == "not_eligible"
    assert str(decision.shortest) == "4 of 5 are done; missing: Computing 1"
    assert [one.needed for one in decision.requirements if one.choice is not None] == [True, False, True]
    take = "May be taken in the session of 5 July 2026; the certificate costs $49"
    assert said(decision, ELECTIVES[0]) == ["Not taken", take]
    assert said(decision, ELECTIVES[1]) == ["Not taken", take, "Not needed: two of three are enough"]
    assert decision.remaining == Decimal(49)


def test_worked_case_18_below_the_grade_of_the_nested_program() -> None:
    decision = CASES["18c"].decision
    assert decision.outcome == "not_eligible"
    assert said(decision, "toolbox") == [
        "Passed on 20 March 2026 with 69; 70 are needed",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]
    assert str(decision.shortest) == "3 of 5 are done; missing: Toolbox and Programming"
    assert said(decision, "capstone") == CERTIFIED, "the grade is the nested program's alone"


def test_worked_case_18_the_nested_program_has_its_own_language_and_fee() -> None:
    decision = CASES["18d"].decision
    assert decision.outcome == "not_eligible"
    assert said(decision, "toolbox") == [
        "Certified in Spanish on 20 March 2026, but not in English",
        "May be taken in English in the session of 5 July 2026; the certificate costs $49",
    ]
    assert said(decision, "foundations") == ["The program fee is not paid: pay $20"]
    assert str(decision.shortest) == "4 of 5 are done; missing: Toolbox and the program fee of Foundations"
    assert decision.remaining == Decimal(49 + 20)


def test_worked_case_18_a_certificate_that_is_too_old() -> None:
    decision = CASES["18e"].decision
    assert decision.outcome == "not_eligible"
    assert said(decision, "toolbox") == ["Certified in English on 1 June 2024"], "at the boundary it counts"
    assert said(decision, "models") == [
        "The certificate of 31 May 2024 is older than two years",
        "May be taken again in English in the session of 5 July 2026; the certificate costs $49",
    ]
    assert decision.holds_until == date(2026, 6, 1)
    awarded = CASES["18f"].decision
    assert awarded.eligible
    assert awarded.holds_until is None, "what is awarded does not age"


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "run: python -m tests.issuer.worked_cases"
