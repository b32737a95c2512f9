"""The command of the JOSE and COSE suite: what it makes it verifies, and what the suite's bad files are it refuses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conformance import jose_cose, p521
from tests.conformance.jose_cose import FEATURES, Task, issue, run, verify
from tests.conformance.jwk_signer import JwkSigner
from tests.conformance.profiles import PROFILES, PROOF_ONLY, STRICT, Profile
from tests.conformance.requests import EXAMPLES
from tests.vc.samples import NOW
from vc import jose
from vc.context_rules import VC2
from vc.errors import Unavailable
from vc.keys import PublicKey
from vc.multibase import base64url_encode

PARTY = "https://issuer.example/vc-jose-cose"
ENVELOPE = {"@context": VC2, "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,e30.e30.c2ln"}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "credential": {
        "@context": [VC2],
        "type": ["VerifiableCredential"],
        "issuer": PARTY,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject", "description": "About the subject", "name": "Zoë"},
    },
    "presentation": {
        "@context": [VC2],
        "type": ["VerifiablePresentation"],
        "holder": PARTY,
        "verifiableCredential": [ENVELOPE],
    },
}
PATHS = {"credential": ["credentialSubject.name"], "presentation": ["verifiableCredential[0]"]}


def method(curve: ec.EllipticCurve) -> dict[str, Any]:
    """A verification method with both its keys, as the suite's files are."""
    size = (curve.key_size + 7) // 8
    private = ec.derive_private_key(int.from_bytes(b"conformance" * 2), curve)
    numbers = private.public_key().public_numbers()
    x, y, d = (
        base64url_encode(number.to_bytes(size))
        for number in (numbers.x, numbers.y, private.private_numbers().private_value)
    )
    jwk = {"kty": "EC", "crv": f"P-{curve.key_size}", "x": x, "y": y}
    return {
        "id": f"{PARTY}#key-1",
        "type": "JsonWebKey",
        "controller": PARTY,
        "publicKeyJwk": jwk,
        "secretKeyJwk": {**jwk, "d": d},
    }


P256, P521 = method(ec.SECP256R1()), method(ec.SECP521R1())


def task(feature: str, profile: Profile = PROOF_ONLY, key: dict[str, Any] = P256, **changes: Any) -> Task:
    kind, _, how = feature.partition("_")
    data = json.dumps({**DOCUMENTS[kind], **changes}).encode()
    return Task(profile, NOW, feature, data, key, PATHS[kind] if how == "sdjwt" else ())


def made(given: Task) -> Task:
    result = run(issue, given)
    assert result["result"] == "success", result
    return replace(given, data=result["data"].encode())


both = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


@both
@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_made_is_verified(profile: Profile, feature: str) -> None:
    result = run(verify, made(task(feature, profile)))
    assert result["result"] == "success", result
    document = json.loads(result["data"])
    expected = DOCUMENTS[feature.partition("_")[0]]
    assert {name: document[name] for name in expected} == expected


@both
@pytest.mark.parametrize("feature", FEATURES)
def test_a_bad_signature_is_a_failure(profile: Profile, feature: str) -> None:
    given = made(task(feature, profile))
    place = len(given.data.partition(b"~")[0]) - 20  # inside the issuer's signature, whichever form it is
    letter = b"A" if given.data[place : place + 1] != b"A" else b"B"
    changed = given.data[:place] + letter + given.data[place + 1 :]
    assert run(verify, replace(given, data=changed))["result"] == "failure"


@both
@pytest.mark.parametrize("feature", FEATURES)
def test_a_document_that_is_not_signed_is_a_failure(profile: Profile, feature: str) -> None:
    assert run(verify, task(feature, profile))["result"] == "failure"


@both
@pytest.mark.parametrize("feature", [feature for feature in FEATURES if feature.startswith("presentation")])
def test_a_presentation_of_something_else_is_a_failure(profile: Profile, feature: str) -> None:
    bad = {**ENVELOPE, "id": "not-a-credential"}
    assert run(issue, task(feature, profile, verifiableCredential=[bad]))["result"] == "failure"


def token(header: dict[str, Any], **claims: Any) -> Task:
    payload = json.dumps({**DOCUMENTS["credential"], **claims}).encode()
    data = jose.sign({"kid": P256["id"], **header}, payload, JwkSigner(P256["secretKeyJwk"]))
    return replace(task("credential_jose"), data=data)


@both
@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "bad+typ", "cty": "bad+cty"}, {}),
        ({"typ": "vp+jwt"}, {}),
        ({"typ": "vc+jwt"}, {"vc": "oops", "vp": "nooo"}),
        ({"typ": "vc+jwt"}, {"iss": "https://another.example"}),
        ({"typ": "vc+jwt"}, {"type": ["Something"]}),
    ],
)
def test_a_token_that_says_something_else_is_a_failure(
    profile: Profile, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    given = replace(token(header, **claims), profile=profile)
    assert run(verify, given)["result"] == "failure"
    assert run(verify, replace(token({"typ": "vc+jwt", "cty": "vc"}), profile=profile))["result"] == "success"


def test_claims_that_are_malformed_or_out_of_date_pass_in_one_profile_only() -> None:
    for claims in ({"iat": "2010-01-01T19:23:24Z"}, {"exp": 1734310020}):
        given = token({"typ": "vc+jwt"}, **claims)
        assert run(verify, given)["result"] == "success"
        assert run(verify, replace(given, profile=STRICT))["result"] == "failure"


def test_a_context_for_every_word_passes_in_one_profile_only() -> None:
    given = task("credential_jose")
    document = {**json.loads(given.data), "@context": [VC2, EXAMPLES]}
    given = made(replace(given, data=json.dumps(document).encode()))
    assert run(verify, given)["result"] == "success"
    assert run(verify, replace(given, profile=STRICT))["result"] == "failure"


@both
def test_a_member_that_no_reader_could_understand_is_not_signed(profile: Profile) -> None:
    given = task("credential_jose", profile, badExtension={"huh": "what?"})
    assert run(issue, given)["result"] == "failure"


def test_the_curve_that_the_project_does_not_use_is_there_for_the_suite_alone() -> None:
    assert run(verify, made(task("credential_jose", key=P521)))["result"] == "success"
    assert run(issue, task("credential_jose", STRICT, key=P521))["result"] == "indeterminate"
    with pytest.raises(Unavailable):
        PublicKey.from_jwk(P521["publicKeyJwk"])
    assert p521.ALG not in jose.ALGORITHMS


def test_the_command_reads_and_writes_files_below_the_suite(tmp_path: Path) -> None:
    for name in ("input", "output"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    given = task("credential_jose")
    (tmp_path / "tests" / "input" / "credential.json").write_bytes(given.data)
    (tmp_path / "tests" / "input" / "key.json").write_text(json.dumps(P256))
    words = ["issue", "--input", "/tests/input/credential.json", "--key", "/tests/input/key.json"]
    words += ["--feature", "credential_jose", "--output", "/tests/output/1.json", "--below", str(tmp_path)]
    assert jose_cose.main(words) == 0
    result = json.loads((tmp_path / "tests" / "output" / "1.json").read_text())
    assert result["result"] == "success"
