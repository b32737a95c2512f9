"""The outermost layer of a service: each request has a number, and is counted, timed and written down once.

1. the number is the caller's `X-Request-Id`, if it is of the form of one, else a new one; every answer names it, and so
   does every line that is logged meanwhile;
2. while the service stops, nothing new is begun (`serving.drain`): 503, `Connection: close`;
3. when the answer is over, one line: method, template of the route, status, milliseconds. No address, no query, no
   parameter of a path, no header: each may say whom it is about.

    app.add_middleware(Requests, meter=meter, drain=drain, refused=stopping, clock=time.perf_counter)
"""

import logging
import re
import uuid
from collections.abc import Callable, Iterable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.drain import RETRY_AFTER, Drain
from serving.meter import NO_ROUTE, Meter

HEADER = "x-request-id"
LIVE, READY = "/health/live", "/health/ready"  # which are answered to the last, and are not written down

# UUIDs and the ids of usual proxies; too narrow for an e-mail address, a name or one of our tokens.
_NUMBER = re.compile(r"[0-9a-fA-F]{8,32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEY = "testamur.request"

Answer = Callable[[Request], Response]

log = logging.getLogger("requests")


def number_of(scope: Scope) -> str:
    """The number of the request; empty outside of one."""
    return str(scope.get(_KEY, ""))


def unnumbered(request: Request) -> Request:
    """The same without its number, for an answer that is made once and given to many."""
    return Request({name: value for name, value in request.scope.items() if name != _KEY})


class Requests:
    """`refused`: the answer to whoever comes while the service stops. `clock`: seconds that never go back. `doors`:
    addresses without parameters at which a layer of the application refuses before a route is looked for."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        meter: Meter,
        drain: Drain,
        refused: Answer,
        clock: Callable[[], float],
        doors: Iterable[str] = (),
    ) -> None:
        self._app = app
        self._meter = meter
        self._drain = drain
        self._refused = refused
        self._clock = clock
        self._doors = frozenset(doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock()
        # (1) the number
        number = scope[_KEY] = _number(Headers(scope=scope).get(HEADER, ""))
        answer = _Answer(send, number, self._drain)
        with structlog.contextvars.bound_contextvars(request_id=number):
            try:
                # (2) nothing new
                if not self._drain.begun:
                    with self._drain.request():
                        await self._app(scope, receive, answer.send)
                elif scope["path"] in (LIVE, READY):
                    await self._app(scope, receive, answer.send)
                else:
                    response = self._refused(Request(scope))
                    response.headers["Retry-After"] = str(RETRY_AFTER)
                    await response(scope, receive, answer.send)
            finally:
                # (3) one line
                self._told(scope, answer.status, self._clock() - began)

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._template(scope)
        self._meter.answered(scope["method"], route, status, seconds)
        level = logging.DEBUG if route.startswith("/health") and status == 200 else logging.INFO
        if log.isEnabledFor(level):
            told = {"method": scope["method"][:10], "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            log.log(level, "request", extra=told)

    def _template(self, scope: Scope) -> str:
        """Of the route that answered, or of the folder of files."""
        path = getattr(scope.get("route"), "path", None)
        if isinstance(path, str):
            return path
        if scope["path"] in self._doors:
            return str(scope["path"])
        return str(scope.get("root_path") or NO_ROUTE)


class _Answer:
    """What goes out: with its number, and as the last of its connection while the service stops. `status`: 0 until it
    begins."""

    def __init__(self, send: Send, number: str, drain: Drain) -> None:
        self._send = send
        self._number = number
        self._drain = drain
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._number
            if self._drain.begun:
                headers["Connection"] = "close"
        await self._send(message)


def _number(given: str) -> str:
    return given.lower() if _NUMBER.fullmatch(given) else uuid.uuid4().hex
