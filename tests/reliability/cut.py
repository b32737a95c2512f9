"""A connection to PostgreSQL that can be cut at a chosen word: a proxy on loopback.

with Cut(address) as cut:
    cut.at(b"COMMIT", answered=False)     # it reaches the server, and its answer nobody
    … cut.address …
    cut.times                             # how often it cut
"""

import select
import socket
import threading
from types import TracebackType
from urllib.parse import parse_qs, quote, urlsplit


class Cut:
    """`address`: of the database, by a Unix socket or by TCP."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        folder = parse_qs(parts.query).get("host", [""])[0]
        self._server = f"{folder}/.s.PGSQL.5432" if folder else (parts.hostname or "", parts.port or 5432)
        self._listening = socket.create_server(("127.0.0.1", 0))
        user = quote(parts.username or "postgres")
        port = self._listening.getsockname()[1]
        self.address = f"postgresql://{user}@127.0.0.1:{port}{parts.path}?sslmode=disable"
        self._word: bytes | None = None
        self._delivered = True
        self._left = 0
        self.times = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> "Cut":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._listening.close()

    def at(self, word: bytes, *, delivered: bool, nth: int = 1) -> None:
        """The next connection that says `word` is cut, the `nth` time that it is said. `delivered`: the server reads it
        all the same, and answers nobody."""
        self._delivered, self._left, self._word = delivered, nth, word

    def _accept(self) -> None:
        pairs: dict[socket.socket, socket.socket] = {}
        while not self._ended.is_set():
            readable, _, _ = select.select([self._listening, *pairs], [], [], 0.05)
            for one in readable:
                if one is self._listening:
                    client, _ = one.accept()
                    server = self._connected()
                    pairs[client], pairs[server] = server, client
                elif one in pairs and not self._passed_on(one, pairs[one]):
                    self._end(one, pairs)
        for one in list(pairs):
            one.close()

    def _connected(self) -> socket.socket:
        server = socket.socket(socket.AF_UNIX if isinstance(self._server, str) else socket.AF_INET)
        server.connect(self._server)
        return server

    def _passed_on(self, one: socket.socket, other: socket.socket) -> bool:
        try:
            data = one.recv(65_536)
            if not data:
                return False
            if self._word is not None and self._word in data:
                self._left -= 1
                if self._left == 0:
                    self._word = None
                    self.times += 1
                    if self._delivered:
                        other.sendall(data)
                        select.select([other], [], [], 2)  # until it has answered
                    return False
            other.sendall(data)
        except OSError:
            return False
        return True

    @staticmethod
    def _end(one: socket.socket, pairs: dict[socket.socket, socket.socket]) -> None:
        other = pairs.pop(one)
        pairs.pop(other, None)
        one.close()
        other.close()
