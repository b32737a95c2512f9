"""The queue: what is stuck, since when, why, and what to do. Nobody is forgotten, and nothing is swallowed.

    for item in queue(desk):
        print(item.learner, item.why, item.what_to_do)

What is stuck is looked up where it is recorded, so the queue has no state of its own that could be wrong; what was put
right is not in it any more. Disagreements between facts and awards are not looked for here, which would mean deciding
everybody: that is `issuer.reconciliation`, and what it could not put right is stuck.
"""

from collections.abc import Iterator

from issuer.queue_items import Desk, Endless, Item, Kind, Tried
from issuer.stuck import KINDS


def queue(desk: Desk) -> Iterator[Item]:
    """In the order of the kinds, and of the ids within each."""
    for kind in KINDS.values():
        yield from _items(kind, desk, "")


def page(desk: Desk, *, limit: int, after: str = "") -> tuple[tuple[Item, ...], str | None]:
    """At most `limit` of them, those after the item `after`; and the id to go on after, None at the end."""
    order = {name: place for place, name in enumerate(KINDS)}
    begin = order.get(after.partition("/")[0], -1)
    found: list[Item] = []
    for name, kind in KINDS.items():
        if order[name] >= begin:  # what stands before it is not looked up again for each page
            for item in _items(kind, desk, after if order[name] == begin else ""):
                if len(found) == limit:
                    return tuple(found), found[-1].id
                found.append(item)
    return tuple(found), None


def _items(kind: Kind, desk: Desk, after: str) -> Iterator[Item]:
    """In the order of their ids those after that one."""
    if isinstance(kind, Endless):
        yield from kind.items_after(desk, after)
    else:
        yield from sorted((one for one in kind.items(desk) if one.id > after), key=lambda item: item.id)


def retry(desk: Desk) -> Iterator[Tried]:
    """Tries again what can be tried, kind by kind."""
    for kind in KINDS.values():
        yield from kind.retry(desk)
