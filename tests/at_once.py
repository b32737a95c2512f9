"""The same several times at once, each in a thread of its own."""

import threading
from collections.abc import Callable


def at_once(times: int, work: Callable[[], None]) -> None:
    """Returns when all have ended. What they raise is for `work` to note."""
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        work()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
