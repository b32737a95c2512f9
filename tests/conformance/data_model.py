"""What the data model says of a document's members: VCDM 2.0 section 4 and 5, VCDM 1.1 section 4 and 5.

`check_credential` and `check_presentation` raise for what no JSON-LD processor would notice: a missing issuer, a
subject without claims, a date that is none, two related resources of one id. What the words mean, and that none is
dropped, is `vc.jsonld`'s.

    >>> check_credential({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]})
    Traceback (most recent call last):
    vc.errors.MalformedValue: issuer is missing.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any, NoReturn

import contexts
from vc.dates import parse_datetime
from vc.errors import MalformedValue, RangeError, VcError
from vc.multibase import multibase_decode

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"

# RFC 3986 section 3: a scheme, and nothing that cannot stand in a URL. `https ://x` is none.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+\Z")

# Members whose objects say what kind they are (VCDM 2.0 section 4.5, the table), and whether each needs an id.
_TYPED = {
    "credentialStatus": False,
    "credentialSchema": True,
    "evidence": False,
    "refreshService": False,
    "termsOfUse": False,
}

Resource = Callable[[str], bytes | None]
"""The bytes behind a URL where they are known, else None: nothing is fetched."""


def pinned(url: str) -> bytes | None:
    """The bytes of a pinned context: the only related resources that are at hand."""
    if url not in contexts.CONTEXTS:
        return None
    return (contexts._FILES / contexts.CONTEXTS[url][0].file).read_bytes()


def check_credential(document: dict[str, Any], *, resource: Resource = pinned) -> None:
    """Raises `MalformedValue` or `RangeError`."""
    version = _context(document)
    _types(document, "VerifiableCredential")
    _id(document, "id")
    issuer = _present(document, "issuer")
    _url(issuer.get("id") if isinstance(issuer, dict) else issuer, "issuer")
    _subjects(_present(document, "credentialSubject"))
    if version == V2:
        _period(document, "validFrom", "validUntil")
    else:
        _present(document, "issuanceDate")
        _period(document, "issuanceDate", "expirationDate")
    for name, needs_id in _TYPED.items():
        for index, entry in enumerate(_objects(document, name)):
            where = f"{name}[{index}]"
            if not _many(entry.get("type")) or not all(isinstance(word, str) for word in _many(entry["type"])):
                _malformed("{where} does not say its type.", where=where)
            if needs_id or "id" in entry:
                _url(entry.get("id"), f"{where}.id")
    _related(document, resource)


def check_presentation(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The credentials inside, each of which is its own. Raises `MalformedValue`."""
    _context(document)
    _types(document, "VerifiablePresentation")
    _id(document, "id")
    if "holder" in document:
        holder = document["holder"]
        _url(holder.get("id") if isinstance(holder, dict) else holder, "holder")
    credentials = _objects(document, "verifiableCredential")
    for credential in credentials:
        words = _many(credential.get("type"))
        if "VerifiableCredential" not in words and "EnvelopedVerifiableCredential" not in words:
            _malformed("What is presented as a credential is none.")
    return credentials


def _context(document: dict[str, Any]) -> str:
    urls = _present(document, "@context")
    if not isinstance(urls, list) or not urls or urls[0] not in (V1, V2):
        _malformed("@context must be a list that begins with {v2} or {v1}.", v2=V2, v1=V1)
    for url in urls[1:]:
        if not isinstance(url, dict):
            _url(url, "@context")
    return str(urls[0])


def _types(document: dict[str, Any], wanted: str) -> None:
    words = _many(_present(document, "type"))
    if not all(isinstance(word, str) for word in words) or wanted not in words:
        _malformed("type must be words, and {wanted} one of them.", wanted=wanted)


def _subjects(value: Any) -> None:
    subjects = _many(value)
    if not subjects or not all(isinstance(subject, dict) and subject for subject in subjects):
        _malformed("credentialSubject must be objects, and each must say something.")
    for subject in subjects:
        _id(subject, "credentialSubject.id", "id")


def _period(document: dict[str, Any], first: str, last: str) -> None:
    moments = {name: parse_datetime(document[name]) for name in (first, last) if name in document}
    if len(moments) == 2 and moments[last] < moments[first]:
        raise RangeError("{last} lies before {first}.", first=first, last=last)


def _related(document: dict[str, Any], resource: Resource) -> None:
    """VCDM 2.0 section 5.3."""
    seen: set[str] = set()
    for entry in _objects(document, "relatedResource"):
        url = _url(entry.get("id"), "relatedResource.id")
        if url in seen:
            _malformed("relatedResource names {url} twice.", url=url)
        seen.add(url)
        digests = {name: entry[name] for name in ("digestSRI", "digestMultibase") if name in entry}
        if not digests:
            _malformed("relatedResource {url} has no digest.", url=url)
        data = resource(url)
        if data is None:
            continue
        for name, digest in digests.items():
            if not _matches(name, digest, data):
                _malformed("The {name} of {url} is not that of the resource.", name=name, url=url)


def _matches(name: str, digest: Any, data: bytes) -> bool:
    """Whether it is the SHA-256, -384 or -512 of the data, however it is written: with or without a multihash head."""
    try:
        if name == "digestSRI":
            _, _, text = str(digest).partition("-")
            found = base64.b64decode(text.replace("_", "/").replace("-", "+") + "=" * (-len(text) % 4), validate=True)
        else:
            found = multibase_decode(digest)
    except (ValueError, VcError):
        return False
    return any(found[-len(known) :] == known for known in _hashes(data) if len(found) in (len(known), len(known) + 2))


def _hashes(data: bytes) -> list[bytes]:
    return [hashlib.new(name, data).digest() for name in ("sha256", "sha384", "sha512")]


def _objects(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = _many(document[name]) if name in document else []
    if not all(isinstance(entry, dict) for entry in entries):
        _malformed("{name} must be one object or several.", name=name)
    return entries


def _present(document: dict[str, Any], name: str) -> Any:
    if name not in document:
        _malformed("{name} is missing.", name=name)
    return document[name]


def _id(document: dict[str, Any], where: str, name: str = "id") -> None:
    if name in document:
        _url(document[name], where)


def _url(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _URL.match(value):
        _malformed("{where} is not one URL.", where=where)
    return str(value)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _malformed(message: str, **params: Any) -> NoReturn:
    raise MalformedValue(message, **params)
