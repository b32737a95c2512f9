"""Periods: how they are spelt, and the calendar rule."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.number_words import number_word, period_in_words
from issuer.periods import Period, PeriodError, parsed

periods = st.builds(Period, st.integers(0, 5), st.integers(0, 30), st.integers(0, 60), st.integers(1, 400))


@pytest.mark.parametrize("text", ["P2Y", "P18M", "P6W", "P90D", "P1Y6M2W10D", "P100Y", "P1200M", "P5200W", "P36500D"])
def test_a_period_is_written_as_it_was_read(text: str) -> None:
    assert str(parsed(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "2Y", "P0D", "P2Y0M", "P02Y", "P-1Y", "P1.5Y", "P1D1Y", "P1YT1H", "PT1H", "p2y", "P2Y\n", "P٢Y"),
        *("P 2Y", "P101Y", "P1201M", "P5201W", "P36501D", "P99999999999D"),
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        parsed(text)


@pytest.mark.parametrize(
    ("text", "day", "after"),
    [
        ("P2Y", date(2024, 5, 20), date(2026, 5, 20)),
        ("P1Y", date(2024, 2, 29), date(2025, 2, 28)),  # the month's last day, where it has no such day
        ("P4Y", date(2024, 2, 29), date(2028, 2, 29)),
        ("P6M", date(2025, 8, 31), date(2026, 2, 28)),
        ("P1M", date(2026, 12, 31), date(2027, 1, 31)),
        ("P1M1D", date(2026, 1, 31), date(2026, 3, 1)),  # first the month, then the day
        ("P2W", date(2026, 12, 25), date(2027, 1, 8)),
        ("P100Y", date(9950, 1, 1), date.max),
        ("P36500D", date(9950, 1, 1), date.max),
    ],
)
def test_the_calendar_rule(text: str, day: date, after: date) -> None:
    assert parsed(text).after(day) == after


@given(periods, st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 500))
def test_a_later_day_never_gives_an_earlier_one(period: Period, day: date, more: int) -> None:
    later = date.fromordinal(day.toordinal() + more)
    assert day < period.after(day) <= period.after(later)


@given(periods)
def test_every_period_can_be_read_back(period: Period) -> None:
    assert parsed(str(period)) == period


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P1Y", "one year"),
        ("P2Y", "two years"),
        ("P10W", "ten weeks"),
        ("P11D", "11 days"),
        ("P18M", "18 months"),
        ("P1Y6M", "one year and six months"),
        ("P1M1W1D", "one month, one week and one day"),
    ],
)
def test_a_period_in_words(text: str, words: str) -> None:
    assert str(period_in_words(parsed(text))) == words


def test_numbers_are_words_up_to_ten() -> None:
    assert [str(number_word(number)) for number in (1, 9, 10, 11)] == ["one", "nine", "ten", "11"]
