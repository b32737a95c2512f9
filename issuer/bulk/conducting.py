"""Who issues the certificates of a chunk: the seam between a bulk run and the journey of a certificate.

done = conductor.cohort_rows(caller, cohort, ("ana", "ben"), beyond_the_limit=False)
done.failed     # (("ben", "It is not earned: …"),)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from issuer.access import Caller
from issuer.errors import LimitReached
from issuer.facts import Completion
from issuer.store.cohorts import Cohort
from issuer.store.decisions import StoredDecision


@dataclass(frozen=True)
class Failed:
    """`subject`: the course or program."""

    learner: str
    subject: str
    why: str


@dataclass(frozen=True)
class Done:
    """`courses`: Course Certificates beside a cohort's own; `failed`: with why; `limit`: why it stopped early."""

    issued: int = 0
    courses: int = 0
    failed: tuple[Failed, ...] = ()
    limit: LimitReached | None = None


class Conductor(Protocol):
    """Called again with the same, it issues nothing twice and finishes what an interruption left. What is about one
    certificate is in `failed`; what is about the key or the store is raised."""

    def cohort_rows(self, caller: Caller, cohort: Cohort, learners: Sequence[str], *, beyond_the_limit: bool) -> Done:
        """The rows of a cohort that is approved, as `issuer.cohort_issuing` does them."""

    def due(self, caller: Caller, items: Sequence[Completion | StoredDecision], *, beyond_the_limit: bool) -> Done:
        """What `issuer issue` would issue, the Course Certificates first."""
