"""Facts: appended, never changed. The id names the content, so what is delivered twice is one row."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, func, insert, select

from issuer.facts import Completion, Enrolment, Fact, current, plain
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import fact as table

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Appended:
    """`new` facts were written; `known` ones were there already; of those, `outdated` were corrected since, and the
    correction stands."""

    new: tuple[Fact, ...]
    known: tuple[Fact, ...]
    outdated: tuple[Fact, ...]


def append(tx: Transaction, facts: Iterable[Fact], *, keep: bool = True) -> Appended:
    """Each gets a `recorded_at` of its own, later than all before it: so the later of two corrections wins even when
    they came in one file, or when the machine's clock went back. With `keep` False nothing is written: the answer
    says what would be."""
    last = tx.scalar(select(func.max(table.c.recorded_at)))
    latest = moments.read(last) if last else None
    new: list[Fact] = []
    known: list[Fact] = []
    present = set(tx.scalars(select(table.c.id)))
    for one in facts:
        if one.id in present:
            known.append(one)
            continue
        present.add(one.id)
        latest = one.recorded_at if latest is None else max(one.recorded_at, latest + _TICK)
        new.append(replace(one, recorded_at=latest))
    if new and keep:
        tx.execute(insert(table), [_to_row(one) for one in new])
    holding = {one.id for one in current((*read(tx), *new))} if known else set()
    outdated = tuple(one for one in known if one.id not in holding)
    return Appended(tuple(new), tuple(known), outdated)


def read(tx: Transaction, learner: str | None = None) -> tuple[Fact, ...]:
    """Every fact, or every one of that learner, in the order of arrival: history included."""
    query = select(table).order_by(table.c.sequence)
    if learner is not None:
        query = query.where(table.c.learner == learner)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def find(tx: Transaction, fact_id: str) -> Fact:
    """Raises `LookupError`."""
    row = tx.execute(select(table).where(table.c.id == fact_id)).mappings().first()
    if row is None:
        raise LookupError(fact_id)
    return _from_row(row)


def _to_row(one: Fact) -> dict[str, Any]:
    shared = {
        "id": one.id,
        "learner": one.learner,
        "name": one.name,
        "email": one.email,
        "fee_paid": one.fee_paid,
        "source": one.source,
        "recorded_at": moments.write(one.recorded_at),
        "as_of": None if one.as_of is None else moments.write(one.as_of),
    }
    match one:
        case Completion():
            return shared | {
                "kind": "completion",
                "subject": one.course,
                "session": one.session,
                "language": one.language,
                "outcome": one.outcome,
                "grade": None if one.grade is None else plain(one.grade),
                "day": _iso(one.completed_on),
                "identity_verified": one.identity_verified,
                "narrative": one.narrative,
            }
        case Enrolment():
            return shared | {
                "kind": "enrolment",
                "subject": one.program,
                "session": None,
                "language": None,
                "outcome": "withdrawn" if one.withdrawn else None,
                "grade": None,
                "day": _iso(one.enrolled_on),
                "identity_verified": None,
                "narrative": None,
            }


def _from_row(row: RowMapping) -> Fact:
    recorded_at: datetime = moments.read(row["recorded_at"])
    as_of = None if row["as_of"] is None else moments.read(row["as_of"])
    day = None if row["day"] is None else date.fromisoformat(row["day"])
    if row["kind"] == "enrolment" and day is not None:
        return Enrolment(
            learner=row["learner"],
            name=row["name"],
            email=row["email"],
            program=row["subject"],
            enrolled_on=day,
            fee_paid=row["fee_paid"],
            source=row["source"],
            recorded_at=recorded_at,
            as_of=as_of,
            withdrawn=row["outcome"] == "withdrawn",
        )
    return Completion(
        learner=row["learner"],
        name=row["name"],
        email=row["email"],
        course=row["subject"],
        session=row["session"],
        language=row["language"],
        outcome=row["outcome"],
        grade=None if row["grade"] is None else Decimal(row["grade"]),
        completed_on=day,
        identity_verified=row["identity_verified"],
        fee_paid=row["fee_paid"],
        narrative=row["narrative"],
        source=row["source"],
        recorded_at=recorded_at,
        as_of=as_of,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
