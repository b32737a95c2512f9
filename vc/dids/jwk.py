"""did:jwk: the identifier is a JSON Web Key in base64url (did:jwk Method Specification). Nobody vouches for its holder.

The one verification method is `#0`; it serves every purpose unless the key says it is for encryption.
"""

import json
from typing import TYPE_CHECKING, Any

from vc import strict_json
from vc.errors import Invalid, InvalidKey, MalformedValue, NotSupported
from vc.keys import PublicKey
from vc.multibase import base64url_decode, base64url_encode

if TYPE_CHECKING:
    from vc.dids import Get

MAX_LENGTH = 4_000  # characters; an RSA key of 8,192 bits has 1,900


class DidJwk:
    def resolve(self, did: str, *, get: "Get") -> dict[str, Any]:
        text = did.removeprefix("did:jwk:")
        if len(text) > MAX_LENGTH:
            raise MalformedValue("{did} is too long for a did:jwk.", did=did[:60])
        try:
            jwk = strict_json.parse_object(base64url_decode(text))
            PublicKey.from_jwk(jwk)
        except NotSupported:
            raise
        except InvalidKey as error:
            raise MalformedValue("{did} is no did:jwk: {reason}", did=did[:60], reason=str(error)) from error
        except Invalid as error:
            raise MalformedValue("{did} is no did:jwk.", did=did[:60]) from error
        return document(did, jwk)


def did_of(key: PublicKey) -> str:
    data = json.dumps(key.jwk, separators=(",", ":"), sort_keys=True).encode()
    return f"did:jwk:{base64url_encode(data)}"


def method_of(key: PublicKey) -> str:
    """The URL of the one verification method."""
    return f"{did_of(key)}#0"


def document(did: str, jwk: dict[str, Any]) -> dict[str, Any]:
    method = f"{did}#0"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": [{"id": method, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}],
        "authentication": [method],
        "assertionMethod": [method],
    }


METHOD = DidJwk()
