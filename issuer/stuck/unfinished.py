"""Certificates that were recorded, and not signed and released: a power cut, or a key that could not be used."""

from collections.abc import Iterable

from issuer.queue_items import Desk, Item, Tried
from issuer.store import credentials
from templates.messages import Message


class Unfinished:
    def items(self, desk: Desk) -> Iterable[Item]:
        with desk.database.read() as tx:
            intents = credentials.intents(tx, desk.organization)
        for one in intents:
            yield Item(
                "unfinished",
                f"unfinished/{one.share_id}",
                one.learner,
                one.subject,
                one.intended_at,
                Message("The certificate is recorded, and not signed and released yet"),
                Message("Try again; if it stays, look whether the key can be used: issuer keys list"),
            )

    def retry(self, desk: Desk) -> Iterable[Tried]:
        done = desk.issuance().by(desk.actor).finish_intents(desk.organization)
        for one in done.released:
            yield Tried("unfinished", f"unfinished/{one.share_id}", True, Message("Signed and released"))
        for one, why in done.failed:
            yield Tried("unfinished", f"unfinished/{one.share_id}", False, why)
