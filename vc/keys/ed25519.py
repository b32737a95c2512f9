"""Ed25519 keys (RFC 8032): in Multikey, and as `OKP` in JSON Web Keys (RFC 8037 section 2).

A key is refused when it is a small-order point or not in canonical form, before any library sees it: some accept such
keys, and one of them "verifies" every message (Wycheproof; RFC 8032 section 5.1.3; "Taming the many EdDSAs").
Signatures are verified by libsodium, in half the time of OpenSSL, by which the issuer signs (docs/adr/0044).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from vc.errors import InvalidKey
from vc.multibase import base64url_decode, base64url_encode

MULTICODEC = b"\xed\x01"
KTY, CRV = "OKP", "Ed25519"
ALGORITHMS = frozenset({"EdDSA", "Ed25519"})

# Keys that were found sound: an issuer's few are looked at with each of its credentials. Each takes 200 bytes.
_REMEMBERED = 1_024

_SIGNATURE = 64  # bytes

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


def check(raw: bytes) -> None:
    _refuse_weak(raw)


def matches(raw: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032 section 5.1.7; a signature has 64 bytes."""
    if len(signature) != _SIGNATURE:  # the message begins where it ends
        return False
    try:
        crypto_sign_open(signature + message, raw)
    except BadSignatureError:
        return False
    return True


def from_jwk(jwk: Mapping[str, Any]) -> bytes:
    return base64url_decode(jwk.get("x", ""))


def to_jwk(raw: bytes) -> dict[str, str]:
    return {"kty": KTY, "crv": CRV, "x": base64url_encode(raw)}


@lru_cache(maxsize=_REMEMBERED)  # what is refused is not remembered
def _refuse_weak(raw: bytes) -> None:
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
