"""What a document must be before it is signed or believed: `vc.model`, and two things that the suites want beyond it.

* A related resource has the digest that it is said to have (VCDM 2.0 section 5.3), as far as it is at hand: the
  pinned contexts are, and nothing is fetched.
* A member of a token that only a context for every word defines is refused.
"""

import hashlib
from pathlib import Path
from typing import Any

import contexts
from vc import model
from vc.context_rules import VC2
from vc.errors import MalformedValue
from vc.multibase import base64url_decode, multibase_decode
from vc.values import many

_CONTEXTS = Path(contexts.__file__).parent / "files"

# What stood behind a context's URL before: VCDM 2.0's from 2024-07 to 2025-02, by the hash that its Candidate
# Recommendation printed. The data-model suite's related resource has these digests (SHA-256 and SHA-384).
_EARLIER = {
    VC2: (
        "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
        "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
    ),
}


def check_credential(document: Any, *, earlier: bool = False) -> None:
    """`earlier`: a related resource may have the digest of what its URL held before. Raises `Invalid`."""
    model.check_credential(document)
    for resource in many(document.get("relatedResource")):
        known = _known_digests(resource["id"], earlier)
        for name in resource.keys() & {"digestSRI", "digestMultibase"} if known else ():
            found = _digest(name, resource[name])
            # a multibase digest begins with the two bytes of its multihash, which the suite's has not
            if not {found, found[2:]} & known:
                raise MalformedValue("The {name} of {url} is another.", name=name, url=resource["id"])


def check_known_members(document: dict[str, Any]) -> None:
    """JSON-LD notices a member that no context defines; in a token nothing would, and a context for every word hides
    it from both. Raises `MalformedValue` for a member that is not one of the data model's."""
    words = contexts.load(VC2)["@context"]
    known = words.keys() | words["VerifiableCredential"]["@context"].keys() | {"@context"}
    for name in sorted(document.keys() - known):
        raise MalformedValue("{name} is no member of a credential.", name=name)


def _known_digests(url: str, earlier: bool) -> set[bytes]:
    """Empty for a resource that is not at hand."""
    if url not in contexts.CONTEXTS:
        return set()
    content = (_CONTEXTS / contexts.CONTEXTS[url][0].file).read_bytes()
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
