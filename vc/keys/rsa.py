"""RSA keys (RFC 8017; RFC 7518 section 6.3), which sign with PKCS #1 v1.5 and SHA-256. JSON Web Keys only.

Fewer than 2,048 bits can be broken (RFC 7518 section 3.3); more than 8,192 only make a verifier work. Keys that the
chips of one maker made can be broken as well, and their modulus shows it (ROCA, CVE-2017-15361).
"""

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from vc.errors import InvalidKey
from vc.multibase import base64url_decode, base64url_encode

MULTICODEC = None
KTY, CRV = "RSA", None
ALGORITHMS = frozenset({"RS256"})

MIN_BITS, MAX_BITS = 2048, 8192
_MAX_EXPONENT = 2**32  # the usual one is 65,537; a huge one only costs time

# Nemec and others, "The Return of Coppersmith's Attack" (2017), section 2: modulo every small prime, such a modulus is
# a power of 65,537. Another key passes for one with a chance of 2**-154.
_PRIMES = [number for number in range(3, 168) if all(number % divisor for divisor in range(2, number))]
_ROCA = {prime: frozenset(pow(65537, power, prime) for power in range(prime - 1)) for prime in _PRIMES}


def check(raw: bytes) -> None:
    _key(raw)


def matches(raw: bytes, signature: bytes, message: bytes) -> bool:
    try:
        _key(raw).verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def from_jwk(jwk: Mapping[str, Any]) -> bytes:
    n, e = (_number(jwk.get(name, "")) for name in ("n", "e"))
    _check_size(n, e)
    try:
        key = RSAPublicNumbers(e, n).public_key()
    except ValueError as error:
        raise InvalidKey("The RSA key's numbers make no key.") from error
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def to_jwk(raw: bytes) -> dict[str, str]:
    numbers = _key(raw).public_numbers()
    return {"kty": KTY, "n": _text(numbers.n), "e": _text(numbers.e)}


def _key(raw: bytes) -> RSAPublicKey:
    try:
        key = load_der_public_key(raw)
    except (ValueError, TypeError) as error:
        raise InvalidKey("The RSA key cannot be read.") from error
    if not isinstance(key, RSAPublicKey):
        raise InvalidKey("The key is no RSA key.")
    numbers = key.public_numbers()
    _check_size(numbers.n, numbers.e)
    return key


def _check_size(n: int, e: int) -> None:
    if not MIN_BITS <= n.bit_length() <= MAX_BITS:
        raise InvalidKey(
            "An RSA key has {least} to {most} bits; this one has {bits}.",
            least=MIN_BITS,
            most=MAX_BITS,
            bits=n.bit_length(),
        )
    if not 3 <= e < _MAX_EXPONENT or not e & 1:
        raise InvalidKey("The RSA key's exponent is none that is used.")
    if all(n % prime in residues for prime, residues in _ROCA.items()):
        raise InvalidKey("The RSA key was made by a chip whose keys can be broken (ROCA).")


def _number(text: str) -> int:
    """Base64urlUInt (RFC 7518 section 2): as few bytes as the number needs."""
    data = base64url_decode(text)
    if data[:1] == b"\0":
        raise InvalidKey("A number of the RSA key begins with a zero byte, so it could be written in two ways.")
    return int.from_bytes(data)


def _text(number: int) -> str:
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8))
