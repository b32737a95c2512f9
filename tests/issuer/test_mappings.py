"""What the registrar says about an export: read strictly, kept as JSON, refused by its line."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from issuer.errors import InputRefused
from issuer.mappings import NOTHING, Mode, Run, mapping
from tests.issuer.exports import COURSE, COURSE_KEY, MAPPING


def test_the_mapping_of_the_files() -> None:
    made = mapping(MAPPING | {"modes": {"x": {"identity_verified": True, "fee_paid": False}}})
    assert made.courses == {COURSE_KEY: Run("toolbox", "03-en", "en", date(2026, 3, 28))}
    assert made.modes == {"x": Mode(identity_verified=True, fee_paid=False)}
    assert (made.pass_grade, made.names, made.identity_verified) == (Decimal(70), "given family", True)


def test_what_is_kept_is_read_again_as_it_was() -> None:
    full = MAPPING | {
        "modes": {"x": {"identity_verified": True, "fee_paid": False}},
        "columns": {"ID": "Kennung"},
        "learner": "ID",
        "learner_prefix": "m-",
        "pass_grade": 59.5,
    }
    made = mapping(full)
    assert mapping(json.loads(json.dumps(made.to_json()))) == made
    assert mapping({}) == NOTHING
    assert NOTHING.to_json() == {}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"fee": True}, "fee is nothing that a mapping has"),
        ({"fee_paid": "yes"}, "fee_paid is true or false"),
        ({"fee_paid": 1}, "fee_paid is true or false"),
        ({"learner": ""}, "learner is a text of 1 to 500 characters"),
        ({"learner": "x" * 501}, "learner is a text of 1 to 500 characters"),
        ({"names": "first last"}, "names is “given family” or “family given”"),
        ({"dates": "%B"}, "dates is written with %d, %m, %y or %Y"),
        ({"dates": "%d.%Y"}, "dates is written with"),
        ({"dates": "%d%m%"}, "dates is written with"),
        ({"pass_grade": 101}, "pass_grade is a number from 0 to 100"),
        ({"pass_grade": True}, "pass_grade is a number from 0 to 100"),
        ({"pass_grade": "70"}, "pass_grade is a number from 0 to 100"),
        ({"pass_grade": float("nan")}, "pass_grade is a number from 0 to 100"),
        ({"courses": []}, "courses holds up to 1000 tables"),
        ({"courses": {str(n): COURSE for n in range(1001)}}, "courses holds up to 1000 tables"),
        ({"courses": {"a": 7}}, "courses.a is a table of names and values"),
        ({"courses": {"a": {"course": "x"}}}, "courses.a.session is a text"),
        ({"courses": {"a": COURSE | {"completed_on": "03/04/2026"}}}, "courses.a.completed_on is a day like"),
        ({"courses": {"a": COURSE | {"completed_on": datetime(2026, 3, 4)}}}, "courses.a.completed_on is a day"),
        ({"courses": {"a": COURSE | {"grade": 1}}}, "courses.a.grade is nothing that a mapping has"),
        ({"modes": {"a": {"fee_paid": True}}}, "modes.a.identity_verified is true or false"),
        ({"columns": {"ID": 7}}, "columns gives for each English heading"),
        ({"columns": ["ID"]}, "columns gives for each English heading"),
    ],
)
def test_what_a_mapping_cannot_say_is_refused_by_its_line(told: dict[str, Any], words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        mapping(told)
    assert str(refused.value).startswith(f"The mapping cannot be used: {words}")
