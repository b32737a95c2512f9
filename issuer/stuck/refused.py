"""What a source sent and could not be taken: it waits until it is sound, or laid aside."""

from collections.abc import Iterable

from issuer import deliveries
from issuer.errors import IssuerError, NothingWaits
from issuer.queue_items import Desk, Item, Tried
from issuer.store import refused
from templates.messages import Message


class Refused:
    def items(self, desk: Desk) -> Iterable[Item]:
        with desk.database.read() as tx:
            found = refused.waiting(tx, desk.organization)
        for one in found:
            first, *others = one.problems or ("",)
            why = Message("{problem}", problem=first)
            if others:
                why = Message("{problem} (and {count} more)", problem=first, count=len(others))
            what = Message("Correct it at its source, or the catalogue; then try again, or lay it aside")
            yield Item("refused", f"refused/{one.number:09}", "", one.source, one.received_at, why, what)

    def retry(self, desk: Desk) -> Iterable[Tried]:
        for item in tuple(self.items(desk)):
            number = int(item.id.rpartition("/")[2])
            try:
                done = deliveries.retry(
                    desk.database, number, organization=desk.organization, caller=desk.caller, now=desk.now()
                )
            except NothingWaits:  # somebody else settled it just now
                continue
            except IssuerError as error:  # it cannot be read at all; the others are tried
                yield Tried("refused", item.id, False, error.message)
                continue
            problems = [str(one) for one in done.report.all_problems]
            why = Message("{problem}", problem=problems[0]) if problems else Message("Taken")
            yield Tried("refused", item.id, not problems, why)
