"""PostgreSQL takes many rows of a table by COPY ("Populating a Database"), for half of what as many INSERTs cost.

    copies(engine)                                                                  # once, where it is made
    tx.execute(insert(table), rows, execution_options={INTO: table})                # `issuer.store.many` alone

A copied row is like an inserted one: defaults, constraints and triggers are the table's, and numbers are given in the
order of the rows. What is wrong with one is raised as of any other statement, for to SQLAlchemy it is none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, event

INTO = "testamur_into"
"""The option of an INSERT that says no more than: these values into these columns of this table."""


def copies(engine: Engine) -> None:
    """The statements of this engine that have the option."""

    @event.listens_for(engine, "do_executemany")
    def copy(cursor: Any, _statement: str, rows: Sequence[Mapping[str, Any]], context: Any) -> bool:
        table = context.execution_options.get(INTO)
        if table is None:
            return False
        columns, preparer = tuple(rows[0]), context.dialect.identifier_preparer
        named = ", ".join(preparer.format_column(table.columns[one]) for one in columns)
        with cursor.copy(f"COPY {preparer.format_table(table)} ({named}) FROM STDIN") as writer:
            for row in rows:
                writer.write_row([row[one] for one in columns])
        return True
