"""Whom do we believe? Policy as small values, the reason beside each answer.

Three facts are kept apart and shown apart: the signature is by this key (check `proof`), the key belongs to this
domain, the domain is a known institution. Which of the last two an employer wants is the policy's `trust`:

* `domain` (default): some domain vouches for the key, so somebody can be asked; a bare did:key is a stranger;
* `known`: the issuer stands in the list of known issuers;
* `any`: whoever holds the key is good enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from templates.messages import Message
from vc import strict_json
from vc.dids import web
from vc.errors import MalformedValue
from verifier.report import Outcome

Trust = Literal["domain", "known", "any"]
TRUSTS: tuple[Trust, ...] = ("domain", "known", "any")


@dataclass(frozen=True)
class Policy:
    """`trust`: whom to believe; `known`: issuer id -> the name under which we know it."""

    trust: Trust = "domain"
    known: Mapping[str, str] = field(default_factory=dict)


def known_issuers(data: bytes) -> Mapping[str, str]:
    """A list of known issuers: one JSON object, issuer id -> the name under which we know it.

    Raises `vc.errors.Invalid`."""
    known = strict_json.parse_object(data)
    for issuer, name in known.items():
        if not isinstance(name, str) or not name.strip() or ":" not in issuer:
            raise MalformedValue(
                'A known issuer is written "did:web:…": "its name"; {issuer} is not.', issuer=issuer[:80]
            )
    return known


def domain_of(issuer: str) -> str | None:
    """The domain that vouches for an issuer's key, or None when nobody does."""
    try:
        return web.domain_of(issuer)
    except MalformedValue:
        return None


def judge(issuer: str, policy: Policy) -> tuple[Outcome, Message]:
    """Whether the policy is content with the issuer, and why, in a sentence for people."""
    domain, known = domain_of(issuer), policy.known.get(issuer)
    if known is not None:
        return Outcome.PASSED, Message("Known to this verifier as {name}.", name=known)
    if policy.trust == "known":
        return Outcome.UNKNOWN, Message("Issuer unknown: it is not in this verifier's list of known issuers.")
    if domain is not None:
        return Outcome.PASSED, Message(
            "The signing key is published by {domain}. Make sure that this is the institution's own address.",
            domain=domain,
        )
    if policy.trust == "any":
        return Outcome.PASSED, Message("No domain vouches for this key; you chose to accept any issuer.")
    return Outcome.UNKNOWN, Message("Issuer unknown: no domain vouches for the key, so anybody could have made it.")
