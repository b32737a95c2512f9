"""Presentations: the holder's own proof, made for one question, and each credential in it by itself."""

import json
from typing import Any

import pytest

from tests.simulators import World
from tests.vc.composed import presentation
from tests.vc.samples import NOW, SoftSigner, course
from vc.context_rules import CREDENTIAL
from vc.dids import key
from vc.formats import data_integrity
from verifier import Outcome, Policy, Report, Verdict
from verifier.case import Asked
from verifier.verification import run

HOLDER = SoftSigner("a learner")
HOLDER_DID = key.did_of(HOLDER.public_key)
ASKED = Asked(domain="employer.example", challenge="c-1")


@pytest.fixture
def world() -> World:
    return World()


def presented(credentials: list[Any], signer: SoftSigner = HOLDER, **options: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "proofPurpose": "authentication",
        "domain": ASKED.domain,
        "challenge": ASKED.challenge,
    }
    return data_integrity.secure(
        presentation(HOLDER_DID, credentials),
        signer=signer,
        verification_method=key.method_of(signer.public_key),
        created=NOW,
        rule=CREDENTIAL,
        **{name: value for name, value in (values | options).items() if value is not None},
    )


def awarded(world: World, subject: str | None = None, code: str = "toolbox") -> dict[str, Any]:
    credential = course(world.signer, code)
    if subject is not None:
        credential["credentialSubject"] = {"id": subject, **credential["credentialSubject"]}
    return world.secure(credential)


def verify(document: dict[str, Any], world: World, asked: Asked | None = ASKED) -> Report:
    return run(json.dumps(document).encode(), policy=Policy(), fetch=world, now=NOW, asked=asked)


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.name: check.outcome for check in report.checks}


def test_one_credential_presented_by_whom_it_was_awarded_to(world: World) -> None:
    report = verify(presented([awarded(world, HOLDER_DID)]), world)
    assert report.verdict is Verdict.ACCEPTED, report.reason
    assert outcomes(report)["holder"] is Outcome.PASSED
    assert report.facts is not None
    assert report.facts.recipient == "Zoë Ünlü-Beispiel"


def test_presented_by_somebody_else_is_not_accepted(world: World) -> None:
    report = verify(presented([awarded(world, "did:example:another")]), world)
    assert report.verdict is Verdict.UNDETERMINED
    assert "somebody other" in str(report.reason)


def test_who_answers_a_challenge_must_be_the_learner(world: World) -> None:
    """The credential names its learner by e-mail only, so anybody with a key could have answered."""
    report = verify(presented([awarded(world)]), world)
    assert report.verdict is Verdict.UNDETERMINED
    assert "whether the holder is the learner is not shown" in str(report.reason)
    unasked = verify(presented([awarded(world)], domain=None, challenge=None), world, None)
    assert unasked.verdict is Verdict.ACCEPTED
    assert outcomes(unasked)["holder"] is Outcome.SKIPPED


def test_several_credentials_have_a_report_each(world: World) -> None:
    good, bad = awarded(world, HOLDER_DID), awarded(world, HOLDER_DID, "other")
    bad["credentialSubject"]["achievement"]["name"] = "Rocket Science"
    report = verify(presented([good, awarded(world, HOLDER_DID, "other")]), world)
    assert [one.verdict for one in report.presented] == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert report.verdict is Verdict.ACCEPTED
    mixed = verify(presented([good, bad]), world)
    assert [one.verdict for one in mixed.presented] == [Verdict.ACCEPTED, Verdict.REJECTED]
    assert mixed.verdict is Verdict.REJECTED
    assert mixed.presented[1].facts is None, "nothing of a forgery is shown as a fact"
    assert "changed after it was signed" in str(mixed.reason)


def test_a_presentation_without_a_proof_only_bundles(world: World) -> None:
    report = verify(presentation(HOLDER_DID, [awarded(world)]), world, asked=None)
    assert report.verdict is Verdict.ACCEPTED
    assert outcomes(report)["presentation"] in (Outcome.PASSED, Outcome.SKIPPED)


@pytest.mark.parametrize(
    ("options", "asked", "said"),
    [
        ({}, None, "carries domain"),
        ({"domain": None}, None, "carries challenge"),
        ({}, Asked(domain="employer.example", challenge="c-2"), "does not answer the challenge"),
        ({}, Asked(domain="another.example", challenge="c-1"), "not for another.example"),
        ({"domain": None}, ASKED, "not for employer.example"),
        ({"challenge": None}, ASKED, "does not answer the challenge"),
        ({"proofPurpose": "assertionMethod"}, ASKED, "purpose is 'assertionMethod'"),
        ({"signer": SoftSigner("a thief")}, ASKED, "holds it, but it is signed by a key of"),
    ],
)
def test_proofs_of_presentations_that_are_refused(
    world: World, options: dict[str, Any], asked: Asked | None, said: str
) -> None:
    report = verify(presented([awarded(world, HOLDER_DID)], **options), world, asked)
    assert report.verdict is Verdict.REJECTED
    assert said in str(report.reason)


def test_an_unsigned_presentation_answers_no_challenge(world: World) -> None:
    report = verify(presentation(HOLDER_DID, [awarded(world)]), world)
    assert report.verdict is Verdict.REJECTED
    assert "answers no challenge" in str(report.reason)


def test_a_credential_added_after_it_was_signed(world: World) -> None:
    document = presented([awarded(world, HOLDER_DID)])
    document["verifiableCredential"].append(awarded(world, HOLDER_DID, "other"))
    assert verify(document, world).verdict is Verdict.REJECTED


@pytest.mark.parametrize("credentials", [[], [7], [None], ["not a token"], [{}] * 21])
def test_what_is_no_credential_is_said(world: World, credentials: list[Any]) -> None:
    report = verify(presentation(HOLDER_DID, credentials), world, asked=None)
    assert report.verdict is Verdict.REJECTED
    assert report.reason is not None
