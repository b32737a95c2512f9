"""The conductor that issues one certificate after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from issuer.access import Caller
from issuer.bulk.conducting import Done, Failed
from issuer.cohort_issuing import CohortIssuing, Run
from issuer.errors import LimitReached
from issuer.facts import Completion
from issuer.selection import Plan
from issuer.services import Services
from issuer.store import catalogues, cohorts
from issuer.store.cohorts import Cohort
from issuer.store.decisions import StoredDecision


@dataclass(frozen=True)
class RowByRow:
    services: Services

    def cohort_rows(self, caller: Caller, cohort: Cohort, learners: Sequence[str], *, beyond_the_limit: bool) -> Done:
        services = self.services
        parts = CohortIssuing(services.config, services.database, services.issuance(), services.now)
        with services.database.read() as tx:
            catalogue = catalogues.load(tx, with_sessions=False)
            rows = [cohorts.row(tx, cohort.number, learner) for learner in learners]
        run = Run(parts, caller, cohort, catalogue, hourly=not beyond_the_limit)
        limit: LimitReached | None = None
        for row in rows:
            try:
                run.row(row)
            except LimitReached as error:
                limit = error
                break
        return Done(run.issued, run.courses, (), limit)

    def due(self, caller: Caller, items: Sequence[Completion | StoredDecision], *, beyond_the_limit: bool) -> Done:
        with self.services.database.read() as tx:
            catalogue = catalogues.load(tx)
        courses = tuple(one for one in items if isinstance(one, Completion))
        programs = tuple(one for one in items if not isinstance(one, Completion))
        plan = Plan(catalogue, courses, programs, (), 0)
        issued = self.services.issuance().by(caller.name).issue(plan, beyond_the_limit=beyond_the_limit)
        failed = tuple(Failed(one.learner, one.subject, str(one.why)) for one in issued.held)
        count = len(issued.courses) + len(issued.programs)
        return Done(count, 0, failed, issued.limited[0][0] if issued.limited else None)
