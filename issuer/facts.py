"""What happened: completions of courses and enrolments in programs, as their sources told them. Append-only.

A fact is never changed; a correction is a newer fact with the same `key`, and `current` tells which one holds.
`id` names the content: the same completion delivered twice, by two files on two days, has one id.
Names are kept exactly as they were given: nothing is trimmed, folded or normalized.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from templates.messages import Message

Outcome = Literal["passed", "failed", "in_progress"]

# Letters by their category, and nothing to see: Hangul fillers and the empty Braille cell.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# What templates of other systems leave where a name was missing (seen on real certificates).
_PLACEHOLDERS = frozenset({"undefined", "undefined undefined", "null null", "None None", "[object Object]"})


class FactError(ValueError):
    """What was told cannot be a fact. `message` says why; `field` is the member that is wrong."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True)
class Completion:
    """One learner's attempt at one course in one session. `completed_on`: the day it was passed (or failed);
    `recorded_at`: when we were told, an aware datetime. Raises `FactError` when it cannot be true."""

    learner: str
    name: str
    email: str
    course: str
    session: str
    language: str
    outcome: Outcome
    grade: Decimal | None
    completed_on: date | None
    identity_verified: bool
    fee_paid: bool
    narrative: str | None
    source: str
    recorded_at: datetime

    def __post_init__(self) -> None:
        _check(self.learner, self.name, self.recorded_at)
        if self.outcome == "passed" and self.completed_on is None:
            raise FactError("completed_on", Message("A passed course needs the day on which it was completed"))

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.learner, self.course, self.session)

    @property
    def earns_certificate(self) -> bool:
        """A Course Certificate is issued for a completion that is passed, identity-verified and paid (F7, F9)."""
        return self.outcome == "passed" and self.identity_verified and self.fee_paid

    @cached_property
    def id(self) -> str:
        return "c-" + _digest(
            {
                "learner": self.learner,
                "name": self.name,
                "email": self.email,
                "course": self.course,
                "session": self.session,
                "language": self.language,
                "outcome": self.outcome,
                "grade": None if self.grade is None else plain(self.grade),
                "completed_on": None if self.completed_on is None else self.completed_on.isoformat(),
                "identity_verified": self.identity_verified,
                "fee_paid": self.fee_paid,
                "narrative": self.narrative,
            }
        )


@dataclass(frozen=True)
class Enrolment:
    """A learner joined a program. `fee_paid`: the program's own fee (F11). It does not enrol in any course (F3)."""

    learner: str
    name: str
    email: str
    program: str
    enrolled_on: date
    fee_paid: bool
    source: str
    recorded_at: datetime

    def __post_init__(self) -> None:
        _check(self.learner, self.name, self.recorded_at)

    @property
    def key(self) -> tuple[str, str]:
        return (self.learner, self.program)

    @cached_property
    def id(self) -> str:
        return "e-" + _digest(
            {
                "learner": self.learner,
                "name": self.name,
                "email": self.email,
                "program": self.program,
                "enrolled_on": self.enrolled_on.isoformat(),
                "fee_paid": self.fee_paid,
            }
        )


Fact = Completion | Enrolment


def current(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that hold: of each key the latest by (recorded_at, id), in the order of their keys.

    Order and repetition of `facts` change nothing; a correction wins by being recorded later."""
    held: dict[tuple[str, ...], tuple[datetime, str, Fact]] = {}
    for fact in facts:
        rival = held.get(fact.key)
        if rival is None or (fact.recorded_at, fact.id) > rival[:2]:
            held[fact.key] = (fact.recorded_at, fact.id, fact)
    return tuple(held[key][2] for key in sorted(held))


def name_problem(name: str) -> Message | None:
    """Why this cannot be printed as a person's name, or None. One character is a name; so is any script."""
    if not any(unicodedata.category(c)[0] not in "ZC" and c not in _INVISIBLE for c in name):
        return Message("The name is empty")
    if name in _PLACEHOLDERS:
        return Message("“{name}” stands where a name was missing", name=name)
    for c in name:
        # Control characters, line and paragraph separators, lone surrogates, noncharacters: no certificate,
        # page or signature can hold them as they are, and changing them is not ours to do.
        if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or ord(c) & 0xFFFE == 0xFFFE:
            return Message("The name holds a character that cannot be printed: {code}", code=f"U+{ord(c):04X}")
    return None


def plain(number: Decimal) -> str:
    """`95`, `95.0` and `95.00` are one number and have one spelling."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def canonical_json(data: Mapping[str, Any]) -> bytes:
    """UTF-8 with sorted keys and no white space: the same content is always the same bytes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()[:32]


def _check(learner: str, name: str, recorded_at: datetime) -> None:
    if not learner.strip():
        raise FactError("learner", Message("The learner's id is empty"))
    if problem := name_problem(name):
        raise FactError("name", problem)
    if recorded_at.tzinfo is None:
        raise FactError("recorded_at", Message("The time of recording needs a time zone"))
