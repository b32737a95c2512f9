"""`issuer api-keys`: the keys with which an LMS or a script calls the API. There are none until one is made."""

from typing import Annotated

import typer

from issuer.cli_options import AsJson, Home, services_in
from issuer.console import Terminal
from issuer.printing import on_day
from issuer.store import api_keys as store
from vc.dates import timestamp

api_keys = typer.Typer(no_args_is_help=True, help="The keys with which other programs call the API.")


@api_keys.command("new")
def new_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who will hold it, such as “LMS”.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="sign (usual), status; may be given twice."),
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Makes a key and prints it, this once."""
    from issuer.api_keys import create

    services = services_in(context)
    key, text = create(
        services.database, name=name, scopes=scope or ["sign"], now=services.now(), limits=services.config.limits
    )
    terminal = Terminal()
    if as_json:
        terminal.json({"id": key.id, "name": key.name, "scopes": sorted(key.scopes), "key": text})
        return
    terminal.line(text)
    terminal.note(f"Key {key.id} of {key.name}, for: {', '.join(sorted(key.scopes))}. It is not shown again.")


@api_keys.command("list")
def list_keys(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """Lists the keys, without what makes them keys."""
    services = services_in(context)
    with services.database.read() as tx:
        keys = store.listed(tx)
    terminal = Terminal()
    if as_json:
        terminal.json(
            [
                {
                    "id": key.id,
                    "name": key.name,
                    "scopes": sorted(key.scopes),
                    "created": timestamp(key.created_at),
                    "revoked": None if key.revoked_at is None else timestamp(key.revoked_at),
                }
                for key in keys
            ]
        )
        return
    if not keys:
        terminal.line("There are no keys, so nobody may call the API. Next: issuer api-keys new NAME")
        return
    rows = [
        (
            str(key.id),
            key.name,
            ", ".join(sorted(key.scopes)),
            on_day(key.created_at),
            on_day(key.revoked_at),
        )
        for key in keys
    ]
    terminal.table(("Id", "Name", "For", "Since", "Revoked"), rows)


@api_keys.command("revoke")
def revoke_key(
    context: typer.Context,
    id_: Annotated[int, typer.Argument(metavar="ID", help="The number of the key.", min=1, max=999_999_999)],
    home: Home = None,
) -> None:
    """Revokes a key, at once and for good. What was signed with it stays."""
    from issuer.api_keys import revoke

    services = services_in(context)
    key = revoke(services.database, id_, now=services.now())
    Terminal().line(f"Key {key.id} of {key.name} is revoked.")
