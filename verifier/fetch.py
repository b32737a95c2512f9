"""The only socket of the verifier: fetches what strangers name, and nothing that they should not reach through us.

For each request, and again for each redirect:

1. the URL: https only, no credentials in it, an allowed port (loopback over http only where development is allowed);
2. the name is resolved once, and every address it has must be public; we connect to that very address, so a name
   that changes its mind between the check and the connection gains nothing;
3. time, bytes, headers and redirects are bounded, all requests of one verification together too.

What could not be had is `Unavailable`, what must not be fetched its subclass `ForbiddenAddress`: neither says that a
credential is wrong.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from vc.errors import Unavailable
from verifier.cache import FetchCache, Kept


class ForbiddenAddress(Unavailable):
    """The URL leads where this verifier does not go."""


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
    max_redirects: int = 3
    ports: frozenset[int] = frozenset({443, 8443})


Resolve = Callable[..., list[Any]]

_USER_AGENT = "testamur-verifier/0.1"
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str
    loopback: bool


class HttpFetch:
    """One verification's network: its budget is used up by `get`, so each verification makes its own.

    `resolve`: stands in for `socket.getaddrinfo` in tests.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        cache: FetchCache | None = None,
        limits: Limits | None = None,
        resolve: Resolve = socket.getaddrinfo,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._cache = cache
        self._limits = limits or Limits()
        self._resolve = resolve
        self._clock = clock
        self._requests = 0
        self._ends = clock() + self._limits.total_seconds

    def get(self, url: str, accept: str | None = None) -> Fetched:
        kept = None if self._cache is None else self._cache.find(url)
        if kept is not None and kept.fresh:
            return _from(kept, age=0)
        try:
            answer = self._follow(url, accept, kept)
        except ForbiddenAddress:
            raise
        except Unavailable:
            if kept is None or not kept.usable:
                raise
            return _from(kept, age=max(1, kept.age))
        if answer.status == 304 and kept is not None and self._cache is not None:
            self._cache.keep(url, kept.status, kept.headers, kept.url, kept.body)
            return _from(kept, age=0)
        if self._cache is not None:
            self._cache.keep(url, answer.status, answer.headers, answer.url, answer.body)
        return answer

    def _follow(self, url: str, accept: str | None, kept: Kept | None) -> Fetched:
        deadline = min(self._clock() + self._limits.seconds, self._ends)
        headers = {"Accept": accept or "*/*", "Accept-Encoding": "identity", "User-Agent": _USER_AGENT}
        if kept is not None and kept.etag is not None:
            headers["If-None-Match"] = kept.etag
        for _ in range(self._limits.max_redirects + 1):
            target = self._check(url)
            answer = self._exchange(url, target, headers, deadline)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            location = answer.headers.get("location")
            if not location:
                raise Unavailable("{url} redirects to nowhere.", url=url)
            url = urljoin(url, location)
        raise Unavailable("{url} redirects too often.", url=url)

    # --- (1) the URL ---------------------------------------------------------------------------------------

    def _check(self, url: str) -> _Target:
        if len(url) > 2_000 or any(c <= " " or c == "\x7f" or c == "\\" for c in url):
            raise ForbiddenAddress("{url} is no address.", url=ascii(url[:100]))
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").encode("idna").decode("ascii")
            port = parts.port
        except (ValueError, UnicodeError) as error:
            raise ForbiddenAddress("{url} is no address.", url=url[:100]) from error
        if not host or parts.username is not None or parts.password is not None:
            raise ForbiddenAddress("{url} names no server, or a user.", url=url[:100])
        loopback = self._allow_loopback and host in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
            raise ForbiddenAddress("{url} is not fetched: only https addresses are.", url=url[:200])
        port = port if port is not None else 443 if parts.scheme == "https" else 80
        if port not in self._limits.ports and not loopback:
            raise ForbiddenAddress("{url} is not fetched: port {port} is not allowed.", url=url[:200], port=port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Target(parts.scheme, host, port, path.encode("utf-8", "replace").decode("latin-1"), loopback)

    # --- (2) the address -----------------------------------------------------------------------------------

    def _addresses(self, target: _Target) -> list[str]:
        try:
            found = self._resolve(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable("The server {host} cannot be found.", host=target.host) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not (is_public(address) or (target.loopback and ipaddress.ip_address(address).is_loopback)):
                raise ForbiddenAddress("{host} is not fetched: its address is not a public one.", host=target.host)
        if not addresses:
            raise Unavailable("The server {host} cannot be found.", host=target.host)
        return addresses

    def _connect(self, target: _Target, deadline: float) -> socket.socket:
        last: OSError | None = None
        for address in self._addresses(target)[:4]:
            try:
                plain = socket.create_connection((address, target.port), timeout=self._left(deadline))
            except OSError as error:
                last = error
                continue
            if target.scheme == "http":
                return plain
            try:
                return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
            except OSError as error:  # ssl.SSLError is one
                plain.close()
                raise Unavailable("{host} has no certificate that can be trusted.", host=target.host) from error
        raise Unavailable("The server {host} cannot be reached.", host=target.host) from last

    # --- (3) the exchange ----------------------------------------------------------------------------------

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise Unavailable("The answers took too long.")
        return left

    def _exchange(self, url: str, target: _Target, headers: Mapping[str, str], deadline: float) -> Fetched:
        self._requests += 1
        if self._requests > self._limits.requests:
            raise Unavailable("The credential leads to more addresses than one verification may ask.")
        sock = self._connect(target, deadline)
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = sock
        # A server that sends one byte at a time resets every timeout of the socket; this ends it all the same.
        watchdog = threading.Timer(self._left(deadline), _hang_up, (sock,))
        watchdog.daemon = True
        watchdog.start()
        try:
            connection.request("GET", target.path, headers=dict(headers))
            response = connection.getresponse()
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise Unavailable("{url} answers in a compressed form that was not asked for.", url=url)
            body = self._body(url, response)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if self._clock() >= deadline:
                raise Unavailable("{url} took too long to answer.", url=url) from error
            raise Unavailable("{url} did not answer properly.", url=url) from error
        finally:
            watchdog.cancel()
            connection.close()
        names = {name.lower(): value for name, value in response.headers.items()}
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


def is_public(address: str) -> bool:
    """Whether an address is one of the public Internet, also when it is wrapped in another one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _hang_up(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()


def _from(kept: Kept, *, age: int) -> Fetched:
    return Fetched(kept.status, kept.headers, kept.url, kept.body, age)
