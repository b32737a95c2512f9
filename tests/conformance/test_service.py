"""The same over HTTP: two prefixes, statuses, status lists where the credentials say they are."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conformance.issuing import ISSUERS, REVOKED, did_of
from tests.conformance.profiles import PROFILES
from tests.conformance.requests import credential
from tests.conformance.service import create_app
from tests.vc.samples import NOW
from vc.status import bitstring

BASE = "https://testserver"

profiles = pytest.mark.parametrize("profile", PROFILES)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(base=BASE, now=lambda: NOW), base_url=BASE) as client:
        yield client


def issue(client: TestClient, profile: str, at: str = "issuers", **changes: Any) -> dict[str, Any]:
    body = {"credential": credential(**changes), "options": {}}
    answer = client.post(f"/{profile}/{at}/eddsa-rdfc-2022/Ed25519/credentials/issue", json=body)
    assert answer.status_code == 201
    secured: dict[str, Any] = answer.json()["verifiableCredential"]
    return secured


@profiles
def test_issue_and_verify(client: TestClient, profile: str) -> None:
    secured = issue(client, profile)
    for document, status in ((secured, 200), ({**secured, "issuer": "did:example:another"}, 400), ("text", 400)):
        answer = client.post(f"/{profile}/credentials/verify", json={"verifiableCredential": document, "options": {}})
        assert (answer.status_code, answer.json()["verified"]) == (status, status == 200)


@profiles
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"verifiableCredential": 1}', b"\xff\xfe"])
def test_what_is_no_request_is_400(client: TestClient, profile: str, body: bytes) -> None:
    for path in ("credentials/verify", "presentations/verify", "issuers/eddsa-rdfc-2022/Ed25519/credentials/issue"):
        assert client.post(f"/{profile}/{path}", content=body).status_code == 400


@profiles
def test_a_credential_with_status_leads_to_its_list(client: TestClient, profile: str) -> None:
    secured = issue(client, profile, at="status/issuers")
    entry = secured["credentialStatus"]
    assert entry["type"] == "BitstringStatusListEntry"
    listed = client.get(entry["statusListCredential"]).json()
    assert listed["id"] == entry["statusListCredential"]
    assert not bitstring.Bitstring.decode(listed["credentialSubject"]["encodedList"]).get(int(entry["statusListIndex"]))
    for document in (secured, listed):
        answer = client.post(f"/{profile}/credentials/verify", json={"verifiableCredential": document})
        assert answer.status_code == 200, answer.json()


def test_a_revoked_credential_is_refused_in_the_strict_profile_only(client: TestClient) -> None:
    for profile, verified in (("proof-only", 200), ("strict", 400)):
        url = f"{BASE}/{profile}/status/lists/eddsa-rdfc-2022/Ed25519"
        status = bitstring.entry(list_url=url, index=REVOKED, purpose="revocation")
        secured = issue(client, profile, credentialStatus=status)
        answer = client.post(f"/{profile}/credentials/verify", json={"verifiableCredential": secured})
        assert answer.status_code == verified, answer.json()


def test_a_status_that_cannot_be_had_is_no_good_one_in_the_strict_profile(client: TestClient) -> None:
    status = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://elsewhere.example/list",
    }
    for profile, verified in (("proof-only", 200), ("strict", 400)):
        secured = issue(client, profile, credentialStatus=status)
        answer = client.post(f"/{profile}/credentials/verify", json={"verifiableCredential": secured})
        assert answer.status_code == verified, answer.json()


@profiles
def test_the_issuers_keys_are_listed(client: TestClient, profile: str) -> None:
    listed = client.get(f"/{profile}/dids.json").json()
    assert {kind: listed[kind] for _, kind in ISSUERS} == {kind: did_of(kind) for _, kind in ISSUERS}


def test_no_request_chooses_the_profile(client: TestClient) -> None:
    """The path alone does; an unbound issuer stays refused in `strict` whatever the body asks."""
    options = {"profile": "proof-only", "anything": True, "signed_by": None, "bound": False}
    body = {"credential": credential(issuer="did:example:another"), "options": options, **options}
    answer = client.post("/strict/issuers/eddsa-rdfc-2022/Ed25519/credentials/issue", content=json.dumps(body))
    assert answer.status_code == 400
