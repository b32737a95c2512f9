"""A little world behind the verifier's real seam: an issuer with a domain, a status list, certificates to fetch.

world = World()
report = verify(world.issue(course(world.signer)), fetch=world, now=NOW)
world.revoke(7, "grade corrected")
world.down = True
"""

import json
from datetime import datetime, timedelta
from typing import Any

from tests.vc.samples import HOST, NOW, SoftSigner
from vc.context_rules import CREDENTIAL, OPEN_BADGES
from vc.dids import web
from vc.errors import Unavailable
from vc.formats import data_integrity
from vc.status.bitstring import Bitstring, list_credential
from verifier.fetch import Fetched

DID = "did:web:credentials.example.org"
METHOD = DID + "#key-1"


class World:
    """One issuer on the web. `pages`: URL -> body, changed by tests at will; `missing`: URLs at which nothing is.
    `asked`: every URL that was fetched."""

    def __init__(self, now: datetime = NOW) -> None:
        self.signer = SoftSigner()
        self.now = now
        self.bits = Bitstring()
        self.pages: dict[str, bytes] = {}
        self.missing: set[str] = set()
        self.asked: list[str] = []
        self.down = False
        self.list_signer = self.signer
        self.list_changes: dict[str, Any] = {}

    def get(self, url: str, accept: str | None = None) -> Fetched:
        self.asked.append(url)
        if self.down:
            raise Unavailable("{url} cannot be reached.", url=url)
        body = None if url in self.missing else self.pages.get(url) or self._own(url)
        return Fetched(200 if body else 404, {}, url, body or b"")

    def _own(self, url: str) -> bytes | None:
        if url == web.document_url(DID):
            return json.dumps(web.document(DID, {"key-1": self.signer.public_key})).encode()
        if url == f"{HOST}/status/1":
            return json.dumps(self.status_list()).encode()
        return None

    def issuer_of(self, credential: dict[str, Any]) -> dict[str, Any]:
        """The same credential, issued by this world's did:web."""
        return {**credential, "issuer": {**credential["issuer"], "id": DID}}

    def secure(self, credential: dict[str, Any], **changes: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            "signer": self.signer,
            "verification_method": METHOD,
            "created": self.now,
            "rule": OPEN_BADGES,
        }
        return data_integrity.secure(self.issuer_of(credential), **(values | changes))

    def issue(self, credential: dict[str, Any]) -> bytes:
        """Secured, published at its id, and as bytes."""
        secured = self.secure(credential)
        data = json.dumps(secured, ensure_ascii=False, indent=1).encode()
        self.pages[secured["id"]] = data
        return data

    def revoke(self, index: int, reason: str, state: str = "revoked", **more: Any) -> None:
        self.bits.set(index, True)
        statement = {"state": state, "since": "2026-03-01T09:00:00Z", "reason": reason, **more}
        self.pages[f"{HOST}/credentials/c{index}/status"] = json.dumps(statement).encode()

    def status_list(self) -> dict[str, Any]:
        unsecured = list_credential(
            id=f"{HOST}/status/1",
            issuer=DID,
            purpose="revocation",
            bits=self.bits,
            valid_from=self.now - timedelta(hours=1),
            valid_until=self.now + timedelta(days=1),
        )
        return data_integrity.secure(
            {**unsecured, **self.list_changes},
            signer=self.list_signer,
            verification_method=METHOD,
            created=self.now,
            rule=CREDENTIAL,
        )
