"""`issuer serve`: the service as it runs, in one process or several."""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from issuer import cli_backups, printing_runs
from issuer.cli_options import Home, services_in
from issuer.console import Terminal
from issuer.errors import ConfigInvalid

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from issuer.bulk.crew import Crew
    from issuer.services import Services
    from serving.drain import Drain
    from serving.logs import Form
    from serving.running import Built, Options


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")] = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="So many processes behind the port.")] = 1,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Serve numbers for Prometheus on this port.")
    ] = None,
    metrics_host: Annotated[str, typer.Option(help="The address of that port: not for everybody.")] = "127.0.0.1",
    log: Annotated[
        str | None, typer.Option(metavar="json|text", help="By default text for a terminal, else json.")
    ] = None,
    own_worker: Annotated[
        bool | None, typer.Option("--worker/--no-worker", help="Work on bulk runs beside it. Usual with SQLite only.")
    ] = None,
    home: Home = None,
) -> int:
    """Serves certificates, DID documents and status lists. It first finishes what a power cut left."""
    from serving.processes import handed
    from serving.running import Options, PortTaken, run

    if log not in (None, "json", "text"):
        raise typer.BadParameter(f"--log is json or text, not {log}.")
    options = Options(host, port, processes, metrics_host, metrics_port, cast("Form | None", log))
    with ExitStack() as beside:
        if handed(os.environ) is None:  # else the process that supervises has done it
            beside.enter_context(_prepared(context, options, own_worker))
        try:
            return run(
                options,
                lambda registry, drain: _built(context, registry, drain),
                command=sys.orig_argv,
                environ=os.environ,
                clock=time.monotonic,
            )
        except PortTaken as error:
            raise ConfigInvalid(
                "{option} cannot be used: {why}.",
                hint="Stop what listens there, or give another.",
                option=error.option,
                why=error.strerror,
            ) from error


def _prepared(context: typer.Context, options: "Options", own_worker: bool | None) -> "Crew":
    """What is done once, whatever the number of processes: what was left is finished, and one worker stands ready."""
    from issuer.bulk.crew import Crew
    from issuer.ports import require_free

    services = services_in(context)
    require_free(options.host, options.port)
    terminal = Terminal()
    cli_backups.say_if_copy(terminal, services)
    printing_runs.finished(terminal, services.issuance().finish_intents())
    printing_runs.finished_requests(terminal, services.signing_requests.finish())
    where = f"listening on {options.host}, port {options.port}"
    terminal.note(f"{services.config.organization}: {services.config.url} ({where})")
    services.transport()  # wrong settings of the mail server are said now, and not an hour later
    crew = isinstance(services.config.database, Path) if own_worker is None else own_worker
    services.database.close()
    return Crew(services.config.home, int(crew))


def _built(context: typer.Context, registry: "CollectorRegistry", drain: "Drain") -> "Built":
    from issuer.app import create_app, wire
    from issuer.measured import Measured
    from issuer.outbox import sending
    from serving.running import Built

    measured = Measured(registry)
    services: Services = wire(context.obj, environ=os.environ, watch=measured)
    measured.look_at(services.database, clock=time.monotonic)
    app = create_app(services, meter=measured.requests, drain=drain)
    mail = sending(services.config, services.database, services.transport, now=services.now)
    return Built(app, around=mail)
