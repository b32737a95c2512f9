"""The same request again is answered again; at the same time it waits for the first, and for no other."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import Request

from issuer.access import Caller
from issuer.api_errors import IdempotencyKeyReused, RequestRefused
from issuer.api_keys import caller_of, create
from issuer.app import create_app
from issuer.errors import TransitionRefused
from issuer.idempotency import _turns, once
from tests.issuer.installation import NOW, Installation


@pytest.fixture
def caller(school: Installation) -> Caller:
    _, text = create(school.database, name="Rita", role="registrar", organization="school", now=NOW)
    return caller_of(school.database, text)


@pytest.fixture
def ask(school: Installation, caller: Caller) -> Callable[..., Any]:
    app = create_app(school.services)

    def send(do: Callable[[], tuple[int, Any]], key: str | None = "k", sent: bytes = b"{}", **choices: Any) -> Any:
        headers = [] if key is None else [(b"idempotency-key", key.encode())]
        scope = {"type": "http", "method": "POST", "path": "/x", "headers": headers, "app": app, "query_string": b""}
        answer = once(Request(scope | {"server": ("localhost", 80), "scheme": "http"}), caller, sent, do, **choices)
        return json.loads(answer.body)

    return send


def counting() -> tuple[list[int], Callable[[], tuple[int, Any]]]:
    done: list[int] = []

    def do() -> tuple[int, Any]:
        done.append(len(done))
        return 201, {"number": len(done), "secret": "s"}

    return done, do


def test_with_a_key_it_is_done_once(ask: Callable[..., Any]) -> None:
    done, do = counting()
    assert ask(do) == ask(do) == {"number": 1, "secret": "s"}
    assert ask(do, "other")["number"] == 2
    assert len(done) == 2


def test_without_a_key_it_is_done_as_it_comes(ask: Callable[..., Any]) -> None:
    _, do = counting()
    assert (ask(do, None)["number"], ask(do, None)["number"]) == (1, 2)


def test_another_request_under_the_key_is_refused(ask: Callable[..., Any]) -> None:
    done, do = counting()
    ask(do)
    with pytest.raises(IdempotencyKeyReused):
        ask(do, sent=b'{"other": 1}')
    assert len(done) == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_a_length(ask: Callable[..., Any], key: str) -> None:
    with pytest.raises(RequestRefused, match="1 to 255"):
        ask(counting()[1], key)


def test_what_is_shown_once_is_not_kept(ask: Callable[..., Any]) -> None:
    _, do = counting()
    leave_out = {"kept": lambda value: value | {"secret": None}}
    assert ask(do, **leave_out) == {"number": 1, "secret": "s"}
    assert ask(do, **leave_out) == {"number": 1, "secret": None}


def test_a_refusal_is_not_kept(ask: Callable[..., Any]) -> None:
    def refuse() -> tuple[int, Any]:
        raise TransitionRefused("no")

    _, do = counting()
    with pytest.raises(TransitionRefused):
        ask(refuse)
    assert ask(do)["number"] == 1


def test_two_same_requests_at_once_are_done_once(ask: Callable[..., Any]) -> None:
    done, do = counting()
    started = threading.Event()

    def slowly() -> tuple[int, Any]:
        started.set()
        until_two_wait()
        return do()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, slowly)
        started.wait(10)
        again = pool.submit(ask, slowly)
        assert first.result() == again.result() == {"number": 1, "secret": "s"}
    assert len(done) == 1
    assert _turns._taken == {}


def until_two_wait() -> None:
    """Until two have asked for their turn; ten seconds at most."""
    for _ in range(1_000):
        if any(len(waiting) == 2 for _, waiting in list(_turns._taken.values())):
            return
        time.sleep(0.01)
    raise TimeoutError


def test_other_requests_do_not_wait(ask: Callable[..., Any]) -> None:
    """Both are under way at the same time, or the barrier breaks."""
    together = threading.Barrier(2, timeout=20)

    def do() -> tuple[int, Any]:
        together.wait()
        return 200, {}

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask, do, key) for key in ("a", "b")]
        assert [one.result() for one in both] == [{}, {}]
