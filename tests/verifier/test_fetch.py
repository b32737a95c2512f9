"""The fetcher against servers that answer, that do not, and that mean harm."""

import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.local_server import Server, certificate, raw, say, serving
from vc.errors import Unavailable
from verifier.cache import FetchCache
from verifier.fetch import ForbiddenAddress, HttpFetch, Limits

QUICK = Limits(seconds=0.6)
PUBLIC = "93.184.215.14"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def fetch() -> HttpFetch:
    return HttpFetch(allow_loopback=True, limits=QUICK)


def resolves_to(*addresses: str) -> Any:
    return lambda host, port, **_: [(0, 0, 0, "", (address, port)) for address in addresses]


def no_connection(*_: object) -> socket.socket:
    pytest.fail("a connection was tried")


# --- what is asked and answered -----------------------------------------------------------------------------


def test_an_answer(server: Server, fetch: HttpFetch) -> None:
    server.pages["/a?b=c"] = say("200 OK", b"body", "Content-Type: text/plain", "X-A: 1", "X-A: 2")
    answer = fetch.get(f"{server.url}/a?b=c#d", accept="application/vc")
    assert (answer.status, answer.url, answer.body, answer.age) == (200, f"{server.url}/a?b=c#d", b"body", 0)
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["x-a"] == "1, 2"


def test_what_a_server_learns_of_us(server: Server, fetch: HttpFetch) -> None:
    fetch.get(f"{server.url}/", accept="application/vc")
    assert sorted(server.asked[0].strip().split("\r\n")) == [
        "Accept-Encoding: identity",
        "Accept: application/vc",
        "Connection: close",
        "GET / HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: testamur-verifier/0.1",
    ]


@pytest.mark.parametrize("status", [204, 304, 400, 404, 410, 500])
def test_other_statuses_are_the_callers_business(status: int, server: Server, fetch: HttpFetch) -> None:
    server.pages["/"] = say(f"{status} Some", b"" if status in (204, 304) else b"why")
    assert fetch.get(f"{server.url}/").status == status


def test_a_body_in_chunks(server: Server, fetch: HttpFetch) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.pages["/"] = raw(head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n")
    assert fetch.get(f"{server.url}/").body == b"abcde"


# --- addresses ----------------------------------------------------------------------------------------------


def test_this_machine_is_not_asked_without_permission(server: Server) -> None:
    for url in (server.url, f"https://127.0.0.1:{server.port}", f"https://localhost:{server.port}"):
        with pytest.raises(ForbiddenAddress):
            HttpFetch().get(url)
    for host in ("127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f.1"):
        with pytest.raises((ForbiddenAddress, Unavailable)):
            HttpFetch(connect=no_connection).get(f"https://{host}/")
    assert server.asked == []


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254"])
@pytest.mark.parametrize("allow_loopback", [True, False])
def test_a_name_that_leads_inside(address: str, allow_loopback: bool) -> None:
    for addresses in ((address,), (PUBLIC, address), (address, PUBLIC)):
        fetch = HttpFetch(allow_loopback=allow_loopback, resolve=resolves_to(*addresses), connect=no_connection)
        with pytest.raises(ForbiddenAddress) as caught:
            fetch.get("https://issuer.example/")
        assert str(caught.value) == "issuer.example is not fetched: its address is not a public one."


def test_localhost_that_is_elsewhere() -> None:
    fetch = HttpFetch(allow_loopback=True, resolve=resolves_to("10.0.0.1"), connect=no_connection)
    with pytest.raises(ForbiddenAddress):
        fetch.get("http://localhost:8000/")


class Elsewhere:
    """Stands for the network: notes the address that is connected to, and leads to a server on this machine."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connected: list[tuple[str, int]] = []

    def __call__(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.server.port), timeout)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Server, ssl.SSLContext]]:
    context, trusting = certificate(tmp_path, "issuer.example")
    with serving(context) as one:
        yield one, trusting


def test_a_name_that_changes_its_mind_gains_nothing(secure: tuple[Server, ssl.SSLContext]) -> None:
    """DNS rebinding: public when it is checked, private when it is asked again. It is asked once, and the address
    that was checked is the one that is connected to; TLS and Host still say the name."""
    server, tls = secure
    server.pages["/"] = say(body=b"here")
    answers = itertools.chain([PUBLIC], itertools.repeat("127.0.0.1"))
    elsewhere = Elsewhere(server)
    fetch = HttpFetch(resolve=lambda *a, **k: resolves_to(next(answers))(*a, **k), connect=elsewhere, tls=tls)
    assert fetch.get("https://issuer.example/").body == b"here"
    assert elsewhere.connected == [(PUBLIC, 443)]
    assert server.names == ["issuer.example"]
    assert "\r\nHost: issuer.example\r\n" in server.asked[0]
    with pytest.raises(ForbiddenAddress):
        fetch.get("https://issuer.example/")


def test_a_certificate_for_another_name(secure: tuple[Server, ssl.SSLContext]) -> None:
    server, tls = secure
    for host, context in (("evil.example", tls), ("issuer.example", None)):
        fetch = HttpFetch(resolve=resolves_to(PUBLIC), connect=Elsewhere(server), tls=context)
        with pytest.raises(Unavailable, match=rf"^{host} has no certificate that can be trusted\.$"):
            fetch.get(f"https://{host}/")
    assert server.asked == []


def test_a_server_without_tls(server: Server) -> None:
    fetch = HttpFetch(resolve=resolves_to(PUBLIC), connect=Elsewhere(server), limits=QUICK)
    with pytest.raises(Unavailable, match=r"^The server issuer\.example cannot be reached\.$"):
        fetch.get("https://issuer.example/")


def test_a_body_that_somebody_on_the_way_cut_off(secure: tuple[Server, ssl.SSLContext]) -> None:
    """Without a length only TLS's own goodbye says that it is complete."""
    server, tls = secure

    def hang_up(connection: socket.socket, _: str) -> None:
        connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n{"half":')
        plain = socket.socket(fileno=connection.detach())
        plain.shutdown(socket.SHUT_RDWR)
        plain.close()

    server.pages["/"] = hang_up
    fetch = HttpFetch(resolve=resolves_to(PUBLIC), connect=Elsewhere(server), tls=tls, limits=QUICK)
    with pytest.raises(Unavailable, match=r"^https://issuer\.example/ did not answer properly\.$"):
        fetch.get("https://issuer.example/")


def test_the_next_address_is_tried_and_has_time_left(server: Server) -> None:
    tried: list[str] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        if len(tried) < 3:
            time.sleep(timeout)
            raise TimeoutError
        return socket.create_connection(("127.0.0.1", server.port), timeout)

    addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"]
    server.pages["/"] = say(body=b"a")
    fetch = HttpFetch(allow_loopback=True, resolve=resolves_to(*addresses), connect=connect, limits=QUICK)
    assert fetch.get("http://localhost/").body == b"a"
    assert tried == addresses[:3]


def test_no_more_than_four_addresses_are_tried() -> None:
    tried: list[str] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        raise ConnectionRefusedError

    fetch = HttpFetch(resolve=resolves_to(*(f"8.8.8.{n}" for n in range(1, 10))), connect=connect)
    with pytest.raises(Unavailable, match=r"^The server issuer\.example cannot be reached\.$"):
        fetch.get("https://issuer.example/")
    assert len(tried) == 4


# --- not to be had ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [socket.gaierror("no"), UnicodeError("no"), None])
def test_a_name_that_does_not_exist(error: Exception | None) -> None:
    def resolve(*_: object, **__: object) -> list[Any]:
        if error is None:
            return []
        raise error

    with pytest.raises(Unavailable, match=r"^The server issuer\.example cannot be found\.$"):
        HttpFetch(resolve=resolve).get("https://issuer.example/")


def test_a_resolver_that_does_not_answer() -> None:
    released = threading.Event()
    started = time.monotonic()
    fetch = HttpFetch(resolve=lambda *_, **__: released.wait(10) or [], limits=QUICK)
    try:
        with pytest.raises(Unavailable, match=r"^The server issuer\.example cannot be found\.$"):
            fetch.get("https://issuer.example/")
        assert time.monotonic() - started < 3
    finally:
        released.set()


def test_nobody_listens(fetch: HttpFetch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable, match=r"^The server 127\.0\.0\.1 cannot be reached\.$"):
        fetch.get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "did not answer properly"),
        (b"hello\r\n\r\n", "did not answer properly"),
        (b"SSH-2.0-OpenSSH_9\r\n", "did not answer properly"),
        (b"HTTP/1.1 999999 A\r\n\r\n", "did not answer properly"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "broke off in the middle"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", "did not answer properly"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf", "did not answer properly"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "did not answer properly"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc",
            "answers in a compressed form that was not asked for",
        ),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "redirects to nowhere"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://[::1\r\nContent-Length: 0\r\n\r\n", "redirects to nowhere"),
    ],
)
def test_answers_that_are_none(data: bytes, message: str, server: Server, fetch: HttpFetch) -> None:
    server.pages["/"] = raw(data)
    with pytest.raises(Unavailable) as caught:
        fetch.get(f"{server.url}/")
    assert str(caught.value) == f"{server.url}/ {message}."


# --- limits -------------------------------------------------------------------------------------------------


def _drip(first: bytes, drop: bytes) -> Any:
    def answer(connection: socket.socket, _: str) -> None:
        with suppress(OSError):
            connection.sendall(first)
            for _ in range(100):
                connection.sendall(drop)
                time.sleep(0.05)

    return answer


SLOW = {
    "status line": (b"HTTP/1.1 200 ", b"a"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
    "body with a length": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"a"),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("part", SLOW)
def test_a_server_that_sends_drop_by_drop_does_not_hold_us(part: str, server: Server, fetch: HttpFetch) -> None:
    """Each drop comes well within a socket's timeout. What came by then is not taken for the answer."""
    server.pages["/"] = _drip(*SLOW[part])
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"^(The answers took too long|http://.* took too long to answer)\.$"):
        fetch.get(f"{server.url}/")
    assert 0.5 < time.monotonic() - started < 2


def test_a_server_that_is_silent(server: Server, fetch: HttpFetch) -> None:
    server.pages["/"] = lambda *_: time.sleep(3)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="took too long"):
        fetch.get(f"{server.url}/")
    assert time.monotonic() - started < 2


def test_a_handshake_that_does_not_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        fetch = HttpFetch(
            resolve=resolves_to(PUBLIC),
            connect=lambda _, timeout: socket.create_connection(mute.getsockname(), timeout),
            limits=QUICK,
        )
        started = time.monotonic()
        with pytest.raises(Unavailable, match=r"^The server issuer\.example cannot be reached\.$"):
            fetch.get("https://issuer.example/")
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_an_endless_body(head: bytes, server: Server) -> None:
    def endless(connection: socket.socket, _: str) -> None:
        with suppress(OSError):
            connection.sendall(head)
            while True:
                connection.sendall(b"a" * 65536)

    server.pages["/"] = endless
    fetch = HttpFetch(allow_loopback=True, limits=Limits(max_bytes=1024 * 1024))
    with pytest.raises(Unavailable, match=r"/ sends more than 1 MB\.$"):
        fetch.get(f"{server.url}/")


def test_a_body_as_long_as_is_allowed(server: Server) -> None:
    limits = Limits(max_bytes=100_000)
    server.pages["/a"], server.pages["/b"] = say(body=b"a" * 100_000), say(body=b"a" * 100_001)
    assert len(HttpFetch(allow_loopback=True, limits=limits).get(f"{server.url}/a").body) == 100_000
    with pytest.raises(Unavailable, match="sends more than"):
        HttpFetch(allow_loopback=True, limits=limits).get(f"{server.url}/b")


def test_chunks_of_nothing_but_overhead(server: Server) -> None:
    """Each chunk may carry an extension as long as a line; so what comes over the wire is counted, too."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.pages["/"] = raw(head + (b"1;" + b"x" * 60_000 + b"\r\na\r\n") * 20 + b"0\r\n\r\n")
    with pytest.raises(Unavailable, match="did not answer properly"):
        HttpFetch(allow_loopback=True, limits=Limits(max_bytes=100_000)).get(f"{server.url}/")


@pytest.mark.parametrize(
    "headers",
    [
        [f"X-{n}: a" for n in range(150)],
        ["X: " + "a" * 70_000],
        [f"X-{n}: " + "a" * 10_000 for n in range(20)],
    ],
)
def test_oversized_headers(headers: list[str], server: Server, fetch: HttpFetch) -> None:
    server.pages["/"] = say("200 OK", b"", *headers)
    with pytest.raises(Unavailable, match=r"/ did not answer properly\.$"):
        fetch.get(f"{server.url}/")


def test_headers_of_usual_size(server: Server, fetch: HttpFetch) -> None:
    server.pages["/"] = say("200 OK", b"a", *(f"X-{n}: " + "a" * 1_000 for n in range(40)))
    assert fetch.get(f"{server.url}/").body == b"a"


def test_one_verification_has_a_budget_of_requests(server: Server) -> None:
    fetch = HttpFetch(allow_loopback=True, limits=Limits(requests=3))
    for _ in range(3):
        fetch.get(f"{server.url}/")
    with pytest.raises(Unavailable, match=r"^The credential leads to more addresses than one verification may ask\.$"):
        fetch.get(f"{server.url}/")
    assert len(server.asked) == 3


def test_one_verification_has_a_budget_of_time(server: Server) -> None:
    server.pages["/"] = _drip(*SLOW["headers"])
    fetch = HttpFetch(allow_loopback=True, limits=Limits(seconds=10, total_seconds=0.5))
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(Unavailable, match="took too long"):
            fetch.get(f"{server.url}/")
    assert time.monotonic() - started < 2
    assert len(server.asked) == 1


# --- redirects ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int, server: Server, fetch: HttpFetch) -> None:
    server.pages["/a"] = say(f"{status} Some", b"", "Location: b?c")
    server.pages["/b?c"] = say(body=b"there")
    answer = fetch.get(f"{server.url}/a")
    assert (answer.body, answer.url) == (b"there", f"{server.url}/b?c")


def test_redirects_are_counted(server: Server) -> None:
    for n in range(5):
        server.pages[f"/{n}"] = say("302 Found", b"", f"Location: /{n + 1}")
    server.pages["/5"] = say(body=b"there")
    assert HttpFetch(allow_loopback=True).get(f"{server.url}/2").body == b"there"
    with pytest.raises(Unavailable, match=r"/5 redirects too often\.$"):
        HttpFetch(allow_loopback=True).get(f"{server.url}/1")
    server.pages["/"] = say("302 Found", b"", "Location: /")
    with pytest.raises(Unavailable, match="redirects too often"):
        HttpFetch(allow_loopback=True).get(f"{server.url}/")


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://[::ffff:10.0.0.1]/", "file:///etc/passwd",
     "https://user:pass@issuer.example/", "https://issuer.example:22/", "http://issuer.example/", "gopher://a/"],
)  # fmt: skip
def test_redirects_are_checked_again(location: str, server: Server) -> None:
    server.pages["/"] = say("302 Found", b"", f"Location: {location}")
    with pytest.raises(ForbiddenAddress):
        HttpFetch(allow_loopback=True).get(f"{server.url}/")


def test_another_server_does_not_lead_to_this_machine(secure: tuple[Server, ssl.SSLContext], server: Server) -> None:
    """Even where development is allowed, a stranger's server has no business there."""
    other, tls = secure
    other.pages["/"] = say("302 Found", b"", f"Location: {server.url}/")
    fetch = HttpFetch(allow_loopback=True, resolve=resolves_to(PUBLIC), connect=Elsewhere(other), tls=tls)
    with pytest.raises(ForbiddenAddress, match=r"/ is not fetched: another server leads to this machine\.$"):
        fetch.get("https://issuer.example/")
    assert server.asked == []


# --- the cache ----------------------------------------------------------------------------------------------

LIST = b'{"type": ["VerifiableCredential", "BitstringStatusListCredential"]}'


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_what_may_be_kept_is_not_asked_for_again(server: Server) -> None:
    clock = Clock()
    cache = FetchCache(clock=clock)
    fetch = HttpFetch(allow_loopback=True, cache=cache)
    server.pages["/"] = say("200 OK", LIST, "Cache-Control: max-age=60")
    for _ in range(3):
        answer = fetch.get(f"{server.url}/")
        assert (answer.body, answer.age) == (LIST, 0)
    assert len(server.asked) == 1
    clock.now += 61
    fetch.get(f"{server.url}/")
    assert len(server.asked) == 2


def test_one_form_is_not_given_out_for_another(server: Server) -> None:
    fetch = HttpFetch(allow_loopback=True, cache=FetchCache())
    server.pages["/"] = say("200 OK", LIST, "Cache-Control: max-age=60", "Vary: Accept")
    for accept in ("application/vc", "application/vc+jwt", "application/vc"):
        fetch.get(f"{server.url}/", accept=accept)
    assert len(server.asked) == 2


def test_an_issuer_says_that_nothing_changed(server: Server) -> None:
    clock = Clock()
    fetch = HttpFetch(allow_loopback=True, cache=FetchCache(clock=clock))
    server.pages["/"] = say("200 OK", LIST, 'ETag: "1"')
    fetch.get(f"{server.url}/")
    server.pages["/"] = say("304 Not Modified", b"", 'ETag: "1"')
    clock.now += 100
    answer = fetch.get(f"{server.url}/")
    assert (answer.status, answer.body, answer.age) == (200, LIST, 0)
    assert 'If-None-Match: "1"' in server.asked[1]


@pytest.mark.parametrize("down", [raw(b""), say("503 Service Unavailable", b"<html>"), say("500 Oops")])
def test_while_an_issuer_is_down_what_was_kept_serves_with_its_age(down: Any, server: Server) -> None:
    clock = Clock()
    fetch = HttpFetch(allow_loopback=True, cache=FetchCache(clock=clock))
    server.pages["/"] = say("200 OK", LIST)
    fetch.get(f"{server.url}/")
    server.pages["/"] = down
    clock.now += 7200
    answer = fetch.get(f"{server.url}/")
    assert (answer.status, answer.body, answer.age) == (200, LIST, 7200)
    clock.now += 24 * 3600  # but not for ever
    said: object = None
    try:
        said = fetch.get(f"{server.url}/").status
    except Unavailable as error:
        said = str(error)
    assert said in (500, 503, f"{server.url}/ did not answer properly.")


def test_a_name_that_now_leads_inside_is_not_covered_up_by_what_was_kept(server: Server) -> None:
    cache = FetchCache()
    server.pages["/"] = say("200 OK", LIST)
    url = f"http://localhost:{server.port}/"
    HttpFetch(allow_loopback=True, cache=cache, resolve=resolves_to("127.0.0.1")).get(url)
    with pytest.raises(ForbiddenAddress):
        HttpFetch(allow_loopback=True, cache=cache, resolve=resolves_to("10.0.0.1")).get(url)


def test_what_was_kept_under_other_rules_is_not_given_out(server: Server) -> None:
    cache = FetchCache()
    server.pages["/"] = say("200 OK", LIST, "Cache-Control: max-age=60")
    HttpFetch(allow_loopback=True, cache=cache).get(f"{server.url}/")
    with pytest.raises(ForbiddenAddress):
        HttpFetch(cache=cache).get(f"{server.url}/")
