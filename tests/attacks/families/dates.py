"""Certificates that do not hold yet or any more, and dates that readers understand differently (VCDM 2.0, 4.9)."""

from tests.attacks.attack import caught, guard, issued
from tests.attacks.guards import FORM

_DATES, _VALIDITY = "vc/dates.py", "verifier/checks/validity.py"

STAMP = guard("dates have one form", (_DATES, "if not isinstance(value, str) or not _STAMP.match(value):", "if False:"))
CALENDAR = caught("dates of the calendar", _DATES, "(ValueError, OverflowError)")
NOT_YET = guard("valid already", (_VALIDITY, "if case.now + CLOCK_SKEW < starts:", "if False:"))
NO_LONGER = guard("valid still", (_VALIDITY, "if ends <= case.now:", "if False:"))

for _name, _value in (
    ("not-yet-valid", "2026-03-02T12:05:01Z"),
    ("valid-next-year", "2027-03-02T12:00:00Z"),
    ("valid-in-another-zone", "2026-03-02T09:00:00-14:00"),
    ("valid-in-the-year-9999", "9999-12-31T23:59:59Z"),
):
    issued(
        f"dates/{_name}",
        "A certificate that is shown before it holds.",
        lambda c, v=_value: c.update(validFrom=v),
        "validity RANGE_ERROR",
        NOT_YET,
    )

for _name, _value in (
    ("expired", "2026-03-02T12:00:00Z"),
    ("expired-by-a-nanosecond", "2026-03-02T11:59:59.999999999Z"),
    ("expired-in-another-zone", "2026-03-02T21:00:00+14:00"),
    ("expired-in-the-year-one", "0001-01-02T00:00:00Z"),
):
    issued(
        f"dates/{_name}",
        "A certificate that is shown after its end.",
        lambda c, v=_value: c.update(validFrom="0001-01-01T12:00:00Z", validUntil=v),
        "validity RANGE_ERROR",
        NO_LONGER,
    )

for _name, _value in (
    ("30-february", "2026-02-30T00:00:00Z"),
    ("month-13", "2026-13-01T00:00:00Z"),
    ("29-february-2100", "2100-02-29T00:00:00Z"),
    ("year-zero", "0000-01-01T00:00:00Z"),
    ("before-the-first-year", "0001-01-01T00:00:00+14:00"),
    ("after-the-last-year", "9999-12-31T23:59:59-14:00"),
):
    issued(
        f"dates/until-{_name}",
        "A date of no calendar means something else to every reader.",
        lambda c, v=_value: c.update(validUntil=v),
        "structure MALFORMED_VALUE_ERROR",
        CALENDAR | FORM,
    )

for _name, _value in (
    ("without-zone", "2027-03-01T00:00:00"),
    ("without-time", "2027-03-01"),
    ("with-a-space", "2027-03-01 00:00:00Z"),
    ("in-weeks", "2027-W09-1T00:00:00Z"),
    ("basic-form", "20270301T000000Z"),
    ("99-minutes-of-zone", "2027-03-01T00:00:00+01:99"),
    ("zone-of-a-day", "2027-03-01T00:00:00+23:59"),
    ("comma-in-seconds", "2027-03-01T00:00:00,5Z"),
):
    issued(
        f"dates/until-{_name}",
        "A date in another form than the data model's is read by some and not by others.",
        lambda c, v=_value: c.update(validUntil=v),
        "structure MALFORMED_VALUE_ERROR",
        STAMP | FORM,
    )

for _name, _value in (
    ("leap-second", "2026-12-31T23:59:60Z"),
    ("24-o-clock", "2026-12-31T24:00:00Z"),
    ("five-digit-year", "12027-03-01T00:00:00Z"),
    ("before-our-era", "-0044-03-15T00:00:00Z"),
    ("small-letters", "2027-03-01t00:00:00z"),
    ("in-full-width-digits", "２０２７-03-01T00:00:00Z"),
    ("a-number", 1803859200),
    ("line-break-at-the-end", "2027-03-01T00:00:00Z\n"),
):
    issued(
        f"dates/until-{_name}",
        "A date that one library reads and another falls over.",
        lambda c, v=_value: c.update(validUntil=v),
        "structure MALFORMED_VALUE_ERROR",
        STAMP | CALENDAR | FORM,
    )

for _name, _value in (
    ("30-february", "2026-02-30T00:00:00Z"),
    ("99-hours", "2026-03-01T99:00:00Z"),
):
    issued(
        f"dates/created-{_name}",
        "The proof's own date is none.",
        lambda c: None,
        "structure MALFORMED_VALUE_ERROR",
        STAMP | CALENDAR | FORM,
        proof={"created": _value},
    )

issued(
    "dates/created-without-zone",
    "A proof dated in nobody's time.",
    lambda c: None,
    "structure MALFORMED_VALUE_ERROR",
    STAMP | FORM,
    proof={"created": "2026-03-01T00:00:00"},
)
issued(
    "dates/awarded-30-february",
    "The date that is shown is none.",
    lambda c: c.update(awardedDate="2026-02-30T00:00:00Z"),
    "structure MALFORMED_VALUE_ERROR",
    CALENDAR | FORM,
)
