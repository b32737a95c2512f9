"""The checks, one file each, in the order in which they run. One line here makes a check part of every verdict.

A check is a function from a `Case` to a `Check`; it may raise any error of `vc`, which `verification` turns into an
outcome: wrong becomes `failed`, unavailable becomes `unknown`. `needed`: when it does not pass, going on would mean
nothing, and the checks after it are skipped. `refresh` comes before all that look at what is shown: the newer version
is what they are about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from templates.messages import Message
from verifier.case import Case
from verifier.checks import (
    courses,
    endorsements,
    issuer,
    proof,
    refresh,
    status,
    structure,
    subject,
    validity,
)
from verifier.report import Check


@dataclass(frozen=True)
class Entry:
    """`title`: what the check looks at, in a reader's words."""

    check: Callable[[Case], Check]
    title: Message
    needed: bool = False


CHECKS: Mapping[str, Entry] = {
    "structure": Entry(structure.check, Message("Form"), needed=True),
    "proof": Entry(proof.check, Message("Signature"), needed=True),
    "refresh": Entry(refresh.check, Message("Newer version")),
    "issuer": Entry(issuer.check, Message("Issuer")),
    "validity": Entry(validity.check, Message("Dates")),
    "status": Entry(status.check, Message("Revocation")),
    "subject": Entry(subject.check, Message("Recipient")),
    "courses": Entry(courses.check, Message("Included courses")),
    "endorsements": Entry(endorsements.check, Message("Endorsements")),
}

# Those that a credential inside another goes through.
INSIDE: tuple[str, ...] = ("structure", "proof", "issuer", "validity", "status")
