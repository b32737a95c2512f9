"""The tables of docs/performance.md: each part of the page between two marks is replaced by what was measured last.

    replace("start", tables)        # between <!-- start --> and <!-- /start -->

The words around them are written by hand and stay.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.timing import Table, load, machine

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def replace(part: str, tables: Iterable[Table], page: Path = PAGE) -> None:
    """Raises `LookupError` where the page has no such part."""
    opening, closing = f"<!-- {part} -->", f"<!-- /{part} -->"
    before, opened, rest = page.read_text().partition(opening)
    _, closed, after = rest.partition(closing)
    if not opened or not closed:
        raise LookupError(f"{page} has no part between {opening} and {closing}")
    measured = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; {load()}."
    body = "\n".join(table.markdown() for table in tables)
    page.write_text(f"{before}{opening}\n{measured}\n\n{body}\n{closing}{after}")
