"""Whom do we believe? The facts about an issuer, what the policy makes of them, and the reason beside each.

Three facts are kept apart and shown apart: the signature is by this key (check `proof`), the key belongs to this
domain, the domain is a known institution. Which of the last two an employer wants is the policy's `trust`:

* `domain` (default): some domain vouches for the key, so somebody can be asked; a bare did:key is a stranger;
* `known`: the issuer stands in a list of known issuers;
* `any`: whoever holds the key is good enough.

Whatever the policy, an issuer who can be taken for a known one is never accepted without a person's look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from templates.messages import Message
from vc.dids import web
from vc.errors import MalformedValue
from verifier.fetch import Fetch
from verifier.issuer_lists import Heard, IssuerLists, Standing
from verifier.known_issuers import domain_of
from verifier.lookalikes import oddities
from verifier.lookalikes.domains import shown
from verifier.policies import AnyIssuer, AnyOf, DomainVouches, Evidence, IssuerPolicy, KnownIssuers
from verifier.report import Outcome, TrustLine

__all__ = ["TRUSTS", "Assessment", "Policy", "Trust", "assess", "domain_of"]

Trust = Literal["domain", "known", "any"]
TRUSTS: tuple[Trust, ...] = ("domain", "known", "any")

ISSUER_UNKNOWN = "https://testamur.example/problems#ISSUER_UNKNOWN"
LOOKALIKE = "https://testamur.example/problems#LOOKALIKE"

MAX_SHOWN = 160  # characters of an identifier in a sentence; a did:key's method has 110

_RULES: Mapping[Trust, IssuerPolicy] = {
    "domain": AnyOf(KnownIssuers(), DomainVouches()),
    "known": KnownIssuers(),
    "any": AnyOf(KnownIssuers(), DomainVouches(), AnyIssuer()),
}


@dataclass(frozen=True)
class Policy:
    """`trust`: whom to believe; `known`: issuer id -> the name under which we know it; `lists`: where else known
    issuers are listed; `rule`: an own policy instead of `trust`."""

    trust: Trust = "domain"
    known: Mapping[str, str] = field(default_factory=dict)
    lists: IssuerLists | None = None
    rule: IssuerPolicy | None = None

    @property
    def issuer_rule(self) -> IssuerPolicy:
        return self.rule or _RULES[self.trust]


@dataclass(frozen=True)
class Assessment:
    """`outcome`, `reason` and `problem` are the check's; `known`: the name under which a list knows the issuer."""

    outcome: Outcome
    reason: Message
    problem: str | None
    known: str | None
    lines: tuple[TrustLine, ...]
    warnings: tuple[Message, ...]


def assess(issuer: str, name: str, *, key: str | None, policy: Policy, fetch: Fetch, now: datetime) -> Assessment:
    """Whether the policy is content with the issuer who calls itself `name`; `key`: the URL of the key that signed.

    1. Which domain vouches for the key?
    2. What do the lists of known issuers say, and can it be taken for one that they name?
    3. What does the policy make of it? A strong likeness keeps it from being accepted.
    """
    # (1)
    domain = domain_of(issuer)
    # (2)
    heard = (policy.lists or IssuerLists(())).ask(issuer, name, own=policy.known, fetch=fetch, now=now)
    known = tuple(standing.issuer for standing in heard.standings)
    # (3)
    answer = policy.issuer_rule.judge(Evidence(issuer, domain, known, heard.unheard))
    outcome, reason, problem = answer.outcome, answer.reason, None
    if outcome is not Outcome.PASSED:
        problem = ISSUER_UNKNOWN
    strong = next((flag for flag in heard.flags if flag.strong), None)
    if strong is not None:
        outcome, reason, problem = Outcome.UNKNOWN, strong.said, LOOKALIKE
    return Assessment(
        outcome,
        reason,
        problem,
        known[0].name if known else None,
        _lines(issuer, name, key, domain, heard),
        (*(flag.said for flag in heard.flags), *heard.unheard, *oddities(issuer, name)),
    )


def _lines(issuer: str, name: str, key: str | None, domain: str | None, heard: Heard) -> tuple[TrustLine, ...]:
    lines = []
    if key is not None:
        lines.append(
            TrustLine(
                Message("The signature is by the key {key}.", key=_short(key)),
                Message("It was checked with this key, and it covers everything that is shown."),
                Outcome.PASSED,
            )
        )
    lines.append(_domain_line(issuer, domain))
    lines.extend(_list_line(issuer, standing) for standing in heard.standings)
    lines.extend(
        TrustLine(Message("Whether a list knows the issuer cannot be told now."), reason, Outcome.UNKNOWN)
        for reason in heard.unheard
    )
    if not heard.standings and heard.asked:
        lines.append(
            TrustLine(
                Message("The issuer stands in none of the lists of known issuers."),
                Message("Asked were: {lists}.", lists=heard.asked),
                Outcome.UNKNOWN,
            )
        )
    lines.append(_name_line(name, heard.standings))
    return tuple(lines)


def _domain_line(issuer: str, domain: str | None) -> TrustLine:
    if domain is None:
        return TrustLine(
            Message("No domain publishes the key."),
            Message(
                "The issuer is named by the key itself ({issuer}), and anybody can make a key.", issuer=_short(issuer)
            ),
            Outcome.UNKNOWN,
        )
    return TrustLine(
        Message("The key is published by {domain}.", domain=shown(domain)),
        Message(
            "It stands at {url}, where only those can put it who run {domain}.",
            url=_published_at(issuer),
            domain=shown(domain),
        ),
        Outcome.PASSED,
    )


def _short(identifier: str) -> str:
    """A did:jwk with an RSA key fills a page."""
    return identifier if len(identifier) <= MAX_SHOWN else identifier[: MAX_SHOWN - 1] + "…"


def _published_at(issuer: str) -> str:
    try:
        return web.document_url(issuer)
    except MalformedValue:
        return issuer


def _list_line(issuer: str, standing: Standing) -> TrustLine:
    return TrustLine(
        Message(
            "{issuer} stands in the list {list} as {name}.",
            issuer=_short(issuer),
            list=standing.list,
            name=standing.issuer.name,
        ),
        standing.authority,
        Outcome.PASSED,
    )


def _name_line(name: str, standings: tuple[Standing, ...]) -> TrustLine:
    line = Message("It calls itself {name}.", name=name)
    if not standings:
        return TrustLine(line, Message("The name is a claim of the credential; no list confirms it."), Outcome.UNKNOWN)
    first = standings[0].issuer
    if name in (first.name, *first.aliases):
        return TrustLine(line, Message("A list of known issuers calls it so too."), Outcome.PASSED)
    return TrustLine(
        line, Message("A list of known issuers calls it {known} instead.", known=first.name), Outcome.UNKNOWN
    )
