"""Open edX's certificate events become completions, in both of their envelopes."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from issuer.facts import Completion
from tests.issuer.exports import COURSE, COURSE_KEY, complaints, file, load, mapped, only

EVENT: dict[str, Any] = json.loads(file("openedx-cloudevent.json"))


def event(*, time: str = EVENT["time"], kind: str = "created", **certificate: Any) -> dict[str, Any]:
    told = EVENT["data"]["certificate"] | certificate
    return EVENT | {
        "type": f"org.openedx.learning.certificate.{kind}.v1",
        "time": time,
        "data": {"certificate": told},
    }


def read(*events: Any, **options: Any) -> Any:
    return load("openedx", json.dumps(list(events)), **options)


def test_an_event_of_the_event_bus_becomes_a_completion() -> None:
    fact = only(load("openedx", file("openedx-cloudevent.json"), mapped(courses={COURSE_KEY: COURSE})))
    assert fact == Completion(
        learner="zoe",
        name="Zoë Ünlü-Beispiel",
        email="zoe@example.org",
        course="toolbox",
        session="03-en",
        language="en",
        outcome="passed",
        grade=Decimal(93),
        completed_on=date(2026, 3, 20),
        identity_verified=True,
        fee_paid=True,
        narrative=None,
        source="export",
        recorded_at=fact.recorded_at,
        as_of=datetime(2026, 3, 20, 9, 15, 0, 123456, UTC),
    )


def test_what_a_webhook_plugin_posts_is_the_same_event_in_another_envelope() -> None:
    fact = only(load("openedx", file("openedx-plugin.json")))
    assert (fact.outcome, fact.grade) == ("failed", Decimal(40))
    assert fact.as_of == datetime(2026, 3, 25, 20, 24, 32, 598387, UTC), "without a zone it is UTC"


def test_an_event_without_envelope_data_is_read_as_avro_has_it() -> None:
    flat = {name: value for name, value in EVENT.items() if name != "data"} | EVENT["data"]
    assert only(read(flat)).learner == "zoe"


@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("created", "downloadable", "passed"),
        ("changed", "generating", "passed"),
        ("changed", "audit_passing", "passed"),
        ("changed", "notpassing", "failed"),
        ("changed", "audit_notpassing", "failed"),
        ("changed", "unverified", "withdrawn"),
        ("revoked", "notpassing", "failed"),
        ("revoked", "unavailable", "withdrawn"),
        ("revoked", "unverified", "withdrawn"),
        ("revoked", "downloadable", "withdrawn"),
        ("revoked", "something new", "withdrawn"),
    ],
)
def test_the_outcome_follows_from_the_certificates_status(kind: str, status: str, outcome: str) -> None:
    fact = only(read(event(kind=kind, current_status=status)))
    assert fact.outcome == outcome
    assert fact.completed_on == (None if outcome == "withdrawn" else date(2026, 3, 28)), "the mapping's day"


@pytest.mark.parametrize(
    ("mode", "verified", "paid"),
    [
        ("verified", True, True),
        ("professional", True, True),
        ("no-id-professional", False, True),
        ("honor", False, False),
        ("audit", False, False),
    ],
)
def test_the_mode_says_who_paid_and_was_verified(mode: str, verified: bool, paid: bool) -> None:
    fact = only(read(event(mode=mode)))
    assert (fact.identity_verified, fact.fee_paid) == (verified, paid)


def test_another_mode_is_said_by_the_mapping_and_never_guessed() -> None:
    told = event(mode="paid-bootcamp")
    assert complaints(read(told)) == [
        (
            "row 1, column mode",
            "The mode of enrolment “paid-bootcamp” is not known",
            "Add to the mapping: [modes.paid-bootcamp] identity_verified, fee_paid",
        )
    ]
    modes = {"paid-bootcamp": {"identity_verified": False, "fee_paid": True}}
    assert only(read(told, told=mapped(modes=modes))).fee_paid is True


def test_a_course_that_the_mapping_does_not_know_is_refused_and_stops_no_other() -> None:
    report = read(event(course={"course_key": "course-v1:X+Y+Z"}), event())
    assert complaints(report) == [
        (
            "row 1, column course",
            "The mapping does not say what the course “course-v1:X+Y+Z” is here",
            'Add to the mapping: [courses."course-v1:X+Y+Z"] course, session, language',
        )
    ]
    assert len(report.facts) == 1


def test_the_learner_is_the_one_that_the_mapping_wants() -> None:
    assert only(read(event(), told=mapped(learner="id", learner_prefix="edx-"))).learner == "edx-42"
    assert only(read(event(), told=mapped(learner="email"))).learner == "zoe@example.org"
    where, message, hint = complaints(read(event(), told=mapped(learner="nickname")))[0]
    assert (where, message) == (
        "row 1, column learner",
        "The export does not say learner, and neither does the mapping",
    )
    assert hint == 'Add to the mapping: learner = "username", "id" or "email"'


def test_the_name_is_the_certificates_else_the_profiles_else_none() -> None:
    assert only(read(event(name=""))).name == "Zoë Beispiel"
    user = {"id": 1, "is_active": True, "pii": {"username": "u", "email": "", "name": ""}}
    assert complaints(read(event(name="", user=user)))[0][1] == "The name is empty"


@pytest.mark.parametrize("grade", ["93", "1.01", "-0.5", "NaN", "sNaN", "1e-1", "٠", "A"])
def test_a_grade_that_is_no_part_of_one_is_refused(grade: str) -> None:
    assert complaints(read(event(grade=grade)))[0] == (
        "row 1, column grade",
        f"“{grade}” cannot be grade",
        "Write a part of 1",
    )


def test_an_event_without_a_grade_or_with_the_whole_of_it() -> None:
    assert only(read(event(grade=""))).grade is None
    assert only(read(event(grade="1.0"))).grade == 100


@pytest.mark.parametrize("time", ["", "soon", "0001-01-01T00:00:00+14:00"])
def test_an_event_that_does_not_say_when_is_refused(time: str) -> None:
    assert complaints(read(event(time=time)))[0][:2] == (
        "row 1, column time",
        "The event does not say when it was sent",
    )


def test_a_status_that_says_nothing_is_refused() -> None:
    where, message, _ = complaints(read(event(current_status="error")))[0]
    assert where == "row 1, column current_status"
    assert message == "The status of the certificate “error” says nothing about the course"


@pytest.mark.parametrize(
    "other", [event(kind="viewed"), {}, [], 7, None, "x", {"type": "org.openedx.learning.badge.awarded.v1"}]
)
def test_other_events_are_refused_row_by_row(other: Any) -> None:
    report = read(event(), other)
    assert complaints(report)[0][0] == "row 2, column type"
    assert len(report.facts) == 1


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"a": 1, "a": 2}', b"[" * 1000])
def test_what_is_no_json_is_told_once(data: bytes) -> None:
    report = load("openedx", data)
    assert report.rows == ()
    assert complaints(report)[0][0] == "the file"
    assert complaints(report)[0][2] == "Send one JSON object, or a list of them"
