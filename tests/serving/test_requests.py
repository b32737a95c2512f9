"""Each request has a number, is counted under few names, and is one line that says nothing of anybody."""

import io
import logging

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from serving.drain import LAST, LIMIT, NOTICE, Drain
from serving.meter import Meter
from serving.requests import Requests, number_of, unnumbered
from tests.serving.conftest import lines


def _there(request: Request) -> Response:
    logging.getLogger("issuer").warning("something about it")
    request.scope["route"] = Route("/people/{name}", _there)  # as FastAPI says which it was
    return JSONResponse({"number": number_of(request.scope), "anew": number_of(unnumbered(request).scope)})


class Service:
    def __init__(self) -> None:
        self.drain = Drain()
        self.registry = CollectorRegistry()
        self.app = Starlette(routes=[Route("/people/{name}", _there), Route("/health/ready", _there)])
        self.app.add_middleware(
            Requests,
            meter=Meter(self.registry),
            drain=self.drain,
            refused=lambda request: PlainTextResponse("stopping", 503),
            clock=iter(range(1_000_000)).__next__,
            doors=("/door",),
        )
        self.client = TestClient(self.app)

    @property
    def numbers(self) -> str:
        return generate_latest(self.registry).decode()


@pytest.fixture
def service() -> Service:
    return Service()


def test_a_callers_number_is_used_when_it_has_the_form_of_one(service: Service) -> None:
    for good in ("0123456789abcdef", "0123ABCD", "01234567-89ab-cdef-0123-456789abcdef"):
        answer = service.client.get("/people/ana", headers={"X-Request-Id": good})
        assert answer.headers["x-request-id"] == answer.json()["number"] == good.lower()
        assert answer.json()["anew"] == ""


@pytest.mark.parametrize("odd", ["", "ana@example.org", "Ana", "0123", "a" * 33, "0" * 64, "-" * 36, "abcd efgh"])
def test_anything_else_gets_a_new_one(service: Service, odd: str) -> None:
    answers = [service.client.get("/people/ana", headers={"X-Request-Id": odd}) for _ in range(2)]
    numbers = {answer.headers["x-request-id"] for answer in answers}
    assert len(numbers) == 2
    assert all(len(number) == 32 and number != odd for number in numbers)


def test_a_request_is_one_line_that_names_its_route_and_nobody(service: Service, written: io.StringIO) -> None:
    service.client.get("/people/ana?mail=ana@example.org", headers={"X-Request-Id": "0" * 8})
    service.client.get("/ana")
    said, request, unknown = lines(written)
    assert (said["event"], said["logger"], said["request_id"]) == ("something about it", "issuer", "0" * 8)
    assert request.pop("time")
    assert request == {
        "event": "request",
        "level": "info",
        "logger": "requests",
        "method": "GET",
        "ms": 1000.0,
        "request_id": "0" * 8,
        "route": "/people/{name}",
        "status": 200,
    }
    assert (unknown["route"], unknown["status"]) == ("(none)", 404)
    assert "ana" not in written.getvalue()


def test_an_error_is_written_down_without_its_text(written: io.StringIO) -> None:
    log = logging.getLogger("issuer")
    try:
        try:
            raise KeyError("ana@example.org")
        except KeyError as error:
            raise ValueError("Ana Anić") from error
    except ValueError:
        log.exception("unexpected")
    (line,) = lines(written)
    assert line["event"] == "unexpected"
    assert line["error"].splitlines()[0] == "ValueError"
    assert "KeyError" in line["error"]
    assert __file__ in line["error"]
    assert "Ana" not in written.getvalue()
    assert "example.org" not in written.getvalue()


def test_libraries_are_heard_from_warnings_on(written: io.StringIO) -> None:
    logging.getLogger("somebody.elses").info("ana")
    logging.getLogger("somebody.elses").warning("a warning")
    assert [line["event"] for line in lines(written)] == ["a warning"]


def test_labels_are_few_whatever_strangers_send(service: Service) -> None:
    for turn in range(50):
        service.client.get(f"/people/{turn}")
        service.client.get(f"/nothing/{turn}", headers={"X-Request-Id": f"{turn:08d}"})
        service.client.request(f"ODD{turn}", f"/{turn}")
    service.client.get("/door")
    told = [line for line in service.numbers.splitlines() if line.startswith("testamur_http_requests_total{")]
    assert len(told) == 4
    assert {line.rpartition(" ")[0].partition("{")[2] for line in told} == {
        'method="GET",route="/people/{name}",status="200"}',
        'method="GET",route="(none)",status="404"}',
        'method="(other)",route="(none)",status="404"}',
        'method="GET",route="/door",status="404"}',
    }
    assert 'testamur_http_request_seconds_count{route="/people/{name}"} 50.0' in service.numbers


def test_nothing_is_begun_while_the_service_stops(service: Service) -> None:
    assert "connection" not in service.client.get("/people/ana").headers
    service.drain.begin()
    refused = service.client.get("/people/ana")
    assert (refused.status_code, refused.text) == (503, "stopping")
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["connection"] == "close"
    ready = service.client.get("/health/ready")
    assert (ready.status_code, ready.headers["connection"]) == (200, "close"), "left to the service, which says no"


def test_when_the_sockets_may_close() -> None:
    drain = Drain()
    assert not drain.done(NOTICE / 2)
    assert drain.done(NOTICE)
    with drain.request():
        assert not drain.done(LIMIT + LAST / 2)
        assert drain.done(LIMIT + LAST)
    assert drain.done(NOTICE)
