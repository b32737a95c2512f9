"""How a process is told to end: SIGTERM by whoever runs it, SIGINT (Ctrl-C) by whoever sits before it.

with told_to_end() as ending:
    ending.wait()
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def told_to_end(*, impatient: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Set by either signal while the block runs. `impatient` is called at each Ctrl-C after the first signal."""
    ending = threading.Event()

    def end(number: int, _frame: FrameType | None) -> None:
        if ending.is_set() and number == signal.SIGINT:
            impatient()
        ending.set()

    before = {one: signal.signal(one, end) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ending
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
