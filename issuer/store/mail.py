"""The outbox: e-mail is written here in the transaction of what it tells about, and sent afterwards (`issuer.outbox`).

So nobody is told of what did not happen, and nothing that happened is forgotten while the mail server is down. `once`
names the occasion: the same occasion is told once.

A sender first claims what is due: it counts the attempt and moves the next one behind a lease, in one transaction. Two
senders never hold the same message, and what one of them held when it died is due again when the lease ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping, func, select, update

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.facts import batched
from issuer.store.many import insert_many
from issuer.store.office_tables import mail as table


@dataclass(frozen=True)
class Mail:
    """A row. `learner` is empty for mail to the staff; `problem`: why the last attempt failed; `given_up_at`: it is
    not tried again by itself."""

    number: int
    organization: str
    learner: str
    kind: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    once: str
    created_at: datetime
    attempts: int
    next_attempt_at: datetime
    problem: str | None
    sent_at: datetime | None
    given_up_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """A message that is to be written into the outbox."""

    organization: str
    learner: str
    kind: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    once: str


def add(
    tx: Transaction,
    *,
    organization: str,
    learner: str,
    kind: str,
    address: str,
    subject: str,
    text: str,
    once: str,
    at: datetime,
) -> bool:
    """False when the occasion was told before."""
    return add_all(tx, [Letter(organization, learner, kind, address, subject, text, once)], at=at) == 1


def add_all(tx: Transaction, letters: Sequence[Letter], *, at: datetime) -> int:
    """How many: those whose occasions were not told before. No two are of one occasion."""
    told: set[str] = set()
    for some in batched([one.once for one in letters]):
        told.update(tx.scalars(select(table.c.once).where(table.c.once.in_(some))))
    moment = moments.write(at)
    shared = {"created_at": moment, "attempts": 0, "next_attempt_at": moment}
    rows = [vars(one) | shared for one in letters if one.once not in told]
    insert_many(tx, table, rows)
    return len(rows)


def claim(tx: Transaction, *, now: datetime, until: datetime, limit: int) -> tuple[Mail, ...]:
    """What is to be sent now, the oldest first; until that moment it is nobody else's. Its `attempts` count the one
    that begins."""
    waiting = (table.c.sent_at.is_(None), table.c.given_up_at.is_(None), table.c.next_attempt_at <= moments.write(now))
    query = select(table.c.number).where(*waiting).order_by(table.c.next_attempt_at, table.c.number).limit(limit)
    numbers = tuple(tx.scalars(query))
    values = {"attempts": table.c.attempts + 1, "next_attempt_at": moments.write(until)}
    tx.execute(update(table).where(table.c.number.in_(numbers)).values(values))
    rows = tx.execute(select(table).where(table.c.number.in_(numbers)).order_by(table.c.number)).mappings()
    found = {row["number"]: _from_row(row) for row in rows}
    return tuple(found[number] for number in numbers)


def sent(tx: Transaction, number: int, *, at: datetime) -> None:
    values = {"sent_at": moments.write(at), "problem": None, "given_up_at": None}
    tx.execute(update(table).where(table.c.number == number).values(values))


def failed(tx: Transaction, number: int, *, problem: str, next_attempt_at: datetime) -> None:
    values = {"problem": problem, "next_attempt_at": moments.write(next_attempt_at)}
    tx.execute(update(table).where(table.c.number == number, table.c.sent_at.is_(None)).values(values))


def given_up(tx: Transaction, number: int, *, problem: str, at: datetime) -> None:
    values = {"problem": problem, "given_up_at": moments.write(at)}
    tx.execute(update(table).where(table.c.number == number, table.c.sent_at.is_(None)).values(values))


def again(tx: Transaction, number: int, *, at: datetime) -> None:
    """As if it were new: it is due, and its attempts are counted from zero."""
    values = {"attempts": 0, "next_attempt_at": moments.write(at), "given_up_at": None}
    tx.execute(update(table).where(table.c.number == number, table.c.sent_at.is_(None)).values(values))


def find(tx: Transaction, number: int) -> Mail:
    """Raises `LookupError`."""
    row = tx.execute(select(table).where(table.c.number == number)).mappings().first()
    if row is None:
        raise LookupError(number)
    return _from_row(row)


def listed(
    tx: Transaction,
    organization: str | None = None,
    *,
    unsent: bool = False,
    stuck: bool = False,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Mail, ...]:
    """In the order of writing, those after that number. `stuck`: only what was given up."""
    query = select(table).where(table.c.number > after).order_by(table.c.number)
    if organization is not None:
        query = query.where(table.c.organization == organization)
    if unsent or stuck:
        query = query.where(table.c.sent_at.is_(None))
    if stuck:
        query = query.where(table.c.given_up_at.is_not(None))
    return _all(tx.execute(query.limit(limit)).mappings().all())


@dataclass(frozen=True)
class Waiting:
    """How many messages are not sent: those that are tried, and those that were given up."""

    due: int
    given_up: int


def waiting(tx: Transaction) -> Waiting:
    query = select(func.count(), func.count(table.c.given_up_at)).where(table.c.sent_at.is_(None))
    every, given_up = tx.execute(query).one()
    return Waiting(every - given_up, given_up)


def _all(rows: Sequence[RowMapping]) -> tuple[Mail, ...]:
    return tuple(_from_row(row) for row in rows)


def _from_row(row: RowMapping) -> Mail:
    values = dict(row)
    for name in ("created_at", "next_attempt_at", "sent_at", "given_up_at"):
        values[name] = moments.read(values[name]) if values[name] else None
    return Mail(**values)
