"""The life of a certificate after the award: what follows when its evidence is lost, replaced or restored. Pure.

    >>> step(Standing("valid"), "lost", today=date(2026, 6, 1))
    'suspend'
    >>> step(Standing("suspended", "evidence", date(2026, 7, 1)), "lost", today=date(2026, 7, 2))
    'revoke'

What a certificate rests on *stands* while the very facts and certificates that it names count; it is *replaced* when
others count in their place, and *lost* when none do. What somebody did by his word, only somebody's word undoes: a
certificate that was suspended or revoked by hand is left alone here (docs/after-the-award.md has the whole table).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from issuer.store.credentials import Status
from issuer.store.status import Cause

Evidence = Literal["stands", "replaced", "lost"]
Step = Literal["suspend", "reinstate", "renew", "revoke", "reissue"]


@dataclass(frozen=True)
class Standing:
    """The status of a certificate's newest edition; the cause of its last change, None when there was none; the last
    day of a suspension's grace."""

    status: Status
    cause: Cause | None = None
    until: date | None = None


def step(standing: Standing, evidence: Evidence, *, today: date, overruled: bool = False) -> Step | None:
    """What is to be done today; None: nothing. `overruled`: somebody reinstated it, knowing of this very loss."""
    match standing.status, evidence:
        case "valid", "replaced":
            return "renew"
        case "valid", "lost":
            return None if overruled else "suspend"
        case (("suspended" | "revoked"), _) if standing.cause != "evidence":
            return None
        case "suspended", "stands":
            return "reinstate"
        case "suspended", "replaced":
            return "renew"
        case "suspended", "lost":
            return "revoke" if standing.until is not None and today > standing.until else None
        case "revoked", ("stands" | "replaced"):
            return "reissue"
    return None
