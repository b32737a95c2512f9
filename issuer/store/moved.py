"""What a store says about being moved: on the old one, where it went; on the new one, that it has not quite arrived.

The old store is a SQLite file. Marked, it opens no transaction any more, in whichever process has it open
(`issuer.store.dialects.sqlite`). The new one holds the note of an arrival from the moment that the copy is complete
until the configuration names it: a move that was cut off in between is known by it, and can be done again.
"""

import json
from collections.abc import Mapping

from sqlalchemy import inspect, text

from issuer.store.database import Transaction
from issuer.store.dialects.sqlite import MOVED


def mark(tx: Transaction, destination: str) -> None:
    """From the commit on, the SQLite file refuses everybody. `destination`: an address without a password."""
    tx.execute(text("CREATE TABLE moved (destination TEXT NOT NULL)"))
    tx.execute(text("INSERT INTO moved VALUES (:destination)"), {"destination": destination})
    tx.exec_driver_sql(f"PRAGMA user_version = {MOVED}")


def note_arrival(tx: Transaction, counts: Mapping[str, int]) -> None:
    tx.execute(text("CREATE TABLE IF NOT EXISTS arrival (counts TEXT NOT NULL)"))
    tx.execute(text("DELETE FROM arrival"))
    tx.execute(text("INSERT INTO arrival VALUES (:counts)"), {"counts": json.dumps(dict(counts))})


def arrival(tx: Transaction) -> dict[str, int] | None:
    """How many rows each table had when the copy was complete; None when no move is under way."""
    if not inspect(tx).has_table("arrival"):
        return None
    found: dict[str, int] = json.loads(str(tx.scalar(text("SELECT counts FROM arrival"))))
    return found


def forget_arrival(tx: Transaction) -> None:
    tx.execute(text("DROP TABLE IF EXISTS arrival"))
