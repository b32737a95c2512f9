"""`issuer cohorts`: a dry run of a program over everybody it concerns, approved by somebody else, issued, undone."""

import csv as csv_format
import io
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer import printing_cohorts
from issuer.cli_options import AsJson, By, Home, Organization, Reason, acting, services_in
from issuer.console import Terminal
from issuer.exits import DONE, REFUSED

if TYPE_CHECKING:
    from issuer.cohort_issuing import CohortIssuing
    from issuer.cohort_standing import Standing
    from issuer.services import Services

cohorts = typer.Typer(no_args_is_help=True, help="Who would get what, approved before it is issued.")

Number = Annotated[int, typer.Argument(metavar="N", help="The cohort's number.", min=1, max=999_999_999)]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each learner.")]


@cohorts.command("prepare")
def prepare_cohort(
    context: typer.Context,
    program: Annotated[str, typer.Option("--program", metavar="CODE", help="The program.")],
    learners: Annotated[
        Path | None, typer.Option("--learners", metavar="FILE", help="Only these learners: an id in each line.")
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What you call it.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Issue anew what was revoked or undone before.")] = False,
    csv: Csv = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Says what would happen to whom and why, and issues nothing."""
    from issuer.cohorts import prepare

    services = services_in(context)
    named = None if learners is None else _read(learners, services.config.limits.import_size.value)
    with Terminal().counting("Preparing") as progress:
        number = prepare(
            services.database,
            acting(by),
            program=program,
            now=services.now(),
            limits=services.config.limits,
            name=name,
            learners=named,
            again=again,
            progress=progress,
        )
    _show(services, number, csv=csv, as_json=as_json)


@cohorts.command("show")
def show_cohort(
    context: typer.Context, number: Number, csv: Csv = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Shows how a cohort stands, or writes a row for each learner to a file."""
    _show(services_in(context), number, csv=csv, as_json=as_json)


@cohorts.command("list")
def list_cohorts(
    context: typer.Context, organization: Organization = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Lists the cohorts."""
    from issuer.cohort_standing import standing
    from issuer.store import cohorts as store

    services = services_in(context)
    with services.database.read() as tx:
        found = [standing(tx, one) for one in store.listed(tx, organization)]
    printing_cohorts.listed(Terminal(), found, as_json=as_json)


@cohorts.command("approve")
def approve_cohort(context: typer.Context, number: Number, by: By = None, home: Home = None) -> None:
    """Approves it: by somebody else than who prepared it. A second one lifts the limit of an hour."""
    from issuer.cohorts import approve

    services = services_in(context)
    found = approve(services.database, acting(by), number, organization=None, now=services.now())
    printing_cohorts.approved(Terminal(), found, hourly=services.config.limits.issues_per_hour.value)


@cohorts.command("issue")
def issue_cohort(
    context: typer.Context, number: Number, by: By = None, as_json: AsJson = False, home: Home = None
) -> int:
    """Issues what was approved, row by row. Run again, it goes on."""
    services = services_in(context)
    terminal = Terminal()
    found = _standing(services, number)
    began = time.monotonic()
    with terminal.progress("Issuing", found.waiting or found.became("failed")) as advance:
        done = _parts(services).issue(acting(by), number, organization=None, progress=advance)
    printing_cohorts.issued(
        terminal, done, _standing(services, number), seconds=time.monotonic() - began, as_json=as_json
    )
    return DONE if done.limit is None else REFUSED


@cohorts.command("undo")
def undo_cohort(context: typer.Context, number: Number, reason: Reason, by: By = None, home: Home = None) -> int:
    """Revokes the program certificates that it issued. The Course Certificates stay valid."""
    from issuer.cohort_undoing import undo

    services = services_in(context)
    terminal = Terminal()
    with terminal.progress("Revoking", _standing(services, number).became("issued")) as advance:
        done = undo(_parts(services), acting(by), number, reason=reason, organization=None, progress=advance)
    printing_cohorts.undone(terminal, done, number)
    return REFUSED if done.failed else DONE


@cohorts.command("cancel")
def cancel_cohort(context: typer.Context, number: Number, by: By = None, home: Home = None) -> None:
    """Drops it, before anything of it is issued."""
    from issuer.cohorts import cancel

    services = services_in(context)
    cancel(services.database, acting(by), number, organization=None, now=services.now())
    Terminal().line(f"Cohort {number} is cancelled. Nothing of it was issued.")


def _parts(services: "Services") -> "CohortIssuing":
    from issuer.cohort_issuing import CohortIssuing

    return CohortIssuing(services.config, services.database, services.issuance(), services.now)


def _standing(services: "Services", number: int) -> "Standing":
    from issuer.cohort_standing import standing
    from issuer.cohorts import find

    with services.database.read() as tx:
        return standing(tx, find(tx, number, None), grouped=True)


def _show(services: "Services", number: int, *, csv: Path | None, as_json: bool) -> None:
    from issuer.cohort_csv import cohort_lines
    from issuer.cohorts import every_row
    from issuer.files import write_parts_atomically

    found = _standing(services, number)
    if csv is not None:
        rows = every_row(services.database, number, services.config.limits)
        write_parts_atomically(
            csv.absolute(), cohort_lines(found.cohort, rows, credential_url=services.config.credential_url)
        )
    hourly = services.config.limits.issues_per_hour.value
    printing_cohorts.cohort(Terminal(), found, hourly=hourly, csv=csv, as_json=as_json)


def _read(path: Path, limit: int) -> list[str]:
    """The first cell of each line; a spreadsheet's head and byte order mark are passed over."""
    from issuer.errors import InputRefused

    if path.stat().st_size > limit:
        raise InputRefused("{path} has more than {limit} bytes.", path=str(path), limit=limit)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefused("{path} is not UTF-8.", path=str(path)) from error
    found = [row[0] for row in csv_format.reader(io.StringIO(text, newline="")) if row]
    return found[1:] if found and found[0].strip().lower() == "learner" else found
