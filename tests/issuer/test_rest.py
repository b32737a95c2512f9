"""Completions and enrolments as JSON."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from issuer.facts import Enrolment
from issuer.office.facts import _SENT
from tests.issuer.exports import complaints, load, only

COMPLETION: dict[str, Any] = _SENT["completions"][0]
ENROLMENT: dict[str, Any] = {
    "learner": "l-1",
    "name": "Zoë Ünlü-Beispiel",
    "email": "",
    "program": "computing",
    "enrolled_on": "2026-01-03",
    "fee_paid": True,
}


def read(*completions: Any, enrolments: Any = ()) -> Any:
    return load("rest", json.dumps({"completions": list(completions), "enrolments": list(enrolments)}))


def test_a_completion_and_an_enrolment() -> None:
    report = read(COMPLETION | {"as_of": "2026-03-21T08:00:00Z"}, enrolments=[ENROLMENT])
    assert complaints(report) == []
    completion, enrolment = report.facts
    assert (completion.grade, completion.completed_on) == (Decimal("87.5"), date(2026, 3, 20))
    assert completion.as_of == datetime(2026, 3, 21, 8, tzinfo=UTC)
    assert isinstance(enrolment, Enrolment)
    assert (enrolment.program, enrolment.enrolled_on, enrolment.withdrawn) == ("computing", date(2026, 1, 3), False)


def test_the_same_as_a_row_of_csv_is_the_same_fact() -> None:
    heading = "learner,name,email,course,session,language,outcome,grade,completed_on,identity_verified,fee_paid"
    row = "l-1,Zoë Ünlü-Beispiel,zoe@example.org,toolbox,03-en,en,passed,87.50,2026-03-20,yes,yes"
    assert only(read(COMPLETION)).id == only(load("csv", f"{heading}\n{row}\n")).id


def test_what_is_taken_back() -> None:
    report = read(COMPLETION | {"outcome": "withdrawn"}, enrolments=[ENROLMENT | {"withdrawn": True}])
    assert [one.withdrawn for one in report.facts] == [True, True]


@pytest.mark.parametrize(
    ("change", "column", "message", "hint"),
    [
        ({"grade": "87.5"}, "grade", "The value is of another kind", "Write a number"),
        ({"grade": True}, "grade", "The value is of another kind", "Write a number"),
        ({"grade": 1e300}, "grade", "“1e+300” cannot be grade", "Write a number from 0"),
        ({"fee_paid": "yes"}, "fee_paid", "The value is of another kind", "Write true or false"),
        ({"fee_paid": 1}, "fee_paid", "The value is of another kind", "Write true or false"),
        ({"fee_paid": None}, "fee_paid", "fee_paid is empty", "Write yes or no"),
        ({"learner": 7}, "learner", "The value is of another kind", "Write a text"),
        ({"name": {}}, "name", "The value is of another kind", "Write a text"),
        ({"fee_payed": True}, "fee_payed", "This member is not known", "Did you mean fee_paid?"),
        ({"completed_on": "03/04/2026"}, "completed_on", "“03/04/2026” cannot be completed_on", "Write year"),
        ({"learner": "l-\0"}, "learner", "learner holds a character that no record can keep: U+0000", "Leave"),
        ({"narrative": "a\0b"}, "narrative", "narrative holds a character that no record can keep: U+0000", "Leave"),
        ({"course": "tolbox"}, "course", "There is no course or program “tolbox”", "Did you mean toolbox?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_stops_no_other(
    change: dict[str, Any], column: str, message: str, hint: str
) -> None:
    report = read(COMPLETION, COMPLETION | change, COMPLETION)
    (told,) = complaints(report)
    assert told[:2] == (f"row 2, column {column}", message)
    assert told[2].startswith(hint)
    assert len(report.facts) == 2


def test_an_enrolment_is_told_in_its_own_words() -> None:
    wrong = [ENROLMENT | {"enrolled_on": ""}, ENROLMENT | {"program": "zzz"}, ENROLMENT | {"program": "toolbox"}, 7]
    told = complaints(read(COMPLETION, enrolments=wrong))
    assert [one[:2] for one in told] == [
        ("row 2, column enrolled_on", "The date is missing"),
        ("row 3, column program", "There is no course or program “zzz”"),
        ("row 4, column program", "toolbox is a course, and nobody enrols in one here"),
        ("row 5", "The record is not an object"),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[]", "This is not an object of completions and enrolments"),
        ("{}", "This is not an object of completions and enrolments"),
        ("7", "This is not an object of completions and enrolments"),
        ('[{"completions": []}, {}]', "This is not an object of completions and enrolments"),
        ('{"completion": []}', "“completion” is not known"),
        ('{"completions": {}}', "completions is not a list"),
    ],
)
def test_what_is_nothing_of_the_kind_is_told_once(data: str, message: str) -> None:
    report = load("rest", data)
    assert report.rows == ()
    assert complaints(report)[0][:2] == ("the file", message)


def test_a_large_delivery_is_read() -> None:
    """Larger than a credential may be."""
    assert len(read(*[COMPLETION | {"learner": f"l-{number}"} for number in range(20_000)]).facts) == 20_000
