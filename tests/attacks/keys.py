"""Private keys and signatures that come from words, the same on every machine: only for attacks."""

import hashlib
from functools import cache
from math import gcd

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from vc.keys import KeyKind, PublicKey
from vc.multibase import base64url_encode

# Of order n - 1 for each curve: a secret below half of it is one for sure.
_CURVES = {"P-256": (ec.SECP256R1(), hashes.SHA256()), "P-384": (ec.SECP384R1(), hashes.SHA384())}


class WordSigner:
    """Like `tests.vc.samples.SoftSigner`, but RSA keys come from the word, too, and ECDSA is that of RFC 6979."""

    def __init__(self, word: str, kind: KeyKind = "Ed25519") -> None:
        self.kind = kind
        self.word = word
        self._seed = hashlib.sha256(word.encode()).digest()
        self.public_key = PublicKey.from_jwk(self.jwk)

    @property
    def jwk(self) -> dict[str, str]:
        match self.kind:
            case "Ed25519":
                return {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "x": base64url_encode(self._edwards.public_key().public_bytes_raw()),
                }
            case "RSA":
                numbers = rsa_key(self.word, 2048).public_key().public_numbers()
                return {"kty": "RSA", "n": unsigned(numbers.n), "e": unsigned(numbers.e)}
        point = self._elliptic.public_key().public_numbers()
        size = self._elliptic.key_size // 8
        x, y = (base64url_encode(number.to_bytes(size)) for number in (point.x, point.y))
        return {"kty": "EC", "crv": self.kind, "x": x, "y": y}

    @property
    def _edwards(self) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.from_private_bytes(self._seed)

    @property
    def _elliptic(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self._seed) >> 1 | 1, _CURVES[self.kind][0])

    def sign(self, message: bytes) -> bytes:
        match self.kind:
            case "Ed25519":
                return self._edwards.sign(message)
            case "RSA":
                return rsa_key(self.word, 2048).sign(message, padding.PKCS1v15(), hashes.SHA256())
        size = self._elliptic.key_size // 8
        der = self._elliptic.sign(message, ec.ECDSA(_CURVES[self.kind][1], deterministic_signing=True))
        return b"".join(number.to_bytes(size) for number in decode_dss_signature(der))


def unsigned(number: int) -> str:
    """Base64urlUInt (RFC 7518 section 2)."""
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8))


@cache
def rsa_key(word: str, bits: int) -> rsa.RSAPrivateKey:
    e = 65537
    p, q = (_prime(f"{word} {name}", bits // 2, e) for name in "pq")
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key(
        unsafe_skip_rsa_key_validation=True
    )


def _prime(word: str, bits: int, e: int) -> int:
    """The first prime above a number that the word gives, with its two highest bits set."""
    stream = b"".join(hashlib.sha256(f"{word} {part}".encode()).digest() for part in range(bits // 256 + 1))
    number = int.from_bytes(stream[: bits // 8]) | 3 << bits - 2 | 1
    while gcd(number - 1, e) != 1 or not _probably_prime(number):
        number += 2
    return number


def _probably_prime(number: int) -> bool:
    """Fermat's test to four bases: good enough for a number that nobody chose."""
    return all(number % small for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31)) and all(
        pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)
    )
