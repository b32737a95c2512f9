"""What the checks share while one credential is verified: the document, the policy, one `now`, and how to ask."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from vc import dids
from vc.dids import VerificationMethod
from vc.errors import Unavailable
from vc.securing import Secured, Verified, issuer_of
from verifier.fetch import Fetch, Fetched
from verifier.report import Part
from verifier.trust import Assessment, Policy, assess

JSON = "application/vc, application/ld+json;q=0.9, application/json;q=0.8"
DID_JSON = "application/did+json, application/json;q=0.9"


@dataclass
class Case:
    """`secured`: as received. `verified`: set by the check `proof`; later checks read only what it covers."""

    secured: Secured
    policy: Policy
    fetch: Fetch
    now: datetime
    verified: Verified | None = None
    parts: tuple[Part, ...] = ()
    superseded_by: str | None = None
    _answers: dict[str, Fetched] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """What it says, proved or not."""
        return self.secured.document

    @property
    def signed(self) -> dict[str, Any]:
        """What the proof covers. Only to be asked after the check `proof` passed."""
        if self.verified is None:
            raise LookupError("nothing is proved yet")
        return self.verified.document

    @property
    def issuer_name(self) -> str:
        """What the issuer calls itself, which is a claim; its id when it does not say."""
        issuer = self.signed.get("issuer")
        name = issuer.get("name") if isinstance(issuer, dict) else None
        return name if isinstance(name, str) else issuer_of(self.signed)

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
        return dids.resolve(did, get=lambda url: self.get(url, DID_JSON))
