"""DID methods: from an identifier to its document, and from a key's URL to the key. One file each, one line here.

An identifier is a DID or an https URL. A key that merely stands in a URL proves nothing: `dereference` looks it up in
the document of its controller and wants it listed there for the purpose (Controlled Identifiers 1.0 section 3.3,
"Retrieve Verification Method").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from vc.dates import parse_datetime
from vc.dids import https, jwk, key, web
from vc.errors import InvalidIdentifierDocument, InvalidKey, MalformedValue, UnknownDidMethod, VcError, WrongPurpose
from vc.keys import THUMBPRINT, PublicKey


class Get(Protocol):
    """What a method needs of the network: `get(url)` gives the body of a successful answer or raises `Unavailable`."""

    def __call__(self, url: str, /) -> bytes: ...


class DidMethod(Protocol):
    def resolve(self, did: str, *, get: Get) -> dict[str, Any]:
        """The DID document. Raises `InvalidIdentifierDocument`, `MalformedValue` or `Unavailable`."""


METHODS: Mapping[str, DidMethod] = {
    "https": https.METHOD,
    "jwk": jwk.METHOD,
    "key": key.METHOD,
    "web": web.METHOD,
}


@dataclass(frozen=True)
class VerificationMethod:
    """`id`: the key's URL; `controller`: whose key it is; `expires`: from when on nothing by it counts."""

    id: str
    controller: str
    key: PublicKey
    expires: datetime | None = None


def resolve(did: str, *, get: Get) -> dict[str, Any]:
    """The document of a DID or https URL; its `id` is that. Raises `UnknownDidMethod` and what the method raises."""
    scheme, _, rest = did.partition(":")
    name = "https" if https.is_url(did) else rest.partition(":")[0] if scheme == "did" else ""
    if name not in METHODS or (name == "https" and scheme == "did"):
        raise UnknownDidMethod(
            "The identifier {did} is of a kind that is not supported; supported: {known}.",
            did=did[:80],
            known=", ".join("https URLs" if name == "https" else f"did:{name}" for name in sorted(METHODS)),
        )
    document = METHODS[name].resolve(did, get=get)
    if document.get("id") != did:
        raise InvalidIdentifierDocument(
            "The document of {did} says it is about {other!r}.", did=did, other=document.get("id")
        )
    return document


def controls(method: VerificationMethod, party: str) -> bool:
    """Whether the key is the party's own, a DID or https URL."""
    return https.controls(method.controller, party) if https.is_url(party) else method.controller == party


def dereference(url: str, purpose: str, *, resolve: Callable[[str], dict[str, Any]]) -> VerificationMethod:
    """The verification method at `url`, which its controller's document lists under `purpose`."""
    # (1) the document of the controller, never what the URL itself says
    did, _, fragment = url.partition("#")
    web_page = https.is_url(did)
    if not fragment and not web_page:
        raise MalformedValue("The key {url} has no fragment that says which key of its owner is meant.", url=url[:120])
    document = resolve(did)
    # (2) the method in it
    method = _find(document, did, url, purpose)
    url = _absolute(method, did) or url  # a thumbprint finds a key by itself; it is listed under its name
    if "revoked" in method:
        raise InvalidKey("The key {url} was revoked by its owner.", url=url)
    controller = method.get("controller")
    if not isinstance(controller, str) or (controller != did and not web_page):
        raise InvalidKey("The key {url} is said to belong to somebody else.", url=url)
    # (3) listed for the purpose
    listed = document.get(purpose)
    if not isinstance(listed, list) or not any(_absolute(entry, did) == url for entry in listed):
        raise WrongPurpose(
            "{did} does not allow its key {url} to be used for {purpose}.", did=did, url=url, purpose=purpose
        )
    return VerificationMethod(url, controller, _key(method, url), _expiry(method, url))


def require_current(method: VerificationMethod, now: datetime) -> None:
    """Controlled Identifiers 1.0 section 2.2, `expires`: whenever something was signed, its key has to hold now. Raises
    `InvalidKey`."""
    if method.expires is not None and method.expires <= now:
        raise InvalidKey("The key {url} has expired on {date}.", url=method.id, date=method.expires)


def _expiry(method: dict[str, Any], url: str) -> datetime | None:
    if "expires" not in method:
        return None
    try:
        return parse_datetime(method["expires"])
    except MalformedValue as error:
        raise InvalidKey("Nobody can tell when the key {url} expires: {reason}", url=url, reason=str(error)) from error


def _key(method: dict[str, Any], url: str) -> PublicKey:
    """The key as its type writes it (Controlled Identifiers 1.0 section 2.2; the older types likewise)."""
    match method.get("type"):
        case "Multikey" | "Ed25519VerificationKey2020":
            key = PublicKey.from_multibase(method.get("publicKeyMultibase", ""))
            if method["type"] != "Multikey" and key.kind != "Ed25519":
                raise InvalidKey("The key {url} is of another kind than it says.", url=url)
            return key
        case "JsonWebKey" | "JsonWebKey2020":
            jwk = method.get("publicKeyJwk")
            if not isinstance(jwk, dict):
                raise InvalidKey("The key {url} has no publicKeyJwk.", url=url)
            return PublicKey.from_jwk(jwk)
    raise InvalidKey("The key {url} is of a kind that is not supported here.", url=url)


def _find(document: dict[str, Any], did: str, url: str, purpose: str) -> dict[str, Any]:
    """Where all methods stand, or written out under the purpose itself (DID Core section 5.3, "embedded")."""
    lists = [found for name in ("verificationMethod", purpose) if isinstance(found := document.get(name), list)]
    methods = [method for found in lists for method in found if isinstance(method, dict)]
    named = [method for method in methods if _absolute(method, did) == url]
    if len(named) > 1:
        raise InvalidKey("{did} has two keys named {url}.", did=did, url=url)
    if named:
        return named[0]
    if (thumbprint := url.removeprefix(f"{did}#")).startswith(THUMBPRINT):
        return _by_thumbprint(methods, did, thumbprint)
    raise InvalidKey("{did} has no key {url}: it was withdrawn, or it never existed.", did=did, url=url)


def _by_thumbprint(methods: list[dict[str, Any]], did: str, thumbprint: str) -> dict[str, Any]:
    """The method whose key has this thumbprint (VC-JOSE-COSE section 4.3 recommends such URLs)."""
    found: list[dict[str, Any]] = []
    for method in methods:
        try:
            if _key(method, did).thumbprint_uri == thumbprint:
                found.append(method)
        except VcError:
            continue  # a key of another kind, which cannot be this one
    if not found:
        raise InvalidKey("{did} does not publish the key that the token carries.", did=did)
    return found[0]


def _absolute(entry: Any, did: str) -> str | None:
    """An entry of a DID document, a URL or an object with an id, as a full URL (DID Core section 3.2.2)."""
    text = entry.get("id") if isinstance(entry, dict) else entry
    if not isinstance(text, str):
        return None
    return did + text if text.startswith("#") else text
