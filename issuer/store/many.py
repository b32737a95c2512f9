"""Many rows into one table, in the transaction of what they are about, as quickly as its database takes them.

    insert_many(tx, table, [{"share_id": "…", "kind": "course", …}, …])

One exchange with the database, whatever their number: while it lasts, nobody else writes. Each row has the same
columns; those that are left out get the table's defaults.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert

from issuer.store.database import Transaction
from issuer.store.dialects.copying import INTO


def insert_many(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.execute(insert(table), rows, execution_options={INTO: table})
