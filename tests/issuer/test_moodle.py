"""Moodle's completion report and its grades become completions."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.issuer.exports import COURSE, COURSE_KEY, complaints, file, load, mapped

REPORT = file("moodle-completion.csv").decode("utf-8-sig")
GRADES = file("moodle-grades.csv").decode()
TOLD = {COURSE_KEY: COURSE}


def test_the_completion_report() -> None:
    report = load("moodle", file("moodle-completion.csv"))
    assert complaints(report) == []
    zoe, oemer = report.facts
    assert (zoe.learner, zoe.name, zoe.email) == ("5", "Zoë Ünlü-Beispiel", "zoe@example.org")
    assert (zoe.outcome, zoe.completed_on, zoe.grade) == ("passed", date(2026, 3, 20), None)
    assert (zoe.course, zoe.session, zoe.language, zoe.identity_verified, zoe.fee_paid) == (
        *("toolbox", "03-en", "en"),
        *(True, True),
    )
    assert (oemer.outcome, oemer.completed_on) == ("in_progress", None), "not yet is not failed"


def test_the_grades() -> None:
    report = load("moodle", GRADES)
    assert complaints(report) == []
    told = [(one.learner, one.name, one.outcome, one.grade, one.completed_on) for one in report.facts]
    assert told == [
        ("S-5", "Zoë Ünlü-Beispiel", "passed", Decimal("91.25"), date(2026, 3, 28)),
        ("S-6", "Ömer Muster", "in_progress", None, None),
        ("S-7", "Kim Probe", "failed", Decimal("41.5"), date(2026, 3, 28)),
    ]


def test_both_name_one_learner_where_the_mapping_says_how() -> None:
    for text in (REPORT, GRADES):
        assert load("moodle", text, mapped(learner="Email address")).facts[0].learner == "zoe@example.org"


def test_an_older_heading_and_one_in_another_language() -> None:
    assert load("moodle", GRADES.replace('"Last name"', "Surname")).facts[0].name == "Zoë Ünlü-Beispiel"
    german = REPORT.replace("Course complete", "Kurs abgeschlossen").replace("Email address", "E-Mail-Adresse")
    assert complaints(load("moodle", german)) == [
        (
            "the file",
            "This is neither Moodle’s completion report nor its grades in English",
            'Give the headings in the mapping: [columns] "Course complete" = "…"',
        )
    ]
    columns = {"Course complete": "Kurs abgeschlossen", "Email address": "E-Mail-Adresse"}
    assert load("moodle", german, mapped(columns=columns)).facts[0].email == "zoe@example.org"


def test_a_date_is_read_as_the_mapping_says_and_never_guessed() -> None:
    assert complaints(load("moodle", REPORT, mapped(dates=None))) == [
        (
            "row 2, column completed_on",
            "“20/03/26, 09:20” cannot be completed_on",
            'Add to the mapping: dates = "%d/%m/%y, %H:%M"',
        )
    ]
    assert complaints(load("moodle", REPORT, mapped(dates="%m/%d/%y, %H:%M")))[0][2] == (
        "The mapping says that days are written like %m/%d/%y, %H:%M"
    )
    iso = REPORT.replace('"20/03/26, 09:20"', "2026-03-20")
    assert load("moodle", iso, mapped(dates=None)).facts[0].completed_on == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("missing", "column", "hint"),
    [
        ("identity_verified", "identity_verified", "identity_verified = true or false"),
        ("fee_paid", "fee_paid", "fee_paid = true or false"),
        ("names", "name", 'names = "given family" (or "family given")'),
        ("pass_grade", "outcome", "pass_grade = a number from 0 to 100"),
    ],
)
def test_what_the_export_does_not_say_the_mapping_must(missing: str, column: str, hint: str) -> None:
    report = load("moodle", GRADES, mapped(**{missing: None}))
    told = complaints(report)
    assert told[0] == (
        f"row 2, column {column}",
        f"The export does not say {column}, and neither does the mapping",
        f"Add to the mapping: {hint}",
    )
    assert all(str(one.where).endswith(column) for one in report.all_problems)


def test_a_passed_course_needs_its_day_from_the_mapping() -> None:
    told = complaints(load("moodle", GRADES, mapped(courses=TOLD)))
    assert told == [
        (
            "row 2, column completed_on",
            "The export does not say completed_on, and neither does the mapping",
            "Add to the mapping: completed_on = a day, in the table of the course",
        )
    ], "who failed needs none"


def test_a_course_may_say_otherwise_than_the_rest() -> None:
    courses = {COURSE_KEY: COURSE | {"fee_paid": False}}
    zoe = load("moodle", REPORT, mapped(courses=courses)).facts[0]
    assert (zoe.fee_paid, zoe.identity_verified) == (False, True)


def test_a_family_name_may_stand_first() -> None:
    assert load("moodle", GRADES, mapped(names="family given")).facts[0].name == "Ünlü-Beispiel Zoë"


@pytest.mark.parametrize("courses", [None, {"a": COURSE, "b": COURSE}])
def test_the_mapping_has_the_one_course_of_the_export(courses: Any) -> None:
    (where, message, hint) = complaints(load("moodle", REPORT, mapped(courses=courses)))[0]
    assert (where, hint) == (
        "the file",
        'Give a mapping of exactly one course: [courses."…"] course, session, language',
    )
    count = len(courses or {})
    assert message == f"The export is of one course and does not name it; the mapping has {count}"


def test_points_are_refused_because_nobody_knows_of_how_many() -> None:
    assert complaints(load("moodle", GRADES.replace("total (Percentage)", "total (Real)"))) == [
        (
            "the file",
            "The grades are points, and nothing says of how many",
            "Export them with the display type “Percentage”",
        )
    ]
    told = complaints(load("moodle", GRADES.replace("91.25 %", "A")))
    assert told == [
        ("row 2, column grade", "“A” cannot be grade", "Export the grades with the display type “Percentage”")
    ]


def test_a_learner_column_that_is_not_there_is_told() -> None:
    assert complaints(load("moodle", REPORT, mapped(learner="ID number")))[0][:2] == (
        "the file",
        "The export has no column “ID number” for the learner",
    )


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2", b'"ID'])
def test_what_is_no_export_is_told_once(data: bytes) -> None:
    report = load("moodle", data)
    assert (report.rows, len(report.problems)) == ((), 1)


def test_a_broken_row_stops_no_other() -> None:
    broken = REPORT + '7,"never closed\n8,Kim Probe,kim@example.org,,,,2026\n'
    report = load("moodle", broken)
    assert len(report.facts) == 2
    assert [str(one.where) for one in report.all_problems] == ["row 4", "row 5, column completed_on"]


def test_cells_that_a_spreadsheet_left_out_at_the_end_are_empty() -> None:
    for text, row in ((REPORT, "9,Kim Probe,kim@example.org\n"), (GRADES, "Kim,Probe,S-9\n")):
        report = load("moodle", text + row)
        assert complaints(report) == []
        assert (report.facts[-1].name, report.facts[-1].outcome) == ("Kim Probe", "in_progress")
