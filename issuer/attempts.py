"""A learner's attempts at a course, each with what it still lacks to count as a certificate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from issuer.facts import Completion
from issuer.periods import Period
from issuer.rules import Constraint, EarnedWithin, FeePaid, IdentityVerified, MinimumGrade

Lack = Literal[
    "fee_unpaid",
    "identity_not_verified",
    "dated_later",
    "below_grade",
    "expired",
    "in_progress",
    "revoked",
    "failed",
    "withdrawn",  # of no attempt: such a fact does not hold
]

# What can be had for the attempt as it is. Everything else takes another attempt.
_CURABLE = frozenset({"fee_unpaid", "identity_not_verified", "dated_later", "in_progress"})


@dataclass(frozen=True)
class Demands:
    """What the constraints ask of each completion; of nested programs, the outer ones together with their own."""

    identity: bool = False
    fee: bool = False
    grade: Decimal | None = None
    periods: tuple[Period, ...] = ()

    def also(self, constraints: Iterable[Constraint]) -> "Demands":
        """These, and those of the constraints: of two grades the higher one, of periods each."""
        identity, fee, grade, periods = self.identity, self.fee, self.grade, self.periods
        for one in constraints:
            match one:
                case IdentityVerified():
                    identity = True
                case FeePaid():
                    fee = True
                case MinimumGrade(least):
                    grade = least if grade is None else max(grade, least)
                case EarnedWithin(period) if period not in periods:
                    periods = (*periods, period)
        return Demands(identity, fee, grade, periods)


class Attempt(NamedTuple):
    """`lacks` is empty when the completion counts as a certificate. `completed_on`: of a passed attempt, which always
    has the day (`issuer.facts`); for others a day that sorts last. `until`: the last day on which its age allows it to
    count, and the period that says so; None when its age does not matter."""

    completion: Completion
    lacks: tuple[Lack, ...]
    completed_on: date
    until: tuple[date, Period] | None

    @property
    def language(self) -> str:
        return self.completion.language

    @property
    def counts(self) -> bool:
        return not self.lacks

    @property
    def curable(self) -> bool:
        """It can still become a certificate that counts, without another attempt."""
        return bool(self.lacks) and _CURABLE.issuperset(self.lacks)


def attempts(
    completions: Iterable[Completion], demands: Demands, *, on: date, judged_on: date, revoked: frozenset[str]
) -> tuple[Attempt, ...]:
    """In the documented order: the earliest completed first, then by the fact's id.

    `judged_on`: the day for which the age of certificates is judged (`issuer.eligibility`)."""
    found = [_attempt(one, demands, on, judged_on, revoked) for one in completions]
    return tuple(sorted(found, key=_order)) if len(found) > 1 else tuple(found)


def nearest(tries: Iterable[Attempt]) -> Attempt | None:
    """The attempt that needs the least to become a certificate. Passed ones go before those in progress; then the
    fewest lacks; then the one without a fee to pay; then the documented order, of those in progress the last."""
    passed: list[Attempt] = []
    running: list[Attempt] = []
    for one in tries:
        if one.curable:
            (running if "in_progress" in one.lacks else passed).append(one)
    if passed:
        return min(passed, key=lambda one: (len(one.lacks), "fee_unpaid" in one.lacks))
    return max(running, key=_running_order, default=None)


def latest(tries: Iterable[Attempt], lack: Lack) -> Attempt | None:
    """The latest attempt with that lack, by its day, then its session's code, then its id."""
    of_kind = [one for one in tries if lack in one.lacks]
    if len(of_kind) < 2:
        return of_kind[0] if of_kind else None
    return max(of_kind, key=lambda one: (one.completed_on, one.completion.session, one.completion.id))


def _attempt(completion: Completion, demands: Demands, on: date, judged_on: date, revoked: frozenset[str]) -> Attempt:
    day = completion.completed_on
    if completion.outcome != "passed":
        return Attempt(completion, (completion.outcome,), day or date.max, None)
    if day is None:
        raise ValueError("a passed completion has its day")  # issuer.facts sees to it
    if revoked and completion.id in revoked:
        return Attempt(completion, ("revoked",), day, None)
    lacks: list[Lack] = []
    if demands.fee and not completion.fee_paid:
        lacks.append("fee_unpaid")
    if demands.identity and not completion.identity_verified:
        lacks.append("identity_not_verified")
    if day > on:
        lacks.append("dated_later")
    if demands.grade is not None and (completion.grade is None or completion.grade < demands.grade):
        lacks.append("below_grade")
    until = min(((period.after(day), period) for period in demands.periods), key=_first, default=None)
    if until is not None and until[0] < judged_on:
        lacks.append("expired")
    return Attempt(completion, tuple(lacks), day, until)


def _order(attempt: Attempt) -> tuple[date, str]:
    return (attempt.completed_on, attempt.completion.id)


def _running_order(attempt: Attempt) -> tuple[bool, date, str, str]:
    done = attempt.completion
    return (done.fee_paid, attempt.completed_on, done.session, done.id)


def _first(until: tuple[date, Period]) -> date:
    return until[0]
