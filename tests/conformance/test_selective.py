"""The holder's endpoint: what was chosen and what must be shown is there, the rest is gone, and it verifies."""

from typing import Any

import pytest

from tests.conformance.profiles import PROFILES, Profile
from tests.conformance.requests import ask_to_derive, ask_to_issue, ask_to_verify, credential, having, issued
from vc.cryptosuites.ecdsa_sd_2023 import SUITE

SD: dict[str, Any] = {"suite": SUITE.name, "kind": "P-256"}
SUBJECT = {"id": "did:example:subject", "name": "Zoë Ünlü-Beispiel", "description": "Holds it."}

both = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


def base(profile: Profile, **options: Any) -> dict[str, Any]:
    return issued(credential("P-256", credentialSubject=dict(SUBJECT)), profile, **SD, **options)


@both
def test_what_is_derived_shows_what_was_chosen_and_what_is_mandatory(profile: Profile) -> None:
    secured = base(profile, mandatoryPointers=["/credentialSubject/name"])
    given = ask_to_derive(secured, profile, selectivePointers=["/credentialSubject/id"])
    assert given.status == 201
    derived = given.body["verifiableCredential"]
    assert derived["credentialSubject"] == {name: SUBJECT[name] for name in ("id", "name")}
    assert derived["issuer"] == secured["issuer"]
    assert ask_to_verify(derived, profile).status == 200


@both
def test_a_base_proof_is_for_the_holder_alone(profile: Profile) -> None:
    assert ask_to_verify(base(profile), profile).status == 400


@both
def test_what_is_derived_cannot_be_changed(profile: Profile) -> None:
    given = ask_to_derive(base(profile), profile, selectivePointers=["/credentialSubject/name"])
    derived = given.body["verifiableCredential"]
    assert ask_to_verify(having(derived, "Somebody else", "credentialSubject", "name"), profile).status == 400
    for value in (derived["proof"]["proofValue"][1:], "u" + derived["proof"]["proofValue"][4:]):
        assert ask_to_verify(having(derived, value, "proof", "proofValue"), profile).status == 400


@both
@pytest.mark.parametrize("pointers", [["/credentialSubject/nothing"], "text", [1]])
def test_pointers_that_lead_nowhere_are_refused(profile: Profile, pointers: Any) -> None:
    document = credential("P-256", credentialSubject=dict(SUBJECT))
    assert ask_to_issue(document, profile, **SD, mandatoryPointers=pointers).status == 400
    assert ask_to_derive(base(profile), profile, selectivePointers=pointers).status == 400


@both
def test_there_is_nothing_to_derive_from_another_proof(profile: Profile) -> None:
    assert ask_to_derive(issued(credential(), profile), profile, selectivePointers=["/issuer"]).status == 400
