"""`issuer webhooks`: addresses to which learning platforms post what happens. There are none until one is made."""

from pathlib import Path
from typing import Annotated

import typer

from issuer.cli_imports import mapping_in
from issuer.cli_options import AsJson, By, Home, Organization, acting, require_organization, services_in
from issuer.console import Terminal
from issuer.printing import on_day
from issuer.store import webhooks as store
from vc.dates import timestamp

webhooks = typer.Typer(no_args_is_help=True, help="The addresses to which learning platforms post.")


@webhooks.command("new")
def new_webhook(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who will post to it, such as “LMS”.")],
    organization: Annotated[str, typer.Option("--organization", metavar="CODE", help="Whose courses it speaks of.")],
    source: Annotated[str, typer.Option(metavar="NAME", help="csv, rest, openedx, moodle or canvas.")] = "rest",
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML: what the source does not say.")] = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Makes a webhook and prints its secret, this once."""
    from issuer.webhooks import create

    services = services_in(context)
    require_organization(services, organization)
    made, secret = create(
        services.database,
        services.webhook_secrets,
        name=name,
        source=source,
        organization=organization,
        caller=acting(by),
        mapping=None if mapping is None else mapping_in(mapping, services.config.limits).to_json(),
        now=services.now(),
        limits=services.config.limits,
    )
    terminal = Terminal()
    url = f"{services.config.url}/webhooks/{made.id}"
    if as_json:
        terminal.json({"id": made.id, "name": made.name, "source": made.source, "url": url, "secret": secret})
        return
    terminal.line(secret)
    terminal.note(f"{made.name} posts to {url} and signs with this secret (Standard Webhooks). It is not shown again.")


@webhooks.command("list")
def list_webhooks(
    context: typer.Context, organization: Organization = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Lists the webhooks, without their secrets."""
    services = services_in(context)
    with services.database.read() as tx:
        found = store.listed(tx, organization)
    terminal = Terminal()
    if as_json:
        terminal.json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "organization": one.organization,
                    "source": one.source,
                    "mapping": dict(one.mapping),
                    "created": timestamp(one.created_at),
                    "revoked": None if one.revoked_at is None else timestamp(one.revoked_at),
                }
                for one in found
            ]
        )
        return
    if not found:
        terminal.line("There are no webhooks. Next: issuer webhooks new NAME --organization CODE --source openedx")
        return
    rows = [
        (one.id, one.name, one.organization, one.source, on_day(one.created_at), on_day(one.revoked_at))
        for one in found
    ]
    terminal.table(("Id", "Name", "Organization", "Source", "Since", "Revoked"), rows)


@webhooks.command("map")
def map_webhook(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The webhook's id.")],
    mapping: Annotated[Path, typer.Argument(metavar="FILE", help="TOML: what the source does not say.")],
    by: By = None,
    home: Home = None,
) -> None:
    """Gives a webhook another mapping; what waits in the queue is read with it when it is tried again."""
    from issuer.webhooks import remap

    services = services_in(context)
    told = mapping_in(mapping, services.config.limits).to_json()
    one = remap(services.database, id_, told, caller=acting(by), organization=None, now=services.now())
    Terminal().line(f"The webhook {one.id} of {one.name} has a new mapping.")


@webhooks.command("revoke")
def revoke_webhook(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The webhook's id.")],
    by: By = None,
    home: Home = None,
) -> None:
    """Revokes a webhook, at once and for good. What came by it stays."""
    from issuer.webhooks import revoke

    services = services_in(context)
    one = revoke(services.database, id_, caller=acting(by), organization=None, now=services.now())
    Terminal().line(f"The webhook {one.id} of {one.name} is revoked.")
