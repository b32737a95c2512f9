"""A bulk run watched from outside: how many certificates are released, how quick, in how much memory and disk.

    watch = Watch(database, total=7_000)
    sample = watch.sample({"worker 1": process.pid})

One sample costs a count of the newest rows alone, so that watching a million does not slow them down.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, text

from benchmarks.processes import memory
from issuer.store.database import Database
from issuer.store.tables import credential


@dataclass(frozen=True)
class Sample:
    """`seconds` since the watch began; `memory`: bytes by the name of a process; `disk`: bytes of the database."""

    seconds: float
    released: int
    memory: Mapping[str, int]
    disk: int


class Watch:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._began = time.monotonic()
        self._all_below, self._number = 0, 0  # so many are released with numbers up to that one

    def sample(self, processes: Mapping[str, int]) -> Sample:
        """`processes`: name -> pid; those that ended have no memory."""
        return Sample(
            time.monotonic() - self._began,
            self._released(),
            {name: memory(pid) for name, pid in processes.items()},
            size(self._database),
        )

    def _released(self) -> int:
        newer = credential.c.number > self._number
        is_released = credential.c.released_at.is_not(None)
        with self._database.read() as tx:
            count, last = tx.execute(
                select(func.count().filter(is_released), func.max(credential.c.number)).where(newer)
            ).one()
            first_open = tx.execute(select(func.min(credential.c.number)).where(newer, ~is_released)).scalar()
            settled = (first_open - 1) if first_open is not None else (last or self._number)
            below = tx.execute(
                select(func.count()).select_from(credential).where(newer, credential.c.number <= settled)
            ).scalar_one()
        found = self._all_below + int(count)
        self._all_below, self._number = self._all_below + int(below), settled
        return found


def size(database: Database) -> int:
    """Bytes of the database, its indexes included."""
    with database.read() as tx:
        if tx.dialect.name == "postgresql":
            return int(tx.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        pages = int(tx.execute(text("PRAGMA page_count")).scalar_one())
        return pages * int(tx.execute(text("PRAGMA page_size")).scalar_one())
