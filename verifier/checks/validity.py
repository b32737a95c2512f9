"""Is today between its first and its last day? (VCDM 2.0 section 4.9; in VCDM 1.1 they are called otherwise.)"""

from templates.messages import Message
from vc.dates import CLOCK_SKEW
from vc.errors import MalformedValue, RangeError
from vc.model import period
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    starts, ends = period(case.signed)
    if starts is None:
        raise MalformedValue("It does not say from when it is valid.")
    if case.now + CLOCK_SKEW < starts:
        return _failed(Message("Not valid before {date}.", date=starts))
    if ends is None and case.verified is not None and case.verified.partial:
        return Check("validity", Outcome.PASSED, Message("Valid since {date}. No end of it is shown.", date=starts))
    if ends is None:
        return Check("validity", Outcome.PASSED, Message("Valid since {date}, without an end.", date=starts))
    if ends <= case.now:
        return _failed(Message("Expired on {date}.", date=ends))
    return Check("validity", Outcome.PASSED, Message("Valid from {start} until {end}.", start=starts, end=ends))


def _failed(detail: Message) -> Check:
    return Check("validity", Outcome.FAILED, detail, RangeError.problem)
