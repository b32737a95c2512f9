"""What the data model says of a document's members: VCDM 2.0 section 4 and 5, VCDM 1.1 section 4 and 5.

`check_credential` and `check_presentation` raise for what no JSON-LD processor would notice: a missing issuer, a
subject without claims, a date that is none, two related resources of one id. What the words mean, and that none is
dropped, is `vc.jsonld`'s.

    >>> check_credential({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]})
    Traceback (most recent call last):
    vc.errors.MalformedValue: issuer is missing.
"""

import hashlib
import re
from pathlib import Path
from typing import Any, NoReturn

import contexts
from vc.context_rules import VC1, VC2
from vc.dates import parse_datetime
from vc.errors import MalformedValue, RangeError
from vc.multibase import base64url_decode, multibase_decode

_CONTEXTS = Path(contexts.__file__).parent / "files"

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

# What stood behind a context's URL before: VCDM 2.0's from 2024-07 to 2025-02, by the hash that its Candidate
# Recommendation printed. The data-model suite's related resource has these digests.
_EARLIER = {
    VC2: (
        "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
        "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
    ),
}


def check_credential(document: dict[str, Any], *, earlier: bool = False) -> None:
    """`earlier`: a related resource may have the digest of what its URL held before.

    Raises `MalformedValue` or `RangeError`."""
    version = _context(document)
    _types(document, "VerifiableCredential")
    _id(document, "id")
    issuer = _present(document, "issuer")
    _url(issuer.get("id") if isinstance(issuer, dict) else issuer, "issuer")
    _subjects(_present(document, "credentialSubject"))
    if version == VC2:
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
    _related(document, earlier)


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
    if not isinstance(urls, list) or not urls or urls[0] not in (VC1, VC2):
        _malformed("@context must be a list that begins with {v2} or {v1}.", v2=VC2, v1=VC1)
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


def _related(document: dict[str, Any], earlier: bool) -> None:
    """VCDM 2.0 section 5.3. The only resources that are at hand are the pinned contexts."""
    seen: set[str] = set()
    for entry in _objects(document, "relatedResource"):
        url = _url(entry.get("id"), "relatedResource.id")
        if url in seen:
            _malformed("relatedResource names {url} twice.", url=url)
        seen.add(url)
        digests = {name: entry[name] for name in ("digestSRI", "digestMultibase") if name in entry}
        if not digests:
            _malformed("relatedResource {url} has no digest.", url=url)
        known = _known_digests(url, earlier)
        for name, digest in digests.items():
            found = _digest(name, digest)
            # a multibase digest begins with the two bytes of its multihash, which the suite's has not
            if known and not {found, found[2:]} & known:
                _malformed("The {name} of {url} is not that of the resource.", name=name, url=url)


def _known_digests(url: str, earlier: bool) -> set[bytes]:
    """Empty for a resource that is not at hand."""
    if url not in contexts.CONTEXTS:
        return set()
    pinned = contexts.CONTEXTS[url][0]
    content = (_CONTEXTS / pinned.file).read_bytes()
    now = {hashlib.new(name, content).digest() for name in ("sha256", "sha384", "sha512")}
    return now | {bytes.fromhex(digest) for digest in (_EARLIER.get(url, ()) if earlier else ())}


def _digest(name: str, text: Any) -> bytes:
    """The bytes of a digest; empty for none. Subresource Integrity has base64, the suite writes it as base64url."""
    try:
        if name == "digestMultibase":
            return multibase_decode(text)
        _, _, digest = str(text).partition("-")
        return base64url_decode(digest.replace("+", "-").replace("/", "_").rstrip("="))
    except MalformedValue:
        return b""


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
