"""P-256 keys (FIPS 186-5; RFC 7518 section 6.2), which sign with SHA-256."""

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.hashes import SHA256

from vc.elliptic import Curve

MULTICODEC = b"\x80\x24"
KTY, CRV = "EC", "P-256"
ALGORITHMS = frozenset({"ES256", "ESP256"})

_CURVE = Curve(CRV, 32, SECP256R1(), SHA256())

matches = _CURVE.matches
from_jwk = _CURVE.from_jwk
to_jwk = _CURVE.to_jwk


def check(raw: bytes) -> None:
    _CURVE.point(raw)
