"""A trust anchor of an OpenID Federation, as the registry of the Digital Credentials Consortium is one."""

import json
from typing import Any

from tests.vc.samples import NOW, SoftSigner
from vc import jose
from verifier.fetch import Fetched

ANCHOR = "https://registry.example"
CONFIGURATION = f"{ANCHOR}/.well-known/openid-federation"
FETCH = f"{ANCHOR}/fetch"
TYP = "entity-statement+jwt"
DAY = 86_400


def token(claims: dict[str, Any], signer: SoftSigner, **header: Any) -> str:
    head = {"typ": TYP, "kid": "issuerregistry-key1"} | header
    return jose.sign(head, json.dumps(claims).encode(), signer).decode()


def claims(subject: str, name: str | None = "School of Examples", **changes: Any) -> dict[str, Any]:
    entity = {} if name is None else {"organization_name": name, "homepage_uri": "https://school.example"}
    now = int(NOW.timestamp())
    stated = {
        "iss": ANCHOR,
        "sub": subject,
        "iat": now - 60,
        "exp": now + DAY,
        "jti": "bvcqwgt0xsq",
        "metadata": {"federation_entity": entity, "institution_additional_information": {"legal_name": "The Board"}},
    }
    return stated | changes


def configuration(**changes: Any) -> dict[str, Any]:
    entity = {
        "organization_name": "Consortium of Examples",
        "federation_fetch_endpoint": FETCH,
        "federation_list_endpoint": f"{ANCHOR}/subordinate_listing",
    }
    return claims(ANCHOR, metadata={"federation_entity": entity}, jwks={"keys": []}) | changes


class Anchor:
    """The anchor on the web. `statements`: issuer -> token."""

    def __init__(self) -> None:
        self.signer = SoftSigner("a trust anchor", "P-256")
        self.configuration: str | bytes = token(configuration(), self.signer)
        self.statements: dict[str, str] = {}
        self.asked: list[str] = []
        self.status = 200

    def state(self, subject: str, name: str | None = "School of Examples", **changes: Any) -> None:
        self.statements[subject] = token(claims(subject, name, **changes), self.signer)

    def get(self, url: str, accept: str | None = None) -> Fetched:
        from urllib.parse import parse_qs, urlsplit

        self.asked.append(url)
        if self.status != 200:
            return Fetched(self.status, {}, url, b"")
        if url == CONFIGURATION:
            body = self.configuration
            return Fetched(200, {}, url, body.encode() if isinstance(body, str) else body)
        found = self.statements.get(parse_qs(urlsplit(url).query).get("sub", [""])[0])
        if not url.startswith(FETCH + "?") or found is None:
            return Fetched(404, {}, url, b'{"error": "not_found"}')
        return Fetched(200, {}, url, found.encode())
