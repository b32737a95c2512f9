"""P-384 keys (FIPS 186-5; RFC 7518 section 6.2), which sign with SHA-384."""

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1
from cryptography.hazmat.primitives.hashes import SHA384

from vc.elliptic import Curve

MULTICODEC = b"\x81\x24"
KTY, CRV = "EC", "P-384"
ALGORITHMS = frozenset({"ES384", "ESP384"})

_CURVE = Curve(CRV, 48, SECP384R1(), SHA384())

matches = _CURVE.matches
from_jwk = _CURVE.from_jwk
to_jwk = _CURVE.to_jwk


def check(raw: bytes) -> None:
    _CURVE.point(raw)
