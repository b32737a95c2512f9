"""What the checks share while one credential is verified: the document, the policy, one `now`, and how to ask."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from vc import dids
from vc.compiled import Shapes
from vc.context_rules import ContextRule, rule_for
from vc.dids import VerificationMethod
from vc.errors import Unavailable
from vc.kinds import kind_of
from vc.openbadges import many
from vc.securing import Secured, Verified, issuer_of
from verifier.fetch import Fetch, Fetched
from verifier.language_values import text
from verifier.report import Check, Endorsement, Part
from verifier.trust import Assessment, Policy, assess

CREDENTIAL = (
    "application/vc, application/vc+jwt, application/vc+sd-jwt, application/dc+sd-jwt, "
    "application/ld+json;q=0.9, application/json;q=0.8"
)
JSON = "application/vc, application/ld+json;q=0.9, application/json;q=0.8"
KEYS = "application/did+json, application/cid, application/jwk-set+json, application/jwk+json, application/json;q=0.9"


@dataclass(frozen=True)
class Asked:
    """What whoever asks knows beyond the credential. `recipient`: an e-mail address or DID that it must be awarded
    to. `domain`, `challenge`: the asker's own, that a presentation must be made for."""

    recipient: str | None = None
    domain: str | None = None
    challenge: str | None = None


@dataclass
class Case:
    """`secured`: as received. `shapes`: what is known of documents alike (`vc.compiled`). `verified`: set by the check
    `proof`; later checks read only what it covers.
    `judge`: runs the checks of a credential that stands inside this one, on a case of its own."""

    secured: Secured
    policy: Policy
    fetch: Fetch
    now: datetime
    asked: Asked = field(default_factory=Asked)
    shapes: Shapes | None = None
    judge: "Callable[[Case], tuple[Check, ...]]" = lambda case: ()
    verified: Verified | None = None
    parts: tuple[Part, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()
    superseded_by: str | None = None
    _answers: dict[str, Fetched] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """What it says, proved or not."""
        return self.secured.document

    @property
    def rule(self) -> ContextRule:
        """The contexts that a document of its kind may name."""
        return rule_for(self.document)

    @property
    def signed(self) -> dict[str, Any]:
        """What the proof covers. Only to be asked after the check `proof` passed."""
        if self.verified is None:
            raise LookupError("nothing is proved yet")
        return self.verified.document

    @property
    def subject(self) -> dict[str, Any]:
        """Whom or what it is about, as the proof covers it. Of an endorsement's no more than its class has: whatever
        else stands there, nobody has looked at its form, and it is no award."""
        subject: dict[str, Any] = many(self.signed["credentialSubject"])[0]
        if kind_of(self.signed) != "endorsement":
            return subject
        return {name: subject[name] for name in ("id", "type", "endorsementComment") if name in subject}

    @property
    def issuer_name(self) -> str:
        """What the issuer calls itself, which is a claim; its id when it does not say."""
        issuer = self.signed.get("issuer")
        return (text(issuer.get("name")) if isinstance(issuer, dict) else None) or issuer_of(self.signed)

    @cached_property
    def assessment(self) -> Assessment:
        """What the policy makes of the issuer. Only to be asked after the check `proof` passed."""
        methods = self.verified.methods if self.verified else ()
        return assess(
            issuer_of(self.signed),
            self.issuer_name,
            key=methods[0] if methods else None,
            policy=self.policy,
            fetch=self.fetch,
            now=self.now,
        )

    def inside(self, secured: Secured) -> "Case":
        """The case of a credential that stands inside this one: asked by the same means, within the same budget."""
        return replace(
            self, secured=secured, asked=Asked(), verified=None, parts=(), endorsements=(), superseded_by=None
        )

    def get(self, url: str, accept: str) -> bytes:
        """The body of a successful answer, asked for once per verification. Raises `Unavailable`."""
        if url not in self._answers:
            self._answers[url] = self.fetch.get(url, accept=accept)
        answer = self._answers[url]
        if answer.status != 200:
            raise Unavailable("{url} answered with status {status}.", url=url, status=answer.status)
        return answer.body

    def age(self, url: str) -> int:
        """For how many seconds the answer lay in a cache because its source could not be reached; 0 when fresh."""
        return self._answers[url].age if url in self._answers else 0

    def dereference(self, url: str, purpose: str) -> VerificationMethod:
        return dids.dereference(url, purpose, resolve=self._resolve)

    def _resolve(self, did: str) -> dict[str, Any]:
        return dids.resolve(did, get=lambda url: self.get(url, KEYS))
