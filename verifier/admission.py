"""The service's front door: who is let in, before anything about a request is read that costs more than its head.

Under more load than a machine can bear, saying no must cost next to nothing, or the time goes into saying no:

1. when all places are taken, a request is refused before its body is read (429, Retry-After);
2. a body is read within a size, within `UPLOAD_SECONDS`, and within `HELD` bytes of all bodies together, so that
   neither many nor slow uploads fill the memory;
3. whoever has sent everything is let in, or refused, if others were quicker.

Pages that cost nothing (the start page, `/health`) pass by.

    app.add_middleware(Admission, limits={"/verify": 16_000_000}, full=lambda size: False, refused=…, too_large=…)
"""

from collections.abc import Callable, Mapping
from typing import Any

import anyio
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UPLOAD_SECONDS = 30.0  # for a body; 16 MB over a telephone's 5 Mbit/s take 26
HELD = 160 * 1024 * 1024  # bytes of all bodies that are being read or worked on: ten photos or two batches

MOST = 32  # requests at once; the server has forty threads for them

Full = Callable[[int], bool]
Answer = Callable[[Request], Response]


class Admission:
    """`limits`: path -> bytes of a body, for the paths where work is done; `full`: whether a body of so many bytes
    would find no place; `refused` and `too_large`: the answers to whoever is not let in."""

    def __init__(
        self, app: ASGIApp, *, limits: Mapping[str, int], full: Full, refused: Answer, too_large: Answer
    ) -> None:
        self._app = app
        self._limits = limits
        self._full = full
        self._refused = refused
        self._too_large = too_large
        self._inside = 0
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limits.get(scope["path"]) if scope["type"] == "http" else None
        if limit is None or scope["method"] == "HEAD":
            await self._app(scope, receive, send)
            return
        answer = await self._let_in(scope, receive, send, limit)
        if answer is not None:
            await answer(Request(scope))(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, limit: int) -> Answer | None:
        """(1) to (3) of the head of this module. What is to be answered instead, or None."""
        said = Headers(scope=scope).get("content-length", "")
        length = int(said[:20]) if said.isdecimal() else 0  # a claim, so it is counted all the same
        if length > limit:
            return self._too_large
        if self._inside >= MOST or self._full(length):
            return self._refused
        body = _Body()
        try:
            with anyio.move_on_after(UPLOAD_SECONDS) as timer:
                while await body.more(receive):
                    self._held += body.came
                    if body.size > limit:
                        return self._too_large
                    if self._held > HELD:
                        return self._refused
            if body.gone:
                return None  # nobody is there to be answered
            if timer.cancelled_caught or self._inside >= MOST or self._full(body.size):
                return self._refused
            self._inside += 1
            try:
                await self._app(scope, body.again(receive), send)
            finally:
                self._inside -= 1
        finally:
            self._held -= body.size
        return None


class _Body:
    """A request's body, read ahead. `came`: bytes of the last piece; `gone`: whoever sent it broke off."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._done = False
        self.gone = False
        self.size = self.came = 0

    async def more(self, receive: Receive) -> bool:
        """Reads a piece; False when there is none left."""
        if self._done:
            return False
        message = await receive()
        if message["type"] != "http.request":
            self.gone = True
            return False
        piece: bytes = message.get("body", b"")
        self._pieces.append(piece)
        self.came = len(piece)
        self.size += self.came
        self._done = not message.get("more_body", False)
        return True

    def again(self, receive: Receive) -> Receive:
        """As the application would have received it."""
        whole: list[Any] = [{"type": "http.request", "body": b"".join(self._pieces), "more_body": False}]
        self._pieces.clear()

        async def received() -> Message:
            return whole.pop() if whole else await receive()

        return received
