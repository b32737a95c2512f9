"""The only socket of the verifier: fetches what strangers name, and nothing that they should not reach through us.

For each request, and again for each redirect:

1. the URL: by the rules of `verifier.addresses`;
2. the name is resolved once, and every address it has must be public; we connect to that very address, so a name
   that changes its mind between the check and the connection gains nothing;
3. time, bytes, headers and redirects are bounded, all requests of one verification together too.

What could not be had is `Unavailable`, what must not be fetched its subclass `ForbiddenAddress`: neither says that a
credential is wrong. So an answer that broke off is never taken for a short one.
"""

import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, cast
from urllib.parse import urljoin

from vc.errors import Unavailable
from verifier.addresses import PORTS, ForbiddenAddress, Target, is_loopback, is_public, target
from verifier.cache import FetchCache, Kept

__all__ = ["Fetch", "Fetched", "ForbiddenAddress", "HttpFetch", "Limits"]


@dataclass(frozen=True)
class Fetched:
    """An answer. `headers`: names in lower case; `url`: where it finally came from; `age`: seconds in a cache
    because its source could not be reached, 0 when it is current."""

    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes
    age: int = 0


class Fetch(Protocol):
    """What a verification needs of the network."""

    def get(self, url: str, accept: str | None = None) -> Fetched:
        """Raises `vc.errors.Unavailable` for what could not be had, `ForbiddenAddress` for what must not be."""


@dataclass(frozen=True)
class Limits:
    """What one verification may cost."""

    seconds: float = 10.0  # one exchange, redirects included; a slow school's server answers within three
    total_seconds: float = 30.0  # all exchanges of a verification
    requests: int = 80  # ten courses cost about twenty-five
    max_bytes: int = 4 * 1024 * 1024  # one body; a status list of eight million entries is below it
    max_headers: int = 64 * 1024  # bytes of all headers; usual servers send two thousand
    max_redirects: int = 3
    ports: frozenset[int] = PORTS


Resolve = Callable[..., list[Any]]
Connect = Callable[[tuple[str, int], float], socket.socket]

_USER_AGENT = "testamur-verifier/0.1"
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HttpFetch:
    """One verification's network: its budget is used up by `get`, so each verification makes its own.

    `resolve`, `connect` and `tls` stand in for `socket.getaddrinfo`, `socket.create_connection` and the system's
    certificates in tests.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        cache: FetchCache | None = None,
        limits: Limits | None = None,
        resolve: Resolve = socket.getaddrinfo,
        connect: Connect = socket.create_connection,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._cache = cache
        self._limits = limits or Limits()
        self._resolve = resolve
        self._connect_to = connect
        self._tls = None if tls is None else _noticing_cuts(tls)
        self._clock = clock
        self.exchanges = 0  # with other servers
        self.kept = 0  # answers that the cache had
        self._ends = clock() + self._limits.total_seconds

    def get(self, url: str, accept: str | None = None) -> Fetched:
        self._check(url)  # before the cache, which another fetcher with other rules may have filled
        kept = None if self._cache is None else self._cache.find(url, accept)
        if kept is not None and kept.fresh:
            self.kept += 1
            return _from(kept, age=0)
        try:
            answer = self._follow(url, accept, kept)
        except ForbiddenAddress:
            raise
        except Unavailable:
            if kept is None or not kept.usable:
                raise
            return _from(kept, age=max(1, kept.age))
        if answer.status >= 500 and kept is not None and kept.usable:  # RFC 5861: down, though something answers
            return _from(kept, age=max(1, kept.age))
        if answer.status == 304 and kept is not None and self._cache is not None:
            self._cache.keep(url, kept.status, kept.headers, kept.url, kept.body, accept)
            return _from(kept, age=0)
        if self._cache is not None:
            self._cache.keep(url, answer.status, answer.headers, answer.url, answer.body, accept)
        return answer

    def _follow(self, url: str, accept: str | None, kept: Kept | None) -> Fetched:
        deadline = min(self._clock() + self._limits.seconds, self._ends)
        headers = {"Accept": accept or "*/*", "Accept-Encoding": "identity", "User-Agent": _USER_AGENT}
        if kept is not None and kept.etag is not None:
            headers["If-None-Match"] = kept.etag
        local = True
        for _ in range(self._limits.max_redirects + 1):
            where = self._check(url)
            if where.loopback and not local:
                raise ForbiddenAddress("{url} is not fetched: another server leads to this machine.", url=url[:200])
            local = where.loopback
            answer = self._exchange(url, where, headers, deadline)
            if answer.status not in _REDIRECTS:
                return answer
            location = answer.headers.get("location")
            if not location:
                raise Unavailable("{url} redirects to nowhere.", url=url)
            url = _joined(url, location)
        raise Unavailable("{url} redirects too often.", url=url)

    # --- (1) the URL ---------------------------------------------------------------------------------------

    def _check(self, url: str) -> Target:
        return target(url, allow_loopback=self._allow_loopback, ports=self._limits.ports)

    # --- (2) the address -----------------------------------------------------------------------------------

    def _addresses(self, where: Target, deadline: float) -> list[str]:
        """Asked in a thread that may be left behind, because the system's resolver knows no time limit."""
        answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(where.host, where.port, type=socket.SOCK_STREAM))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=self._left(deadline))
        except queue.Empty as error:
            raise Unavailable("The server {host} cannot be found.", host=where.host) from error
        if isinstance(found, Exception) or not found:
            cause = found if isinstance(found, Exception) else None
            raise Unavailable("The server {host} cannot be found.", host=where.host) from cause
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = is_loopback if where.loopback else is_public
        if not all(map(allowed, addresses)):
            raise ForbiddenAddress("{host} is not fetched: its address is not a public one.", host=where.host)
        return addresses[:4]

    def _connect(self, where: Target, deadline: float) -> socket.socket:
        last: OSError | None = None
        addresses = self._addresses(where, deadline)
        for position, address in enumerate(addresses):
            share = self._left(deadline) / (len(addresses) - position)  # a silent one leaves time for the next
            try:
                plain = self._connect_to((address, where.port), share)
            except OSError as error:
                last = error
                continue
            return plain if where.scheme == "http" else self._secured(plain, where, deadline)
        raise Unavailable("The server {host} cannot be reached.", host=where.host) from last

    def _secured(self, plain: socket.socket, where: Target, deadline: float) -> socket.socket:
        try:
            plain.settimeout(self._left(deadline))
            # Ragged ends are errors: else a body without a length could be cut off by anybody on the way.
            return (self._tls or trusted_certificates()).wrap_socket(
                plain, server_hostname=where.host, suppress_ragged_eofs=False
            )
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise Unavailable("{host} has no certificate that can be trusted.", host=where.host) from error
        except OSError as error:  # ssl.SSLError is one
            plain.close()
            raise Unavailable("The server {host} cannot be reached.", host=where.host) from error
        except Unavailable:
            plain.close()
            raise

    # --- (3) the exchange ----------------------------------------------------------------------------------

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise Unavailable("The answers took too long.")
        return left

    def _exchange(self, url: str, where: Target, headers: Mapping[str, str], deadline: float) -> Fetched:
        self.exchanges += 1
        if self.exchanges > self._limits.requests:
            raise Unavailable("The credential leads to more addresses than one verification may ask.")
        sock = self._connect(where, deadline)
        wire = _Wire(sock, lambda: self._left(deadline), self._limits.max_headers)
        connection = http.client.HTTPConnection(where.host, where.port)
        connection.sock = cast(socket.socket, wire)  # of which http.client uses what _Wire has
        try:
            connection.request("GET", where.path, headers={"Host": where.authority, "Connection": "close", **headers})
            response = connection.getresponse()
            names = {name.lower(): ", ".join(response.headers.get_all(name, [])) for name in response.headers}
            if names.get("content-encoding", "identity").lower() != "identity":
                raise Unavailable("{url} answers in a compressed form that was not asked for.", url=url)
            if names.get("transfer-encoding", "chunked").lower() != "chunked":
                raise Unavailable("{url} did not answer properly.", url=url)
            wire.allow(8 * self._limits.max_bytes)  # a chunk of one byte takes six on the wire
            body = self._body(url, response)
        except TimeoutError as error:
            raise Unavailable("{url} took too long to answer.", url=url) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable("{url} did not answer properly.", url=url) from error
        finally:
            connection.close()
            sock.close()
        return Fetched(response.status, names, url, body)

    def _body(self, url: str, response: http.client.HTTPResponse) -> bytes:
        chunks, size = [], 0
        while chunk := response.read1(_CHUNK):
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise Unavailable(
                    "{url} sends more than {limit} MB.", url=url, limit=self._limits.max_bytes // (1024 * 1024)
                )
            chunks.append(chunk)
        if response.length:  # http.client counts down what Content-Length promised
            raise Unavailable("{url} broke off in the middle.", url=url)
        return b"".join(chunks)


class _Wire:
    """A connected socket as http.client wants it, read within a deadline and a number of bytes.

    A server that sends one byte at a time resets a socket's timeout with each; here every read gets what is left.
    """

    def __init__(self, sock: socket.socket, left: Callable[[], float], limit: int) -> None:
        self._sock = sock
        self._left = left
        self._allowed = limit

    def allow(self, more: int) -> None:
        self._allowed += more

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._left())
        self._sock.sendall(data)

    def receive(self, buffer: memoryview) -> int:
        self._sock.settimeout(self._left())
        count = self._sock.recv_into(buffer)
        self._allowed -= count
        if self._allowed < 0:
            raise http.client.HTTPException("more bytes than are read")
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Received(self.receive))

    def close(self) -> None:
        """Left to whoever opened the socket: http.client closes before it has read the body."""


class _Received(io.RawIOBase):
    def __init__(self, receive: Callable[[memoryview], int]) -> None:
        self._receive = receive

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._receive(memoryview(buffer))


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The system's certificates, read once: that takes longer than an exchange."""
    return _noticing_cuts(ssl.create_default_context())


def _noticing_cuts(context: ssl.SSLContext) -> ssl.SSLContext:
    """Some Pythons (Debian 12's 3.11.2) ask OpenSSL 3 to take a connection that was cut for one that ended."""
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Unavailable("{url} redirects to nowhere.", url=url) from error


def _from(kept: Kept, *, age: int) -> Fetched:
    return Fetched(kept.status, kept.headers, kept.url, kept.body, age)
