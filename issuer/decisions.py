"""What was decided, and why: data that can be stored, compared byte for byte, and shown in any language.

A `Decision` comes from `issuer.eligibility.decide`. The same facts give the same `canonical()` bytes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from issuer.facts import canonical_json, plain
from templates.messages import Message

DecisionOutcome = Literal["eligible", "not_eligible", "not_active"]
RequirementKind = Literal["course", "capstone", "program_fee"]

# What a decision's messages hold as values.
_Value = str | int | date | Message | tuple["_Value", ...]


@dataclass(frozen=True)
class Reason:
    """`code` is for machines and stays; `message` is for people."""

    code: str
    message: Message

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": message_to_json(self.message)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reason":
        return cls(data["code"], message_from_json(data["message"]))


@dataclass(frozen=True)
class Choice:
    """An `n_of` of the rule: any `needed` of its `of` options. `id` is its place in the rule, nested programs unfolded
    ("1" is the whole rule, "1.2" its second child); `option` counts from 1."""

    id: str
    needed: int
    of: int
    option: int

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "needed": self.needed, "of": self.of, "option": self.option}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Choice":
        return cls(data["id"], data["needed"], data["of"], data["option"])


@dataclass(frozen=True)
class Requirement:
    """One line of the program. `fact` is the id of the certificate (for `program_fee`: of the enrolment) that
    meets it; None when unmet. `code` is the course's, or the program's for its fee. `needed` is False where other
    options of a choice suffice, or are nearer: then nothing about it is missing, and no award binds it. `choice`: the
    innermost one that it stands under, and which option of it it belongs to."""

    code: str
    kind: RequirementKind
    met: bool
    fact: str | None
    reasons: tuple[Reason, ...]
    needed: bool = True
    choice: Choice | None = None

    def to_json(self) -> dict[str, Any]:
        """What has its default is left out, so that decisions of programs without choices are the bytes they were."""
        data: dict[str, Any] = {
            "code": self.code,
            "kind": self.kind,
            "met": self.met,
            "fact": self.fact,
            "reasons": [reason.to_json() for reason in self.reasons],
        }
        if not self.needed:
            data["needed"] = False
        if self.choice is not None:
            data["choice"] = self.choice.to_json()
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Requirement":
        return cls(
            code=data["code"],
            kind=data["kind"],
            met=data["met"],
            fact=data["fact"],
            reasons=tuple(Reason.from_json(reason) for reason in data["reasons"]),
            needed=data.get("needed", True),
            choice=Choice.from_json(data["choice"]) if "choice" in data else None,
        )


@dataclass(frozen=True)
class Decision:
    """The outcome for one learner and one program version on one day.

    `language`: the language of the award; for `not_eligible`, of the shortest way; None where there is no single
    one. `other_languages`: further languages that are complete too. `remaining`: dollars still to pay.
    `shortest`: what is done and what is missing, None when nothing is. `notes`: reasons that belong to no single
    requirement. `holds_until`: the last day for which the same facts give the same decision; None when time alone
    changes nothing."""

    learner: str
    program: str
    version: int
    outcome: DecisionOutcome
    language: str | None
    other_languages: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    remaining: Decimal
    shortest: Message | None
    on: date
    notes: tuple[Reason, ...] = ()
    holds_until: date | None = None

    @property
    def eligible(self) -> bool:
        return self.outcome == "eligible"

    @property
    def parts(self) -> tuple[Requirement, ...]:
        """What a certificate binds: the courses and capstones that are needed, in the program's order."""
        return tuple(one for one in self.requirements if one.kind != "program_fee" and one.needed)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the facts used, in the order of the requirements, each once."""
        return tuple(dict.fromkeys(one.fact for one in self.requirements if one.fact is not None and one.needed))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All of them: first those of the whole, then requirement by requirement."""
        return self.notes + tuple(reason for one in self.requirements for reason in one.reasons)

    def agrees_with(self, other: "Decision") -> bool:
        """Whether both say the same, on whatever day each was made and however long it holds."""
        return replace(self, on=other.on, holds_until=other.holds_until).canonical() == other.canonical()

    def to_json(self) -> dict[str, Any]:
        """Without `holds_until` it is said to hold for its own day: so are decisions from before there was one."""
        data: dict[str, Any] = {
            "learner": self.learner,
            "program": self.program,
            "version": self.version,
            "outcome": self.outcome,
            "language": self.language,
            "other_languages": list(self.other_languages),
            "requirements": [one.to_json() for one in self.requirements],
            "remaining": plain(self.remaining),
            "shortest": None if self.shortest is None else message_to_json(self.shortest),
            "on": self.on.isoformat(),
            "notes": [note.to_json() for note in self.notes],
        }
        if self.holds_until != self.on:
            data["holds_until"] = None if self.holds_until is None else self.holds_until.isoformat()
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Decision":
        held = data.get("holds_until", data["on"])
        return cls(
            learner=data["learner"],
            program=data["program"],
            version=data["version"],
            outcome=data["outcome"],
            language=data["language"],
            other_languages=tuple(data["other_languages"]),
            requirements=tuple(Requirement.from_json(one) for one in data["requirements"]),
            remaining=Decimal(data["remaining"]),
            shortest=None if data["shortest"] is None else message_from_json(data["shortest"]),
            on=date.fromisoformat(data["on"]),
            notes=tuple(Reason.from_json(note) for note in data["notes"]),
            holds_until=None if held is None else date.fromisoformat(held),
        )

    def canonical(self) -> bytes:
        """The bytes that are stored and compared when the decision is replayed."""
        return canonical_json(self.to_json())

    @property
    def digest(self) -> str:
        """SHA-256 of `canonical()`, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def said_in(canonical: bytes) -> dict[str, Any]:
    """What a stored decision says, whenever it was made and however long it holds (as `agrees_with`, unread)."""
    data: dict[str, Any] = json.loads(canonical)
    return {name: value for name, value in data.items() if name not in ("on", "holds_until")}


def message_to_json(message: Message) -> dict[str, Any]:
    """Template and values apart, so that a stored decision can still be said in another language."""
    return {"text": message.text, "params": {name: _value(one) for name, one in message.params.items()}}


def message_from_json(data: Mapping[str, Any]) -> Message:
    return Message(data["text"], **{name: _restored(one) for name, one in data["params"].items()})


def _value(value: "_Value") -> Any:
    match value:
        case Message():
            return {"message": message_to_json(value)}
        case date():
            return {"date": value.isoformat()}
        case tuple():
            return [_value(one) for one in value]
    return value


def _restored(value: Any) -> "_Value":
    match value:
        case {"message": data}:
            return message_from_json(data)
        case {"date": text}:
            return date.fromisoformat(text)
        case list():
            return tuple(_restored(one) for one in value)
        case str() | int():
            return value
    raise TypeError(f"not a value of a message: {value!r}")
