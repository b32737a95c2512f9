"""Status List 2021, the draft that Bitstring Status List 1.0 grew out of. For reading only.

The entry is the same but for its type; a status is one bit, and its purpose `revocation` or `suspension`. The list
differs: it may be a credential of VCDM 1.1, and `encodedList` is base64url without a multibase letter, gzipped; issuers
of earlier drafts wrote base64 with padding, or zlib. All of these mean the same bits, so all are read.

    {"type": "StatusList2021Entry", "statusPurpose": "revocation", "statusListIndex": "94567", …}
"""

from typing import Any

from vc import bit_lists
from vc.bit_lists import ACCEPT, Kind
from vc.context_rules import CREDENTIAL, CREDENTIAL_1
from vc.errors import MalformedValue, NotSupported, StatusMalformed
from vc.multibase import base64url_decode
from vc.packed import inflate
from vc.standing import Asker, Question, Standing
from vc.status.bitstring import Bitstring


def question(entry: dict[str, Any]) -> Question:
    found = bit_lists.read_entry(entry)
    if found.purpose not in ("revocation", "suspension") or found.size != 1:
        raise NotSupported("The status purpose {purpose!r} is not read in lists of 2021.", purpose=found.purpose[:40])
    return Question(found.url, ACCEPT, entry)


def answer(question: Question, data: bytes, *, asker: Asker, age: int) -> Standing:
    return bit_lists.read_list(question, data, asker=asker, age=age, kind=KIND)


def decode(text: str, *, size: int) -> Bitstring:
    """`encodedList` in any of its four spellings. Raises `StatusInvalid` or `StatusListTooShort`."""
    plain = text.removeprefix("u") if text.startswith("uH4s") else text  # gzip's first bytes, 1f 8b, are "H4s"
    try:
        packed = base64url_decode(plain.rstrip("=").translate(_BASE64))
    except MalformedValue as error:
        raise StatusMalformed("The status list cannot be unpacked: {reason}", reason=str(error)) from error
    return Bitstring.of(inflate(packed, "either"), size=size)


_BASE64 = str.maketrans("+/", "-_")

KIND = Kind(
    "StatusList2021Credential",
    "StatusList2021",
    decode,
    (CREDENTIAL, CREDENTIAL_1),
)
