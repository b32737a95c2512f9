"""The VC API: `verified` and our verdict side by side, and 400 for what is no credential in form."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from templates.messages import Message
from tests.simulators import World
from tests.vc.samples import NOW, course
from tests.verifier.test_app import problem
from verifier.app import create_app
from verifier.config import Settings
from verifier.protocols.vc_api import verified
from verifier.report import Check, Outcome, Report


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = create_app(Settings(max_upload=200_000), fetch=lambda: world)
    app.state.now = lambda: NOW
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def verify(client: TestClient, credential: Any, **more: Any) -> dict[str, Any]:
    answer = client.post("/credentials/verify", json={"verifiableCredential": credential, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_good_credential(client: TestClient, world: World) -> None:
    credential = json.loads(world.issue(course(world.signer)))
    found = verify(client, credential, options={"returnProblemDetails": True})
    assert found["verified"] is True
    assert found["verdict"] == "accepted"
    assert found["credential"] == credential
    assert found["problemDetails"] == []
    assert found["report"]["credential"]["name"] == "The Toolbox"


def test_a_forged_one_names_its_problem(client: TestClient, world: World) -> None:
    credential = json.loads(world.issue(course(world.signer)))
    credential["credentialSubject"]["achievement"]["name"] = "The Hammer"
    found = verify(client, credential)
    assert found["verified"] is False
    assert found["verdict"] == "rejected"
    (error,) = found["problemDetails"]
    assert error["type"].endswith("#PROOF_VERIFICATION_ERROR")
    assert error["level"] == "error"


def test_a_revoked_one_is_verified_and_rejected(client: TestClient, world: World) -> None:
    credential = json.loads(world.issue(course(world.signer)))
    world.revoke(7, "grade corrected")
    found = verify(client, credential)
    assert (found["verified"], found["verdict"]) == (True, "rejected")
    (warning,) = found["problemDetails"]
    assert warning["level"] == "warning"


def test_an_expired_one_is_not_verified(client: TestClient, world: World) -> None:
    credential = json.loads(world.issue({**course(world.signer), "validUntil": "2026-03-02T12:00:01Z"}))
    client.app.state.now = lambda: NOW.replace(year=2027)  # type: ignore[attr-defined]  # Starlette's
    assert verify(client, credential)["verified"] is False


@pytest.mark.parametrize("value", ["eyJ.a.b", "", None, [], ["a"], 1, True])
@pytest.mark.parametrize(
    ("path", "member"),
    [("/credentials/verify", "verifiableCredential"), ("/presentations/verify", "verifiablePresentation")],
)
def test_what_is_no_object_is_400(client: TestClient, path: str, member: str, value: Any) -> None:
    for body in ({member: value}, {}, value, {member: {}, "options": value or 1}):
        answer = client.post(path, json=body)
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("member", ["@context", "type", "issuer", "credentialSubject", "proof"])
@pytest.mark.parametrize("value", [None, 4, True, "", [], {}])
def test_what_is_no_credential_in_form_is_400(client: TestClient, world: World, member: str, value: Any) -> None:
    credential = json.loads(world.issue(course(world.signer)))
    answer = client.post("/credentials/verify", json={"verifiableCredential": {**credential, member: value}})
    assert answer.status_code == 400
    assert member in answer.json()["detail"]
    del credential[member]
    assert client.post("/credentials/verify", json={"verifiableCredential": credential}).status_code == 400


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"verifiableCredential": {}, "verifiableCredential": {}}', "#PARSING_ERROR"),
        (b'{"verifiableCredential": {"a": 1, "\\u0061": 2}}', "#PARSING_ERROR"),
        (b'{"a": NaN}', "#PARSING_ERROR"),
        (b"{", "#PARSING_ERROR"),
        (b"", "#PARSING_ERROR"),
        (b"\xff", "#PARSING_ERROR"),
        (b"[" * 100_000, "#TOO_LARGE"),
    ],
)
def test_the_body_is_read_by_strict_rules(client: TestClient, data: bytes, kind: str) -> None:
    for path in ("/credentials/verify", "/presentations/verify"):
        problem(client.post(path, content=data), 400, kind)
    problem(client.post("/credentials/verify", content=b"x" * 200_001), 413, "#too-large")


def test_a_token_comes_in_an_envelope(client: TestClient) -> None:
    envelope = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "EnvelopedVerifiableCredential",
        "id": "data:application/vc+jwt,eyJhbGciOiJub25lIn0.e30.AAAA",
    }
    found = verify(client, envelope)
    assert (found["verified"], found["credential"]) == (False, envelope)
    assert found["problemDetails"][0]["level"] == "error"
    for identifier in ("https://a.example", "data:text/html,x", "data:application/vc+jwt,a b", None):
        answer = client.post("/credentials/verify", json={"verifiableCredential": {**envelope, "id": identifier}})
        assert answer.status_code == 400


def test_odd_options_are_400(client: TestClient) -> None:
    presentation = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]}
    for options in ({"challenge": 1}, {"domain": ["a"]}, {"domain": "x" * 3_000}):
        body = {"verifiablePresentation": presentation, "options": options}
        assert client.post("/presentations/verify", json=body).status_code == 400


def test_a_presentation_has_a_report_for_each_credential(client: TestClient, world: World) -> None:
    good = json.loads(world.issue(course(world.signer)))
    forged = json.loads(json.dumps(good).replace("Toolbox", "Hammer"))
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [good, forged],
    }
    answer = client.post("/presentations/verify", json={"verifiablePresentation": presentation}).json()
    assert answer["verified"] is False
    assert answer["verdict"] == "rejected"
    assert [report["verdict"] for report in answer["report"]["presented"]] == ["accepted", "rejected"]
    assert any(one["type"].endswith("#PROOF_VERIFICATION_ERROR") for one in answer["problemDetails"])


def test_a_presentation_is_verified_only_with_everything_in_it() -> None:
    said = Message("x")
    good = Report(tuple(Check(name, Outcome.PASSED, said) for name in ("structure", "proof", "validity")))
    bad = Report((*good.checks[:2], Check("validity", Outcome.FAILED, said)))
    assert verified(good)
    assert not verified(bad)
    assert verified(Report(good.checks[:2], presented=(good, good)))
    assert not verified(Report(good.checks[:2], presented=(good, bad)))
    assert not verified(Report((), presented=(good,)))


def test_the_document_of_the_service(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/credentials/verify", "/presentations/verify"):
        operation = paths[path]["post"]
        assert set(operation["responses"]) == {"200", "4XX"}
        assert operation["requestBody"]["content"]["application/json"]["example"]
