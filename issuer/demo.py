"""`make run`: an issuer with real programs and made-up learners, and a verifier beside it, until Ctrl-C.

    (1) check  ports, folder, parts: whatever is missing is said in one line before any work
    (2) fill   init, import the examples, decide, issue: what an earlier run did is not done again
    (3) serve  the issuer and the verifier, two processes on 127.0.0.1
    (4) report where to look

The two are separate programs: this module starts the verifier and imports nothing of it.
"""

import importlib.util
import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from issuer import (
    catalogue_imports,
    config,
    deciding,
    learner_answers,
    learner_links,
    printing,
    printing_runs,
    recording,
)
from issuer.access import operator
from issuer.app import wire
from issuer.catalogue_files import CatalogueError, read_path
from issuer.cli import guarded
from issuer.console import Terminal
from issuer.errors import Conflict, DemonstrationRefused, InputRefused
from issuer.facts import Completion, current
from issuer.ports import require_free
from issuer.selection import Held
from issuer.services import Services
from issuer.setup import initialize, require_writable
from issuer.store import credentials, decisions, facts
from issuer.store import learner_links as stored_links

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ORGANIZATION = "Testamur (demonstration)"
HOST = "127.0.0.1"

# Who does what is done here, in the audit log.
ACTOR = "demonstration"

# Whose page is shown, if they are not there yet: electives, a program inside the program, and a grade too low.
ON_THE_WAY = ("case-18-b", "mending-things")

# What a demonstration needs beside this package; each is in requirements.lock.
_PARTS = ("verifier", "typst", "pyld", "lxml", "uvicorn")
_LINKS_LOOKED_AT = 50  # of one learner in one program, the newest first: the last run's is the newest of ours
_START_SECONDS = 60  # a service that takes longer than this to answer will not
_STOP_SECONDS = 15

demo = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@demo.command()
def demonstrate(
    home: Annotated[Path | None, typer.Option(metavar="DIR", help="Where it is kept (or TESTAMUR_HOME).")] = None,
    issuer_port: Annotated[int, typer.Option(min=1, max=65_535, help="The issuer's port.")] = 8000,
    verifier_port: Annotated[int, typer.Option(min=1, max=65_535, help="The verifier's port.")] = 8001,
) -> None:
    """Runs an issuer with examples and a verifier, until Ctrl-C."""
    terminal = Terminal()
    folder = config.find_home(home, os.environ)
    urls = (f"http://localhost:{issuer_port}", f"http://localhost:{verifier_port}")
    # (1) check
    _check(folder, issuer_port, verifier_port)
    # (2) fill
    services = _initialize(folder, *urls)
    _import(services)
    run, held = _decide_and_issue(services, terminal)
    # (3) serve
    commands = {
        "issuer": ["issuer", "--home", str(folder), "serve", "--host", HOST, "--port", str(issuer_port)],
        "verifier": ["verifier", "serve", "--allow-loopback", "--host", HOST, "--port", str(verifier_port)],
    }
    # Its own cache: one from an earlier demonstration may know another issuer at the same address.
    environ = {**os.environ, "TESTAMUR_CACHE": str(folder / "verifier-cache")}
    with _stoppable(), _children(commands, environ) as children:
        _wait_until_healthy(children, {"issuer": issuer_port, "verifier": verifier_port})
        # (4) report
        _report(terminal, services, run, held)
        _wait(children)


def _check(folder: Path, issuer_port: int, verifier_port: int) -> None:
    missing = [name for name in _PARTS if importlib.util.find_spec(name) is None]
    if missing:
        raise DemonstrationRefused(
            "Not installed: {missing}.",
            hint="Install what requirements.lock names; `make run` does.",
            missing=tuple(missing),
        )
    if not (EXAMPLES / "completions.csv").is_file():
        raise DemonstrationRefused("There are no examples in {folder}.", folder=str(EXAMPLES))
    if issuer_port == verifier_port:
        raise DemonstrationRefused("The issuer and the verifier need two different ports.")
    require_free(HOST, issuer_port, option="--issuer-port")
    require_free(HOST, verifier_port, option="--verifier-port")
    require_writable(folder)


def _initialize(folder: Path, url: str, verifier_url: str) -> Services:
    try:
        initialize(
            folder,
            organization=None if (folder / config.CONFIG_FILE).exists() else ORGANIZATION,
            url=url,
            verifier_url=verifier_url,
            environ=os.environ,
            now=datetime.now(UTC),
        )
    except Conflict as error:
        raise DemonstrationRefused(
            "{why}",
            hint="Run it with the ports of its first run, or with another --home.",
            why=error.message,
        ) from error
    return wire(folder, environ=os.environ)


def _import(services: Services) -> None:
    try:
        found = read_path(EXAMPLES / "catalogue")
    except CatalogueError as error:
        problems = tuple(str(problem) for problem in error.problems)
        raise InputRefused("The example catalogue is not sound:", lines=problems) from error
    now = services.now()
    catalogue_imports.take_in(services.database, services.keyring, found, actor=ACTOR, at=now)
    source = EXAMPLES / "completions.csv"
    recording.record(
        services.database,
        source.read_bytes(),
        source="csv",
        label=source.name,
        caller=operator(ACTOR),
        organization=None,
        now=now,
    )


def _decide_and_issue(services: Services, terminal: Terminal) -> tuple[deciding.Run, tuple[Held, ...]]:
    run = deciding.run(services.database, now=services.now())
    issuance = services.issuance()
    printing_runs.finished(terminal, issuance.finish_intents())
    with terminal.counting("Issuing, learner by learner") as progress:
        issued = issuance.issue_due(progress=progress)
    return run, issued.held


def _report(terminal: Terminal, services: Services, run: deciding.Run, held: tuple[Held, ...]) -> None:
    with services.database.read() as tx:
        completions = sum(isinstance(fact, Completion) for fact in current(facts.read(tx)))
        certificates = [one for one in credentials.listed(tx) if one.released]
        awards = decisions.awards(tx)
    awarded = sum(
        (made.learner, made.program, made.version) in awards for made in (one.decision for one in run.decided)
    )
    outcomes = Counter(one.decision.outcome for one in run.decided)
    url, verifier_url = services.config.url, services.config.verifier_url
    example = next((one for one in certificates if one.kind == "program" and one.status == "valid"), None)
    terminal.line()
    terminal.line(
        f"{printing.counted(completions, 'completion')}, {printing.counted(len(run.decided), 'decision')}: "
        f"{awarded} awarded, {outcomes['not_eligible']} not yet, "
        f"{outcomes['not_active']} in programs that have not begun or are over."
    )
    terminal.line(f"{printing.counted(len(certificates), 'certificate')}, Course Certificates included.")
    for one in held:
        terminal.line(f"Held back: {one.learner}, {one.subject}: {one.why}")
    terminal.line()
    terminal.facts(
        [
            *_links(services, example),
            *_learner_page(services, run),
            ("Issuer", f"{url}/"),
            ("Verifier", f"{verifier_url}/"),
            ("Their interfaces", f"{url}/docs and {verifier_url}/docs"),
            ("The office's API", f"below {url}/organizations/, with a key of a role. To make one:"),
            ("", _key_command(services.config.home)),
            ("Kept in", str(services.config.home)),
        ]
    )
    terminal.line()
    terminal.line("Ctrl-C stops both. The next run goes on from here.")


def _links(services: Services, example: credentials.StoredCredential | None) -> list[tuple[str, str]]:
    if example is None:
        return []
    config_ = services.config
    return [
        ("A certificate", config_.credential_url(example.share_id)),
        ("Is it genuine?", config_.verify_url(example.share_id)),
    ]


def _learner_page(services: Services, run: deciding.Run) -> list[tuple[str, str]]:
    """The page of a learner who is not there yet, behind a link of this run.

    Only hashes of links are kept, so an earlier run's cannot be printed again: it is revoked. Links that somebody else
    made stay."""
    on_the_way = [
        (one.decision.learner, one.decision.program) for one in run.decided if one.decision.outcome == "not_eligible"
    ]
    if not on_the_way:
        return []
    learner, program = ON_THE_WAY if ON_THE_WAY in on_the_way else on_the_way[0]
    database, now = services.database, services.now()
    with database.read() as tx:
        organization = learner_answers.owner_of(tx, program)
        before = stored_links.listed(tx, organization, learner, program, limit=_LINKS_LOOKED_AT)
    about = {"organization": organization, "learner": learner, "program": program, "by": ACTOR}
    for link in before:
        if link.created_by == ACTOR and link.revoked_at is None:
            learner_links.revoke(database, **about, now=now, id=link.id)
    _, token = learner_links.create(database, services.config, **about, now=now)
    return [("A learner's page", services.config.learner_url(token))]


def _key_command(home: Path) -> str:
    where = "" if home == Path(config.DEFAULT_HOME).absolute() else f"--home {shlex.quote(str(home))} "
    return f".venv/bin/issuer {where}api-keys new NAME --role administrator"


# --- the two processes -----------------------------------------------------------------------------------------

Children = dict[str, "subprocess.Popen[bytes]"]


@contextmanager
def _children(commands: dict[str, list[str]], environ: dict[str, str]) -> Iterator[Children]:
    """Starts `python -m …` for each, in sessions of their own: Ctrl-C reaches this process alone, which then stops
    them in good order."""
    started: Children = {}
    try:
        for name, arguments in commands.items():
            started[name] = _start(arguments, environ)
        yield started
    finally:
        _stop(started)


def _stop(children: Children) -> None:
    """Lets both finish what they are at; who presses Ctrl-C again, or waits too long, has them killed."""
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            child.kill()
            child.wait()


def _start(arguments: Sequence[str], environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", *arguments]
    return subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 (ours)


def _wait_until_healthy(children: Children, ports: dict[str, int]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    for name, port in ports.items():
        while not _healthy(port):
            _require_running(children)
            if time.monotonic() > deadline:
                raise DemonstrationRefused("The {name} does not answer on port {port}.", name=name, port=str(port))
            time.sleep(0.1)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait(children: Children) -> None:
    """Until Ctrl-C. Raises `DemonstrationRefused` when one of the two stops by itself."""
    try:
        while True:
            _require_running(children)
            time.sleep(0.3)
    except KeyboardInterrupt:
        return


def _require_running(children: Children) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise DemonstrationRefused("The {name} stopped (exit {code}).", name=name, code=child.returncode)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does, and Ctrl-C does it even where a shell had it ignored (`… &`)."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main() -> None:
    sys.exit(guarded(lambda: demo(args=sys.argv[1:], prog_name="python -m issuer.demo", standalone_mode=False)))


if __name__ == "__main__":
    main()
