"""An Internet in memory behind the verifier's real fetcher: names have addresses, addresses answer with bytes.

    fetch = Internet(world, names={"intranet.example": ["10.0.0.5"]}, answers={}).fetch()

Every name that is not in `names` has a public address; every URL that is not in `answers` answers what the world has
there. So what stops a file here is the fetcher, and without its guards the same file gets through.
"""

import socket
from collections.abc import Mapping, Sequence
from typing import Any

from tests.simulators import World
from verifier.fetch import HttpFetch

PUBLIC = "93.184.215.14"


class Internet:
    """`names`: host -> addresses; `answers`: URL -> a whole answer, as it comes over the wire."""

    def __init__(self, world: World, names: Mapping[str, Sequence[str]], answers: Mapping[str, bytes]) -> None:
        self.world = world
        self.names = names
        self.answers = answers

    def fetch(self) -> HttpFetch:
        return HttpFetch(resolve=self._resolve, connect=self._connect, tls=_NoTls())  # type: ignore[arg-type]  # see there

    def _resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        found = self.names.get(host, [PUBLIC])
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    def _connect(self, address: tuple[str, int], _: float) -> Any:
        return _Wire(self)

    def answer(self, request: bytes) -> bytes:
        lines = request.decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1]
        host = next(line[6:] for line in lines if line.lower().startswith("host: "))
        for scheme in ("https", "http"):
            if f"{scheme}://{host}{path}" in self.answers:
                return self.answers[f"{scheme}://{host}{path}"]
        found = self.world.get(f"https://{host}{path}")
        head = f"HTTP/1.1 {found.status} Said\r\nContent-Length: {len(found.body)}\r\n\r\n"
        return head.encode() + found.body


class _Wire:
    """What the fetcher uses of a socket."""

    def __init__(self, internet: Internet) -> None:
        self._internet = internet
        self._left: bytes | None = None
        self._request = b""

    def settimeout(self, _: float) -> None: ...

    def close(self) -> None: ...

    def sendall(self, data: bytes) -> None:
        self._request += data

    def recv_into(self, buffer: memoryview) -> int:
        if self._left is None:
            self._left = self._internet.answer(self._request)
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class _NoTls:
    """Nothing is secured here: there is no wire."""

    options = 0

    def wrap_socket(self, sock: Any, **_: Any) -> Any:
        return sock
