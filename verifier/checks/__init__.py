"""The checks, one file each, in the order in which they run. One line here makes a check part of every verdict.

A check is a function from a `Case` to a `Check`; it may raise any error of `vc`, which `verification` turns into an
outcome: wrong becomes `failed`, unavailable becomes `unknown`. `needed`: when it does not pass, going on would mean
nothing, and the checks after it are skipped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from verifier.case import Case
from verifier.checks import courses, issuer, proof, status, structure, validity
from verifier.report import Check


@dataclass(frozen=True)
class Entry:
    check: Callable[[Case], Check]
    needed: bool = False


CHECKS: Mapping[str, Entry] = {
    "structure": Entry(structure.check, needed=True),
    "proof": Entry(proof.check, needed=True),
    "issuer": Entry(issuer.check),
    "validity": Entry(validity.check),
    "status": Entry(status.check),
    "courses": Entry(courses.check),
}
