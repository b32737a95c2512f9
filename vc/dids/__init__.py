"""DID methods: from an identifier to its document, and from a key's URL to the key. One file each, one line here.

A key that merely stands in a URL proves nothing: `dereference` looks it up in the document of its controller and
wants it listed there for the purpose (Controlled Identifiers 1.0 section 3.3, "Retrieve Verification Method").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from vc.dids import key, web
from vc.errors import InvalidIdentifierDocument, InvalidKey, MalformedValue, UnknownDidMethod, WrongPurpose
from vc.keys import PublicKey


class Get(Protocol):
    """What a method needs of the network: `get(url)` gives the body of a successful answer or raises `Unavailable`."""

    def __call__(self, url: str, /) -> bytes: ...


class DidMethod(Protocol):
    def resolve(self, did: str, *, get: Get) -> dict[str, Any]:
        """The DID document. Raises `InvalidIdentifierDocument`, `MalformedValue` or `Unavailable`."""


METHODS: Mapping[str, DidMethod] = {
    "key": key.METHOD,
    "web": web.METHOD,
}


@dataclass(frozen=True)
class VerificationMethod:
    """`id`: the key's URL; `controller`: whose key it is."""

    id: str
    controller: str
    key: PublicKey


def resolve(did: str, *, get: Get) -> dict[str, Any]:
    """The document of a DID; its `id` is the DID. Raises `UnknownDidMethod` and what the method raises."""
    scheme, _, rest = did.partition(":")
    name = rest.partition(":")[0]
    if scheme != "did" or name not in METHODS:
        raise UnknownDidMethod(
            "The identifier {did} is of a kind that is not supported; supported: {known}.",
            did=did[:80],
            known=", ".join(f"did:{name}" for name in sorted(METHODS)),
        )
    document = METHODS[name].resolve(did, get=get)
    if document.get("id") != did:
        raise InvalidIdentifierDocument(
            "The document of {did} says it is about {other!r}.", did=did, other=document.get("id")
        )
    return document


def dereference(url: str, purpose: str, *, resolve: Callable[[str], dict[str, Any]]) -> VerificationMethod:
    """The verification method at `url`, which its controller's document lists under `purpose`."""
    # (1) the document of the controller, never what the URL itself says
    did, _, fragment = url.partition("#")
    if not fragment:
        raise MalformedValue("The key {url} has no fragment that says which key of its owner is meant.", url=url[:120])
    document = resolve(did)
    # (2) the method in it
    method = _find(document, did, url)
    if method.get("type") not in ("Multikey", "Ed25519VerificationKey2020"):
        raise InvalidKey("The key {url} is of a kind that is not supported here.", url=url)
    if method.get("controller") != did:
        raise InvalidKey("The key {url} is said to belong to somebody else.", url=url)
    # (3) listed for the purpose
    listed = document.get(purpose)
    if not isinstance(listed, list) or not any(_absolute(entry, did) == url for entry in listed):
        raise WrongPurpose(
            "{did} does not allow its key {url} to be used for {purpose}.", did=did, url=url, purpose=purpose
        )
    return VerificationMethod(url, did, PublicKey.from_multibase(method.get("publicKeyMultibase", "")))


def _find(document: dict[str, Any], did: str, url: str) -> dict[str, Any]:
    methods = document.get("verificationMethod")
    for method in methods if isinstance(methods, list) else []:
        if isinstance(method, dict) and _absolute(method, did) == url:
            return method
    raise InvalidKey("{did} has no key {url}: it was withdrawn, or it never existed.", did=did, url=url)


def _absolute(entry: Any, did: str) -> str | None:
    """An entry of a DID document, a URL or an object with an id, as a full URL (DID Core section 3.2.2)."""
    text = entry.get("id") if isinstance(entry, dict) else entry
    if not isinstance(text, str):
        return None
    return did + text if text.startswith("#") else text
