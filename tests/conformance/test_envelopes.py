"""Credentials and presentations in envelopes: the token inside is what counts, and the envelope must be one."""

import json
from typing import Any

import pytest

from tests.conformance.profiles import PROFILES, PROOF_ONLY, STRICT, Profile
from tests.conformance.requests import (
    EXAMPLES,
    ask_to_verify,
    ask_to_verify_presentation,
    credential,
    having,
    issued,
    without,
)
from tests.vc.samples import SoftSigner
from vc import jose
from vc.context_rules import VC2
from vc.dids import key

HOLDER = SoftSigner("a holder of tokens")
DID = key.did_of(HOLDER.public_key)

both = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


def enveloped(profile: Profile) -> dict[str, Any]:
    return issued(credential("P-256"), profile, suite="vc-jwt", kind="P-256")


def presented(claims: dict[str, Any], **header: str) -> dict[str, Any]:
    payload = json.dumps({"nonce": "123456789", **claims}).encode()
    token = jose.sign({"kid": key.method_of(HOLDER.public_key), **header}, payload, HOLDER).decode()
    return {"@context": VC2, "type": "EnvelopedVerifiablePresentation", "id": f"data:application/vp+jwt,{token}"}


def presentation(*credentials: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": [VC2],
        "type": ["VerifiablePresentation"],
        "holder": DID,
        "verifiableCredential": list(credentials),
    }


@both
def test_what_is_issued_in_an_envelope_verifies(profile: Profile) -> None:
    envelope = enveloped(profile)
    assert envelope["id"].startswith("data:application/vc+jwt,")
    given = ask_to_verify(envelope, profile)
    assert (given.status, given.body["verifiableCredential"]) == (200, credential("P-256"))


@both
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("@context", []),
        ("@context", EXAMPLES),
        ("type", "VerifiableCredential"),
        ("type", "EnvelopedVerifiablePresentation"),
        ("id", "https://issuer.example/1"),
        ("id", "data:text/plain,e30.e30.c2ln"),
        ("id", "data:application/vc+jwt,e30.e30.c2ln"),
    ],
)
def test_an_envelope_that_is_none_is_refused(profile: Profile, member: str, value: Any) -> None:
    assert ask_to_verify(having(enveloped(profile), value, member), profile).status == 400


@both
def test_an_envelope_without_type_or_scheme_is_refused(profile: Profile) -> None:
    envelope = enveloped(profile)
    assert ask_to_verify(without(envelope, "type"), profile).status == 400
    assert ask_to_verify(having(envelope, envelope["id"].partition(",")[2], "id"), profile).status == 400


@both
def test_a_presentation_in_an_envelope_of_credentials_in_envelopes(profile: Profile) -> None:
    token = presented(presentation(enveloped(profile)), typ="vp+jwt", cty="vp")
    assert ask_to_verify_presentation(token, profile, challenge="123456789").status == 200
    assert ask_to_verify_presentation(token, profile, challenge="another").status == 400
    bad = having(enveloped(profile), "data:application/vc+jwt,e30.e30.c2ln", "id")
    token = presented(presentation(bad), typ="vp+jwt", cty="vp")
    assert ask_to_verify_presentation(token, profile, challenge="123456789").status == 400


def test_a_presentation_in_a_claim_as_drafts_had_it_passes_in_one_profile_only() -> None:
    for profile, status in ((PROOF_ONLY, 200), (STRICT, 400)):
        token = presented({"iss": DID, "vp": presentation(enveloped(profile))}, typ="JWT")
        assert ask_to_verify_presentation(token, profile, challenge="123456789").status == status


@both
def test_a_token_of_today_has_no_such_claim(profile: Profile) -> None:
    token = presented({"vp": presentation(enveloped(profile))}, typ="vp+jwt")
    assert ask_to_verify_presentation(token, profile, challenge="123456789").status == 400
