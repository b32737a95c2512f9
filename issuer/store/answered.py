"""What requests with an Idempotency-Key were answered."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import answered as table


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
