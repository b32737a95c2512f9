"""Multibase and multihash, as Controlled Identifiers 1.0 section 2.4 and 2.5 use them.

Two bases occur in credentials: `z` (base58btc: keys, proof values) and `u` (base64url without padding: digests,
status lists). Both directions are strict: one text form for each sequence of bytes, so nothing can be respelt.

    >>> multibase_encode(b"hello", "z"), multibase_decode("uaGVsbG8")
    ('zCn8eVZg', b'hello')
"""

import base64
import binascii
import hashlib
import hmac
from typing import Literal

from vc.errors import MalformedValue

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LETTERS = bytes.maketrans(bytes(range(58)), _ALPHABET.encode())
_VALUES = bytes.maketrans(_ALPHABET.encode(), bytes(range(58)))
_FIVE, _TEN = 58**5, 58**10  # five digits are one digit of Python's own numbers, with which it is quickest

# The two-byte head of a SHA-256 multihash: code 0x12, length 32.
_SHA2_256 = b"\x12\x20"

# Base58 costs time quadratic in its length; what it carries here (keys, signatures) is far shorter.
MAX_BASE58 = 1_000


def base58btc_encode(data: bytes) -> str:
    """Bitcoin's base58 (draft-msporny-base58): leading zero bytes become leading `1`s."""
    number = int.from_bytes(data)
    digits: list[int] = []  # the last one first
    while number:
        number, ten = divmod(number, _TEN)
        for five in (ten % _FIVE, ten // _FIVE):
            digits += (five % 58, five // 58 % 58, five // 3_364 % 58, five // 195_112 % 58, five // 11_316_496)
    letters = bytes(digits[::-1]).translate(_LETTERS).decode()
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + letters.lstrip("1")


def base58btc_decode(text: str) -> bytes:
    """Raises `MalformedValue` for a letter outside the alphabet or more than `MAX_BASE58` letters."""
    if len(text) > MAX_BASE58:
        raise MalformedValue(
            "A base58 value of {length} characters is longer than any key or signature.", length=len(text)
        )
    if not text.isascii() or text.encode().translate(None, _ALPHABET.encode()):
        letter = next(letter for letter in text if letter not in _ALPHABET)
        raise MalformedValue("{letter!r} is not a base58 character.", letter=letter)
    digits = bytes(-len(text) % 5) + text.encode().translate(_VALUES)
    number = 0
    for a, b, c, d, e in zip(*(digits[place::5] for place in range(5)), strict=True):
        number = number * _FIVE + ((((a * 58 + b) * 58 + c) * 58 + d) * 58 + e)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def base64url_encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def base64url_decode(text: str) -> bytes:
    """RFC 4648 section 5 without padding. Raises `MalformedValue`, also for stray bits at the end."""
    if not isinstance(text, str):
        raise MalformedValue("A base64url value is not a text.")
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise MalformedValue("A base64url value cannot be read.") from error
    if base64url_encode(data) != text:
        raise MalformedValue("A base64url value is not in its one canonical form.")
    return data


def multibase_encode(data: bytes, base: Literal["z", "u"]) -> str:
    return base + (base58btc_encode(data) if base == "z" else base64url_encode(data))


def multibase_decode(text: str, bases: str = "zu") -> bytes:
    """The bytes of a multibase value whose base is one of `bases`. Raises `MalformedValue`."""
    if not isinstance(text, str) or text[:1] not in tuple(bases):
        raise MalformedValue("A multibase value must begin with one of: {bases}.", bases=", ".join(bases))
    return base58btc_decode(text[1:]) if text[0] == "z" else base64url_decode(text[1:])


def digest_multibase(data: bytes) -> str:
    """`digestMultibase` of VCDM 2.0 section 5.3: the SHA-256 multihash in base64url."""
    return multibase_encode(_SHA2_256 + hashlib.sha256(data).digest(), "u")


def digest_matches(text: str, data: bytes) -> bool:
    """Whether `data` has the digest `text`. Raises `MalformedValue` when `text` is no SHA-256 multihash."""
    multihash = multibase_decode(text)
    if multihash[:2] != _SHA2_256 or len(multihash) != 34:
        raise MalformedValue("digestMultibase is not a SHA-256 multihash.")
    return hmac.compare_digest(multihash[2:], hashlib.sha256(data).digest())
