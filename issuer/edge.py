"""What every answer has in common: security headers, HEAD as a GET without a body, and no error that escapes.

A plain ASGI layer around the whole application, so that it also covers what the framework answers by itself.
"""

import logging
import secrets
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from templates.headers import headers

log = logging.getLogger("issuer")

HEADERS = headers()

Unexpected = Callable[[Request, str], Response]
"""Makes the answer to an unknown error, given the id under which the log has it."""


class Edge:
    def __init__(self, app: ASGIApp, unexpected: Unexpected) -> None:
        self._app = app
        self._unexpected = unexpected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            elif message["type"] == "http.response.body" and head:
                message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
            await send(message)

        inner = {**scope, "method": "GET"} if head else {**scope}
        # No record's name holds U+0000, and not every database can be asked for one that does.
        inner["path"] = scope["path"].replace("\0", "\ufffd")
        try:
            try:
                await self._app(inner, receive, guarded)
            finally:
                scope.update({name: inner[name] for name in ("route", "root_path") if name in inner})
        except Exception as error:
            identifier = secrets.token_hex(6)
            log.error("unexpected error %s", identifier, exc_info=error)
            if not started:
                await self._unexpected(Request(inner), identifier)(inner, receive, guarded)
