"""The API for programs: what it signs, what it refuses, and that each id is signed once whatever happens."""

import copy
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from issuer import api_keys
from issuer.app import create_app
from issuer.keyring import Identity, Keyring
from issuer.limits import Limit
from issuer.signing_requests import SigningRequests
from issuer.store import audit, signed
from issuer.store.signed import Signed
from issuer.vc_api_description import CREDENTIAL_EXAMPLE, STATUS_EXAMPLE
from tests.issuer.installation import URL, Installation, PowerCut, copied
from tests.issuer.two_organizations import ACADEMY, ACADEMY_DID, both_awarded, shown
from tests.issuer.two_organizations import SCHOOL as SCHOOL_CODE
from tests.vc.samples import SoftSigner, course, secure
from vc import formats
from vc.context_rules import CLR, CLR_201, OB_303, OPEN_BADGES, VC2, ContextRule
from vc.keys import Signer
from vc.securing import Expected, Verified

PROBLEMS = "https://testamur.example/problems/issuer#"
MALFORMED = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"
OWN = "did:web:localhost%3A8000"
SCHOOL = "did:web:localhost%3A8000:organizations:school"


def key(installation: Installation, *scopes: str, name: str = "LMS") -> dict[str, str]:
    """The header that shows a new key."""
    _, text = api_keys.create(installation.database, name=name, scopes=scopes or ("sign",), now=installation.now)
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def client(school: Installation) -> Iterator[TestClient]:
    with TestClient(create_app(school.services), base_url=URL, headers=key(school)) as client:
        yield client


def badge(**changes: Any) -> dict[str, Any]:
    """The example of the OpenAPI document; a member that is None is left out."""
    changed = copy.deepcopy(CREDENTIAL_EXAMPLE) | changes
    return {name: value for name, value in changed.items() if value is not None}


def with_achievement(**changes: Any) -> dict[str, Any]:
    credential = badge()
    credential["credentialSubject"]["achievement"] |= changes
    return credential


def endorsement(**changes: Any) -> dict[str, Any]:
    return {
        "@context": [VC2, OB_303],
        "id": "urn:uuid:c9a0f8d2-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsed",
        "credentialSubject": {
            "id": f"{URL}/achievements/courses/toolbox/en/v1",
            "type": ["EndorsementSubject"],
            "endorsementComment": "Taught well.",
        },
        **changes,
    }


def record(*held: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "@context": [VC2, CLR_201, OB_303],
        "id": "urn:uuid:c9a0f8d2-0000-4000-8000-000000000002",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Transcript of Zoë Ünlü-Beispiel",
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": CREDENTIAL_EXAMPLE["credentialSubject"]["identifier"],
            "verifiableCredential": list(held),
        },
        **changes,
    }


def ask(client: TestClient, credential: Any, **others: Any) -> Response:
    return client.post("/credentials/issue", json={"credential": credential}, **others)


def verified(installation: Installation, document: Any, rule: ContextRule = OPEN_BADGES) -> Verified:
    return formats.verify(
        formats.read(json.dumps(document).encode()),
        dereference=installation.dereference,
        expected=Expected(now=installation.now, rule=rule),
    )


def kept(installation: Installation, id: str = CREDENTIAL_EXAMPLE["id"]) -> Signed | None:
    with installation.database.read() as tx:
        return signed.by_id(tx, id)


def refused(answer: Response, status: int, type_: str, detail: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == (type_ if ":" in type_ else PROBLEMS + type_)
    assert document["status"] == status
    assert document["title"]
    assert detail in document["detail"]


# --- what is signed --------------------------------------------------------------------------------------------


def test_a_badge_comes_back_signed(client: TestClient, school: Installation) -> None:
    answer = ask(client, badge())
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    credential = answer.json()["verifiableCredential"]
    document = verified(school, credential).document
    assert document == badge(
        issuer={"id": OWN, "type": ["Profile"], "name": "Example School"}, validFrom="2026-06-01T12:00:00Z"
    )
    stored = kept(school)
    assert stored is not None
    assert answer.content == b'{"verifiableCredential":' + (stored.secured or b"") + b"}"
    assert (stored.api_key, stored.released_at) == (1, school.now)


@pytest.mark.parametrize(
    "given", [SCHOOL, {"id": SCHOOL}, {"id": SCHOOL, "type": ["Profile"], "name": "Example School", "phone": "1"}]
)
def test_an_organization_may_be_the_issuer(client: TestClient, school: Installation, given: Any) -> None:
    document = verified(school, ask(client, badge(issuer=given)).json()["verifiableCredential"]).document
    assert (document["issuer"]["id"], document["issuer"]["name"]) == (SCHOOL, "Example School")
    assert document["issuer"].get("phone") == ("1" if "phone" in given else None)


def test_the_callers_dates_are_kept(client: TestClient, school: Installation) -> None:
    dates = {"validFrom": "2026-01-02T03:04:05Z", "validUntil": "2027-01-02T03:04:05Z"}
    document = verified(school, ask(client, badge(**dates)).json()["verifiableCredential"]).document
    assert {name: document[name] for name in dates} == dates


def test_an_endorsement_comes_back_signed(client: TestClient, school: Installation) -> None:
    answer = ask(client, endorsement())
    assert answer.status_code == 201, answer.text
    assert verified(school, answer.json()["verifiableCredential"]).document["issuer"]["id"] == OWN


def test_a_learner_record_comes_back_signed(client: TestClient, school: Installation) -> None:
    signer = SoftSigner()
    answer = ask(client, record(secure(course(signer), signer)))
    assert answer.status_code == 201, answer.text
    verified(school, answer.json()["verifiableCredential"], CLR)


def test_another_cryptosuite_signs_too(tmp_path: Any) -> None:
    school = Installation(tmp_path, cryptosuite="ecdsa-jcs-2019", key_kind="P-256")
    with school.client() as client:
        answer = ask(client, badge(), headers=key(school))
    assert verified(school, answer.json()["verifiableCredential"]).mechanism == "ecdsa-jcs-2019"


def test_it_is_no_certificate(client: TestClient, school: Installation) -> None:
    ask(client, badge())
    assert school.certificates() == ()


# --- each id once ----------------------------------------------------------------------------------------------


def test_the_same_again_gets_the_same_answer(client: TestClient, school: Installation) -> None:
    first = ask(client, badge())
    school.later(days=3)
    assert ask(client, badge()).content == first.content
    reordered = dict(reversed(badge().items()))
    pretty = json.dumps({"credential": reordered}, indent=3).encode()
    again = client.post("/credentials/issue", content=pretty, headers={"Content-Type": "application/json"})
    assert (again.status_code, again.content) == (201, first.content)
    assert ask(client, badge(), headers=key(school, name="another")).content == first.content


@pytest.mark.parametrize("changes", [{"name": "Other"}, {"validFrom": "2026-06-01T12:00:00Z"}, {"issuer": OWN}])
def test_the_same_id_with_other_content_is_a_conflict(
    client: TestClient, school: Installation, changes: dict[str, Any]
) -> None:
    ask(client, badge())
    before = kept(school)
    refused(ask(client, badge(**changes)), 409, "conflict", CREDENTIAL_EXAMPLE["id"])
    assert kept(school) == before


def test_an_idempotency_key_is_for_one_request(client: TestClient, school: Installation) -> None:
    named = {"Idempotency-Key": "8e03978e-40d5"}
    first = ask(client, badge(), headers=named)
    assert ask(client, badge(), headers=named).content == first.content
    other = badge(id="urn:uuid:other")
    refused(ask(client, other, headers=named), 422, "idempotency-key-reused", CREDENTIAL_EXAMPLE["id"])
    assert kept(school, other["id"]) is None
    # of another caller it is another name
    assert ask(client, other, headers=named | key(school, name="another")).status_code == 201
    for wrong in ("", "x" * 256):
        refused(ask(client, badge(), headers={"Idempotency-Key": wrong}), 400, "request-refused", "Idempotency-Key")


@pytest.mark.parametrize("step", ["linted", "recorded", "signed", "checked", "released"])
@pytest.mark.parametrize("mended_by", ["retry", "start"])
def test_a_power_cut_loses_nothing_and_signs_nothing_twice(school: Installation, step: str, mended_by: str) -> None:
    holder, _ = api_keys.create(school.database, name="LMS", scopes=["sign"], now=school.now)

    def pull(reached: str) -> None:
        if reached == step:
            raise PowerCut(step)

    def requests(reached: Callable[[str], None] = lambda step: None) -> SigningRequests:
        return SigningRequests(
            school.config, school.database, school.services.keyring, now=lambda: school.now, reached=reached
        )

    with pytest.raises(PowerCut):
        requests(pull).sign(badge(), api_key=holder)
    before = kept(school)
    assert (before is None) == (step == "linted")
    assert (before is not None and before.secured is not None) == (step == "released")
    school.later(days=1)
    school.restart()
    if mended_by == "start":
        finished = school.services.signing_requests.finish()
        assert (len(finished.released), finished.failed) == (int(step in ("recorded", "signed", "checked")), ())
    secured = requests().sign(badge(), api_key=holder)
    after = kept(school)
    assert after is not None
    assert after.secured == secured
    # What was meant stays, and so does what was signed before the power failed.
    assert before is None or after.unsecured == before.unsecured
    assert before is None or before.secured is None or after.secured == before.secured
    verified(school, json.loads(secured))
    assert school.services.signing_requests.finish().released == ()


def test_of_many_who_ask_for_the_same_at_once_one_signs(school: Installation) -> None:
    signatures: list[bytes] = []
    holder, _ = api_keys.create(school.database, name="LMS", scopes=["sign"], now=school.now)
    keyring = school.services.keyring
    opened = keyring.signer(keyring.identity(school.config.slug))

    class Counting(Keyring):
        public_key = opened.public_key

        def signer(self, identity: Identity) -> Signer:
            return self

        def sign(self, message: bytes) -> bytes:
            signatures.append(message)
            return opened.sign(message)

    counting = Counting(school.config, school.database, environ={})
    requests = SigningRequests(school.config, school.database, counting, now=lambda: school.now)
    with ThreadPoolExecutor(4) as pool:
        secured = set(pool.map(lambda _: requests.sign(badge(), api_key=holder), range(8)))
    assert len(secured) == 1
    assert len(signatures) == 1


def test_of_two_processes_the_first_release_stays(school: Installation) -> None:
    holder, _ = api_keys.create(school.database, name="LMS", scopes=["sign"], now=school.now)
    others: list[bytes] = []

    def meanwhile(step: str) -> None:
        if step == "checked":
            others.append(school.services.signing_requests.sign(badge(), api_key=holder))

    school.restart()
    first = SigningRequests(
        school.config, school.database, school.services.keyring, now=lambda: school.now, reached=meanwhile
    )
    assert [first.sign(badge(), api_key=holder)] == others


def test_what_cannot_be_signed_now_stays_to_be_tried_again(
    client: TestClient, school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vc.formats.data_integrity.secure", lambda credential, **_: credential | {"proof": [{}]})
    refused(ask(client, badge()), 503, "read-back-failed", "Please try again later.")
    ((stuck, why),) = school.services.signing_requests.finish().failed
    assert (stuck.id, stuck.secured) == (CREDENTIAL_EXAMPLE["id"], None)
    assert "does not verify" in str(why)
    monkeypatch.undo()
    assert ask(client, badge()).status_code == 201


# --- what is not signed ----------------------------------------------------------------------------------------

NOT_SIGNED: dict[str, tuple[Any, str, str]] = {
    "no id": (badge(id=None), MALFORMED, "id is missing"),
    "no context": (badge(**{"@context": None}), MALFORMED, "@context"),
    "an unknown context": (badge(**{"@context": [VC2, OB_303, "https://x.example/"]}), "UNKNOWN_CONTEXT", "x.example"),
    "VCDM 1.1": (
        badge(
            **{"@context": ["https://www.w3.org/2018/credentials/v1", OB_303]},
            issuanceDate="2026-06-01T12:00:00Z",
            issuer={"id": OWN, "type": ["Profile"]},
        ),
        "UNKNOWN_CONTEXT",
        "first context",
    ),
    "an undefined word": (badge(colour="red"), "UNSIGNED_DATA", "colour"),
    "no subject": (badge(credentialSubject=None), MALFORMED, "credentialSubject"),
    "a list of nobody": (badge(credentialSubject=[]), MALFORMED, "credentialSubject"),
    "no criteria": (with_achievement(criteria={}), MALFORMED, "credentialSubject.achievement.criteria"),
    "a fraction": (with_achievement(creditsAvailable=1.5), MALFORMED, "creditsAvailable"),
    "a control character": (badge(name="a\x07"), MALFORMED, "U+0007"),
    "a fraction in an endorsement": (endorsement(awardedDate=1.5), MALFORMED, "awardedDate"),
    "a control character in an endorsement": (endorsement(name="a\x07"), MALFORMED, "U+0007"),
    "an undefined word in an endorsement": (endorsement(colour="red"), "UNSIGNED_DATA", "colour"),
    "dates the wrong way round": (
        badge(validFrom="2026-06-01T12:00:00Z", validUntil="2026-05-01T12:00:00Z"),
        "https://www.w3.org/TR/vc-data-model#RANGE_ERROR",
        "validUntil",
    ),
    "another kind": (badge(type=["VerifiableCredential"]), "credential-refused", "OpenBadgeCredential"),
    "two kinds": (badge(type=["VerifiableCredential", "OpenBadgeCredential", "ClrCredential"]), MALFORMED, "type"),
    "a proof": (badge(proof=[]), "credential-refused", "signed already"),
    "another issuer": (badge(issuer="did:web:elsewhere.example"), "credential-refused", SCHOOL),
    "an issuer by another id": (badge(issuer={"id": SCHOOL + "x"}), "credential-refused", SCHOOL),
    "an issuer without id": (badge(issuer={"name": "Example School"}), "credential-refused", SCHOOL),
    "an issuer that is a number": (badge(issuer=7), "credential-refused", "issuer must be"),
    "an issuer that is a list": (badge(issuer=[OWN]), "credential-refused", "issuer must be"),
    "an issuer with another's name": (
        badge(issuer={"id": OWN, "name": "Oxbridge"}),
        "credential-refused",
        "issuer.name",
    ),
    "an id too long": (badge(id="urn:x:" + "y" * 2_000), "credential-refused", "characters"),
    "an id of a certificate": (badge(id=f"{URL}/credentials/3mJr7AoUXx2Wqd"), "credential-refused", "id is an address"),
    "that id in another writing": (badge(id="HTTP://LocalHost.:8000/x"), "credential-refused", "id is an address"),
    "that id in one more": (badge(id="http://%6cocalhost/x"), "credential-refused", "id is an address"),
    "a DID of ours": (badge(id=f"{OWN}:x"), "credential-refused", "id is an address"),
    "a DID of ours in other letters": (
        badge(id="did:web:LocalHost%3a8000:x"),
        "credential-refused",
        "id is an address",
    ),
    "an id that is no address": (badge(id="http://x.example:port/"), "credential-refused", "no address"),
    "an award": (with_achievement(id=f"{URL}/achievements/programs/mini/en/v1"), "credential-refused", "decision"),
    "a bare credential in a record": (record(course(SoftSigner())), "credential-refused", "has no proof"),
    "one in a record in a record": (
        record(record(course(SoftSigner()), issuer=OWN, validFrom="2026-06-01T12:00:00Z", proof=[{"type": "x"}])),
        "credential-refused",
        "verifiableCredential[0].credentialSubject.verifiableCredential[0] has no proof",
    ),
    "a status elsewhere": (
        badge(credentialStatus={"type": "X", "id": "urn:x"}),
        "credential-refused",
        "credentialStatus",
    ),
    "no status at all": (badge() | {"credentialStatus": None}, "credential-refused", "credentialStatus"),
}


@pytest.mark.parametrize("case", NOT_SIGNED)
def test_what_is_not_signed(client: TestClient, school: Installation, case: str) -> None:
    credential, type_, detail = NOT_SIGNED[case]
    known = type_ if ":" in type_ or type_.islower() else f"https://testamur.example/problems#{type_}"
    refused(ask(client, credential), 400, known, detail)
    with school.database.read() as tx:
        assert signed.intents(tx) == ()


def test_a_status_may_be_shared_with_a_certificate_of_the_same_issuer(awarded: Installation) -> None:
    certificate = json.loads(awarded.certificates()[-1].secured or b"")
    entry = certificate["credentialStatus"]
    free = {"id": f"{entry['statusListCredential']}#9", "statusListIndex": "9"}
    with awarded.client() as client:
        client.headers.update(key(awarded))
        assert ask(client, badge(credentialStatus=entry, issuer=SCHOOL)).status_code == 201
        for wrong in ({"issuer": OWN, "credentialStatus": entry}, {"issuer": SCHOOL, "credentialStatus": entry | free}):
            answer = ask(client, badge(id="urn:uuid:other", **wrong))
            refused(answer, 400, "credential-refused", "credentialStatus must be that of a certificate")


# --- the request -----------------------------------------------------------------------------------------------

UNREADABLE: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "https://www.w3.org/TR/vc-data-model#PARSING_ERROR", "JSON"),
    "no JSON": (b"{", "https://www.w3.org/TR/vc-data-model#PARSING_ERROR", "JSON"),
    "no UTF-8": (b'{"credential":"\xff"}', "https://www.w3.org/TR/vc-data-model#PARSING_ERROR", "UTF-8"),
    "a member twice": (
        b'{"credential":{},"credential":{}}',
        "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
        "stands twice",
    ),
    "a member twice inside": (
        b'{"credential":{"id":"a","id":"b"}}',
        "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
        "stands twice",
    ),
    "too deep": (b"[" * 100_000, "https://testamur.example/problems#TOO_LARGE", "deep"),
    "no object": (b"[]", "request-refused", "object"),
    "no credential": (b'{"verifiableCredential":{}}', "request-refused", "credential is missing"),
    "a credential that is a text": (b'{"credential":"e30"}', "request-refused", "credential must be an object"),
    "options that are a list": (b'{"credential":{},"options":[]}', "request-refused", "options must be an object"),
    "a member too many": (b'{"credential":{},"option":{}}', "request-refused", "option is no member"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_said(client: TestClient, case: str) -> None:
    content, type_, detail = UNREADABLE[case]
    answer = client.post("/credentials/issue", content=content, headers={"Content-Type": "application/json"})
    refused(answer, 400, type_, detail)


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_only_json_is_read(client: TestClient, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    content = json.dumps({"credential": badge()}).encode()
    refused(client.post("/credentials/issue", content=content, headers=headers), 415, "media-type-refused")
    typed = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/credentials/issue", content=content, headers=typed).status_code == 201


def test_a_body_is_read_up_to_its_limit(school: Installation) -> None:
    limits = replace(school.config.limits, request_size=Limit(2_000, "bytes", "a test"))
    school.services = replace(school.services, config=replace(school.config, limits=limits))
    with school.client() as client:
        client.headers.update(key(school))
        assert ask(client, badge()).status_code == 201
        refused(ask(client, badge(id="urn:x", name="x" * 2_000)), 413, "body-too-large", "2000")

        def parts() -> Iterator[bytes]:  # without a Content-Length
            yield from [b" " * 1_000] * 3

        answer = client.post("/credentials/issue", content=parts(), headers={"Content-Type": "application/json"})
        refused(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("options", "type_", "detail"),
    [
        ({"credentialId": "urn:other"}, "request-refused", "credentialId"),
        ({"mandatoryPointers": ["/issuer"]}, "request-refused", "mandatoryPointers"),
        ({"colour": "red"}, "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED", "colour"),
    ],
)
def test_options_are_kept_or_refused(client: TestClient, options: dict[str, Any], type_: str, detail: str) -> None:
    answer = client.post("/credentials/issue", json={"credential": badge(), "options": options})
    refused(answer, 400, type_, detail)
    for fine in ({}, {"credentialId": CREDENTIAL_EXAMPLE["id"]}):
        answer = client.post("/credentials/issue", json={"credential": badge(), "options": fine})
        assert answer.status_code == 201


# --- keys ------------------------------------------------------------------------------------------------------


def test_without_a_key_nobody_may(school: Installation) -> None:
    with school.client() as client:
        for address in ("/credentials/issue", "/credentials/status"):
            answer = client.post(address, content=b"not even JSON")  # who asks is looked at first
            refused(answer, 401, "api-key-missing")
            assert answer.headers["www-authenticate"] == 'Bearer realm="issuer"'


def test_keys_that_are_none(school: Installation) -> None:
    good = key(school)["Authorization"].removeprefix("Bearer ")
    flipped = good[:-1] + ("0" if good[-1] != "0" else "1")
    with school.client() as client:
        wrong = (
            flipped,
            good.replace("_1_", "_2_"),
            good[:-1],
            good + "0",
            good.upper(),
            f"testamur_1_{'0' * 64}",
            "x",
        )
        for one in (*wrong, "testamur_99999999999999999999_" + "0" * 64, "ü".encode().decode("latin-1")):
            answer = ask(client, badge(), headers={"Authorization": f"Bearer {one}".encode("latin-1")})
            refused(answer, 401, "api-key-refused")
            assert answer.headers["www-authenticate"] == 'Bearer realm="issuer", error="invalid_token"'
        refused(ask(client, badge(), headers={"Authorization": f"Basic {good}"}), 401, "api-key-missing")
        assert ask(client, badge(), headers={"Authorization": f"bearer {good}"}).status_code == 201


def test_a_key_that_was_revoked(client: TestClient, school: Installation) -> None:
    assert ask(client, badge()).status_code == 201
    api_keys.revoke(school.database, 1, now=school.now)
    refused(ask(client, badge()), 401, "api-key-refused", "1 June 2026")


def test_a_key_for_something_else(client: TestClient, school: Installation) -> None:
    other = key(school, "status")
    for answer in (ask(client, badge(), headers=other), client.post("/credentials/status", json=STATUS_EXAMPLE)):
        refused(answer, 403, "scope-missing")
        assert answer.headers["www-authenticate"] == 'Bearer realm="issuer", error="insufficient_scope"'


# --- status ----------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(awarded: Installation) -> Iterator[TestClient]:
    """Who may change the status."""
    with TestClient(create_app(awarded.services), base_url=URL, headers=key(awarded, "status")) as client:
        yield client


def change(client: TestClient, installation: Installation, purpose: str = "revocation", **changes: Any) -> Response:
    asked = STATUS_EXAMPLE | {
        "credentialId": installation.config.credential_url(installation.certificates()[-1].share_id),
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": purpose},
    }
    changed = {name: value for name, value in (asked | changes).items() if value is not None}
    return client.post("/credentials/status", json=changed)


def test_suspended_reinstated_revoked(clerk: TestClient, awarded: Installation) -> None:
    for purpose, value, state in [
        ("suspension", True, "suspended"),
        ("suspension", False, "valid"),
        ("revocation", True, "revoked"),
    ]:
        awarded.later(days=1)
        answer = change(clerk, awarded, purpose, status=value, reason=f"a reason for {state}")
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "credentialId": awarded.config.credential_url(awarded.certificates()[-1].share_id),
            "state": state,
            "since": f"2026-06-0{awarded.now.day}T12:00:00Z",
            "reason": f"a reason for {state}",
            "supersededBy": None,
            "until": None,
        }
        assert awarded.certificates()[-1].status == state
        # the same again changes nothing
        awarded.later(hours=1)
        assert change(clerk, awarded, purpose, status=value, reason="again").content == answer.content
        awarded.later(hours=-1)
    refused(change(clerk, awarded, "suspension"), 409, "transition-refused", "final")
    refused(change(clerk, awarded, status=False), 409, "transition-refused", "not taken back")


def test_the_entry_may_be_copied_from_the_certificate(clerk: TestClient, awarded: Installation) -> None:
    entry = json.loads(awarded.certificates()[-1].secured or b"")["credentialStatus"]
    wrong = entry | {"statusListIndex": str(int(entry["statusListIndex"]) ^ 1)}
    refused(change(clerk, awarded, credentialStatus=wrong), 400, "request-refused", "statusListIndex")
    assert change(clerk, awarded, credentialStatus=entry).json()["state"] == "revoked"


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"reason": None}, "reason is missing"),
        ({"reason": " "}, "reason is needed"),
        ({"reason": "x" * 501}, "501"),
        ({"status": None}, "status is missing"),
        ({"status": 1}, "status must be true or false"),
        ({"indexAllocator": "x"}, "indexAllocator is no member"),
        ({"credentialStatus": {"statusPurpose": "revocation"}}, "credentialStatus.type"),
        ({"credentialStatus": {"type": "BitstringStatusList"}}, "statusPurpose"),
        ({"credentialStatus": {"type": "BitstringStatusList", "statusPurpose": "message"}}, "statusPurpose"),
        ({"credentialStatus": {"type": "BitstringStatusList", "statusPurpose": []}}, "statusPurpose"),
        ({"credentialStatus": {"type": ["X"], "statusPurpose": "revocation"}}, "credentialStatus.type"),
    ],
)
def test_a_change_that_is_none(clerk: TestClient, awarded: Installation, changes: dict[str, Any], detail: str) -> None:
    refused(change(clerk, awarded, **changes), 400, "request-refused", detail)
    assert awarded.certificates()[-1].status == "valid"


def test_a_certificate_is_known_by_its_whole_id(clerk: TestClient, awarded: Installation) -> None:
    share_id = awarded.certificates()[-1].share_id
    for id in (
        share_id,
        f"https://elsewhere.example/credentials/{share_id}",
        f"{URL}/credentials/x/{share_id}",
        f"{URL}/credentials/{share_id}/",
        f"{URL}/credentials/",
        f"{URL}/credentials/nobody",
        "",
    ):
        refused(change(clerk, awarded, credentialId=id), 404, "unknown-credential")
    assert awarded.certificates()[-1].status == "valid"


def test_of_what_was_signed_on_request_no_status_is_kept(clerk: TestClient, awarded: Installation) -> None:
    assert ask(clerk, badge(), headers=key(awarded)).status_code == 201
    answer = change(clerk, awarded, credentialId=CREDENTIAL_EXAMPLE["id"])
    refused(answer, 404, "unknown-credential", "signed on request")


# --- what is said about it -------------------------------------------------------------------------------------


def test_the_api_describes_itself(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, answers in {
        "/credentials/issue": {"201", "400", "401", "403", "409", "413", "415", "422", "503"},
        "/credentials/status": {"200", "400", "401", "403", "404", "409", "413", "415", "503"},
    }.items():
        operation = document["paths"][path]["post"]
        assert answers <= set(operation["responses"])
        assert operation["security"] == [{"apiKey": []}]
        assert operation["requestBody"]["content"]["application/json"]["example"]
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    assert "/credentials/issue" in client.get("/docs", headers={"Accept": "text/html"}).text


# --- whose key it is -------------------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Any) -> Installation:
    """The school and an academy, each with a certificate of a learner."""
    return copied("two organizations", tmp_path, both_awarded)


@pytest.mark.parametrize("rights", [{"scopes": ["sign"]}, {"role": "administrator"}])
def test_an_organizations_key_signs_in_its_name_alone(two: Installation, rights: dict[str, Any]) -> None:
    academys = shown(two, ACADEMY, **rights)
    with two.client() as client:
        # left out, the issuer is the organization itself
        document = verified(two, ask(client, badge(), headers=academys).json()["verifiableCredential"]).document
        assert (document["issuer"]["id"], document["issuer"]["name"]) == (ACADEMY_DID, "Other Academy")
        for other in (OWN, SCHOOL, {"id": SCHOOL, "name": "Example School"}):
            answer = ask(client, badge(id="urn:uuid:other", issuer=other), headers=academys)
            refused(answer, 400, "credential-refused", f"may speak; there is: {ACADEMY_DID}.")
            assert SCHOOL not in answer.json()["detail"]
        # the operator's speaks for each
        for did in (OWN, SCHOOL, ACADEMY_DID):
            answer = ask(client, badge(id=f"urn:of:{did}", issuer=did), headers=shown(two, None, scopes=["sign"]))
            assert verified(two, answer.json()["verifiableCredential"]).document["issuer"]["id"] == did
    assert kept(two, "urn:uuid:other") is None
    with two.database.read() as tx:
        log = {
            chain: [
                (one.actor, one.subject, one.detail["issuer"])
                for one in audit.read(tx, chain)
                if one.action == "credential.sign"
            ]
            for chain in ("", SCHOOL_CODE, ACADEMY)
        }
    name, operators = "Staff of academy (key 1)", "Staff of None (key {})"
    assert log == {
        "": [(operators.format(2), f"urn:of:{OWN}", OWN)],
        SCHOOL_CODE: [(operators.format(3), f"urn:of:{SCHOOL}", SCHOOL)],
        ACADEMY: [
            (name, CREDENTIAL_EXAMPLE["id"], ACADEMY_DID),
            (operators.format(4), f"urn:of:{ACADEMY_DID}", ACADEMY_DID),
        ],
    }


def test_the_same_request_of_two_organizations_is_not_the_same(two: Installation) -> None:
    """Without an issuer it would be answered with what the other had signed."""
    with two.client() as client:
        assert ask(client, badge(), headers=shown(two, ACADEMY)).status_code == 201
        refused(ask(client, badge(), headers=shown(two, SCHOOL_CODE)), 409, "conflict", "other content")


def test_another_organizations_certificate_is_not_there(two: Installation) -> None:
    ana = next(one for one in two.certificates() if one.learner == "ana")
    zoe = next(one for one in two.certificates() if one.learner == "zoe")
    academys, url = shown(two, ACADEMY, scopes=["status"]), two.config.credential_url
    alike = {"X-Request-Id": "0" * 32}  # stands in each answer
    with TestClient(create_app(two.services), base_url=URL, headers=academys | alike) as client:
        theirs = change(client, two, credentialId=url(ana.share_id))
        nobodys = change(client, two, credentialId=url("nobody"))
        refused(theirs, 404, "unknown-credential", url(ana.share_id))
        assert theirs.content.replace(ana.share_id.encode(), b"nobody") == nobodys.content
        assert change(client, two, credentialId=url(zoe.share_id)).json()["state"] == "revoked"
        # nor is what another had signed on request
        ask(client, badge(issuer=SCHOOL), headers=shown(two, SCHOOL_CODE))
        answer = change(client, two, credentialId=CREDENTIAL_EXAMPLE["id"])
        refused(answer, 404, "unknown-credential", "No certificate has the id")
    assert two.again(ana).status == "valid"


def test_who_changed_a_status_is_kept(clerk: TestClient, awarded: Installation) -> None:
    change(clerk, awarded, "suspension")
    stored = awarded.certificates()[-1]
    with awarded.database.read() as tx:
        ((actor,),) = tx.exec_driver_sql("SELECT actor FROM status_history").all()
        entry = audit.read(tx, stored.organization)[-1]
    assert actor == entry.actor == "LMS (key 1)"
    assert (entry.action, entry.subject) == ("certificate.suspend", stored.share_id)
