"""Valid program certificates that include a Course Certificate which was revoked or replaced, and were not renewed."""

from collections.abc import Iterable

from issuer.queue_items import Desk, Item, Tried
from issuer.retrying import tried_again
from issuer.store import disagreements
from templates.messages import Message


class Unrenewed:
    def items(self, desk: Desk) -> Iterable[Item]:
        with desk.database.read() as tx:
            found = disagreements.bound_to_fallen(tx, desk.organization)
        for one, since in found:
            yield Item(
                "unrenewed",
                f"unrenewed/{one.share_id}",
                one.learner,
                one.subject,
                since,
                Message("It includes a Course Certificate that does not stand any more"),
                Message("Try again, which reconciles it; or decide by hand: issuer revoke"),
            )

    def retry(self, desk: Desk) -> Iterable[Tried]:
        yield from tried_again(desk, tuple(self.items(desk)))
