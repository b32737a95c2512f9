"""All rows of one store copied into another that is empty, and compared row by row afterwards.

Rows go table by table, in the order of the references between them, by COPY; a digest of each table is made of what
was read here and of what was written there. Both are ordered by their primary keys, which sort alike on both databases.

    with source.read() as here, target.write() as there:
        transfer.copy_all(here, there, advance=advance)
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import psycopg
from psycopg import Cursor, sql
from sqlalchemy import Boolean, Integer, LargeBinary, Table, func, inspect, select, text

from issuer.errors import CopyDiffers, InputRefused
from issuer.store.bulk_tables import metadata
from issuer.store.database import Transaction
from issuer.store.description import counts
from issuer.store.dialects import postgresql

Advance = Callable[[int, int], None]
"""Told how many rows were read and written, or compared, and of how many."""

_AT_ONCE = 1_000  # rows in memory


def tables() -> tuple[Table, ...]:
    """What a row refers to stands before it."""
    return tuple(metadata.sorted_tables)


def strangers(tx: Transaction) -> frozenset[str]:
    """Tables that are none of the store's."""
    return frozenset(inspect(tx).get_table_names()) - {one.name for one in tables()} - {"alembic_version"}


def copy_all(here: Transaction, there: Transaction, *, advance: Advance) -> None:
    """Into empty tables of PostgreSQL. Raises `CopyDiffers` when what was written is not what was read."""
    there_are = counts(here)
    filled = [one for one in tables() if there_are[one.name]]
    total, done = 2 * sum(there_are.values()), 0

    def counted(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        nonlocal done
        for row in rows:
            yield row
            done += 1
            if done % _AT_ONCE == 0 or done == total:
                advance(done, total)

    # As long as it takes: the limits are for requests. Of the guards those wait which look at the order of events.
    there.execute(text("SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)"))
    there.execute(text("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"))
    digests = {}
    for table in filled:
        there.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
        digests[table.name] = _copy(table, counted(_rows(here, table)), there)
        there.execute(text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
        _set_sequence(table, there)
    for table in filled:
        if _digest(counted(_rows(there, table))) != digests[table.name]:
            raise CopyDiffers("The copy of {table} is not like the original; nothing was moved.", table=table.name)


def empty(there: Transaction) -> None:
    """Takes a copy away that was not finished."""
    names = ", ".join(f'"{one.name}"' for one in tables())
    for one in tables():
        there.execute(text(f'ALTER TABLE "{one.name}" DISABLE TRIGGER USER'))
    there.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    for one in tables():
        there.execute(text(f'ALTER TABLE "{one.name}" ENABLE TRIGGER USER'))


def _rows(tx: Transaction, table: Table) -> Iterator[tuple[Any, ...]]:
    ordered = select(table).order_by(*table.primary_key)
    for row in tx.execute(ordered, execution_options={"yield_per": _AT_ONCE}):
        yield tuple(row)


def _copy(table: Table, rows: Iterator[tuple[Any, ...]], there: Transaction) -> tuple[int, bytes]:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table.name), names)
    number, digest = 0, hashlib.sha256()
    try:
        with cast(Cursor[Any], there.connection.cursor()) as cursor, cursor.copy(statement) as copy:
            copy.set_types([_type(column.type) for column in table.columns])
            for row in rows:
                _require_writable(table, row)
                copy.write_row(row)
                number += 1
                digest.update(repr(row).encode())
    except psycopg.Error as error:  # below SQLAlchemy, which would have told `database.write`
        refusal = postgresql.refusal(error)
        if refusal is None:
            raise
        raise refusal from error
    return number, digest.digest()


def _require_writable(table: Table, row: tuple[Any, ...]) -> None:
    if any(isinstance(value, str) and "\0" in value for value in row):
        raise InputRefused(
            "{table}: the row {key} holds a character that PostgreSQL cannot keep (U+0000).",
            table=table.name,
            key=", ".join(repr(row[place]) for place, one in enumerate(table.columns) if one.primary_key),
        )


def _digest(rows: Iterator[tuple[Any, ...]]) -> tuple[int, bytes]:
    number, digest = 0, hashlib.sha256()
    for row in rows:
        number += 1
        digest.update(repr(row).encode())
    return number, digest.digest()


_TYPES: Mapping[type, str] = {Boolean: "bool", Integer: "int8", LargeBinary: "bytea"}


def _type(column_type: object) -> str:
    return next((name for kind, name in _TYPES.items() if isinstance(column_type, kind)), "text")


def _set_sequence(table: Table, there: Transaction) -> None:
    """The next number follows on the highest."""
    column = table.autoincrement_column
    if column is not None and (highest := there.scalar(select(func.max(column)))):
        place = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        there.execute(select(func.setval(place, highest)))
