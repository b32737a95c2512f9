"""Whom to believe, as small objects."""

import pytest

from templates.messages import Message
from verifier.known_issuers import KnownIssuer
from verifier.policies import AllOf, AnyIssuer, AnyOf, DomainVouches, Evidence, IssuerPolicy, KnownIssuers
from verifier.report import Outcome
from verifier.trust import Policy

STRANGER = Evidence("did:key:z6Mk")
DOMAIN = Evidence("did:web:a.example", "a.example")
KNOWN = Evidence("did:key:z6Mk", known=(KnownIssuer("did:key:z6Mk", "A"),))
KNOWN_DOMAIN = Evidence("did:web:a.example", "a.example", (KnownIssuer("did:web:a.example", "A"),))
UNHEARD = Evidence("did:key:z6Mk", unheard=(Message("The list cannot be had now."),))

PASSED, UNKNOWN = Outcome.PASSED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("policy", "outcomes"),
    [
        (AnyIssuer(), (PASSED, PASSED, PASSED, PASSED, PASSED)),
        (DomainVouches(), (UNKNOWN, PASSED, UNKNOWN, PASSED, UNKNOWN)),
        (KnownIssuers(), (UNKNOWN, UNKNOWN, PASSED, PASSED, UNKNOWN)),
        (AnyOf(KnownIssuers(), DomainVouches()), (UNKNOWN, PASSED, PASSED, PASSED, UNKNOWN)),
        (AllOf(KnownIssuers(), DomainVouches()), (UNKNOWN, UNKNOWN, UNKNOWN, PASSED, UNKNOWN)),
        (AllOf(DomainVouches(), AnyOf(KnownIssuers(), AnyIssuer())), (UNKNOWN, PASSED, UNKNOWN, PASSED, UNKNOWN)),
        (AnyOf(), (UNKNOWN,) * 5),
        (AllOf(), (UNKNOWN,) * 5),
        (Policy(trust="domain").issuer_rule, (UNKNOWN, PASSED, PASSED, PASSED, UNKNOWN)),
        (Policy(trust="known").issuer_rule, (UNKNOWN, UNKNOWN, PASSED, PASSED, UNKNOWN)),
        (Policy(trust="any").issuer_rule, (PASSED, PASSED, PASSED, PASSED, PASSED)),
        (Policy(trust="any", rule=KnownIssuers()).issuer_rule, (UNKNOWN, UNKNOWN, PASSED, PASSED, UNKNOWN)),
    ],
    ids=str,
)
def test_who_is_believed(policy: IssuerPolicy, outcomes: tuple[Outcome, ...]) -> None:
    evidence = (STRANGER, DOMAIN, KNOWN, KNOWN_DOMAIN, UNHEARD)
    answers = [policy.judge(one) for one in evidence]
    assert tuple(answer.outcome for answer in answers) == outcomes
    assert all(str(answer.reason) for answer in answers)


def test_the_reason_is_that_of_the_one_that_decided() -> None:
    rule = AnyOf(KnownIssuers(), DomainVouches())
    assert "Known to this verifier as A." in str(rule.judge(KNOWN).reason)
    assert "published by a.example" in str(rule.judge(DOMAIN).reason)
    assert "no domain vouches" in str(rule.judge(STRANGER).reason)
    every = AllOf(DomainVouches(), KnownIssuers())
    assert "not in this verifier's list" in str(every.judge(DOMAIN).reason)
    assert "no domain vouches" in str(every.judge(KNOWN).reason)


def test_a_list_that_cannot_be_had_is_the_reason() -> None:
    assert str(KnownIssuers().judge(UNHEARD).reason) == (
        "Whether the issuer is known cannot be told now: The list cannot be had now."
    )


def test_policies_are_values() -> None:
    assert AnyOf(KnownIssuers(), AnyIssuer()) == AnyOf(KnownIssuers(), AnyIssuer())
    assert AnyOf(KnownIssuers()) != AllOf(KnownIssuers())
