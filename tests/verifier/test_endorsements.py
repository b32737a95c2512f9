"""Endorsements: each a credential of its own. A bad one never colours the host and is never shown as good."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.simulators import DID, World
from tests.vc.composed import endorsement
from tests.vc.samples import NOW, SoftSigner, course, secure
from vc.dids import key, web
from vc.formats import vc_jwt
from verifier import Outcome, Policy, Report, Verdict
from verifier.case import Asked
from verifier.report import Endorsement
from verifier.verification import run

ENDORSER = SoftSigner("an employer")
ENDORSER_DID = key.did_of(ENDORSER.public_key)
ANY = Policy(trust="any")


@pytest.fixture
def world() -> World:
    return World()


def verify(world: World, credential: dict[str, Any], policy: Policy = ANY) -> Report:
    return run(json.dumps(world.secure(credential)).encode(), policy=policy, fetch=world, now=NOW)


def endorsed(world: World, one: Any, member: str = "endorsement") -> Report:
    credential = course(world.signer)
    credential["credentialSubject"]["achievement"][member] = [one]
    return verify(world, credential)


def achievement_id(world: World) -> str:
    return str(course(world.signer)["credentialSubject"]["achievement"]["id"])


def good(world: World, **changes: Any) -> dict[str, Any]:
    return secure(endorsement(ENDORSER_DID, achievement_id(world)) | changes, ENDORSER)


def only(report: Report) -> Endorsement:
    assert report.verdict is Verdict.ACCEPTED, report.reason
    (one,) = report.endorsements
    return one


def test_a_good_one(world: World) -> None:
    one = only(endorsed(world, good(world)))
    assert (one.outcome, one.of, one.by) == (Outcome.PASSED, "achievement", "Example Employers (demonstration)")
    assert one.comment == "We would hire whoever has this."


def test_a_good_one_as_a_token(world: World) -> None:
    token = vc_jwt.secure(
        endorsement(ENDORSER_DID, achievement_id(world)),
        signer=ENDORSER,
        verification_method=key.method_of(ENDORSER.public_key),
    ).decode()
    assert only(endorsed(world, token, "endorsementJwt")).outcome is Outcome.PASSED


@pytest.mark.parametrize("of", ["credential", "issuer"])
def test_of_the_credential_and_of_the_issuer(world: World, of: str) -> None:
    credential = world.issuer_of(course(world.signer))
    target = credential if of == "credential" else credential["issuer"]
    target["endorsement"] = [secure(endorsement(ENDORSER_DID, target["id"]), ENDORSER)]
    assert (only(verify(world, credential)).outcome, only(verify(world, credential)).of) == (Outcome.PASSED, of)


def test_bad_ones_never_colour_the_host(world: World) -> None:
    changed = good(world)
    changed["credentialSubject"]["endorsementComment"] = "The best there is."
    stranger = secure(endorsement(ENDORSER_DID, achievement_id(world)), SoftSigner("a forger"))
    elsewhere = secure(endorsement(ENDORSER_DID, "https://academy.example.org/another"), ENDORSER)
    ended = good(world, validUntil=(NOW - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    for one, said in (
        (changed, "does not match"),
        (stranger, "but it is signed by a key of"),
        (elsewhere, "endorses something else"),
        (ended, "Expired"),
    ):
        found = only(endorsed(world, one))
        assert found.outcome is Outcome.FAILED
        assert said in str(found.detail)


def test_one_whose_issuer_nobody_vouches_for_is_not_shown_as_good(world: World) -> None:
    credential = course(world.signer)
    credential["credentialSubject"]["achievement"]["endorsement"] = [good(world)]
    (one,) = verify(world, credential, Policy()).endorsements
    assert one.outcome is Outcome.UNKNOWN


def test_nothing_of_an_unproved_one_is_taken_over(world: World) -> None:
    changed = good(world)
    changed["credentialSubject"]["endorsementComment"] = "The best there is."
    one = only(endorsed(world, changed))
    assert (one.by, one.comment) == ("", None)


def test_a_good_one_among_bad_ones(world: World) -> None:
    other = copy.deepcopy(good(world))
    other["id"] = "https://endorser.example/endorsements/2"
    credential = course(world.signer)
    credential["credentialSubject"]["achievement"]["endorsement"] = [good(world), other]
    report = verify(world, credential)
    assert [one.outcome for one in report.endorsements] == [Outcome.PASSED, Outcome.FAILED]
    check = next(check for check in report.checks if check.name == "endorsements")
    assert str(check.detail) == "Endorsements: 2; shown to be genuine: 1."


def test_members_cannot_be_moved_into_an_endorsement(world: World) -> None:
    """JSON-LD merges nodes of one id; a host's validUntil would still be signed when it stands in the endorsement."""
    credential = world.issuer_of(course(world.signer)) | {"validUntil": "2026-03-02T11:00:00Z"}
    credential["validFrom"] = "2026-02-01T00:00:00Z"
    inner = secure(endorsement(ENDORSER_DID, credential["id"]), ENDORSER)
    credential["endorsement"] = [inner]
    secured = world.secure(credential)
    assert run(json.dumps(secured).encode(), policy=ANY, fetch=world, now=NOW).verdict is Verdict.REJECTED  # expired
    moved = copy.deepcopy(secured)
    subject = moved["endorsement"][0]["credentialSubject"]
    subject["type"] = ["EndorsementSubject", "VerifiableCredential", "OpenBadgeCredential"]
    subject["validUntil"] = moved.pop("validUntil")
    report = run(json.dumps(moved).encode(), policy=ANY, fetch=world, now=NOW)
    assert report.verdict is Verdict.REJECTED


@pytest.mark.parametrize("member", ["endorsement", "endorsementJwt"])
def test_a_badge_of_the_issuer_s_own_is_no_endorsement(world: World, member: str) -> None:
    """Whoever gave the issuer a badge did not say a word for what the issuer gives to others."""
    credential = world.issuer_of(course(world.signer))
    badge: Any = course(ENDORSER) | {"id": "https://endorser.example/badges/1"}
    badge["credentialSubject"]["id"] = credential["issuer"]["id"]
    del badge["credentialStatus"]
    if member == "endorsement":
        badge = secure(badge, ENDORSER)
    else:
        method = key.method_of(ENDORSER.public_key)
        badge = vc_jwt.secure(badge, signer=ENDORSER, verification_method=method).decode()
    credential["issuer"][member] = [badge]
    data = json.dumps(world.secure(credential, suite="eddsa-jcs-2022")).encode()
    one = only(run(data, policy=ANY, fetch=world, now=NOW))
    assert (one.outcome, str(one.detail)) == (
        Outcome.FAILED,
        "It is a credential of another kind, and endorses nothing.",
    )


@pytest.mark.parametrize(
    "more",
    [
        {"achievement": "x"},
        {"achievement": {"name": "A Degree", "achievementType": "Degree", "resultDescription": ["x"]}},
        {"achievement": {"endorsementJwt": ["x"]}},
        {"identifier": ["x"]},
        {"identifier": [{"identityType": "name", "hashed": False}]},
    ],
    ids=lambda more: str(more)[:40],
)
def test_an_endorsement_awards_nothing(world: World, more: dict[str, Any]) -> None:
    """Members of another class in its subject are of no form that anybody checked."""
    document = endorsement(DID, achievement_id(world))
    document["credentialSubject"] |= more
    data = json.dumps(world.secure(document, suite="eddsa-jcs-2022")).encode()
    report = run(data, policy=ANY, fetch=world, now=NOW, asked=Asked(recipient="zoe@example.org"))
    assert report.facts is not None
    assert (report.facts.name, report.facts.kind) == ("An endorsement", "EndorsementCredential")
    assert report.facts.recipient == achievement_id(world)
    assert (report.courses, report.endorsements) == ((), ())


def test_an_endorser_is_named_with_its_domain(world: World) -> None:
    """Whoever endorses may call itself as it likes."""
    did = "did:web:endorser.example"
    world.pages[web.document_url(did)] = json.dumps(web.document(did, {"key-1": ENDORSER.public_key})).encode()
    spoken = secure(endorsement(did, achievement_id(world)), ENDORSER, verification_method=f"{did}#key-1")
    (said,) = [str(one.detail) for one in endorsed(world, spoken).checks if one.name == "endorsements"]
    assert said == "Endorsed by Example Employers (demonstration) (endorser.example)."


def test_an_issuer_does_not_endorse_itself(world: World) -> None:
    spoken = world.secure(endorsement(DID, achievement_id(world)) | {"id": "https://endorser.example/endorsements/3"})
    report = endorsed(world, spoken)
    assert only(report).outcome is Outcome.SKIPPED
    assert "shown to be genuine: 0" in next(str(one.detail) for one in report.checks if one.name == "endorsements")
