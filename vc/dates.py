"""Dates and times as credentials write them: XML Schema `dateTimeStamp` (VCDM 2.0 section 4.9), zone required.

>>> timestamp(parse_datetime("2026-04-01T14:00:00+02:00"))
'2026-04-01T12:00:00Z'
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from vc.errors import MalformedValue

# Clocks of two honest machines differ by seconds, and an answer may be dated after the question; five minutes is what
# the field allows.
CLOCK_SKEW = timedelta(minutes=5)

# Ranges are written out, because Pythons differ: some take 24:00:00, some an offset of 99 minutes.
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?"
_ZONE = r"(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_STAMP = re.compile(rf"\d{{4}}-\d\d-\d\dT{_TIME}{_ZONE}\Z", re.ASCII)


def parse_datetime(value: Any) -> datetime:
    """An aware datetime in UTC. Raises `MalformedValue`."""
    if not isinstance(value, str) or not _STAMP.match(value):
        raise MalformedValue(
            "{value} is not a date and time with a time zone, such as 2026-03-02T12:00:00Z.", value=repr(value)[:60]
        )
    whole, _, fraction = value.partition(".")
    if fraction:
        digits = re.match(r"\d+", fraction)
        count = digits.end() if digits else 0
        value = f"{whole}.{fraction[: min(count, 6)]}{fraction[count:]}"
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedValue("{value} is no date of the calendar.", value=repr(value)[:60]) from error


def timestamp(moment: datetime) -> str:
    """Seconds precision, `Z`. Raises `MalformedValue` for a datetime without zone, which means nothing."""
    if moment.tzinfo is None:
        raise MalformedValue("A date and time without a time zone cannot be written.")
    return moment.astimezone(UTC).isoformat()[:19] + "Z"
