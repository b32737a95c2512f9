"""What an error means for a verdict: wrong rejects, what could not be had leaves it open. In this one place."""

from datetime import datetime

from templates.messages import Message
from vc.errors import Invalid, VcError
from verifier.report import Check, Outcome, Report


def outcome_of(error: VcError) -> Outcome:
    return Outcome.FAILED if isinstance(error, Invalid) else Outcome.UNKNOWN


def message_of(error: VcError) -> Message:
    """What it says, in the reader's language when it is shown."""
    return Message(error.message, **error.params)


def check_of(name: str, error: VcError) -> Check:
    """The check `name`, which the error ended."""
    return Check(name, outcome_of(error), message_of(error), error.problem)


def refused(error: VcError, now: datetime) -> Report:
    """The report of a submission that no check has seen: it could not be read, or its verification was ended."""
    return Report((check_of("structure", error),), checked_at=now)
