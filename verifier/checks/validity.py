"""Is today between `validFrom` and `validUntil`? (VCDM 2.0 section 4.9; in VCDM 1.1 they are called otherwise.)"""

from templates.messages import Message
from vc.dates import CLOCK_SKEW, parse_datetime
from vc.errors import RangeError
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    starts, ends = ("validFrom", "validUntil") if "validFrom" in case.signed else ("issuanceDate", "expirationDate")
    valid_from = parse_datetime(case.signed[starts])
    if case.now + CLOCK_SKEW < valid_from:
        return _failed(Message("Not valid before {date}.", date=valid_from))
    if ends not in case.signed:
        return Check("validity", Outcome.PASSED, Message("Valid since {date}, without an end.", date=valid_from))
    valid_until = parse_datetime(case.signed[ends])
    if valid_until <= case.now:
        return _failed(Message("Expired on {date}.", date=valid_until))
    return Check(
        "validity", Outcome.PASSED, Message("Valid from {start} until {end}.", start=valid_from, end=valid_until)
    )


def _failed(detail: Message) -> Check:
    return Check("validity", Outcome.FAILED, detail, RangeError.problem)
