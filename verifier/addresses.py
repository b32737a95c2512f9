"""Which addresses may be fetched: the rules alone, without a socket.

A stranger's file must not make us knock at a machine inside our own network (server-side request forgery). So a URL is
https, to a port of web services, without a user in it; what its name resolves to is public; and this machine itself
counts only for development, and only where the URL says so in plain words.

    >>> target("https://issuer.example/credentials/1").host
    'issuer.example'
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from vc.errors import Unavailable

MAX_URL = 2_000  # characters; what browsers and QR codes carry
PORTS = frozenset({443, 8443})  # of web services; at the others other services listen

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_SAFE = "!#$%&'()*+,/:;=?@[]~"  # RFC 3986; other characters, which only an IRI has, are percent-encoded

# What `ipaddress` calls global although no public server is there: protocol assignments and two clouds' metadata.
_HIDDEN = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2001::/23")))
_INTERNET = ipaddress.IPv6Network("2000::/3")  # RFC 4291: all IPv6 addresses that were ever handed out
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the well-known prefix; 64:ff9b:1::/48 is for private use


class ForbiddenAddress(Unavailable):
    """The URL leads where this verifier does not go."""

    problem = "https://testamur.example/problems#FORBIDDEN_ADDRESS"


@dataclass(frozen=True)
class Target:
    """A URL that may be asked for. `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str
    loopback: bool

    @property
    def authority(self) -> str:
        """For the Host header (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str, *, allow_loopback: bool = False, ports: frozenset[int] = PORTS) -> Target:
    """Raises `ForbiddenAddress`. What the host resolves to is left to `is_public` and `is_loopback`."""
    if len(url) > MAX_URL or any(c <= " " or c == "\x7f" or c == "\\" for c in url):
        raise ForbiddenAddress("{url} is no address.", url=ascii(url[:100]))
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
        path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    except (ValueError, UnicodeError) as error:
        raise ForbiddenAddress("{url} is no address.", url=ascii(url[:100])) from error
    if not host or "@" in parts.netloc:
        raise ForbiddenAddress("{url} names no server, or a user.", url=url[:100])
    loopback = allow_loopback and host in _LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ForbiddenAddress("{url} is not fetched: only https addresses are.", url=url[:200])
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if port not in ports and not loopback:
        raise ForbiddenAddress("{url} is not fetched: port {port} is not allowed.", url=url[:200], port=port)
    return Target(parts.scheme, host, port, path, loopback)


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the public Internet, also when it is wrapped in another one (IPv4-mapped,
    6to4, NAT64): not private, loopback, link-local, multicast, reserved, nor where clouds keep their metadata."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _INTERNET:
            return False
    hidden = any(ip.version == network.version and ip in network for network in _HIDDEN)
    return ip.is_global and not ip.is_multicast and not hidden


def is_loopback(address: str) -> bool:
    """127.0.0.0/8 and ::1."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
