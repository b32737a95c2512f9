"""`issuer bulk`: runs of any size that survive whatever happens meanwhile, and `issuer worker`, which works on them."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from issuer import printing_bulk
from issuer.cli_options import AsJson, By, Home, Organization, Program, acting, services_in
from issuer.console import Terminal
from issuer.exits import DONE, INTERRUPTED, REFUSED
from serving.signals import told_to_end

if TYPE_CHECKING:
    from issuer.bulk.standing import BulkStanding
    from issuer.services import Services

bulk = typer.Typer(no_args_is_help=True, help="Certificates by the hundred thousand: started, watched, gone on with.")

Number = Annotated[int, typer.Argument(metavar="N", help="The run's number.", min=1, max=999_999_999)]
Workers = Annotated[int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes of this machine.")]
Detach = Annotated[bool, typer.Option("--detach", help="Only ask for it: issuer worker, or issuer serve, does it.")]

_LINES = 5.0  # seconds between two lines where nobody sees a bar


@bulk.command("start")
def start(
    context: typer.Context,
    cohort: Annotated[
        int | None, typer.Option("--cohort", metavar="N", min=1, max=999_999_999, help="The rows of this cohort.")
    ] = None,
    program: Program = None,
    organization: Organization = None,
    decide: Annotated[bool, typer.Option("--decide", help="Decide first what a change affects.")] = False,
    approve_more: Annotated[
        str | None, typer.Option("--approve-more", metavar="NAME", help="Who else approves of more than the limit.")
    ] = None,
    workers: Workers = 1,
    detach: Detach = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> int:
    """Issues an approved cohort, or all that is due. Interrupted, it goes on: issuer bulk resume."""
    from issuer.bulk import asking
    from issuer.hourly_limit import approve_beyond

    services = services_in(context)
    if approve_more is not None and cohort is None:
        approve_beyond(services.database, acting(by), acting(approve_more), program=program, now=services.now())
    beyond = approve_more is not None
    wanted = asking.Wanted(cohort=cohort, program=program, decides=decide, beyond=beyond)
    number = asking.start(services.database, acting(by), wanted, organization=organization, now=services.now())
    return _go_on(services, number, workers, detach=detach, as_json=as_json)


@bulk.command("resume")
def resume(
    context: typer.Context,
    number: Number,
    workers: Workers = 1,
    detach: Detach = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> int:
    """Goes on with a run that was paused or interrupted."""
    from issuer.bulk import asking

    services = services_in(context)
    if _standing(services, number).run.state != "running":
        asking.resume(services.database, acting(by), number, organization=None, now=services.now())
    return _go_on(services, number, workers, detach=detach, as_json=as_json)


@bulk.command("pause")
def pause(context: typer.Context, number: Number, by: By = None, home: Home = None) -> None:
    """No new chunk begins; those that are worked on end."""
    from issuer.bulk import asking

    services = services_in(context)
    asking.pause(services.database, acting(by), number, organization=None, now=services.now())
    Terminal().line(f"Bulk run {number} pauses. To go on: issuer bulk resume {number}")


@bulk.command("cancel")
def cancel(context: typer.Context, number: Number, by: By = None, home: Home = None) -> None:
    """Ends it for good: what is issued stays, the rest is never begun."""
    from issuer.bulk import asking

    services = services_in(context)
    asking.cancel(services.database, acting(by), number, organization=None, now=services.now())
    printing_bulk.shown(Terminal(), _standing(services, number), as_json=False)


@bulk.command("list")
def list_runs(
    context: typer.Context, organization: Organization = None, as_json: AsJson = False, home: Home = None
) -> None:
    """Lists the runs."""
    from issuer.store import bulk_runs

    services = services_in(context)
    with services.database.read() as tx:
        numbers = [one.number for one in bulk_runs.listed(tx, organization)]
    printing_bulk.listed(Terminal(), [_standing(services, number) for number in numbers], as_json=as_json)


@bulk.command("show")
def show(context: typer.Context, number: Number, as_json: AsJson = False, home: Home = None) -> None:
    """Shows how a run stands."""
    printing_bulk.shown(Terminal(), _standing(services_in(context), number), as_json=as_json)


@bulk.command("watch")
def watch(context: typer.Context, number: Number, as_json: AsJson = False, home: Home = None) -> int:
    """Shows how a run goes on until it ends, pauses or waits. It does not depend on being watched."""
    services = services_in(context)
    with _told(Terminal(), services, number) as over:
        while not over():
            time.sleep(0.5)
    return _end(services, number, as_json=as_json)


@bulk.command("failures")
def failures(
    context: typer.Context,
    number: Number,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Shows who failed in a run, and why."""
    from issuer.bulk.standing import every_failure
    from issuer.cohort_csv import failure_lines
    from issuer.files import write_parts_atomically

    services = services_in(context)
    _standing(services, number)
    found = every_failure(services.database, number, services.config.limits)
    if csv is None:
        printing_bulk.failures(Terminal(), found, as_json=as_json)
        return
    write_parts_atomically(csv.absolute(), failure_lines(found))
    Terminal().line(f"Written to {csv}.")


def worker(
    context: typer.Context,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="The same after a restart.")] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", min=1, max=64, help="Chunks at once, a process for each.")
    ] = 1,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
    until_run: Annotated[int | None, typer.Option("--until-run", hidden=True)] = None,
    home: Home = None,
) -> int:
    """Works on bulk runs until it is told to end (SIGTERM); the chunk that it is at ends first."""
    from issuer.bulk.crew import Crew
    from issuer.bulk.production import conductor
    from issuer.bulk.worker import working
    from serving import logs

    services = services_in(context)
    logs.configure()
    with told_to_end(impatient=_at_once) as ending, Crew(services.config.home, concurrency - 1) as crew:
        if with_parent:
            threading.Thread(target=_with_parent, args=(ending,), daemon=True).start()
        with working(services, conductor(services), name=name, ending=ending) as one:
            if not with_parent:
                Terminal().note(f"Worker {one.presence.name} is at work.")
            one.run(lambda: until_run is not None and not _goes_on(services, until_run))
            crew.tell()
    return DONE


# --- working and watching ------------------------------------------------------------------------------------


def _go_on(services: "Services", number: int, workers: int, *, detach: bool, as_json: bool) -> int:
    """Here, or by whatever worker there is."""
    if not detach:
        return _work(services, number, workers, as_json=as_json)
    printing_bulk.asked(Terminal(), _standing(services, number), as_json=as_json)
    return DONE


def _work(services: "Services", number: int, workers: int, *, as_json: bool) -> int:
    """In this process, and further ones beside it, until the run ends, pauses or is interrupted."""
    from issuer.bulk.crew import Crew
    from issuer.bulk.production import conductor
    from issuer.bulk.worker import working
    from serving import logs

    logs.configure()
    terminal = Terminal()
    with told_to_end(impatient=_at_once) as ending:
        with (
            Crew(services.config.home, workers - 1, run=number) as crew,
            working(services, conductor(services), ending=ending) as one,
            _told(terminal, services, number) as over,
        ):
            one.run(over)
            crew.tell()
            told_to = ending.is_set()
            if told_to and _goes_on(services, number):
                terminal.note("Stopping: chunks that are worked on end first. Ctrl-C again leaves it behind.")
        if told_to and _goes_on(services, number):
            terminal.note(f"Bulk run {number} is not at its end. To go on: issuer bulk resume {number}")
            return INTERRUPTED
    return _end(services, number, as_json=as_json)


def _end(services: "Services", number: int, *, as_json: bool) -> int:
    found = _standing(services, number)
    printing_bulk.shown(Terminal(), found, as_json=as_json)
    return DONE if found.run.state == "done" else REFUSED


@contextmanager
def _told(terminal: Terminal, services: "Services", number: int) -> Iterator[Callable[[], bool]]:
    """Gives what tells how far the run is, and whether it goes on no more."""
    from issuer.bulk.following import note

    last = [0.0]
    with terminal.following(f"Bulk run {number}") as tell:

        def over() -> bool:
            pace = 0.0 if terminal.is_followed else _LINES
            if time.monotonic() - last[0] >= pace:
                last[0] = time.monotonic()
                found = _standing(services, number, grouped=False)
                tell(found.issued + found.already + found.failed, found.total, note(found))
            return not _goes_on(services, number)

        yield over


def _goes_on(services: "Services", number: int) -> bool:
    """A run that waits for the limit of an hour goes on by itself, but nobody waits an hour at a terminal."""
    from issuer.bulk import asking

    with services.database.read() as tx:
        return asking.find(tx, number, None).state == "running"


def _at_once() -> None:
    """As by a kill -9: whoever goes on finds out how far it came."""
    os._exit(INTERRUPTED)


def _with_parent(ending: threading.Event) -> None:
    """The standard input is a pipe from the parent, and ends with it."""
    while sys.stdin.buffer.read(1):
        pass
    ending.set()


def _standing(services: "Services", number: int, *, grouped: bool = True) -> "BulkStanding":
    from issuer.bulk import asking
    from issuer.bulk.standing import standing

    with services.database.read() as tx:
        run = asking.find(tx, number, None)
        return standing(tx, run, limits=services.config.limits, now=services.now(), grouped=grouped)
