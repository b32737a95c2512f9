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

# A hundred years in each unit: a period that is longer is a slip, and no certificate is that old.
MOST_YEARS, MOST_MONTHS, MOST_WEEKS, MOST_DAYS = 100, 1200, 5200, 36_500

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
    """Raises `PeriodError` for anything else than `P`, then years, months, weeks and days in this order, each at most a
    hundred years long. No zeros lead a number and nothing is zero, so that each way to say it has one spelling."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise PeriodError(text)
    years, months, weeks, days = (int(number or 0) for number in match.groups())
    period = Period(years, months, weeks, days)
    if str(period) != text or years > MOST_YEARS or months > MOST_MONTHS or weeks > MOST_WEEKS or days > MOST_DAYS:
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
