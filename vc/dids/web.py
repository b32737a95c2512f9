"""did:web: an identifier that a domain vouches for (did:web Method Specification section 2.5).

    >>> did_of("http://localhost:8000"), document_url("did:web:localhost%3A8000")
    ('did:web:localhost%3A8000', 'http://localhost:8000/.well-known/did.json')

The document is fetched over https. Loopback names use http, which no public name can reach and which the verifier's
fetcher refuses unless it is told to allow development.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from vc import strict_json
from vc.errors import Invalid, InvalidIdentifierDocument, MalformedValue
from vc.keys import PublicKey

if TYPE_CHECKING:
    from vc.dids import Get

LOOPBACK = frozenset({"localhost", "127.0.0.1"})

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?\Z")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+\Z")


class DidWeb:
    def resolve(self, did: str, *, get: "Get") -> dict[str, Any]:
        try:
            return strict_json.parse_object(get(document_url(did)))
        except MalformedValue:
            raise
        except Invalid as error:
            raise InvalidIdentifierDocument(
                "The document of {did} cannot be read: {reason}", did=did, reason=str(error)
            ) from error


def domain_of(did: str) -> str:
    """The host, with its port if it has one, that vouches for a did:web. Raises `MalformedValue`."""
    return _split(did)[0]


def document_url(did: str) -> str:
    """Section 2.5.2, "Read". Raises `MalformedValue`."""
    host, path = _split(did)
    scheme = "http" if host.partition(":")[0] in LOOPBACK else "https"
    return f"{scheme}://{host}/{'/'.join(path) if path else '.well-known'}/did.json"


def did_of(url: str) -> str:
    """The did:web of an origin or of a path below it. Raises `MalformedValue`."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    did = ":".join(["did:web", quote(parts.netloc.lower(), safe=""), *segments])
    _split(did)
    return did


def document(did: str, keys: Mapping[str, PublicKey]) -> dict[str, Any]:
    """The DID document of an issuer. `keys`: fragment -> key; each may assert. Full URLs as strings, which
    1EdTech's validator wants."""
    methods = [f"{did}#{fragment}" for fragment in keys]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}
            for method, key in zip(methods, keys.values(), strict=True)
        ],
        "assertionMethod": methods,
    }


def _split(did: str) -> tuple[str, list[str]]:
    host, *path = did.removeprefix("did:web:").split(":")
    host = unquote(host)
    sound = did.startswith("did:web:") and _HOST.match(host) and len(did) <= 500
    if not sound or not all(_SEGMENT.match(segment) and segment.strip(".") for segment in path):
        raise MalformedValue("{did} is no did:web.", did=did[:120])
    return host, path


METHOD = DidWeb()
