"""A document's skeleton, the texts in it, and the document with holes that others are compared with.

    >>> skeleton = skeleton_of({"@context": "c", "a": {"b": "x"}})
    >>> skeleton.texts, filled(skeleton.document, {0: "y"})
    (('x',), {'@context': 'c', 'a': {'b': 'y'}})
    >>> Pattern(skeleton.document, frozenset({0})).match({"@context": "c", "a": {"b": "z"}})
    ['z']

A hole equals whatever stands in its place and takes note of it. So one comparison by Python's own `==`, which runs in
C and never deeper than the pattern is, finds out both: is the rest equal, and what stands in the holes? Texts equal
only texts. Numbers and truth values do not (`1 == True == 1.0`), so they are compared by their kinds as well.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Members whose texts are never holes: they choose contexts, and contexts choose what everything else means.
_CHOOSING = frozenset({"type", "@type"})


class Unfit(Exception):
    """No shape can be made of the document; the full path answers for it. Never leaves this package."""


@dataclass(frozen=True)
class Skeleton:
    """`document`: a copy. `form`: equal for two documents that differ in texts alone. `texts`: those, in one order.
    `weight`: characters of the document as JSON, for all of it is kept: types and numbers, too."""

    document: dict[str, Any]
    contexts: tuple[str, ...]
    form: tuple[Any, ...]
    texts: tuple[str, ...]
    weight: int


def skeleton_of(document: dict[str, Any]) -> Skeleton:
    """Raises `Unfit` for what no shape is made of: an inner context or another `@` word, addresses as names, nulls,
    fractions, and empty lists and objects, which leave no statement that a guard could see."""
    texts: list[str] = []
    named = document.get("@context")
    contexts = tuple(named) if isinstance(named, list) else (named,)
    if not all(isinstance(url, str) for url in contexts):
        raise Unfit
    form = _form({name: value for name, value in document.items() if name != "@context"}, "", texts)
    copy = filled(document, {})
    weight = len(json.dumps(copy, ensure_ascii=False))
    return Skeleton(copy, contexts, (isinstance(named, list), contexts, form), tuple(texts), weight)


def _form(value: Any, name: str, texts: list[str]) -> Any:
    kind = type(value)
    if kind is str:
        if name in _CHOOSING:
            return "text", value
        texts.append(value)
        return "text"
    if kind is dict and value:
        if any(member.startswith("@") or ":" in member for member in value):
            raise Unfit
        return "object", tuple((member, _form(value[member], member, texts)) for member in sorted(value))
    if kind is list and value:
        return "list", tuple(_form(item, name, texts) for item in value)
    if kind is bool or kind is int:
        return kind.__name__, value
    raise Unfit


def filled(document: dict[str, Any], texts: Mapping[int, Any]) -> dict[str, Any]:
    """A copy with other values in the places of some texts."""
    return _copy(document, _numbering(texts), exactly=False)


def _numbering(texts: Mapping[int, Any]) -> Callable[[str], Any]:
    numbers = iter(range(10**9))
    return lambda text: texts.get(next(numbers), text)


def _copy(document: dict[str, Any], place: Callable[[str], Any], *, exactly: bool) -> dict[str, Any]:
    members = dict(_members(document, place, exactly))
    if "@context" not in document:
        return members
    named = document["@context"]
    return {"@context": list(named) if isinstance(named, list) else named, **members}


def _members(value: dict[str, Any], place: Callable[[str], Any], exactly: bool) -> Iterator[tuple[str, Any]]:
    """In the order of `_form`."""
    for name in sorted(value):
        if name != "@context":
            yield name, _value(value[name], name, place, exactly)


def _value(value: Any, name: str, place: Callable[[str], Any], exactly: bool) -> Any:
    if isinstance(value, str):
        return value if name in _CHOOSING else place(value)
    if isinstance(value, dict):
        return dict(_members(value, place, exactly))
    if isinstance(value, list):
        return [_value(item, name, place, exactly) for item in value]
    return _Exactly(value) if exactly else value


class _Exactly:
    """Equal to one number or truth value, and to nothing that Python merely counts as equal to it."""

    __slots__ = ("_kind", "_value")
    __hash__ = None  # type: ignore[assignment]  # it stands in dicts as a value only

    def __init__(self, value: Any) -> None:
        self._value = value
        self._kind = type(value)

    def __eq__(self, other: object) -> bool:
        return type(other) is self._kind and other == self._value


def _hole(note: Callable[[object], None]) -> object:
    """What equals everything, and notes it."""

    class Hole:
        __slots__ = ()
        __hash__ = None  # type: ignore[assignment]  # it stands in dicts as a value only

        def __eq__(self, other: object) -> bool:
            note(other)
            return True

    return Hole()


class Pattern:
    """A document in which the texts numbered `holes` are holes. Any number of threads may match at once: each takes a
    copy for itself, and there are as many copies as threads ever matched at one time."""

    def __init__(self, document: dict[str, Any], holes: frozenset[int]) -> None:
        self._document = document
        self._holes = holes
        self._free = [self._made()]

    def _made(self) -> tuple[dict[str, Any], list[Any]]:
        seen: list[Any] = []
        hole = _hole(seen.append)
        return _copy(self._document, _numbering(dict.fromkeys(self._holes, hole)), exactly=True), seen

    def match(self, document: dict[str, Any]) -> list[Any] | None:
        """What stands in the holes, in their order; None for a document that differs anywhere else."""
        try:
            mine = self._free.pop()
        except IndexError:  # all are in use
            mine = self._made()
        pattern, seen = mine
        try:
            return seen[:] if pattern == document else None
        finally:
            seen.clear()
            self._free.append(mine)
