"""Who comes without a key must not keep out those who come with one.

The server has a number of threads for all requests together. Everybody may open a certificate, so everybody may open a
thousand: at most `at_once` requests without a key are answered at a time, and the rest are told 429 before anything is
read of them. So a thread is left for whoever decides, signs or revokes.

    app.add_middleware(Crowd, at_once=24, refused=…)

What is not yet known to be a key counts as one where keys are looked at, which `issuer.entry` and `issuer.api_keys` do
in milliseconds. Everywhere else an `Authorization` header is nothing but a header, and whoever sends it a stranger.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_PASSES = ("/health", "/static/")  # cost nothing, and say how it stands
_OFFICE = "/organizations/"  # below it keys are looked at, and wherever something is sent


class Crowd:
    def __init__(self, app: ASGIApp, *, at_once: int, refused: Callable[[Request], Response]) -> None:
        self._app = app
        self._at_once = at_once
        self._refused = refused
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_PASSES) or _shows_a_key(scope):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._at_once:
            await self._refused(Request(scope))(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1


def _shows_a_key(scope: Scope) -> bool:
    if scope["method"] != "POST" and not scope["path"].startswith(_OFFICE):
        return False
    return any(name == b"authorization" for name, _ in scope["headers"])
