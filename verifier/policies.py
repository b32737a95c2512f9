"""Whom to believe, as small objects: each looks at what is known about an issuer and answers with a reason.

    rule = AllOf(DomainVouches(), KnownIssuers())
    rule.judge(Evidence("did:web:harvard.example", domain="harvard.example")).outcome     # unknown

They only say what the policy makes of the issuer. That an issuer resembles another one is found elsewhere
(`verifier.lookalikes`) and no policy can overlook it.
"""

from dataclasses import dataclass
from typing import Protocol

from templates.messages import Message
from verifier.known_issuers import KnownIssuer
from verifier.report import Outcome


@dataclass(frozen=True)
class Evidence:
    """`domain`: the one that publishes the key, or None; `known`: what lists of known issuers have about the issuer;
    `unheard`: why a list could not be asked, one sentence for each."""

    issuer: str
    domain: str | None = None
    known: tuple[KnownIssuer, ...] = ()
    unheard: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    reason: Message


class IssuerPolicy(Protocol):
    def judge(self, evidence: Evidence) -> Answer:
        """Never raises; what is not `passed` is `unknown`: an issuer that we do not believe may be honest."""


@dataclass(frozen=True)
class KnownIssuers:
    """The issuer stands in a list of known issuers."""

    def judge(self, evidence: Evidence) -> Answer:
        if evidence.known:
            return Answer(Outcome.PASSED, Message("Known to this verifier as {name}.", name=evidence.known[0].name))
        if evidence.unheard:
            return Answer(
                Outcome.UNKNOWN,
                Message("Whether the issuer is known cannot be told now: {reason}", reason=evidence.unheard[0]),
            )
        return Answer(Outcome.UNKNOWN, Message("Issuer unknown: it is not in this verifier's list of known issuers."))


@dataclass(frozen=True)
class DomainVouches:
    """Some domain publishes the key, so somebody can be asked."""

    def judge(self, evidence: Evidence) -> Answer:
        if evidence.domain is None:
            return Answer(
                Outcome.UNKNOWN,
                Message("Issuer unknown: no domain vouches for the key, so anybody could have made it."),
            )
        return Answer(
            Outcome.PASSED,
            Message(
                "The signing key is published by {domain}. Make sure that this is the institution's own address.",
                domain=evidence.domain,
            ),
        )


@dataclass(frozen=True)
class AnyIssuer:
    """Whoever holds the key is good enough."""

    def judge(self, evidence: Evidence) -> Answer:
        return Answer(Outcome.PASSED, Message("No domain vouches for this key; you chose to accept any issuer."))


@dataclass(frozen=True, init=False)
class AnyOf:
    """One of them is content; the first that is gives the reason, the last one when none is. Of none, none is."""

    policies: tuple[IssuerPolicy, ...]

    def __init__(self, *policies: IssuerPolicy) -> None:
        object.__setattr__(self, "policies", policies)

    def judge(self, evidence: Evidence) -> Answer:
        answer = _NOBODY
        for policy in self.policies:
            answer = policy.judge(evidence)
            if answer.outcome is Outcome.PASSED:
                break
        return answer


@dataclass(frozen=True, init=False)
class AllOf:
    """All of them are content; the first that is not gives the reason. Of none, nobody is: an empty policy that
    accepts everybody is never what was meant."""

    policies: tuple[IssuerPolicy, ...]

    def __init__(self, *policies: IssuerPolicy) -> None:
        object.__setattr__(self, "policies", policies)

    def judge(self, evidence: Evidence) -> Answer:
        answer = _NOBODY
        for policy in self.policies:
            answer = policy.judge(evidence)
            if answer.outcome is not Outcome.PASSED:
                break
        return answer


_NOBODY = Answer(Outcome.UNKNOWN, Message("Issuer unknown: the policy names nobody whom it would believe."))
