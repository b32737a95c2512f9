"""Suspended certificates: until when they can be put right, or that somebody's word is waited for."""

from collections.abc import Iterable

from issuer.queue_items import Desk, Item, Tried
from issuer.retrying import tried_again
from issuer.store import credentials, status
from templates.messages import Message


class Suspended:
    def items(self, desk: Desk) -> Iterable[Item]:
        with desk.database.read() as tx:
            found = [
                (one, last)
                for one in credentials.with_status(tx, "suspended", desk.organization)
                if (last := status.last(tx, one.number)) is not None
            ]
        today = desk.now().date()
        for one, last in found:
            if last.until is None:
                what = Message("Somebody suspended it and is to decide: issuer reinstate or issuer revoke")
            elif last.until < today:
                what = Message("Its last day was {date}: issuer reconcile revokes it", date=last.until)
            else:
                what = Message(
                    "Until {date} a newer record or another certificate puts it right; "
                    "or decide: issuer reinstate or issuer revoke",
                    date=last.until,
                )
            why = Message("Suspended: {reason}", reason=last.reason)
            yield Item("suspended", f"suspended/{one.share_id}", one.learner, one.subject, last.at, why, what)

    def retry(self, desk: Desk) -> Iterable[Tried]:
        """What somebody suspended by hand waits for somebody's word."""
        with desk.database.read() as tx:
            by_hand = {
                f"suspended/{one.share_id}"
                for one in credentials.with_status(tx, "suspended", desk.organization)
                if (last := status.last(tx, one.number)) is None or last.cause != "evidence"
            }
        yield from tried_again(desk, tuple(one for one in self.items(desk) if one.id not in by_hand))
