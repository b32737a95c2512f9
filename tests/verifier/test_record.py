"""Learner records (CLR 2.0): each credential in them is judged by itself, and none borrows the record's signature."""

import copy
import json
from typing import Any

import pytest

from tests.simulators import DID, World
from tests.vc.composed import endorsement, record
from tests.vc.samples import NOW, SoftSigner, course, secure
from vc.context_rules import CLR
from vc.errors import UnsignedData
from vc.formats import vc_jwt
from verifier import Outcome, Policy, Report, Verdict
from verifier.verification import run


@pytest.fixture
def world() -> World:
    return World()


def verify(world: World, credentials: list[Any], subject: dict[str, Any] | None = None) -> Report:
    unsecured = record(DID, credentials)
    unsecured["credentialSubject"] |= subject or {}
    data = json.dumps(world.secure(unsecured, rule=CLR)).encode()
    return run(data, policy=Policy(), fetch=world, now=NOW)


def parts(report: Report) -> list[tuple[str, Outcome]]:
    return [(part.name, part.outcome) for part in report.courses]


def two(world: World) -> list[dict[str, Any]]:
    return [world.secure(course(world.signer)), world.secure(course(world.signer, "two", "Course two", index=9))]


def test_a_record_of_two(world: World) -> None:
    report = verify(world, two(world))
    assert report.verdict is Verdict.ACCEPTED, report.reason
    assert parts(report) == [("The Toolbox", Outcome.PASSED), ("Course two", Outcome.PASSED)]
    assert report.facts is not None
    assert (report.facts.kind, report.facts.recipient) == ("ClrCredential", "Zoë Ünlü-Beispiel")


def test_a_revoked_credential_is_shown_and_does_not_colour_the_record(world: World) -> None:
    world.revoke(9, "grade corrected")
    report = verify(world, two(world))
    assert report.verdict is Verdict.ACCEPTED
    assert parts(report)[1] == ("Course two", Outcome.FAILED)
    assert "grade corrected" in str(report.courses[1].detail)


def test_a_forged_credential_rejects_the_record(world: World) -> None:
    """Whoever signs the record did not look; the record must not lend its signature to what it holds."""
    one, other = two(world)
    changed = copy.deepcopy(other)
    changed["credentialSubject"]["achievement"]["name"] = "Rocket Science"
    stranger = SoftSigner("a forger")
    forged = secure(world.issuer_of(course(stranger, "two")), stranger)
    unsigned = {name: value for name, value in other.items() if name != "proof"}
    for bad in (changed, forged):
        report = verify(world, [one, bad])
        assert report.verdict is Verdict.REJECTED
        assert str(report.reason).startswith("A credential in it is not genuine")
    with pytest.raises(UnsignedData, match="same id"):  # what has no proof of its own is not even signed by us
        world.secure(record(DID, [one, unsigned]), rule=CLR)


def test_somebody_elses_credential_rejects_the_record(world: World) -> None:
    other = course(world.signer, "two", index=9)
    other["credentialSubject"] = {"id": "did:example:max", **other["credentialSubject"]}
    report = verify(world, [world.secure(other)], {"id": "did:example:zoe"})
    assert report.verdict is Verdict.REJECTED
    assert "somebody else" in str(report.reason)


def test_the_same_learner_may_be_named_in_both(world: World) -> None:
    own = course(world.signer, "two", index=9)
    own["credentialSubject"] = {"id": "did:example:zoe", **own["credentialSubject"]}
    assert verify(world, [world.secure(own)], {"id": "did:example:zoe"}).verdict is Verdict.ACCEPTED


def test_an_enveloped_credential(world: World) -> None:
    token = vc_jwt.secure(
        world.issuer_of(course(world.signer)), signer=world.signer, verification_method=f"{DID}#key-1"
    ).decode()
    enveloped = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": f"data:application/vc+jwt,{token}",
        "type": ["EnvelopedVerifiableCredential"],
    }
    report = verify(world, [enveloped])
    assert parts(report) == [("The Toolbox", Outcome.PASSED)]
    assert report.verdict is Verdict.ACCEPTED


def test_an_issuer_that_cannot_be_reached_leaves_it_open(world: World) -> None:
    stranger = SoftSigner("elsewhere")
    credential = course(stranger, "two", index=9)
    credential["issuer"]["id"] = "did:web:down.example"
    secured = secure(credential, stranger, verification_method="did:web:down.example#key-1")
    report = verify(world, [secured])
    assert report.verdict is Verdict.UNDETERMINED
    assert parts(report)[0][1] is Outcome.UNKNOWN


def test_too_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.record.MAX_CONTAINED", 1)
    report = verify(world, two(world))
    assert report.verdict is Verdict.UNDETERMINED
    assert "at most 1" in str(report.reason)


def test_an_endorsement_in_it_is_awarded_to_nobody(world: World) -> None:
    """A record holds credentials of whatever kind; an endorsement is about a course, not about a learner."""
    badge = course(world.signer)
    badge["credentialSubject"]["id"] = "did:example:zoe"
    spoken = world.secure(endorsement(DID, badge["credentialSubject"]["achievement"]["id"]))
    report = verify(world, [world.secure(badge), spoken], {"id": "did:example:zoe"})
    assert report.verdict is Verdict.ACCEPTED, report.reason
    assert [(part.name, part.kind) for part in report.courses] == [
        ("The Toolbox", "course"),
        ("An endorsement", "credential"),
    ]
