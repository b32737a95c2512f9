"""Rules as data: read, written, and refused with what is wrong, where, and what to do; the schema agrees."""

import copy
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.catalogue import Catalogue, Program
from issuer.catalogue_files import load_catalogue
from issuer.rule_reading import RuleError, constraints_from_json, rule_from_json
from issuer.rules import (
    MOST_CHILDREN,
    MOST_DEPTH,
    AllOf,
    CapstoneRule,
    CourseRule,
    EarnedWithin,
    MinimumGrade,
    NOf,
    ProgramRule,
    SingleLanguage,
    constraint_to_json,
    leaves,
    rule_to_json,
)
from issuer.schemas import program as program_schema
from tests.issuer.domain import SPECIALIZATION, XSERIES
from tests.issuer.trees import programs, tried_often

VALIDATOR = jsonschema_rs.validator_for(program_schema())
EXAMPLES = Path(__file__).parents[2] / "examples" / "catalogue"

A, B, C = {"course": "a"}, {"course": "b"}, {"course": "c"}
WHOLE = "Write a whole number from 1 to "
CODE = "Use lower-case letters, digits and single hyphens, such as r-programming"
GRADE = 'Write a number that is not negative, as 70 or, with decimals, as "70.5"'
PERIOD = "Write years, months, weeks or days, at most a hundred years, such as P2Y or P18M"
TRUE = "Write true, or leave the constraint out"
TAGS = 'Write a list of different language tags, such as ["en", "es"]'
FORMS = (
    'Write one of: { all_of = [ … ] }, { n_of = 2, of = [ … ] }, { course = "code" }, { capstone = "code" }, '
    '{ program = "code", version = 1 }'
)
BRACES = "Put each into braces of its own, such as all_of = [{ … }, { … }]"


def nested(depth: int) -> dict[str, Any]:
    return A if depth == 1 else {"all_of": [nested(depth - 1)]}


MALFORMED: list[tuple[Any, str, str, str]] = [
    # (rule, where, what, what to do)
    (None, "rule", "“None” is neither a rule nor a constraint", FORMS),
    ([], "rule", "“[]” is neither a rule nor a constraint", FORMS),
    ("a", "rule", "“a” is neither a rule nor a constraint", FORMS),
    ({}, "rule", "“{}” is neither a rule nor a constraint", FORMS),
    ({"curse": "a"}, "rule", "The keyword curse is not known here", "Did you mean course?"),
    ({"xyz": "a"}, "rule", "The keyword xyz is not known here", "Known are: all_of, capstone, course, n_of, program"),
    (
        {"course": "a", "capstone": "b"},
        "rule",
        "Only one keyword can stand here; these are course and capstone",
        BRACES,
    ),
    ({"all_of": [A], "n_of": 1}, "rule", "Only one keyword can stand here; these are all_of and n_of", BRACES),
    ({"course": "a", "grade": 70}, "rule.grade", "The key grade is not known here", "Known are: course"),
    ({"course": 1}, "rule.course", "“1” cannot be course", CODE),
    ({"course": "A b"}, "rule.course", "“A b” cannot be course", CODE),
    ({"course": ""}, "rule.course", "“” cannot be course", CODE),
    ({"capstone": None}, "rule.capstone", "“None” cannot be capstone", CODE),
    ({"all_of": []}, "rule.all_of", "The rule asks for nothing", "Name the courses that it asks for"),
    ({"all_of": A}, "rule.all_of", "“{'course': 'a'}” cannot be all_of", "Write a list of rules"),
    ({"all_of": [A, {"all_of": []}]}, "rule.all_of[2].all_of", "The rule asks for nothing", "Name the courses that"),
    ({"all_of": [A, "b"]}, "rule.all_of[2]", "“b” is neither a rule nor a constraint", FORMS),
    ({"n_of": 1}, "rule.of", "of is missing", "Write a list of rules"),
    ({"of": [A]}, "rule", "The keyword n_of is missing", FORMS),
    ({"n_of": 1, "of": []}, "rule.of", "The rule asks for nothing", "Name the courses that it asks for"),
    ({"n_of": 0, "of": [A, B]}, "rule.n_of", "“0” cannot be n_of", WHOLE + "2"),
    ({"n_of": 3, "of": [A, B]}, "rule.n_of", "“3” cannot be n_of", WHOLE + "2"),
    ({"n_of": -1, "of": [A, B]}, "rule.n_of", "“-1” cannot be n_of", WHOLE + "2"),
    ({"n_of": True, "of": [A, B]}, "rule.n_of", "“True” cannot be n_of", WHOLE + "2"),
    ({"n_of": "2", "of": [A, B]}, "rule.n_of", "“2” cannot be n_of", WHOLE + "2"),
    ({"n_of": None, "of": [A, B]}, "rule.n_of", "n_of is missing", WHOLE + "2"),
    ({"n_of": 1, "of": [A], "off": []}, "rule.off", "The key off is not known here", "Did you mean of?"),
    ({"n_of": 1, "of": [A] * 31}, "rule.of", "Only 30 rules can stand in one list; these are 31", "Group them, so"),
    ({"program": "p"}, "rule.version", "version is missing", WHOLE + "10000"),
    ({"version": 1}, "rule", "The keyword program is missing", FORMS),
    ({"program": "p", "version": 0}, "rule.version", "“0” cannot be version", WHOLE + "10000"),
    ({"program": "P", "version": 1}, "rule.program", "“P” cannot be program", CODE),
    (nested(MOST_DEPTH + 1), "rule" + ".all_of[1]" * 8, "The rule is more than 8 levels deep", "Make it flatter"),
]

MALFORMED_CONSTRAINTS: list[tuple[Any, str, str, str]] = [
    ({}, "constraints", "“{}” cannot be constraints", "Write a list of constraints"),
    ([None], "constraints[1]", "“None” is neither a rule nor a constraint", "Write one of: earned_within, fee_paid, "),
    ([{"feepaid": True}], "constraints[1]", "The keyword feepaid is not known here", "Did you mean fee_paid?"),
    ([{"fee_paid": False}], "constraints[1].fee_paid", "“False” cannot be fee_paid", TRUE),
    ([{"identity_verified": 1}], "constraints[1].identity_verified", "“1” cannot be identity_verified", TRUE),
    ([{"program_fee_paid": "yes"}], "constraints[1].program_fee_paid", "“yes” cannot be program_fee_paid", TRUE),
    ([{"fee_paid": True}, {"fee_paid": True}], "constraints[2]", "The constraint fee_paid stands twice", "Remove one"),
    ([{"fee_paid": True, "x": 1}], "constraints[1].x", "The key x is not known here", "Known are: fee_paid"),
    ([{"single_language": True}], "constraints[1].single_language", "“True” cannot be single_language", TAGS),
    ([{"single_language": ["e!"]}], "constraints[1].single_language", "“['e!']” cannot be single_language", TAGS),
    ([{"single_language": ["en", "en"]}], "constraints[1].single_language", "“['en', 'en']” cannot be", TAGS),
    ([{"minimum_grade": -1}], "constraints[1].minimum_grade", "“-1” cannot be minimum_grade", GRADE),
    ([{"minimum_grade": "-1"}], "constraints[1].minimum_grade", "“-1” cannot be minimum_grade", GRADE),
    ([{"minimum_grade": 70.5}], "constraints[1].minimum_grade", "“70.5” cannot be minimum_grade", GRADE),
    ([{"minimum_grade": True}], "constraints[1].minimum_grade", "“True” cannot be minimum_grade", GRADE),
    ([{"minimum_grade": "B+"}], "constraints[1].minimum_grade", "“B+” cannot be minimum_grade", GRADE),
    ([{"minimum_grade": "NaN"}], "constraints[1].minimum_grade", "“NaN” cannot be minimum_grade", GRADE),
    ([{"earned_within": 2}], "constraints[1].earned_within", "“2” cannot be earned_within", PERIOD),
    ([{"earned_within": "two years"}], "constraints[1].earned_within", "“two years” cannot be earned_within", PERIOD),
    ([{"earned_within": "P0D"}], "constraints[1].earned_within", "“P0D” cannot be earned_within", PERIOD),
    ([{"earned_within": "P101Y"}], "constraints[1].earned_within", "“P101Y” cannot be earned_within", PERIOD),
]


@pytest.mark.parametrize(("data", "where", "what", "hint"), MALFORMED, ids=[str(row[0])[:40] for row in MALFORMED])
def test_a_malformed_rule_is_told_with_its_place_and_what_to_do(data: Any, where: str, what: str, hint: str) -> None:
    with pytest.raises(RuleError) as caught:
        rule_from_json(data)
    (problem,) = caught.value.problems
    assert (str(problem.where), str(problem.message)) == (where, what)
    assert str(problem.hint).startswith(hint)
    assert str(caught.value).startswith(f"program, {where}: {what}. {hint}")


@pytest.mark.parametrize(
    ("data", "where", "what", "hint"), MALFORMED_CONSTRAINTS, ids=[str(row[0])[:40] for row in MALFORMED_CONSTRAINTS]
)
def test_a_malformed_constraint_is_told_with_its_place_and_what_to_do(
    data: Any, where: str, what: str, hint: str
) -> None:
    with pytest.raises(RuleError) as caught:
        constraints_from_json(data)
    (problem,) = caught.value.problems
    assert str(problem.where) == where
    assert str(problem.message).startswith(what)
    assert str(problem.hint).startswith(hint)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(RuleError) as caught:
        rule_from_json({"all_of": [{"curse": "a"}, {"n_of": 5, "of": [A, {"course": "B"}]}, {"program": "p"}]})
    assert [str(one.where) for one in caught.value.problems] == [
        "rule.all_of[1]",
        "rule.all_of[2].of[2].course",
        "rule.all_of[2].n_of",
        "rule.all_of[3].version",
    ]


def test_every_kind_of_rule_is_read_back_equal() -> None:
    rule = AllOf(
        (NOf(1, (CourseRule("a"), AllOf((CourseRule("b"), ProgramRule("p", 3))))), CapstoneRule("work")),
    )
    assert rule_from_json(json.loads(json.dumps(rule_to_json(rule)))) == rule
    assert [leaf.code for leaf in leaves(rule)] == ["a", "b", "p", "work"]
    assert rule_from_json(nested(MOST_DEPTH)) is not None
    assert rule_from_json({"all_of": [{"course": f"c-{number}"} for number in range(MOST_CHILDREN)]}) is not None


@pytest.mark.parametrize(
    ("data", "constraint"),
    [
        ({"single_language": []}, SingleLanguage()),
        ({"single_language": ["en", "zh-Hans"]}, SingleLanguage(("en", "zh-Hans"))),
        ({"minimum_grade": "70.5"}, MinimumGrade(Decimal("70.5"))),
        ({"minimum_grade": "0"}, MinimumGrade(Decimal(0))),
        ({"earned_within": "P18M"}, None),
    ],
)
def test_every_constraint_is_read_back_equal(data: dict[str, Any], constraint: Any) -> None:
    (read,) = constraints_from_json([data])
    assert constraint is None or read == constraint
    assert constraint_to_json(read) == data
    assert constraints_from_json([{"minimum_grade": 70}]) == (MinimumGrade(Decimal(70)),)
    assert isinstance(constraints_from_json([{"earned_within": "P2Y"}])[0], EarnedWithin)


# What stores hold from before there were choices: the same bytes out as in.
STORED = (
    '{"code":"reasoning","version":1,"kind":"specialization","organization":"duke","partners":[],"titles":{"en":"R"},'
    '"descriptions":{},"active_from":"2024-01-01","active_until":null,"rule":{"all_of":[{"course":"a"},'
    '{"all_of":[{"course":"b"}]},{"capstone":"w"}]},"constraints":[{"single_language":["en"]},'
    '{"identity_verified":true},{"fee_paid":true},{"program_fee_paid":true}],"fee":"82.50"}'
)


def test_a_program_that_was_stored_earlier_gives_the_same_bytes() -> None:
    program = Program.from_json(json.loads(STORED))
    assert json.dumps(program.to_json(), separators=(",", ":")) == STORED
    assert VALIDATOR.is_valid(json.loads(STORED))


# --- the schema --------------------------------------------------------------------------------------------


def parses(data: dict[str, Any]) -> bool:
    try:
        rule_from_json(data["rule"])
        constraints_from_json(data["constraints"])
    except RuleError:
        return False
    return True


def with_rule(rule: Any) -> dict[str, Any]:
    return SPECIALIZATION.to_json() | {"rule": rule}


def test_the_schema_is_one_and_takes_our_own_programs() -> None:
    jsonschema_rs.meta.validate(program_schema())
    ours = [SPECIALIZATION, XSERIES, *load_catalogue(EXAMPLES).programs.values()]
    assert [one.code for one in ours if not VALIDATOR.is_valid(one.to_json())] == []


@pytest.mark.parametrize("row", MALFORMED, ids=[str(row[0])[:40] for row in MALFORMED])
def test_the_schema_refuses_what_the_parser_refuses(row: tuple[Any, str, str, str]) -> None:
    deep = "levels deep" in row[2]  # the one thing that a schema cannot count
    assert VALIDATOR.is_valid(with_rule(row[0])) is deep


@pytest.mark.parametrize("row", MALFORMED_CONSTRAINTS, ids=[str(row[0])[:40] for row in MALFORMED_CONSTRAINTS])
def test_the_schema_refuses_the_constraints_that_the_parser_refuses(row: tuple[Any, str, str, str]) -> None:
    assert not VALIDATOR.is_valid(SPECIALIZATION.to_json() | {"constraints": row[0]})


_STRANGE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2,
    31,
    2.5,
    "",
    "a",
    "A",
    "P2Y",
    "P0D",
    "70.5",
    "-3",
    [],
    {},
    ["en"],
]
_KEYS = ["all_of", "n_of", "of", "course", "capstone", "program", "version", "fee_paid", "minimum_grade", "offf"]


def mutated(data: Any, choose: random.Random) -> Any:
    """One thing somewhere in it is changed, taken out, put in or doubled."""
    data = copy.deepcopy(data)
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)):
            places.append((value, key))
            if isinstance(value[key], dict | list):
                walk(value[key])

    for key in ("rule", "constraints"):
        places.append((data, key))
        if isinstance(data[key], dict | list):
            walk(data[key])
    holder, key = choose.choice(places)
    match choose.randrange(5):
        case 0:
            holder[key] = choose.choice(_STRANGE)
        case 1 if isinstance(holder, dict) and holder is not data:
            holder[choose.choice(_KEYS)] = choose.choice([*_STRANGE, [{"course": "z"}]])
        case 2 if isinstance(holder, dict) and holder is not data:
            del holder[key]
        case 3 if isinstance(holder, list):
            holder.append(copy.deepcopy(choose.choice(holder)))
        case _ if isinstance(holder[key], int) and not isinstance(holder[key], bool):
            holder[key] += choose.choice([-2, -1, 1, 2, 40])
    return data


@tried_often()
@given(programs(), st.integers(0, 2**32))
def test_parser_and_schema_agree_on_every_rule(made: tuple[Catalogue, Program], seed: int) -> None:
    """Twelve broken ones of each: thousands in every run of the suite."""
    sound = made[1].to_json()
    assert VALIDATOR.is_valid(sound)
    assert Program.from_json(json.loads(json.dumps(sound))) == made[1]
    choose = random.Random(seed)
    for times in range(12):
        data = mutated(sound, choose)
        for _ in range(times % 3):
            data = mutated(data, choose)
        assert VALIDATOR.is_valid(data) == parses(data), json.dumps(data)
