"""Alembic's entry: the migrations run on the connection, and in the transaction, of `issuer.store.schema`.

What "text" and "integer" are on SQLite, they shall be on PostgreSQL too: texts in the order of their code points,
whatever the database was created with, so that a page of a list goes on behind the last of the page before; numbers of
64 bits, so that there is no two-thousand-millionth fact that cannot be written.
"""

from typing import Any

from alembic import context
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy import BigInteger, Column, Integer, String, Table

from issuer.store.bulk_tables import metadata


class AsOnSqlite(PostgresqlImpl):
    """How a migration makes tables and columns on PostgreSQL; Alembic finds it by its dialect."""

    __dialect__ = "postgresql"

    def create_table(self, table: Table, **options: Any) -> None:
        for column in table.columns:
            _settle(column)
        super().create_table(table, **options)

    def add_column(self, table_name: str, column: Column[Any], **options: Any) -> None:
        _settle(column)
        super().add_column(table_name, column, **options)


def _settle(column: Column[Any]) -> None:
    if isinstance(column.type, String):  # Text is a kind of it
        column.type = type(column.type)(collation="C")
    elif isinstance(column.type, Integer):
        column.type = BigInteger()


context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
