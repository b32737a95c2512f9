"""`issuer import`: catalogues and completions come in, each with a report of what was wrong with them."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer import printing
from issuer.cli_options import AsJson, By, Home, Organization, acting, require_organization, services_in
from issuer.console import Terminal
from issuer.errors import CatalogueRefused, InputRefused
from issuer.exits import REFUSED
from issuer.limits import Limits

if TYPE_CHECKING:
    from issuer.mappings import Mapped

imports = typer.Typer(no_args_is_help=True, help="Takes in catalogues and completions.")


@imports.command("catalogue")
def import_catalogue(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A TOML file, or a folder of them.")],
    organization: Annotated[
        str | None, typer.Option("--organization", metavar="CODE", help="In the name of this organization alone.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Takes in courses, sessions and programs: all of them or, when anything is wrong, none."""
    from issuer import catalogue_imports
    from issuer.catalogue_files import CatalogueError, read_path

    services = services_in(context)
    if not path.exists():
        raise InputRefused("There is no file or folder {path}.", path=str(path))
    try:
        found = read_path(path, beside=catalogue_imports.beside(services.database, organization))
    except CatalogueError as error:
        raise CatalogueRefused(error.problems) from error
    saved = catalogue_imports.take_in(
        services.database, services.keyring, found, owner=organization, actor=acting(by).name, at=services.now()
    )
    printing.catalogue(Terminal(), saved, as_json=as_json)


@imports.command("completions")
def import_completions(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file whose first row names the columns, or another's export.")],
    source: Annotated[str, typer.Option(metavar="NAME", help="csv, rest, openedx, moodle or canvas.")] = "csv",
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML: what the export does not say.")] = None,
    organization: Organization = None,
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be recorded; record nothing.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Records completions and enrolments, row by row. A broken row never stops the others."""
    from issuer.mappings import NOTHING
    from issuer.recording import record

    services = services_in(context)
    if organization is not None:
        require_organization(services, organization)
    done = record(
        services.database,
        _read(file, services.config.limits),
        source=source,
        label=file.name,
        caller=acting(by),
        organization=organization,
        mapping=NOTHING if mapping is None else mapping_in(mapping, services.config.limits),
        now=services.now(),
        dry_run=dry_run,
    )
    printing.completions(Terminal(), done, as_json=as_json)
    if done.report.refused:
        raise typer.Exit(REFUSED)


def mapping_in(file: Path, limits: Limits) -> "Mapped":
    from issuer.mappings import mapping

    try:
        return mapping(tomllib.loads(_read(file, limits).decode()))
    except ValueError as error:  # TOML's own errors, and those of UTF-8
        raise InputRefused("{file} is not TOML: {why}.", file=str(file), why=str(error)) from error


def _read(file: Path, limits: Limits) -> bytes:
    try:
        size = file.stat().st_size
        if size > limits.import_size.value:
            raise InputRefused(
                "{file} has {size} bytes; at most {limit} are read at once.",
                hint="Send it in parts.",
                file=file.name,
                size=size,
                limit=limits.import_size.value,
            )
        return file.read_bytes()
    except OSError as error:
        raise InputRefused("{file} cannot be read: {why}.", file=str(file), why=error.strerror) from error
