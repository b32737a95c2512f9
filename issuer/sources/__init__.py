"""Where completions come from. A source is one file here and one line in `SOURCES`; what is not in the table does
not exist.

    >>> SOURCES["csv"].media_types
    ('text/csv',)

Whatever a source sends, it becomes rows of the columns of `issuer.rows`, and these become facts. What another system's
export does not say (whether the fee was paid, say) comes from the registrar's mapping (`issuer.mappings`); where that
says nothing either, the row is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from issuer.catalogue import Catalogue
from issuer.errors import InputRefused
from issuer.imports import ImportReport
from issuer.mappings import NOTHING, Mapped
from issuer.sources import canvas, csv_file, moodle, openedx, rest


class Read(Protocol):
    """Reads what was sent. Never raises for what is in `data`: the report says what is wrong with it, row by row.
    `organization`: whose courses and programs may be spoken of; None: everybody's."""

    def __call__(
        self,
        data: bytes,
        *,
        catalogue: Catalogue,
        source: str,
        recorded_at: datetime,
        organization: str | None = None,
        mapping: Mapped = NOTHING,
    ) -> ImportReport: ...


@dataclass(frozen=True)
class Source:
    """`name`: of its file in this folder. `media_types`: of what it reads, the usual one first."""

    name: str
    media_types: tuple[str, ...]
    read: Read


SOURCES: Mapping[str, Source] = {
    "csv": Source("csv_file", ("text/csv",), csv_file.read),
    "rest": Source("rest", ("application/json",), rest.read),
    "openedx": Source("openedx", ("application/json",), openedx.read),
    "moodle": Source("moodle", ("text/csv",), moodle.read),
    "canvas": Source("canvas", ("text/csv", "application/json"), canvas.read),
}


def source(name: str) -> Source:
    """Raises `InputRefused`."""
    if name not in SOURCES:
        raise InputRefused("There is no source {name}; there is: {known}.", name=name[:80], known=tuple(SOURCES))
    return SOURCES[name]
