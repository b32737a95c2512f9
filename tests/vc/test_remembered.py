"""What was canonicalized once is not canonicalized again, and whatever differs by a letter is."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.vc import samples
from vc.compiled import Remembered, Shapes
from vc.context_rules import OPEN_BADGES
from vc.jsonld import CURRENT, Contents

SIGNER = samples.SoftSigner()


def course() -> dict[str, Any]:
    return samples.course(SIGNER)


class Counting(Shapes):
    """Answers with what it was asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.learnt: list[dict[str, Any]] = []

    def canonical(
        self, document: dict[str, Any], *, rule: Any, contents: Contents = CURRENT, algorithm: str = "sha256"
    ) -> bytes | None:
        self.asked.append(copy.deepcopy(document))
        return None if "unknown" in document else f"{algorithm} {document!r}".encode()

    def learn(self, document: dict[str, Any], **_: Any) -> None:
        self.learnt.append(document)


@pytest.fixture
def shapes() -> Counting:
    return Counting()


def test_the_same_text_is_asked_once(shapes: Counting) -> None:
    remembered = Remembered(shapes)
    first = remembered.canonical(course(), rule=OPEN_BADGES)
    assert remembered.canonical(copy.deepcopy(course()), rule=OPEN_BADGES) == first
    assert len(shapes.asked) == 1


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a letter": lambda one: one.update(name=one["name"] + "x"),
    "a member": lambda one: one.update(description="More."),
    "a member less": lambda one: one.pop("credentialSchema", None) or one.pop("validFrom"),
    "1 for true": lambda one: one.update(flag=1),
    "1.0 for true": lambda one: one.update(flag=1.0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_differs_is_asked_anew(shapes: Counting, change: str) -> None:
    remembered = Remembered(shapes)
    before = course() | {"flag": True}
    after = copy.deepcopy(before)
    CHANGES[change](after)
    assert remembered.canonical(before, rule=OPEN_BADGES) != remembered.canonical(after, rule=OPEN_BADGES)
    assert shapes.asked == [before, after]


def test_another_hash_another_rule_and_other_contents_are_asked_anew(shapes: Counting) -> None:
    remembered = Remembered(shapes)
    remembered.canonical(course(), rule=OPEN_BADGES)
    remembered.canonical(course(), rule=OPEN_BADGES, algorithm="sha384")
    remembered.canonical(course(), rule=copy.copy(OPEN_BADGES))
    remembered.canonical(course(), rule=OPEN_BADGES, contents=Contents({"https://a.example": "0"}))
    assert len(shapes.asked) == 4


def test_what_was_not_answered_is_asked_again_and_may_be_learnt(shapes: Counting) -> None:
    remembered = Remembered(shapes)
    document = course() | {"unknown": "x"}
    assert remembered.canonical(document, rule=OPEN_BADGES) is None
    assert remembered.canonical(document, rule=OPEN_BADGES) is None
    remembered.learn(document, rule=OPEN_BADGES)
    assert (len(shapes.asked), shapes.learnt) == (2, [document])


def test_what_has_no_text_is_asked_each_time(shapes: Counting) -> None:
    remembered = Remembered(shapes)
    for _ in range(2):
        remembered.canonical(course() | {"name": "half: \ud83c"}, rule=OPEN_BADGES)
    assert len(shapes.asked) == 2


def test_what_is_remembered_is_bounded(shapes: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.compiled.remembered.MAX_REMEMBERED", 1)
    remembered = Remembered(shapes)
    for _ in range(2):
        for name in ("one", "two"):
            remembered.canonical(course() | {"name": name}, rule=OPEN_BADGES)
    assert [one["name"] for one in shapes.asked] == ["one", "two", "two"]
