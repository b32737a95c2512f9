"""How a service stops: it says so, lets what was begun be finished, and begins nothing new.

    (1) SIGTERM: `begin`. Whoever asks from now on is told 503 with `Connection: close`, and `/health/ready` says no
    (2) who was there before is answered; the connection is closed behind the answer
    (3) when nobody is left, but not before `NOTICE` is over, or when `LIMIT` is: the sockets close

(1) takes a moment on purpose: clients that keep a connection open learn of it by an answer, and not by a connection
that breaks under their next request.

    drain = Drain()
    with drain.request(): …
    drain.done(elapsed=0.3)
"""

from collections.abc import Iterator
from contextlib import contextmanager

NOTICE = 0.5  # seconds in which clients and balancers notice; whoever asks more rarely finds the socket closed
LIMIT = 25.0  # seconds for what was begun: Kubernetes kills after thirty, systemd after ninety
LAST = 3.0  # seconds more, in which those who were cut short are still told so
RETRY_AFTER = 5  # seconds after which a restarted service is there again


class Drain:
    """Belongs to the server's loop; only `begin` may be called from a signal handler."""

    def __init__(self) -> None:
        self.begun = False
        self.under_way = 0

    def begin(self) -> None:
        self.begun = True

    @contextmanager
    def request(self) -> Iterator[None]:
        """For as long as one is being answered. Those that are refused do not count: else whoever asks again and again
        keeps the service from ending."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    def done(self, elapsed: float) -> bool:
        """Whether the sockets may close, so many seconds after it began."""
        return elapsed >= LIMIT + LAST or (elapsed >= NOTICE and not self.under_way)
