"""What a source sent and nobody could take: it is kept as it came, and read again when the catalogue or the mapping is
put right (`issuer.deliveries`)."""

from collections.abc import Iterable

from issuer import deliveries
from issuer.access import Caller
from issuer.api_errors import NothingWaits
from issuer.errors import InputRefused
from issuer.queue_items import Desk, Item, Tried
from issuer.store import refused
from issuer.store.refused import Refused
from templates.messages import Message


class Unread:
    def items(self, desk: Desk) -> Iterable[Item]:
        for one in self._waiting(desk):
            yield Item(
                "unread",
                _id(one),
                "",
                one.source,
                one.received_at,
                _why(one.problems),
                Message("Put right what is said there, or the mapping of the webhook; then try again, or lay it aside"),
            )

    def retry(self, desk: Desk) -> Iterable[Tried]:
        caller = Caller(desk.actor, desk.organization, frozenset())
        for one in self._waiting(desk):
            try:
                recorded = deliveries.retry(
                    desk.database, one.number, organization=desk.organization, caller=caller, now=desk.now()
                )
            except NothingWaits:  # somebody else was quicker
                continue
            except InputRefused as error:  # it cannot be read at all; the others are tried
                yield Tried("unread", _id(one), False, error.message)
                continue
            problems = tuple(str(problem) for problem in recorded.report.all_problems)
            why = _why(problems) if problems else Message("Taken")
            yield Tried("unread", _id(one), not problems, why)

    def _waiting(self, desk: Desk) -> tuple[Refused, ...]:
        with desk.database.read() as tx:
            return refused.waiting(tx, desk.organization)


def _id(one: Refused) -> str:
    return f"unread/{one.number}"


def _why(problems: tuple[str, ...]) -> Message:
    first = problems[0] if problems else ""
    if len(problems) < 2:
        return Message("{why}", why=first)
    return Message("{why} (and {count} more)", why=first, count=len(problems) - 1)
