"""What can be stuck: one file is one kind, and one line here. In this order they are shown, and tried again."""

from collections.abc import Mapping
from types import MappingProxyType

from issuer.queue_items import Kind
from issuer.stuck import suspended, unfinished, unissued, unread, unrenewed, unsent

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "unfinished": unfinished.Unfinished(),
        "unrenewed": unrenewed.Unrenewed(),
        "suspended": suspended.Suspended(),
        "unissued": unissued.Unissued(),
        "unsent": unsent.Unsent(),
        "unread": unread.Unread(),
    }
)
