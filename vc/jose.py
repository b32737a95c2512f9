"""JSON Web Signature in its compact form (RFC 7515 section 7.1), read by one narrow set of rules.

A JWS lets its maker say how it shall be checked, and most forgeries of tokens come from that (RFC 8725). So here the
header may choose nothing: `alg` stands on a list and must be the one that the key has; `crit`, `b64` and headers that
name a key's address (`jku`, `x5u`) are refused. A `jwk` or `x5c` in the header is not looked at: whose key it is, is
found out elsewhere. What `typ` and the payload must be is left to the formats.

    jws = parse(b"eyJhbGciOiJFZERTQSJ9.e30.c2ln…")
    verify(jws, key)
    jws.payload
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vc import strict_json
from vc.errors import Invalid, NotSupported, ParsingError, ProofInvalid, TooLarge, UnknownAlgorithm
from vc.keys import KeyKind, PublicKey, Signer
from vc.multibase import base64url_decode, base64url_encode

# RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 (which calls EdDSA with this curve Ed25519).
ALGORITHMS: Mapping[str, KeyKind] = {
    "EdDSA": "Ed25519",
    "Ed25519": "Ed25519",
    "ES256": "P-256",
    "ES384": "P-384",
    "RS256": "RSA",
}
# The one that we write for a kind of key.
ALGORITHM_OF: Mapping[KeyKind, str] = {"Ed25519": "EdDSA", "P-256": "ES256", "P-384": "ES384", "RSA": "RS256"}

# Registered for signatures with a public key, and not read here: a token by one of them may well be good.
_ELSEWHERE = frozenset({"ES512", "ES256K", "RS384", "RS512", "PS256", "PS384", "PS512", "Ed448", "ML-DSA-44"})

MAX_HEADER = 16 * 1024  # bytes; a header with a chain of certificates has some thousand
MAX_BYTES = 6 * 1024 * 1024  # bytes; the longest JSON that is read, in base64, and its signature

# Headers that change how the rest is read, or send us for a key to wherever the maker likes.
_REFUSED = ("crit", "b64", "jku", "x5u")


@dataclass(frozen=True)
class Jws:
    """`header`: the protected header. `payload`: its bytes, not proved until `verify`. `text`: the JWS as received."""

    header: Mapping[str, Any]
    payload: bytes
    signature: bytes
    text: bytes

    @property
    def signing_input(self) -> bytes:
        return self.text.rpartition(b".")[0]

    @property
    def kind(self) -> KeyKind:
        """The kind of key that its `alg` wants."""
        return ALGORITHMS[self.header["alg"]]


def parse(data: bytes) -> Jws:
    """RFC 7515 section 5.2 steps 1 to 7. Raises `ParsingError`, `TooLarge`, `UnknownAlgorithm`, `NotSupported`."""
    if len(data) > MAX_BYTES:
        raise TooLarge("The token is {size} bytes long; at most {limit} are read.", size=len(data), limit=MAX_BYTES)
    # (1) three parts, each the one base64url form of its bytes
    parts = data.split(b".")
    if len(parts) != 3:
        raise ParsingError("A signed token has three parts; this one has {count}.", count=len(parts))
    head, payload, signature = (_decode(part) for part in parts)
    # (2 to 4) the header
    header = strict_json.parse(head, max_bytes=MAX_HEADER)
    if not isinstance(header, dict):
        raise ParsingError("The token's header is not an object.")
    # (5) nothing in it that we do not understand or that would steer us
    for name in _REFUSED:
        if name in header:
            raise ProofInvalid("The token's header has {name}, which is not accepted here.", name=name)
    _check_algorithm(header.get("alg"))
    return Jws(header, payload, signature, data)


def verify(jws: Jws, key: PublicKey) -> None:
    """RFC 7515 section 5.2 step 8. Raises `UnknownAlgorithm` when the key has another algorithm, `ProofInvalid`."""
    if jws.kind != key.kind:
        raise UnknownAlgorithm(
            "The token is signed with {alg}, but the key is of the kind {kind}.", alg=jws.header["alg"], kind=key.kind
        )
    key.verify(jws.signature, jws.signing_input)


def sign(header: Mapping[str, Any], payload: bytes, signer: Signer) -> bytes:
    """RFC 7515 section 5.1. `alg` is added: that of the signer's key."""
    whole = {"alg": ALGORITHM_OF[signer.public_key.kind], **header}
    head = json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()
    signing_input = f"{base64url_encode(head)}.{base64url_encode(payload)}".encode("ascii")
    return signing_input + b"." + base64url_encode(signer.sign(signing_input)).encode("ascii")


def media_type(header: Mapping[str, Any], name: str) -> str | None:
    """`typ` or `cty` in small letters, without the `application/` that may be left out (RFC 7515 section 4.1.9); None
    when there is none. Raises `ParsingError`."""
    if name not in header:
        return None
    value = header[name]
    if not isinstance(value, str) or not value:
        raise ParsingError("The token's {name} is not a media type.", name=name)
    short = value.lower().removeprefix("application/")
    return value.lower() if "/" in short else short


def _decode(part: bytes) -> bytes:
    try:
        return base64url_decode(part.decode("ascii"))
    except (UnicodeDecodeError, Invalid) as error:
        raise ParsingError("A part of the token is not base64url.") from error


def _check_algorithm(alg: Any) -> None:
    if isinstance(alg, str) and alg in ALGORITHMS:
        return
    if isinstance(alg, str) and alg in _ELSEWHERE:
        raise NotSupported("The token is signed with {alg}, which this verifier cannot check yet.", alg=alg)
    if isinstance(alg, str) and alg.lower() == "none":
        raise UnknownAlgorithm("The token is not signed (its algorithm is none).")
    if isinstance(alg, str) and alg.startswith("HS"):
        raise UnknownAlgorithm(
            "The token is made with a shared secret ({alg}), so whoever checks it could make it.", alg=alg
        )
    raise UnknownAlgorithm("The token's algorithm {alg} is none that is known.", alg=repr(alg)[:40])
