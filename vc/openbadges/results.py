"""Results and what they may be (Open Badges 3.0, ResultDescription, RubricCriterionLevel and Result).

A `result` points to a `resultDescription` of the same achievement, or nobody can tell what it is of. The description
says what is possible (`allowedValue`, `valueMin` to `valueMax`, rubric levels) and what is required; what was achieved
must be possible. Whether it is enough is not a matter of form, so it is not looked at.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from vc.errors import RangeError, ShapeError
from vc.values import inside, many, missing

# ResultType whose results are of a status, and of nothing else.
_STATUS = "Status"

# Longer digits are no grade; `Decimal` would take its time over them.
MAX_DIGITS = 40


def check_descriptions(achievement: dict[str, Any], where: str) -> None:
    """Raises `ShapeError` or `RangeError`."""
    seen: set[str] = set()
    for place, description in _descriptions(achievement, where):
        levels = _levels(description)
        for id_ in (description["id"], *levels):
            if id_ in seen:
                raise ShapeError("{where} has the id {id} a second time.", where=place, id=id_)
            seen.add(id_)
        low, high = _number(description.get("valueMin")), _number(description.get("valueMax"))
        if low is not None and high is not None and high < low:
            raise RangeError("{where}: valueMax is less than valueMin.", where=place)
        if "requiredLevel" in description and description["requiredLevel"] not in levels:
            raise _no_level(inside(place, "requiredLevel"), description["requiredLevel"])
        if "requiredValue" in description:
            _check_value(description["requiredValue"], description, inside(place, "requiredValue"))


def check_results(subject: dict[str, Any], where: str) -> None:
    """Raises `ShapeError` or `RangeError`. The achievement has passed `check_descriptions`."""
    described = {entry["id"]: entry for _, entry in _descriptions(subject["achievement"], where)}
    for index, result in enumerate(many(subject.get("result"))):
        place = inside(inside(where, "result"), index)
        target = result.get("resultDescription")
        if target is not None and target not in described:
            raise ShapeError(
                "{where} is of {target}, which the achievement does not describe.", where=place, target=target
            )
        linked = list(described.values()) if target is None else [described[target]]
        if "achievedLevel" in result and not any(result["achievedLevel"] in _levels(entry) for entry in linked):
            raise _no_level(inside(place, "achievedLevel"), result["achievedLevel"])
        if target is not None:
            _check_linked(result, described[target], place)


def _check_linked(result: dict[str, Any], description: dict[str, Any], where: str) -> None:
    if description["resultType"] == _STATUS and "status" not in result:
        raise missing(inside(where, "status"))
    if "value" in result:
        _check_value(result["value"], description, inside(where, "value"))


def _check_value(value: str, description: dict[str, Any], where: str) -> None:
    allowed = many(description.get("allowedValue"))
    if allowed and value not in allowed:
        raise RangeError("{where} is {value}, which is none of the allowed values.", where=where, value=value)
    number = _number(value)
    for name in ("valueMin", "valueMax"):
        bound = _number(description.get(name))
        if bound is None:
            continue
        if number is None:
            raise RangeError(
                "{where} is {value}, which is no number; {name} is one.", where=where, value=value, name=name
            )
        if number < bound if name == "valueMin" else number > bound:
            raise RangeError(
                "{where} is {value}, which is beyond {name}, {bound}.",
                where=where,
                value=value,
                name=name,
                bound=description[name],
            )


def _descriptions(achievement: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, description in enumerate(many(achievement.get("resultDescription"))):
        yield inside(inside(where, "resultDescription"), index), description


def _levels(description: dict[str, Any]) -> list[str]:
    return [level["id"] for level in many(description.get("rubricCriterionLevel"))]


def _no_level(where: str, value: str) -> ShapeError:
    return ShapeError(
        "{where} is {value}, which is no rubric level of the result's description.", where=where, value=value
    )


def _number(value: str | None) -> Decimal | None:
    """A value as a number, when it is one: "91", "3.5", "85%"; not "A"."""
    if value is None or len(value) > MAX_DIGITS:
        return None
    try:
        number = Decimal(value.strip().removesuffix("%").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
