"""What a service does with one submission, whichever process does it: a policy, a network of its own, a verification.

verify = in_this_process(Settings())
report = verify(data, "domain", now)
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from verifier.cache import FetchCache
from verifier.case import Asked
from verifier.config import Settings
from verifier.fetch import Fetch, HttpFetch
from verifier.issuer_lists import IssuerLists
from verifier.report import Report
from verifier.trust import Policy, Trust

if TYPE_CHECKING:
    from vc.compiled import Shapes

Network = Callable[[], Fetch]

LISTS_FOLDER = "issuer-lists"  # in the cache: the last good copies of lists of known issuers


class Verify(Protocol):
    """What the pages and protocols of a service ask for a report: this process, or a worker."""

    def __call__(
        self, data: bytes, trust: Trust, now: datetime, *, asked: Asked | None = None, yields: int = 0
    ) -> Report:
        """Never raises for what `data` holds. `yields`: how many later submissions go first (`verifier.places`)."""


def network(settings: Settings) -> Callable[[], HttpFetch]:
    """What makes the network of one verification; the cache is that of all of them."""
    cache = FetchCache(settings.cache)
    return lambda: HttpFetch(allow_loopback=settings.allow_loopback, cache=cache)


def in_this_process(settings: Settings, fetch: Network | None = None, *, shapes: "Shapes | None" = None) -> Verify:
    """`fetch` makes what one verification may fetch with; each gets its own, so that its budget is its own. `shapes`:
    what is kept from one to the next (`vc.compiled`); None: what they learn from each other."""
    from vc.compiled import Shapes  # here: a service whose workers verify needs no JSON-LD itself
    from verifier.verification import run

    made, known = fetch or network(settings), Shapes() if shapes is None else shapes
    folder = None if settings.cache is None else settings.cache / LISTS_FOLDER
    lists = IssuerLists(settings.lists, folder) if settings.lists else None

    def verify(data: bytes, trust: Trust, now: datetime, *, asked: Asked | None = None, yields: int = 0) -> Report:
        policy = Policy(trust=trust, known=settings.known, lists=lists)
        return run(data, policy=policy, fetch=made(), now=now, asked=asked, shapes=known)

    return verify
