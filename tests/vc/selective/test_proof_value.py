"""Proof values: one form for each, and nothing else is read."""

import contextlib
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vc.errors import ProofInvalid, TooLarge
from vc.multibase import multibase_decode, multibase_encode
from vc.selective.proof_value import MAX_LENGTH, MAX_SIGNATURES, Base, Derived

SIGNATURE, KEY, HMAC = bytes(64), b"\x80\x24\x02" + bytes(32), bytes(range(32))
BASE = Base(SIGNATURE, KEY, HMAC, (SIGNATURE, bytes([1] * 64)), ("/issuer", "/ü"))
DERIVED = Derived(SIGNATURE, KEY, (SIGNATURE,), {0: bytes(32), 1: HMAC, 24: bytes([3] * 32)}, (0, 3, 500))
PARTS: list[Any] = [SIGNATURE, KEY, [SIGNATURE], {0: bytes(32), 1: HMAC}, [0, 3]]


def written(data: bytes, header: bytes = b"\xd9\x5d\x01") -> str:
    return multibase_encode(header + data, "u")


def test_what_is_written_is_read() -> None:
    assert Base.read(BASE.text) == BASE
    assert Derived.read(DERIVED.text) == DERIVED
    assert Derived.read(written(cbor2.dumps(PARTS))).mandatory == (0, 3)


def test_a_base_proof_is_not_read_as_derived_and_the_holder_is_warned() -> None:
    with pytest.raises(ProofInvalid, match="which its holder must not give away"):
        Derived.read(BASE.text)
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        Base.read(DERIVED.text)


@pytest.mark.parametrize("header", [b"", b"\xd9\x5d", b"\xd9\x5d\x02", b"\xd9\x5c\x01", b"\xd8\x5d\x01"])
def test_other_headers(header: bytes) -> None:
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        Derived.read(written(cbor2.dumps(PARTS), header))


def _with(index: int, value: Any) -> list[Any]:
    return [*PARTS[:index], value, *PARTS[index + 1 :]]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        PARTS[:4],
        [*PARTS, 0],
        dict(enumerate(PARTS)),
        _with(0, bytes(63)),
        _with(0, "x" * 64),
        _with(1, KEY + b"\0"),  # 36 bytes, as section 3.5.8 has it by mistake
        _with(2, SIGNATURE),
        _with(2, [bytes(65)]),
        _with(2, ["x"]),
        _with(3, [[0, HMAC]]),
        _with(3, {0: HMAC[1:]}),
        _with(3, {-1: HMAC}),
        _with(3, {"0": HMAC}),
        _with(3, {False: HMAC}),
        _with(3, {0.0: HMAC}),
        _with(4, [3, 0]),
        _with(4, [0, 0]),
        _with(4, [-1]),
        _with(4, [True]),
        _with(4, [1.0]),
        _with(4, "x"),
        _with(4, [None]),
        _with(4, [2**70]),
        _with(4, [[[0]]]),
    ],
)
def test_other_contents(parts: Any) -> None:
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        Derived.read(written(cbor2.dumps(parts)))


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (b"\x85\x58\x40", b"\x98\x05\x58\x40"),  # a length of five in two bytes
        (b"\x85\x58\x40", b"\x9f\x58\x40"),  # of no said length
        (b"\x85\x58\x40", b"\x85\x59\x00\x40"),  # a length of 64 in two bytes
        (b"\x85\x58\x40", b"\x85\xd8\x40\x58\x40"),  # tagged, as drafts had it
        (b"\x85\x58\x40", b"\xd9\xd9\xf7\x85\x58\x40"),  # tagged as CBOR
        (b"\x82\x00\x03", b"\x82\x00\x18\x03"),  # a number in two bytes
        (b"\x82\x00\x03", b"\x9f\x00\x03\xff"),
        (b"\x82\x00\x03", b"\x82\x00\xc2\x41\x03"),  # as a big number
        (b"\xa2\x00", b"\xa3\x01\x58\x20" + bytes(32) + b"\x00"),  # a key twice
        (b"\xa2\x00", b"\xbf\x00"),
        (b"\x82\x00\x03", b"\x82\x00\x03\x00"),  # something behind it
        (b"\x82\x00\x03", b"\x82\x00"),  # cut off
        (b"\x82\x00\x03", b""),
        (b"\x82\x00\x03", b"\xd8\x23\x61\x61"),  # a regular expression
        (b"\x82\x00\x03", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),  # more than any memory holds
        (b"\x82\x00\x03", b"\x81" * 10_000),
    ],
)
def test_the_same_in_another_form_is_refused(find: bytes, replace: bytes) -> None:
    data = cbor2.dumps(PARTS)
    assert data.count(find) == 1
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        Derived.read(written(data.replace(find, replace)))


def test_no_tag_is_ever_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are turned into objects by the library, at great cost: a regular expression is compiled."""
    data = cbor2.dumps(PARTS).replace(b"\x82\x00\x03", b"\xd8\x23\x61\x61")

    def compile_(*_: Any) -> None:
        raise AssertionError("compiled what a stranger wrote")

    monkeypatch.setattr("re.compile", compile_)
    with pytest.raises(ProofInvalid):
        Derived.read(written(data))


@pytest.mark.parametrize("text", [None, 7, "", "u", "z" + "1" * 40, "m2V0B", "u2V0B="])
def test_other_texts(text: Any) -> None:
    for kind in (Base, Derived):
        with pytest.raises(ProofInvalid):
            kind.read(text)


def test_limits() -> None:
    many = [SIGNATURE] * MAX_SIGNATURES
    assert len(Derived.read(written(cbor2.dumps(_with(2, many)))).signatures) == MAX_SIGNATURES
    with pytest.raises(TooLarge, match="2001 signatures"):
        Derived.read(written(cbor2.dumps(_with(2, [*many, SIGNATURE]))))
    with pytest.raises(TooLarge, match="characters; at most"):
        Derived.read("u" + "A" * MAX_LENGTH)


@pytest.mark.parametrize(
    "parts",
    [
        [SIGNATURE, KEY, HMAC[1:], [], []],
        [SIGNATURE, KEY, HMAC, [], [7]],
        [SIGNATURE, KEY, HMAC, [bytes(3)], []],
        [SIGNATURE[1:], KEY, HMAC, [], []],
    ],
)
def test_base_proofs_of_other_contents(parts: Any) -> None:
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        Base.read(written(cbor2.dumps(parts), b"\xd9\x5d\x00"))


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        (b"\x85\x58\x40", b"\x98\x05\x58\x40"),
        (b"\x82\x67", b"\x9f\x67"),
        (b"\x82\x67", b"\x98\x02\x67"),
        (b"\x64/\xc3\xbc", b"\x64/\xc3\xbc\x00"),
    ],
)
def test_a_base_proof_in_another_form_is_refused(find: bytes, replace: bytes) -> None:
    data = multibase_decode(Base(SIGNATURE, KEY, HMAC, (SIGNATURE,), ("/issuer", "/\u00fc1")).text)
    assert data.count(find) == 1
    with pytest.raises(ProofInvalid, match="is not what ecdsa-sd-2023 writes"):
        Base.read(multibase_encode(data.replace(find, replace), "u"))


@given(st.data())
def test_no_bit_can_be_changed_without_changing_what_is_said(data: st.DataObject) -> None:
    raw = bytearray(multibase_decode(DERIVED.text))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with contextlib.suppress(ProofInvalid, TooLarge):
        assert Derived.read(multibase_encode(bytes(raw), "u")) != DERIVED
