"""libsodium, which verifies here, beside OpenSSL, which signs (docs/adr/0044)."""

import hashlib
import random
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vc.keys.ed25519 import matches

ORDER = 2**252 + 27742317777372353535851937790883648493  # RFC 8032 section 5.1
CHANCE = random.Random(20261126)


def signed(count: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(public key, signature by OpenSSL, message)."""
    for number in range(count):
        private = Ed25519PrivateKey.from_private_bytes(CHANCE.randbytes(32))
        message = CHANCE.randbytes(number % 130)
        yield private.public_key().public_bytes_raw(), private.sign(message), message


def by_openssl(raw: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def flipped(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[CHANCE.randrange(len(data))] ^= 1 << CHANCE.randrange(8)
    return bytes(changed)


def test_what_openssl_signed_is_verified() -> None:
    for raw, signature, message in signed(260):
        assert matches(raw, signature, message)


@pytest.mark.parametrize("what", ["signature", "message", "key"])
def test_one_bit_is_noticed_by_both(what: str) -> None:
    for raw, signature, message in signed(200):
        message += b"."
        changed = {
            "signature": (raw, flipped(signature), message),
            "message": (raw, signature, flipped(message)),
            "key": (flipped(raw), signature, message),
        }[what]
        assert not matches(*changed)
        assert not by_openssl(*changed)


def test_one_signature_has_one_form() -> None:
    """Section 5.1.7 step 1: the second half is a number below the order."""
    for raw, signature, message in signed(20):
        again = int.from_bytes(signature[32:], "little") + ORDER
        other = signature[:32] + again.to_bytes(32, "little")
        assert not matches(raw, other, message)
        assert not by_openssl(raw, other, message)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_where_the_signature_ends_is_not_for_the_sender_to_say(length: int) -> None:
    for raw, signature, message in signed(5):
        together = signature + message + bytes(200)
        assert not matches(raw, together[:length], together[length : 64 + len(message)])


def test_a_signature_that_begins_with_a_point_of_small_order_is_refused_here_alone() -> None:
    """Section 5.1.6 with a nonce of zero: only who has the key can make it, and nobody who draws it as he should."""
    secret, message, neutral = CHANCE.randbytes(32), b"a message", b"\x01" + bytes(31)
    raw = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    digest = bytearray(hashlib.sha512(secret).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 63 | 64
    asked = int.from_bytes(hashlib.sha512(neutral + raw + message).digest(), "little")
    answer = asked * int.from_bytes(digest, "little") % ORDER
    signature = neutral + answer.to_bytes(32, "little")
    assert by_openssl(raw, signature, message)
    assert not matches(raw, signature, message)
