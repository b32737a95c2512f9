"""Where completions come from. A source is one file here and one line in `SOURCES`; what is not in the table does
not exist.

    >>> SOURCES["csv"].media_type
    'text/csv'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from issuer.catalogue import Catalogue
from issuer.imports import ImportReport
from issuer.sources import csv_file


class Read(Protocol):
    """Reads what was sent. Never raises for what is in `data`: the report says what is wrong with it, row by row."""

    def __call__(self, data: bytes, *, catalogue: Catalogue, source: str, recorded_at: datetime) -> ImportReport: ...


@dataclass(frozen=True)
class Source:
    """`name`: of its file in this folder."""

    name: str
    media_type: str
    read: Read


SOURCES: Mapping[str, Source] = {"csv": Source("csv_file", "text/csv", csv_file.read)}
