"""The issuer on the command line: a thin shell in which names become objects. `issuer.printing` says the results.

Exit codes: 0 done, 1 refused (one line says why and what to do), 64 wrong usage, 130 interrupted.
State lives under `--home DIR`, or `TESTAMUR_HOME`, or `./testamur-home`. What other programs read is `--json`.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from issuer import cli_after_award, cli_backups, config, printing, printing_runs
from issuer.cli_api_keys import api_keys
from issuer.cli_audit import audit
from issuer.cli_bulk import bulk, worker
from issuer.cli_cohorts import cohorts
from issuer.cli_decisions import decide, replay
from issuer.cli_imports import imports
from issuer.cli_learners import learners
from issuer.cli_options import HOME_HELP, AsJson, By, Home, Id, Program, acting, services_in
from issuer.cli_organizations import keys, organizations
from issuer.cli_outbox import outbox
from issuer.cli_serve import serve
from issuer.cli_store import store
from issuer.cli_webhooks import webhooks
from issuer.console import Terminal, stdout_is_terminal
from issuer.exits import DONE, REFUSED, CommandErrors, ended
from serving.collecting import seldom

if TYPE_CHECKING:
    from issuer.store.credentials import StoredCredential

# Typer brings a click of its own or uses the installed one; the class that it hands out knows which.
_ERRORS = CommandErrors(usage=typer.BadParameter.__mro__[2], aborted=typer.Abort)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Turns completions into decisions, and decisions into signed certificates.",
)
app.add_typer(imports, name="import")
app.add_typer(keys, name="keys")
app.add_typer(api_keys, name="api-keys")
cli_after_award.add_to(app)
cli_backups.add_to(app)
app.command()(decide)
app.command()(replay)
app.command()(serve)
app.add_typer(audit, name="audit")
app.add_typer(bulk, name="bulk")
app.command()(worker)
app.add_typer(cohorts, name="cohorts")
app.add_typer(learners, name="learners")
app.add_typer(outbox, name="outbox")
app.add_typer(organizations, name="organizations")
app.add_typer(store, name="store")
app.add_typer(webhooks, name="webhooks")


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option("--home", metavar="DIR", help=HOME_HELP)] = None,
) -> None:
    context.obj = config.find_home(home, os.environ)


@app.command()
def init(
    context: typer.Context,
    organization: Annotated[str | None, typer.Option(metavar="NAME", help="Who issues.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where `issuer serve` is reached.")] = None,
    verifier_url: Annotated[str | None, typer.Option(metavar="URL", help="Where QR codes lead.")] = None,
    cryptosuite: Annotated[
        str | None, typer.Option(metavar="NAME", help="How to sign: eddsa-rdfc-2022 (usual), ecdsa-rdfc-2019, …")
    ] = None,
    key: Annotated[str | None, typer.Option(metavar="KIND", help="Ed25519, P-256 or P-384, as it takes.")] = None,
    database_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A PostgreSQL database for the records; usual: a file in DIR.")
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Makes a key, a did:web identity and a store. Run again, it says what is there."""
    from issuer.setup import initialize

    made = initialize(
        context.obj,
        organization=organization,
        url=url,
        verifier_url=verifier_url,
        cryptosuite=cryptosuite,
        key_kind=key,
        database_url=database_url,
        environ=os.environ,
        now=_now(),
    )
    with_services = services_in(context)
    printing.setup(Terminal(), made, printing.inventory(with_services), as_json=as_json)


@app.command()
def issue(
    context: typer.Context,
    program: Program = None,
    approve_more: Annotated[
        str | None, typer.Option("--approve-more", metavar="NAME", help="Who else approves of more than the limit.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> int:
    """Issues what was decided: Course Certificates first, then the programs' certificates, up to an hour's limit."""
    from issuer.hourly_limit import approve_beyond

    services = services_in(context)
    terminal = Terminal()
    if approve_more is not None:
        approve_beyond(services.database, acting(by), acting(approve_more), program=program, now=services.now())
    cli_backups.say_if_copy(terminal, services)
    issuance = services.issuance().by(acting(by).name)
    finished = issuance.finish_intents()
    began = time.monotonic()
    new: list[dict[str, Any]] = []

    def released(stored: "StoredCredential") -> None:
        if as_json:
            new.append(printing.listed(services, stored))

    with terminal.counting("Issuing, learner by learner") as progress:
        issued = issuance.issue_due(
            program=program, progress=progress, beyond_the_limit=approve_more is not None, released=released
        )
    seconds = time.monotonic() - began
    printing_runs.issued(terminal, services, finished, issued, new=new, seconds=seconds, as_json=as_json)
    return REFUSED if issued.limited else DONE


@app.command("list")
def list_certificates(
    context: typer.Context, program: Program = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Lists the certificates."""
    services = services_in(context)
    printing.certificates(Terminal(), services, program, as_json=as_json)


@app.command()
def show(
    context: typer.Context,
    id_: Id,
    form: Annotated[
        str | None, typer.Option("--as", metavar="json|png|svg|pdf", help="The certificate itself, in this form.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write it there.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Shows a certificate and its history, or gives it out as a file."""
    from issuer.presentation import present
    from issuer.revocation import find
    from issuer.store.status import history as history_of

    services = services_in(context)
    with services.database.read() as tx:
        shown = present(tx, services.config, find(tx, id_))
        history = history_of(tx, shown.stored.number)
    if form is None and output is not None:
        form = output.suffix.removeprefix(".").lower() or "json"
    if form is None:
        printing.certificate(Terminal(), services, shown, history, as_json=as_json)
        return
    data = services.downloads.file(form, shown.view, shown.secured)
    if output is not None:
        output.write_bytes(data)
    elif stdout_is_terminal() and form not in ("json", "jwt", "svg"):
        raise typer.BadParameter(f"A {form} is not for a terminal: give a file with -o, or redirect the output.")
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _now() -> datetime:
    return datetime.now(UTC)


def run(arguments: Sequence[str]) -> int:
    """The exit code of `issuer ARGUMENTS`."""
    return guarded(lambda: app(args=list(arguments), prog_name="issuer", standalone_mode=False))


def guarded(call: Callable[[], object]) -> int:
    """The exit code of a typer command; also for `issuer.demo`."""
    home = config.find_home(None, os.environ)
    return ended(call, _ERRORS, log_folder=home if home.is_dir() else Path.cwd())


def main() -> None:
    seldom()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
