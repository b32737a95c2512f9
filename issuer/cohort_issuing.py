"""Issues an approved cohort, some hundred rows at a time (`issuer.cohort_chunks`).

    CohortIssuing(config, database, issuance, now).issue(caller, 7, organization="duke")

The cohort is approved, and not cancelled or undone. One row that fails stops no other. The limit of an hour
(`issuer.hourly_limit`) does: what is left waits, unless two people approved. Run again, it goes on with what waits, and
when nothing does, tries again what failed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from issuer.access import Caller
from issuer.cohort_standing import Standing, standing
from issuer.cohorts import find, note
from issuer.config import Config
from issuer.errors import CohortNotApproved, CohortState, LimitReached
from issuer.issuance import Issuance
from issuer.store import cohorts
from issuer.store.cohorts import Cohort, State
from issuer.store.database import Database, Transaction

_BOTH = 2  # approvals


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
        with self.database.write() as tx:
            cohort, found = begin(tx, caller, number, organization, at=self.now())
        states: tuple[State, ...] = ("",) if found.waiting else ("failed",)
        batches = self.issuance.by(caller.name).batches
        beyond = len(found.approvals) >= _BOTH
        done = Progressed()
        for learners in self._chunks(cohort, states, at_most):
            of_some = batches.cohort_rows(caller, cohort, learners, beyond_the_limit=beyond)
            done = Progressed(
                done.issued + of_some.issued,
                done.failed + len(of_some.failed),
                done.courses + of_some.courses,
                of_some.limit,
            )
            for _ in range(len(learners) - of_some.waiting):
                progress()
            if of_some.no_key is not None:
                raise of_some.no_key
            if of_some.limit is not None:
                break
        with self.database.write() as tx:
            left = standing(tx, cohort).waiting
            counted = {"issued": done.issued, "failed": done.failed, "waiting": left}
            note(tx, caller, cohort, "issued", self.now(), **counted)
        if done.limit is not None and not done.issued + done.failed:
            raise done.limit
        return done

    def _chunks(self, cohort: Cohort, states: tuple[State, ...], at_most: int | None) -> Iterator[tuple[str, ...]]:
        """The learners of the rows with these states, each once, read in pages while others are written."""
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
            yield tuple(row.learner for row in page)
            after = page[-1].learner
            left = None if left is None else left - len(page)


def begin(
    tx: Transaction, caller: Caller, number: int, organization: str | None, *, at: datetime
) -> tuple[Cohort, Standing]:
    """It is approved, and from now on it is being issued. Raises what `CohortIssuing.issue` raises."""
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
