"""The links with which learners see how things stand. A link is known here by the hash of its bytes, never by them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import learner_link as table


@dataclass(frozen=True)
class LearnerLink:
    """A row. `id`: the hash in hexadecimal, which names the link and does not open it."""

    id: str
    organization: str
    learner: str
    program: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


def add(
    tx: Transaction, *, hash: bytes, organization: str, learner: str, program: str, created_by: str, at: datetime
) -> LearnerLink:
    values = {
        "hash": hash,
        "organization": organization,
        "learner": learner,
        "program": program,
        "created_at": moments.write(at),
        "created_by": created_by,
    }
    tx.execute(insert(table).values(values))
    return get(tx, hash)


def get(tx: Transaction, hash: bytes) -> LearnerLink:
    """Raises `LookupError`."""
    row = tx.execute(select(table).where(table.c.hash == hash)).mappings().first()
    if row is None:
        raise LookupError
    return _from_row(row)


def listed(tx: Transaction, organization: str, learner: str, program: str, *, limit: int) -> tuple[LearnerLink, ...]:
    """The newest first, revoked ones too."""
    query = select(table).where(
        table.c.organization == organization, table.c.learner == learner, table.c.program == program
    )
    rows = tx.execute(query.order_by(table.c.created_at.desc(), table.c.hash).limit(limit)).mappings()
    return tuple(_from_row(row) for row in rows)


def revoke(
    tx: Transaction, organization: str, learner: str, program: str, *, at: datetime, id: str | None = None
) -> tuple[LearnerLink, ...]:
    """Revokes that link, or all of them; answers those that held until now."""
    query = select(table).where(
        table.c.organization == organization,
        table.c.learner == learner,
        table.c.program == program,
        table.c.revoked_at.is_(None),
    )
    holding = [_from_row(row) for row in tx.execute(query).mappings()]
    gone = tuple(one for one in holding if id in (None, one.id))
    hashes = [bytes.fromhex(one.id) for one in gone]
    tx.execute(update(table).where(table.c.hash.in_(hashes)).values(revoked_at=moments.write(at)))
    return gone


def _from_row(row: RowMapping) -> LearnerLink:
    values = dict(row)
    revoked = values["revoked_at"]
    return LearnerLink(
        id=values.pop("hash").hex(),
        **values
        | {"created_at": moments.read(values["created_at"]), "revoked_at": moments.read(revoked) if revoked else None},
    )
