"""`issuer import`: catalogues and completions come in, each with a report of what was wrong with them."""

from pathlib import Path
from typing import Annotated

import typer

from issuer import printing
from issuer.cli_options import AsJson, By, Home, acting, services_in
from issuer.console import Terminal
from issuer.errors import CatalogueRefused, InputRefused
from issuer.exits import REFUSED
from issuer.limits import Limits

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
    file: Annotated[Path, typer.Argument(help="A CSV file; its first row names the columns.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be recorded; record nothing.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Records completions and enrolments, row by row. A broken row never stops the others."""
    from issuer.sources import csv_file
    from issuer.store import catalogues, facts

    services = services_in(context)
    data = _read(file, services.config.limits)
    with services.database.read() as tx:
        catalogue = catalogues.load(tx)
    if not catalogue.courses:
        raise InputRefused("There are no courses yet.", hint="First run: issuer import catalogue PATH")
    report = csv_file.read(data, catalogue=catalogue, source=file.name, recorded_at=services.now())
    if report.problems:
        raise InputRefused(
            "{file} was not imported.", file=file.name, lines=tuple(str(problem) for problem in report.problems)
        )
    with services.database.write() as tx:
        appended = facts.append(tx, report.facts, keep=not dry_run)
    printing.completions(Terminal(), report, appended, dry_run=dry_run, as_json=as_json)
    if report.refused:
        raise typer.Exit(REFUSED)


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
