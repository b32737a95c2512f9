"""Which bit of which status list a certificate gets: at random, and none that was given out before.

An organization gives out the indices of one list at a time, its open one. `reserve` keeps, beside the list, a bit for
each index that it gave out: a few hundred cost one row read and one row written. They are given out with the commit of
the transaction, whether a certificate follows or not. A list that is half full is closed, and a new one opened; what is
closed is never opened again.

    with database.write() as tx:
        first, *others = status_indices.reserve(tx, "school", 500, length=131_072, filled=65_536)

Lists are named at random, because their names are public (Bitstring Status List 1.0, section 2.1,
`statusListCredential`) and a store that is restored from a backup would number anew what it numbered before
(docs/adr/0043). Of a certificate's time or neighbours neither its index nor its list's name says anything.
"""

import secrets
from collections.abc import Mapping
from typing import Literal, NamedTuple

from sqlalchemy import insert, select, update

from issuer.store.database import Transaction
from issuer.store.tables import given_out, status_list
from vc.multibase import base58btc_encode
from vc.status.bitstring import Bitstring

NAME_BYTES = 12  # 96 bits: no two lists get the same name, in whichever copies of a store

Closed = Literal["filled", "restored"]


class StatusIndex(NamedTuple):
    """A place in a list. `list_name` is what its address ends with; the store tells lists by `list_number`."""

    list_number: int
    list_name: str
    list_index: int


class _Open(NamedTuple):
    number: int
    name: str
    given: int
    bits: Bitstring


def reserve(tx: Transaction, organization: str, count: int, *, length: int, filled: int) -> tuple[StatusIndex, ...]:
    """`count` random indices that nothing has or had. `length`: of a new list; `filled`: how many indices a list gives
    out before the next is opened."""
    places: list[StatusIndex] = []
    while len(places) < count:
        now = _open(tx, organization) or _begin(tx, organization, length)
        wanted = min(count - len(places), filled - now.given)
        if wanted <= 0:  # as `filled` was set lower, or when the list became full just so
            _close(tx, now.number, "filled")
            continue
        places += (StatusIndex(now.number, now.name, _draw(now.bits)) for _ in range(wanted))
        kept = {"count": now.given + wanted, "bits": bytes(now.bits.data)}
        tx.execute(update(given_out).where(given_out.c.list_number == now.number).values(kept))
    return tuple(places)


def close_all(tx: Transaction) -> int:
    """Nothing more is given out of any list that is there now. How many were open."""
    there = status_list.c.closed.is_(None)
    return tx.execute(update(status_list).where(there).values(closed="restored")).rowcount


def standing(tx: Transaction, organization: str) -> Mapping[str, int]:
    """How many indices were given out of the organization's open list, by its name; nothing when none is open."""
    query = select(status_list.c.name, given_out.c.count).join(
        given_out, given_out.c.list_number == status_list.c.number
    )
    query = query.where(status_list.c.organization == organization, status_list.c.closed.is_(None))
    return {row.name: row[1] for row in tx.execute(query)}


def _open(tx: Transaction, organization: str) -> _Open | None:
    columns = (status_list.c.number, status_list.c.name, given_out.c.count, given_out.c.bits)
    query = select(*columns).join(given_out, given_out.c.list_number == status_list.c.number)
    row = tx.execute(query.where(status_list.c.organization == organization, status_list.c.closed.is_(None))).first()
    return None if row is None else _Open(row[0], row[1], row[2], Bitstring(row[3]))


def _begin(tx: Transaction, organization: str, length: int) -> _Open:
    name = base58btc_encode(secrets.token_bytes(NAME_BYTES))
    bits = Bitstring(bytes(length // 8))
    values = {"organization": organization, "length": length, "version": 0, "name": name}
    number = tx.execute(insert(status_list).values(values).returning(status_list.c.number)).scalar_one()
    tx.execute(insert(given_out).values(list_number=number, count=0, bits=bytes(bits.data)))
    return _Open(number, name, 0, bits)


def _close(tx: Transaction, number: int, why: Closed) -> None:
    tx.execute(update(status_list).where(status_list.c.number == number).values(closed=why))


def _draw(bits: Bitstring) -> int:
    """A list is at most three quarters full (`issuer.limits`): four draws find a free index."""
    while True:
        index = secrets.randbelow(len(bits))
        if not bits.get(index):
            bits.set(index, 1)
            return index
