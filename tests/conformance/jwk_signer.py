"""A signer whose private key is a JSON Web Key in a file of the JOSE and COSE suite. Only for tests."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from vc.keys import PublicKey
from vc.multibase import base64url_decode

_CURVES: Mapping[str, tuple[ec.EllipticCurve, HashAlgorithm, int]] = {
    "P-256": (ec.SECP256R1(), SHA256(), 32),
    "P-384": (ec.SECP384R1(), SHA384(), 48),
    "P-521": (ec.SECP521R1(), SHA512(), 66),
}


class JwkSigner:
    def __init__(self, jwk: Mapping[str, str]) -> None:
        self.public_key = PublicKey.from_jwk({name: value for name, value in jwk.items() if name != "d"})
        self._crv, self._secret = jwk["crv"], base64url_decode(jwk["d"])

    def sign(self, message: bytes) -> bytes:
        if self._crv == "Ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(self._secret).sign(message)
        curve, algorithm, size = _CURVES[self._crv]
        private = ec.derive_private_key(int.from_bytes(self._secret), curve)
        signature = decode_dss_signature(private.sign(message, ec.ECDSA(algorithm)))
        return b"".join(number.to_bytes(size) for number in signature)
