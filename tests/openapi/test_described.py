"""The issuer's OpenAPI document says of every operation what it is, what it takes and what it answers, refusals too.
Its examples are what is really answered.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.issuer.endpoints import ENDPOINTS, Operation, call, missing, operations
from tests.issuer.offices import OPERATOR, Offices

PROBLEM = "application/problem+json"

# Objects whose members are names or free: an example shows some.
FREE = frozenset({"detail", "titles", "descriptions", "rule", "constraints", "mapping"})
# What is so already is not changed again: no header is needed to repeat these.
REPEATABLE = frozenset({"POST /credentials/status"})


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    offices = Offices(tmp_path_factory.mktemp("offices"))
    yield offices
    offices.close()


@pytest.fixture(scope="module")
def all_of_them(offices: Offices) -> tuple[Operation, ...]:
    found = operations(offices)
    assert missing(found) == [], "Fill in tests/issuer/endpoints.py."
    return found


def test_each_says_what_it_is(all_of_them: tuple[Operation, ...]) -> None:
    for one in all_of_them:
        assert one.document.get("summary"), one.name
        assert one.document.get("tags"), one.name


def test_each_shows_what_it_takes(all_of_them: tuple[Operation, ...]) -> None:
    for one in all_of_them:
        for media_type, content in one.document.get("requestBody", {}).get("content", {}).items():
            assert "example" in content, (one.name, media_type)
            assert "schema" in content or "json" not in media_type, (one.name, media_type)


def good_answers(one: Operation) -> Iterator[tuple[str, Any]]:
    """(media type, content) of every documented success."""
    for status, answer in one.document["responses"].items():
        if status.startswith("2"):
            yield from answer.get("content", {}).items()


def test_each_shows_what_it_answers(all_of_them: tuple[Operation, ...]) -> None:
    for one in all_of_them:
        assert one.document["responses"][str(one.good)]["description"], one.name
        lacking = [
            media_type
            for media_type, content in good_answers(one)
            if media_type == "application/json" and not content.get("example") and len(dict(good_answers(one))) == 1
        ]
        assert lacking == [], one.name


def test_each_says_how_it_refuses(all_of_them: tuple[Operation, ...]) -> None:
    for one in all_of_them:
        wanted: set[str] = set()
        if ENDPOINTS[one.name].needs is not None:
            wanted |= {"401", "403"}
        if "organization" in one.parameters:
            wanted |= {"404", "422"}
        if one.sample()[0] and ENDPOINTS[one.name].needs is not None:
            wanted |= {"400", "413", "415"}
        lacking = [status for status in wanted if PROBLEM not in _content(one, status)]
        assert lacking == [], one.name


def _content(one: Operation, status: str) -> Any:
    return one.document["responses"].get(status, {}).get("content", {})


def test_what_changes_something_may_be_repeated(all_of_them: tuple[Operation, ...]) -> None:
    for one in all_of_them:
        if one.changes and ENDPOINTS[one.name].needs is not None and one.name not in REPEATABLE:
            assert one.takes_idempotency_key, one.name


def test_the_examples_have_the_members_of_real_answers(offices: Offices, all_of_them: tuple[Operation, ...]) -> None:
    for one in all_of_them:
        answer = call(offices, one, OPERATOR)
        media_type = answer.headers.get("content-type", "")
        shown = _content(one, str(answer.status_code)).get(media_type, {}).get("example")
        if shown is not None and "json" in media_type:
            assert list(differences(shown, answer.json())) == [], one.name


def differences(shown: Any, real: Any, path: str = "$") -> Iterator[str]:
    """Where the two have other members; of lists, the first entries are compared."""
    if isinstance(shown, dict) and isinstance(real, dict):
        for name in sorted(set(shown) ^ set(real)):
            yield f"{path}.{name} is {'only in the example' if name in shown else 'not in the example'}"
        for name in sorted((set(shown) & set(real)) - FREE):
            yield from differences(shown[name], real[name], f"{path}.{name}")
    elif isinstance(shown, list) and isinstance(real, list):
        if shown and real:
            yield from differences(shown[0], real[0], f"{path}[0]")
    elif shown is not None and real is not None and type(shown) is not type(real):
        yield f"{path} is {type(shown).__name__} in the example and {type(real).__name__} in truth"
