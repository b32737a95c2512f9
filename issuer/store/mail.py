"""The outbox: e-mail is written here in the transaction of what it tells about, and sent afterwards (`issuer.outbox`).

So nobody is told of what did not happen, and nothing that happened is forgotten while the mail server is down. `once`
names the occasion: the same occasion is told once.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import mail as table


@dataclass(frozen=True)
class Mail:
    """A row. `learner` is empty for mail to the staff; `problem`: why the last attempt failed."""

    number: int
    organization: str
    learner: str
    kind: str
    address: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    once: str
    created_at: datetime
    attempts: int
    next_attempt_at: datetime
    problem: str | None
    sent_at: datetime | None


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
    if tx.scalar(select(table.c.number).where(table.c.once == once)) is not None:
        return False
    values = {
        "organization": organization,
        "learner": learner,
        "kind": kind,
        "address": address,
        "subject": subject,
        "text": text,
        "once": once,
        "created_at": moments.write(at),
        "attempts": 0,
        "next_attempt_at": moments.write(at),
    }
    tx.execute(insert(table).values(values))
    return True


def due(tx: Transaction, *, now: datetime, limit: int) -> tuple[Mail, ...]:
    """What is to be sent now, the oldest first."""
    query = select(table).where(table.c.sent_at.is_(None), table.c.next_attempt_at <= moments.write(now))
    rows = tx.execute(query.order_by(table.c.next_attempt_at, table.c.number).limit(limit)).mappings()
    return tuple(_from_row(row) for row in rows)


def listed(tx: Transaction, organization: str | None = None, *, unsent: bool = False) -> tuple[Mail, ...]:
    query = select(table).order_by(table.c.number)
    if organization is not None:
        query = query.where(table.c.organization == organization)
    if unsent:
        query = query.where(table.c.sent_at.is_(None))
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def sent(tx: Transaction, number: int, *, at: datetime) -> None:
    values = {"sent_at": moments.write(at), "attempts": table.c.attempts + 1, "problem": None}
    tx.execute(update(table).where(table.c.number == number).values(values))


def failed(tx: Transaction, number: int, *, problem: str, next_attempt_at: datetime) -> None:
    values = {
        "problem": problem,
        "attempts": table.c.attempts + 1,
        "next_attempt_at": moments.write(next_attempt_at),
    }
    tx.execute(update(table).where(table.c.number == number, table.c.sent_at.is_(None)).values(values))


def _from_row(row: RowMapping) -> Mail:
    values = dict(row)
    for name in ("created_at", "next_attempt_at", "sent_at"):
        values[name] = moments.read(values[name]) if values[name] else None
    return Mail(**values)
