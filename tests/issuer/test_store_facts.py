"""Facts in the store: one history, whatever is delivered how often."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from issuer.facts import Completion, current
from issuer.store import facts
from tests.issuer import domain
from tests.issuer.installation import Installation, earned

TOOLBOX = domain.done("toolbox", grade=Decimal("87.50"), narrative="A tool.\nAnd another.")
ENROLMENT = domain.enrolled("mini")


def held(school: Installation) -> list[Completion]:
    """The completions that hold."""
    with school.database.read() as tx:
        return [one for one in current(facts.read(tx)) if isinstance(one, Completion)]


def test_facts_come_back_as_they_went_in(school: Installation) -> None:
    given = (TOOLBOX, ENROLMENT, domain.done("capstone", outcome="in_progress", completed_on=None, grade=None))
    school.record(*given)
    with school.database.read() as tx:
        read = facts.read(tx)
        assert facts.find(tx, TOOLBOX.id) == read[0]
    assert [one.id for one in read] == [one.id for one in given]
    assert [replace(one, recorded_at=domain.RECORDED) for one in read] == list(given)


def test_worked_case_16_delivered_twice_is_one_fact_and_one_award(school: Installation) -> None:
    first = school.record(*earned())
    again = school.record(*(replace(one, source="another file") for one in earned()))
    assert (len(first.new), len(again.new), len(again.known)) == (2, 0, 2)
    assert len(school.decide_and_issue().programs) == 1
    assert school.decide_and_issue().programs == ()
    assert len(held(school)) == 2


def test_worked_case_16_delivered_out_of_order_is_the_same_award(school: Installation) -> None:
    toolbox, capstone = earned()
    school.record(capstone)
    assert school.decide_and_issue().programs == ()
    school.record(toolbox, capstone, toolbox)
    assert len(school.decide_and_issue().programs) == 1


def test_worked_case_16_corrected_is_one_history(school: Installation) -> None:
    wrong = replace(TOOLBOX, grade=Decimal(8))
    school.record(wrong)
    school.record(TOOLBOX)
    late = school.record(wrong)  # the first file comes once more: the correction stands
    assert [one.grade for one in held(school)] == [Decimal("87.5")]
    assert late.outdated == late.known == (wrong,)
    with school.database.read() as tx:
        assert len(facts.read(tx)) == 2


def test_of_two_corrections_in_one_file_the_later_wins(school: Installation) -> None:
    for grades in ([10, 20], [40, 30]):
        rows = [replace(TOOLBOX, session=str(grades), grade=Decimal(grade)) for grade in grades]
        school.record(*rows)
        assert held(school)[-1 if grades == [40, 30] else 0].grade == grades[1]


def test_a_correction_wins_although_the_clock_went_back(school: Installation) -> None:
    school.record(replace(TOOLBOX, grade=Decimal(8)))
    school.record(replace(TOOLBOX, recorded_at=TOOLBOX.recorded_at - timedelta(days=400)))
    assert [one.grade for one in held(school)] == [Decimal("87.5")]


def test_a_dry_run_records_nothing(school: Installation) -> None:
    with school.database.write() as tx:
        appended = facts.append(tx, [TOOLBOX, TOOLBOX], keep=False)
    assert (len(appended.new), len(appended.known), appended.outdated) == (1, 1, ())
    assert held(school) == []
