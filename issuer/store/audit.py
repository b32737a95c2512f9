"""The audit log: who did what, when, to what. It is only appended to, in the transaction of the deed itself.

    number || at || actor || action || subject || detail || previous   --SHA-256-->   hash

Each row binds the one before it, so nobody can change, remove or insert one without changing all that follow. Every
organization has a chain of its own, so that it can check it without seeing another's; the operator's is called ''.
`verify` finds the first row that does not fit. What it cannot find is a chain cut off at its end: keep the newest hash
elsewhere (`issuer audit verify` prints it) and compare.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, select

from issuer.facts import canonical_json
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.many import insert_many
from issuer.store.office_tables import audit as table

OPERATOR = ""
BEGINNING = bytes(32)
_AT_ONCE = 1_000  # rows in memory while a chain is verified


@dataclass(frozen=True)
class Entry:
    """A row. `detail`: what belongs to the deed, without personal data beyond ids; hashes have 32 bytes."""

    chain: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    @property
    def content(self) -> dict[str, Any]:
        """What is hashed, as canonical JSON: who has it can hash it himself."""
        return {
            "chain": self.chain,
            "number": self.number,
            "at": moments.write(self.at),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "detail": dict(self.detail),
            "previous": self.previous.hex(),
        }

    @property
    def expected_hash(self) -> bytes:
        return _hash(self.content)


class BrokenChain(Exception):
    """The log was changed. `number`: the first row that does not fit; `newest`: the hash of the last one that does."""

    def __init__(self, chain: str, number: int, newest: bytes) -> None:
        super().__init__(chain, number)
        self.chain = chain
        self.number = number
        self.newest = newest


@dataclass(frozen=True)
class Deed:
    """`action` is a word and a dot and a verb ("cohort.approve"); `subject` names what it was done to."""

    action: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def append(
    tx: Transaction,
    chain: str | None,
    *,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    **detail: Any,
) -> Entry:
    """`chain`: the organization's code, None for the operator's own. The rest as in `Deed`."""
    return append_all(tx, chain, [Deed(action, subject, detail)], actor=actor, at=at)[0]


def append_all(
    tx: Transaction, chain: str | None, deeds: Iterable[Deed], *, actor: str, at: datetime
) -> tuple[Entry, ...]:
    """In the order given, written at once."""
    name = chain or OPERATOR
    query = select(table.c.number, table.c.hash).where(table.c.chain == name).order_by(table.c.number.desc()).limit(1)
    last = tx.execute(query).first()
    number, previous = (0, BEGINNING) if last is None else last
    # As it is read back: what is hashed must not depend on microseconds or number types that the store drops.
    shared = {"chain": name, "at": moments.write(at), "actor": actor}
    rows: list[dict[str, Any]] = []
    for deed in deeds:
        number += 1
        detail = canonical_json(deed.detail).decode()
        its = {"number": number, "action": deed.action, "subject": deed.subject}
        hashed = _hash(shared | its | {"detail": json.loads(detail), "previous": previous.hex()})
        rows.append(shared | its | {"detail": detail, "previous": previous, "hash": hashed})
        previous = hashed
    insert_many(tx, table, rows)
    return tuple(_from_row(row) for row in rows)


def _hash(content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical_json(content)).digest()


def read(tx: Transaction, chain: str | None, *, after: int = 0, limit: int | None = None) -> tuple[Entry, ...]:
    """In the order of the chain, those after that number."""
    return tuple(_from_row(row) for row in tx.execute(_rows(chain, after).limit(limit)).mappings())


def length(tx: Transaction, chain: str | None) -> int:
    """The newest number; 0 where nothing was done."""
    return tx.scalar(select(func.max(table.c.number)).where(table.c.chain == (chain or OPERATOR))) or 0


def chains(tx: Transaction) -> tuple[str, ...]:
    return tuple(tx.scalars(select(table.c.chain).distinct().order_by(table.c.chain)))


def verify(tx: Transaction, chain: str | None) -> tuple[int, bytes]:
    """How many rows there are, and the newest hash. Raises `BrokenChain` at the first row that does not fit."""
    number, previous = 0, BEGINNING
    while rows := tx.execute(_rows(chain, number).limit(_AT_ONCE)).mappings().all():
        for row in rows:
            number += 1
            try:
                entry = _from_row(row)
                fits = (entry.number, entry.previous, entry.hash) == (number, previous, entry.expected_hash)
            except (ValueError, TypeError):  # no date or no JSON any more
                fits = False
            if not fits:
                raise BrokenChain(chain or OPERATOR, number, previous)
            previous = row["hash"]
    return number, previous


def _rows(chain: str | None, after: int) -> Select[Any]:
    here = (table.c.chain == (chain or OPERATOR), table.c.number > after)
    return select(table).where(*here).order_by(table.c.number)


def _from_row(row: RowMapping | Mapping[str, Any]) -> Entry:
    values = dict(row)
    return Entry(**values | {"at": moments.read(values["at"]), "detail": json.loads(values["detail"])})
