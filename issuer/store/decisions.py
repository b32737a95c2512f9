"""Decisions, appended, and the awards that came of them: at most one per learner, program and version."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, insert, select

from issuer.decisions import Decision
from issuer.errors import AlreadyIssued
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import award, decision


@dataclass(frozen=True)
class StoredDecision:
    """`sequence` names it; `decision.digest` is what was stored with it."""

    sequence: int
    decision: Decision
    decided_at: datetime


@dataclass(frozen=True)
class Award:
    number: int
    learner: str
    program: str
    version: int
    decision: int
    awarded_at: datetime


def append(tx: Transaction, made: Decision, *, decided_at: datetime) -> int:
    """The new row's sequence."""
    values = {
        "learner": made.learner,
        "program": made.program,
        "version": made.version,
        "outcome": made.outcome,
        "canonical": made.canonical(),
        "digest": made.digest,
        "evidence": json.dumps(list(made.evidence)),
        "decided_at": moments.write(decided_at),
    }
    row = tx.execute(insert(decision).values(values)).inserted_primary_key
    return int(row[0]) if row else 0


def latest(
    tx: Transaction, *, program: str | None = None, learner: str | None = None
) -> dict[tuple[str, str, int], StoredDecision]:
    """The newest decision of each (learner, program, version)."""
    columns = decision.c
    newest = select(func.max(columns.sequence)).group_by(columns.learner, columns.program, columns.version)
    if program is not None:
        newest = newest.where(columns.program == program)
    if learner is not None:
        newest = newest.where(columns.learner == learner)
    query = select(decision).where(columns.sequence.in_(newest)).order_by(columns.sequence)
    rows = (_from_row(row) for row in tx.execute(query).mappings())
    return {(one.decision.learner, one.decision.program, one.decision.version): one for one in rows}


def newest_by_learner(
    tx: Transaction, program: str, version: int, *, after: str, limit: int
) -> tuple[StoredDecision, ...]:
    """The newest decision of each learner about the program version, in the order of the learners' ids: a page."""
    columns = decision.c
    newest = (
        select(func.max(columns.sequence))
        .where(columns.program == program, columns.version == version, columns.learner > after)
        .group_by(columns.learner)
        .order_by(columns.learner)
        .limit(limit)
    )
    query = select(decision).where(columns.sequence.in_(newest)).order_by(columns.learner)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def find(tx: Transaction, sequence: int) -> StoredDecision:
    """Raises `LookupError`."""
    row = tx.execute(select(decision).where(decision.c.sequence == sequence)).mappings().first()
    if row is None:
        raise LookupError(sequence)
    return _from_row(row)


def make_award(tx: Transaction, stored: StoredDecision, *, awarded_at: datetime) -> Award:
    """Raises `AlreadyIssued` when there is one for this learner, program and version: a constraint of the table too."""
    made = stored.decision
    same = (award.c.learner == made.learner, award.c.program == made.program, award.c.version == made.version)
    if tx.scalar(select(award.c.number).where(*same)) is not None:
        raise AlreadyIssued("{learner} has the award of {program} already.", learner=made.learner, program=made.program)
    values = {
        "learner": made.learner,
        "program": made.program,
        "version": made.version,
        "decision": stored.sequence,
        "awarded_at": moments.write(awarded_at),
    }
    row = tx.execute(insert(award).values(values)).inserted_primary_key
    return Award(int(row[0]) if row else 0, made.learner, made.program, made.version, stored.sequence, awarded_at)


def awards(tx: Transaction) -> dict[tuple[str, str, int], Award]:
    """By learner, program and version."""
    found = (_award(row) for row in tx.execute(select(award).order_by(award.c.number)).mappings())
    return {(one.learner, one.program, one.version): one for one in found}


def find_award(tx: Transaction, number: int) -> Award:
    """Raises `LookupError`."""
    row = tx.execute(select(award).where(award.c.number == number)).mappings().first()
    if row is None:
        raise LookupError(number)
    return _award(row)


def _from_row(row: RowMapping) -> StoredDecision:
    made = Decision.from_json(json.loads(row["canonical"]))
    return StoredDecision(row["sequence"], made, moments.read(row["decided_at"]))


def _award(row: RowMapping) -> Award:
    return Award(
        row["number"],
        row["learner"],
        row["program"],
        row["version"],
        row["decision"],
        moments.read(row["awarded_at"]),
    )
