"""What happened: completions of courses and enrolments in programs, as their sources told them. Append-only.

A fact is never changed; a correction is a newer fact with the same `key`, and `current` tells which one holds. Taking
one back is a newer fact too: an outcome `withdrawn`. `id` names the content: the same completion delivered twice, by
two files on two days, has one id. A source that knows since when its statement is true says so in `as_of`; then what
it said arrives late or out of order without harm, and a value that is restored is a new fact.
Names are kept exactly as they were given: nothing is trimmed, folded or normalized.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Literal

from templates.messages import Message

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

Outcome = Literal["passed", "failed", "in_progress", "withdrawn"]

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
    `recorded_at`: when we were told, `as_of`: since when its source says so (None: it did not tell), both aware
    datetimes. The outcome `withdrawn` takes back what was said about the attempt. Raises `FactError` when it cannot be
    true."""

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
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        _check(self.learner, self.name, self.recorded_at, self.as_of)
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
            | _dated(self.as_of)
        )

    @property
    def withdrawn(self) -> bool:
        return self.outcome == "withdrawn"


@dataclass(frozen=True)
class Enrolment:
    """A learner joined a program. `fee_paid`: the program's own fee (F11). It does not enrol in any course (F3).
    `as_of` and `withdrawn` as in `Completion`."""

    learner: str
    name: str
    email: str
    program: str
    enrolled_on: date
    fee_paid: bool
    source: str
    recorded_at: datetime
    as_of: datetime | None = None
    withdrawn: bool = False

    def __post_init__(self) -> None:
        _check(self.learner, self.name, self.recorded_at, self.as_of)

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
            | _dated(self.as_of)
            | ({"withdrawn": True} if self.withdrawn else {})
        )


Fact = Completion | Enrolment


def current(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that hold: of each key the latest, in the order of their keys, without those that were taken back.

    The latest is the one that is true since the latest moment: the source's own where it told it, else that of
    recording. Order and repetition of `facts` change nothing."""
    held: dict[tuple[str, ...], tuple[tuple[datetime, datetime, str], Fact]] = {}
    for fact in facts:
        place = (fact.as_of or fact.recorded_at, fact.recorded_at, fact.id)
        rival = held.get(fact.key)
        if rival is None or place > rival[0]:
            held[fact.key] = (place, fact)
    return tuple(held[key][1] for key in sorted(held) if not held[key][1].withdrawn)


@lru_cache(maxsize=1024)  # the rows of one learner stand beside each other
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
    return _CANONICAL.encode(data).encode()


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()[:32]


def _dated(as_of: datetime | None) -> dict[str, str]:
    """Nothing for a fact without it: its id stays what it was before sources could tell."""
    return {} if as_of is None else {"as_of": as_of.astimezone(UTC).isoformat()}


def _check(learner: str, name: str, recorded_at: datetime, as_of: datetime | None) -> None:
    if not learner.strip():
        raise FactError("learner", Message("The learner's id is empty"))
    if problem := name_problem(name):
        raise FactError("name", problem)
    if recorded_at.tzinfo is None:
        raise FactError("recorded_at", Message("The time of recording needs a time zone"))
    if as_of is not None and as_of.tzinfo is None:
        raise FactError("as_of", Message("The time since when it is true needs a time zone"))
