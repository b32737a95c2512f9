"""Certificates as tokens, from the bytes that somebody hands in to the verdict."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulators import DID, METHOD, World
from tests.vc.composed import presentation
from tests.vc.samples import HOST, NOW, SoftSigner, course
from vc import jose
from vc.baking import svg
from vc.dids import key
from vc.errors import ProofMissing
from vc.formats import cose, sd_jwt, vc_jwt
from verifier import Outcome, Policy, Report, Verdict
from verifier.case import Asked
from verifier.verification import run

HOLDER = SoftSigner("a holder", "P-256")
SALTS = [number.to_bytes(16) for number in range(1, 20)]
PLACES = ["/name", "/credentialSubject/identifier/0"]
ASKED = Asked(domain="https://employer.example", challenge="n-1")


@pytest.fixture
def world() -> World:
    return World()


def verify(data: bytes, world: World, asked: Asked | None = None) -> Report:
    return run(data, policy=Policy(), fetch=world, now=NOW, asked=asked)


def badge(world: World) -> dict[str, Any]:
    return world.issuer_of(course(world.signer))


def token(world: World, dialect: Any = "vc+jwt", **changes: Any) -> bytes:
    values = {"signer": world.signer, "verification_method": METHOD, "dialect": dialect} | changes
    return vc_jwt.secure(badge(world), **values)


def withheld(world: World, **more: Any) -> bytes:
    values = {"signer": world.signer, "verification_method": METHOD, "disclosable": PLACES, "salts": SALTS}
    return sd_jwt.secure(badge(world), **(values | more))


def in_cose(world: World) -> bytes:
    return cose.secure(badge(world), signer=world.signer, verification_method=METHOD)


def enveloped(world: World) -> bytes:
    text = base64.b64encode(in_cose(world)).decode()
    return json.dumps(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": f"data:application/vc+cose;base64,{text}",
            "type": "EnvelopedVerifiableCredential",
        }
    ).encode()


FORMS: dict[str, tuple[Callable[[World], bytes], str, str]] = {
    "VC-JOSE-COSE": (token, "jwt", "vc+jwt EdDSA"),
    "Open Badges": (lambda world: token(world, "JWT"), "jwt", "JWT EdDSA"),
    "SD-JWT": (withheld, "jwt", "vc+sd-jwt EdDSA"),
    "COSE": (in_cose, "cose", "vc+cose EdDSA"),
    "envelope": (enveloped, "json", "vc+cose EdDSA"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_certificate_as_a_token(world: World, form: str) -> None:
    make, container, mechanism = FORMS[form]
    report = verify(make(world), world)
    assert report.verdict is Verdict.ACCEPTED, [(c.name, str(c.detail)) for c in report.checks]
    assert (report.container, report.mechanism) == (container, mechanism)
    assert report.facts is not None
    assert (report.facts.recipient, report.facts.issuer.id) == ("Zoë Ünlü-Beispiel", DID)
    assert f"{HOST}/status/1" in world.asked


@pytest.mark.parametrize("form", FORMS)
def test_a_token_that_was_revoked(world: World, form: str) -> None:
    world.revoke(7, "grade corrected")
    assert verify(FORMS[form][0](world), world).verdict is Verdict.REJECTED


@pytest.mark.parametrize("form", ["VC-JOSE-COSE", "Open Badges", "SD-JWT"])
def test_a_token_that_was_changed(world: World, form: str) -> None:
    head, payload, rest = FORMS[form][0](world).split(b".")
    claims = json.loads(base64.urlsafe_b64decode(payload + b"=="))
    claims["credentialSubject"]["achievement"]["name"] = "Doctor of Everything"
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    report = verify(b".".join([head, changed, rest]), world)
    assert report.verdict is Verdict.REJECTED
    assert [check.name for check in report.checks if check.outcome is Outcome.FAILED] == ["proof"]
    assert report.facts is None


def test_a_token_by_a_key_that_only_it_carries(world: World) -> None:
    other = SoftSigner("somebody else")
    forged = jose.sign({"jwk": other.public_key.jwk, "typ": "vc+jwt"}, json.dumps(badge(world)).encode(), other)
    assert verify(forged, world).verdict is Verdict.REJECTED
    known = jose.sign(
        {"jwk": world.signer.public_key.jwk, "typ": "vc+jwt"}, json.dumps(badge(world)).encode(), world.signer
    )
    assert verify(known, world).verdict is Verdict.ACCEPTED


def test_a_link_to_a_token(world: World) -> None:
    world.pages[f"{HOST}/credentials/toolbox"] = token(world)
    report = verify(f"{HOST}/credentials/toolbox".encode(), world)
    assert (report.verdict, report.container) == (Verdict.ACCEPTED, "link")


def test_a_token_baked_into_a_picture(world: World) -> None:
    picture = svg.bake(b'<svg xmlns="http://www.w3.org/2000/svg"/>', token(world, "JWT"))
    assert verify(picture, world).verdict is Verdict.ACCEPTED


def test_claims_that_are_a_badge_too(world: World) -> None:
    """`dc+sd-jwt` is no form of the data model; but an issuer may write a whole badge into it."""
    claims = {**badge(world), "iss": DID, "vct": "https://credentials.example.org/badge"}
    values: dict[str, Any] = {"disclosable": ["/name"], "salts": SALTS, "typ": "dc+sd-jwt"}
    made = sd_jwt.secure(claims, signer=world.signer, verification_method=METHOD, **values)
    report = verify(made, world)
    assert (report.verdict, report.mechanism) == (Verdict.ACCEPTED, "dc+sd-jwt EdDSA")
    other = sd_jwt.secure(
        {"iss": DID, "vct": "urn:other", "name": "x"}, signer=world.signer, verification_method=METHOD, **values
    )
    assert verify(other, world).verdict is Verdict.UNDETERMINED


def test_a_name_that_was_withheld(world: World) -> None:
    report = verify(sd_jwt.present(withheld(world), disclose=[]), world)
    assert report.verdict is Verdict.ACCEPTED
    assert report.facts is not None
    assert report.facts.recipient is None


def test_a_holder_who_answers_us_and_one_who_answered_another(world: World) -> None:
    shown = sd_jwt.bind(
        withheld(world, holder=HOLDER.public_key),
        holder=HOLDER,
        audience=ASKED.domain or "",
        nonce=ASKED.challenge or "",
        now=NOW,
    )
    assert verify(shown, world, ASKED).verdict is Verdict.ACCEPTED
    assert verify(shown, world).verdict is Verdict.REJECTED
    assert verify(shown, world, Asked(domain=ASKED.domain, challenge="n-2")).verdict is Verdict.REJECTED
    assert verify(withheld(world, holder=HOLDER.public_key), world, ASKED).verdict is Verdict.REJECTED


def test_an_issuer_that_cannot_be_reached(world: World) -> None:
    for form in FORMS:
        made = FORMS[form][0](world)
        world.down = True
        assert verify(made, world).verdict is Verdict.UNDETERMINED
        world.down = False


def test_claims_cannot_borrow_an_issuer_by_being_a_presentation_too(world: World) -> None:
    thief = SoftSigner("a thief")
    did = key.did_of(thief.public_key)
    claims = badge(world) | {"vct": "x", "iss": did, "holder": did}
    claims["type"] = [*claims["type"], "VerifiablePresentation"]
    header = {"typ": "dc+sd-jwt", "kid": key.method_of(thief.public_key)}
    forged = jose.sign(header, json.dumps(claims).encode(), thief).decode() + "~"
    report = verify(json.dumps(presentation(did, [forged])).encode(), world)
    assert (report.verdict, report.facts) == (Verdict.REJECTED, None)


@pytest.mark.parametrize("asked", [ASKED, Asked(domain=ASKED.domain), Asked(challenge=ASKED.challenge)])
@pytest.mark.parametrize("form", ["json", "jwt", "cose"])
def test_a_copy_of_a_certificate_answers_nothing(world: World, form: str, asked: Asked) -> None:
    """Whoever has a copy could take the presentation away from around it."""
    made = {"json": json.dumps(world.secure(badge(world))).encode(), "jwt": token(world), "cose": in_cose(world)}
    report = verify(made[form], world, asked)
    assert report.verdict is Verdict.REJECTED
    assert [check.problem for check in report.checks if check.name == "proof"] == [ProofMissing.problem]
