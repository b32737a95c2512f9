"""A period of calendar time: ISO 8601-1:2019, section 5.5.2, as far as it has whole years, months, weeks and days.

The calendar rule: years and months are added first, and a day that the month does not have becomes its last one;
then weeks and days are added. So a later day never gives an earlier one.

    >>> period = parsed("P6M")
    >>> period.after(date(2025, 8, 31)).isoformat(), str(period)
    ('2026-02-28', 'P6M')
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

# In each unit. A certificate older than that is no case that anybody has; a number that large is a slip.
MOST_YEARS = 100

_FORM = re.compile(r"P(?=\d)(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?", re.ASCII)


class PeriodError(ValueError):
    """The text is not a period, or none that anything could be earned within."""


@dataclass(frozen=True)
class Period:
    """It is written as it was given: `P18M` and `P1Y6M` are equally long and stay apart."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """That day, so much later; the last day of the calendar where it would end behind it."""
        return _after(self, day)

    def __str__(self) -> str:
        numbers = zip((self.years, self.months, self.weeks, self.days), "YMWD", strict=True)
        return "P" + "".join(f"{number}{unit}" for number, unit in numbers if number)


def parsed(text: str) -> Period:
    """Raises `PeriodError` for anything else than `P`, then years, months, weeks, days in this order, not all zero
    and at most `MOST_YEARS` long. Leading zeros are refused: one period has one spelling for each way to say it."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise PeriodError(text)
    period = Period(*(int(number or 0) for number in match.groups()))
    long = period.years + period.months / 12 + period.weeks / 52 + period.days / 365
    if str(period) != text or not 0 < long <= MOST_YEARS:
        raise PeriodError(text)
    return period


@lru_cache(maxsize=4096)  # a cohort's certificates are of few days, and each is asked for many times
def _after(period: Period, day: date) -> date:
    month = day.year * 12 + day.month - 1 + period.years * 12 + period.months
    year, month = month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    clamped = date(year, month, min(day.day, monthrange(year, month)[1]))
    try:
        return clamped + timedelta(weeks=period.weeks, days=period.days)
    except OverflowError:
        return date.max
