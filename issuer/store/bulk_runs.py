"""Bulk runs: what was asked for, in which state it is, and who failed in it (`issuer.bulk`).

The chunks that a run is divided into stand in `issuer.store.bulk_chunks`. A run's state is written down, unlike a
cohort's, because it is a wish as well: who pauses a run writes it here, and each chunk looks before it begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import RowMapping, delete, func, insert, select, tuple_, update

from issuer.store import moments
from issuer.store.bulk_tables import bulk_failure, bulk_run
from issuer.store.database import Transaction

Kind = Literal["cohort", "due"]
RunState = Literal["running", "waiting", "paused", "cancelled", "done"]

GOING_ON: tuple[RunState, ...] = ("running", "waiting", "paused")


@dataclass(frozen=True)
class BulkRun:
    """`organization` None: of everybody; `asked_as` None: the operator; `leg`: how many times chunks were handed to the
    engine; `planned_up_to`: the last learner who is in a chunk; `already`: what was there before."""

    number: int
    organization: str | None
    kind: Kind
    cohort: int | None
    program: str | None
    decides: bool
    beyond: bool
    asked_by: str
    asked_as: str | None
    asked_at: datetime
    state: RunState
    reason: str | None
    again_at: datetime | None
    leg: int
    planned_up_to: str
    planned: bool
    already: int
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ("cancelled", "done")


@dataclass(frozen=True)
class Asked:
    """What a new run is made of."""

    kind: Kind
    organization: str | None
    cohort: int | None
    program: str | None
    decides: bool
    beyond: bool
    by: str
    as_: str | None


@dataclass(frozen=True)
class Failure:
    learner: str
    subject: str
    why: str


# --- writing -------------------------------------------------------------------------------------------------


def create(tx: Transaction, asked: Asked, *, at: datetime) -> int:
    values = {
        "organization": asked.organization,
        "kind": asked.kind,
        "cohort": asked.cohort,
        "program": asked.program,
        "decides": asked.decides,
        "beyond": asked.beyond,
        "asked_by": asked.by,
        "asked_as": asked.as_,
        "asked_at": moments.write(at),
        "state": "running",
        "leg": 0,
        "planned_up_to": "",
        "planned": False,
        "already": 0,
    }
    row = tx.execute(insert(bulk_run).values(values)).inserted_primary_key
    return int(row[0]) if row else 0


def change(
    tx: Transaction,
    number: int,
    state: RunState,
    *,
    reason: str | None = None,
    again_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> None:
    _update(
        tx,
        number,
        state=state,
        reason=reason,
        again_at=None if again_at is None else moments.write(again_at),
        ended_at=None if ended_at is None else moments.write(ended_at),
    )


def planned(tx: Transaction, number: int, *, up_to: str, all_of_it: bool) -> None:
    _update(tx, number, planned_up_to=up_to, planned=all_of_it)


def add_already(tx: Transaction, number: int, count: int) -> None:
    """Of learners who are in no chunk, because all that they are to get was there."""
    _update(tx, number, already=bulk_run.c.already + count)


def begin_leg(tx: Transaction, number: int, leg: int) -> None:
    _update(tx, number, leg=leg)


def failed(tx: Transaction, number: int, learners: Iterable[str], failures: Iterable[Failure]) -> None:
    """Those of these learners are these, whatever was written before."""
    mine = bulk_failure.c.run == number
    tx.execute(delete(bulk_failure).where(mine, bulk_failure.c.learner.in_(tuple(learners))))
    unique = {(one.learner, one.subject): one.why for one in failures}
    values = [
        {"run": number, "learner": learner, "subject": subject, "why": why}
        for (learner, subject), why in unique.items()
    ]
    if values:
        tx.execute(insert(bulk_failure), values)


def _update(tx: Transaction, number: int, **values: Any) -> None:
    tx.execute(update(bulk_run).where(bulk_run.c.number == number).values(values))


# --- reading -------------------------------------------------------------------------------------------------


def find(tx: Transaction, number: int) -> BulkRun:
    """Raises `LookupError`."""
    row = tx.execute(select(bulk_run).where(bulk_run.c.number == number)).mappings().first()
    if row is None:
        raise LookupError(number)
    return _run(row)


def listed(tx: Transaction, organization: str | None, *, after: int = 0, limit: int | None = None) -> list[BulkRun]:
    """In the order of their numbers; None: of every organization, and those of everybody."""
    query = select(bulk_run).where(bulk_run.c.number > after).order_by(bulk_run.c.number).limit(limit)
    if organization is not None:
        query = query.where(bulk_run.c.organization == organization)
    return [_run(row) for row in tx.execute(query).mappings()]


def in_states(tx: Transaction, *states: RunState) -> list[BulkRun]:
    """In the order of their numbers."""
    query = select(bulk_run).where(bulk_run.c.state.in_(states)).order_by(bulk_run.c.number)
    return [_run(row) for row in tx.execute(query).mappings()]


def count_by_state(tx: Transaction) -> dict[RunState, int]:
    """How many runs there are in each state: one statement, for whoever watches."""
    query = select(bulk_run.c.state, func.count()).group_by(bulk_run.c.state)
    return {row[0]: row[1] for row in tx.execute(query)}


def failures(
    tx: Transaction, number: int, *, after: tuple[str, str] = ("", ""), limit: int | None = None
) -> tuple[Failure, ...]:
    """In the order of the learners' ids."""
    columns = bulk_failure.c
    query = select(columns.learner, columns.subject, columns.why).where(columns.run == number)
    query = query.where(tuple_(columns.learner, columns.subject) > after)
    query = query.order_by(columns.learner, columns.subject).limit(limit)
    return tuple(Failure(*row) for row in tx.execute(query))


def failures_by_reason(tx: Transaction, number: int) -> tuple[tuple[str, int], ...]:
    """The most frequent first."""
    why, many = bulk_failure.c.why, func.count()
    query = select(why, many).where(bulk_failure.c.run == number).group_by(why).order_by(many.desc(), why)
    return tuple((row[0], row[1]) for row in tx.execute(query))


def _run(row: RowMapping) -> BulkRun:
    return BulkRun(
        **dict(row)
        | {
            "asked_at": moments.read(row["asked_at"]),
            "again_at": None if row["again_at"] is None else moments.read(row["again_at"]),
            "ended_at": None if row["ended_at"] is None else moments.read(row["ended_at"]),
        }
    )
