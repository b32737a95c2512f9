"""Several processes of one service behind one port, where one interpreter is not enough for all processors.

    supervise(command, environ, host="127.0.0.1", port=8001, processes=4)      # 0 when all ended well

This process only opens the socket and sees to the others: it starts the same command again for each, hands it the
socket, starts it anew when it dies, and ends with them. The kernel gives each connection to one that is free to accept
it. Each holds an end of a pipe whose other end is here: when it closes, because this process was told to stop or was
killed, they drain (`serving.drain`) and end.
"""

import contextlib
import logging
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from serving.drain import LAST, LIMIT
from serving.signals import told_to_end

log = logging.getLogger("serving")

HANDED = "TESTAMUR_SERVING"  # in the environment of each: the descriptors of the socket and of the pipe
MOST = 64  # processes; each verifier's takes 150 MB
BACKLOG = 1024  # connections that wait to be accepted; what uvicorn has for one process, halved
SOON = 5.0  # seconds; who dies before has not started well
SOON_AT_MOST = 5  # times in a row, then all of it is given up
_LOOK = 0.2  # seconds between two looks at them


@dataclass(frozen=True)
class Handed:
    """What a process of several was given."""

    listening: socket.socket
    pipe: int

    def when_left(self, call: Callable[[], None]) -> None:
        """Calls once the process that supervises is gone, or stops."""

        def wait() -> None:
            os.read(self.pipe, 1)  # nothing is ever written
            call()

        threading.Thread(target=wait, daemon=True).start()


def handed(environ: Mapping[str, str]) -> Handed | None:
    """None for a process that stands alone, or supervises."""
    text = environ.get(HANDED)
    if text is None:
        return None
    listening, pipe = map(int, text.split(","))
    return Handed(socket.socket(fileno=listening), pipe)


def supervise(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    host: str,
    port: int,
    processes: int,
    clock: Callable[[], float],
) -> int:
    """Until SIGTERM or Ctrl-C. Raises `OSError` when the port cannot be listened on."""
    with _listening(host, port) as listening, told_to_end() as stopping:
        ours, theirs = os.pipe()
        given = {**environ, HANDED: f"{listening.fileno()},{ours}"}
        children = [_Child(command, given, (listening.fileno(), ours), clock) for _ in range(processes)]
        try:
            while not stopping.wait(_LOOK):
                if not all(child.sees_to_it() for child in children):
                    log.error("the service does not start, and is given up")
                    return 1
        finally:
            os.close(theirs)  # which tells them
            codes = [child.ended() for child in children]
            os.close(ours)
    return max(map(abs, codes))


class _Child:
    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], kept: tuple[int, int], clock: Callable[[], float]
    ) -> None:
        self._command = command
        self._environ = environ
        self._kept = kept
        self._clock = clock
        self._soon = 0
        self._process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        self._began = self._clock()
        return subprocess.Popen(  # noqa: S603 -- our own command again
            self._command,
            env=dict(self._environ),
            pass_fds=self._kept,
            process_group=0,  # Ctrl-C is for the supervisor
        )

    def sees_to_it(self) -> bool:
        """Starts it anew when it died; False when it does nothing but die."""
        code = self._process.poll()
        if code is None:
            return True
        self._soon = self._soon + 1 if self._clock() - self._began < SOON else 0
        log.warning("a process of the service ended (%d)", code)
        if self._soon >= SOON_AT_MOST:
            return False
        self._process = self._started()
        return True

    def ended(self) -> int:
        try:
            return self._process.wait(LIMIT + 3 * LAST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
        yield made
