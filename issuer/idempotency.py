"""The Idempotency-Key of requests that change something: the same request again is answered again, and does nothing.

    return once(request, asked.caller, sent, lambda: (201, {"number": 7}))

The key is the caller's own name for a request (draft-ietf-httpapi-idempotency-key-header-07). It is optional; without
it a request is done as it comes. Another request under a known key is refused. Answers are kept, refusals are not: who
corrects a request may use its key again. While one process does a request, another refuses the same, and answers it
once it is done (section 2.6). What an answer shows only once (the secret of a key) is not kept with it: `kept` leaves
it out.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from issuer.access import Caller
from issuer.api_errors import IdempotencyKeyReused, RequestRefused, RequestUnderWay
from issuer.entry import NO_STORE, media_type_of
from issuer.errors import StoreUnavailable
from issuer.services import Services, services_of
from issuer.store import answered
from issuer.store.answered import Answer


class _Turns:
    """Within one process the second of two same requests waits for the first, and no other does. Between processes it
    is refused (`store.answered.begin`): to wait there would be to ask the database again and again."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._taken: dict[tuple[int, str], tuple[threading.Lock, list[None]]] = {}

    @contextmanager
    def wait(self, api_key: int, idempotency_key: str) -> Iterator[None]:
        name = (api_key, idempotency_key)
        with self._looking:
            turn, waiting = self._taken.setdefault(name, (threading.Lock(), []))
            waiting.append(None)
        try:
            with turn:
                yield
        finally:
            with self._looking:
                waiting.pop()
                if not waiting:
                    del self._taken[name]


_turns = _Turns()


def once(
    request: Request,
    caller: Caller,
    sent: bytes,
    do: Callable[[], tuple[int, Any]],
    *,
    kept: Callable[[Any], Any] = lambda value: value,
) -> Response:
    """The answer of `do`, a status and what becomes JSON; or the one that was given before, as `kept` left it.

    Raises `RequestRefused`, `IdempotencyKeyReused`, `RequestUnderWay`, and what `do` raises."""
    key = request.headers.get("idempotency-key")
    if key is None or caller.api_key is None:
        return _response(*_told(*do()))
    services = services_of(request)
    limit = services.config.limits.idempotency_key_length.value
    if not 0 < len(key) <= limit:
        raise RequestRefused("The Idempotency-Key has 1 to {limit} characters.", limit=limit)
    asked = f"{request.method} {request.url.path}?{request.url.query} {media_type_of(request)}\n"
    digest = hashlib.sha256(asked.encode() + sent).digest()
    with _turns.wait(caller.api_key, key):
        began = services.now()
        known = _answered_or_begun(services, caller.api_key, key, began)
        if known is None:
            with _ended_when_it_fails(services, caller.api_key, key, began):
                status, value = do()
                answer = Answer(digest, *_told(status, kept(value)))
                with services.database.write() as tx:
                    known = answered.keep(tx, caller.api_key, key, answer, at=services.now())
                    answered.end(tx, caller.api_key, key, began=began)
            if known is answer:
                return _response(*_told(status, value))
    if known.request_digest != digest:
        raise IdempotencyKeyReused("It came before, with another request.")
    return _response(known.status, known.content)


def _answered_or_begun(services: Services, api_key: int, key: str, at: datetime) -> Answer | None:
    """What it was answered; None when it is ours to do. Raises `RequestUnderWay`."""
    patience = timedelta(seconds=services.config.limits.idempotency_patience.value)
    with services.database.write() as tx:
        known = answered.find(tx, api_key, key)
        if known is None and not answered.begin(tx, api_key, key, at=at, given_up=at - patience):
            raise RequestUnderWay("Another process is doing this very request.", hint="Send it again in a moment.")
    return known


@contextmanager
def _ended_when_it_fails(services: Services, api_key: int, key: str, began: datetime) -> Iterator[None]:
    """So that it may be sent again at once. A process that dies leaves it to the patience of the others."""
    try:
        yield
    except Exception:
        with suppress(StoreUnavailable), services.database.write() as tx:
            answered.end(tx, api_key, key, began=began)
        raise


def _told(status: int, value: Any) -> tuple[int, bytes]:
    return status, json.dumps(value, ensure_ascii=False).encode()


def _response(status: int, content: bytes) -> Response:
    return Response(content, status, media_type="application/json", headers=NO_STORE)
