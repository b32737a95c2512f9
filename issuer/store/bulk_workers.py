"""The processes that work on bulk runs, and when each was seen last: who is silent for too long is dead.

A name stands for one process at a time. `token` tells a process from an earlier one of the same name.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from issuer.store import moments
from issuer.store.bulk_tables import bulk_worker
from issuer.store.database import Transaction


@dataclass(frozen=True)
class Worker:
    name: str
    token: str
    host: str
    version: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None


def put(tx: Transaction, name: str, *, token: str, host: str, version: str, at: datetime) -> None:
    """The name is this process's from now on, whosever it was."""
    tx.execute(delete(bulk_worker).where(bulk_worker.c.name == name))
    moment = moments.write(at)
    values = {"name": name, "token": token, "host": host, "version": version, "started_at": moment, "seen_at": moment}
    tx.execute(insert(bulk_worker).values(values))


def seen(tx: Transaction, name: str, token: str, *, at: datetime) -> bool:
    """Whether the name is still this process's: not after another declared it dead."""
    mine = (bulk_worker.c.name == name, bulk_worker.c.token == token, bulk_worker.c.ended_at.is_(None))
    return tx.execute(update(bulk_worker).where(*mine).values(seen_at=moments.write(at))).rowcount > 0


def ended(tx: Transaction, name: str, token: str, *, at: datetime) -> None:
    mine = (bulk_worker.c.name == name, bulk_worker.c.token == token)
    tx.execute(update(bulk_worker).where(*mine).values(ended_at=moments.write(at)))


def find(tx: Transaction, name: str) -> Worker | None:
    return next((one for one in listed(tx) if one.name == name), None)


def listed(tx: Transaction, *, at_work: bool = False) -> tuple[Worker, ...]:
    """In the order of their names. `at_work`: those that did not end, though they may be dead."""
    query = select(bulk_worker).order_by(bulk_worker.c.name)
    if at_work:
        query = query.where(bulk_worker.c.ended_at.is_(None))
    return tuple(
        Worker(
            row["name"],
            row["token"],
            row["host"],
            row["version"],
            moments.read(row["started_at"]),
            moments.read(row["seen_at"]),
            None if row["ended_at"] is None else moments.read(row["ended_at"]),
        )
        for row in tx.execute(query).mappings()
    )
