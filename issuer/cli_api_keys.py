"""`issuer api-keys`: the keys with which people's tools, an LMS or a script call the API. None exists until it is made.

With a role, a key is for the office of an organization; with scopes, for the VC API. Without an organization it is the
operator's, for every organization.
"""

from typing import Annotated

import typer

from issuer.cli_options import AsJson, By, Home, Organization, acting, services_in
from issuer.console import Terminal
from issuer.printing import on_day
from issuer.store import api_keys as store

api_keys = typer.Typer(no_args_is_help=True, help="The keys with which other programs call the API.")


@api_keys.command("new")
def new_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who will hold it, such as “LMS”.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="sign (usual), status; may be given twice."),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="viewer, registrar, approver or administrator, instead of scopes."),
    ] = None,
    organization: Annotated[
        str | None,
        typer.Option("--organization", metavar="CODE", help="Whose staff; without it, the operator's, for all."),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Makes a key and prints it, this once."""
    from issuer.api_keys import create, described

    services = services_in(context)
    key, text = create(
        services.database,
        name=name,
        scopes=scope or (["sign"] if role is None else []),
        role=role,
        organization=organization,
        created_by=acting(by).name,
        now=services.now(),
        limits=services.config.limits,
    )
    terminal = Terminal()
    if as_json:
        terminal.json(described(key) | {"key": text})
        return
    terminal.line(text)
    terminal.note(f"Key {key.id} of {key.name}, for: {_purpose(key)}, {_whose(key)}. It is not shown again.")


@api_keys.command("list")
def list_keys(
    context: typer.Context, organization: Organization = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Lists the keys, without what makes them keys."""
    from issuer.api_keys import described

    services = services_in(context)
    with services.database.read() as tx:
        keys = store.listed(tx, organization=organization)
    terminal = Terminal()
    if as_json:
        terminal.json([described(key) for key in keys])
        return
    if not keys:
        terminal.line("There are no keys, so nobody may call the API. Next: issuer api-keys new NAME")
        return
    rows = [
        (
            str(key.id),
            key.name,
            _purpose(key),
            _whose(key),
            on_day(key.created_at),
            on_day(key.revoked_at),
        )
        for key in keys
    ]
    terminal.table(("Id", "Name", "For", "Organization", "Since", "Revoked"), rows)


@api_keys.command("revoke")
def revoke_key(
    context: typer.Context,
    id_: Annotated[int, typer.Argument(metavar="ID", help="The number of the key.", min=1, max=999_999_999)],
    by: By = None,
    home: Home = None,
) -> None:
    """Revokes a key, at once and for good. What was signed with it stays."""
    from issuer.api_keys import revoke

    services = services_in(context)
    key = revoke(services.database, id_, now=services.now(), actor=acting(by).name)
    Terminal().line(f"Key {key.id} of {key.name} is revoked.")


def _whose(key: store.ApiKey) -> str:
    return key.organization or "(operator)"


def _purpose(key: store.ApiKey) -> str:
    return key.role or ", ".join(sorted(key.scopes))
