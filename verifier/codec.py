"""Our own values as JSON and back, driven by the fields of their dataclasses: what workers and service say each other.

Not pickle: a worker that a stranger took over could then run what it likes in the service. Here it can at most say
something untrue in the form of a report. Every value is checked against the annotation of its field, so a new field
needs no line here as long as its type is one of these: str, int, float, bool, None, bytes, datetime, date, Decimal,
Path, enumerations, dataclasses, `Message`, tuples, lists, frozensets, mappings, `Literal` and unions of them, `Any`.

    >>> from verifier.report import Check, Outcome
    >>> check = Check("proof", Outcome.PASSED, Message("Signed by {who}.", who="a.example"))
    >>> decoded(Check, encoded(check)) == check
    True

An `Any` (a message's parameters) is written with the name of its type where JSON has none; what has none of the types
above is written as its text, for that is how it would be shown.
"""

import base64
import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from templates.messages import Message

_T = TypeVar("_T")

_TYPE = "$type"  # marks a value of an `Any` that JSON has no form for; a mapping is always marked
_DIGITS = 60  # of a decimal number; a grade has five


class NotOurs(ValueError):
    """The bytes are not a value of the type that was asked for."""


def encoded(value: Any) -> bytes:
    """JSON in ASCII, so that lone surrogates survive."""
    return json.dumps(_plain(type(value), value), separators=(",", ":")).encode("ascii")


def decoded(kind: type[_T], data: bytes) -> _T:
    """Raises `NotOurs`."""
    try:
        value: _T = _read(kind, json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError, InvalidOperation) as error:
        raise NotOurs(f"no {kind.__name__}") from error
    return value


# --- writing -----------------------------------------------------------------------------------------------


def _plain(hint: Any, value: Any) -> Any:
    """A value whose type its annotation tells."""
    if hint is Any:
        return _marked(value)
    if get_origin(hint) in (Union, types.UnionType):
        certain = [choice for choice in get_args(hint) if choice is not type(None)]
        return _plain(certain[0] if len(certain) == 1 else None, value)
    if isinstance(value, Message):
        return [value.text, {name: _marked(item) for name, item in value.params.items()}]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(inner, getattr(value, name)) for name, inner in _hints(type(value)).items()}
    if isinstance(value, Enum):
        return value.value
    inner = get_args(hint)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner[1] if inner else None, item) for key, item in value.items()}
    if isinstance(value, Sequence | frozenset) and not isinstance(value, str | bytes):
        hints = inner if inner and Ellipsis not in inner and len(inner) == len(value) else inner[:1] * len(value)
        return [_plain(one, item) for one, item in zip(hints or (None,) * len(value), value, strict=True)]
    written = _LEAVES.get(type(value))
    return value if written is None else written[0](value)


def _marked(value: Any) -> Any:
    """A value of an `Any`."""
    if value is None or isinstance(value, bool | str) or type(value) in (int, float):
        return str(value) if isinstance(value, Enum) else value
    if isinstance(value, Message):
        return {_TYPE: "Message", "": _plain(Message, value)}
    if isinstance(value, tuple):
        return {_TYPE: "tuple", "": [_marked(item) for item in value]}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if isinstance(value, Mapping):
        return {_TYPE: "mapping", "": {str(key): _marked(item) for key, item in value.items()}}
    if type(value) in _LEAVES:
        return {_TYPE: type(value).__name__, "": _LEAVES[type(value)][0](value)}
    return str(value)


# --- reading -----------------------------------------------------------------------------------------------


def _read(hint: Any, value: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return _unmarked(value)
    if origin in (Union, types.UnionType):
        return _either(arguments, value)
    if origin is Literal:
        return _require(value, any(value == choice and type(value) is type(choice) for choice in arguments))
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not Ellipsis):
        _require(value, isinstance(value, list) and len(value) == len(arguments))
        return tuple(_read(inner, item) for inner, item in zip(arguments, value, strict=True))
    if origin in _SEQUENCES:
        _require(value, isinstance(value, list))
        return _SEQUENCES[origin](_read(arguments[0], item) for item in value)
    if origin in _MAPPINGS:
        _require(value, isinstance(value, dict))
        return {key: _read(arguments[1], item) for key, item in value.items()}
    if hint is Message:
        return _message(value)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        _require(value, isinstance(value, dict) and set(value) == set(hints))
        return hint(**{name: _read(inner, value[name]) for name, inner in hints.items()})
    if hint in _LEAVES:
        _require(value, isinstance(value, str))
        return _LEAVES[hint][1](value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if hint is float:
        return _require(value, type(value) in (int, float))
    if hint in (str, int, bool, type(None)):
        return _require(value, type(value) is hint)
    raise TypeError(f"a field of type {hint} cannot be read")


def _either(choices: tuple[Any, ...], value: Any) -> Any:
    for choice in choices:
        try:
            return _read(choice, value)
        except (ValueError, KeyError):
            continue
    raise NotOurs("none of the types that it may have")


def _message(value: Any) -> Message:
    text, params = value
    _require(text, isinstance(text, str) and isinstance(params, dict))
    for _, name, form, conversion in Formatter().parse(text):  # else "{a:>9999999999}" would fill the service's memory
        _require(name, name is None or (name in params and name.isidentifier()))
        _require(form, not form and conversion in (None, "r"))
    return Message(text, **{name: _unmarked(item) for name, item in params.items()})


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind, inner = value[_TYPE], value[""]
    match kind:
        case "Message":
            return _message(inner)
        case "tuple":
            return tuple(_unmarked(item) for item in inner)
        case "mapping":
            return {key: _unmarked(item) for key, item in inner.items()}
    return _NAMED[kind][1](_require(inner, isinstance(inner, str)))


def _require(value: Any, holds: bool) -> Any:
    if not holds:
        raise NotOurs("another type")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _decimal(text: str) -> Decimal:
    """One that can be written out: not `1E+999999`."""
    value = Decimal(text)
    return Decimal(_require(text, len(text) <= _DIGITS and abs(value.adjusted()) <= _DIGITS))


# type -> how it is written as a text, and read
_LEAVES: Mapping[type, tuple[Callable[[Any], str], Callable[[str], Any]]] = {
    bytes: (lambda value: base64.b64encode(value).decode("ascii"), _bytes),
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    Decimal: (str, _decimal),
    Path: (str, Path),
    type(Path()): (str, Path),
}
_NAMED = {kind.__name__: ways for kind, ways in _LEAVES.items()}
_SEQUENCES: Mapping[Any, Callable[[Any], Any]] = {tuple: tuple, list: list, Sequence: tuple, frozenset: frozenset}
_MAPPINGS = frozenset({dict, Mapping})
