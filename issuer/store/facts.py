"""Facts: appended, never changed. The id names the content, so what is delivered twice is one row."""

from collections.abc import Container, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import RowMapping, insert, select

from issuer.facts import Completion, Enrolment, Fact, current, plain
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import fact as table

_T = TypeVar("_T")

_TICK = timedelta(microseconds=1)
_PORTION = 500  # parameters of one statement: any SQLite takes 999


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
    says what would be. Only what is concerned is read, whatever the store holds, and written in portions."""
    latest = _latest(tx)
    new: list[Fact] = []
    known: list[Fact] = []
    unwritten: set[str] = set()
    for portion in _portions(facts):
        present = _present(tx, portion) | unwritten
        rows = []
        for one in portion:
            if one.id in present:
                known.append(one)
                continue
            present.add(one.id)
            latest = one.recorded_at if latest is None else max(one.recorded_at, latest + _TICK)
            kept = _recorded(one, latest)
            new.append(kept)
            rows.append(_to_row(kept))
        if keep and rows:
            tx.execute(insert(table), rows)
        elif not keep:
            unwritten.update(row["id"] for row in rows)
    return Appended(tuple(new), tuple(known), _outdated(tx, known, () if keep else new))


def present(tx: Transaction, facts: Iterable[Fact]) -> frozenset[str]:
    """The ids of those that are recorded already."""
    return frozenset(id for portion in _portions(facts) for id in _present(tx, portion))


def _portions(things: Iterable[_T]) -> Iterator[tuple[_T, ...]]:
    left = iter(things)
    while portion := tuple(islice(left, _PORTION)):
        yield portion


def _present(tx: Transaction, portion: tuple[Fact, ...]) -> set[str]:
    return set(tx.scalars(select(table.c.id).where(table.c.id.in_([one.id for one in portion]))))


def _latest(tx: Transaction) -> datetime | None:
    """The last one written is the latest, because `append` sees to it."""
    last = tx.scalar(select(table.c.recorded_at).order_by(table.c.sequence.desc()).limit(1))
    return moments.read(last) if last else None


def _recorded(one: Fact, at: datetime) -> Fact:
    """The same fact, told at that time; its id, which does not depend on it, is not computed again."""
    if one.recorded_at == at:
        return one
    kept = copy(one)
    object.__setattr__(kept, "recorded_at", at)
    return kept


def _outdated(tx: Transaction, known: list[Fact], unwritten: Iterable[Fact]) -> tuple[Fact, ...]:
    """Of the known ones, those that something later stands against: only their learners' facts are read."""
    by_learner: dict[str, list[Fact]] = {}
    for one in unwritten:
        by_learner.setdefault(one.learner, []).append(one)
    holding: set[str] = set()
    for learners in _portions(dict.fromkeys(one.learner for one in known)):
        query = select(table).where(table.c.learner.in_(learners))
        recorded = [_from_row(row) for row in tx.execute(query).mappings()]
        waiting = [one for learner in learners for one in by_learner.get(learner, ())]
        holding.update(one.id for one in current((*recorded, *waiting)))
    return tuple(one for one in known if one.id not in holding)


def read(tx: Transaction, learner: str | None = None) -> tuple[Fact, ...]:
    """Every fact, or every one of that learner, in the order of arrival: history included."""
    query = select(table).order_by(table.c.sequence)
    if learner is not None:
        query = query.where(table.c.learner == learner)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


@dataclass(frozen=True)
class Told:
    """A fact in a learner's history. `number`: the place in the order of arrival; `holds`: nothing later stands against
    it, and it was not taken back."""

    number: int
    fact: Fact
    holds: bool


def history(tx: Transaction, learner: str, subjects: Container[str]) -> tuple[Told, ...]:
    """All that was said of the learner in these courses and programs, in the order of arrival."""
    query = select(table).where(table.c.learner == learner).order_by(table.c.sequence)
    rows = [row for row in tx.execute(query).mappings() if row["subject"] in subjects]
    told = [(row["sequence"], _from_row(row)) for row in rows]
    holding = {one.id for one in current(fact for _, fact in told)}
    return tuple(Told(number, fact, fact.id in holding) for number, fact in told)


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
