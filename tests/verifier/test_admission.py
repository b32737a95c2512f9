"""The front door: no is said before anything is read, and neither many nor slow uploads fill the memory."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from verifier import admission
from verifier.admission import Admission

NOTHING = (0, b"")  # when nothing is answered


class Inside:
    """An application that says how much it got, and the door before it."""

    def __init__(self, full: Callable[[int], bool] = lambda size: False) -> None:
        self.seen: list[int] = []
        self.door = Admission(
            self.app,
            limits={"/work": 100},
            full=full,
            refused=lambda request: PlainTextResponse("busy", 429),
            too_large=lambda request: PlainTextResponse("large", 413),
        )

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        body = await Request(scope, receive).body()
        self.seen.append(len(body))
        await Response(body)(scope, receive, send)

    async def ask(
        self, pieces: list[Any], path: str = "/work", method: str = "POST", **headers: str
    ) -> tuple[int, bytes]:
        sent: list[Any] = []
        lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": lines}

        async def receive() -> Any:
            piece = pieces.pop(0)
            if isinstance(piece, float):
                await anyio.sleep(piece)
                piece = b""
            if piece is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.door(scope, receive, send)
        if not sent:
            return NOTHING
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Runs a coroutine function: the browser tests of the same process leave a loop in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, work).result()


def run(inside: Inside, *arguments: Any, **more: Any) -> tuple[int, bytes]:
    async def asked() -> tuple[int, bytes]:
        return await inside.ask(*arguments, **more)

    answer: tuple[int, bytes] = in_a_thread(asked)
    return answer


def test_a_body_arrives_whole() -> None:
    assert run(Inside(), [b"ab", b"", b"c"]) == (200, b"abc")
    assert run(Inside(), [b""]) == (200, b"")


def test_when_all_places_are_taken_nothing_is_read() -> None:
    pieces = [b"ab"]
    inside = Inside(full=lambda size: True)
    assert run(inside, pieces) == (429, b"busy")
    assert pieces == [b"ab"]
    assert run(inside, [b"ab"], path="/") == (200, b"ab")
    assert run(inside, [b""], method="HEAD") == (200, b"")
    assert run(Inside(full=lambda size: size > 5), [b"a"], content_length="6") == (429, b"busy")
    assert run(Inside(full=lambda size: size > 5), [b"abcdef"]) == (429, b"busy"), "a length that was not claimed"


def test_what_is_too_large_is_noticed_before_and_while_it_is_read() -> None:
    inside = Inside()
    pieces = [b"ab"]
    assert run(inside, pieces, content_length="101") == (413, b"large")
    assert pieces == [b"ab"]
    assert run(inside, [b"a" * 60, b"a" * 60]) == (413, b"large")
    assert run(inside, [b"a" * 60, b"a" * 60], content_length="7") == (413, b"large")
    assert inside.seen == []
    assert inside.door._held == 0


def test_slow_uploads_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "UPLOAD_SECONDS", 0.05)
    inside = Inside()
    assert run(inside, [b"a", 60.0, b"b"]) == (429, b"busy")
    assert inside.door._held == 0


def test_all_bodies_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "HELD", 120)
    inside = Inside()
    answers: list[tuple[int, bytes]] = []

    async def both() -> None:
        async def one(pieces: list[Any]) -> None:
            answers.append(await inside.ask(pieces))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, [b"a" * 70, 0.1, b"a" * 10])
            tasks.start_soon(one, [b"a" * 70])

    in_a_thread(both)
    assert sorted(status for status, _ in answers) == [200, 429]
    assert inside.door._held == 0


def test_only_so_many_are_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST", 0)
    assert run(Inside(), [b"a"]) == (429, b"busy")


def test_who_leaves_while_sending_is_no_error() -> None:
    inside = Inside()
    assert run(inside, [b"a", None]) == NOTHING
    assert inside.seen == [], "nothing is worked on for them, and nothing written down"
    assert inside.door._inside == 0
    assert inside.door._held == 0
