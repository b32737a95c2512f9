"""Cohorts: what was prepared, row by row, what happened to it since, and what became of each row.

A cohort and its events are only appended; of a row only `state`, `problem` and `credential` change. The state of the
whole follows from its events and is nowhere written down.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import RowMapping, Select, bindparam, func, insert, select, update

from issuer.decisions import Decision
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import cohort, cohort_event, cohort_row
from issuer.store.tables import credential, decision

Outcome = Literal["ready", "issued_already", "not_eligible", "held"]
State = Literal["", "issued", "failed", "undone"]
Happening = Literal["prepared", "approved", "issued", "undone", "cancelled"]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
STATES: tuple[State, ...] = get_args(State)

_PAGE = 1_000  # rows that are in memory at once


@dataclass(frozen=True)
class Cohort:
    number: int
    organization: str
    program: str
    version: int
    name: str
    prepared_at: datetime
    prepared_by: str


@dataclass(frozen=True)
class Event:
    event: Happening
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Why:
    """`code` is for machines; `subject`: the course or program that it is about, or empty."""

    code: str
    subject: str
    text: str

    def to_json(self) -> dict[str, str]:
        return {"code": self.code, "subject": self.subject, "text": self.text}


@dataclass(frozen=True)
class Row:
    """`decision`: the number of the stored one, None where nothing was decided; `credential`: what this row issued;
    `anew`: the revoked certificate in whose place it is to be issued."""

    learner: str
    name: str
    outcome: Outcome
    decision: int | None
    why: tuple[Why, ...]
    state: State = ""
    problem: str | None = None
    credential: int | None = None
    anew: int | None = None


@dataclass(frozen=True)
class DetailedRow:
    """A row with what it was decided on, and the share id of what it issued."""

    row: Row
    decision: Decision | None
    share_id: str | None


# --- writing -------------------------------------------------------------------------------------------------


def create(tx: Transaction, *, organization: str, program: str, version: int, name: str, by: str, at: datetime) -> int:
    values = {
        "organization": organization,
        "program": program,
        "version": version,
        "name": name,
        "prepared_at": moments.write(at),
        "prepared_by": by,
    }
    row = tx.execute(insert(cohort).values(values)).inserted_primary_key
    return int(row[0]) if row else 0


def add_rows(tx: Transaction, number: int, rows: Iterable[Row]) -> None:
    values = [
        {
            "cohort": number,
            "learner": row.learner,
            "name": row.name,
            "outcome": row.outcome,
            "decision": row.decision,
            "why": json.dumps([one.to_json() for one in row.why], ensure_ascii=False),
            "state": row.state,
            "anew": row.anew,
        }
        for row in rows
    ]
    if values:
        tx.execute(insert(cohort_row), values)


def happened(tx: Transaction, number: int, event: Happening, *, actor: str, at: datetime, reason: str = "") -> None:
    values = {"cohort": number, "event": event, "actor": actor, "reason": reason, "at": moments.write(at)}
    tx.execute(insert(cohort_event).values(values))


_ONE = update(cohort_row).where(
    cohort_row.c.cohort == bindparam("its_cohort"), cohort_row.c.learner == bindparam("its_learner")
)


def bind(tx: Transaction, number: int, credentials: Mapping[str, int]) -> None:
    """By learner what each row's certificate is. To be called in the transaction that records the intents."""
    rows = [{"its_cohort": number, "its_learner": who, "credential": one} for who, one in credentials.items()]
    if rows:
        tx.execute(_ONE.values(credential=bindparam("credential")), rows)


def settle(tx: Transaction, number: int, became: Mapping[str, tuple[State, str | None]]) -> None:
    """By learner what became of each row, and why if it failed."""
    rows = [
        {"its_cohort": number, "its_learner": who, "state": state, "problem": problem}
        for who, (state, problem) in became.items()
    ]
    if rows:
        tx.execute(_ONE.values(state=bindparam("state"), problem=bindparam("problem")), rows)


# --- reading -------------------------------------------------------------------------------------------------


def find(tx: Transaction, number: int) -> Cohort:
    """Raises `LookupError`."""
    row = tx.execute(select(cohort).where(cohort.c.number == number)).mappings().first()
    if row is None:
        raise LookupError(number)
    return _cohort(row)


def listed(tx: Transaction, organization: str | None, *, after: int = 0, limit: int | None = None) -> list[Cohort]:
    """In the order of their numbers; None: of every organization."""
    query = select(cohort).where(cohort.c.number > after).order_by(cohort.c.number).limit(limit)
    if organization is not None:
        query = query.where(cohort.c.organization == organization)
    return [_cohort(row) for row in tx.execute(query).mappings()]


def events(tx: Transaction, number: int) -> tuple[Event, ...]:
    """Oldest first."""
    query = select(cohort_event).where(cohort_event.c.cohort == number).order_by(cohort_event.c.sequence)
    return tuple(
        Event(row["event"], row["actor"], row["reason"], moments.read(row["at"]))
        for row in tx.execute(query).mappings()
    )


def counts(tx: Transaction, number: int) -> dict[tuple[Outcome, State], int]:
    columns = cohort_row.c
    query = select(columns.outcome, columns.state, func.count()).where(columns.cohort == number)
    return {(row[0], row[1]): row[2] for row in tx.execute(query.group_by(columns.outcome, columns.state))}


def rows(
    tx: Transaction,
    number: int,
    *,
    after: str = "",
    limit: int | None = None,
    outcome: Outcome | None = None,
    states: Sequence[State] | None = None,
) -> tuple[Row, ...]:
    """In the order of the learners' ids."""
    query = _chosen(select(cohort_row), number, after, limit, outcome, states)
    return tuple(_row(one) for one in tx.execute(query).mappings())


def every(
    tx: Transaction, number: int, *, outcome: Outcome | None = None, states: Sequence[State] | None = None
) -> Iterator[Row]:
    """All of them, of which only some are in memory at once."""
    after = ""
    while page := rows(tx, number, after=after, limit=_PAGE, outcome=outcome, states=states):
        yield from page
        after = page[-1].learner


def detailed(
    tx: Transaction,
    number: int,
    *,
    after: str = "",
    limit: int | None = None,
    outcome: Outcome | None = None,
    states: Sequence[State] | None = None,
) -> tuple[DetailedRow, ...]:
    """The same, with decisions and certificates."""
    query = select(cohort_row, decision.c.canonical, credential.c.share_id)
    query = query.outerjoin(decision, decision.c.sequence == cohort_row.c.decision)
    query = query.outerjoin(credential, credential.c.number == cohort_row.c.credential)
    query = _chosen(query, number, after, limit, outcome, states)
    return tuple(
        DetailedRow(
            _row(one),
            None if one["canonical"] is None else Decision.from_json(json.loads(one["canonical"])),
            one["share_id"],
        )
        for one in tx.execute(query).mappings()
    )


def rows_of(tx: Transaction, number: int, learners: Sequence[str]) -> tuple[Row, ...]:
    """Of these learners, at most a few hundred, in the order of their ids; those who have one."""
    query = select(cohort_row).where(cohort_row.c.cohort == number, cohort_row.c.learner.in_(learners))
    return tuple(_row(one) for one in tx.execute(query.order_by(cohort_row.c.learner)).mappings())


def undone(tx: Transaction, credentials: Iterable[int]) -> dict[int, int]:
    """Of these certificates those that a cohort issued and took back, each with the number of the cohort."""
    columns = cohort_row.c
    query = select(columns.credential, columns.cohort)
    query = query.where(columns.credential.in_(tuple(credentials)), columns.state == "undone")
    return {row[0]: row[1] for row in tx.execute(query)}


def _chosen(
    query: Select[Any],
    number: int,
    after: str,
    limit: int | None,
    outcome: Outcome | None,
    states: Sequence[State] | None,
) -> Select[Any]:
    columns = cohort_row.c
    query = query.where(columns.cohort == number, columns.learner > after).order_by(columns.learner).limit(limit)
    if outcome is not None:
        query = query.where(columns.outcome == outcome)
    return query if states is None else query.where(columns.state.in_(states))


def _cohort(row: RowMapping) -> Cohort:
    return Cohort(**dict(row) | {"prepared_at": moments.read(row["prepared_at"])})


def _row(found: RowMapping) -> Row:
    return Row(
        learner=found["learner"],
        name=found["name"],
        outcome=found["outcome"],
        decision=found["decision"],
        why=tuple(Why(**one) for one in json.loads(found["why"])),
        state=found["state"],
        problem=found["problem"],
        credential=found["credential"],
        anew=found["anew"],
    )
