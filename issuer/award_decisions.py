"""The decision of today about an award that was made: as of the day of the award, on what is known now.

    # `stored`: a program certificate
    decided = decided_again(database, catalogue, stored, revision=revision, now=now)

An award is not lost because time passes or because its program has ended: `issuer.eligibility.decide` judges that as of
`awarded_on`. What the decision says is kept when it is new, like any other.
"""

from datetime import datetime

from issuer.catalogue import Catalogue
from issuer.deciding import decide_one
from issuer.store import decisions
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database
from issuer.store.decisions import StoredDecision


def decided_again(
    database: Database,
    catalogue: Catalogue,
    stored: StoredCredential,
    *,
    revision: int,
    now: datetime,
    keep: bool = True,
) -> StoredDecision:
    """`revision`: of the catalogue. With `keep` False nothing is stored, and a decision that would be new has the
    sequence 0."""
    with database.read() as tx:
        award = decisions.find_award(tx, stored.award or 0)
    program = catalogue.programs[(award.program, award.version)]
    return decide_one(database, catalogue, program, stored.learner, revision=revision, now=now, keep=keep)
