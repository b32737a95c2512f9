"""Whatever is delivered in whatever order, how often ever: in the end the same facts hold."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.facts import Fact, current
from issuer.sources import SOURCES
from tests.issuer import test_canvas as canvas
from tests.issuer import test_openedx as openedx
from tests.issuer.exports import COURSE, GRADED, NOW, REPORTED, load, mapped
from tests.issuer.test_rest import COMPLETION

BEGINNING = datetime(2026, 3, 1, tzinfo=UTC)


def moment(hour: int) -> str:
    return (BEGINNING + timedelta(hours=hour)).isoformat()


def openedx_event(hour: int, learner: str, outcome: int) -> bytes:
    status = ("downloadable", "notpassing", "unavailable")[outcome]
    user = {"id": 1, "is_active": True, "pii": {"username": learner, "email": "", "name": ""}}
    kind = ("created", "changed", "revoked")[outcome]
    return json.dumps(openedx.event(time=moment(hour), kind=kind, user=user, current_status=status)).encode()


def canvas_event(hour: int, learner: str, outcome: int) -> bytes:
    progress = canvas.EVENT["body"]["progress"] | {"requirement_completed_count": 6 - outcome}
    told = canvas.event(user={"id": learner, "name": "Zoë", "email": ""}, progress=progress)
    return json.dumps(told | {"metadata": told["metadata"] | {"event_time": moment(hour)}}).encode()


def rest_record(hour: int, learner: str, outcome: int) -> bytes:
    words = ("passed", "failed", "withdrawn")
    told = COMPLETION | {"learner": learner, "outcome": words[outcome], "as_of": moment(hour)}
    return json.dumps({"completions": [told]}).encode()


def csv_row(hour: int, learner: str, outcome: int) -> bytes:
    words = ("passed", "failed", "withdrawn")
    told = COMPLETION | {"learner": learner, "outcome": words[outcome], "as_of": moment(hour)}
    cells = {name: {True: "yes", False: "no"}.get(value, value) for name, value in told.items()}
    return f"{','.join(cells)}\n{','.join(map(str, cells.values()))}\n".encode()


SENT = {"openedx": openedx_event, "canvas": canvas_event, "rest": rest_record, "csv": csv_row}
# Of one learner in one hour a source says one thing.
EVENTS = st.dictionaries(
    st.tuples(st.integers(0, 6), st.sampled_from(["ana", "zoe"])), st.integers(0, 2), min_size=1, max_size=8
)


def delivered(source: str, payloads: Iterable[bytes]) -> tuple[Any, ...]:
    """What holds after these came one by one, each a minute after the other."""
    told = mapped(courses={"565": COURSE, openedx.COURSE_KEY: COURSE}) if source in SENT else mapped()
    facts: list[Fact] = []
    for minute, payload in enumerate(payloads):
        report = load(source, payload, told, recorded_at=NOW + timedelta(minutes=minute))
        assert report.all_problems == ()
        known = {fact.id for fact in facts}
        facts += [fact for fact in report.facts if fact.id not in known]
    return tuple((fact.key, fact.id) for fact in current(facts))


@pytest.mark.parametrize("source", sorted(SENT))
@settings(max_examples=60)
@given(events=EVENTS, data=st.data())
def test_order_and_repetition_of_deliveries_change_nothing(source: str, events: Any, data: st.DataObject) -> None:
    payloads = [SENT[source](hour, learner, outcome) for (hour, learner), outcome in sorted(events.items())]
    other = data.draw(st.permutations(payloads + data.draw(st.lists(st.sampled_from(payloads), max_size=6))))
    assert delivered(source, payloads) == delivered(source, other)


@pytest.mark.parametrize(("source", "payload"), [("moodle", REPORTED), ("moodle", GRADED)])
def test_a_report_that_comes_again_is_the_same_facts(source: str, payload: bytes) -> None:
    assert delivered(source, [payload] * 3) == delivered(source, [payload])


@pytest.mark.parametrize("source", sorted(SOURCES))
@settings(max_examples=150)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_whatever_is_sent_a_report_comes_back(source: str, data: bytes) -> None:
    load(source, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def shapes(shape: Any) -> st.SearchStrategy[Any]:
    """The shape with some of its parts put to anything."""
    if isinstance(shape, dict):
        parts = st.fixed_dictionaries({name: shapes(value) for name, value in shape.items()})
    elif isinstance(shape, list):
        parts = st.tuples(*(shapes(value) for value in shape)).map(list)
    else:
        parts = st.just(shape)
    return st.one_of(parts, parts, parts, parts, JSON)


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        ("openedx", openedx.EVENT),
        ("canvas", canvas.EVENT),
        ("rest", {"completions": [COMPLETION | {"as_of": moment(1)}]}),
    ],
)
@settings(max_examples=150)
@given(data=st.data())
def test_an_event_with_anything_in_it_is_a_report_too(source: str, shape: Any, data: st.DataObject) -> None:
    load(source, json.dumps(data.draw(shapes(shape))))
