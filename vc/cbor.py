"""CBOR (RFC 8949), as much of it as COSE messages and selective disclosure need, in its one short form.

Whole numbers, byte and text strings, arrays and maps, each of definite length and with the shortest head, map keys once
each, nothing left over (RFC 8949 section 4.2.1 without the order of keys, which COSE leaves open). A tag may stand at
the front. Everything else (floats, dates, big numbers, shared references) is refused: a reader that does not know them
cannot be misled by them.

    >>> decode(encode({1: -8}))
    (None, {1: -8})
"""

from typing import Any

from vc.errors import ParsingError, TooLarge

MAX_BYTES = 5 * 1024 * 1024  # the longest JSON that is read, and a signature
MAX_DEPTH = 8  # a COSE_Sign1 nests three deep; a reader that recurses needs an end
MAX_ITEMS = 1_000  # of one array or map; headers have a handful

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)


def decode(data: bytes, *, max_items: int = MAX_ITEMS) -> tuple[int | None, Any]:
    """(the tag at the front, the value). Raises `ParsingError`, `TooLarge`."""
    if len(data) > MAX_BYTES:
        raise TooLarge("The token is {size} bytes long; at most {limit} are read.", size=len(data), limit=MAX_BYTES)
    reader = _Reader(data, max_items)
    tag = None
    if data[:1] and data[0] >> 5 == _TAG:
        tag = reader.head()[1]
    value = reader.value(0)
    if reader.position != len(data):
        raise ParsingError("There are bytes after the end of the CBOR.")
    return tag, value


def encode(value: Any) -> bytes:
    """The keys of a map stand in the order that they have. Raises `ParsingError` for what is not read here either."""
    match value:
        case bool():
            raise ParsingError("CBOR of this kind is not written here.")
        case int():
            return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case str():
            data = value.encode("utf-8")
            return _head(_TEXT, len(data)) + data
        case list():
            return _head(_ARRAY, len(value)) + b"".join(encode(item) for item in value)
        case dict():
            pairs = (encode(key) + encode(item) for key, item in value.items())
            return _head(_MAP, len(value)) + b"".join(pairs)
    raise ParsingError("CBOR of this kind is not written here.")


def tagged(tag: int, value: Any) -> bytes:
    return _head(_TAG, tag) + encode(value)


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | code]) + number.to_bytes(size)
    raise ParsingError("A number is too large for CBOR.")


class _Reader:
    def __init__(self, data: bytes, max_items: int) -> None:
        self.data = data
        self.max_items = max_items
        self.position = 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.position:
            raise ParsingError("The CBOR ends too early.")
        self.position += count
        return self.data[self.position - count : self.position]

    def head(self) -> tuple[int, int]:
        """(major type, argument), in its shortest form (RFC 8949 section 3)."""
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info
        if info > 27:
            raise ParsingError("The CBOR has a part of indefinite length, which is not accepted here.")
        size = 1 << (info - 24)
        number = int.from_bytes(self.take(size))
        if number < (24 if size == 1 else 1 << (4 * size)):
            raise ParsingError("The CBOR has a number that is not in its shortest form.")
        return major, number

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise TooLarge("The CBOR nests more than {limit} levels deep.", limit=MAX_DEPTH)
        major, number = self.head()
        match major:
            case 0:
                return number
            case 1:
                return -1 - number
            case 2:
                return self.take(number)
            case 3:
                return self.text(number)
            case 4:
                return [self.value(depth + 1) for _ in range(self.items(number))]
            case 5:
                return self.map(number, depth)
        raise ParsingError("The CBOR has a kind of value that is not accepted here.")

    def items(self, number: int) -> int:
        if number > self.max_items:
            raise TooLarge(
                "The CBOR has {count} items in one place; at most {limit}.", count=number, limit=self.max_items
            )
        return number

    def text(self, length: int) -> str:
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ParsingError("A text in the CBOR is not UTF-8.") from error

    def map(self, count: int, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(self.items(count)):
            key = self.value(depth + 1)
            if not isinstance(key, int | str) or key in found:
                raise ParsingError("A map of the CBOR has a key twice, or one that is neither number nor text.")
            found[key] = self.value(depth + 1)
        return found
