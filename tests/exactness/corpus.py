"""The documents that families of mutants descend from: everything that this project signs or reads, in small and large.

base = BASES["course"]
document = base.make(random.Random(1))
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import contexts
from tests.exactness.certificates import HOST, SIGNER, Document, course, program
from tests.vc import composed, full_samples, published_proofs, samples
from vc.context_rules import CLR, CREDENTIAL, CREDENTIAL_1, OB_303, OPEN_BADGES, OPEN_BADGES_1, VC1, VC2, ContextRule
from vc.dids import key
from vc.status import bitstring

ENDORSER = samples.SoftSigner("an endorser")


@dataclass(frozen=True)
class Base:
    """`weight`: how often it is drawn; `light`: how often where time is short, as large documents cost the references
    milliseconds, and small ones find as much. `thin`: whether members are left out at random."""

    make: Callable[[random.Random], Document]
    rule: ContextRule
    weight: int
    light: int
    thin: bool = False
    contents: Mapping[str, str] = field(default_factory=dict)


# --- the least that there is ---------------------------------------------------------------------------------


def badge(_: random.Random) -> Document:
    return {
        "@context": [VC2, OB_303],
        "id": "urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "issuer": {"id": "did:example:school", "type": ["Profile"], "name": "Example Academy"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://example.org/achievements/1",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Works in a team.",
                "criteria": {"narrative": "Work in a team."},
            },
        },
    }


def credential(_: random.Random) -> Document:
    return {
        "@context": [VC2],
        "id": "urn:example:1",
        "type": ["VerifiableCredential"],
        "name": "A credential",
        "issuer": "did:example:school",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:learner"},
    }


def twins(chance: random.Random) -> Document:
    """A badge whose results and alignments are blank nodes that nearly look alike."""
    document = badge(chance)
    subject = document["credentialSubject"]
    subject["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": f"Part {step}", "targetUrl": f"https://example.org/parts/{step}"}
        for step in range(chance.randint(1, 3))
    ]
    subject["result"] = [
        {
            "type": ["Result"],
            "resultDescription": f"https://example.org/achievements/1#{step}",
            "value": "1",
            "alignment": [{"type": ["Alignment"], "targetName": "Part", "targetUrl": f"https://example.org/r/{step}"}],
        }
        for step in range(chance.randint(1, 3))
    ]
    return document


def old_badge(chance: random.Random) -> Document:
    return full_samples.under_vcdm_1(badge(chance))


def old_credential(_: random.Random) -> Document:
    return {
        "@context": [VC1],
        "id": "urn:example:1",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:school",
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:learner"},
    }


# --- status lists, proofs, what the specifications publish ---------------------------------------------------


def status_list(chance: random.Random) -> Document:
    document = bitstring.list_credential(
        id=f"{HOST}/status/1",
        issuer="did:example:school",
        purpose=chance.choice(("revocation", "suspension")),
        bits=bitstring.Bitstring(),
        valid_from=samples.NOW,
        valid_until=samples.NOW,
        ttl=chance.choice((None, 300_000)),
    )
    document["credentialSubject"]["encodedList"] = (
        "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    )
    return document


def proof_options(chance: random.Random) -> Document:
    options: Document = {
        "@context": [VC2, OB_303],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-03-02T12:00:00Z",
        "verificationMethod": f"{key.did_of(SIGNER.public_key)}#key-1",
        "proofPurpose": "assertionMethod",
    }
    more = {
        "id": "urn:uuid:1",
        "expires": "2027-01-01T00:00:00Z",
        "domain": "a.example",
        "challenge": "c",
        "nonce": "n",
    }
    return options | {name: value for name, value in more.items() if chance.random() < 0.3}


@cache
def _published() -> tuple[Document, ...]:
    found = (
        part for _, vector in published_proofs.transcribed() for part in (vector.document, vector.steps["proofConfig"])
    )
    return tuple(document for document in found if "@context" in document)


def published(chance: random.Random) -> Document:
    """A document or a proof's configuration of the W3C's vectors."""
    return _copy(chance.choice(_published()))


# --- every member of every class -----------------------------------------------------------------------------


def full(chance: random.Random) -> Document:
    """A badge of all members of its class, but for the credentials inside; its numbers mostly whole."""
    document = _lone(full_samples.sample("achievement-credential"))
    if chance.random() < 0.8:
        document["credentialSubject"]["creditsEarned"] = chance.randrange(20)
        document["credentialSubject"]["achievement"]["creditsAvailable"] = chance.randrange(20)
        document["issuer"]["address"]["geo"] |= {
            "latitude": chance.randint(-90, 90),
            "longitude": chance.randrange(180),
        }
    return dict(document)


def endorsement(chance: random.Random) -> Document:
    return _lone(full_samples.sample("endorsement-credential"))


def learner_record(chance: random.Random) -> Document:
    """A CLR of all members, without credentials inside."""
    document: Document = _lone(full_samples.sample("clr-credential"))
    del document["credentialSubject"]["achievement"][1:]  # they share an author and a picture: one node, twice
    return document


def endorsed(chance: random.Random) -> Document:
    """A badge with signed endorsements inside, which are scopes of their own."""
    document = badge(chance)
    achievement = document["credentialSubject"]["achievement"]
    guests = [_endorsement(achievement["id"], step) for step in range(chance.randint(1, 2))]
    achievement["endorsement"] = guests
    return document


def composed_record(chance: random.Random) -> Document:
    """A CLR with signed badges inside."""
    guests = [
        samples.secure({**badge(chance), "id": f"urn:example:badge:{step}"}, SIGNER)
        for step in range(chance.randint(1, 2))
    ]
    for step, guest in enumerate(guests):
        guest["credentialSubject"]["achievement"]["id"] += f"/{step}"
    return composed.record(key.did_of(SIGNER.public_key), guests)


def presentation(chance: random.Random) -> Document:
    """Credentials in graphs of their own."""
    return composed.presentation("did:example:learner", [samples.secure(badge(chance), SIGNER)])


def _endorsement(endorsed_id: str, step: int) -> Document:
    document = composed.endorsement(key.did_of(ENDORSER.public_key), endorsed_id, f"Comment {step}.")
    return samples.secure(document | {"id": f"https://endorser.example/endorsements/{step}"}, ENDORSER)


def _lone(value: Any) -> Any:
    """Without the credentials inside, proofs, and the terms of use, whose type none of the contexts defines."""
    if isinstance(value, list):
        return [_lone(item) for item in value]
    if isinstance(value, dict):
        apart = ("endorsement", "proof", "termsOfUse", "verifiableCredential")
        return {name: _lone(member) for name, member in value.items() if name not in apart}
    return value


def _copy(document: Document) -> Document:
    copied: Document = json.loads(json.dumps(document))
    return copied


# The oldest pinned content of the Open Badges context.
_OLDER = {OB_303: contexts.history(OB_303)[-1]}

BASES: Mapping[str, Base] = {
    "badge": Base(badge, OPEN_BADGES, 10, 10),
    "badge under older contents": Base(badge, OPEN_BADGES, 4, 4, contents=_OLDER),
    "badge of twins": Base(twins, OPEN_BADGES, 8, 4),
    "badge of VCDM 1.1": Base(old_badge, OPEN_BADGES_1, 4, 4),
    "badge with endorsements": Base(endorsed, OPEN_BADGES, 1, 1),
    "course": Base(course, OPEN_BADGES, 5, 1),
    "program": Base(program, OPEN_BADGES, 3, 1),
    "every member": Base(full, OPEN_BADGES, 4, 2, thin=True),
    "endorsement": Base(endorsement, OPEN_BADGES, 4, 2, thin=True),
    "learner record": Base(learner_record, CLR, 3, 2, thin=True),
    "learner record with badges": Base(composed_record, CLR, 1, 1),
    "credential": Base(credential, CREDENTIAL, 8, 20),
    "credential of VCDM 1.1": Base(old_credential, CREDENTIAL_1, 4, 12),
    "status list": Base(status_list, CREDENTIAL, 8, 20),
    "proof options": Base(proof_options, OPEN_BADGES, 8, 16),
    "published by the W3C": Base(published, published_proofs.RULE, 6, 16),
    "presentation": Base(presentation, CREDENTIAL, 1, 1),
}
