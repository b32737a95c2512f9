"""What Open Badges 3.0 says in prose, where no schema can: recipients, results, rubrics, ids."""

from typing import Any

import pytest

from tests.vc.full_samples import HOST, sample, under_vcdm_1
from tests.vc.schema_walk import put
from vc.errors import MalformedValue, RangeError, ShapeError
from vc.openbadges import check_structure

SAMPLE = sample("achievement-credential")
SUBJECT = ("credentialSubject",)
RESULT = (*SUBJECT, "result")
DESCRIPTION = (*SUBJECT, "achievement", "resultDescription")
ID = f"{HOST}/achievements/1"


@pytest.mark.parametrize(
    ("path", "value", "error", "match"),
    [
        (("issuer",), "did:example:a", ShapeError, "^issuer must be an object, not 'did:example:a'"),
        ((*SUBJECT, "achievement", "criteria"), {}, ShapeError, "criteria has neither an id nor a narrative"),
        ((*RESULT, 0, "resultDescription"), f"{ID}#no", ShapeError, r"result\[0\] is of .*#no, which the achievement"),
        ((*RESULT, 0, "achievedLevel"), f"{ID}#no", ShapeError, r"result\[0\]\.achievedLevel is .*#no, which is no "),
        ((*RESULT, 1, "achievedLevel"), f"{ID}#good", ShapeError, r"result\[1\]\.achievedLevel is .*, which is no rub"),
        ((*RESULT, 1, "value"), "51", RangeError, r"result\[1\]\.value is 51, which is none of the allowed"),
        ((*RESULT, 2), {"type": "Result", "resultDescription": f"{ID}#status"}, ShapeError, r"result\[2\]\.status is"),
        ((*DESCRIPTION, 0, "requiredLevel"), f"{ID}#no", ShapeError, r"\[0\]\.requiredLevel is .*, which is no rub"),
        ((*DESCRIPTION, 1, "requiredLevel"), f"{ID}#good", ShapeError, r"\[1\]\.requiredLevel is .*, which is no rub"),
        ((*DESCRIPTION, 1, "requiredValue"), "51", RangeError, r"requiredValue is 51, which is none of the allowed"),
        ((*DESCRIPTION, 1, "valueMin"), "100.5", RangeError, r"\[1\]: valueMax is less than valueMin"),
        ((*DESCRIPTION, 1, "id"), f"{ID}#rubric", ShapeError, r"\[1\] has the id .*#rubric a second time"),
        ((*DESCRIPTION, 1, "id"), f"{ID}#good", ShapeError, r"\[1\] has the id .*#good a second time"),
        (("evidence",), [{"id": "urn:x:y", "type": "Evidence"}] * 2, ShapeError, r"^evidence\[1\] has the same id"),
    ],
)  # fmt: skip
def test_prose(path: tuple[str | int, ...], value: Any, error: type[MalformedValue], match: str) -> None:
    for document in (SAMPLE, under_vcdm_1(SAMPLE)):
        with pytest.raises(error, match=match):
            check_structure(put(document, path, value))


@pytest.mark.parametrize(
    ("value", "low", "high", "match"),
    [
        ("85", "0", "100", None),
        ("85%", "0%", "100 %", None),
        ("3.70", "1.0", "4", None),
        ("0", "0", None, None),
        ("B", "F", "A", None),  # letters have no order that we know
        ("B", None, None, None),
        ("-1", "0", "100", "is -1, which is beyond valueMin, 0"),
        ("100.01", "0", "100", "is 100.01, which is beyond valueMax, 100"),
        ("A", "0", "100", "is A, which is no number; valueMin is one"),
        ("NaN", "0", "100", "is NaN, which is no number"),
        ("1e999999999", "0", "100", "beyond valueMax"),
        ("1" * 5000, "0", "100", "which is no number"),
    ],
)
def test_a_value_lies_within_its_bounds(value: str, low: str | None, high: str | None, match: str | None) -> None:
    described = {"id": f"{ID}#grade", "type": "ResultDescription", "name": "Grade", "resultType": "ext:Grade"}
    bounds = {name: bound for name, bound in (("valueMin", low), ("valueMax", high)) if bound is not None}
    document = put(SAMPLE, DESCRIPTION, [described | bounds])
    result = {"type": "Result", "resultDescription": f"{ID}#grade", "value": value}
    document = put(document, RESULT, [result])
    if match is None:
        check_structure(document)
    else:
        with pytest.raises(RangeError, match=match):
            check_structure(document)


def test_a_result_without_description_may_name_any_level_of_the_achievement() -> None:
    check_structure(put(SAMPLE, RESULT, {"type": "Result", "achievedLevel": f"{ID}#good"}))
    with pytest.raises(ShapeError, match="which is no rubric level"):
        check_structure(put(SAMPLE, RESULT, {"type": "Result", "achievedLevel": f"{ID}#no"}))


def test_somebody_is_awarded() -> None:
    subject = {name: value for name, value in SAMPLE["credentialSubject"].items() if name not in ("id", "identifier")}
    with pytest.raises(ShapeError, match="awarded to nobody"):
        check_structure(SAMPLE | {"credentialSubject": subject | {"identifier": []}})
    check_structure(SAMPLE | {"credentialSubject": subject | {"id": "did:example:a"}})
