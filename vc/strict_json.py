"""JSON as strangers send it, read by one set of rules (RFC 8259 with the choices of RFC 7493, I-JSON).

Two readers must never see two documents in the same bytes. So a member that stands twice, however it is escaped,
is refused, and so are NaN and Infinity, numbers that a double cannot hold, lone surrogates, bytes that are not
UTF-8, and nesting deeper or texts longer than a credential can need.

    >>> parse(b'{"a": 1}')
    {'a': 1}
"""

import json
import math
import re
from itertools import accumulate
from typing import Any, NoReturn

import orjson

from vc.errors import ParsingError, TooLarge

MAX_BYTES = 4 * 1024 * 1024  # a CLR with dozens of signed credentials stays under one megabyte
MAX_DEPTH = 64  # an Open Badges credential nests ten deep; Python's reader recurses
MAX_INTEGER = 2**53 - 1  # RFC 7493 section 2.2: beyond it readers disagree


_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_STEP = {ord("["): 1, ord("]"): -1}
_ALIKE = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))


def parse(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of `data`. Raises `ParsingError`, or `TooLarge` for size and depth."""
    if len(data) > max_bytes:
        raise TooLarge("The JSON is {size} bytes long; at most {limit} are read.", size=len(data), limit=max_bytes)
    _check_depth(data, max_depth)
    quick = _as_we_write_it(data)
    if quick is not None:
        return quick
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParsingError("The text is not UTF-8 (byte {position}).", position=error.start) from error
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ParsingError(
            "This is not valid JSON: {reason} at line {line}, column {column}.",
            reason=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from error
    if "\\u" in text:  # UTF-8 itself has no half characters, so only an escape can make one
        _check_surrogates(value)
    return value


def _as_we_write_it(data: bytes) -> Any:
    """The value of a text that is exactly what orjson writes for that value, else None. Such a text names no member
    twice, for what is written from a dict cannot; it holds no number that is written otherwise elsewhere, and no half
    character. Certificates of ours are written like that, and read so in a third of the time."""
    try:
        value = orjson.loads(data)
        return value if orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == data else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def parse_object(data: bytes) -> dict[str, Any]:
    """Like `parse`, for what must be one JSON object."""
    value = parse(data)
    if not isinstance(value, dict):
        raise ParsingError("The JSON is not an object; a credential is one.")
    return value


def _check_depth(data: bytes, limit: int) -> None:
    """Counts brackets outside strings before the recursive reader sees them. What stands behind the first mistake of
    the text may be counted in any way: no reader comes that far."""
    # A backslash stands in strings alone. Two quotation marks side by side can go: what is inside of a string stays
    # so, even where two strings become one. Then every second part between quotation marks is a string.
    unescaped = _ESCAPE.sub(b"", data) if b"\\" in data else data
    brackets = unescaped.translate(_ALIKE, _OTHERS).replace(b'""', b"")
    if b'"' in brackets:
        brackets = b"".join(brackets.split(b'"')[::2])
    # Each round takes away the innermost level of what is closed properly.
    left = brackets
    for _ in range(limit):
        left = left.replace(b"[]", b"")
        if not left:
            return
    if max(accumulate(map(_STEP.__getitem__, brackets))) > limit:
        raise TooLarge("The JSON nests more than {limit} levels deep.", limit=limit)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        name = next(name for index, (name, _) in enumerate(pairs) if any(name == other for other, _ in pairs[:index]))
        raise ParsingError(
            "The member {name!r} stands twice in one object; nobody can tell which one is meant.", name=name
        )
    return members


def _refuse_constant(text: str) -> NoReturn:
    raise ParsingError("{text} is not a JSON number.", text=text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ParsingError("The number {text} is too large.", text=text[:40])
    return value


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ParsingError("The integer {text} is too large to be read alike everywhere.", text=text[:40])
    return int(text)


def _check_surrogates(value: Any) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ParsingError("A text holds half a character (a lone surrogate).") from error
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_surrogates(name)
            _check_surrogates(member)
    elif isinstance(value, list):
        for item in value:
            _check_surrogates(item)


# Made once: `json.loads` would make one for every document.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_refuse_constant, parse_float=_float, parse_int=_integer
)
