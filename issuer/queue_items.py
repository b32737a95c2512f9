"""What stands in the queue, and what a kind of it is: one file in `issuer/stuck`, one line in its table.

class Unsent:
    def items(self, desk):                       # what of this kind is stuck now
        yield Item("unsent", "unsent/17", "ana", "mini", since, why, what_to_do)

    def retry(self, desk):                       # tries each again; says what came of it
        yield Tried("unsent", "unsent/17", done=True, why=Message("Sent"))
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from issuer.config import Config
from issuer.issuance import Issuance
from issuer.revocation import ITSELF
from issuer.store.database import Database
from templates.i18n import say
from templates.messages import Message
from vc.dates import timestamp


@dataclass(frozen=True)
class Desk:
    """Where the queue is worked off: the parts of the issuer, whose part of the queue (`organization` None: all of
    it), and who does it. `issuance()` opens the private key, which looking never needs."""

    config: Config
    database: Database
    issuance: Callable[[], Issuance]
    now: Callable[[], datetime]
    organization: str | None = None
    actor: str = ITSELF

    def concerns(self, organization: str | None) -> bool:
        return self.organization in (None, organization)


@dataclass(frozen=True)
class Item:
    """`id` begins with the kind and names the item as long as it is stuck; `subject`: the code of the course or
    program; `since`: when it began, None where nobody knows."""

    kind: str
    id: str
    learner: str
    subject: str
    since: datetime | None
    why: Message
    what_to_do: Message

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "learner": self.learner,
            "subject": self.subject,
            "since": None if self.since is None else timestamp(self.since),
            "why": say(self.why, lang),
            "what_to_do": say(self.what_to_do, lang),
        }


@dataclass(frozen=True)
class Tried:
    """What came of trying again: `done`, or still stuck; `why` says what was done, or why not."""

    kind: str
    id: str
    done: bool
    why: Message

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "done": self.done, "why": say(self.why, lang)}


class Kind(Protocol):
    def items(self, desk: Desk) -> Iterable[Item]: ...

    def retry(self, desk: Desk) -> Iterable[Tried]: ...


@runtime_checkable
class Endless(Kind, Protocol):
    """A kind of which there may be as many as there are learners: it is read from where a page begins."""

    def items_after(self, desk: Desk, after: str) -> Iterator[Item]:
        """In the order of their ids those after that one."""
        ...
