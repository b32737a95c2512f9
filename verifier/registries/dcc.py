"""The issuer registry of the Digital Credentials Consortium, as its sandbox and community registries are published.

    {"meta": {"created": "2022-10-27T17:57:31+00:00", "updated": "2026-03-25T00:00:00+00:00"},
     "registry": {"did:key:z6Mk…": {"name": "My University", "location": "Cambridge, MA, USA",
                                    "url": "https://my.example"}}}

It is published without a signature, so it is used as a file, pinned by its hash, or wrapped in a signature. One odd
entry does not make the others useless: entries whose key is no identifier or that have no name are left out, as they
are written by many hands.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from vc import strict_json
from vc.dates import parse_datetime
from vc.errors import Invalid, MalformedValue
from vc.keys import PublicKey
from verifier.known_issuers import IssuerList, KnownIssuer, known_issuer


class Dcc:
    SIGNED = False

    def recognizes(self, data: bytes) -> bool:
        try:
            document = strict_json.parse_object(data)
        except Invalid:
            return False
        return isinstance(document.get("registry"), dict)

    def read(self, data: bytes, *, keys: tuple[PublicKey, ...] = (), now: datetime | None = None) -> IssuerList:
        document = strict_json.parse_object(data)
        meta = document.get("meta")
        updated = meta.get("updated") if isinstance(meta, dict) else None
        return IssuerList(
            tuple(_entries(document["registry"])), issued=None if updated is None else parse_datetime(updated)
        )


def _entries(registry: dict[str, Any]) -> Iterator[KnownIssuer]:
    for issuer, entry in registry.items():
        if not isinstance(entry, dict):
            continue
        url = entry.get("url")
        try:
            yield known_issuer(issuer, entry.get("name"), url=url if isinstance(url, str) and url else None)
        except MalformedValue:
            continue


FORMAT = Dcc()
