"""Facts: appended, never changed. The id names the content, so what is delivered twice is one row."""

from collections.abc import Container, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, func, insert, or_, select

from issuer.facts import Completion, Enrolment, Fact, current, plain
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import fact as table

_T = TypeVar("_T")
_Value = TypeVar("_Value")

_TICK = timedelta(microseconds=1)
_MOST_VALUES = 500  # of one `IN`: SQLite's least limit of bound values is 999

_COLUMNS = (
    *(table.c.kind, table.c.id, table.c.learner, table.c.name, table.c.email, table.c.subject, table.c.session),
    *(table.c.language, table.c.outcome, table.c.grade, table.c.day, table.c.identity_verified, table.c.fee_paid),
    *(table.c.narrative, table.c.source, table.c.recorded_at, table.c.as_of),
)


@dataclass(frozen=True)
class About:
    """What facts can be about: completions of these courses, enrolments in these programs."""

    courses: frozenset[str]
    programs: frozenset[str]

    def covers(self, kind: str, subject: str) -> bool:
        return subject in (self.courses if kind == "completion" else self.programs)

    def has(self, fact: Fact) -> bool:
        return fact.course in self.courses if isinstance(fact, Completion) else fact.program in self.programs


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
    while portion := tuple(islice(left, _MOST_VALUES)):
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
        query = select(*_COLUMNS).where(table.c.learner.in_(learners))
        recorded = [_from_row(row) for row in tx.execute(query)]
        waiting = [one for learner in learners for one in by_learner.get(learner, ())]
        holding.update(one.id for one in current((*recorded, *waiting)))
    return tuple(one for one in known if one.id not in holding)


def read(tx: Transaction, learner: str | None = None) -> tuple[Fact, ...]:
    """Every fact, or every one of that learner, in the order of arrival: history included."""
    query = select(*_COLUMNS).order_by(table.c.sequence)
    if learner is not None:
        query = query.where(table.c.learner == learner)
    return tuple(_from_row(row) for row in tx.execute(query))


def told_of(tx: Transaction, learners: Sequence[str]) -> dict[str, list[Fact]]:
    """Every fact of these learners, at most a few hundred, history included."""
    found: dict[str, list[Fact]] = {}
    query = select(*_COLUMNS).where(table.c.learner.in_(learners)).order_by(table.c.sequence)
    for row in tx.execute(query).all():
        found.setdefault(row[2], []).append(_from_row(row))
    return found


class Address(NamedTuple):
    """An e-mail address ("" for none), as a fact about the subject gives it. Of two, the one with the greater rank was
    told later."""

    subject: str
    email: str
    rank: tuple[str, str, str]


def addresses_told(tx: Transaction, learners: Sequence[str]) -> dict[str, list[Address]]:
    """What every fact of these learners gives as their address, at most a few hundred, history included."""
    columns = table.c
    since = func.coalesce(columns.as_of, columns.recorded_at)
    query = select(columns.learner, columns.subject, columns.email, since, columns.recorded_at, columns.id)
    found: dict[str, list[Address]] = {}
    for learner, subject, email, *rank in tx.execute(query.where(columns.learner.in_(learners))).all():
        found.setdefault(learner, []).append(Address(subject, email, tuple(rank)))
    return found


@dataclass(frozen=True)
class Told:
    """A fact in a learner's history. `number`: the place in the order of arrival; `holds`: nothing later stands against
    it, and it was not taken back."""

    number: int
    fact: Fact
    holds: bool


def history(tx: Transaction, learner: str, subjects: Container[str]) -> tuple[Told, ...]:
    """All that was said of the learner in these courses and programs, in the order of arrival."""
    query = select(*_COLUMNS, table.c.sequence).where(table.c.learner == learner).order_by(table.c.sequence)
    told = [(row[-1], _from_row(row[:-1])) for row in tx.execute(query)]
    told = [(number, fact) for number, fact in told if _subject(fact) in subjects]
    holding = {one.id for one in current(fact for _, fact in told)}
    return tuple(Told(number, fact, fact.id in holding) for number, fact in told)


def _subject(fact: Fact) -> str:
    return fact.course if isinstance(fact, Completion) else fact.program


def find(tx: Transaction, fact_id: str) -> Fact:
    """Raises `LookupError`."""
    row = tx.execute(select(*_COLUMNS).where(table.c.id == fact_id)).first()
    if row is None:
        raise LookupError(fact_id)
    return _from_row(row)


def by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Fact]:
    """Those of them that are there."""
    query = select(*_COLUMNS)
    found = (row for some in batched(sorted(set(ids))) for row in tx.execute(query.where(table.c.id.in_(some))))
    return {row[1]: _from_row(row) for row in found}


def count(tx: Transaction) -> int:
    return tx.scalar(select(func.count()).select_from(table)) or 0


def is_learner(tx: Transaction, learner: str) -> bool:
    """Whether any fact names the learner."""
    return tx.scalar(select(table.c.sequence).where(table.c.learner == learner).limit(1)) is not None


def learners_of(tx: Transaction, about: About) -> tuple[str, ...]:
    """Whoever may have a fact about one of these, also one that was taken back. Where a course and a program have one
    code, some have none: the index that answers this does not know which was meant."""
    subjects = sorted(about.courses | about.programs)
    return tuple(tx.scalars(select(table.c.learner).distinct().where(table.c.subject.in_(subjects))))


def of_learners(tx: Transaction, learners: Sequence[str], about: About) -> dict[str, list[Fact]]:
    """What is known of these learners about these subjects, history included. `learners`: at most a few hundred."""
    found: dict[str, list[Fact]] = {}
    query = select(*_COLUMNS).where(table.c.learner.in_(learners), _is_about(about)).order_by(table.c.sequence)
    for row in tx.execute(query).all():
        found.setdefault(row[2], []).append(_from_row(row))
    return found


def completions_of(tx: Transaction, learners: Sequence[str]) -> tuple[Fact, ...]:
    """All that was ever said of their completions. `learners`: at most a few hundred."""
    query = select(*_COLUMNS).where(table.c.learner.in_(learners), table.c.kind == "completion")
    return tuple(_from_row(row) for row in tx.execute(query).all())


def batched(values: Sequence[_Value], size: int = _MOST_VALUES) -> Iterator[Sequence[_Value]]:
    """As `itertools.batched` of Python 3.12."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _is_about(about: About) -> ColumnElement[bool]:
    """A course and a program may have one code; the kind tells them apart."""
    courses, programs = sorted(about.courses), sorted(about.programs)
    return and_(
        table.c.subject.in_([*courses, *programs]),
        or_(
            and_(table.c.kind == "completion", table.c.subject.in_(courses)),
            and_(table.c.kind == "enrolment", table.c.subject.in_(programs)),
        ),
    )


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


def _from_row(row: Sequence[Any]) -> Fact:
    """What was recorded was checked when it came in, and its id was made then: neither is done again, since a cohort
    is read by hundreds of thousands of rows. A row has the order of `_COLUMNS`."""
    kind, id_, learner, name, email, subject, session, language, outcome, grade, day, verified, paid, *rest = row
    narrative, source, recorded_at, as_of = rest
    shared = {
        "id": id_,  # where the cached property keeps it
        "learner": learner,
        "name": name,
        "email": email,
        "fee_paid": paid,
        "source": source,
        "recorded_at": datetime.fromisoformat(recorded_at),
        "as_of": None if as_of is None else datetime.fromisoformat(as_of),
    }
    on = None if day is None else date.fromisoformat(day)
    if kind == "enrolment":
        enrolment = object.__new__(Enrolment)
        enrolment.__dict__.update(shared, program=subject, enrolled_on=on, withdrawn=outcome == "withdrawn")
        return enrolment
    completion = object.__new__(Completion)
    completion.__dict__.update(
        shared,
        course=subject,
        session=session,
        language=language,
        outcome=outcome,
        grade=None if grade is None else Decimal(grade),
        completed_on=on,
        identity_verified=verified,
        narrative=narrative,
    )
    return completion


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
