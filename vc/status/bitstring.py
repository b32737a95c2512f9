"""Bitstring Status List 1.0: one bit per credential, in a list long enough that a look at it tells nobody whose.

    bits = Bitstring()
    bits.set(94567, True)
    unsecured = list_credential(id=url, issuer=did, purpose="revocation", bits=bits, valid_from=now, valid_until=then)

Index 0 is the leftmost bit of the first byte (section 3.1, Bitstring Encoding); some peers have it the other way round.
"""

import gzip
import re
import zlib
from datetime import datetime
from typing import Any, Self

from vc.dates import CLOCK_SKEW, parse_datetime, timestamp
from vc.errors import Invalid, MalformedValue, StatusInvalid, StatusListTooShort, StatusUnavailable
from vc.multibase import multibase_decode, multibase_encode

ENTRIES = 131_072  # section 3.1: the least number, 16 KB, for the sake of the herd
MAX_ENTRIES = 64 * ENTRIES  # 1 MB: what one list may grow to when it is unpacked

_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,11})\Z", re.ASCII)


class Bitstring:
    """A sequence of bits. `data`: its bytes."""

    def __init__(self, data: bytes | None = None) -> None:
        self.data = bytearray(ENTRIES // 8 if data is None else data)

    def __len__(self) -> int:
        return len(self.data) * 8

    def set(self, index: int, value: bool) -> None:
        """Raises `StatusInvalid` for an index outside the list."""
        byte, mask = self._place(index)
        self.data[byte] = self.data[byte] | mask if value else self.data[byte] & ~mask

    def get(self, index: int) -> bool:
        byte, mask = self._place(index)
        return bool(self.data[byte] & mask)

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise StatusInvalid(
                "The status index {index} lies outside the list of {length}.", index=index, length=len(self)
            )
        return index // 8, 0x80 >> index % 8

    def encode(self) -> str:
        """`encodedList`: multibase base64url of the gzipped bytes; the same bits give the same text."""
        return multibase_encode(gzip.compress(bytes(self.data), mtime=0), "u")

    @classmethod
    def decode(cls, text: str) -> Self:
        """Reads `encodedList`, unpacking at most `MAX_ENTRIES`. Raises `StatusInvalid` or `StatusListTooShort`."""
        try:
            packed = multibase_decode(text, "u")
            unpacker = zlib.decompressobj(wbits=31)
            data = unpacker.decompress(packed, MAX_ENTRIES // 8)
        except (MalformedValue, zlib.error) as error:
            raise StatusInvalid("The status list cannot be unpacked.") from error
        if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
            raise StatusInvalid("The status list is larger than {limit} entries, or cut short.", limit=MAX_ENTRIES)
        if len(data) * 8 < ENTRIES:
            raise StatusListTooShort(
                "The status list has {count} entries; fewer than {least} would give its members away.",
                count=len(data) * 8,
                least=ENTRIES,
            )
        return cls(data)


def entry(*, list_url: str, index: int, purpose: str, reference: str | None = None) -> dict[str, Any]:
    """Section 2.1, BitstringStatusListEntry. `reference`: a URL that tells more about the status."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
        **({} if reference is None else {"statusReference": reference}),
    }


def list_credential(
    *, id: str, issuer: str, purpose: str, bits: Bitstring, valid_from: datetime, valid_until: datetime
) -> dict[str, Any]:
    """Section 2.2, BitstringStatusListCredential, unsecured."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "validUntil": timestamp(valid_until),
        "credentialSubject": {
            "id": f"{id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits.encode(),
        },
    }


def read_entry(status: dict[str, Any]) -> tuple[str, int, str]:
    """The list's URL, the index and the purpose of a `BitstringStatusListEntry`. Raises `StatusInvalid`."""
    url, index, purpose = (status.get(name) for name in ("statusListCredential", "statusListIndex", "statusPurpose"))
    if not isinstance(url, str) or not isinstance(purpose, str):
        raise StatusInvalid("The credential's status names no list or no purpose.")
    if not isinstance(index, str) or not _INDEX.match(index):
        raise StatusInvalid("The credential's status index {index} is no plain decimal number.", index=repr(index)[:40])
    if purpose not in ("revocation", "suspension"):
        raise StatusInvalid("The status purpose {purpose!r} is not supported.", purpose=purpose[:40])
    return url, int(index), purpose


def is_set(status: dict[str, Any], list_document: dict[str, Any], *, issuer: str, now: datetime) -> bool:
    """Section 3.2, "Validate Algorithm", steps 4 to 10, on a list whose proof was verified by the caller.

    `list_document`: what the list's proof covers. Raises `StatusInvalid` when the list is not one that can speak
    for this credential, `StatusUnavailable` when it is out of date.
    """
    url, index, purpose = read_entry(status)
    # (4) it is the list that was asked for, by the same issuer
    types = list_document.get("type")
    if not isinstance(types, list) or "BitstringStatusListCredential" not in types:
        raise StatusInvalid("What was found at {url} is no status list.", url=url)
    if list_document.get("id") != url:
        raise StatusInvalid("The status list at {url} says it is {other!r}.", url=url, other=list_document.get("id"))
    by = list_document.get("issuer")
    by = by.get("id") if isinstance(by, dict) else by
    if by != issuer:
        raise StatusInvalid("The status list was signed by {other}, not by the credential's issuer.", other=by)
    # (5) it is current
    if now + CLOCK_SKEW < parse_datetime(list_document.get("validFrom")):
        raise StatusInvalid("The status list is not valid yet.")
    if "validUntil" in list_document and parse_datetime(list_document["validUntil"]) <= now:
        raise StatusUnavailable("The status list that could be had is out of date.")
    # (6) it is about the same purpose
    subject = list_document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") not in ("BitstringStatusList", ["BitstringStatusList"]):
        raise StatusInvalid("The status list holds no BitstringStatusList.")
    purposes = subject.get("statusPurpose")
    if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise StatusInvalid("The status list is not about {purpose}.", purpose=purpose)
    # (7 to 10) unpack, check the length, read the bit
    try:
        return Bitstring.decode(subject.get("encodedList", "")).get(index)
    except StatusInvalid:
        raise
    except Invalid as error:
        raise StatusInvalid("The status list cannot be read: {reason}", reason=str(error)) from error
