"""The web service: what each address answers, in every form, also to strangers."""

import asyncio
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from issuer import errors, pages, problem_details, protocols
from issuer.app import create_app
from issuer.edge import HEADERS
from issuer.limits import Limit
from issuer.store.credentials import StoredCredential
from templates.typesetting import MissingGlyphs
from tests.issuer.installation import URL, VERIFIER, Installation, PowerCut, earned
from vc import formats
from vc.baking import pdf, png, svg
from vc.dates import parse_datetime
from vc.securing import Expected

HTML = {"Accept": "text/html"}


@pytest.fixture
def client(awarded: Installation) -> Iterator[TestClient]:
    with awarded.client() as client:
        yield client


@pytest.fixture
def program(awarded: Installation) -> StoredCredential:
    return awarded.certificates()[-1]


@pytest.fixture
def path(program: StoredCredential) -> str:
    return f"/credentials/{program.share_id}"


# --- a certificate ---------------------------------------------------------------------------------------------


def test_machines_get_the_exact_bytes_that_were_signed(
    client: TestClient, path: str, program: StoredCredential
) -> None:
    for media_type in ("application/vc", "application/ld+json", "application/json"):
        answer = client.get(path, headers={"Accept": media_type})
        assert (answer.status_code, answer.content) == (200, program.secured)
        assert answer.headers["content-type"] == media_type
        assert "Accept" in answer.headers["vary"]
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*"])
def test_people_get_the_page(client: TestClient, path: str, program: StoredCredential, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"]
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.headers["x-robots-tag"] == "noindex"
    for shown in ("Ana Invenira", "Mini", "Toolbox", "Capstone", "Example School", program.share_id):
        assert shown in answer.text


def test_the_page_speaks_the_readers_language(client: TestClient, path: str) -> None:
    spanish = client.get(path, headers=HTML | {"Accept-Language": "es-MX, en;q=0.5"})
    assert '<html lang="es"' in spanish.text
    assert '<html lang="es"' in client.get(f"{path}?lang=es", headers=HTML).text


def test_the_page_links_every_download_and_linkedin(client: TestClient, path: str, program: StoredCredential) -> None:
    page = client.get(path, headers=HTML).text
    for form in ("pdf", "png", "svg", "json"):
        assert f"{URL}{path}.{form}" in page
    link = next(part.split('"')[0] for part in page.split('href="') if part.startswith("https://www.linkedin.com/"))
    assert parse_qs(urlsplit(link.replace("&amp;", "&")).query, strict_parsing=True) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["Mini"],
        "organizationName": ["Example School"],
        "issueYear": ["2026"],
        "issueMonth": ["6"],
        "certUrl": [URL + path],
        "certId": [program.share_id],
    }
    assert "certUrl=http%3A%2F%2Flocalhost%3A8000%2Fcredentials%2F" in link


def test_what_cannot_be_had_is_406_with_what_can(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "audio/ogg"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "https://testamur.example/problems/issuer#not-acceptable"
    assert "application/vc" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("suffix", "media_type", "unbake"),
    [
        ("json", "application/vc", lambda data: data),
        ("png", "image/png", png.unbake),
        ("svg", "image/svg+xml", svg.unbake),
        ("pdf", "application/pdf", pdf.unbake),
    ],
)
def test_each_download_carries_the_signed_bytes(
    client: TestClient, path: str, program: StoredCredential, suffix: str, media_type: str, unbake: object
) -> None:
    answer = client.get(f"{path}.{suffix}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert f'filename="{program.share_id}.{suffix}"' in answer.headers["content-disposition"]
    assert callable(unbake)
    assert unbake(answer.content) == program.secured
    assert client.get(f"{path}.{suffix}").content == answer.content


def test_the_token_is_the_same_credential_by_the_same_key(
    client: TestClient, path: str, program: StoredCredential, awarded: Installation
) -> None:
    answer = client.get(f"{path}.jwt")
    assert answer.headers["content-type"] == "application/jwt"
    verified = formats.verify(
        formats.read(answer.content),
        dereference=awarded.dereference,
        expected=Expected(now=awarded.now),
    )
    assert verified.mechanism == "JWT EdDSA"
    signed = json.loads(program.secured or b"")
    del signed["proof"]
    assert verified.document == signed


def test_a_form_that_does_not_exist_is_said(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}.docx")
    assert answer.status_code == 404
    assert "no form docx" in answer.json()["detail"]


def test_a_name_that_no_font_can_show_is_said(client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_font(*_: object, **__: object) -> None:
        raise MissingGlyphs("幻")

    monkeypatch.setattr("templates.badge.badge_png", no_font)
    answer = client.get(f"{path}.png")
    assert answer.status_code == 501
    assert answer.json()["type"].endswith("#not-renderable")
    assert "Noto Serif CJK" in answer.json()["detail"]


def test_the_short_link_leads_to_the_verifier(client: TestClient, program: StoredCredential) -> None:
    answer = client.get(f"/v/{program.share_id}", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{VERIFIER}/verify?url={URL}/credentials/{program.share_id}"


@pytest.mark.parametrize(
    ("action", "state"), [("suspend", "suspended"), ("revoke", "revoked"), ("correct", "superseded")]
)
def test_what_no_longer_stands_says_so_and_can_still_be_had(
    awarded: Installation, client: TestClient, path: str, program: StoredCredential, action: str, state: str
) -> None:
    awarded.later(days=1)
    successor = None
    if action == "correct":
        done = awarded.issuance.correct(program.share_id, name="Ana M. Invenira", reason="grade <corrected>")
        successor = f"{URL}/credentials/{done.released[0].share_id}"
    else:
        awarded.change(program, action, "grade <corrected>")  # type: ignore[arg-type]  # a table of words
    page = client.get(path, headers=HTML)
    assert page.status_code == 200
    for said in ("2 June 2026", "grade &lt;corrected&gt;"):
        assert said in page.text
    assert "linkedin.com" not in page.text
    assert client.get(f"{path}/status").json() == {
        "state": state,
        "since": "2026-06-02T12:00:00Z",
        "reason": "grade <corrected>",
        "supersededBy": successor,
        "until": None,
    }
    if successor:
        assert f'href="{successor}"' in page.text
    assert client.get(path, headers={"Accept": "application/vc"}).content == program.secured
    assert png.unbake(client.get(f"{path}.png").content) == program.secured
    assert pdf.unbake(client.get(f"{path}.pdf").content) == program.secured


def test_a_download_drawn_before_a_revocation_is_drawn_again(
    awarded: Installation, client: TestClient, path: str
) -> None:
    before = client.get(f"{path}.pdf").content
    awarded.change(awarded.certificates()[-1], "revoke", "grade corrected")
    assert client.get(f"{path}.pdf").content != before


def test_the_status_that_the_credential_names_is_there(
    client: TestClient, path: str, program: StoredCredential
) -> None:
    entry = json.loads(program.secured or b"{}")["credentialStatus"]
    assert entry["statusReference"] == f"{URL}{path}/status"
    assert client.get(f"{path}/status").json()["state"] == "valid"
    answer = client.get(entry["statusListCredential"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vc")


def test_what_the_credential_names_can_be_opened(client: TestClient, program: StoredCredential) -> None:
    credential = json.loads(program.secured or b"{}")
    achievement = credential["credentialSubject"]["achievement"]
    answer = client.get(achievement["id"]).json()
    assert (answer["id"], answer["name"]) == (achievement["id"], "Mini")
    criteria = client.get(achievement["criteria"]["id"]).json()
    assert criteria["narrative"] == achievement["criteria"]["narrative"]
    for alignment in achievement["alignment"]:
        assert client.get(alignment["targetUrl"]).json()["id"] == alignment["targetUrl"]
    for related in achievement["related"]:
        assert client.get(related["id"]).json()["inLanguage"] == related["inLanguage"]
    for resource in credential["relatedResource"]:
        assert client.get(resource["id"], headers={"Accept": "application/vc"}).status_code == 200


# --- identity and status lists ---------------------------------------------------------------------------------


def test_did_documents_list_the_key(client: TestClient, awarded: Installation) -> None:
    own, schools = awarded.config.key.public, awarded.services.keyring.identity("school").key.multibase
    assert own != schools
    for address, did, public in (
        ("/.well-known/did.json", "did:web:localhost%3A8000", own),
        ("/organizations/school/did.json", "did:web:localhost%3A8000:organizations:school", schools),
        ("/organizations/example-school/did.json", "did:web:localhost%3A8000:organizations:example-school", own),
    ):
        answer = client.get(address)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=300"
        document = answer.json()
        assert document["id"] == did
        assert document["assertionMethod"] == [f"{did}#key-1"]
        assert document["verificationMethod"][0]["publicKeyMultibase"] == public
    assert client.get("/organizations/nobody/did.json").status_code == 404


@pytest.fixture
def listed(awarded: Installation) -> str:
    """The path of the status list."""
    return f"/status/{awarded.list_of(awarded.certificates()[0])}"


def test_a_status_list_is_cacheable_and_changes_at_once(client: TestClient, awarded: Installation, listed: str) -> None:
    first = client.get(listed)
    ends = parse_datetime(first.json()["validUntil"])
    left = int((ends - awarded.now).total_seconds())
    assert first.headers["cache-control"] == f"public, max-age=0, stale-if-error={left}"
    assert first.headers["access-control-allow-origin"] == "*"
    etag = first.headers["etag"]
    for header in (etag, f'"other", W/{etag}', "*"):
        unchanged = client.get(listed, headers={"If-None-Match": header})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)
    awarded.change(awarded.certificates()[0], "revoke")
    changed = client.get(listed, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.content != first.content


def test_a_cache_may_be_given_more_but_not_a_lists_whole_life(awarded: Installation, listed: str) -> None:
    limits = replace(awarded.config.limits, status_list_max_age=Limit(60, "seconds", "a test"))
    services = replace(awarded.services, config=replace(awarded.config, limits=limits))
    with TestClient(create_app(services)) as client:
        assert "max-age=60," in client.get(listed).headers["cache-control"]
    with pytest.raises(ValueError, match="at most a quarter"):
        replace(limits, status_list_max_age=Limit(21_601, "seconds", "a test"))


def test_a_status_list_that_is_not_there_is_404(client: TestClient) -> None:
    for number in ("0", "1", "01", "-1", "1.0", "x", "١", "9" * 400, "%00", "1%0a"):
        assert client.get(f"/status/{number}").status_code == 404, number


# --- strangers -------------------------------------------------------------------------------------------------

HOSTILE = [
    "nobody",
    "A" * 16,
    "A" * 5_000,
    "..%2f..%2fconfig.json",
    "%00",
    "%F0%9F%92%A9",
    "'%20OR%201=1--",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "0OIl0OIl0OIl0OIl",
    "%ff%fe",
    "a%0d%0aSet-Cookie:x=1",
]


@pytest.mark.parametrize("address", ["/credentials/{}", "/credentials/{}/status", "/credentials/{}.pdf", "/v/{}"])
def test_hostile_ids_are_404_and_nothing_else(client: TestClient, address: str) -> None:
    for hostile in HOSTILE:
        for accept, media_type in (("text/html", "text/html; charset=utf-8"), ("*/json", problem_details.MEDIA_TYPE)):
            answer = client.get(address.format(hostile), headers={"Accept": accept}, follow_redirects=False)
            assert answer.status_code == 404, hostile
            assert answer.headers["content-type"] == media_type, hostile
            assert "set-cookie" not in answer.headers, hostile
            assert accept != "text/html" or "<script>alert" not in answer.text, hostile


def test_what_is_not_there_is_a_problem_document(client: TestClient) -> None:
    for address in (
        "/nothing",
        "/credentials",
        "/static/../config.json",
        "/static/nothing.css",
        "/organizations/%2e%2e/did.json",
        "/achievements/courses/nothing/en/v1",
        "/achievements/courses/toolbox/xx/v1",
        "/achievements/courses/toolbox/en/v99999999999",
        "/achievements/courses/toolbox/en/1",
        "/achievements/people/toolbox/en/v1",
        "/achievements/programs/mini/en/v2/criteria",
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert answer.headers["content-type"] == "application/problem+json", address
        assert set(answer.json()) == {"type", "title", "status", "detail", "requestId"}, address
        assert answer.json()["requestId"] == answer.headers["x-request-id"], address
        assert answer.json()["status"] == 404, address


def test_nothing_can_be_written(client: TestClient, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
        assert answer.json()["type"].endswith("#method-not-allowed")


def test_head_is_get_without_a_body(client: TestClient, path: str, listed: str) -> None:
    for address in ("/", path, f"{path}.png", listed, "/.well-known/did.json", "/nothing", "/health"):
        head, get = client.head(address, headers=HTML), client.get(address, headers=HTML)
        assert (head.status_code, head.content) == (get.status_code, b""), address
        for name in ("content-type", "content-length"):
            assert head.headers[name] == get.headers[name], address


def test_head_sends_no_body_whatever_server_runs_it(awarded: Installation) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "HEAD", "path": "/health", "raw_path": b"/health", "query_string": b""}
    scope |= {"headers": [], "http_version": "1.1", "scheme": "http", "server": ("localhost", 8000), "root_path": ""}
    with ThreadPoolExecutor() as pool:  # a loop of its own, whatever else runs in this thread
        pool.submit(asyncio.run, create_app(awarded.services)(scope, receive, send)).result()
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent) == b""


def test_every_answer_has_the_security_headers(client: TestClient, path: str, listed: str) -> None:
    for address in ("/", path, "/nothing", "/static/style.css", listed, "/docs"):
        answer = client.get(address, headers=HTML)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, address
        assert "'unsafe" not in answer.headers["content-security-policy"]
        assert "<script>" not in answer.text, address
        assert " style=" not in answer.text, address


# --- problems --------------------------------------------------------------------------------------------------


def test_every_error_has_a_kind() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.IssuerError)]
    assert len({one.code for one in classes}) == len(classes)
    for one in classes:
        assert any(ancestor in problem_details.KINDS for ancestor in one.__mro__)


def test_a_problem_is_said_in_the_readers_form_and_language(client: TestClient) -> None:
    page = client.get("/nothing", headers=HTML | {"Accept-Language": "es"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="es"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_an_unknown_error_is_a_bare_500_with_an_id_that_the_log_has(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ana@example.org secret")

    monkeypatch.setattr(pages, "present", broken)
    with caplog.at_level(logging.ERROR, logger="issuer"):
        answer = client.get(path)
    assert answer.status_code == 500
    assert answer.json()["type"].endswith("#unexpected")
    assert "secret" not in answer.text
    identifier = answer.headers["x-error-id"]
    assert identifier in answer.json()["detail"]
    assert any(identifier in record.getMessage() for record in caplog.records)
    assert answer.headers["content-security-policy"]
    page = client.get(path, headers=HTML)
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")


@pytest.mark.only_sqlite
def test_a_store_that_cannot_be_reached_is_503_and_tells_no_secrets(client: TestClient, awarded: Installation) -> None:
    awarded.database.close()
    for one in awarded.home.glob("testamur.db*"):
        one.unlink()
    awarded.config.database_file.mkdir()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["records"]) == (503, "unavailable")
    assert str(awarded.home) not in ready.text
    for address in ("/credentials/x", "/status/1"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("#store-unavailable")
        assert answer.json()["detail"] == "Please try again later."  # and nothing about our files


def test_what_is_recorded_and_not_released_is_said(school: Installation) -> None:
    school.record(*earned())
    school.cut_after = "recorded"
    with pytest.raises(PowerCut):
        school.issue()
    with school.client() as client:
        answer = client.get(f"/credentials/{school.certificates()[0].share_id}")
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (404, "not-released")


# --- the rest --------------------------------------------------------------------------------------------------


def test_the_start_page_lists_nobody(client: TestClient, program: StoredCredential) -> None:
    page = client.get("/", headers=HTML)
    assert page.status_code == 200
    assert "Example School" in page.text
    assert program.share_id not in page.text
    assert "Ana" not in page.text


def test_the_service_describes_itself(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert {
        "/credentials/{name}",
        "/credentials/{name}/status",
        "/.well-known/did.json",
        "/organizations/{slug}/did.json",
        "/status/{name}",
        "/health",
    } <= set(document["paths"])
    docs = client.get("/docs", headers=HTML)
    assert docs.status_code == 200
    assert "/credentials/{name}" in docs.text.replace("<wbr>", "")
    assert "https://cdn" not in docs.text
    assert client.get("/health/live").json() == {"status": "ok"}
    said = {"status": "ok", "records": "ok", "key": "ok", "service": "ok"}
    assert client.get("/health").json() == client.get("/health/ready").json() == said


def test_every_protocol_is_in_the_table() -> None:
    folder = Path(protocols.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(protocols.PROTOCOLS)


def test_static_files_are_served(client: TestClient) -> None:
    answer = client.get("/static/style.css")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
