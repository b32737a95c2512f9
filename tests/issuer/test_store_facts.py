"""Facts in the store: one history, whatever is delivered how often."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

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


def test_what_its_source_says_is_newer_holds_whenever_it_comes(school: Installation) -> None:
    first = replace(TOOLBOX, grade=Decimal(8), as_of=domain.RECORDED)
    second = replace(TOOLBOX, as_of=domain.RECORDED + timedelta(days=1))
    restored = replace(first, as_of=domain.RECORDED + timedelta(days=2))
    school.record(second)
    assert len(school.record(first).new) == 1
    assert [one.grade for one in held(school)] == [Decimal("87.5")]
    assert school.record(first).outdated
    school.record(restored)
    assert [one.grade for one in held(school)] == [Decimal(8)], "an earlier value comes back with a later moment"


def test_what_was_taken_back_holds_no_more_and_stands_in_the_history(school: Installation) -> None:
    school.record(TOOLBOX)
    school.record(replace(TOOLBOX, outcome="withdrawn"))
    assert held(school) == []
    with school.database.read() as tx:
        told = facts.history(tx, domain.LEARNER, {"toolbox"})
        assert [(one.fact.id == TOOLBOX.id, one.holds) for one in told] == [(True, False), (False, False)]
        assert facts.history(tx, domain.LEARNER, {"capstone"}) == ()
        assert facts.present(tx, [TOOLBOX, ENROLMENT]) == {TOOLBOX.id}


def test_more_than_a_portion_is_recorded_once_each_and_in_order(school: Installation) -> None:
    many = [replace(TOOLBOX, learner=f"l-{number}") for number in range(1203)]
    first = school.record(*many, *many[:700])
    assert (len(first.new), len(first.known), first.outdated) == (1203, 700, ())
    times = [one.recorded_at for one in first.new]
    assert times == sorted(set(times))
    with school.database.read() as tx:
        assert [one.recorded_at for one in facts.read(tx)] == times
        assert [one.id for one in facts.read(tx)] == [one.id for one in first.new]


def test_a_dry_run_over_portions_knows_what_it_would_have_recorded(school: Installation) -> None:
    many = [replace(TOOLBOX, learner=f"l-{number}") for number in range(600)]
    with school.database.write() as tx:
        appended = facts.append(tx, [*many, *many], keep=False)
    assert (len(appended.new), len(appended.known), appended.outdated) == (600, 600, ())


@pytest.mark.only_sqlite
def test_recording_reads_what_is_concerned_and_not_the_whole_store(school: Installation) -> None:
    school.record(*(replace(TOOLBOX, learner=f"l-{number}") for number in range(300)))
    asked: list[str] = []
    with school.database.write() as tx:
        tx.connection.set_trace_callback(asked.append)
        facts.append(tx, [replace(TOOLBOX, learner="l-7")])
        tx.connection.set_trace_callback(None)
        plans = [
            row[3]
            for statement in asked
            if statement.startswith("SELECT")
            for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        ]
    assert len(plans) == 3
    assert not [plan for plan in plans if plan.startswith("SCAN") and "LIMIT" not in plan][1:], plans
