"""A few at once, a few more waiting for a moment, everybody else is told so: what costs much must not fill the house.

    turns = Turns(at_once=2, waiting=4, patience=3.0)
    with turns.taken():      # raises `TooBusy`
        …

Who waits keeps one of the server's threads, so that few may; the others are for those who sign and decide.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from issuer.errors import TooBusy

RETRY_AFTER = 3  # seconds, for `Retry-After`: who waits now is served by then


class Turns:
    """Safe between threads. `patience`: seconds for which anybody waits."""

    def __init__(self, *, at_once: int, waiting: int, patience: float) -> None:
        self._room = threading.BoundedSemaphore(at_once)
        self._line = threading.BoundedSemaphore(at_once + waiting)
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise _busy()
        try:
            if not self._room.acquire(timeout=self._patience):
                raise _busy()
            try:
                yield
            finally:
                self._room.release()
        finally:
            self._line.release()


def _busy() -> TooBusy:
    return TooBusy("Too many certificates are being drawn just now. Please try again in a few seconds.")
