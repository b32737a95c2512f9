"""What the checks share while one credential is verified: the document, the policy, one `now`, and how to ask."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vc import dids
from vc.dids import VerificationMethod
from vc.errors import Unavailable
from vc.securing import Secured, Verified
from verifier.fetch import Fetch, Fetched
from verifier.report import Part
from verifier.trust import Policy

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
