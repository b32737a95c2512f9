"""Too much of what everybody may ask for leaves room for those who sign and decide."""

import threading
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, generate_latest
from starlette.responses import PlainTextResponse

from issuer.app import create_app, wire
from issuer.crowd import Crowd, _shows_a_key
from issuer.downloads import FORMS
from issuer.errors import TooBusy
from issuer.measured import Measured
from issuer.turns import RETRY_AFTER, Turns
from tests.issuer.installation import Installation, earned
from tests.verifier.test_admission import in_a_thread


def test_a_few_at_once_a_few_wait_and_the_others_are_told() -> None:
    turns = Turns(at_once=1, waiting=1, patience=60)
    waited: list[str] = []

    def wait() -> None:
        with turns.taken():
            waited.append("served")

    with turns.taken():
        waiting = threading.Thread(target=wait)
        waiting.start()
        while turns._line._value:
            pass
        with pytest.raises(TooBusy):
            turns.taken().__enter__()
        assert waited == []
    waiting.join(60)
    assert waited == ["served"]
    with turns.taken():
        pass


def test_nobody_waits_longer_than_patience() -> None:
    turns = Turns(at_once=1, waiting=1, patience=0.05)
    with turns.taken(), pytest.raises(TooBusy):
        turns.taken().__enter__()
    with turns.taken():
        pass


def test_what_is_drawn_takes_turns_and_what_is_only_given_out_does_not() -> None:
    assert {name for name, form in FORMS.items() if form.drawn} == {"pdf", "png", "svg"}


def test_who_finds_no_turn_is_told_when_to_come_again(awarded: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    share_id = awarded.certificates()[0].share_id
    monkeypatch.setattr(awarded.services.downloads, "_turns", Turns(at_once=1, waiting=0, patience=0.01))
    with awarded.client() as client, awarded.services.downloads._turns.taken():
        refused = client.get(f"/credentials/{share_id}.pdf")
        assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (429, "too-busy")
        assert int(refused.headers["retry-after"]) == RETRY_AFTER
        assert client.get(f"/credentials/{share_id}.json").status_code == 200
    with awarded.client() as client:
        assert client.get(f"/credentials/{share_id}.svg").status_code == 200


def test_strangers_leave_room_for_those_with_a_key() -> None:
    answers: list[int] = []

    async def everything() -> None:
        go_on = anyio.Event()

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            await go_on.wait()
            await PlainTextResponse("done")(scope, receive, send)

        crowd = Crowd(slow, at_once=2, refused=lambda request: PlainTextResponse("crowded", 429))

        async def ask(path: str, *headers: tuple[bytes, bytes]) -> None:
            async def send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    answers.append(message["status"])

            await crowd({"type": "http", "path": path, "method": "GET", "headers": headers}, None, send)  # type: ignore[arg-type]

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, "/")
            tasks.start_soon(ask, "/")
            await anyio.wait_all_tasks_blocked()
            await ask("/")
            assert answers == [429]
            tasks.start_soon(ask, "/health/ready")
            tasks.start_soon(ask, "/organizations/duke", (b"authorization", b"Bearer x"))
            await anyio.wait_all_tasks_blocked()
            assert answers == [429]
            tasks.start_soon(ask, "/credentials/a", (b"authorization", b"Bearer x"))
            await anyio.wait_all_tasks_blocked()
            assert answers == [429, 429]
            go_on.set()
        await ask("/")

    in_a_thread(everything)
    assert answers == [429, 429, 200, 200, 200, 200, 200]


def test_keys_count_wherever_they_are_looked_at_and_nowhere_else(school: Installation) -> None:
    shown = [(b"authorization", b"Bearer x")]
    told = create_app(school.services).openapi()["paths"]
    operations = [
        (path, method.upper(), bool(one.get("security"))) for path, of in told.items() for method, one in of.items()
    ]
    assert {keyed for _, _, keyed in operations} == {True, False}
    for path, method, keyed in operations:
        counts = _shows_a_key({"path": path, "method": method, "headers": shown})
        # Open in spite of it: a DID document, and a webhook, which knows its sender by a signature.
        assert counts == keyed or path in ("/organizations/{slug}/did.json", "/webhooks/{webhook}"), (method, path)


@pytest.fixture
def measured() -> Measured:
    return Measured(CollectorRegistry())


def test_what_is_counted(school: Installation, measured: Measured) -> None:
    school.record(*earned())
    services = wire(school.home, environ=school.environ, now=lambda: school.now, watch=measured)
    measured.look_at(services.database, clock=iter(range(0, 10_000, 100)).__next__)
    school.decide()
    services.issuance().issue_due()
    first = school.certificates()[0]
    services.status_lists.current(school.list_of(first))
    told = generate_latest(measured.registry).decode()
    assert 'testamur_issuer_certificates_total{kind="course"}' in told
    assert "testamur_issuer_status_lists_signed_total 1.0" in told
    assert 'testamur_issuer_outbox_waiting{state="due"}' in told
    signed = next(line for line in told.splitlines() if line.startswith("testamur_issuer_signing_seconds_count"))
    assert float(signed.split()[-1]) > 1
    assert first.share_id not in told
    assert "Ana" not in told
    assert "example.org" not in told
    services.database.close()


def test_many_addresses_are_few_labels(school: Installation, measured: Measured) -> None:
    app = create_app(school.services, meter=measured.requests)
    with TestClient(app) as client:

        def ask(turn: int) -> None:
            for path in (
                "credentials/a{}",
                "credentials/a{}.pdf",
                "a{}",
                "learners/a{}",
                "organizations/a{}/cohorts/1",
            ):
                client.get("/" + path.format(turn))

        ask(0)
        before = len(generate_latest(measured.registry).splitlines())
        for turn in range(1, 10):
            ask(turn)
        assert len(generate_latest(measured.registry).splitlines()) == before
