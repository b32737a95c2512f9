"""The databases that can be the store: SQLite, with which one starts, and PostgreSQL, into which one grows.

What differs between the two stands in a file here and nowhere else: how one connects, how a transaction begins, and
which of our errors the driver's become. A new one is a file and a line in `DIALECTS`; docs/adr/0040 says what it must
promise.

    place = Path("/srv/testamur/testamur.db")          # a file is SQLite
    place = "postgresql://testamur@db.example.org/testamur"
    ways = dialect_of(place).open_ways(place, limits)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from sqlalchemy import Connection, Engine

from issuer.errors import IssuerError
from issuer.limits import Limits
from issuer.store.dialects import postgresql, sqlite

Place = Path | str
"""Where a store is: the file of a SQLite database, or the URL of a PostgreSQL database."""


@dataclass(frozen=True)
class Ways:
    """Two ways into one database, over one pool of connections. A transaction of `reader` is one consistent view; of
    those of `writer`, in all processes, one runs at a time, and it sees what all before it wrote."""

    reader: Engine
    writer: Engine


class Dialect(Protocol):
    """What a file of this folder offers."""

    def engines(self, place: Place, limits: Limits) -> tuple[Engine, Engine]:
        """The reader and the writer of `Ways`. Raises `StoreUnavailable`."""

    def require(self, connection: Connection) -> None:
        """Raises `StoreUnavailable` when this server or database cannot keep the promises of the store."""

    def look_over(self, connection: Connection) -> None:
        """Counts anew what is in the tables, in a transaction of `reader`, where ways are chosen by such counts."""

    def refusal(self, error: BaseException) -> IssuerError | None:
        """What the driver's error is to us, by its code and never by its words; None for a constraint that fired or
        SQL that is wrong, which are facts about us and not about the store."""


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {"sqlite": cast(Dialect, sqlite), "postgresql": cast(Dialect, postgresql)}
)


def dialect_of(place: Place) -> Dialect:
    return DIALECTS["sqlite" if isinstance(place, Path) else "postgresql"]
