"""How many program certificates an organization awards within an hour, unless two people approve of more.

A mistake in a rule or an import (1,024 letters in a day, for a program that had not begun) is then seen by somebody
before most of it has left. What counts are first awards and those issued anew after a revocation; corrections and
renewals of what is awarded already do not. `issuer.issuance` asks inside the transaction that records the intent, so
that two processes together stay below the limit too.

    require_room(tx, "duke", now=now, limits=config.limits)     # returns, or raises `LimitReached`
"""

from datetime import datetime, timedelta

from issuer.access import Caller, same_person
from issuer.errors import LimitReached, SameApprover
from issuer.limits import Limits
from issuer.store import audit, credentials
from issuer.store.database import Database, Transaction
from vc.dates import timestamp

HOUR = timedelta(hours=1)


def require_room(tx: Transaction, organization: str, *, now: datetime, limits: Limits) -> None:
    """Raises `LimitReached`, which says when there will be room."""
    limit = limits.issues_per_hour.value
    oldest = credentials.nth_newest_award(tx, organization, limit, since=now - HOUR)
    if oldest is None:
        return
    again_at = oldest + HOUR
    raise LimitReached(
        "The limit of {organization}, which is {limit} in an hour, is reached; more needs the approval of a second "
        "person. Without it, it goes on at {time}.",
        limit=limit,
        organization=organization,
        time=timestamp(again_at),
        again_at=again_at,
    )


def approve_beyond(database: Database, caller: Caller, other: Caller, *, program: str | None, now: datetime) -> None:
    """Writes down that `other` approves of more than the limit for what `caller` issues now. On the command line a
    name is what is typed: who sits there has the keys in his hands (`issuer.access`). Raises `SameApprover`."""
    if same_person(caller.name, other.name):
        raise SameApprover(
            "More than the limit of an hour needs the approval of somebody else than {name}.", name=caller.name
        )
    with database.write() as tx:
        audit.append(
            tx,
            None,
            actor=caller.name,
            action="limit.exceed",
            subject="" if program is None else f"program {program}",
            at=now,
            approved_by=other.name,
        )
