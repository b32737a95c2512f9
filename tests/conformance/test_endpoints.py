"""The endpoints answer the requests of the suites as these expect, in both profiles; CI has no suites to run."""

from typing import Any

import pytest

from tests.conformance.issuing import ISSUERS, did_of
from tests.conformance.profiles import PROFILES, PROOF_ONLY, STRICT, Profile
from tests.conformance.requests import (
    ABSENT,
    EXAMPLES,
    ask_to_issue,
    ask_to_verify,
    credential,
    credential_1,
    having,
    issued,
    without,
    wrong_members,
)
from vc.context_rules import VC2

both = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


@both
@pytest.mark.parametrize(("suite", "kind"), ISSUERS)
@pytest.mark.parametrize("make", [credential, credential_1], ids=["2.0", "1.1"])
def test_what_is_issued_verifies(profile: Profile, suite: str, kind: str, make: Any) -> None:
    secured = issued(make(kind), profile, suite=suite, kind=kind)
    proof = secured["proof"]
    assert (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) == (
        "DataIntegrityProof",
        suite,
        "assertionMethod",
    )
    assert proof["verificationMethod"].startswith(did_of(kind) + "#")
    assert proof["proofValue"][0] == ("u" if suite == "ecdsa-sd-2023" else "z")
    if suite != "ecdsa-sd-2023":  # a base proof is for the holder alone
        assert ask_to_verify(secured, profile).status == 200


@both
@pytest.mark.parametrize(("member", "value"), list(wrong_members()))
def test_a_credential_with_a_wrong_member_is_neither_issued_nor_verified(
    profile: Profile, member: str, value: Any
) -> None:
    good = credential()
    assert (
        ask_to_issue(having(good, value, member) if value is not ABSENT else without(good, member), profile).status
        == 400
    )
    secured = issued(good, profile)
    changed = having(secured, value, member) if value is not ABSENT else without(secured, member)
    assert ask_to_verify(changed, profile).status == 400


@both
@pytest.mark.parametrize("body", ["a string", None, 4, [], {}])
def test_what_is_no_credential_at_all_is_refused_politely(profile: Profile, body: Any) -> None:
    for given in (ask_to_issue(body, profile), ask_to_verify(body, profile)):
        assert given.status == 400
        assert given.body["problemDetails"][0]["detail"]


@both
@pytest.mark.parametrize(
    "member", ["type", "verificationMethod", "proofPurpose", "proofValue", "cryptosuite", "created"]
)
def test_every_member_of_the_proof_is_needed(profile: Profile, member: str) -> None:
    """`created` may be missing from a proof, but not from one that was signed with it."""
    assert ask_to_verify(without(issued(credential(), profile), "proof", member), profile).status == 400


@both
@pytest.mark.parametrize("value", ["string", None, 10, True, [], {}])
def test_a_proof_is_an_object(profile: Profile, value: Any) -> None:
    assert ask_to_verify(having(issued(credential(), profile), value, "proof"), profile).status == 400


@both
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("type", "UnknownProofType"),
        ("cryptosuite", "UnknownCryptosuite"),
        ("proofPurpose", "invalidPurpose"),
        ("verificationMethod", "did:key:invalidVm"),
        ("created", "invalidDate"),
        ("expires", "2020-01-01T00:00:00Z"),
        ("domain", "elsewhere.example"),
        ("challenge", "1235abcd6789"),
        ("previousProof", "urn:uuid:missing"),
        ("proofValue", None),
        ("proofValue", "uAAAA"),
    ],
)
def test_a_proof_that_says_something_else_is_refused(profile: Profile, member: str, value: Any) -> None:
    assert ask_to_verify(having(issued(credential(), profile), value, "proof", member), profile).status == 400


@both
@pytest.mark.parametrize("change", ["type", "term"])
def test_what_no_context_defines_is_neither_signed_nor_verified(profile: Profile, change: str) -> None:
    def undefined(document: dict[str, Any]) -> dict[str, Any]:
        if change == "type":
            return having(document, [*document["type"], "UndefinedType"], "type")
        return having(document, "IfDroppedWillVerify", "credentialSubject", "undefinedTerm")

    assert ask_to_issue(undefined(credential()), profile).status == 400
    assert ask_to_verify(undefined(issued(credential(), profile)), profile).status == 400


WRITTEN_OUT = {"ExampleCredential": "https://example.org/#ExampleCredential"}

LENIENT: dict[str, dict[str, Any]] = {
    "a context that defines every word": {"context": [VC2, EXAMPLES]},
    "a context inside the document": {
        "context": [VC2, WRITTEN_OUT],
        "type": ["VerifiableCredential", "ExampleCredential"],
    },
    "the same, wrapped as a file has it": {
        "context": [VC2, {"@context": WRITTEN_OUT}],
        "type": ["VerifiableCredential", "ExampleCredential"],
    },
    "a text with its language": {"name": {"@value": "Beispiel", "@language": "de"}},
    "a text with its direction": {"name": {"@value": "مثال", "@language": "ar", "@direction": "rtl"}},
    "the digest of an earlier context": {
        "relatedResource": {"id": VC2, "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}
    },
}

WRONG: dict[str, dict[str, Any]] = {
    "no context of the data model": {"context": [EXAMPLES]},
    "an address that is none": {"context": [VC2, "https ://not-a-url/contexts/example/v1"]},
    "a context that is not pinned": {"context": [VC2, "https://example.com/context"]},
    "a protected word, defined anew": {"context": [VC2, {"VerifiableCredential": "https://example.org/#Bad"}]},
    "a type that is mapped to no URL": {
        "context": [VC2, {"ExampleCredential": "https ://not-a-url#ExampleCredential"}],
        "type": ["VerifiableCredential", "ExampleCredential"],
    },
    "a text that says more": {"name": {"@value": "Example", "@language": "en", "url": "did:example:a"}},
    "several ids": {"id": ["https://example.org/1", "https://example.net/1"]},
    "an id that is no URL": {"id": "https ://not-a-url"},
    "a subject with several ids": {"credentialSubject": {"id": ["did:example:a", "did:example:b"]}},
    "a status without type": {"credentialStatus": {"id": "did:example:status"}},
    "a schema without id": {"credentialSchema": {"type": "https://example.org/#Schema"}},
    "an evidence without type": {"evidence": {}},
    "terms of use without type": {"termsOfUse": {"id": "did:example:terms"}},
    "a refresh service without type": {"refreshService": {"id": "did:example:refresh"}},
    "a date in words": {"validFrom": "Sat 25 Feb 2023 07:16:31 PM CST"},
    "an end before the beginning": {"validFrom": "2026-01-01T00:00:00Z", "validUntil": "2025-01-01T00:00:00Z"},
    "a related resource without digest": {"relatedResource": [{"id": VC2}]},
    "a related resource as a string": {"relatedResource": [VC2]},
    "a wrong digest": {
        "relatedResource": [{"id": VC2, "digestMultibase": "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"}]
    },
}


@pytest.mark.parametrize("changes", LENIENT.values(), ids=LENIENT)
def test_what_the_suites_take_for_granted_passes_in_one_profile_only(changes: dict[str, Any]) -> None:
    secured = issued(credential(**changes), PROOF_ONLY)
    assert ask_to_verify(secured, PROOF_ONLY).status == 200
    assert ask_to_issue(credential(**changes), STRICT).status == 400
    assert ask_to_verify(secured, STRICT).status == 400


@both
@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_what_the_data_model_forbids_is_not_issued(profile: Profile, changes: dict[str, Any]) -> None:
    assert ask_to_issue(credential(**changes), profile).status == 400


RIGHT: dict[str, dict[str, Any]] = {
    "a further type as a URL": {"type": ["https://example.org/#ExampleCredential", "VerifiableCredential"]},
    "several subjects": {"credentialSubject": [{"id": "did:example:a"}, {"id": "did:example:b"}]},
    "a date with milliseconds": {"validFrom": "2023-02-26T01:02:58.447Z"},
    "a date elsewhere": {"validUntil": "2028-02-25T19:10:39-06:00"},
    "a refresh service": {"refreshService": {"type": "https://example.org/#Refresh", "id": "did:example:r"}},
    "two schemas": {
        "credentialSchema": [
            {"type": "https://example.org/#Schema", "id": "did:example:schemas:1"},
            {"type": "https://example.org/#Schema", "id": "did:example:schemas:2"},
        ]
    },
    "the digest of a pinned context": {
        "relatedResource": {"id": VC2, "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"}
    },
}


@both
@pytest.mark.parametrize("changes", RIGHT.values(), ids=RIGHT)
def test_what_the_data_model_allows_is_issued(profile: Profile, changes: dict[str, Any]) -> None:
    assert ask_to_verify(issued(credential(**changes), profile), profile).status == 200


@pytest.mark.parametrize(
    "changes", [{"validFrom": "2026-03-02T12:06:00Z"}, {"validUntil": "2026-03-02T12:00:00Z"}], ids=["early", "late"]
)
def test_a_credential_that_is_not_valid_now_passes_in_one_profile_only(changes: dict[str, str]) -> None:
    for profile, status in ((PROOF_ONLY, 200), (STRICT, 400)):
        assert ask_to_verify(issued(credential(**changes), profile), profile).status == status


def test_a_key_need_be_the_issuers_in_the_strict_profile_only() -> None:
    another = issued(credential(issuer="https://vc.example/issuers/5678"), PROOF_ONLY)
    assert ask_to_verify(another, PROOF_ONLY).status == 200
    assert ask_to_verify(another, STRICT).status == 400
    assert ask_to_issue(credential(issuer="https://vc.example/issuers/5678"), STRICT).status == 400


@both
def test_a_chain_of_proofs_needs_its_first(profile: Profile) -> None:
    first = issued(having(credential(), "urn:uuid:one", "id"), profile)
    assert ask_to_verify(having(first, [first["proof"], first["proof"]], "proof"), profile).status == 200
    bad = having(first["proof"], "z" + "1" * 88, "proofValue")
    assert ask_to_verify(having(first, [first["proof"], bad], "proof"), profile).status == 400


@both
@pytest.mark.parametrize(("suite", "kind"), [("eddsa-rdfc-2022", "P-256"), ("unknown", "Ed25519")])
def test_there_is_no_issuer_for_every_address(profile: Profile, suite: str, kind: str) -> None:
    assert ask_to_issue(credential(), profile, suite=suite, kind=kind).status == 400
