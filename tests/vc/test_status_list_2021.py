"""Status List 2021, for reading: four spellings of the bits, and lists of both data models."""

import base64
import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.vc.samples import NOW, SoftSigner, course
from tests.vc.samples import secure as secure_badge
from tests.vc.status_lists import ISSUER, SIGNER, URL, answer, asked, secured, unsecured
from vc.bit_lists import read_entry, value_of
from vc.context_rules import CREDENTIAL, CREDENTIAL_1, VC1, VC2
from vc.dids import key
from vc.errors import (
    MalformedValue,
    NotSupported,
    StatusInvalid,
    StatusListTooShort,
    StatusMalformed,
    StatusUnavailable,
)
from vc.multibase import base64url_encode
from vc.standing import State
from vc.status import bitstring, status_list_2021
from vc.status.bitstring import Bitstring
from vc.status.status_list_2021 import decode

CONTEXT = "https://w3id.org/vc/status-list/2021/v1"
EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "vectors" / "vc-bitstring-status-list" / "examples.json").read_text(encoding="utf-8")
)


def bits() -> Bitstring:
    found = Bitstring()
    found.set(5, 1)
    return found


def the_list(**changes: Any) -> dict[str, Any]:
    """As issuers of VCDM 1.1 publish it."""
    document = {
        "@context": [VC1, CONTEXT, "https://w3id.org/security/data-integrity/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": ISSUER,
        "issuanceDate": "2026-03-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{URL}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": base64url_encode(gzip.compress(bytes(bits().data))),
        },
    } | changes
    return {name: value for name, value in document.items() if value is not None}


def entry(index: int = 5, **changes: Any) -> dict[str, Any]:
    return asked(index, type="StatusList2021Entry", **changes)


def test_the_list_of_the_specification() -> None:
    assert decode(EXAMPLES["status_list_2021"]["encodedList"], size=1).data == Bitstring().data


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padded", [True, False])
def test_every_spelling_means_the_same_bits(pack: Any, encode: Any, padded: bool) -> None:
    text = encode(pack(bytes(range(256)) * 64)).decode()
    assert bytes(decode(text if padded else text.rstrip("="), size=1).data) == bytes(range(256)) * 64


def test_with_a_multibase_letter_too() -> None:
    assert decode(bits().encode(), size=1).data == bits().data


def test_the_bit_decides() -> None:
    data = secured(the_list(), rule=CREDENTIAL_1)
    assert answer(status_list_2021, entry(5), data).state is State.REVOKED
    assert answer(status_list_2021, entry(6), data).state is State.HOLDS


def test_a_list_of_the_newer_data_model_in_a_token() -> None:
    """Under an embedded proof there is none: the contexts contradict each other in what `name` means."""
    document = the_list(**{"@context": [VC2, CONTEXT], "issuanceDate": None, "validFrom": "2026-03-01T00:00:00Z"})
    with pytest.raises(MalformedValue, match="protected term"):
        secured(document, rule=CREDENTIAL)
    found = read_entry(entry(5))
    assert value_of(found, document, issuer=ISSUER, now=NOW, kind=status_list_2021.KIND) == 1


def test_suspension() -> None:
    document = the_list()
    document["credentialSubject"]["statusPurpose"] = "suspension"
    data = secured(document, rule=CREDENTIAL_1)
    assert answer(status_list_2021, entry(5, statusPurpose="suspension"), data).state is State.SUSPENDED
    with pytest.raises(StatusInvalid, match="not about revocation"):
        answer(status_list_2021, entry(5), data)


@pytest.mark.parametrize("changes", [{"statusPurpose": "message"}, {"statusPurpose": "refresh"}])
def test_what_came_only_later(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSupported, match="not read in lists of 2021"):
        status_list_2021.question(entry(**changes))


def test_a_badge_may_name_such_a_list() -> None:
    badge = course(SIGNER) | {"credentialStatus": entry(5)}
    badge["@context"] = [*badge["@context"], CONTEXT]
    assert secure_badge(badge, SIGNER)["credentialStatus"]["type"] == "StatusList2021Entry"


@pytest.mark.parametrize("text", ["", "!", "uuu", base64url_encode(b"no list")])
def test_bits_that_cannot_be_read(text: str) -> None:
    with pytest.raises(StatusInvalid, match=r"cannot be unpacked|cut short"):
        decode(text, size=1)


def test_a_list_without_bits() -> None:
    document = the_list()
    del document["credentialSubject"]["encodedList"]
    with pytest.raises(StatusMalformed, match="holds no encodedList"):
        answer(status_list_2021, entry(), secured(document, rule=CREDENTIAL_1))


def test_too_few() -> None:
    with pytest.raises(StatusListTooShort):
        decode(base64url_encode(gzip.compress(bytes(12_500))), size=1)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"id": URL + "2"}, "says it is"),
        ({"issuer": key.did_of(SoftSigner("other").public_key)}, "cannot be trusted"),
        ({"issuanceDate": "2027-01-01T00:00:00Z"}, "not valid yet"),
        ({"type": ["VerifiableCredential"]}, "no status list"),
    ],
)
def test_lists_that_cannot_speak_for_it(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(StatusInvalid, match=match):
        answer(status_list_2021, entry(), secured(the_list(**changes), rule=CREDENTIAL_1))


def test_a_list_of_the_newer_kind_is_not_this_one() -> None:
    document = unsecured(bits())
    with pytest.raises(StatusInvalid, match="no status list"):
        answer(status_list_2021, entry(), secured(document))
    with pytest.raises(StatusInvalid, match="first context"):
        answer(bitstring, asked(), secured(the_list(), rule=CREDENTIAL_1))


def test_an_old_list_tells_nothing() -> None:
    data = secured(the_list(expirationDate="2026-03-02T11:59:59Z"), rule=CREDENTIAL_1)
    with pytest.raises(StatusUnavailable, match="out of date"):
        answer(status_list_2021, entry(), data)
