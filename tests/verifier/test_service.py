"""The verifier as it runs: its own processes, more load than it can bear, and the signal to stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.verifier import odd_worker
from tests.verifier.local_server import Server, say, serving
from verifier import nursery
from verifier.app import create_app
from verifier.config import Settings
from verifier.specimen import SPECIMEN
from verifier.workers import Workers

ROOT = Path(__file__).parents[2]
HTML = {"Accept": "text/html"}


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A service with one worker, which does as it is told, and nobody may wait."""
    monkeypatch.setattr(nursery, "_START", odd_worker.START)
    settings = Settings()
    app = create_app(settings, workers=Workers(settings, quick=1, long=0, waiting=0))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_whoever_finds_no_place_is_told_when_to_come_again(busy: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.workers.MOMENT", 5.0)  # nothing becomes long meanwhile
    answers = {}
    held = threading.Thread(target=lambda: answers.update(first=busy.post("/verify", content=b"{sleep 0.5")))
    workers: Workers = busy.app.state.workers  # type: ignore[attr-defined]  # Starlette's
    held.start()
    while not workers.full(0):
        time.sleep(0.001)
    refused = busy.post("/verify", content=b"{well")
    page = busy.get("/verify?url=https://a.example", headers=HTML)
    health = busy.get("/health")
    held.join()
    assert refused.status_code == page.status_code == 429
    assert int(refused.headers["retry-after"]) == int(page.headers["retry-after"]) > 0
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"].endswith("#busy")
    assert "try again" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert health.status_code == 200
    assert answers["first"].status_code == 200
    assert busy.post("/verify", content=b"{well").status_code == 200


def test_what_takes_long_and_finds_no_long_place_is_refused_too(busy: TestClient) -> None:
    refused = busy.post("/verify", content=b"{sleep 20")
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    assert busy.post("/verify", content=b"x" * 200_000).status_code == 429
    assert busy.post("/verify", content=b"{well").status_code == 200


@pytest.mark.parametrize("data", [b"{die 9", b"{eat", b"{bytes x", b"{break"])
def test_no_end_of_a_worker_is_an_error_of_the_service(busy: TestClient, data: bytes) -> None:
    for headers in ({}, HTML):
        assert busy.post("/verify", content=data, headers=headers).status_code in (200, 429)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def service() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "verifier", "serve", "--port", str(port), "--allow-loopback"],
        cwd=ROOT,
        env=os.environ | {"TESTAMUR_CACHE": ""},
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(url + "/health").close()
            break
        except OSError:
            time.sleep(0.1)
    yield process, url
    process.kill()
    process.wait()


def _children(number: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [child for child, parent in pairs if parent == number]
    return found + [further for child in found for further in _children(child)]


def test_it_stops_when_told_to_and_finishes_what_it_began(service: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = service
    asked, go = threading.Event(), threading.Event()
    answers: list[dict[str, object]] = []

    def slow(connection: socket.socket, path: str) -> None:
        asked.set()
        go.wait(60)
        say(body=SPECIMEN)(connection, path)

    with serving() as issuer:
        issuer.pages["/credential"] = slow
        thread = threading.Thread(target=_verify, args=(url, issuer, answers))
        thread.start()
        assert asked.wait(60)
        started = _children(process.pid)
        assert len(started) >= 3, "a nursery and its workers"
        for number in (process.pid, *started):  # as systemd and a terminal do
            os.kill(number, signal.SIGTERM)
        time.sleep(0.5)
        assert process.poll() is None
        go.set()
        thread.join(60)
    process.wait(60)
    assert answers[0]["verdict"] == "undetermined"
    assert answers[0]["credential"]
    for number in started:
        for _ in range(100):
            try:
                os.kill(number, 0)
            except ProcessLookupError:
                break
            time.sleep(0.1)
        else:
            pytest.fail("a process of the service outlived it")


def _verify(url: str, issuer: Server, answers: list[dict[str, object]]) -> None:
    with urllib.request.urlopen(f"{url}/verify?url={issuer.url}/credential", timeout=60) as answer:
        answers.append(json.load(answer))
