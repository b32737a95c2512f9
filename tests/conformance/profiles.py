"""The two sets of rules under which the suites are answered. docs/conformance.md explains them to readers.

* `proof-only`: whether the signature holds, over any credential of VCDM 1.1 or 2.0: contexts may be written out
  inside the document, `examples/v2` and `undefined-terms/v2` define every word, a key need not be the issuer's.
  That is what the suites' fixtures take for granted, and nothing that an employer could rely on.
* `strict`: what the production verifier asks of a credential that is no badge: pinned contexts, nothing unsigned,
  no two parts of one id, the key the issuer's own.

In both, every proof of a set must hold, dates are looked at, and nothing is fetched: issuers are `did:key`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from vc.context_rules import VC2, ContextRule, rule_for
from vc.securing import ASSERTION, AUTHENTICATION, Expected

ANYTHING = ContextRule(first=VC2, anything=True)


@dataclass(frozen=True)
class Profile:
    """`anything`: contexts of every kind. `bound`: a credential's key must be its issuer's, a presentation's its
    holder's."""

    name: Literal["proof-only", "strict"]
    anything: bool
    bound: bool

    def rule(self, document: dict[str, Any]) -> ContextRule:
        return ANYTHING if self.anything else rule_for(document)

    def of_credential(self, document: dict[str, Any], now: datetime, **more: Any) -> Expected:
        signed_by: Literal["issuer"] | None = "issuer" if self.bound else None
        return Expected(now, rule=self.rule(document), purpose=ASSERTION, signed_by=signed_by, **more)

    def of_presentation(self, document: dict[str, Any], now: datetime, **more: Any) -> Expected:
        """A presentation without holder is allowed by VCDM 2.0 section 4.13; then there is nobody to bind."""
        signed_by: Literal["holder"] | None = "holder" if self.bound and "holder" in document else None
        return Expected(now, rule=self.rule(document), purpose=AUTHENTICATION, signed_by=signed_by, **more)


PROOF_ONLY = Profile("proof-only", anything=True, bound=False)
STRICT = Profile("strict", anything=False, bound=True)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (PROOF_ONLY, STRICT)}
