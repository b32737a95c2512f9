"""Public keys as Multikey (Controlled Identifiers 1.0 section 2.2.2) and the seam behind which private keys live.

An Ed25519 key is refused when it is a small-order point or not in canonical form. The cryptography library accepts
such keys, and one of them "verifies" every message (Wycheproof; RFC 8032 section 5.1.3; "Taming the many EdDSAs").

    >>> PublicKey.from_multibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").kind
    'Ed25519'
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vc.errors import InvalidKey, MalformedValue, ProofInvalid
from vc.multibase import multibase_decode, multibase_encode

KeyKind = Literal["Ed25519"]

# Multicodec head -> kind and length in bytes.
_MULTICODEC: dict[bytes, tuple[KeyKind, int]] = {b"\xed\x01": ("Ed25519", 32)}

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


class Signer(Protocol):
    """Whatever holds a private key: a file, an HSM. `issuer.signers` has the implementations."""

    @property
    def public_key(self) -> "PublicKey": ...

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`: for Ed25519, 64 bytes (RFC 8032 section 5.1.6)."""


@dataclass(frozen=True)
class PublicKey:
    """`raw`: the key's bytes without multicodec head (Ed25519: 32)."""

    kind: KeyKind
    raw: bytes

    def __post_init__(self) -> None:
        _refuse_weak_ed25519(self.raw)

    @classmethod
    def from_multibase(cls, text: str) -> "PublicKey":
        """Reads `publicKeyMultibase`. Raises `InvalidKey`."""
        try:
            data = multibase_decode(text, "z")
        except MalformedValue as error:
            raise InvalidKey("A key cannot be read: {reason}", reason=str(error)) from error
        kind, length = _MULTICODEC.get(data[:2], (None, 0))
        if kind is None:
            raise InvalidKey("The key {key} is of a kind that is not supported here.", key=text[:60])
        if len(data) != length + 2:
            raise InvalidKey("The key {key} has the wrong length for {kind}.", key=text[:60], kind=kind)
        return cls(kind, data[2:])

    @property
    def multibase(self) -> str:
        head = next(head for head, (kind, _) in _MULTICODEC.items() if kind == self.kind)
        return multibase_encode(head + self.raw, "z")

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises `ProofInvalid` unless `signature` over `message` is by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature as error:
            raise ProofInvalid(
                "The signature does not match: the credential was changed after it was signed, "
                "or another key signed it."
            ) from error


def _refuse_weak_ed25519(raw: bytes) -> None:
    """RFC 8032 section 5.1.3, decoding, and a refusal of the eight points whose order divides eight."""
    if len(raw) != 32:
        raise InvalidKey("An Ed25519 key has 32 bytes; this one has {length}.", length=len(raw))
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        raise InvalidKey("The Ed25519 key is not in its canonical form.")
    x = _recover_x(y, sign)
    if x is None:
        raise InvalidKey("The Ed25519 key is not a point of the curve.")
    point = (x, y)
    for _ in range(3):  # eight times the point
        point = _double(point)
    if point == (0, 1):
        raise InvalidKey("The Ed25519 key is a point of small order: it would accept any signature.")


def _recover_x(y: int, sign: int) -> int | None:
    """RFC 8032 section 5.1.3 steps 2 to 4; None when there is no such x."""
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P == _P - u % _P and u:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if v * x * x % _P != u:
        return None
    if x == 0 and sign:
        return None
    return _P - x if x & 1 != sign else x


def _double(point: tuple[int, int]) -> tuple[int, int]:
    """The sum of a point with itself in affine coordinates (RFC 8032 section 5.1, the addition law)."""
    x, y = point
    product = _D * x * x * y * y % _P
    return (
        2 * x * y * pow(1 + product, -1, _P) % _P,
        (y * y + x * x) * pow(1 - product, -1, _P) % _P,
    )
