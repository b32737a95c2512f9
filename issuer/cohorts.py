"""Cohorts: what would happen to whom and why, written down before anything is issued, and approved by somebody else.

    (1) prepare   everybody whom the program concerns is decided; a row for each says what would happen
    (2) approve   somebody else than who prepared it; more than an hour's certificates need a second one
    (3) issue     row by row (`issuer.cohort_issuing`), each decided again; what no longer holds is not issued
    (4) undo      revokes what it issued, with a reason (`issuer.cohort_undoing`)

Before (3) it may be cancelled. Its state follows from what happened to it (`standing`):

    unfinished -> prepared -> approved -> issuing -> issued -> undone
                  `---------- cancelled ---------'

What was prepared never changes: who approves it approves that. Things that changed since are noticed at (3). Numbers
of cohorts are the installation's; another organization's cohort answers as if there were none (`find`).

    number = prepare(database, caller, program="mini", now=now, limits=limits)
    approve(database, other, number, organization=None, now=now)
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime

from issuer import deciding
from issuer.access import Caller, same_person
from issuer.catalogue import Catalogue, Program
from issuer.cohort_rows import Judge
from issuer.cohort_standing import Standing, standing
from issuer.concerned import courses_of, require_program, version_of_the_day
from issuer.errors import CohortState, InputRefused, SameApprover, UnknownCohort, UnknownProgram
from issuer.limits import Limits
from issuer.store import audit, catalogues, cohort_pages, cohorts, decisions
from issuer.store.cohorts import Cohort, DetailedRow
from issuer.store.database import Database, Transaction
from issuer.store.decisions import StoredDecision

Progress = Callable[[int, int], None]


def prepare(
    database: Database,
    caller: Caller,
    *,
    program: str,
    now: datetime,
    limits: Limits,
    organization: str | None = None,
    name: str = "",
    learners: Collection[str] | None = None,
    again: bool = False,
    progress: Progress = lambda done, total: None,
) -> int:
    """The number of a new cohort of the version that awards today, or else the newest. `learners`: only these;
    `again`: certificates that were revoked are issued anew. `progress` is told (done, total) of the decisions, then
    of the rows. Raises `UnknownProgram`, `InputRefused`, and `NotAllowed`."""
    # (1) what is asked for
    name = _checked_name(name, limits)
    wanted = None if learners is None else _checked_learners(learners, limits)
    with database.read() as tx:
        catalogue = catalogues.load(tx, with_sessions=False)
    version = _version(catalogue, program, organization, now.date())
    caller.require("decide", organization=version.organization)
    # (2) everybody is decided as things are now
    _decide(database, caller, version, now, progress)
    # (3) a row for each, in batches: others may write in between, and memory does not grow with the cohort
    with database.write() as tx:
        number = cohorts.create(
            tx,
            organization=version.organization,
            program=version.code,
            version=version.version,
            name=name,
            by=caller.name,
            at=now,
        )
    judge = Judge(catalogue, version, again, now, caller)
    with database.read() as tx:
        total = len(wanted) if wanted is not None else cohort_pages.learner_count(tx, courses_of(catalogue, version))
    done, found = 0, set[str]()
    for page in _pages(database, version, wanted, limits.cohort_batch.value):
        with database.read() as tx:
            rows = tuple(judge.rows(tx, page))
        with database.write() as tx:
            cohorts.add_rows(tx, number, rows)
        if wanted is not None:
            found |= {one.decision.learner for one in page}
        done += len(page)
        progress(min(done, total), total)
    # (4) who was named and is unknown has a row too; with it the cohort is complete
    with database.write() as tx:
        cohorts.add_rows(tx, number, (judge.unknown(who) for who in sorted((wanted or frozenset()) - found)))
        cohorts.happened(tx, number, "prepared", actor=caller.name, at=now)
        note(tx, caller, cohorts.find(tx, number), "prepare", now, program=version.code, version=version.version)
    return number


def approve(database: Database, caller: Caller, number: int, *, organization: str | None, now: datetime) -> Standing:
    """Raises `SameApprover`, `CohortState`, `UnknownCohort`, `NotAllowed`."""
    with database.write() as tx:
        cohort = find(tx, number, organization)
        caller.require("approve", organization=cohort.organization)
        found = standing(tx, cohort)
        if found.state not in ("prepared", "approved", "issuing"):
            raise CohortState("Cohort {number} is {state}: it cannot be approved.", number=number, state=found.state)
        if not found.ready:
            raise CohortState("There is nobody to issue in cohort {number}.", number=number)
        if len(found.approvals) > 1:
            raise CohortState("Cohort {number} has both approvals.", number=number)
        for verb, other in (
            ("prepared", cohort.prepared_by),
            *(("approved", approval.actor) for approval in found.approvals),
        ):
            if same_person(caller.name, other):
                raise SameApprover(
                    "Cohort {number} was {verb} by {other}: somebody else has to approve it.",
                    number=number,
                    verb=verb,
                    other=other,
                )
        cohorts.happened(tx, number, "approved", actor=caller.name, at=now)
        note(tx, caller, cohort, "approve", now, approval=len(found.approvals) + 1)
        return standing(tx, cohort)


def cancel(database: Database, caller: Caller, number: int, *, organization: str | None, now: datetime) -> Standing:
    """Before anything is issued. Raises `CohortState`, `UnknownCohort`, `NotAllowed`."""
    with database.write() as tx:
        cohort = find(tx, number, organization)
        caller.require("decide", organization=cohort.organization)
        found = standing(tx, cohort)
        if found.state not in ("unfinished", "prepared", "approved"):
            hint = "What it issued can be undone: issuer cohorts undo" if found.state in ("issuing", "issued") else None
            raise CohortState(
                "Cohort {number} is {state}: it cannot be cancelled.", hint=hint, number=number, state=found.state
            )
        cohorts.happened(tx, number, "cancelled", actor=caller.name, at=now)
        note(tx, caller, cohort, "cancel", now)
        return standing(tx, cohort)


def find(tx: Transaction, number: int, organization: str | None) -> Cohort:
    """`organization` None: of any. Raises `UnknownCohort`, for another organization's too."""
    try:
        cohort = cohorts.find(tx, number)
    except LookupError:
        cohort = None
    if cohort is None or organization not in (None, cohort.organization):
        raise UnknownCohort("There is no cohort {number}.", hint="`issuer cohorts list` shows them all.", number=number)
    return cohort


def every_row(database: Database, number: int, limits: Limits) -> Iterator[DetailedRow]:
    """All of them, read in pages: a long download holds no view of the database."""
    after = ""
    while True:
        with database.read() as tx:
            page = cohorts.detailed(tx, number, after=after, limit=limits.cohort_batch.value)
        if not page:
            return
        yield from page
        after = page[-1].row.learner


def _decide(database: Database, caller: Caller, version: Program, now: datetime, progress: Progress) -> None:
    """Afterwards the newest stored decisions are what would be decided now. Only what is affected is decided."""
    for _ in deciding.stream(
        database,
        now=now,
        organization=version.organization,
        program=version.code,
        actor=caller.name,
        progress=progress,
    ):
        pass


def _pages(
    database: Database, version: Program, wanted: frozenset[str] | None, size: int
) -> Iterator[tuple[StoredDecision, ...]]:
    """The newest decisions about the version, by the learners' ids."""
    after = ""
    while True:
        with database.read() as tx:
            page = decisions.newest_by_learner(tx, version.code, version.version, after=after, limit=size)
        if not page:
            return
        after = page[-1].decision.learner
        yield page if wanted is None else tuple(one for one in page if one.decision.learner in wanted)


def _version(catalogue: Catalogue, code: str, organization: str | None, on: date) -> Program:
    require_program(catalogue, code)
    version = version_of_the_day(catalogue, code, on)  # none may award today: what would happen is asked all the same
    if organization not in (None, version.organization):
        raise UnknownProgram("There is no program {code}.", code=code)
    return version


def _checked_name(name: str, limits: Limits) -> str:
    name = " ".join(name.split())
    limit = limits.cohort_name_length.value
    if len(name) > limit or not name.isprintable():
        raise InputRefused("A cohort's name has at most {limit} printable characters.", limit=limit)
    return name


def _checked_learners(learners: Collection[str], limits: Limits) -> frozenset[str]:
    wanted = frozenset(one.strip() for one in learners) - {""}
    limit = limits.cohort_learners.value
    if not wanted or len(wanted) > limit:
        raise InputRefused("The list names {count} learners; 1 to {limit} are needed.", count=len(wanted), limit=limit)
    return wanted


def note(tx: Transaction, caller: Caller, cohort: Cohort, verb: str, at: datetime, **detail: object) -> None:
    """Into the audit log of the organization whose cohort it is."""
    audit.append(
        tx,
        cohort.organization,
        actor=caller.name,
        action=f"cohort.{verb}",
        subject=f"cohort {cohort.number}",
        at=at,
        **detail,
    )
