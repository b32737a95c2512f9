"""Is it the person's whom the asker has in mind? An address is compared with its hash, a DID with the subject's id."""

import hashlib
import json
from typing import Any

import pytest

from tests.simulators import World
from tests.vc.samples import NOW, course
from verifier import Outcome, Policy, Report, Verdict
from verifier.case import Asked
from verifier.verification import run


def verify(recipient: str | None, **subject: Any) -> Report:
    world = World()
    credential = course(world.signer)
    credential["credentialSubject"] |= subject
    data = json.dumps(world.secure(credential)).encode()
    return run(data, policy=Policy(), fetch=world, now=NOW, asked=Asked(recipient=recipient))


def outcome(report: Report) -> Outcome:
    return next(check.outcome for check in report.checks if check.name == "subject")


@pytest.mark.parametrize("recipient", ["zoe@example.org", " zoe@example.org ", "Zoe@Example.org"])
def test_the_hashed_address(recipient: str) -> None:
    report = verify(recipient)
    assert outcome(report) is Outcome.PASSED
    assert report.verdict is Verdict.ACCEPTED


def test_another_address() -> None:
    report = verify("max@example.org")
    assert report.verdict is Verdict.REJECTED
    assert str(report.reason) == "It was not awarded to max@example.org."


def test_nobody_asked() -> None:
    assert outcome(verify(None)) is Outcome.SKIPPED
    assert outcome(verify("  ")) is Outcome.SKIPPED


def test_a_did() -> None:
    assert outcome(verify("did:example:zoe", id="did:example:zoe")) is Outcome.PASSED
    assert outcome(verify("did:example:max", id="did:example:zoe")) is Outcome.FAILED
    report = verify("did:example:zoe")
    assert report.verdict is Verdict.UNDETERMINED
    assert "in no way that did:example:zoe can be compared with" in str(report.reason)


def test_a_mail_address_as_id() -> None:
    assert outcome(verify("zoe@example.org", id="mailto:zoe@example.org", identifier=[])) is Outcome.PASSED


def identity(hash_: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": hash_,
        "identityType": "emailAddress",
        "salt": "s",
    } | changes


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        # sha256 and md5 of "zoe@example.orgs"
        (identity("sha256$" + hashlib.sha256(b"zoe@example.orgs").hexdigest()), Outcome.PASSED),
        (identity("md5$" + hashlib.md5(b"zoe@example.orgs").hexdigest()), Outcome.PASSED),
        (identity("sha256$" + "0" * 64), Outcome.FAILED),
        (identity("zoe@example.org", hashed=False), Outcome.PASSED),
        (identity("sha256$" + "0" * 64, identityType="name"), Outcome.UNKNOWN),
    ],
)
def test_identities(one: dict[str, Any], expected: Outcome) -> None:
    assert outcome(verify("zoe@example.org", identifier=[one])) is expected


@pytest.mark.parametrize("said", ["sha256$\u00e9", "sha256$", "sha256", "rot13$mbr", "$", ""])
def test_a_hash_that_is_none_is_nobodys_and_no_crash(said: str) -> None:
    """`hmac.compare_digest` raises for texts with letters beyond ASCII."""
    identity = {"type": "IdentityObject", "hashed": True, "identityHash": said or "x", "identityType": "emailAddress"}
    assert outcome(verify("zoe@example.org", identifier=[identity])) is Outcome.FAILED
