"""Small numbers in bytes, and unpacking that a stranger cannot make expensive."""

import gzip
import tracemalloc
import zlib
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vc.errors import StatusInvalid, StatusOutOfRange
from vc.packed import MAX_BYTES, LeftFirst, RightFirst, inflate


@given(st.integers(1, 24), st.data())
def test_left_first_holds_what_was_set(size: int, data: st.DataObject) -> None:
    """Against a text of binary digits, which is what section 3.1 of Bitstring Status List describes."""
    count = data.draw(st.integers(1, 40))
    values = data.draw(st.lists(st.integers(0, 2**size - 1), min_size=count, max_size=count))
    packed = LeftFirst(bytearray((count * size + 7) // 8), size)
    for index in data.draw(st.permutations(range(count))):
        packed.set(index, values[index])
    digits = "".join(f"{value:0{size}b}" for value in values)
    assert bytes(packed.data) == int(digits.ljust(len(packed.data) * 8, "0"), 2).to_bytes(len(packed.data))
    assert [packed.get(index) for index in range(count)] == values


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_right_first_holds_what_was_set(size: int, data: st.DataObject) -> None:
    """Against one large number: entry 0 is its least significant digits."""
    values = data.draw(st.lists(st.integers(0, 2**size - 1), min_size=1, max_size=70))
    packed = RightFirst(bytearray((len(values) * size + 7) // 8), size)
    for index in data.draw(st.permutations(range(len(values)))):
        packed.set(index, values[index])
    number = sum(value << index * size for index, value in enumerate(values))
    assert bytes(packed.data) == number.to_bytes(len(packed.data), "little")
    assert [packed.get(index) for index in range(len(values))] == values


def test_setting_replaces() -> None:
    packed = LeftFirst(bytearray(b"\xff\xff\xff"), 3)
    packed.set(2, 0b010)
    assert (packed.get(1), packed.get(2), packed.get(3)) == (7, 2, 7)


@pytest.mark.parametrize("order", [LeftFirst, RightFirst])
@pytest.mark.parametrize("index", [-1, 5, 10**12])
def test_an_index_outside(order: type[LeftFirst], index: int) -> None:
    """Ten bits hold five numbers of two; a part of a number at the end is none."""
    packed = order(bytearray(2), 3)
    assert len(packed) == 5
    with pytest.raises(StatusOutOfRange, match="lies outside the list of 5") as caught:
        packed.get(index)
    assert caught.value.code == "RANGE_ERROR"
    with pytest.raises(StatusOutOfRange):
        packed.set(index, 1)


@pytest.mark.parametrize("value", [-1, 4])
def test_a_value_that_needs_more_bits(value: int) -> None:
    with pytest.raises(StatusOutOfRange, match="2 bits cannot be"):
        LeftFirst(bytearray(2), 2).set(0, value)


def test_the_forms() -> None:
    data = bytes(range(256)) * 4
    assert inflate(gzip.compress(data), "gzip") == inflate(gzip.compress(data), "either") == data
    assert inflate(zlib.compress(data), "zlib") == inflate(zlib.compress(data), "either") == data
    with pytest.raises(StatusInvalid, match="cannot be unpacked"):
        inflate(zlib.compress(data), "gzip")
    with pytest.raises(StatusInvalid, match="cannot be unpacked"):
        inflate(gzip.compress(data), "zlib")


def test_the_longest_list_and_one_byte_more() -> None:
    assert len(inflate(gzip.compress(bytes(MAX_BYTES)), "gzip")) == MAX_BYTES
    with pytest.raises(StatusInvalid, match=f"longer than {MAX_BYTES}"):
        inflate(gzip.compress(bytes(MAX_BYTES + 1)), "gzip")


@pytest.mark.parametrize("cut", [1, 4, 8, 12])
def test_cut_short(cut: int) -> None:
    with pytest.raises(StatusInvalid, match="cut short"):
        inflate(gzip.compress(bytes(16_384))[:-cut], "gzip")


def test_something_follows() -> None:
    with pytest.raises(StatusInvalid, match="something follows"):
        inflate(gzip.compress(bytes(16_384)) + b"x", "gzip")
    with pytest.raises(StatusInvalid, match="something follows"):
        inflate(gzip.compress(bytes(16_384)) * 2, "gzip")


def test_a_damaged_list() -> None:
    packed = bytearray(gzip.compress(bytes(range(256)) * 64))
    packed[-8] ^= 1  # its checksum
    with pytest.raises(StatusInvalid, match="cannot be unpacked"):
        inflate(bytes(packed), "gzip")


def bomb() -> bytes:
    """Ten gigabytes of zeros in ten megabytes: one piece of 64 MB, flushed so that it can be repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = b"".join(packer.compress(chunk) for chunk in repeat(bytes(1024 * 1024), 64))
    piece += packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + piece * 160


def test_ten_gigabytes_cost_a_megabyte() -> None:
    whole = bomb()
    short = whole[:MAX_BYTES]  # what passes the bound on packed bytes, and would still be a gigabyte
    tracemalloc.start()
    try:
        with pytest.raises(StatusInvalid, match="longer than"):
            inflate(whole, "gzip")
        with pytest.raises(StatusInvalid, match="longer than"):
            inflate(short, "gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MAX_BYTES
