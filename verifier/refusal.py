"""The report of a submission that no check has seen: because it could not be read, or its verification was ended."""

from datetime import datetime

from templates.messages import Message
from vc.errors import Invalid, VcError
from verifier.report import Check, Outcome, Report


def refused(error: VcError, now: datetime) -> Report:
    """Wrong rejects; what could not be had leaves it open."""
    outcome = Outcome.FAILED if isinstance(error, Invalid) else Outcome.UNKNOWN
    check = Check("structure", outcome, Message(error.message, **error.params), error.problem)
    return Report((check,), checked_at=now)
