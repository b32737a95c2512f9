"""What there is to say of a store as a whole: on which database, of which schema, how large, how many rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text

from issuer.store.bulk_tables import metadata
from issuer.store.database import Transaction

_SERVER_AND_SIZE: Mapping[str, str] = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version(), page_count * page_size "
    "FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT 'PostgreSQL ' || current_setting('server_version'), pg_database_size(current_database())",
}


@dataclass(frozen=True)
class Description:
    """`size`: bytes on disk; `rows`: of each table how many."""

    server: str
    schema: str
    size: int
    rows: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {"database": self.server, "schema": self.schema, "size": self.size, "rows": dict(self.rows)}


def describe(tx: Transaction) -> Description:
    server, size = tx.execute(text(_SERVER_AND_SIZE[tx.dialect.name])).one()
    schema = tx.scalar(text("SELECT version_num FROM alembic_version"))
    return Description(server, str(schema), int(size), counts(tx))


def counts(tx: Transaction) -> dict[str, int]:
    """Of each table, in the order of the references between them, how many rows it has."""
    return {one.name: tx.scalar(select(func.count()).select_from(one)) or 0 for one in metadata.sorted_tables}
