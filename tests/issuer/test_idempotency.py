"""The same request again is answered again; at the same time it waits for the first, and for no other; of another
process it is refused meanwhile."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI, Request
from sqlalchemy import select

from issuer import idempotency
from issuer.access import Caller
from issuer.api_errors import IdempotencyKeyReused, RequestRefused, RequestUnderWay
from issuer.api_keys import caller_of, create
from issuer.app import create_app, wire
from issuer.errors import TransitionRefused
from issuer.idempotency import _Turns, _turns, once
from issuer.store.office_tables import under_way
from tests.issuer.installation import NOW, Installation, PowerCut


@pytest.fixture
def caller(school: Installation) -> Caller:
    _, text = create(school.database, name="Rita", role="registrar", organization="school", now=NOW)
    return caller_of(school.database, text)


@pytest.fixture
def ask(school: Installation, caller: Caller) -> Callable[..., Any]:
    app = create_app(school.services)

    def send(do: Callable[[], tuple[int, Any]], key: str | None = "k", sent: bytes = b"{}", **choices: Any) -> Any:
        return json.loads(once(request(app, key), caller, sent, do, **choices).body)

    return send


def request(app: FastAPI, key: str | None = "k") -> Request:
    headers = [] if key is None else [(b"idempotency-key", key.encode())]
    scope = {"type": "http", "method": "POST", "path": "/x", "headers": headers, "app": app, "query_string": b""}
    return Request(scope | {"server": ("localhost", 80), "scheme": "http"})


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


# --- another process ------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(school: Installation, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The same request to another process, which knows nothing of whose turn it is in this one."""
    app = create_app(wire(school.home, environ=school.environ, now=lambda: school.now))

    def send(do: Callable[[], tuple[int, Any]]) -> Any:
        with monkeypatch.context() as other:
            other.setattr(idempotency, "_turns", _Turns())
            return json.loads(once(request(app), caller, b"{}", do).body)

    return send


@pytest.mark.both_databases
def test_while_one_process_does_it_another_refuses_it_and_answers_it_then(
    ask: Callable[..., Any], elsewhere: Callable[..., Any]
) -> None:
    done, do = counting()

    def slowly() -> tuple[int, Any]:
        with pytest.raises(RequestUnderWay):
            elsewhere(do)
        return do()

    assert ask(slowly) == elsewhere(do) == {"number": 1, "secret": "s"}
    assert len(done) == 1


def test_what_failed_in_one_process_may_be_asked_of_another_at_once(
    ask: Callable[..., Any], elsewhere: Callable[..., Any]
) -> None:
    def refuse() -> tuple[int, Any]:
        raise TransitionRefused("no")

    with pytest.raises(TransitionRefused):
        ask(refuse)
    assert elsewhere(counting()[1])["number"] == 1


def test_what_a_process_that_died_had_begun_is_done_after_a_while(
    school: Installation, ask: Callable[..., Any], elsewhere: Callable[..., Any]
) -> None:
    def die() -> tuple[int, Any]:
        raise PowerCut("in the middle")

    with pytest.raises(PowerCut):
        ask(die)
    school.later(seconds=school.config.limits.idempotency_patience.value)
    with pytest.raises(RequestUnderWay):
        elsewhere(counting()[1])
    school.later(seconds=1)
    assert elsewhere(counting()[1])["number"] == 1
    assert ask(counting()[1])["number"] == 1
    with school.database.read() as tx:
        assert tx.execute(select(under_way)).all() == []
