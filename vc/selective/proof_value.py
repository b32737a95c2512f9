"""What an ecdsa-sd-2023 proof carries, as CBOR (RFC 8949) in multibase (vc-di-ecdsa 1.0 sections 3.5.2 to 3.5.8).

A value is read in one form only, the one that is written (it is written again, and compared): definite lengths,
shortest numbers, no tags, no key twice, nothing behind it. So no bit of a proof can change without another meaning.

    >>> Derived.read(derived.text) == derived  # doctest: +SKIP
    True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vc import cbor
from vc.errors import Invalid, ParsingError, ProofInvalid, TooLarge
from vc.multibase import multibase_decode, multibase_encode

# Signatures of one proof, one for each statement; a Specialization with six courses has about 300. Checking takes
# about 0.1 ms each.
MAX_SIGNATURES = 2_000
# Characters of a proof value: as many signatures, with names for their nodes, and pointers.
MAX_LENGTH = 400_000

SIGNATURE_BYTES = 64
HMAC_BYTES = 32
# Section 3.5.8 says 36; the Multikey of P-256 that section 3.6.5 describes has 35, and so have the published proofs.
PUBLIC_KEY_BYTES = 35

MAX_ITEMS = 2 * MAX_SIGNATURES  # of one array or map: one more than are checked is told as what it is

_BASE = b"\xd9\x5d\x00"
_DERIVED = b"\xd9\x5d\x01"


@dataclass(frozen=True)
class Base:
    """What the issuer gives the holder. Whoever has it can show every part of the credential."""

    base_signature: bytes
    public_key: bytes
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]

    @property
    def text(self) -> str:
        """Section 3.5.2, "serializeBaseProofValue"."""
        parts = (self.base_signature, self.public_key, self.hmac_key, self.signatures, self.mandatory_pointers)
        return _written(_BASE, parts)

    @classmethod
    def read(cls, text: Any) -> "Base":
        """Section 3.5.3, "parseBaseProofValue". Raises `ProofInvalid` or `TooLarge`."""
        match _components(text, _BASE):
            case [bytes(signature), bytes(key), bytes(hmac_key), list(signatures), list(pointers)] if _are_bytes(
                signatures, SIGNATURE_BYTES
            ) and all(isinstance(pointer, str) for pointer in pointers):
                _check_lengths(signature, key)
                _require(len(hmac_key) == HMAC_BYTES)
                read = cls(signature, key, hmac_key, tuple(signatures), tuple(pointers))
                _require(read.text == text)
                return read
        raise _broken()


@dataclass(frozen=True)
class Derived:
    """What the holder shows. `labels`: number of a canonical label -> the name that was signed; `mandatory`: which of
    the lines the issuer wants to be shown."""

    base_signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[int, bytes]
    mandatory: tuple[int, ...]

    @property
    def text(self) -> str:
        """Section 3.5.7, "serializeDerivedProofValue"."""
        labels = dict(self.labels)
        return _written(_DERIVED, (self.base_signature, self.public_key, self.signatures, labels, self.mandatory))

    @classmethod
    def read(cls, text: Any) -> "Derived":
        """Section 3.5.8, "parseDerivedProofValue". Raises `ProofInvalid` or `TooLarge`."""
        match _components(text, _DERIVED):
            case [bytes(signature), bytes(key), list(signatures), dict(labels), list(mandatory)] if (
                _are_bytes(signatures, SIGNATURE_BYTES)
                and _are_bytes(list(labels.values()), HMAC_BYTES)
                and all(type(number) is int and number >= 0 for number in (*labels, *mandatory))
            ):
                _check_lengths(signature, key)
                _require(mandatory == sorted(set(mandatory)))
                read = cls(signature, key, tuple(signatures), labels, tuple(mandatory))
                _require(read.text == text)
                return read
        raise _broken()


def _written(header: bytes, parts: tuple[Any, ...]) -> str:
    return multibase_encode(
        header + cbor.encode([list(part) if isinstance(part, tuple) else part for part in parts]), "u"
    )


def _components(text: Any, header: bytes) -> Any:
    if isinstance(text, str) and len(text) > MAX_LENGTH:
        raise TooLarge(
            "The proof has {length} characters; at most {limit} are read.", length=len(text), limit=MAX_LENGTH
        )
    try:
        data = multibase_decode(text, "u")
    except Invalid as error:
        raise ProofInvalid("The proof's proofValue cannot be read: {reason}", reason=str(error)) from error
    if data.startswith(_BASE) and header == _DERIVED:
        raise ProofInvalid(
            "This is a base proof, which its holder must not give away: whoever has it can show every part of the "
            "credential. Derive a proof of what is to be shown, and send that."
        )
    try:
        tag, value = cbor.decode(data[len(header) :], max_items=MAX_ITEMS)
    except (ParsingError, TooLarge) as error:
        raise _broken() from error
    _require(tag is None)
    return value


def _check_lengths(signature: bytes, key: bytes) -> None:
    _require(len(signature) == SIGNATURE_BYTES and len(key) == PUBLIC_KEY_BYTES)


def _are_bytes(values: list[Any], length: int) -> bool:
    if len(values) > MAX_SIGNATURES:
        raise TooLarge(
            "The proof has {count} signatures; at most {limit} are checked.", count=len(values), limit=MAX_SIGNATURES
        )
    return all(isinstance(value, bytes) and len(value) == length for value in values)


def _require(sound: bool) -> None:
    if not sound:
        raise _broken()


def _broken() -> ProofInvalid:
    return ProofInvalid("The proof's proofValue is not what ecdsa-sd-2023 writes; it is damaged or of another kind.")
