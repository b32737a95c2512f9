"""Small numbers packed into bytes, as status lists hold them, and their unpacking from a stranger's compressed text.

Two orders are in use. Bitstring Status List 1.0 section 3.3 counts from the left: entry 0 is the first byte's most
significant bits. Token Status List section 4.1 counts from the right: entry 0 is its least significant bits.

    >>> values = LeftFirst(bytearray(2))
    >>> values.set(0, 1); values.set(15, 1)
    >>> bytes(values.data).hex(), values.get(15)
    ('8001', 1)
"""

import zlib
from typing import Literal

from vc.errors import StatusInvalid, StatusOutOfRange

MAX_BYTES = 1024 * 1024  # unpacked: eight million statuses of one bit, or a million of eight; nobody's list is longer

# zlib's own numbers for the container that it expects: RFC 1952, RFC 1950, or whichever of the two it finds.
_FORMS = {"gzip": 31, "zlib": 15, "either": 47}


def inflate(packed: bytes, form: Literal["gzip", "zlib", "either"]) -> bytes:
    """The bytes in `packed`; at most `MAX_BYTES` are ever made of it. Raises `StatusInvalid`."""
    if len(packed) > MAX_BYTES + MAX_BYTES // 8:  # what cannot be compressed grows a little, by far less than this
        raise StatusInvalid("The status list is longer than {limit} bytes.", limit=MAX_BYTES)
    try:
        unpacker = zlib.decompressobj(wbits=_FORMS[form])
        data = unpacker.decompress(packed, MAX_BYTES + 1)
    except zlib.error as error:
        raise StatusInvalid("The status list cannot be unpacked.") from error
    if len(data) > MAX_BYTES:
        raise StatusInvalid("The status list is longer than {limit} bytes.", limit=MAX_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise StatusInvalid("The status list is cut short, or something follows it.")
    return data


class LeftFirst:
    """Numbers of `size` bits each, most significant bits first; they may lie across bytes. `data`: the bytes."""

    def __init__(self, data: bytearray, size: int = 1) -> None:
        self.data = data
        self.size = size

    def __len__(self) -> int:
        return len(self.data) * 8 // self.size

    def get(self, index: int) -> int:
        """Raises `StatusOutOfRange`."""
        first, last, shift = self._place(index)
        return int.from_bytes(self.data[first:last]) >> shift & self._mask

    def set(self, index: int, value: int) -> None:
        """Raises `StatusOutOfRange`, for the index and for a value that takes more than `size` bits."""
        first, last, shift = self._place(index)
        if not 0 <= value <= self._mask:
            raise StatusOutOfRange("A status of {size} bits cannot be {value}.", size=self.size, value=value)
        window = int.from_bytes(self.data[first:last]) & ~(self._mask << shift) | value << shift
        self.data[first:last] = window.to_bytes(last - first)

    @property
    def _mask(self) -> int:
        return (1 << self.size) - 1

    def _place(self, index: int) -> tuple[int, int, int]:
        """(first byte, byte after the last, how far the value lies from their right end)."""
        if not 0 <= index < len(self):
            raise StatusOutOfRange(
                "The status index {index} lies outside the list of {length}.", index=index, length=len(self)
            )
        start = index * self.size
        last = (start + self.size + 7) // 8
        return start // 8, last, last * 8 - start - self.size


class RightFirst(LeftFirst):
    """Numbers of 1, 2, 4 or 8 bits, the first in the least significant bits of its byte."""

    def _place(self, index: int) -> tuple[int, int, int]:
        first, last, _ = super()._place(index)
        return first, last, index * self.size % 8
