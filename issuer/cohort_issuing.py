"""Issues an approved cohort, row by row: the Course Certificates that a learner's award needs, then the award's own.

    (1) the cohort is approved, and not cancelled or undone
    (2) what an interruption left of a row is finished
    (3) the row is decided again: what no longer holds is not issued, and the row says so
    (4) the Course Certificates that count and are not there yet; a partner's are the partner's to issue
    (5) the program's certificate; with its intent, in one transaction, the row is bound to it

Because of (5) a power cut leaves no certificate of which the cohort does not know, and whatever is run again, or by two
processes at once, is issued once. One row that fails stops no other. The limit of an hour (`issuer.hourly_limit`) does:
what is left waits, unless two people approved. Run again, it goes on with what waits, and when nothing does, tries
again what failed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from issuer.access import Caller
from issuer.catalogue import Catalogue
from issuer.cohort_rows import may_certify
from issuer.cohort_standing import Standing, standing
from issuer.cohorts import find, note
from issuer.config import Config
from issuer.editions import program_renewed
from issuer.errors import AlreadyIssued, CohortNotApproved, CohortState, LimitReached, NotNow, ReadBackFailed
from issuer.facts import Completion
from issuer.issuance import Issuance
from issuer.store import catalogues, cohorts, credentials, decisions, facts
from issuer.store.cohorts import Cohort, Row, State
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database, Transaction
from issuer.work import certificate_of, course_work, program_work, require_still_true
from vc.errors import VcError

_BOTH = 2  # approvals
_ELSEWHERE = "It was issued already, but not by this cohort."


@dataclass(frozen=True)
class Progressed:
    """What one run did: rows issued and failed, Course Certificates beside them. `limit`: why it stopped early."""

    issued: int = 0
    failed: int = 0
    courses: int = 0
    limit: LimitReached | None = None


@dataclass(frozen=True)
class CohortIssuing:
    """`now`: the clock; `issuance` signs."""

    config: Config
    database: Database
    issuance: Issuance
    now: Callable[[], datetime]

    def issue(
        self,
        caller: Caller,
        number: int,
        *,
        organization: str | None,
        at_most: int | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> Progressed:
        """Issues the rows that wait, `at_most` so many. Raises `CohortNotApproved`, `CohortState`, `UnknownCohort`,
        `NotAllowed`; and `LimitReached` when not a single one may be issued now."""
        # (1) the cohort is approved
        cohort, found = self._begin(caller, number, organization)
        states: tuple[State, ...] = ("",) if found.waiting else ("failed",)
        with self.database.read() as tx:
            catalogue = catalogues.load(tx, with_sessions=False)
        run = Run(self, caller, cohort, catalogue, hourly=len(found.approvals) < _BOTH)
        limit: LimitReached | None = None
        for row in self._rows(cohort, states, at_most):
            try:
                run.row(row)
            except LimitReached as error:
                limit = error
                break
            progress()
        done = Progressed(run.issued, run.failed, run.courses, limit)
        with self.database.write() as tx:
            left = standing(tx, cohort).waiting
            counted = {"issued": done.issued, "failed": done.failed, "waiting": left}
            note(tx, caller, cohort, "issued", self.now(), **counted)
        if limit is not None and not done.issued + done.failed:
            raise limit
        return done

    def _begin(self, caller: Caller, number: int, organization: str | None) -> tuple[Cohort, Standing]:
        with self.database.write() as tx:
            return begin(tx, caller, number, organization, at=self.now())

    def _rows(self, cohort: Cohort, states: tuple[State, ...], at_most: int | None) -> Iterator[Row]:
        """Those with these states, each once, read in pages while others are written."""
        after, left = "", at_most
        while left is None or left > 0:
            size = self.config.limits.cohort_batch.value
            with self.database.read() as tx:
                page = cohorts.rows(
                    tx,
                    cohort.number,
                    after=after,
                    limit=size if left is None else min(size, left),
                    outcome="ready",
                    states=states,
                )
            if not page:
                return
            yield from page
            after = page[-1].learner
            left = None if left is None else left - len(page)


def begin(
    tx: Transaction, caller: Caller, number: int, organization: str | None, *, at: datetime
) -> tuple[Cohort, Standing]:
    """Step (1): it is approved, and from now on it is being issued. Raises what `CohortIssuing.issue` raises."""
    cohort = find(tx, number, organization)
    caller.require("decide", organization=cohort.organization)
    found = standing(tx, cohort)
    if found.state == "prepared":
        raise CohortNotApproved(
            "Cohort {number} is not approved yet.",
            hint="Somebody else than who prepared it approves it: issuer cohorts approve",
            number=number,
        )
    if found.state not in ("approved", "issuing", "issued"):
        raise CohortState("Cohort {number} is {state}: it cannot be issued.", number=number, state=found.state)
    if found.state == "approved":
        cohorts.happened(tx, number, "issued", actor=caller.name, at=at)
    note(tx, caller, cohort, "issue", at, waiting=found.waiting)
    return cohort, found


class Run:
    """One run over one cohort, and its counts."""

    def __init__(
        self, parts: CohortIssuing, caller: Caller, cohort: Cohort, catalogue: Catalogue, *, hourly: bool
    ) -> None:
        self._parts = parts
        self._caller = caller
        self._issuance = parts.issuance.by(caller.name)
        self._cohort = cohort
        self._catalogue = catalogue
        self._hourly = hourly
        self.issued = self.failed = self.courses = 0

    def row(self, row: Row) -> None:
        """Raises `LimitReached`, and what is about the store or the key and not about the row."""
        try:
            # (2) what an interruption left
            if row.credential is None:
                self._award(row)
            else:
                self._issuance.finish(row.credential)
        except (NotNow, AlreadyIssued, VcError, ReadBackFailed) as error:
            self._failed(row, error)
            return
        with self._parts.database.write() as tx:
            if cohorts.row(tx, self._cohort.number, row.learner).state == "undone":
                return  # meanwhile, by somebody else
            cohorts.settle(tx, self._cohort.number, row.learner, "issued")
        self.issued += 1

    def _failed(self, row: Row, error: Exception) -> None:
        with self._parts.database.write() as tx:
            now = cohorts.row(tx, self._cohort.number, row.learner)
            if now.state in ("issued", "undone"):
                return  # another process was quicker
            bound = None if now.credential is None else credentials.get(tx, now.credential)
            if bound is not None and isinstance(error, AlreadyIssued):
                # It was, by this cohort: another process is at it, or the next run finishes it.
                cohorts.settle(tx, self._cohort.number, row.learner, "issued" if bound.released else "")
                return
            why = _ELSEWHERE if isinstance(error, AlreadyIssued) else str(error)
            cohorts.settle(tx, self._cohort.number, row.learner, "failed", why)
        self.failed += 1

    def _award(self, row: Row) -> None:
        # (3) decided again
        with self._parts.database.read() as tx:
            stored = decisions.find(tx, row.decision or 0)
            require_still_true(tx, self._catalogue, stored.decision, self._parts.now())
            needed = [fact for one in stored.decision.evidence if isinstance(fact := facts.find(tx, one), Completion)]
        # (4) Course Certificates
        for completion in needed:
            self._certify(completion)
        # (5) the program's certificate
        with self._parts.database.read() as tx:
            if row.anew is None:
                work = program_work(tx, self._parts.config, self._catalogue, stored, now=self._parts.now())
            else:
                # The edition after that one: of two that are issued anew in its place, the store lets one win.
                before = credentials.get(tx, row.anew)
                reason = f"issued anew with cohort {self._cohort.number}"
                work = program_renewed(tx, self._parts.config, before, stored, reason=reason)
        self._issuance.conduct(replace(work, hourly=self._hourly, recorded=self._bind(row)))

    def _bind(self, row: Row) -> Callable[[Transaction, StoredCredential], None]:
        def recorded(tx: Transaction, stored: StoredCredential) -> None:
            if any(one.event == "undone" for one in cohorts.events(tx, self._cohort.number)):
                raise CohortState("Cohort {number} was undone while it was issued.", number=self._cohort.number)
            cohorts.bind(tx, self._cohort.number, row.learner, stored.number)

        return recorded

    def _certify(self, completion: Completion) -> None:
        """The Course Certificate that counts, if it is not there yet. It may be there and not be finished."""
        if not may_certify(self._caller, self._catalogue, completion.course):
            return  # it is there, or (5) refuses
        with self._parts.database.read() as tx:
            there = certificate_of(tx, completion)
            if there is None and completion.course not in self._catalogue.courses:
                raise NotNow(
                    "The catalogue does not describe the course {code}. Import its description.", code=completion.course
                )
            work = None if there else course_work(tx, self._parts.config, self._catalogue, completion)
        if work is not None:
            try:
                self._issuance.conduct(work)
                self.courses += 1
            except AlreadyIssued:  # another process is at it
                with self._parts.database.read() as tx:
                    there = certificate_of(tx, completion)
        if there is not None:
            self._issuance.finish(there.number)
