"""The conductor that issues a chunk's certificates together (`issuer.batches`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from issuer.access import Caller
from issuer.bulk.conducting import Done, Failed
from issuer.chunks import Done as OfBatches
from issuer.facts import Completion
from issuer.services import Services
from issuer.store.cohorts import Cohort
from issuer.store.decisions import StoredDecision


@dataclass(frozen=True)
class Together:
    services: Services

    def cohort_rows(self, caller: Caller, cohort: Cohort, learners: Sequence[str], *, beyond_the_limit: bool) -> Done:
        batches = self.services.issuance().by(caller.name).batches
        return _told(batches.cohort_rows(caller, cohort, learners, beyond_the_limit=beyond_the_limit))

    def due(self, caller: Caller, items: Sequence[Completion | StoredDecision], *, beyond_the_limit: bool) -> Done:
        batches = self.services.issuance().by(caller.name).batches
        done = batches.due(items, beyond_the_limit=beyond_the_limit)
        return replace(_told(done), issued=done.issued + done.courses, courses=0)


def _told(done: OfBatches) -> Done:
    """What is about a key is raised."""
    if done.no_key is not None:
        raise done.no_key
    failed = tuple(Failed(one.learner, one.subject, str(one.why)) for one in done.failed)
    return Done(done.issued, done.courses, failed, done.limit)
