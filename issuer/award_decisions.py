"""The decision of today about an award that was made: as of the day of the award, on what is known now.

    decided = decided_again(database, catalogue, stored, now=now)       # `stored`: a program certificate

An award is not lost because time passes or because its program has ended: `issuer.eligibility.decide` judges that as of
`awarded_on`. What the decision says is kept when it is new, like any other.
"""

from datetime import datetime

from issuer.catalogue import Catalogue
from issuer.store import decisions
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database
from issuer.store.decisions import StoredDecision
from issuer.work import decided_now


def decided_again(
    database: Database, catalogue: Catalogue, stored: StoredCredential, *, now: datetime, keep: bool = True
) -> StoredDecision:
    """With `keep` False nothing is stored, and a decision that would be new has the sequence 0."""
    with database.read() as tx:
        award = decisions.find_award(tx, stored.award or 0)
        program = catalogue.programs[(award.program, award.version)]
        made = decided_now(tx, catalogue, program, stored.learner, now=now, awarded_on=award.awarded_at.date())
        last = decisions.newest(tx, award.learner, award.program, award.version)
    if last is not None and made.agrees_with(last.decision):
        return last
    if not keep:
        return StoredDecision(0, made, now)
    with database.write() as tx:
        return decisions.find(tx, decisions.append(tx, made, decided_at=now))
