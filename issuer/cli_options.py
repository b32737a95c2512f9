"""What the issuer's commands have in common: options that mean the same everywhere, and the parts of the issuer."""

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer import config
from issuer.access import Caller, checked_name, operator
from issuer.limits import Limits

if TYPE_CHECKING:
    from issuer.services import Services

HOME_HELP = "Where the issuer lives (or TESTAMUR_HOME)."


def _set_home(context: typer.Context, value: Path | None) -> None:
    if value is not None:
        context.obj = config.find_home(value, os.environ)


# Before the command or behind it: both are understood.
Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help=HOME_HELP, callback=_set_home, expose_value=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
Program = Annotated[str | None, typer.Option("--program", metavar="CODE", help="Only this program.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="A certificate's id, or the last part of it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Shown to whoever opens the certificate.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it, for the audit log.")]
Organization = Annotated[str | None, typer.Option("--organization", metavar="CODE", help="Only this organization.")]


def acting(by: str | None) -> Caller:
    """Who sits at this command line: the name given, else the login. Raises `InputRefused`."""
    try:
        name = by if by is not None else getpass.getuser().partition("@")[0]
    except (OSError, KeyError):  # a user without an entry, as in some containers
        name = "unknown"
    return operator(f"{checked_name(name, limit=Limits().api_key_name_length.value)} (command line)")


def require_organization(services: "Services", code: str) -> None:
    """Raises `UnknownOrganization`."""
    from issuer.api_errors import UnknownOrganization
    from issuer.store import catalogues

    with services.database.read() as tx:
        if code not in catalogues.organizations(tx):
            raise UnknownOrganization("There is no organization {code}.", code=code)


def services_in(context: typer.Context) -> "Services":
    from issuer.app import wire

    return wire(context.obj, environ=os.environ)
