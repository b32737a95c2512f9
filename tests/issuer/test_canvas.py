"""Canvas' gradebook and its event about a completed course become completions."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.issuer.exports import COURSE, COURSE_KEY, complaints, file, load, mapped, only

GRADEBOOK = file("canvas-gradebook.csv").decode()
EVENT: dict[str, Any] = json.loads(file("canvas-course-completed.json"))
BY_ID = {"565": COURSE}


def event(**body: Any) -> dict[str, Any]:
    return EVENT | {"body": EVENT["body"] | body}


def read(*events: Any, **changes: Any) -> Any:
    return load("canvas", json.dumps(list(events)), mapped(**{"courses": BY_ID} | changes))


def test_the_gradebook() -> None:
    report = load("canvas", GRADEBOOK)
    assert complaints(report) == []
    told = [(one.learner, one.name, one.outcome, one.grade, one.completed_on) for one in report.facts]
    assert told == [
        ("123", "Zoë Ünlü-Beispiel", "passed", Decimal("93.33"), date(2026, 3, 28)),
        ("124", "Ömer Muster", "failed", Decimal(40), date(2026, 3, 28)),
        ("125", "Kim Probe", "in_progress", None, None),
    ]
    assert {one.email for one in report.facts} == {""}, "a login may look like an address and be none"
    assert [row.number for row in report.rows] == [4, 5, 6], "points, hidden assignments and the test student are left"


def test_names_in_two_columns_and_semicolons_with_decimal_commas() -> None:
    lines = [line.split(",") for line in GRADEBOOK.replace('"', "").splitlines()]
    lines[0] = ["LastName", "FirstName", *lines[0][1:]]
    lines = [[line[0], "", *line[1:]] if number in (1, 2) else line for number, line in enumerate(lines)]
    text = "\n".join(";".join(cell.strip().replace(".", ",") for cell in line) for line in lines)
    report = load("canvas", text)
    assert complaints(report) == []
    assert [one.name for one in report.facts] == ["Zoë Ünlü-Beispiel", "Ömer Muster", "Kim Probe"]
    assert report.facts[0].grade == Decimal("93.33")


def test_somebody_may_be_called_student_test() -> None:
    real = '"Student, Test",998,456-T48,test@example.org,Toolbox 1,,,,,,,,,80.00,80.00\n'
    assert load("canvas", GRADEBOOK + real).facts[-1].name == "Test Student"


def test_a_name_of_one_part_needs_no_order() -> None:
    text = GRADEBOOK.replace('"Ünlü-Beispiel, Zoë"', "Zoë")
    told = load("canvas", text, mapped(names=None))
    assert told.facts[0].name == "Zoë"
    assert {str(one.where) for one in told.all_problems} == {"row 5, column name", "row 6, column name"}


def test_more_than_all_is_all() -> None:
    extra = GRADEBOOK.replace("93.33,93.33\n", "104.50,104.50\n")
    assert load("canvas", extra).facts[0].grade == 100


@pytest.mark.parametrize("learner", ["SIS User ID", "SIS Login ID"])
def test_the_learner_is_the_one_that_the_mapping_wants_in_both(learner: str) -> None:
    wanted = {"SIS User ID": "456-T45", "SIS Login ID": "zoe@example.org"}[learner]
    assert load("canvas", GRADEBOOK, mapped(learner=learner)).facts[0].learner == wanted
    assert only(read(EVENT, learner=learner)).learner == wanted


def test_what_cannot_be_the_learner_is_told_once() -> None:
    (told,) = complaints(load("canvas", GRADEBOOK, mapped(learner="name")))
    assert told == (
        "the file",
        "Canvas has no “name” for the learner",
        "Write in the mapping one of: ID, SIS User ID, SIS Login ID",
    )
    without = GRADEBOOK.replace("SIS User ID", "Notes", 1)
    assert complaints(load("canvas", without, mapped(learner="SIS User ID")))[0][1] == (
        "The export has no column “SIS User ID” for the learner"
    )


@pytest.mark.parametrize("courses", [None, {"a": COURSE, "b": COURSE}])
def test_the_mapping_has_the_one_course_of_the_gradebook(courses: Any) -> None:
    assert "does not name it" in complaints(load("canvas", GRADEBOOK, mapped(courses=courses)))[0][1]


def test_a_gradebook_without_its_totals_is_told() -> None:
    (told,) = complaints(load("canvas", GRADEBOOK.replace("Final Score", "Score")))
    assert told[:2] == ("the file", "This is no gradebook of Canvas in English with its totals")


def test_a_score_that_is_no_number_is_refused() -> None:
    (told,) = complaints(load("canvas", GRADEBOOK.replace("93.33,93.33\n", "A-,A-\n")))
    assert told[:2] == ("row 4, column grade", "“A-” cannot be grade")


def test_the_event_becomes_a_completion() -> None:
    fact = only(load("canvas", file("canvas-course-completed.json"), mapped(courses=BY_ID)))
    assert (fact.learner, fact.name, fact.email) == ("123", "Zoë Ünlü-Beispiel", "zoe@example.org")
    assert (fact.outcome, fact.completed_on, fact.grade) == ("passed", date(2026, 3, 20), None)
    assert fact.as_of == datetime(2026, 3, 20, 19, 11, 26, 615000, UTC)


def test_the_course_is_known_by_either_of_its_ids() -> None:
    assert only(read(EVENT, courses={"2026.100.101-1": COURSE})).course == "toolbox"
    assert complaints(read(EVENT, courses={COURSE_KEY: COURSE}))[0][1] == (
        "The mapping does not say what the course “565” is here"
    )


def test_an_event_without_all_requirements_is_of_a_course_in_progress() -> None:
    progress = EVENT["body"]["progress"] | {"requirement_completed_count": 5}
    assert only(read(event(progress=progress))).outcome == "in_progress"


@pytest.mark.parametrize("written", ["", "soon", "0001-01-01T00:00:00+14:00"])
def test_an_event_that_does_not_say_when_is_refused(written: str) -> None:
    progress = EVENT["body"]["progress"] | {"completed_at": written}
    assert complaints(read(event(progress=progress)))[0][:2] == (
        "row 1, column completed_at",
        f"“{written}” cannot be completed_at",
    )
    assert complaints(read(EVENT | {"metadata": EVENT["metadata"] | {"event_time": written}}))[0][0] == (
        "row 1, column event_time"
    )


@pytest.mark.parametrize("other", [{}, 7, None, {"metadata": {"event_name": "logged_in"}}])
def test_other_events_are_refused_row_by_row(other: Any) -> None:
    report = read(EVENT, other)
    assert complaints(report)[0][0] == "row 2, column event_name"
    assert len(report.facts) == 1
