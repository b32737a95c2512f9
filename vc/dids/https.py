"""An issuer that is a plain https URL: whose keys are they, that stand on the web?

Three published forms are read, told by their content:

1. a controlled identifier document (Controlled Identifiers 1.0 section 2.1): `id` is the URL, keys in
   `verificationMethod`, each listed for its purposes;
2. a JSON Web Key or a set of them (RFC 7517; Open Badges 3.0 section 8.2.4, `kid`): it lists no purposes and names
   nobody, so it speaks for issuers whose address it stands below, and below `/.well-known/` for its whole origin;
3. an issuer's metadata (SD-JWT VC section 5, `/.well-known/jwt-vc-issuer`): `issuer`, and its `jwks` or `jwks_uri`.

The second and third are turned into the first, so that one way of looking a key up serves all.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vc import strict_json
from vc.dids.web import LOOPBACK
from vc.errors import Invalid, InvalidIdentifierDocument, MalformedValue

if TYPE_CHECKING:
    from vc.dids import Get

_ODD = re.compile(r"[\x00-\x20\\\x7f]")

MAX_KEYS = 100  # keys of one set; an issuer that rotates monthly has as many after eight years
# Where keys may be written out (Controlled Identifiers 1.0 sections 2.2 and 2.3).
_LISTS = (
    *("verificationMethod", "assertionMethod", "authentication"),
    *("keyAgreement", "capabilityInvocation", "capabilityDelegation"),
)
WELL_KNOWN = "/.well-known/"  # RFC 8615: the site's own; who may upload a file elsewhere may not write there
METADATA_PATH = WELL_KNOWN + "jwt-vc-issuer"
# A step back in a path leads somewhere else than it seems to.
_STEP_BACK = re.compile(r"/(\.|%2e){1,2}(/|\Z)", re.IGNORECASE)


class Https:
    def resolve(self, url: str, *, get: "Get") -> dict[str, Any]:
        """`url` without fragment. Controllers are as in (1) to (3) above: `dids.dereference` relies on it."""
        origin_of(url)
        try:
            found = strict_json.parse_object(get(url))
        except Invalid as error:
            raise InvalidIdentifierDocument(
                "The keys at {url} cannot be read: {reason}", url=url[:200], reason=str(error)
            ) from error
        if "kty" in found or "keys" in found:
            controller = origin_of(url) if urlsplit(url).path.startswith(WELL_KNOWN) else url
            return _document(url, [found] if "kty" in found else found["keys"], controller)
        if "issuer" in found and urlsplit(url).path.startswith(METADATA_PATH):
            return _from_metadata(url, found, get)
        return _checked(url, found)


def origin_of(url: str) -> str:
    """`https://host[:port]`; http for loopback names, which only development uses. Raises `MalformedValue`."""
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        host = parts.hostname
        parts.port  # noqa: B018 (it raises for a port that is none)
    except ValueError as error:
        raise MalformedValue("{url} is no https address.", url=url[:120]) from error
    # Tabs and line breaks are taken out by some readers, and a backslash is a slash to others.
    if not secure or not host or "@" in parts.netloc or _ODD.search(url) or _STEP_BACK.search(parts.path):
        raise MalformedValue("{url} is no https address.", url=url[:120])
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def metadata_url(issuer: str) -> str:
    """SD-JWT VC section 5.1: the well-known path goes between host and path. Raises `MalformedValue`."""
    return origin_of(issuer) + METADATA_PATH + urlsplit(issuer).path.rstrip("/")


def controls(controller: str, party: str) -> bool:
    """Whether keys of `controller` speak for the https URL `party`: it is the same, the party's whole origin, or lies
    below the party's own address (but not below a bare host, where everybody's pages are)."""
    if controller == party:
        return True
    try:
        origin = origin_of(party)
    except MalformedValue:
        return False
    own = party.rstrip("/") + "/"
    return controller == origin or (own != origin + "/" and controller.startswith(own))


def _from_metadata(url: str, found: dict[str, Any], get: "Get") -> dict[str, Any]:
    issuer = found["issuer"]
    if not isinstance(issuer, str) or metadata_url(issuer) != url:
        raise InvalidIdentifierDocument("The metadata at {url} is about {other!r}.", url=url, other=str(issuer)[:120])
    if "jwks" in found and "jwks_uri" in found:
        raise InvalidIdentifierDocument("The metadata at {url} names its keys in two ways.", url=url)
    keys = found.get("jwks")
    if isinstance(address := found.get("jwks_uri"), str):
        origin_of(address)
        keys = strict_json.parse_object(get(address))
    return _document(url, keys.get("keys") if isinstance(keys, dict) else None, issuer)


def _document(url: str, keys: Any, controller: str) -> dict[str, Any]:
    """Bare keys as a controlled identifier document. A lone key answers to the URL itself, too."""
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys) or len(keys) > MAX_KEYS:
        raise InvalidIdentifierDocument("What stands at {url} is no set of keys.", url=url[:200])
    methods = []
    for key in keys:
        kid = key.get("kid")
        names = [url] if len(keys) == 1 else []
        if isinstance(kid, str):
            names.append(kid if kid.startswith(url + "#") else f"{url}#{kid}")
        methods += [{"id": name, "type": "JsonWebKey", "controller": controller, "publicKeyJwk": key} for name in names]
    named = [method["id"] for method in methods]
    if len(set(named)) != len(named):
        raise InvalidIdentifierDocument("Two keys at {url} have one name.", url=url[:200])
    return {"id": url, "verificationMethod": methods, "assertionMethod": named, "authentication": named}


def _checked(url: str, found: dict[str, Any]) -> dict[str, Any]:
    lists = [found.get(name) for name in _LISTS]
    for method in (method for methods in lists if isinstance(methods, list) for method in methods):
        if isinstance(method, dict) and method.get("controller") != url:
            raise InvalidIdentifierDocument("A key at {url} is said to belong to somebody else.", url=url[:200])
    return found


METHOD = Https()
