"""The status of certificates: a history that only grows, and the lists of bits that follow from it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import RowMapping, String, and_, cast, func, insert, select, update

from issuer.store import credentials, moments
from issuer.store.credentials import Status, StoredCredential
from issuer.store.database import Transaction
from issuer.store.tables import credential, lost_bit, status_history, status_list
from vc.dates import timestamp

_AT_ONCE = 500  # indices that are looked up by one statement

# By somebody's word; because of what the record says; because a new edition follows; because a cohort was undone.
Cause = Literal["hand", "evidence", "renewal", "cohort"]


@dataclass(frozen=True)
class StatusChange:
    """`actor`: who did it; `until`: the last day on which a suspension can be put right, None where there is no such
    day."""

    status: Status
    reason: str
    at: datetime
    cause: Cause = "hand"
    actor: str = ""
    until: date | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "at": timestamp(self.at),
            "reason": self.reason,
            "cause": self.cause,
            "actor": self.actor,
            "until": None if self.until is None else self.until.isoformat(),
        }


@dataclass(frozen=True)
class StatusList:
    """`version` grows with every change; `set_indices` are those of all that is not valid."""

    organization: str
    length: int
    version: int
    set_indices: Sequence[int]


def change(
    tx: Transaction,
    number: int,
    status: Status,
    *,
    reason: str,
    at: datetime,
    cause: Cause = "hand",
    actor: str = "",
    until: date | None = None,
) -> StatusChange:
    """Appends to the history and moves the list on. Whether the change is allowed is for `issuer.revocation`; the
    database refuses to take a revocation back."""
    values = {
        "credential": number,
        "status": status,
        "reason": reason,
        "at": moments.write(at),
        "cause": cause,
        "actor": actor,
        "until": None if until is None else until.isoformat(),
    }
    tx.execute(insert(status_history).values(values))
    tx.execute(update(credential).where(credential.c.number == number).values(status=status))
    of_it = select(credential.c.list_number).where(credential.c.number == number).scalar_subquery()
    tx.execute(update(status_list).where(status_list.c.number == of_it).values(version=status_list.c.version + 1))
    return StatusChange(status, reason, at, cause, actor, until)


def history(tx: Transaction, number: int) -> tuple[StatusChange, ...]:
    """Oldest first; empty for a certificate that nothing happened to."""
    query = select(status_history).where(status_history.c.credential == number)
    return tuple(_from_row(row) for row in tx.execute(query.order_by(status_history.c.sequence)).mappings())


def last(tx: Transaction, number: int) -> StatusChange | None:
    """The newest change; None for a certificate that nothing happened to."""
    query = select(status_history).where(status_history.c.credential == number)
    row = tx.execute(query.order_by(status_history.c.sequence.desc()).limit(1)).mappings().first()
    return None if row is None else _from_row(row)


def version(tx: Transaction, name: str) -> tuple[int, str]:
    """Of the list whose address ends with `name`, and whose certificates it holds. Raises `LookupError` when there is
    no such list."""
    row = tx.execute(
        select(status_list.c.version, status_list.c.organization).where(status_list.c.name == name)
    ).first()
    if row is None:
        raise LookupError(name)
    return int(row[0]), str(row[1])


def read_list(tx: Transaction, name: str) -> StatusList:
    """Raises `LookupError` when there is no such list."""
    of_it = status_list.c
    query = select(of_it.number, of_it.organization, of_it.length, of_it.version).where(of_it.name == name)
    row = tx.execute(query).first()
    if row is None:
        raise LookupError(name)
    return StatusList(row[1], row[2], row[3], set_indices(tx, row[0]))


def set_indices(tx: Transaction, list_number: int) -> Sequence[int]:
    """Of all in the list that is not valid; from an index of just those (`credentials.fallen`). With what is kept of
    certificates that are unknown since the store was restored."""
    columns = credential.c
    # As one text: a row for each of tens of thousands is a lot of objects, and takes several times as long.
    together = func.aggregate_strings(cast(columns.list_index, String), " ")
    fallen = tx.scalar(select(together).where(columns.list_number == list_number, credentials.fallen(columns)))
    lost = tx.scalars(select(lost_bit.c.list_index).where(lost_bit.c.list_number == list_number))
    return [*map(int, (fallen or "").split()), *lost]


def in_list(tx: Transaction, name: str, indices: Iterable[int]) -> Iterator[StoredCredential]:
    """The certificates that have these indices of the list."""
    number, wanted = _number(tx, name), sorted(indices)
    for first in range(0, len(wanted), _AT_ONCE):
        some = credential.c.list_index.in_(wanted[first : first + _AT_ONCE])
        yield from credentials.matching(tx, and_(credential.c.list_number == number, some))


def keep_lost(tx: Transaction, name: str, indices: Iterable[int]) -> int:
    """These bits of the list are set from now on, though no certificate is known that has them. How many those are."""
    number = _number(tx, name)
    rows = [{"list_number": number, "list_index": index} for index in indices]
    if rows:
        tx.execute(insert(lost_bit), rows)
        tx.execute(update(status_list).where(status_list.c.number == number).values(version=status_list.c.version + 1))
    return len(rows)


def _number(tx: Transaction, name: str) -> int:
    found = tx.scalar(select(status_list.c.number).where(status_list.c.name == name))
    if found is None:
        raise LookupError(name)
    return int(found)


def _from_row(row: RowMapping) -> StatusChange:
    until = None if row["until"] is None else date.fromisoformat(row["until"])
    return StatusChange(row["status"], row["reason"], moments.read(row["at"]), row["cause"], row["actor"], until)
