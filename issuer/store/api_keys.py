"""The keys that callers of the API show. A key is known here by the hash of its secret, never by the secret."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import api_key as table


@dataclass(frozen=True)
class ApiKey:
    """A row. `hash`: 32 bytes; `organization` None: the operator's; `role`, or else `scopes`: what it may do;
    `revoked_at` is None while it holds."""

    id: int
    organization: str | None
    name: str
    hash: bytes = field(repr=False)
    role: str | None
    scopes: frozenset[str]
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


def add(
    tx: Transaction,
    *,
    name: str,
    hash: bytes,
    at: datetime,
    scope: str = "",
    role: str | None = None,
    organization: str | None = None,
    created_by: str = "",
) -> ApiKey:
    """With either a role or a scope."""
    values = {
        "organization": organization,
        "name": name,
        "hash": hash,
        "role": role,
        "scope": scope,
        "created_at": moments.write(at),
        "created_by": created_by,
    }
    row = tx.execute(insert(table).values(values)).inserted_primary_key
    return get(tx, int(row[0]) if row else 0)


def get(tx: Transaction, id: int) -> ApiKey:
    """Raises `LookupError`."""
    row = tx.execute(select(table).where(table.c.id == id)).mappings().first()
    if row is None:
        raise LookupError(id)
    return _from_row(row)


def listed(
    tx: Transaction, *, organization: str | None = None, after: int = 0, limit: int | None = None
) -> tuple[ApiKey, ...]:
    """All of them, or those of an organization, oldest first, revoked ones too."""
    query = select(table).where(table.c.id > after).order_by(table.c.id)
    if organization is not None:
        query = query.where(table.c.organization == organization)
    return tuple(_from_row(row) for row in tx.execute(query.limit(limit)).mappings())


def revoke(tx: Transaction, id: int, *, at: datetime) -> ApiKey:
    """Once: a key that is revoked stays as it is. Raises `LookupError`."""
    here = (table.c.id == id, table.c.revoked_at.is_(None))
    tx.execute(update(table).where(*here).values(revoked_at=moments.write(at)))
    return get(tx, id)


def _from_row(row: RowMapping) -> ApiKey:
    return ApiKey(
        id=row["id"],
        organization=row["organization"],
        name=row["name"],
        hash=row["hash"],
        role=row["role"],
        scopes=frozenset(row["scope"].split()),
        created_at=moments.read(row["created_at"]),
        created_by=row["created_by"],
        revoked_at=moments.read(row["revoked_at"]) if row["revoked_at"] else None,
    )
