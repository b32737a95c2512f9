"""Facts: what names them, which of several holds, and what cannot be one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from issuer.facts import FactError, current, name_problem
from tests.issuer.domain import RECORDED, done, enrolled


def test_the_id_names_the_content_and_not_its_telling() -> None:
    fact = done("models")
    assert fact.id == "c-" + fact.id[2:]
    assert len(fact.id) == 34
    assert replace(fact, source="elsewhere", recorded_at=RECORDED + timedelta(days=9)).id == fact.id
    assert replace(fact, grade=Decimal("90.00")).id == fact.id, "90 and 90.00 are one grade"


@pytest.mark.parametrize(
    "change",
    [
        {"learner": "ben"},
        {"name": "Ana  Invenira"},
        {"email": ""},
        {"course": "toolbox"},
        {"session": "x"},
        {"language": "zh"},
        {"outcome": "failed"},
        {"grade": Decimal(91)},
        {"grade": None},
        {"completed_on": RECORDED.date()},
        {"identity_verified": False},
        {"fee_paid": False},
        {"narrative": "Built an app"},
    ],
)
def test_the_id_changes_with_every_member_of_the_content(change: dict[str, Any]) -> None:
    assert replace(done("models"), **change).id != done("models").id


def test_the_id_stays_what_it_was() -> None:
    """It is stored and referred to: a change of it would forget every certificate that was revoked."""
    assert done("models").id == "c-ead929bc52e05fea318b4d1f28a233b3"
    assert enrolled("computing").id == "e-b5521675e1830707c82a01695f4fae03"


def test_enrolments_are_named_alike() -> None:
    fact = enrolled("computing")
    assert fact.id.startswith("e-")
    assert fact.key == ("ana", "computing")
    assert replace(fact, source="elsewhere").id == fact.id
    assert replace(fact, fee_paid=False).id != fact.id


def test_of_each_key_the_latest_recorded_holds() -> None:
    first = done("models", outcome="failed")
    second = done("models", recorded_at=RECORDED + timedelta(seconds=1))
    other = done("models", session="05-en")
    assert current([second, first, other, first]) == current([other, first, second]) == (second, other)


def test_recorded_in_the_same_moment_the_greater_id_holds() -> None:
    one, two = done("models"), done("models", grade=Decimal(95))
    assert current([one, two]) == current([two, one]) == (max(one, two, key=lambda fact: fact.id),)


def test_a_passed_course_needs_its_day() -> None:
    with pytest.raises(FactError, match="completed_on"):
        done("models", completed_on=None)
    assert done("models", outcome="failed", completed_on=None).completed_on is None


def test_a_fact_needs_a_learner_and_a_time_zone() -> None:
    with pytest.raises(FactError, match="learner"):
        done("models", learner=" ")
    with pytest.raises(FactError, match="recorded_at"):
        enrolled("computing", recorded_at=datetime(2026, 1, 1))
    assert enrolled("computing", recorded_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ana\nInvenira", "U+000A"),
        ("Ana\x00", "U+0000"),
        ("Ana\u2028", "U+2028"),
        ("Ana\ufffe", "U+FFFE"),
        ("Ana\U0001ffff", "U+1FFFF"),
        ("Ana\ud800", "U+D800"),
        ("undefined undefined", "stands where a name was missing"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused(name: str, words: str) -> None:
    assert words in str(name_problem(name))


@pytest.mark.parametrize(
    "name",
    [
        "O",
        "李",
        "Null",
        "Ana-María d’Inventé Ⅲ",
        "क्\u200dष",  # a joiner inside is part of the spelling
        "\u200fמרים",
        "ᄒ" + "ᅡ" + "ᆫ",
        "😀",
    ],
)
def test_a_name_of_any_script_and_length_is_a_name(name: str) -> None:
    assert name_problem(name) is None


def test_what_earns_a_course_certificate() -> None:
    assert done("models").earns_certificate
    for change in ({"outcome": "failed"}, {"identity_verified": False}, {"fee_paid": False}):
        assert not done("models", **change).earns_certificate
