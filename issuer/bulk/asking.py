"""What people ask of bulk runs: start, pause, resume, cancel. Each writes a wish and an entry of the audit log.

    number = start(database, caller, Wanted(cohort=7), now=now)
    pause(database, caller, number, organization="duke", now=now)

Nothing here reaches the engine: a worker finds what is to be done within a second, and a process that only asks needs
no engine at all. A run is started with its entry in one transaction: after a power cut both are there or neither is.
"""

from dataclasses import dataclass
from datetime import datetime

from issuer.access import Caller
from issuer.bulk.items import recount
from issuer.cohort_issuing import begin
from issuer.concerned import require_program
from issuer.errors import BulkRunState, InputRefused, UnknownBulkRun, UnknownProgram
from issuer.store import audit, bulk_chunks, bulk_runs, catalogues
from issuer.store.bulk_runs import GOING_ON, Asked, BulkRun, RunState
from issuer.store.database import Database, Transaction

_BOTH = 2  # approvals of a cohort: it may be issued beyond the limit of an hour


@dataclass(frozen=True)
class Wanted:
    """The rows of a cohort; or what is due, of one program or of all. `decides`: what a change affects is decided
    before; `beyond`: somebody else approved of more than the limit of an hour (`issuer.hourly_limit`)."""

    cohort: int | None = None
    program: str | None = None
    decides: bool = False
    beyond: bool = False


def start(database: Database, caller: Caller, wanted: Wanted, *, organization: str | None = None, now: datetime) -> int:
    """The number of the new run. `organization` None: of everybody, which is for the operator. Raises what
    `issuer.cohort_issuing.begin` raises, `UnknownProgram`, `InputRefused`, `BulkRunState`, `NotAllowed`."""
    if wanted.cohort is not None and (wanted.program is not None or wanted.decides or wanted.beyond):
        raise InputRefused("A cohort names its program, and was decided and approved: give its number alone.")
    with database.write() as tx:
        if wanted.cohort is not None:
            cohort, found = begin(tx, caller, wanted.cohort, organization, at=now)
            asked = _asked(wanted, caller, cohort.organization, beyond=len(found.approvals) >= _BOTH)
        else:
            organization = _of_what_is_due(tx, caller, wanted, organization)
            asked = _asked(wanted, caller, organization, beyond=wanted.beyond)
        _require_alone(tx, asked)
        number = bulk_runs.create(tx, asked, at=now)
        _note(tx, caller, bulk_runs.find(tx, number), "start", now)
    return number


def pause(database: Database, caller: Caller, number: int, *, organization: str | None, now: datetime) -> BulkRun:
    """No new chunk begins; those that are worked on end. Raises `BulkRunState`, `UnknownBulkRun`, `NotAllowed`."""
    return _change(database, caller, number, organization, now, "pause", ("running", "waiting"), "paused")


def resume(database: Database, caller: Caller, number: int, *, organization: str | None, now: datetime) -> BulkRun:
    """Raises as `pause` does."""
    return _change(database, caller, number, organization, now, "resume", ("paused", "waiting"), "running")


def cancel(database: Database, caller: Caller, number: int, *, organization: str | None, now: datetime) -> BulkRun:
    """What is issued stays, the rest is never begun. Raises as `pause` does."""
    return _change(database, caller, number, organization, now, "cancel", GOING_ON, "cancelled")


def find(tx: Transaction, number: int, organization: str | None) -> BulkRun:
    """`organization` None: of any. Raises `UnknownBulkRun`, for another organization's too."""
    try:
        run = bulk_runs.find(tx, number)
    except LookupError:
        run = None
    if run is None or organization not in (None, run.organization):
        raise UnknownBulkRun("There is no bulk run {number}.", hint="`issuer bulk list` shows them all.", number=number)
    return run


def _change(
    database: Database,
    caller: Caller,
    number: int,
    organization: str | None,
    now: datetime,
    verb: str,
    before: tuple[RunState, ...],
    after: RunState,
) -> BulkRun:
    with database.write() as tx:
        run = find(tx, number, organization)
        if run.organization is not None:
            caller.require("decide", organization=run.organization)
        if run.state not in before:
            raise BulkRunState(
                "Bulk run {number} is {state}: to {verb} it changes nothing.", number=number, state=run.state, verb=verb
            )
        bulk_runs.change(tx, number, after, ended_at=now if after == "cancelled" else None)
        if after == "running":
            bulk_chunks.wake(tx, number)
        else:
            recount(tx, run, now)
        _note(tx, caller, run, verb, now)
        return bulk_runs.find(tx, number)


def _of_what_is_due(tx: Transaction, caller: Caller, wanted: Wanted, organization: str | None) -> str | None:
    """Whose certificates they are."""
    if organization is not None:
        caller.require("decide", organization=organization)
    elif caller.organization is not None:
        raise InputRefused("What is due of every organization is for the operator to issue.")
    if wanted.program is None:
        return organization
    catalogue = catalogues.load(tx, with_sessions=False)
    require_program(catalogue, wanted.program)
    owner = catalogue.latest(wanted.program).organization
    if organization not in (None, owner):
        raise UnknownProgram("There is no program {code}.", code=wanted.program)
    return organization


def _asked(wanted: Wanted, caller: Caller, organization: str | None, *, beyond: bool) -> Asked:
    return Asked(
        kind="due" if wanted.cohort is None else "cohort",
        organization=organization,
        cohort=wanted.cohort,
        program=wanted.program,
        decides=wanted.decides,
        beyond=beyond,
        by=caller.name,
        as_=caller.organization,
    )


def _require_alone(tx: Transaction, asked: Asked) -> None:
    """Two runs over the same would both count what one of them issues."""
    for run in bulk_runs.in_states(tx, *GOING_ON):
        if (run.kind, run.organization, run.cohort, run.program) == (
            asked.kind,
            asked.organization,
            asked.cohort,
            asked.program,
        ):
            raise BulkRunState(
                "Bulk run {number} is at the same, and is {state}. Go on with it or cancel it: "
                "issuer bulk resume {number}, issuer bulk cancel {number}",
                number=run.number,
                state=run.state,
            )


def _note(tx: Transaction, caller: Caller, run: BulkRun, verb: str, at: datetime) -> None:
    told = {"cohort": run.cohort, "program": run.program}
    of = {name: value for name, value in told.items() if value is not None}
    subject = f"bulk run {run.number}"
    audit.append(tx, run.organization, actor=caller.name, action=f"bulk.{verb}", subject=subject, at=at, **of)
