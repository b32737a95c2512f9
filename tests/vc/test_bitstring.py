"""Bitstring Status List 1.0."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vc.samples import NOW
from vc.errors import StatusInvalid, StatusListTooShort, StatusUnavailable
from vc.multibase import multibase_decode, multibase_encode
from vc.status.bitstring import ENTRIES, MAX_ENTRIES, Bitstring, entry, is_set, list_credential, read_entry

URL = "https://issuer.example/status/1"


def the_list(bits: Bitstring | None = None, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": URL,
        "issuer": "did:example:i",
        "purpose": "revocation",
        "bits": bits or Bitstring(),
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=1),
    }
    return list_credential(**(values | changes))


def asked(index: int = 5, **changes: Any) -> dict[str, Any]:
    return entry(list_url=URL, index=index, purpose="revocation") | changes


def test_an_empty_list_is_the_one_of_the_specification() -> None:
    """Section 2.2, example: 16 KB of zeros."""
    packed = multibase_decode(Bitstring().encode())
    assert gzip.decompress(packed) == bytes(16 * 1024)
    assert len(Bitstring()) == ENTRIES == 131_072


def test_index_zero_is_the_leftmost_bit() -> None:
    bits = Bitstring()
    bits.set(0, True)
    bits.set(15, True)
    assert bytes(bits.data[:2]) == b"\x80\x01"


@given(st.sets(st.integers(0, ENTRIES - 1), max_size=50))
def test_set_encode_decode_get(indices: set[int]) -> None:
    bits = Bitstring()
    for index in indices:
        bits.set(index, True)
    again = Bitstring.decode(bits.encode())
    assert again.data == bits.data
    assert all(again.get(index) for index in indices)
    for index in indices:
        again.set(index, False)
    assert again.data == Bitstring().data


@pytest.mark.parametrize("index", [-1, ENTRIES, 10**9])
def test_an_index_outside_the_list(index: int) -> None:
    with pytest.raises(StatusInvalid, match="lies outside"):
        Bitstring().get(index)


def test_lists_that_cannot_be_trusted_to_unpack() -> None:
    short = multibase_encode(gzip.compress(bytes(ENTRIES // 8 - 1)), "u")
    with pytest.raises(StatusListTooShort, match="131064 entries"):
        Bitstring.decode(short)
    bomb = multibase_encode(gzip.compress(bytes(MAX_ENTRIES // 8 + 1)), "u")
    with pytest.raises(StatusInvalid, match="larger than"):
        Bitstring.decode(bomb)
    cut = multibase_encode(gzip.compress(bytes(ENTRIES // 8))[:-6], "u")
    with pytest.raises(StatusInvalid, match="cut short"):
        Bitstring.decode(cut)
    with pytest.raises(StatusInvalid, match="cannot be unpacked"):
        Bitstring.decode("uAAAA")


def test_the_bit_decides() -> None:
    bits = Bitstring()
    bits.set(5, True)
    assert is_set(asked(5), the_list(bits), issuer="did:example:i", now=NOW)
    assert not is_set(asked(6), the_list(bits), issuer="did:example:i", now=NOW)


@pytest.mark.parametrize(
    ("list_changes", "match"),
    [
        ({"issuer": "did:example:other"}, "not by the credential's issuer"),
        ({"id": URL + "2"}, "says it is"),
        ({"purpose": "suspension"}, "not about revocation"),
        ({"valid_from": NOW + timedelta(hours=1)}, "not valid yet"),
    ],
)
def test_lists_that_cannot_speak_for_it(list_changes: dict[str, Any], match: str) -> None:
    with pytest.raises(StatusInvalid, match=match):
        is_set(asked(), the_list(**list_changes), issuer="did:example:i", now=NOW)


def test_a_list_that_was_signed_while_it_was_asked_for() -> None:
    """Issuers sign on demand: such a list is a second younger than the verification's own time."""
    assert not is_set(asked(), the_list(valid_from=NOW + timedelta(seconds=2)), issuer="did:example:i", now=NOW)


def test_a_list_that_is_none() -> None:
    with pytest.raises(StatusInvalid, match="no status list"):
        is_set(asked(), the_list() | {"type": ["VerifiableCredential"]}, issuer="did:example:i", now=NOW)


def test_an_old_list_tells_nothing() -> None:
    with pytest.raises(StatusUnavailable, match="out of date"):
        is_set(asked(), the_list(), issuer="did:example:i", now=NOW + timedelta(days=2))


@pytest.mark.parametrize("index", [5, "05", "-1", "1e3", "٣", "", None, "9" * 13])
def test_an_index_is_a_plain_decimal(index: object) -> None:
    with pytest.raises(StatusInvalid, match="plain decimal"):
        read_entry(asked() | {"statusListIndex": index})


def test_purposes() -> None:
    with pytest.raises(StatusInvalid, match="'message' is not supported"):
        read_entry(asked() | {"statusPurpose": "message"})
    with pytest.raises(StatusInvalid, match="names no list"):
        read_entry({"statusListIndex": "1"})
