"""Documents that say the same in another arrangement are accepted; those that say something else are not.

RDF knows no order and no difference between one value and a list of one, so the signature cannot see them either. What
matters is that nothing which is *shown* can change by them.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulators import World
from tests.vc.samples import NOW, specialization
from verifier import Policy, Report, Verdict
from verifier.verification import run

Change = Callable[[dict[str, Any]], Any]


def verify(change: Change) -> tuple[Report, Report]:
    """The report of a genuine certificate, and that of the same after `change`."""
    world = World()
    secured = world.secure(specialization(world.signer, 3))
    changed = copy.deepcopy(secured)
    change(changed)
    before, after = (
        run(json.dumps(document).encode(), policy=Policy(), fetch=world, now=NOW) for document in (secured, changed)
    )
    return before, after


def subject(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["credentialSubject"]
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda d: subject(d)["achievement"]["tag"].reverse(),
        lambda d: d["proof"][0].update({"@context": d["@context"]}),
        lambda d: d["@context"].append("https://w3id.org/security/data-integrity/v2"),
        lambda d: d.update(credentialStatus=[d["credentialStatus"]]),
        lambda d: d.update(proof=d["proof"][0]),
        lambda d: d.update(endorsement=[]),
        lambda d: d["type"].append("AchievementCredential"),
    ],
)
def test_the_same_in_another_arrangement(change: Change) -> None:
    before, after = verify(change)
    assert before.verdict is after.verdict is Verdict.ACCEPTED
    assert before.facts == after.facts
    assert before.courses == after.courses


def _swap_certificates(document: dict[str, Any]) -> None:
    first, second, *_ = subject(document)["result"]
    first["alignment"], second["alignment"] = second["alignment"], first["alignment"]


def _move_evidence(document: dict[str, Any]) -> None:
    subject(document)["evidence"] = document.pop("evidence")


@pytest.mark.parametrize(
    "change",
    [
        _swap_certificates,
        _move_evidence,
        lambda d: d.update(Name="x"),
        lambda d: d.update(__proto__={"x": 1}),
        lambda d: d.update({"https://evil.example/honours": "x"}),
        lambda d: d.update({"schema:honours": "x"}),
        lambda d: d["issuer"].update(name=[d["issuer"]["name"], "Another Academy"]),
        lambda d: d["proof"][0].update(proofPurpose=["assertionMethod"]),
        lambda d: d["proof"][0].update(type=["DataIntegrityProof"]),
        lambda d: d.update(credentialSubject=[subject(d), {"type": ["AchievementSubject"], "id": "did:example:x"}]),
        lambda d: subject(d)["achievement"].update(name=subject(d)["achievement"]["name"] + "\u200b"),
        lambda d: d["relatedResource"][0].update(digestSRI="sha384-x"),
        lambda d: d.update(id=d["id"].upper()),
        lambda d: subject(d)["identifier"][0].update(hashed="false"),
        lambda d: d.update(credentialStatus=[]),
        lambda d: d["proof"].append({}),
        lambda d: d.update(endorsement=[{"id": "urn:x", "type": ["VerifiableCredential", "EndorsementCredential"]}]),
        lambda d: d.update(endorsementJwt=["a.b.c"]),
    ],
)
def test_something_else_is_not_genuine(change: Change) -> None:
    _, after = verify(change)
    assert after.verdict is Verdict.REJECTED
    assert after.facts is None
