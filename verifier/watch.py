"""What becomes of workers, told to whoever counts it. By default nobody is told.

    class Counting(Watch):
        def ended(self, cause): …

What a worker says of itself may be a stranger's word (`verifier.workers`): of numbers, no more than `MOST` is believed.
"""

from dataclasses import astuple, dataclass
from typing import Literal

Cause = Literal[
    "jobs",  # it had done its number of them
    "grown",
    "not json",  # libraries in C have read what it was given
    "long",  # it yields to others, which cannot be taken back
    "memory",
    "work",  # the kernel ended it
    "time",
    "busy",  # it needed a long place, and there was none
    "error",  # of ours
    "died",
    "odd",  # its answer was none
    "idle",  # it was gone, or said something, when it was needed
    "taught",  # others know more by now
    "stopped",  # with the service
]
Taught = Literal["more", "nothing", "failed"]

MOST = 1_000  # of anything that one job may have done; a verification asks other servers at most eighty times


@dataclass(frozen=True)
class Tally:
    """What one job took. `fetched`: exchanges with other servers; `kept`: answers from the cache; `known`: canonical
    forms by a known shape; `unknown`: those by the full path, because no shape was known or its guards held."""

    fetched: int = 0
    kept: int = 0
    known: int = 0
    unknown: int = 0

    def believed(self) -> "Tally":
        return Tally(*(min(max(number, 0), MOST) for number in astuple(self)))


class Watch:
    def ended(self, cause: Cause) -> None:
        """A worker has ended, or was ended."""

    def done(self, tally: Tally) -> None:
        """A submission was verified."""

    def taught(self, outcome: Taught) -> None:
        """A lesson was given (`verifier.lessons`)."""
