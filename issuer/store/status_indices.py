"""Places in status lists, drawn at random by the hundred: an index does not tell when, or beside whom, it was given.

    reserve(tx, "duke", 500, length=131_072, filled=65_536)    # [(7, 90210), (7, 4711), …]

A place is taken when an intent with it is recorded (`issuer.store.intents`), which looks again, and is never given
twice, because intents are never deleted.
"""

import secrets

from sqlalchemy import func, insert, select

from issuer.store.database import Transaction
from issuer.store.facts import batched
from issuer.store.tables import credential, status_list


def reserve(tx: Transaction, organization: str, count: int, *, length: int, filled: int) -> list[tuple[int, int]]:
    """So many (list number, index): in the organization's newest list until `filled` of its entries are in use, then
    in a new one."""
    found: list[tuple[int, int]] = []
    number = tx.scalar(select(func.max(status_list.c.number)).where(status_list.c.organization == organization))
    used = 0 if number is None else _used(tx, number)
    while len(found) < count:
        if number is None or used >= filled:
            number, used = _open(tx, organization, length), 0
        some = _free(tx, number, min(count - len(found), filled - used))
        found += [(number, index) for index in some]
        used += len(some)
    return found


def _open(tx: Transaction, organization: str, length: int) -> int:
    values = {"organization": organization, "length": length, "version": 0}
    row = tx.execute(insert(status_list).values(values)).inserted_primary_key
    return int(row[0]) if row else 0


def _used(tx: Transaction, number: int) -> int:
    return tx.scalar(select(func.count()).select_from(credential).where(credential.c.list_number == number)) or 0


def _free(tx: Transaction, number: int, count: int) -> list[int]:
    """So many different indices that nothing has. At most three quarters of a list are ever in use."""
    length = tx.scalar(select(status_list.c.length).where(status_list.c.number == number)) or 0
    found: set[int] = set()
    while len(found) < count:
        drawn = {secrets.randbelow(length) for _ in range(count - len(found))} - found
        for some in batched(sorted(drawn)):
            same = (credential.c.list_number == number, credential.c.list_index.in_(some))
            drawn.difference_update(tx.scalars(select(credential.c.list_index).where(*same)).all())
        found |= drawn
    return secrets.SystemRandom().sample(sorted(found), count)
