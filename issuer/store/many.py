"""Many rows of one table, in the transaction of what they are about, as quickly as its database takes them.

    insert_many(tx, table, [{"share_id": "…", "kind": "course", …}, …])
    update_many(tx, table, [{"number": 7, "secured": b"…", …}, …], key="number", only=table.c.secured.is_(None))

While it lasts, nobody else writes. All rows have the same columns. PostgreSQL gets them in one statement: an INSERT or
UPDATE for each takes it twice and three times as long. SQLite, which is in our own process, gets one after the other;
its driver binds what our columns hold as it is, so SQLAlchemy, which would go over each value, is left out of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Insert, Table, Update, bindparam, column, func, insert, update
from sqlalchemy.dialects.postgresql import ARRAY

from issuer.store.copying import INTO
from issuer.store.database import Transaction

Rows = Sequence[Mapping[str, Any]]


def insert_many(tx: Transaction, table: Table, rows: Rows) -> None:
    """Columns that are left out get the table's defaults; numbers are given in the order of the rows."""
    if not rows:
        return
    if tx.dialect.name == "sqlite":
        _bound_by_the_driver(tx, insert(table).values({name: bindparam(f"its_{name}") for name in rows[0]}), rows)
    else:
        tx.execute(insert(table), rows, execution_options={INTO: table})


def update_many(tx: Transaction, table: Table, rows: Rows, *, key: str, only: ColumnElement[bool]) -> None:
    """Where `only` holds, the row whose `key` it is gets the other values. No two have the same key."""
    if not rows:
        return
    names = [name for name in rows[0] if name != key]
    if tx.dialect.name == "postgresql":
        types = {name: table.columns[name].type for name in rows[0]}
        arrays = [bindparam(f"its_{name}", type_=ARRAY(kind)) for name, kind in types.items()]
        given = func.unnest(*arrays).table_valued(*(column(*one) for one in types.items()))
        given = given.render_derived("given")
        change = update(table).where(table.columns[key] == given.columns[key], only)
        tx.execute(
            change.values({name: given.columns[name] for name in names}),
            {f"its_{name}": [row[name] for row in rows] for name in types},
        )
    else:
        change = update(table).where(table.columns[key] == bindparam(f"its_{key}"), only)
        change = change.values({name: bindparam(f"its_{name}") for name in names})
        _bound_by_the_driver(tx, change, rows)


def _bound_by_the_driver(tx: Transaction, statement: Insert | Update, rows: Rows) -> None:
    """The statement's parameters are `its_` and a column's name; others are the same for all rows."""
    made = statement.compile(dialect=tx.dialect)
    same = made.params
    names = [(name.removeprefix("its_"), same[name]) for name in made.positiontup or ()]
    tx.exec_driver_sql(str(made), [tuple(row.get(name, constant) for name, constant in names) for row in rows])
