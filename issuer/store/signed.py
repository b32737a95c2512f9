"""What callers of the API had signed: first the intent, then what was signed, byte by byte; each id once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import signed as table


@dataclass(frozen=True)
class Signed:
    """A row. `id`: the credential's; `request_digest`: 32 bytes that stand for the credential as it was asked for;
    `secured`, `digest` and `released_at` are None until it is released."""

    number: int
    id: str
    request_digest: bytes = field(repr=False)
    idempotency_key: str | None
    unsecured: bytes = field(repr=False)
    api_key: int
    intended_at: datetime
    secured: bytes | None = field(repr=False)
    digest: bytes | None = field(repr=False)
    released_at: datetime | None


def record_intent(
    tx: Transaction,
    id: str,
    *,
    request_digest: bytes,
    idempotency_key: str | None,
    unsecured: bytes,
    api_key: int,
    at: datetime,
) -> Signed:
    """Of an id, and of a key's idempotency key, there is at most one: the caller has looked, in this transaction."""
    values = {
        "id": id,
        "request_digest": request_digest,
        "idempotency_key": idempotency_key,
        "unsecured": unsecured,
        "api_key": api_key,
        "intended_at": moments.write(at),
    }
    row = tx.execute(insert(table).values(values)).inserted_primary_key
    return get(tx, int(row[0]) if row else 0)


def release(tx: Transaction, number: int, *, secured: bytes, digest: bytes, at: datetime) -> Signed:
    """Keeps what was signed, unless somebody else released it first: theirs stays. Gives back what is kept."""
    values = {"secured": secured, "digest": digest, "released_at": moments.write(at)}
    tx.execute(update(table).where(table.c.number == number, table.c.secured.is_(None)).values(values))
    return get(tx, number)


def get(tx: Transaction, number: int) -> Signed:
    """Raises `LookupError`."""
    found = _first(tx, table.c.number == number)
    if found is None:
        raise LookupError(number)
    return found


def by_id(tx: Transaction, id: str) -> Signed | None:
    return _first(tx, table.c.id == id)


def by_idempotency_key(tx: Transaction, api_key: int, idempotency_key: str) -> Signed | None:
    return _first(tx, (table.c.api_key == api_key) & (table.c.idempotency_key == idempotency_key))


def intents(tx: Transaction) -> tuple[Signed, ...]:
    """Those recorded and not released, oldest first."""
    query = select(table).where(table.c.secured.is_(None)).order_by(table.c.number)
    return tuple(_from_row(row) for row in tx.execute(query).mappings())


def _first(tx: Transaction, condition: Any) -> Signed | None:
    row = tx.execute(select(table).where(condition)).mappings().first()
    return None if row is None else _from_row(row)


def _from_row(row: RowMapping) -> Signed:
    values = dict(row)
    values["intended_at"] = moments.read(values["intended_at"])
    values["released_at"] = moments.read(values["released_at"]) if values["released_at"] else None
    return Signed(**values)
