"""Public keys, and the seam behind which private keys live.

A key is of one kind, and a kind has one signature algorithm; so no header or proof can choose another one for it. Kinds
are one file each and one line of `KINDS`, the allow-list. Keys are written as Multikey (Controlled Identifiers 1.0
section 2.2.2) or as JSON Web Key (RFC 7517).

    >>> PublicKey.from_multibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").kind
    'Ed25519'
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from vc.errors import InvalidKey, MalformedValue, NotSupported, ProofInvalid
from vc.keys import ed25519, p256, p384, rsa
from vc.multibase import base64url_encode, multibase_decode, multibase_encode

KeyKind = Literal["Ed25519", "P-256", "P-384", "RSA"]


class Kind(Protocol):
    """What a file of this folder offers. `MULTICODEC` is None where no Multikey is read. `ALGORITHMS`: what a JSON
    Web Key of this kind may say that it is for (`alg`)."""

    @property
    def MULTICODEC(self) -> bytes | None: ...

    @property
    def KTY(self) -> str: ...

    @property
    def CRV(self) -> str | None: ...

    @property
    def ALGORITHMS(self) -> frozenset[str]: ...

    def check(self, raw: bytes, /) -> None:
        """Raises `InvalidKey` for bytes that are no key of this kind, or a key that must not be used."""

    def matches(self, raw: bytes, signature: bytes, message: bytes, /) -> bool:
        """Whether the signature is by the key. Only `PublicKey.verify` asks, and raises."""

    def from_jwk(self, jwk: Mapping[str, Any], /) -> bytes:
        """The key's bytes. Raises `MalformedValue`."""

    def to_jwk(self, raw: bytes, /) -> dict[str, str]: ...


KINDS: Mapping[KeyKind, Kind] = {
    "Ed25519": ed25519,
    "P-256": p256,
    "P-384": p384,
    "RSA": rsa,
}

THUMBPRINT = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"

# Registered for JOSE and not read here (RFC 7518 section 6.2.1.1, RFC 8037, RFC 8812).
_CURVES_ELSEWHERE = frozenset({"P-521", "secp256k1", "Ed448", "X25519", "X448"})
# JWK members that only a private or secret key has (RFC 7518 sections 6.2.2, 6.3.2, 6.4).
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class Signer(Protocol):
    """Whatever holds a private key: a file, an HSM. `issuer.signers` has the implementations."""

    @property
    def public_key(self) -> "PublicKey": ...

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`: Ed25519 64 bytes (RFC 8032 section 5.1.6); P-256 and P-384 r and s side by
        side (64 and 96 bytes, RFC 7518 section 3.4); RSA PKCS #1 v1.5 with SHA-256 (RFC 7518 section 3.3)."""


@dataclass(frozen=True)
class PublicKey:
    """`raw`: Ed25519 32 bytes; P-256 and P-384 a compressed point of 33 and 49; RSA the DER of PKCS #1."""

    kind: KeyKind
    raw: bytes

    def __post_init__(self) -> None:
        KINDS[self.kind].check(self.raw)

    @classmethod
    def from_multibase(cls, text: str) -> "PublicKey":
        """Reads `publicKeyMultibase`. Raises `InvalidKey`."""
        try:
            data = multibase_decode(text, "z")
        except MalformedValue as error:
            raise InvalidKey("A key cannot be read: {reason}", reason=str(error)) from error
        for kind, of in KINDS.items():
            if of.MULTICODEC is not None and data.startswith(of.MULTICODEC):
                return cls(kind, data[len(of.MULTICODEC) :])
        raise InvalidKey("The key {key} is of a kind that is not supported here.", key=text[:60])

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> "PublicKey":
        """Reads a JSON Web Key. Raises `InvalidKey`, also for one with private members: that key is given away;
        `NotSupported` for a curve that is registered and not read here."""
        if _SECRET_MEMBERS & jwk.keys():
            raise InvalidKey("The key is published together with its private part, so anybody can sign with it.")
        if jwk.get("use", "sig") != "sig":
            raise InvalidKey("The key is not meant for signatures (use: {use}).", use=repr(jwk["use"])[:40])
        operations = jwk.get("key_ops", ["verify"])
        if not isinstance(operations, list) or "verify" not in operations:
            raise InvalidKey("The key is not meant for verifying (key_ops).")
        kty, crv = jwk.get("kty"), jwk.get("crv")
        for kind, of in KINDS.items():
            if kty == of.KTY and crv == of.CRV:
                if jwk.get("alg", next(iter(of.ALGORITHMS))) not in tuple(of.ALGORITHMS):  # RFC 8725 section 3.1
                    raise InvalidKey("The key is meant for another algorithm ({alg}).", alg=repr(jwk["alg"])[:40])
                try:
                    return cls(kind, of.from_jwk(jwk))
                except MalformedValue as error:
                    raise InvalidKey("A key cannot be read: {reason}", reason=str(error)) from error
        if kty in ("EC", "OKP") and isinstance(crv, str) and crv in _CURVES_ELSEWHERE:
            raise NotSupported("Keys of the curve {curve} cannot be used here yet.", curve=crv)
        raise InvalidKey("A key of the kind {kind} cannot be used for signatures here.", kind=repr(kty)[:40])

    @property
    def multibase(self) -> str:
        """Raises `NotSupported` for a kind without Multikey."""
        head = KINDS[self.kind].MULTICODEC
        if head is None:
            raise NotSupported("A key of the kind {kind} has no Multikey form here.", kind=self.kind)
        return multibase_encode(head + self.raw, "z")

    @property
    def jwk(self) -> dict[str, str]:
        return KINDS[self.kind].to_jwk(self.raw)

    @property
    def thumbprint_uri(self) -> str:
        """RFC 9278: the SHA-256 thumbprint (RFC 7638) as a URN. `jwk` has exactly the members that it takes."""
        data = json.dumps(self.jwk, sort_keys=True, separators=(",", ":")).encode()
        return THUMBPRINT + base64url_encode(hashlib.sha256(data).digest())

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises `ProofInvalid` unless `signature` over `message` is by this key."""
        if not KINDS[self.kind].matches(self.raw, signature, message):
            raise ProofInvalid(
                "The signature does not match: the credential was changed after it was signed, "
                "or another key signed it."
            )
