"""The decision of today about awards that were made: as of the day of the award, on what is known now.

    today = Today(database, now=now, keep=True, actor="Rita")
    today.decide(organization="school")             # everybody who is affected
    decided = today.of(stored)                      # `stored`: a program certificate

An award is not lost because time passes or because its program has ended: `issuer.deciding` judges it as of its day.
What a decision says is kept when it is new; with `keep` False it is only told.
"""

from collections.abc import Collection
from datetime import datetime

from issuer import deciding
from issuer.decisions import Decision
from issuer.errors import NotNow
from issuer.store import decisions
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database
from issuer.store.decisions import StoredDecision


class Today:
    def __init__(self, database: Database, *, now: datetime, actor: str, keep: bool = True) -> None:
        self._database = database
        self._now = now
        self._actor = actor
        self._keep = keep
        self._told: dict[tuple[str, str, int], Decision] = {}

    def decide(
        self,
        *,
        organization: str | None = None,
        program: str | None = None,
        learners: Collection[str] | None = None,
    ) -> None:
        """Whoever is affected; `learners`: these, whether they are affected or not."""
        stream = deciding.stream(
            self._database,
            now=self._now,
            organization=organization,
            program=program,
            learners=learners,
            dry_run=not self._keep,
            actor=self._actor,
        )
        for one in stream:
            if one.awarded and one.new and not self._keep:
                self._told[one.decision.learner, one.decision.program, one.decision.version] = one.decision

    def of(self, stored: StoredCredential) -> StoredDecision:
        """About the award of a program certificate. One that is not kept has the sequence 0."""
        with self._database.read() as tx:
            award = decisions.find_award(tx, stored.award or 0)
            told = self._told.get((award.learner, award.program, award.version))
            if told is not None:
                return StoredDecision(0, told, self._now)
            last = decisions.newest(tx, award.learner, award.program, award.version)
        if last is None:  # an award has the decision that it was made of
            raise NotNow("Nothing is decided about {learner}.", hint="Run: issuer decide", learner=award.learner)
        return last
