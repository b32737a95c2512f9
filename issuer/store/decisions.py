"""Decisions, appended, and the awards that came of them: at most one per learner, program and version."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, exists, false, func, insert, or_, select

from issuer.decisions import Decision
from issuer.errors import AlreadyIssued
from issuer.facts import canonical_json
from issuer.inputs import Inputs
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.facts import batched
from issuer.store.many import insert_many
from issuer.store.tables import award, decision

_later = decision.alias("later")
_is_newest = ~exists(
    select(_later.c.sequence).where(
        _later.c.program == decision.c.program,
        _later.c.version == decision.c.version,
        _later.c.learner == decision.c.learner,
        _later.c.sequence > decision.c.sequence,
    )
)


def is_newest(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """For others of the store: of decisions of which the condition holds, those that nothing followed."""
    return and_(condition, _is_newest)


@dataclass(frozen=True)
class StoredDecision:
    """`sequence` names it; `canonical` and `digest`: its bytes as they were stored, and their SHA-256; `inputs`: None
    for those of earlier versions of this program, which kept none."""

    sequence: int
    decision: Decision
    decided_at: datetime
    canonical: bytes = field(default=b"", repr=False)
    digest: str = ""
    inputs: Inputs | None = None


@dataclass(frozen=True)
class Award:
    number: int
    learner: str
    program: str
    version: int
    decision: int
    awarded_at: datetime


@dataclass(frozen=True)
class Row:
    """A decision as it is to be stored. `canonical` are its bytes, made once."""

    decision: Decision
    canonical: bytes
    inputs: Inputs


@dataclass(frozen=True)
class Previous:
    """What was decided last of a learner, unread: `canonical` are its bytes. `replayable`: its inputs are known."""

    canonical: bytes
    holds_until: date | None
    replayable: bool


def append(tx: Transaction, made: Decision, *, decided_at: datetime, inputs: Inputs | None = None) -> int:
    """The new row's sequence. Without `inputs` it cannot be replayed."""
    values = _values(made, made.canonical(), inputs, decided_at)
    row = tx.execute(insert(decision).values(values)).inserted_primary_key
    return int(row[0]) if row else 0


def append_all(tx: Transaction, rows: Iterable[Row], *, decided_at: datetime) -> None:
    values = [_values(one.decision, one.canonical, one.inputs, decided_at) for one in rows]
    if values:
        tx.execute(insert(decision), values)


def latest(
    tx: Transaction, *, program: str | None = None, learner: str | None = None
) -> dict[tuple[str, str, int], StoredDecision]:
    """The newest decision of each (learner, program, version)."""
    query = select(decision).where(_is_newest).order_by(decision.c.sequence)
    if program is not None:
        query = query.where(decision.c.program == program)
    if learner is not None:
        query = query.where(decision.c.learner == learner)
    rows = (_from_row(row) for row in tx.execute(query).mappings())
    return {(one.decision.learner, one.decision.program, one.decision.version): one for one in rows}


def newest(tx: Transaction, learner: str, program: str, version: int) -> StoredDecision | None:
    """What was decided last about the learner and that version."""
    columns = decision.c
    same = (columns.program == program, columns.version == version, columns.learner == learner)
    query = select(decision).where(*same).order_by(columns.sequence.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else _from_row(row)


def numbers(
    tx: Transaction,
    keys: Iterable[tuple[str, int]],
    *,
    learner: str | None = None,
    outcome: str | None = None,
    newest: bool = True,
    after: int = 0,
    limit: int | None = None,
) -> tuple[int, ...]:
    """The sequences of what was decided by these (program, version), in their order, those after that one: of each
    learner the newest, or all that there were."""
    number = decision.c.sequence
    query = select(number).where(number > after).order_by(number).limit(limit)
    if newest:
        query = query.where(_is_newest)
    if learner is not None:
        query = query.where(decision.c.learner == learner)
    if outcome is not None:
        query = query.where(decision.c.outcome == outcome)
    # One by one: the index by program and version has each one's in their order, so a page of them costs a page. Of all
    # together, all that there are would be sorted for each page, or every reason that was ever said looked through.
    found = (one for key in keys for one in tx.scalars(query.where(_of([key]))))
    return tuple(sorted(found)[:limit])


def several(tx: Transaction, sequences: Sequence[int]) -> tuple[StoredDecision, ...]:
    """In their order. At most a few hundred."""
    query = select(decision).where(decision.c.sequence.in_(sequences)).order_by(decision.c.sequence)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def previous(tx: Transaction, key: tuple[str, int], learners: Sequence[str]) -> dict[str, Previous]:
    """What was decided last of each of these learners; `key`: (program, version). At most a few hundred learners."""
    columns = decision.c
    newest = select(func.max(columns.sequence)).where(_of([key]), columns.learner.in_(learners))
    query = select(columns.learner, columns.canonical, columns.holds_until, columns.inputs.is_not(None))
    found = tx.execute(query.where(columns.sequence.in_(newest.group_by(columns.learner))))
    return {learner: Previous(canonical, _day(until), known) for learner, canonical, until, known in found}


def to_award(tx: Transaction, key: tuple[str, int], learners: Sequence[str]) -> tuple[StoredDecision, ...]:
    """Of these learners the newest decisions that are positive and without an award, in their order."""
    columns = decision.c
    made = select(award.c.number).where(
        award.c.learner == columns.learner, award.c.program == key[0], award.c.version == key[1]
    )
    positive = (_of([key]), columns.learner.in_(learners), columns.outcome == "eligible")
    query = select(decision).where(*positive, _is_newest, ~exists(made)).order_by(columns.sequence)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def versions_awarded(tx: Transaction, learners: Sequence[str]) -> dict[tuple[str, str], int]:
    """By learner and program, the highest version of which there is an award. At most a few hundred learners."""
    highest = select(award.c.learner, award.c.program, func.max(award.c.version)).where(award.c.learner.in_(learners))
    rows = tx.execute(highest.group_by(award.c.learner, award.c.program))
    return {(learner, program): version for learner, program, version in rows}


def newest_outcomes(tx: Transaction, key: tuple[str, int], learners: Sequence[str]) -> dict[str, str]:
    """The outcome of what was decided last of each of these learners. At most a few hundred learners."""
    query = select(decision.c.learner, decision.c.outcome)
    found = tx.execute(query.where(_of([key]), decision.c.learner.in_(learners), _is_newest))
    return {row[0]: row[1] for row in found}


def due(tx: Transaction, key: tuple[str, int], on: date) -> tuple[str, ...]:
    """The learners whose newest decision no longer holds on that day."""
    over = and_(_of([key]), decision.c.holds_until < on.isoformat())
    return tuple(tx.scalars(select(decision.c.learner).where(over, _is_newest)))


def eligible(tx: Transaction, key: tuple[str, int]) -> tuple[str, ...]:
    """The learners whose newest decision is positive."""
    positive = and_(_of([key]), decision.c.outcome == "eligible")
    return tuple(tx.scalars(select(decision.c.learner).where(positive, _is_newest)))


def versions(tx: Transaction) -> frozenset[tuple[str, int]]:
    """The (program, version) that anything was decided of."""
    rows = tx.execute(select(decision.c.program, decision.c.version).distinct())
    return frozenset((program, version) for program, version in rows)


def count(tx: Transaction) -> int:
    """How many learners and versions there is a decision of."""
    pairs = select(decision.c.program, decision.c.version, decision.c.learner).distinct().subquery()
    return tx.scalar(select(func.count()).select_from(pairs)) or 0


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


# --- awards --------------------------------------------------------------------------------------------------


def make_award(tx: Transaction, stored: StoredDecision, *, awarded_at: datetime) -> Award:
    """Raises `AlreadyIssued` when there is one for this learner, program and version: a constraint of the table too."""
    made = stored.decision
    if made.learner in awards_of(tx, (made.program, made.version), [made.learner]):
        raise has_the_award(made)
    return make_awards(tx, [stored], awarded_at=awarded_at)[0]


def has_the_award(made: Decision) -> AlreadyIssued:
    return AlreadyIssued("{learner} has the award of {program} already.", learner=made.learner, program=made.program)


def make_awards(tx: Transaction, several: Sequence[StoredDecision], *, awarded_at: datetime) -> list[Award]:
    """One for each, of learners who have none of that program and version yet; in their order."""
    at = moments.write(awarded_at)
    rows = [
        {
            "learner": one.decision.learner,
            "program": one.decision.program,
            "version": one.decision.version,
            "decision": one.sequence,
            "awarded_at": at,
        }
        for one in several
    ]
    insert_many(tx, award, rows)
    made: dict[tuple[str, str, int], Award] = {}
    for key in dict.fromkeys((one.decision.program, one.decision.version) for one in several):
        its = [one.decision.learner for one in several if (one.decision.program, one.decision.version) == key]
        for some in batched(its):
            made.update(((who, *key), one) for who, one in awards_of(tx, key, some).items())
    return [made[one.decision.learner, one.decision.program, one.decision.version] for one in several]


def awards(tx: Transaction) -> dict[tuple[str, str, int], Award]:
    """By learner, program and version."""
    found = (_award(row) for row in tx.execute(select(award).order_by(award.c.number)).mappings())
    return {(one.learner, one.program, one.version): one for one in found}


def awards_of(tx: Transaction, key: tuple[str, int], learners: Sequence[str]) -> dict[str, Award]:
    """By learner; `key`: (program, version). At most a few hundred learners."""
    query = select(award).where(award.c.learner.in_(learners), award.c.program == key[0], award.c.version == key[1])
    return {one.learner: one for one in (_award(row) for row in tx.execute(query).mappings())}


def awarded(tx: Transaction, key: tuple[str, int]) -> tuple[str, ...]:
    """The learners who have the award of that (program, version)."""
    query = select(award.c.learner).where(award.c.program == key[0], award.c.version == key[1])
    return tuple(tx.scalars(query))


def lost(tx: Transaction, keys: Iterable[tuple[str, int]], learner: str | None = None) -> tuple[StoredDecision, ...]:
    """The newest decisions that no longer find what was awarded, in the order of program, version and learner."""
    columns = decision.c
    same = and_(
        award.c.learner == columns.learner, award.c.program == columns.program, award.c.version == columns.version
    )
    query = select(decision).join(award, same).where(columns.outcome == "not_eligible", _of(keys), _is_newest)
    if learner is not None:
        query = query.where(columns.learner == learner)
    query = query.order_by(columns.program, columns.version, columns.learner)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def find_award(tx: Transaction, number: int) -> Award:
    """Raises `LookupError`."""
    row = tx.execute(select(award).where(award.c.number == number)).mappings().first()
    if row is None:
        raise LookupError(number)
    return _award(row)


def _of(keys: Iterable[tuple[str, int]]) -> ColumnElement[bool]:
    """Of these (program, version)."""
    same = [and_(decision.c.program == program, decision.c.version == version) for program, version in keys]
    return or_(false(), *same)


def _values(made: Decision, canonical: bytes, inputs: Inputs | None, decided_at: datetime) -> dict[str, Any]:
    return {
        "learner": made.learner,
        "program": made.program,
        "version": made.version,
        "outcome": made.outcome,
        "canonical": canonical,
        "digest": hashlib.sha256(canonical).hexdigest(),
        "evidence": json.dumps(list(made.evidence)),
        "decided_at": moments.write(decided_at),
        "inputs": None if inputs is None else canonical_json(inputs.to_json()).decode(),
        "holds_until": None if made.holds_until is None else made.holds_until.isoformat(),
    }


def _from_row(row: RowMapping) -> StoredDecision:
    made = Decision.from_json(json.loads(row["canonical"]))
    inputs = None if row["inputs"] is None else Inputs.from_json(json.loads(row["inputs"]))
    return StoredDecision(
        row["sequence"], made, moments.read(row["decided_at"]), row["canonical"], row["digest"], inputs
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _award(row: RowMapping) -> Award:
    return Award(
        row["number"],
        row["learner"],
        row["program"],
        row["version"],
        row["decision"],
        moments.read(row["awarded_at"]),
    )
