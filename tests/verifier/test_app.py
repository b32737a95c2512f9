"""The verifier's HTTP interface: one set of routes, a page for people and JSON for programs, and no 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.simulators import DID, World
from tests.vc.samples import HOST, NOW, course, specialization
from verifier import submission
from verifier.app import create_app
from verifier.config import Settings
from verifier.fetch import HttpFetch
from verifier.issuer_lists import Source

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = create_app(Settings(max_upload=200_000), fetch=lambda: world)
    app.state.now = lambda: NOW
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_link(client: TestClient, world: World) -> None:
    world.issue(course(world.signer))
    answer = client.get("/verify", params={"url": f"{HOST}/credentials/toolbox"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["verdict"] == "accepted"


def test_the_qr_code_leaves_colons_and_slashes_as_they_are(client: TestClient, world: World) -> None:
    world.issue(course(world.signer))
    assert client.get(f"/verify?url={HOST}/credentials/toolbox").json()["verdict"] == "accepted"


def test_a_raw_body_and_both_kinds_of_form(client: TestClient, world: World) -> None:
    data = world.issue(course(world.signer))
    assert client.post("/verify", content=data).json()["verdict"] == "accepted"
    assert client.post("/verify", files={"file": ("x.bin", data)}).json()["verdict"] == "accepted"
    assert client.post("/verify", data={"text": data.decode()}).json()["verdict"] == "accepted"
    # a browser sends the empty file field beside the text
    both = client.post("/verify", files={"file": ("", b"")}, data={"text": data.decode()})
    assert both.json()["verdict"] == "accepted"


def test_a_form_without_files_is_small(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "MAX_URLENCODED", 1_000)
    form = {"Content-Type": "Application/X-WWW-Form-Urlencoded; charset=utf-8"}
    assert problem(client.post("/verify", content=b"text=" + b"%41" * 400, headers=form), 413, "#too-large")
    problem(client.post("/verify", content=b"a=1&" * 400, headers=form), 413, "#too-large")
    problem(client.post("/verify", content=b"a=1&" * 200, headers=form), 400, "#unreadable-form")


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode", "utf-7", "unicode_escape", "nonsense"])
@pytest.mark.parametrize("path", ["/verify", "/verify/batch"])
def test_a_form_in_a_charset_that_is_none(client: TestClient, path: str, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA-\\ud800 xn--\xff\r\n--x--\r\n'
    form = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    for accept in ("application/json", "text/html", "text/csv"):
        assert client.post(path, content=body, headers=form | {"Accept": accept}).status_code < 500


def test_pages_for_people(client: TestClient, world: World) -> None:
    data = world.issue(specialization(world.signer))
    answer = client.post("/verify", content=data, headers=HTML)
    assert answer.headers["content-type"].startswith("text/html")
    assert "Genuine" in answer.text
    assert "Course number 1" in answer.text
    world.revoke(8, "grade corrected")
    page = client.post("/verify", content=data, headers=HTML).text
    assert "Not genuine" in page
    assert "grade corrected" in page
    assert "1 March 2026" in page
    world.down = True
    assert "Cannot tell yet" in client.post("/verify", content=data, headers=HTML).text


def test_the_page_speaks_the_readers_language(client: TestClient, world: World) -> None:
    data = world.issue(course(world.signer))
    page = client.post("/verify", content=data, headers=HTML | {"Accept-Language": "es"}).text
    assert '<html lang="es"' in page


def test_trust_is_chosen_by_the_reader(client: TestClient, world: World) -> None:
    data = world.issue(course(world.signer))
    assert client.post("/verify?trust=known", content=data).json()["verdict"] == "undetermined"
    assert client.post("/verify", data={"text": data.decode(), "trust": "known"}).json()["verdict"] == "undetermined"
    assert client.post("/verify", data={"text": "x", "trust": "blind"}).status_code == 400
    assert client.get("/verify", params={"url": HOST, "trust": "blind"}).status_code == 400


def test_known_issuers_are_read_from_lists(world: World) -> None:
    listed = json.dumps({"issuers": [{"id": DID, "name": "Our partner"}]}).encode()
    settings = Settings(trust="known", lists=(Source("partners.json", content=listed),))
    app = create_app(settings, fetch=lambda: world)
    app.state.now = lambda: NOW
    with TestClient(app) as client:
        report = client.post("/verify", content=world.issue(course(world.signer))).json()
    assert report["verdict"] == "accepted"
    assert "stands in the list partners.json as Our partner" in json.dumps(
        report["credential"]["issuer"]["trust_lines"]
    )


def test_whoever_asks_may_say_whose_it_should_be(client: TestClient, world: World) -> None:
    data = world.issue(course(world.signer))
    wrong = "somebody.else@example.org"

    def subject(answer: Any) -> str:
        found = {check["name"]: check["outcome"] for check in answer.json()["checks"]}
        return str(found["subject"])

    link = {"url": f"{HOST}/credentials/toolbox"}
    assert subject(client.post("/verify", content=data)) != subject(
        client.post("/verify", data={"text": data.decode(), "recipient": wrong})
    )
    for answer in (
        client.post("/verify", data={"text": data.decode(), "recipient": wrong}),
        client.post("/verify", params={"recipient": wrong}, content=data),
        client.get("/verify", params=link | {"recipient": wrong}),
    ):
        assert (answer.json()["verdict"], subject(answer)) == ("rejected", "failed")
    assert client.post("/verify", data={"text": "x", "recipient": "x" * 321}).status_code == 400
    assert client.get("/verify", params=link | {"recipient": "x" * 321}).status_code == 400


def problem(answer: Any, status: int, end: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"].endswith(end), body
    assert body["status"] == status
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Accept, Accept-Language")
    return body


def test_problems_have_a_stable_type_and_say_what_to_do(client: TestClient) -> None:
    assert "Choose a file" in problem(client.post("/verify"), 400, "#nothing-given")["detail"]
    problem(client.get("/verify"), 400, "#nothing-given")
    problem(client.post("/verify", content=b"x" * 200_001), 413, "#too-large")
    problem(
        client.post("/verify", content=b"no", headers={"Content-Type": "multipart/form-data; boundary=x"}),
        400,
        "#unreadable-form",
    )
    problem(client.post("/verify", content=b"no", headers={"Content-Type": "multipart/form-data"}), 400, "-form")
    problem(client.get("/nothing"), 404, "about:blank")
    refused = client.delete("/verify")
    problem(refused, 405, "about:blank")
    assert refused.headers["allow"]


def test_problems_are_pages_for_people(client: TestClient) -> None:
    for answer, status in (
        (client.get("/nothing", headers=HTML), 404),
        (client.post("/verify", headers=HTML), 400),
        (client.post("/verify", content=b"x" * 200_001, headers=HTML), 413),
    ):
        assert answer.status_code == status
        assert "<h1" in answer.text


def test_an_unexpected_error_is_a_bare_500_with_a_number(
    client: TestClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(url: str, accept: str | None = None) -> Any:
        raise RuntimeError("the secret is 42")

    world.get = broken  # type: ignore[method-assign]  # breaks the seam on purpose
    answer = client.get("/verify", params={"url": HOST})
    body = problem(answer, 500, "#unexpected")
    assert "secret" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    number = body["detail"].rstrip(".")[-12:]
    assert number.isalnum()
    assert number in caplog.text
    assert "RuntimeError\n" in caplog.text
    assert "secret" not in caplog.text, "it might be a person's"
    with TestClient(client.app) as strict:  # the server, which would write down all of it, never sees it
        assert strict.get("/verify", params={"url": HOST}).status_code == 500


def test_every_page_has_its_security_headers(client: TestClient) -> None:
    for path in ("/", "/docs", "/verify", "/nothing", "/health", "/openapi.json", "/static/style.css"):
        headers = client.get(path, headers=HTML).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_link_checkers_get_an_answer_and_cost_nothing(client: TestClient, world: World) -> None:
    answer = client.head("/verify", params={"url": f"{HOST}/credentials/toolbox"})
    assert (answer.status_code, answer.content, world.asked) == (200, b"", [])
    assert client.head("/").status_code == 200


def test_what_is_verified_is_not_kept_by_caches(client: TestClient, world: World) -> None:
    assert client.post("/verify", content=world.issue(course(world.signer))).headers["cache-control"] == "no-store"


def test_the_document_of_the_service(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/verify", "/health"} <= set(paths)
    assert set(paths["/verify"]["get"]["responses"]) == {"200", "4XX"}, "problems are problem details, and never 422"
    assert "Verifies" in client.get("/docs").text


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b"{}",
        b"https://",
        b"http://a b/",
        b"javascript:alert(1)",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"<svg/>",
        b"a.b.c",
        b"[" * 10_000,
        json.dumps({"@context": []}).encode(),
        json.dumps({"@context": ["https://www.w3.org/ns/credentials/v2"], "proof": []}).encode(),
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_nothing_that_is_handed_in_is_an_error_of_ours(client: TestClient, data: bytes) -> None:
    for headers in ({}, HTML):
        answer = client.post("/verify", content=data, headers=headers)
        assert answer.status_code == 200, answer.text
    assert client.post("/verify", content=data).json()["verdict"] in ("rejected", "undetermined")


@pytest.mark.parametrize("url", ["ftp://a.example", "file:///etc/passwd", "https://u:p@a.example", "x" * 1_999, " "])
def test_odd_links(client: TestClient, url: str) -> None:
    assert client.get("/verify", params={"url": url}).status_code in (200, 400)


def test_a_hostile_name_is_only_text(client: TestClient, world: World) -> None:
    credential = course(world.signer)
    credential["credentialSubject"]["identifier"][0]["identityHash"] = "<script>alert(1)</script>\u202egnp"
    credential["name"] = "{{7*7}}{x}"
    page = client.post("/verify", content=world.issue(credential), headers=HTML).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "\u202e" not in page
    assert "U+202E" in page


def test_whose_it_should_be_is_compared(client: TestClient, world: World) -> None:
    file = {"file": ("badge.json", world.issue(course(world.signer)), "application/json")}
    for recipient, verdict in (("zoe@example.org", "accepted"), ("max@example.org", "rejected"), ("", "accepted")):
        answer = client.post("/verify", files=file, data={"recipient": recipient})
        assert answer.json()["verdict"] == verdict


def test_it_says_whether_it_lives_and_whether_it_is_ready() -> None:
    app = create_app(Settings(), fetch=HttpFetch)
    with TestClient(app) as client:
        assert client.get("/health/live").json() == {"status": "ok"}
        ready = {"status": "ok", "workers": "ok", "service": "ok"}
        assert client.get("/health").json() == client.get("/health/ready").json() == ready
        app.state.drain.begin()
        stopping = client.get("/health/ready")
        assert (stopping.status_code, stopping.json()["service"]) == (503, "unavailable")
        assert client.get("/health/live").status_code == 200
        assert client.post("/verify", content=b"{}").json()["type"].endswith("#stopping")
