"""Copies of a SQLite store that are made while it is written to, and the mark by which a copy knows that it is one.

    copies.copy(config.database_file, target)       # one moment of the store, whole
    with open_database(target).write() as tx:
        copies.mark(tx, at=now)                     # in the copy: its lists are closed, and it knows of when it is

A list that is closed in the copy is closed when the copy is put in the original's place, so nothing is given out of it
again (docs/adr/0043). `settle` does the same to a store that was put back from a copy of another kind.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select, update

from issuer.errors import StoreUnavailable
from issuer.store import moments, status_indices
from issuer.store.database import Transaction
from issuer.store.dialects import sqlite
from issuer.store.tables import copied, credential, fact, status_history

_PAGES = 2_500  # ten megabytes: so often the progress is told


@dataclass(frozen=True)
class Copied:
    """`at`: when the copy was made; None: nobody knows."""

    at: datetime | None


def copy(source: Path, target: Path, *, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
    """A new file `target` with one consistent moment of the database, whoever writes meanwhile; nobody is kept waiting.
    `progress` is told how many pages of how many are copied. Raises `StoreUnavailable` and its kinds."""
    with _our_errors(), closing(_opened(source)) as original, closing(_opened(target)) as made:
        # The backup takes part in a transaction that is there: without it, each commit of others would begin it anew.
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_master").fetchone()
        original.backup(made, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))


def check(path: Path) -> None:
    """Reads all of the database. Raises `StoreUnavailable` when it is damaged."""
    with _our_errors(), closing(_opened(path)) as database:
        found = [row[0] for row in database.execute("PRAGMA quick_check(1)")]
        broken = database.execute("PRAGMA foreign_key_check").fetchone()
    if found != ["ok"] or broken is not None:
        raise StoreUnavailable(
            "The copy {path} is damaged ({why}).",
            hint="Is the original? Try it: sqlite3 FILE 'PRAGMA integrity_check'",
            path=str(path),
            why=found[0] if found != ["ok"] else f"a row of {broken[0]} points to nothing",
        )


def mark(tx: Transaction, *, at: datetime) -> None:
    """In the copy."""
    status_indices.close_all(tx)
    tx.execute(insert(copied).values(copied_at=moments.write(at)))


def unsettled(tx: Transaction) -> Copied | None:
    """That this store is a copy which was put in the original's place, while nobody has said so yet."""
    row = tx.execute(select(copied.c.copied_at).where(copied.c.settled_at.is_(None))).first()
    return None if row is None else _copied(row[0])


def settle(tx: Transaction, *, at: datetime) -> tuple[Copied, int]:
    """The operator says that this store was put back from a copy. Its lists are closed: also how many those were."""
    found = unsettled(tx)
    if found is None:
        tx.execute(insert(copied).values(settled_at=moments.write(at)))
    else:
        tx.execute(update(copied).where(copied.c.settled_at.is_(None)).values(settled_at=moments.write(at)))
    return found or Copied(None), status_indices.close_all(tx)


def ends_at(tx: Transaction) -> datetime | None:
    """When the newest of what is recorded was recorded."""
    newest = [
        tx.scalar(select(column).order_by(number.desc()).limit(1))
        for column, number in (
            (fact.c.recorded_at, fact.c.sequence),
            (credential.c.intended_at, credential.c.number),
            (status_history.c.at, status_history.c.sequence),
        )
    ]
    return max((moments.read(one) for one in newest if one is not None), default=None)


def size(tx: Transaction) -> int:
    """How many certificates there are."""
    return tx.scalar(select(func.count()).select_from(credential)) or 0


def _copied(at: str | None) -> Copied:
    return Copied(None if at is None else moments.read(at))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise sqlite.refusal(error) or error from error
