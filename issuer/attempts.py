"""A learner's attempts at a course, each with what it still lacks to count as a certificate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from issuer.facts import Completion
from issuer.rules import Constraint, FeePaid, IdentityVerified

Lack = Literal["fee_unpaid", "identity_not_verified", "in_progress", "revoked", "dated_later", "failed", "withdrawn"]


@dataclass(frozen=True)
class Attempt:
    """`lacks` is empty when the completion counts as a certificate."""

    completion: Completion
    lacks: tuple[Lack, ...]

    @property
    def language(self) -> str:
        return self.completion.language

    @property
    def completed_on(self) -> date:
        """Of a passed attempt, which always has the day (`issuer.facts`); for others a day that sorts last."""
        return self.completion.completed_on or date.max


def attempts(
    completions: Iterable[Completion], constraints: Iterable[Constraint], *, on: date, revoked: frozenset[str]
) -> tuple[Attempt, ...]:
    """In the documented order: the earliest completed first, then by the fact's id."""
    constraints = tuple(constraints)
    found = [Attempt(one, _lacks(one, constraints, on, revoked)) for one in completions]
    return tuple(sorted(found, key=lambda attempt: (attempt.completed_on, attempt.completion.id)))


def nearest_passed(tries: Iterable[Attempt]) -> Attempt | None:
    """The passed attempt that needs the least to become a certificate: fewest lacks, then no fee to pay."""
    open_ones = [one for one in tries if one.lacks and set(one.lacks) <= {"fee_unpaid", "identity_not_verified"}]
    return min(open_ones, key=lambda one: (len(one.lacks), "fee_unpaid" in one.lacks), default=None)


def _lacks(
    completion: Completion, constraints: tuple[Constraint, ...], on: date, revoked: frozenset[str]
) -> tuple[Lack, ...]:
    if completion.outcome != "passed":
        return (completion.outcome,)
    if completion.id in revoked:
        return ("revoked",)
    if completion.completed_on is None or completion.completed_on > on:
        return ("dated_later",)
    lacks: list[Lack] = []
    if FeePaid() in constraints and not completion.fee_paid:
        lacks.append("fee_unpaid")
    if IdentityVerified() in constraints and not completion.identity_verified:
        lacks.append("identity_not_verified")
    return tuple(lacks)
