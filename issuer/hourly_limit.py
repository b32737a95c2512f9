"""How many program certificates an organization awards within an hour, unless two people approve of more.

A mistake in a rule or an import (1,024 letters in a day, for a program that had not begun) is then seen by somebody
before most of it has left. What counts are first awards and those issued anew after a revocation; corrections and
renewals of what is awarded already do not. `issuer.cycle` asks inside the transaction that records the intent, so
that two processes together stay below the limit too.

    room = Room.of(tx, "duke", now=now, limits=config.limits)
    room.take()                                                 # returns, or raises `LimitReached`
"""

from datetime import datetime, timedelta

from issuer.access import Caller, same_person
from issuer.errors import LimitReached, SameApprover
from issuer.limits import Limits
from issuer.store import audit, credentials
from issuer.store.database import Database, Transaction
from vc.dates import timestamp

HOUR = timedelta(hours=1)


class Room:
    """What is left of the hour, counted down while intents are recorded. For one transaction."""

    def __init__(self, organization: str, limit: int, awarded: list[datetime], now: datetime) -> None:
        self._organization = organization
        self._limit = limit
        self._awarded = awarded  # within the hour, the newest first; at most as many as the limit
        self._now = now

    @classmethod
    def of(cls, tx: Transaction, organization: str, *, now: datetime, limits: Limits) -> "Room":
        limit = limits.issues_per_hour.value
        # Where there are fewer certificates than that in all, nobody need count those of an hour.
        if credentials.highest(tx) + limits.issued_at_once.value < limit:
            return cls(organization, limit, [], now)
        awarded = credentials.newest_awards(tx, organization, limit, since=now - HOUR)
        return cls(organization, limit, list(awarded), now)

    def take(self) -> None:
        """For one award. Raises `LimitReached`, which says when there will be room."""
        if len(self._awarded) < self._limit:
            self._awarded.insert(0, self._now)
            return
        again_at = self._awarded[self._limit - 1] + HOUR
        raise LimitReached(
            "The limit of {organization}, which is {limit} in an hour, is reached; more needs the approval of a second "
            "person. Without it, it goes on at {time}.",
            limit=self._limit,
            organization=self._organization,
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
