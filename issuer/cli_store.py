"""`issuer store`: where the records are, and how they are taken along to a larger database."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from issuer.cli_options import AsJson, By, Home, acting, services_in
from issuer.console import Terminal

store = typer.Typer(no_args_is_help=True, help="Where the records are kept.")


@store.command("show")
def show(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """Says where the records are, of which schema, how large they are, and how many."""
    from issuer.store.description import describe

    services = services_in(context)
    with services.database.read() as tx:
        found = describe(tx)
    terminal, place = Terminal(), services.config.database_shown
    if as_json:
        terminal.json({"place": place, **found.to_json()})
        return
    size = f"{found.size / 1_000_000:,.1f} MB"
    terminal.facts([("Place", place), ("Database", found.server), ("Schema", found.schema), ("Size", size)])
    terminal.table(("Table", "Rows"), [(name, f"{rows:,}") for name, rows in found.rows.items()], right=frozenset({1}))


@store.command("move")
def move(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="An empty PostgreSQL database.")],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Takes all records from the SQLite file to PostgreSQL. Cut off, it is run again; stop the services first."""
    from issuer import config, moving, store_address

    to = store_address.checked(to, source="--to")  # whoever lists the processes of this machine reads a password in it
    # What the environment names is where the records go to, with its password; they are where config.json says.
    given = config.given_database(os.environ)
    known = given is not None and store_address.shown(given) == store_address.shown(to)
    terminal = Terminal()
    with terminal.counting("Moving") as advance:
        moved = moving.move(
            config.load(context.obj),
            given if known and given is not None else to,
            actor=acting(by).name,
            now=datetime.now(UTC),
            advance=advance,
        )
    if as_json:
        terminal.json({"place": moved.destination, "rows": dict(moved.rows), "finished_earlier_move": moved.again})
        return
    terminal.line(f"All records are in {moved.destination}: {sum(moved.rows.values()):,} rows, compared one by one.")
    terminal.line("config.json names it. Start the services again; the file stays as it was, and opens no more.")
