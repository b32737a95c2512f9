"""Bitstring Status List 1.0: a few bits per credential, in a list so long that a look at it tells nobody whose.

    bits = Bitstring()
    bits.set(94567, True)
    unsecured = list_credential(id=url, issuer=did, purpose="revocation", bits=bits, valid_from=now, valid_until=then)

Index 0 is the leftmost bit of the first byte (section 3.1, Bitstring Encoding); some peers have it the other way round.
Reading: `question` and `answer`, as `vc.standing` describes; the steps are in `vc.bit_lists`.
"""

import gzip
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from vc import bit_lists
from vc.bit_lists import ACCEPT, MAX_SIZE, Kind
from vc.context_rules import CREDENTIAL
from vc.dates import timestamp
from vc.errors import MalformedValue, StatusListTooShort, StatusMalformed, StatusOutOfRange
from vc.multibase import multibase_decode, multibase_encode
from vc.packed import MAX_BYTES, LeftFirst, inflate
from vc.standing import Asker, Question, Standing

ENTRIES = 131_072  # section 3.1: the least number, 16 KB, for the sake of the herd
MAX_ENTRIES = MAX_BYTES * 8  # what one list of single bits may grow to when it is unpacked


class Bitstring(LeftFirst):
    """A sequence of statuses, `size` bits each. `data`: its bytes."""

    def __init__(self, data: bytes | None = None, *, size: int = 1) -> None:
        super().__init__(bytearray(ENTRIES * size // 8 if data is None else data), size)

    @classmethod
    def marked(cls, indices: Iterable[int], *, length: int) -> Self:
        """`length` single bits, of which these are set: quicker than one by one. Raises `StatusOutOfRange`."""
        data = bytearray(length // 8)
        for index in indices:
            if not 0 <= index < length:
                raise StatusOutOfRange(
                    "The status index {index} lies outside the list of {length}.", index=index, length=length
                )
            data[index >> 3] |= 0x80 >> (index & 7)
        return cls(bytes(data))

    def encode(self) -> str:
        """`encodedList`: multibase base64url of the gzipped bytes; the same bits give the same text."""
        return multibase_encode(gzip.compress(bytes(self.data), mtime=0), "u")

    @classmethod
    def decode(cls, text: str, *, size: int = 1) -> Self:
        """Reads `encodedList`, unpacking at most `MAX_BYTES`. Raises `StatusInvalid` or `StatusListTooShort`."""
        try:
            packed = multibase_decode(text, "u")
        except MalformedValue as error:
            raise StatusMalformed("The status list cannot be unpacked: {reason}", reason=str(error)) from error
        return cls.of(inflate(packed, "gzip"), size=size)

    @classmethod
    def of(cls, data: bytes, *, size: int) -> Self:
        """Section 3.2 step 9. Raises `StatusListTooShort`."""
        bits = cls(data, size=size)
        if len(bits) < ENTRIES:
            raise StatusListTooShort(
                "The status list has {count} entries; fewer than {least} would give its members away.",
                count=len(bits),
                least=ENTRIES,
            )
        return bits


# --- issuing -----------------------------------------------------------------------------------------------


def entry(
    *,
    list_url: str,
    index: int,
    purpose: str,
    reference: str | None = None,
    messages: Sequence[str] = (),
) -> dict[str, Any]:
    """Section 2.1, BitstringStatusListEntry. `reference`: a URL that tells more about the status. `messages`: what
    each value means, 2, 4, … 256 of them; their number says how many bits a status has."""
    size = max(1, (len(messages) - 1).bit_length())
    if messages and (len(messages) != 2**size or size > MAX_SIZE):
        raise StatusMalformed(
            "{count} status messages: there must be one for each value, 2, 4, 8, … {most}.",
            count=len(messages),
            most=2**MAX_SIZE,
        )
    said = [{"status": f"0x{value:x}", "message": message} for value, message in enumerate(messages)]
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_url,
        **({"statusSize": size, "statusMessage": said} if messages else {}),
        **({} if reference is None else {"statusReference": reference}),
    }


def list_credential(
    *,
    id: str,
    issuer: str,
    purpose: str,
    bits: Bitstring,
    valid_from: datetime,
    valid_until: datetime,
    ttl: int | None = None,
) -> dict[str, Any]:
    """Section 2.2, BitstringStatusListCredential, unsecured. `ttl`: milliseconds after which to ask again.

    How many bits a status has stands in each credential's entry only: the context has no word for it in the list.
    """
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
            **({} if ttl is None else {"ttl": ttl}),
            "encodedList": bits.encode(),
        },
    }


# --- reading -----------------------------------------------------------------------------------------------


KIND = Kind("BitstringStatusListCredential", "BitstringStatusList", Bitstring.decode, (CREDENTIAL,))


def question(entry: dict[str, Any]) -> Question:
    found = bit_lists.read_entry(entry)
    return Question(found.url, ACCEPT, entry, binding=found.purpose not in ("message", "refresh"))


def answer(question: Question, data: bytes, *, asker: Asker, age: int) -> Standing:
    """Section 3.2, "Validate Algorithm"."""
    return bit_lists.read_list(question, data, asker=asker, age=age, kind=KIND)
