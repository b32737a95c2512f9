"""Our own list of known issuers, in two forms of JSON: the short one that is written by hand, and the full one.

    {"did:web:harvard.example": "Harvard"}

    {"name": "Partners of 2026", "issued": "2026-01-01T00:00:00Z", "expires": "2027-01-01T00:00:00Z",
     "issuers": [{"id": "did:web:harvard.example", "name": "Harvard", "url": "https://harvard.example",
                  "aliases": ["Harvard College"], "since": "2020-01-01T00:00:00Z", "until": null}]}

Of the full form only `issuers`, and in it `id` and `name`, must be there. Members that are not known are an error: an
`untill` that nobody reads would keep an issuer in the list for ever.
"""

from datetime import datetime
from typing import Any

from vc import strict_json
from vc.dates import parse_datetime
from vc.errors import Invalid, MalformedValue
from vc.keys import PublicKey
from verifier.known_issuers import IssuerList, KnownIssuer, known_issuer

_MEMBERS = frozenset({"name", "issued", "expires", "issuers"})
_ENTRY = frozenset({"id", "name", "url", "aliases", "since", "until"})


class Simple:
    SIGNED = False

    def recognizes(self, data: bytes) -> bool:
        try:
            strict_json.parse_object(data)
        except Invalid:
            return False
        return True

    def read(self, data: bytes, *, keys: tuple[PublicKey, ...] = (), now: datetime | None = None) -> IssuerList:
        document = strict_json.parse_object(data)
        if not isinstance(document.get("issuers"), list):
            return IssuerList(tuple(known_issuer(issuer, name) for issuer, name in document.items()))
        _only(document, _MEMBERS)
        return IssuerList(
            tuple(_entry(entry) for entry in document["issuers"]),
            name=str(document["name"]) if document.get("name") else None,
            issued=_moment(document.get("issued")),
            expires=_moment(document.get("expires")),
        )


def _entry(entry: Any) -> KnownIssuer:
    if not isinstance(entry, dict):
        raise MalformedValue("An entry of the list of known issuers is no JSON object.")
    _only(entry, _ENTRY)
    return known_issuer(
        entry.get("id"), entry.get("name"), **{name: entry.get(name) for name in ("url", "aliases", "since", "until")}
    )


def _only(document: dict[str, Any], names: frozenset[str]) -> None:
    unknown = sorted(set(document) - names)
    if unknown:
        raise MalformedValue(
            "The list of known issuers has a member {member}, which means nothing there.", member=unknown[0][:80]
        )


def _moment(value: Any) -> datetime | None:
    return None if value is None else parse_datetime(value)


FORMAT = Simple()
