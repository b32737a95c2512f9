"""`issuer organizations` and `issuer keys`: who issues here, in whose name, and by which keys."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from issuer import organizations as doing
from issuer.cli_options import AsJson, By, Home, acting, services_in
from issuer.console import Terminal
from issuer.errors import KeyRefused
from issuer.services import Services
from issuer.store import catalogues
from issuer.store.organization_keys import OrganizationKey
from vc.dates import timestamp

organizations = typer.Typer(no_args_is_help=True, help="The organizations that issue here.")
keys = typer.Typer(no_args_is_help=True, help="The keys that sign.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="Its code, as in addresses and catalogues.")]


@organizations.command("add")
def add_organization(
    context: typer.Context,
    code: Code,
    name: Annotated[str, typer.Option(metavar="NAME", help="As it stands on certificates.")],
    url: Annotated[str, typer.Option(metavar="URL", help="Its own address.")],
    contact: Annotated[str | None, typer.Option(metavar="EMAIL", help="Where its registrar reads e-mail.")] = None,
    shares_with: Annotated[
        list[str] | None,
        typer.Option("--shares-with", metavar="CODE", help="Whose programs may ask for its courses; may be repeated."),
    ] = None,
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="It is not theirs, and the name says so.")
    ] = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Adds an organization, with an identity and a key of its own."""
    services = services_in(context)
    members: dict[str, Any] = {"code": code, "name": name, "url": url, "demonstration": demonstration}
    members |= {"shares_with": shares_with or []} | ({} if contact is None else {"contact": contact})
    made = doing.add(services.database, services.keyring, members, actor=acting(by).name, at=services.now())
    terminal = Terminal()
    if as_json:
        terminal.json(_described(services, made.code))
        return
    identity = services.keyring.identity(made.code)
    terminal.line(f"{made.name} issues as {identity.did}, by the key {identity.key_id}.")


@organizations.command("list")
def list_organizations(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """Lists the organizations, their identities and the keys that sign for them."""
    services = services_in(context)
    with services.database.read() as tx:
        codes = sorted(catalogues.organizations(tx))
    described = [_described(services, code) for code in codes]
    terminal = Terminal()
    if as_json:
        terminal.json(described)
    elif not described:
        terminal.line("There are no organizations yet. Next: issuer import catalogue PATH")
    else:
        rows = [
            (
                one["code"],
                one["name"],
                one["did"],
                one["key"] if one["own_key"] else f"{one['key']} of the installation",
            )
            for one in described
        ]
        terminal.table(("Code", "Name", "Identity", "Key"), rows)


@organizations.command("rotate-key")
def rotate_key(context: typer.Context, code: Code, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Gives an organization a new key. What it signed before goes on verifying."""
    services = services_in(context)
    key = doing.rotate_key(services.database, services.keyring, code, actor=acting(by).name, at=services.now())
    terminal = Terminal()
    if as_json:
        terminal.json(_described(services, code))
        return
    terminal.line(f"{code} signs by {key.id} from now on ({key.public}).")
    terminal.note("The keys before stay published: what they signed goes on verifying.")


def _described(services: Services, code: str) -> dict[str, Any]:
    with services.database.read() as tx:
        one = catalogues.organizations(tx)[code]
    identity = services.keyring.identity(code)
    return one.to_json() | {"did": identity.did, "key": identity.key_id, "own_key": identity.own}


# --- keys ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Listed:
    """`problem`: why nothing can be signed by the key that is to sign."""

    did: str
    key: OrganizationKey
    signs: bool
    problem: str | None


@keys.command("list")
def list_keys(context: typer.Context, as_json: AsJson = False, home: Home = None) -> None:
    """Lists the public keys of the installation and of each organization, and whether those that sign can be used."""
    services = services_in(context)
    slug = services.config.slug
    with services.database.read() as tx:
        codes = [slug, *sorted(set(catalogues.organizations(tx)) - {slug})]
    found = [one for code in codes for one in _keys_of(services, code)]
    terminal = Terminal()
    if as_json:
        terminal.json(
            [
                {
                    "id": f"{one.did}#{one.key.id}",
                    "organization": one.key.organization,
                    "public": one.key.public,
                    "created": timestamp(one.key.created_at),
                    "own": one.key.own or one.key.organization == slug,
                    "signs": one.signs,
                    "problem": one.problem,
                }
                for one in found
            ]
        )
        return
    rows = [
        (one.key.organization, one.key.id, one.key.public, timestamp(one.key.created_at), _use(one, slug))
        for one in found
    ]
    terminal.table(("Of", "Key", "Public (Multikey)", "Since", "Use"), rows)
    for one in found:
        if one.problem is not None:
            terminal.line(f"{one.did}#{one.key.id} cannot be used: {one.problem}")


def _keys_of(services: Services, code: str) -> list[_Listed]:
    identity = services.keyring.identity(code)
    try:
        services.keyring.signer(identity)
        problem = None
    except KeyRefused as error:
        problem = str(error)
    return [
        _Listed(identity.did, key, key.id == identity.key_id, problem if key.id == identity.key_id else None)
        for key in services.keyring.keys_of(code)
    ]


def _use(one: _Listed, slug: str) -> str:
    use = "signs" if one.signs else "retired, still verifies"
    return use if one.key.own or one.key.organization == slug else f"{use} (the installation’s)"
