"""All that a stored decision was made of, so that it can be made again: `issuer.replay` does.

    Inputs(facts=("c-1f", "e-07"), revoked=(), revision=3, awarded_on=None).to_json()

The day of the decision, the learner, the program and its version stand in the decision itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

# One more with every change by which the engine may decide, or say, something else about the same inputs.
ENGINE = 1


@dataclass(frozen=True)
class Inputs:
    """`facts`: the ids of those that held and count for the program; `revoked`: of these, whose Course Certificate
    was revoked; `revision`: of the catalogue; `awarded_on`: the day of the award that there was already; `engine`:
    the number of the engine that decided."""

    facts: tuple[str, ...]
    revoked: tuple[str, ...]
    revision: int
    awarded_on: date | None
    engine: int = ENGINE

    def to_json(self) -> dict[str, Any]:
        return {
            "facts": list(self.facts),
            "revoked": list(self.revoked),
            "revision": self.revision,
            "awarded_on": None if self.awarded_on is None else self.awarded_on.isoformat(),
            "engine": self.engine,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Inputs":
        awarded_on = data["awarded_on"]
        return cls(
            facts=tuple(data["facts"]),
            revoked=tuple(data["revoked"]),
            revision=data["revision"],
            awarded_on=None if awarded_on is None else date.fromisoformat(awarded_on),
            engine=data["engine"],
        )
