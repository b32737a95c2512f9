"""Links and QR codes that lead inside, to two places, or to answers that are none (server-side request forgery)."""

import itertools
from io import BytesIO
from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.stage import Stage
from tests.vc.samples import HOST

_FETCH, _RULES, _RUN, _INTAKE = (
    "verifier/fetch.py",
    "verifier/addresses.py",
    "verifier/verification.py",
    "verifier/intake.py",
)

PUBLIC = guard("public addresses only", (_FETCH, "if not all(map(allowed, addresses)):", "if False:"))
HTTPS = guard(
    "https only", (_RULES, 'if parts.scheme != "https" and not (parts.scheme == "http" and loopback):', "if False:")
)
PORT = guard("ports of web services only", (_RULES, "if port not in ports and not loopback:", "if False:"))
USER = guard("no user in a link", (_RULES, 'if not host or "@" in parts.netloc:', "if False:"))
REDIRECTS = guard("bounded redirects", (_FETCH, "range(self._limits.max_redirects + 1)", "range(99)"))
ENCODING = guard(
    "nothing compressed", (_FETCH, 'if names.get("content-encoding", "identity").lower() != "identity":', "if False:")
)
TRANSFER = guard(
    "known transfers", (_FETCH, 'if names.get("transfer-encoding", "chunked").lower() != "chunked":', "if False:")
)
WHOLE = guard("a whole answer", (_FETCH, "if response.length:", "if False:"))
BODY = guard(
    "a bounded answer",
    (_FETCH, "if size > self._limits.max_bytes:", "if False:"),
    ("vc/strict_json.py", "if len(data) > max_bytes:", "if False:"),
)
HEADERS = guard("bounded headers", (_FETCH, "if self._allowed < 0:", "if False:"))
OK = guard(
    "an answer that is one",
    (_RUN, "    if answer.status != 200:\n", "    if False:\n"),
    (_RUN, "    if answer.status in (404, 410):\n", "    if False:\n"),
)
ONCE = guard(
    "a link is followed once",
    (
        _RUN,
        'raise ParsingError("The link leads to another link, not to a credential.")',
        'taken = intake.read(_follow(fetch, taken.link or ""))',
    ),
)
ONE_TARGET = guard("one certificate in a link", (_INTAKE, "if len(asked) > 1 or not _is_link(asked[0]):", "if False:"))
ONE_CODE = guard("one QR code", ("verifier/photo.py", "if len(texts) > 1:", "if False:"))

FORBIDDEN = "structure FORBIDDEN_ADDRESS"
UNHEARD = "structure UNAVAILABLE"
PAGE = "https://intranet.example/credentials/toolbox"


def _genuine(stage: Stage, url: str = PAGE) -> bytes:
    stage.pages[url] = stage.text(stage.secure(stage.course()))
    return url.encode()


def _inside(name: str, threat: str, *addresses: str) -> None:
    def build(stage: Stage) -> bytes:
        stage.names["intranet.example"] = list(addresses)
        return _genuine(stage)

    attack(f"links/{name}", threat, FORBIDDEN, PUBLIC, verdict="undetermined")(build)


_inside("to-a-private-network", "A name that leads into the verifier's own network.", "10.0.0.5")
_inside("to-this-machine", "A name that leads to the verifier itself.", "127.0.0.1")
_inside("to-another-loopback", "The loopback has sixteen million addresses.", "127.8.8.8")
_inside("to-the-clouds-metadata", "Where clouds give out their keys.", "169.254.169.254")
_inside("to-another-clouds-metadata", "The same at another provider.", "168.63.129.16")
_inside("to-nowhere", "The address of no host means this one.", "0.0.0.0")
_inside("to-a-carrier", "Addresses that a provider shares among its customers.", "100.64.0.1")
_inside("to-many", "A multicast address.", "224.0.0.1")
_inside("to-this-machine-in-ipv6", "The loopback of IPv6.", "::1")
_inside("to-a-private-network-in-ipv6", "Unique local addresses.", "fd00::5")
_inside("to-a-mapped-address", "A private address in the clothes of IPv6.", "::ffff:10.0.0.5")
_inside("to-a-translated-address", "The same through NAT64.", "64:ff9b::a00:5")
_inside("to-a-tunnelled-address", "The same through 6to4.", "2002:a00:5::1")
_inside("to-two-places", "One address is public, the other is not.", "93.184.215.14", "10.0.0.5")


def _link(name: str, threat: str, url: str, stopped: str, by: Guard, verdict: str = "undetermined") -> None:
    def build(stage: Stage) -> bytes:
        host = url.partition("//")[2].partition("/")[0].rpartition("@")[2]
        _genuine(stage, f"https://{host}/credentials/toolbox")
        stage.names.setdefault("any.example", ["93.184.215.14"])
        return url.encode()

    attack(f"links/{name}", threat, stopped, by, verdict=verdict)(build)


_link(
    "without-tls",
    "Anybody on the way could change what is fetched.",
    "http://a.example/credentials/toolbox",
    FORBIDDEN,
    HTTPS | PORT,
)
_link(
    "to-another-service",
    "A port at which another kind of service listens.",
    "https://a.example:22/credentials/toolbox",
    FORBIDDEN,
    PORT,
)
_link(
    "with-a-user",
    "What stands before the @ looks like the host.",
    "https://credentials.example.org@a.example/credentials/toolbox",
    FORBIDDEN,
    USER,
)


def _answered(name: str, threat: str, stopped: str, by: Guard, answers: Any, verdict: str = "undetermined") -> None:
    """`answers`: genuine bytes -> URL -> a whole answer."""

    def build(stage: Stage) -> bytes:
        url = _genuine(stage, f"{HOST}/credentials/toolbox")
        stage.answers |= answers(stage.text(stage.secure(stage.course())))
        stage.names.setdefault("any.example", ["93.184.215.14"])
        return url

    attack(f"links/{name}", threat, stopped, by, verdict=verdict)(build)


def _whole(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


_URL = f"{HOST}/credentials/toolbox"


def _redirect(to: str) -> bytes:
    return _whole(b"", f"Location: {to}", status="302 Found")


def _chain(body: bytes) -> dict[str, bytes]:
    steps = [_URL, *(f"{HOST}/step/{number}" for number in range(1, 5))]
    return {url: _redirect(to) for url, to in itertools.pairwise(steps)} | {steps[-1]: _whole(body)}


_answered(
    "redirected-without-tls",
    "A redirect to an address without TLS.",
    FORBIDDEN,
    HTTPS | PORT,
    lambda body: {_URL: _redirect("http://a.example/x"), "http://a.example/x": _whole(body)},
)
_answered(
    "redirected-to-another-service",
    "A redirect to a port of another kind of service.",
    FORBIDDEN,
    PORT,
    lambda body: {_URL: _redirect("https://a.example:6379/x"), "https://a.example:6379/x": _whole(body)},
)
_answered("redirected-too-often", "Redirects beyond number.", UNHEARD, REDIRECTS, _chain)
_answered(
    "compressed",
    "An answer that says it is compressed could be a bomb.",
    UNHEARD,
    ENCODING,
    lambda body: {_URL: _whole(body, "Content-Encoding: gzip")},
)
_answered(
    "in-an-unknown-transfer",
    "A transfer that two programs on the way understand differently.",
    UNHEARD,
    TRANSFER,
    lambda body: {_URL: _whole(body, "Transfer-Encoding: identity, gzip")},
)
_answered(
    "cut-short",
    "An answer that broke off is not taken for a short one.",
    UNHEARD,
    WHOLE,
    lambda body: {_URL: _whole(body, length=len(body) + 100)},
)
_answered("too-long", "An answer of megabytes.", UNHEARD, BODY, lambda body: {_URL: _whole(body + b" " * 4_200_000)})
_answered(
    "with-long-headers",
    "Headers beyond every limit.",
    UNHEARD,
    HEADERS,
    lambda body: {_URL: _whole(body, *(f"X-{n}: {'a' * 30_000}" for n in range(3)))},
)
_answered(
    "answered-by-an-error",
    "A page of error is no certificate, whatever it holds.",
    UNHEARD,
    OK,
    lambda body: {_URL: _whole(body, status="500 Oops")},
)
_answered(
    "answered-by-nothing-there",
    "What is gone is gone, whatever the page holds.",
    UNHEARD,
    OK,
    lambda body: {_URL: _whole(body, status="410 Gone")},
)


def _redirected_inside(stage: Stage) -> bytes:
    _genuine(stage)
    stage.names["intranet.example"] = ["10.0.0.5"]
    stage.answers[_URL] = _redirect(PAGE)
    return _URL.encode()


attack(
    "links/redirected-inside",
    "A public server redirects into the verifier's network.",
    FORBIDDEN,
    PUBLIC,
    verdict="undetermined",
)(_redirected_inside)


@attack("links/to-another-link", "A link to a link to a link.", "structure PARSING_ERROR", ONCE)
def _(stage: Stage) -> bytes:
    stage.pages[f"{HOST}/first"] = _genuine(stage, _URL)
    return f"{HOST}/first".encode()


@attack(
    "links/of-two-certificates", "A verifier's link that names two certificates.", "structure PARSING_ERROR", ONE_TARGET
)
def _(stage: Stage) -> bytes:
    _genuine(stage, _URL)
    return f"https://verify.example/verify?url={_URL}&url={HOST}/credentials/other".encode()


# --- QR codes ----------------------------------------------------------------------------------------------


def picture(*texts: str) -> bytes:
    """Codes side by side, uncompressed, so that every machine makes the same bytes."""
    from tests.verifier.qr_pictures import beside, code

    out = BytesIO()
    beside(*(code(text, 3) for text in texts)).convert("1").save(out, "PNG", compress_level=0)
    return out.getvalue()


@attack("qr/two-codes", "Two codes in one picture: which certificate is meant?", "structure CONTAINER_ERROR", ONE_CODE)
def _(stage: Stage) -> bytes:
    _genuine(stage, _URL)
    stage.pages[f"{HOST}/credentials/other"] = stage.text(stage.secure(stage.course()))
    return picture(_URL, f"{HOST}/credentials/other")


@attack(
    "qr/verifiers-link-of-two-certificates",
    "A code whose link names two certificates.",
    "structure PARSING_ERROR",
    ONE_TARGET,
)
def _(stage: Stage) -> bytes:
    _genuine(stage, _URL)
    return picture(f"https://verify.example/verify?url={_URL}&url={HOST}/c/2")


@attack("qr/leads-inside", "A code that leads into the verifier's network.", FORBIDDEN, PUBLIC, verdict="undetermined")
def _(stage: Stage) -> bytes:
    stage.names["intranet.example"] = ["10.0.0.5"]
    return picture(_genuine(stage).decode())
