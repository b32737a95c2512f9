"""ECDSA over the NIST curves (FIPS 186-5), as JOSE and Data Integrity write it: r and s side by side, big-endian.

Both write the same signature (RFC 7518 section 3.4; Data Integrity ECDSA Cryptosuites 1.0 section 3), and both fix the
hash by the curve, so a curve is all that a key has to say. Points are read in compressed form only (SEC 1 section
2.3.4); the library checks that they lie on the curve.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurve, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from vc.errors import InvalidKey
from vc.multibase import base64url_decode, base64url_encode


@dataclass(frozen=True)
class Curve:
    """`size`: bytes of a coordinate, and of r and s."""

    crv: str
    size: int
    curve: EllipticCurve
    hash: HashAlgorithm

    def point(self, raw: bytes) -> EllipticCurvePublicKey:
        """Raises `InvalidKey` unless `raw` is a compressed point of the curve."""
        if len(raw) != self.size + 1 or raw[0] not in (2, 3):
            raise InvalidKey(
                "A {curve} key is a compressed point of {size} bytes; this one is not.",
                curve=self.crv,
                size=self.size + 1,
            )
        try:
            return EllipticCurvePublicKey.from_encoded_point(self.curve, raw)
        except ValueError as error:
            raise InvalidKey("The {curve} key is not a point of the curve.", curve=self.crv) from error

    def matches(self, raw: bytes, signature: bytes, message: bytes) -> bool:
        """FIPS 186-5 section 6.4.2. r or s of zero, or too large, never matches (CVE-2022-21449)."""
        if len(signature) != 2 * self.size:
            return False
        r, s = (int.from_bytes(half) for half in (signature[: self.size], signature[self.size :]))
        try:
            self.point(raw).verify(encode_dss_signature(r, s), message, ECDSA(self.hash))
        except InvalidSignature:
            return False
        return True

    def from_jwk(self, jwk: Mapping[str, Any]) -> bytes:
        """RFC 7518 section 6.2.1: both coordinates at full length, and a point of the curve. Raises `InvalidKey`."""
        x, y = (base64url_decode(jwk.get(name, "")) for name in ("x", "y"))
        if len(x) != self.size or len(y) != self.size:
            raise InvalidKey("The coordinates of a {curve} key have {size} bytes each.", curve=self.crv, size=self.size)
        try:
            EllipticCurvePublicKey.from_encoded_point(self.curve, b"\x04" + x + y)
        except ValueError as error:
            raise InvalidKey("The {curve} key is not a point of the curve.", curve=self.crv) from error
        return bytes([2 + (y[-1] & 1)]) + x

    def to_jwk(self, raw: bytes) -> dict[str, str]:
        point = self.point(raw).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        x, y = point[1 : self.size + 1], point[self.size + 1 :]
        return {"kty": "EC", "crv": self.crv, "x": base64url_encode(x), "y": base64url_encode(y)}
