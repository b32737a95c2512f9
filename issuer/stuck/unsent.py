"""E-mail that was given up: the server refused it for good, or every attempt failed."""

from collections.abc import Iterable

from issuer.outbox import try_again
from issuer.queue_items import Desk, Item, Tried
from issuer.store import mail
from templates.messages import Message


class Unsent:
    def items(self, desk: Desk) -> Iterable[Item]:
        with desk.database.read() as tx:
            found = mail.listed(tx, desk.organization, stuck=True)
        for one in found:
            yield Item(
                "unsent",
                f"unsent/{one.number:09}",
                one.learner,
                "",
                one.created_at,
                Message("The message about “{kind}” was not sent: {why}", kind=one.kind, why=one.problem or ""),
                Message("Correct the address or the settings of the mail server, then try again"),
            )

    def retry(self, desk: Desk) -> Iterable[Tried]:
        """Makes them due: the sender, which has the mail server's settings, does the rest."""
        for item in tuple(self.items(desk)):
            number = int(item.id.partition("/")[2])
            try_again(desk.database, number, organization=desk.organization, actor=desk.actor, now=desk.now())
            yield Tried("unsent", item.id, True, Message("It is due again"))
