"""Points in time as the store writes them: UTC, always with microseconds, so that text sorts as time does.

>>> write(datetime(2026, 4, 1, 12, tzinfo=UTC))
'2026-04-01T12:00:00.000000Z'
"""

from datetime import UTC, datetime


def write(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)
