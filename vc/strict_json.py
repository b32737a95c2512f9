"""JSON as strangers send it, read by one set of rules (RFC 8259 with the choices of RFC 7493, I-JSON).

Two readers must never see two documents in the same bytes. So a member that stands twice, however it is escaped,
is refused, and so are NaN and Infinity, numbers that a double cannot hold, lone surrogates, bytes that are not
UTF-8, and nesting deeper or texts longer than a credential can need.

    >>> parse(b'{"a": 1}')
    {'a': 1}
"""

import json
import math
from typing import Any, NoReturn

from vc.errors import ParsingError, TooLarge

MAX_BYTES = 4 * 1024 * 1024  # a CLR with dozens of signed credentials stays under one megabyte
MAX_DEPTH = 64  # an Open Badges credential nests ten deep; Python's reader recurses
MAX_INTEGER = 2**53 - 1  # RFC 7493 section 2.2: beyond it readers disagree


def parse(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of `data`. Raises `ParsingError`, or `TooLarge` for size and depth."""
    if len(data) > max_bytes:
        raise TooLarge("The JSON is {size} bytes long; at most {limit} are read.", size=len(data), limit=max_bytes)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParsingError("The text is not UTF-8 (byte {position}).", position=error.start) from error
    _check_depth(text, max_depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise ParsingError(
            "This is not valid JSON: {reason} at line {line}, column {column}.",
            reason=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from error
    _check_surrogates(value)
    return value


def parse_object(data: bytes) -> dict[str, Any]:
    """Like `parse`, for what must be one JSON object."""
    value = parse(data)
    if not isinstance(value, dict):
        raise ParsingError("The JSON is not an object; a credential is one.")
    return value


def _check_depth(text: str, limit: int) -> None:
    """Counts brackets outside strings before the recursive reader sees them."""
    depth, in_string, escaped = 0, False, False
    for letter in text:
        if in_string:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                in_string = False
        elif letter == '"':
            in_string = True
        elif letter in "[{":
            depth += 1
            if depth > limit:
                raise TooLarge("The JSON nests more than {limit} levels deep.", limit=limit)
        elif letter in "]}":
            depth -= 1


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ParsingError(
                "The member {name!r} stands twice in one object; nobody can tell which one is meant.", name=name
            )
        members[name] = value
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
