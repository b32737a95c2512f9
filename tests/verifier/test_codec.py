"""Reports survive the way from a worker to the service exactly, and nothing else is taken for one."""

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.messages import Message
from tests.simulators import World
from tests.vc.samples import NOW, SoftSigner, specialization
from verifier import Policy, verify
from verifier.codec import NotOurs, decoded, encoded
from verifier.config import Settings
from verifier.issuer_lists import Source
from verifier.report import Check, Facts, Outcome, Report

zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=11))])
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["\ud800", "{", "$type"])
    | st.binary(max_size=20)
    | st.dates()
    | st.datetimes(timezones=zones)
    | st.decimals(-10_000, 10_000, places=2)
)
names = st.sampled_from(["a", "b", "who", "date", "$type"])
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["$type", ""]), inner, max_size=3)
        | st.dictionaries(names, inner, max_size=2).map(lambda params: Message("said", **params))
    ),
    max_leaves=8,
)
messages = st.dictionaries(names, values, max_size=3).map(lambda params: Message("It says {{so}}.", **params))


@cache
def any_of(kind: type) -> st.SearchStrategy[Any]:
    """Values of a dataclass, every field by its annotation: a new field is tried without a line here."""
    return st.deferred(lambda: _built(kind))


def _built(kind: type) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: _of(hint) for name, hint in get_type_hints(kind).items()})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if hint is Any:
        return values
    if hint is Message:
        return messages
    if hint is datetime:
        return st.datetimes(timezones=zones)
    if hint is Report:  # within a report: one without such within
        return st.lists(any_of(Check), max_size=2).map(lambda checks: Report(tuple(checks)))
    if is_dataclass(hint) and isinstance(hint, type):
        return any_of(hint)
    arguments = get_args(hint)
    if "Mapping" in str(hint) or str(hint).startswith("dict"):
        return st.dictionaries(st.text(max_size=5), _of(arguments[1]), max_size=2)
    if str(hint).startswith("tuple") and arguments[1:] == (Ellipsis,):
        return st.lists(_of(arguments[0]), max_size=2).map(tuple)
    if type(None) in arguments:
        return st.one_of(*(_of(inner) for inner in arguments))
    return st.from_type(hint)


@settings(max_examples=60)
@given(any_of(Report))
def test_every_report_comes_back_as_it_was(report: Report) -> None:
    assert decoded(Report, encoded(report)) == report


@pytest.mark.parametrize("down", [False, True])
def test_real_reports(down: bool) -> None:
    world = World()
    data = world.issue(specialization(world.signer))
    world.revoke(8, "grade corrected")
    world.down = down
    report = verify(data, policy=Policy(), fetch=world, now=NOW)
    back = decoded(Report, encoded(report))
    assert back == report
    assert back.to_json() == report.to_json()


def test_settings_too() -> None:
    key = SoftSigner().public_key
    lists = (Source("a.json", content=b"{}"), Source("https://a.example", keys=(key,)))
    chosen = Settings(cache=Path("/var/cache/x"), known={"did:web:a.example": "Zoë's school"}, lists=lists)
    assert decoded(Settings, encoded(chosen)) == chosen
    assert decoded(Settings, encoded(Settings())) == Settings()


def test_what_has_no_form_is_its_text() -> None:
    check = Check("a", Outcome.PASSED, Message("{a} {b}", a={1}, b=Outcome.FAILED))
    assert decoded(Check, encoded(check)).detail == Message("{a} {b}", a="{1}", b="failed")


@dataclass(frozen=True)
class Odd:
    pair: tuple[int, str]
    many: dict[str, list[Any]] | None
    some: frozenset[str]
    day: date
    price: Decimal | None
    share: float
    deep: tuple[tuple[str, Any], ...]


def test_fields_that_reports_do_not_have_yet() -> None:
    odd = Odd(
        (1, "a"), {"a": [(1,), {"$type": b"x"}]}, frozenset("ab"), NOW.date(), Decimal("1.50"), 0.5, (("a", (1,)),)
    )
    assert decoded(Odd, encoded(odd)) == odd
    assert decoded(Odd, encoded(Odd((1, "a"), None, frozenset(), NOW.date(), None, 1, ()))).many is None


WELL = json.loads(encoded(Report((Check("a", Outcome.PASSED, Message("b")),), checked_at=NOW)))


@pytest.mark.parametrize(
    "changes",
    [
        {"checks": None},
        {"checks": [1]},
        {"checks": [{"name": "a"}]},
        {"checks": [{**WELL["checks"][0], "outcome": "splendid"}]},
        {"checks": [{**WELL["checks"][0], "detail": "text"}]},
        {"checks": [{**WELL["checks"][0], "detail": ["{missing}", {}]}]},
        {"checks": [{**WELL["checks"][0], "detail": ["{a.__class__}{b}", {"a": 1}]}]},
        {"checks": [{**WELL["checks"][0], "detail": ["{a:>9999999999}", {"a": 1}]}]},
        {"checks": [{**WELL["checks"][0], "detail": ["{a[0]}", {"a": [1]}]}]},
        {"checks": [{**WELL["checks"][0], "detail": ["a", {"x": {"$type": "Decimal", "": "1E+999999"}}]}]},
        {"checks": [{**WELL["checks"][0], "detail": ["a", {"x": {"$type": "Path2", "": "a"}}]}]},
        {"checks": [{**WELL["checks"][0], "detail": ["a", {"x": {"$type": "bytes", "": 1}}]}]},
        {"checks": [{**WELL["checks"][0], "name": 1}]},
        {"checked_at": "yesterday"},
        {"facts": 7},
        {"container": None},
        {"more": 1},
    ],
)
def test_anything_else_is_not_a_report(changes: dict[str, Any]) -> None:
    assert decoded(Report, json.dumps(WELL).encode())
    with pytest.raises(NotOurs):
        decoded(Report, json.dumps(WELL | changes).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b"\x80\x04K\x01."])
def test_nor_are_other_bytes(data: bytes) -> None:
    with pytest.raises(NotOurs):
        decoded(Report, data)


def test_every_field_of_a_report_is_of_a_type_that_can_be_read() -> None:
    assert {field.name for field in fields(Facts)} == set(json.loads(encoded(_facts()))["facts"])


def _facts() -> Report:
    world = World()
    return verify(world.issue(specialization(world.signer)), policy=Policy(), fetch=world, now=NOW)
