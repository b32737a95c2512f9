"""Presentations: the holder's proof for this verifier and this question, and each credential as its own."""

from typing import Any

import pytest

from tests.conformance.profiles import PROFILES, PROOF_ONLY, STRICT, Profile
from tests.conformance.requests import (
    EXAMPLES,
    ask_to_verify_presentation,
    credential,
    having,
    issued,
    without,
)
from tests.vc.samples import NOW, SoftSigner
from vc.context_rules import VC2
from vc.dids import key
from vc.formats import data_integrity

HOLDER = SoftSigner("a holder")
DID = key.did_of(HOLDER.public_key)
ASKED = {"domain": "verifier.example.org", "challenge": "uZmFyIGF3YXk"}

both = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


def presented(
    profile: Profile, *credentials: dict[str, Any], signer: SoftSigner = HOLDER, **changes: Any
) -> dict[str, Any]:
    document: dict[str, Any] = {"@context": [VC2], "type": ["VerifiablePresentation"], "holder": DID, **changes}
    if credentials:
        document["verifiableCredential"] = list(credentials)
    return data_integrity.secure(
        document,
        signer=signer,
        verification_method=key.method_of(signer.public_key),
        created=NOW,
        rule=profile.rule(document),
        proofPurpose="authentication",
        **ASKED,
    )


@both
@pytest.mark.parametrize("count", range(3))
def test_a_presentation_of_none_one_or_two_credentials(profile: Profile, count: int) -> None:
    credentials = [issued(credential(credentialSubject={"id": f"did:example:{n}"}), profile) for n in range(count)]
    assert ask_to_verify_presentation(presented(profile, *credentials), profile, **ASKED).status == 200


@both
def test_a_presentation_may_name_no_holder(profile: Profile) -> None:
    document = {"@context": [VC2], "type": ["VerifiablePresentation"]}
    secured = data_integrity.secure(
        document,
        signer=HOLDER,
        verification_method=key.method_of(HOLDER.public_key),
        created=NOW,
        rule=profile.rule(document),
        proofPurpose="authentication",
        **ASKED,
    )
    assert ask_to_verify_presentation(secured, profile, **ASKED).status == 200


@both
@pytest.mark.parametrize("other", [{}, {"challenge": "another"}, {"domain": "elsewhere.example"}])
def test_an_answer_to_another_question_is_refused(profile: Profile, other: dict[str, str]) -> None:
    asked = {**ASKED, **other} if other else {}
    assert ask_to_verify_presentation(presented(profile), profile, **asked).status == 400


@both
@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([EXAMPLES, VC2], "@context"),
        ([VC2, "https://example.com"], "@context"),
        ([VC2, 123192875], "@context"),
        (["SomethingElse"], "type"),
        ("not-a-url", "holder"),
        ({"name": "Acme"}, "holder"),
        (["eyJhbGciOiJFUzI1NiJ9.e30.c2ln"], "verifiableCredential"),
        ([{"@context": [VC2], "type": []}], "verifiableCredential"),
    ],
)
def test_a_presentation_with_a_wrong_member_is_refused(profile: Profile, value: Any, path: str) -> None:
    document = presented(profile, issued(credential(), profile))
    assert ask_to_verify_presentation(having(document, value, path), profile, **ASKED).status == 400


@both
@pytest.mark.parametrize("member", ["@context", "type", "proof"])
def test_a_presentation_without_a_member_is_refused(profile: Profile, member: str) -> None:
    assert ask_to_verify_presentation(without(presented(profile), member), profile, **ASKED).status == 400


@both
def test_a_good_presentation_of_a_bad_credential_is_refused(profile: Profile) -> None:
    bad = having(issued(credential(), profile), "did:example:somebody", "credentialSubject", "id")
    assert ask_to_verify_presentation(presented(profile, bad), profile, **ASKED).status == 400


def test_the_holder_is_who_presents_in_the_strict_profile_only() -> None:
    stolen = presented(PROOF_ONLY, signer=SoftSigner("somebody else"))
    assert ask_to_verify_presentation(stolen, PROOF_ONLY, **ASKED).status == 200
    assert ask_to_verify_presentation(stolen, STRICT, **ASKED).status == 400
