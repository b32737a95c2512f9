"""The public halves of the keys in whose names an organization signs or signed. None is ever taken away.

An organization without a row is older than this table, or is the installation itself: `issuer.keyring` says what holds
then.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.office_tables import organization_key as table


@dataclass(frozen=True)
class OrganizationKey:
    """`id`: the fragment of its verification method, `key-1` and so on; `public`: a Multikey; `own` False: the
    installation's, which signed for it before it had its own."""

    organization: str
    id: str
    public: str
    created_at: datetime
    own: bool = True

    @property
    def number(self) -> int:
        return number_of(self.id)


def number_of(id: str) -> int:
    """By which keys follow each other: clocks are set back, and `key-10` sorts before `key-2`.

    >>> number_of("key-10")
    10
    """
    last = id.rpartition("-")[2]
    return int(last) if last.isascii() and last.isdigit() else 0


def add(tx: Transaction, key: OrganizationKey) -> None:
    values = {
        "organization": key.organization,
        "id": key.id,
        "public": key.public,
        "created_at": moments.write(key.created_at),
        "own": key.own,
    }
    tx.execute(insert(table).values(values))


def of(tx: Transaction, organization: str) -> tuple[OrganizationKey, ...]:
    """Oldest first; empty when there are none."""
    rows = tx.execute(select(table).where(table.c.organization == organization)).mappings()
    found = (OrganizationKey(**dict(row) | {"created_at": moments.read(row["created_at"])}) for row in rows)
    return tuple(sorted(found, key=lambda key: key.number))
