"""What the database itself refuses, so that no bug of ours can do it: triggers, alike on SQLite and PostgreSQL.

    refuse("fact_is_never_deleted", "DELETE", "fact", why="a fact is corrected by a newer fact")

The migrations write them. Each is called as what it protects, and its error begins with that name: on both databases
it is an `IntegrityError`. On PostgreSQL a table that never loses a row refuses TRUNCATE too, which passes by the
triggers of rows. What this module writes for given arguments never changes: migrations that were released use it.
"""

from typing import Literal

from alembic import op

Event = Literal["INSERT", "UPDATE", "DELETE"]


def append_only(table: str, why: str) -> None:
    """Its rows stay as they were written."""
    refuse(f"{table}_is_never_updated", "UPDATE", table, why=why)
    refuse(f"{table}_is_never_deleted", "DELETE", table, why=why)


def refuse(name: str, event: Event, table: str, *, why: str, columns: str = "", when: str = "") -> None:
    """Refuses `event` on a row: of UPDATE only one of these `columns` when there are any, and only where `when` holds,
    in which OLD and NEW are the row before and after."""
    of = f"{event} OF {columns}" if columns else event
    if op.get_bind().dialect.name == "sqlite":
        condition = f"WHEN {when} " if when else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {of} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{name}: {why}'); END"
        )
        return
    # The condition stands in the function, because that of a trigger may not look into other tables.
    refusal = (
        f"RAISE EXCEPTION '{name}: {why}' "
        f"USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{name}', TABLE = '{table}';"
    )
    body = f"IF {when} THEN {refusal} END IF; " if when else f"{refusal} "
    after = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}RETURN {after}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {of} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if event == "DELETE" and not when:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
