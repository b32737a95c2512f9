"""did:key: the identifier is the key (did:key Method v0.9 section 3.1). Nobody vouches for who holds it."""

from typing import TYPE_CHECKING, Any

from vc.errors import InvalidKey, MalformedValue
from vc.keys import PublicKey

if TYPE_CHECKING:
    from vc.dids import Get


class DidKey:
    def resolve(self, did: str, *, get: "Get") -> dict[str, Any]:
        try:
            key = PublicKey.from_multibase(did.removeprefix("did:key:"))
        except InvalidKey as error:
            raise MalformedValue("{did} is no did:key: {reason}", did=did[:120], reason=str(error)) from error
        return document(key)


def did_of(key: PublicKey) -> str:
    return f"did:key:{key.multibase}"


def method_of(key: PublicKey) -> str:
    """The URL of the one verification method."""
    return f"{did_of(key)}#{key.multibase}"


def document(key: PublicKey) -> dict[str, Any]:
    did, method = did_of(key), method_of(key)
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multibase}
        ],
        "authentication": [method],
        "assertionMethod": [method],
    }


METHOD = DidKey()
