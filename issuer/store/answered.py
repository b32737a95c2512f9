"""What requests with an Idempotency-Key were answered, and which of them some process does now."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import answered as table
from issuer.store.office_tables import under_way


@dataclass(frozen=True)
class Answer:
    """`request_digest`: 32 bytes that stand for method, path and body."""

    request_digest: bytes = field(repr=False)
    status: int
    content: bytes = field(repr=False)


def find(tx: Transaction, api_key: int, idempotency_key: str) -> Answer | None:
    query = select(table.c.request_digest, table.c.status, table.c.answer)
    row = tx.execute(query.where(table.c.api_key == api_key, table.c.idempotency_key == idempotency_key)).first()
    return None if row is None else Answer(*row)


def begin(tx: Transaction, api_key: int, idempotency_key: str, *, at: datetime, given_up: datetime) -> bool:
    """Whether it is ours to do: nobody else does it, or who did began before `given_up`."""
    this = (under_way.c.api_key == api_key, under_way.c.idempotency_key == idempotency_key)
    tx.execute(delete(under_way).where(*this, under_way.c.since < moments.write(given_up)))
    if tx.execute(select(under_way.c.since).where(*this)).first() is not None:
        return False
    values = {"api_key": api_key, "idempotency_key": idempotency_key, "since": moments.write(at)}
    tx.execute(insert(under_way).values(values))
    return True


def end(tx: Transaction, api_key: int, idempotency_key: str, *, began: datetime) -> None:
    """Ours is done or failed; whoever took it over when it had been given up goes on."""
    this = (under_way.c.api_key == api_key, under_way.c.idempotency_key == idempotency_key)
    tx.execute(delete(under_way).where(*this, under_way.c.since == moments.write(began)))


def keep(tx: Transaction, api_key: int, idempotency_key: str, answer: Answer, *, at: datetime) -> Answer:
    """What is kept: this answer, or the one that another process kept first."""
    known = find(tx, api_key, idempotency_key)
    if known is not None:
        return known
    values = {
        "api_key": api_key,
        "idempotency_key": idempotency_key,
        "request_digest": answer.request_digest,
        "status": answer.status,
        "answer": answer.content,
        "at": moments.write(at),
    }
    tx.execute(insert(table).values(values))
    return answer
