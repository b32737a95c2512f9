"""What a source sent and could not be taken, whole or in part, as it came: the queue of what is stuck.

refused.waiting(tx, "duke")                                        # the oldest first
refused.settle(tx, 7, as_="taken", at=now)                         # or "laid aside"
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import RowMapping, func, insert, select, update

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import refused as table

Settlement = Literal["taken", "laid aside"]


@dataclass(frozen=True)
class Refused:
    """A row. `problems`: what is wrong, in English; `payload`: what was sent, byte by byte."""

    number: int
    organization: str
    source: str
    webhook: str | None
    received_at: datetime
    problems: tuple[str, ...]
    payload: bytes = field(repr=False)
    settled_at: datetime | None
    settled_as: Settlement | None


def add(
    tx: Transaction,
    *,
    organization: str,
    source: str,
    webhook: str | None,
    problems: Iterable[str],
    payload: bytes,
    at: datetime,
) -> int:
    """Its number in the queue."""
    values = {
        "organization": organization,
        "source": source,
        "webhook": webhook,
        "received_at": moments.write(at),
        "problems": json.dumps(list(problems), ensure_ascii=False),
        "payload": payload,
    }
    made = tx.execute(insert(table).values(values)).inserted_primary_key
    return int(made[0]) if made else 0


def get(tx: Transaction, number: int) -> Refused:
    """Raises `LookupError`."""
    row = tx.execute(select(table).where(table.c.number == number)).mappings().first()
    if row is None:
        raise LookupError(number)
    return _from_row(row)


def waiting(
    tx: Transaction, organization: str | None = None, *, after: int = 0, limit: int | None = None
) -> tuple[Refused, ...]:
    """Those of the organization, or all, that are not settled; the oldest first."""
    query = select(table).where(table.c.settled_at.is_(None), table.c.number > after).order_by(table.c.number)
    if organization is not None:
        query = query.where(table.c.organization == organization)
    return tuple(_from_row(row) for row in tx.execute(query.limit(limit)).mappings())


def count(tx: Transaction, organization: str | None = None) -> int:
    """How many wait."""
    query = select(func.count()).select_from(table).where(table.c.settled_at.is_(None))
    if organization is not None:
        query = query.where(table.c.organization == organization)
    return tx.scalar(query) or 0


def settle(tx: Transaction, number: int, *, as_: Settlement, at: datetime) -> bool:
    """Whether this call did it: what is settled stays as it is."""
    still = (table.c.number == number) & table.c.settled_at.is_(None)
    values = {"settled_at": moments.write(at), "settled_as": as_}
    return tx.execute(update(table).where(still).values(values)).rowcount == 1


def still_wrong(tx: Transaction, number: int, problems: Iterable[str]) -> None:
    """It was tried again: what is wrong with it now."""
    told = json.dumps(list(problems), ensure_ascii=False)
    tx.execute(update(table).where(table.c.number == number, table.c.settled_at.is_(None)).values(problems=told))


def _from_row(row: RowMapping) -> Refused:
    values = dict(row)
    settled_at = None if values["settled_at"] is None else moments.read(values["settled_at"])
    told = {"received_at": moments.read(values["received_at"]), "problems": tuple(json.loads(values["problems"]))}
    return Refused(**values | told | {"settled_at": settled_at})
