"""Clients that ask again and again while a real service is told to stop, and note how each request ended."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 90  # a slow machine may need it; normally three
NOBODY = 0  # in place of a status
MOST = 5_000  # requests of one client


@dataclass
class Ends:
    """`answered`: (label, status) of whole answers; `refused`: labels of requests that got not one byte; `broken`:
    those whose answer broke off."""

    answered: list[tuple[str, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def wait_for(self, number: int) -> None:
        """Until so many are answered."""
        for _ in range(100 * START_SECONDS):
            if len(self.answered) >= number:
                return
            time.sleep(0.01)
        raise AssertionError("nothing is answered")

    @property
    def statuses(self) -> Counter[int]:
        return Counter(status for _, status in self.answered)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(*arguments: str, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m ARGUMENTS --port PORT`, once it answers; killed at the end, if it still runs. What it writes goes into
    `log`."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments, "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"TESTAMUR_CACHE": "", "PYTHONPATH": str(ROOT)},
            stdout=file,
            stderr=file,
        )
    try:
        for _ in range(10 * START_SECONDS):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live").close()
                break
            except OSError:
                time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def asking(
    port: int, wires: Callable[[int, int], tuple[str, bytes]], clients: int, ends: Ends
) -> list[threading.Thread]:
    """Starts that many clients; each asks over one connection until it is refused. `wires`: the label and the bytes of
    a client's n-th request."""
    threads = [threading.Thread(target=_client, args=(port, wires, number, ends)) for number in range(clients)]
    for thread in threads:
        thread.start()
    return threads


def _client(port: int, wires: Callable[[int, int], tuple[str, bytes]], number: int, ends: Ends) -> None:
    with ExitStack() as kept:
        connection: socket.socket | None = None
        for turn in range(MOST):
            label, wire = wires(number, turn)
            got = b""
            try:
                if connection is None:
                    connection = kept.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
                connection.sendall(wire)
                while not _whole(got):
                    got += _more(connection)
            except OSError:
                (ends.broken if got else ends.refused).append(label)
                return
            head = got.partition(b"\r\n\r\n")[0]
            ends.answered.append((label, int(head.split(b" ", 2)[1])))
            if b"connection: close" in head.lower():
                kept.close()
                connection = None


def _more(connection: socket.socket) -> bytes:
    more = connection.recv(65_536)
    if not more:
        raise ConnectionResetError("closed")
    return more


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def status_of(port: int, path: str) -> int:
    """Of one request over a connection of its own; `NOBODY` when no connection is accepted any more."""
    wire = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(wire)
            while not _whole(got):
                got += _more(connection)
    except OSError:
        return NOBODY
    return int(got.split(b" ", 2)[1])


def _whole(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    return bool(end) and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
