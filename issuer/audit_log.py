"""What is shown of the audit log (`issuer.store.audit`), on the command line and by the API.

with database.read() as tx:
    checked(tx, "duke").intact      # whether every entry fits the one before it
"""

from dataclasses import dataclass
from typing import Any

from issuer.store import audit
from issuer.store.audit import BrokenChain, Entry
from issuer.store.database import Transaction


@dataclass(frozen=True)
class Checked:
    """`entries`: how many fit; `newest`: the hash of the last of them, zeros when there is none; `broken_at`: the
    number of the first that does not fit."""

    chain: str
    entries: int
    newest: bytes
    broken_at: int | None

    @property
    def intact(self) -> bool:
        return self.broken_at is None

    def to_json(self) -> dict[str, Any]:
        return {
            "organization": self.chain or None,
            "intact": self.intact,
            "entries": self.entries,
            "newest": self.newest.hex(),
            "broken_at": self.broken_at,
        }


def checked(tx: Transaction, chain: str | None) -> Checked:
    """`chain` None: the operator's own."""
    try:
        count, newest = audit.verify(tx, chain)
    except BrokenChain as found:
        return Checked(found.chain, found.number - 1, found.newest, found.number)
    return Checked(chain or audit.OPERATOR, count, newest, None)


def described(entry: Entry) -> dict[str, Any]:
    """The very members that are hashed, as canonical JSON (RFC 8785), and their hash: who has them can do it again."""
    return entry.content | {"hash": entry.hash.hex()}
