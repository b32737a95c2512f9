"""What all credential formats share: what is received, what is expected of it, and what is proved.

secured = formats.read(data)                       # what it says: nothing is proved yet
verified = formats.verify(secured, dereference=dereference, expected=Expected(now=now))
verified.document                                  # exactly what the proof covers
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from vc.compiled import Shapes
from vc.context_rules import OPEN_BADGES, ContextRule
from vc.dids import VerificationMethod, controls, require_current
from vc.errors import ProofInvalid
from vc.jsonld import CURRENT, Contents

ASSERTION = "assertionMethod"
AUTHENTICATION = "authentication"

Dereference = Callable[[str, str], VerificationMethod]
"""`dereference(verification method URL, purpose)`; raises `Invalid` or `Unavailable`."""


@dataclass(frozen=True)
class Secured:
    """A credential or presentation as received. `document`: what it says, NOT proved; `envelope`: what its format
    needs to verify it."""

    format: str
    document: dict[str, Any]
    envelope: Any = None


@dataclass(frozen=True)
class Expected:
    """What a proof must be for. `rule`: the contexts that the document may name. `domain`, `challenge`: the
    verifier's own; a proof that names others, or any when none is expected, was made for somebody else.
    `signed_by`: the member whose value must control the key; None where nobody is bound, which no employer wants.
    `shapes`: no expectation, but what is known of documents alike (`vc.compiled`); the answer is the same without."""

    now: datetime
    rule: ContextRule = OPEN_BADGES
    purpose: str = ASSERTION
    domain: str | None = None
    challenge: str | None = None
    signed_by: Literal["issuer", "holder"] | None = "issuer"
    shapes: Shapes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Verified:
    """`document`: what the proofs cover. `digest`: 32 bytes that stand for it. `methods`: the keys' URLs.
    `contents`: under which contents of its contexts. `mechanism`: how it was secured, such as `eddsa-rdfc-2022`.
    `partial`: whoever presents it may have left something out that the issuer signed."""

    document: dict[str, Any]
    digest: bytes
    methods: tuple[str, ...]
    created: tuple[datetime | None, ...] = ()
    contents: Contents = field(default=CURRENT)
    mechanism: str = ""
    partial: bool = False


def issuer_of(document: dict[str, Any]) -> str:
    """The issuer's id. Raises `ProofInvalid`: a credential that nobody issued cannot be proved."""
    return party_of(document, "issuer")


def party_of(document: dict[str, Any], member: Literal["issuer", "holder"]) -> str:
    """The id of the issuer or holder. Raises `ProofInvalid`."""
    party = document.get(member)
    identifier = party.get("id") if isinstance(party, dict) else party
    if not isinstance(identifier, str):
        raise ProofInvalid(
            "The credential names no issuer." if member == "issuer" else "The presentation names no holder."
        )
    return identifier


def require_controller(method: VerificationMethod, document: dict[str, Any], expected: Expected) -> None:
    """The key belongs to whom the document names, and has not expired. Raises `ProofInvalid` or `InvalidKey`."""
    require_current(method, expected.now)
    if expected.signed_by is None:
        return
    party = party_of(document, expected.signed_by)
    if not controls(method, party):
        raise ProofInvalid(
            "The credential says that {issuer} issued it, but it is signed by a key of {controller}."
            if expected.signed_by == "issuer"
            else "The presentation says that {issuer} holds it, but it is signed by a key of {controller}.",
            issuer=party,
            controller=method.controller,
        )
