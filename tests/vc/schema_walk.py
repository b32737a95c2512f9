"""Every place of a document that a schema says something about, and what may be done to it that the schema must notice.

The walk follows our own schemas (`$ref`, `if`/`then`/`else`, `items`, `properties`), so a member that is added to a
schema is tested without a line here, as soon as a sample uses it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import contexts

Path = tuple[str | int, ...]

_schema = cache(contexts.schema)


@dataclass
class Place:
    """What the schemas say of one value."""

    path: Path
    value: Any
    required: set[str] = field(default_factory=set)
    enumerations: list[list[Any]] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    closed: bool = False
    definitions: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)


class Mutation(NamedTuple):
    what: str
    document: Any
    path: Path
    said: str  # the place that the error must name


def places(name: str, document: Any) -> list[Place]:
    found: dict[Path, Place] = {}
    _walk(f"{name}.json", _schema(name), document, (), found)
    return list(found.values())


def _walk(file: str, schema: dict[str, Any], value: Any, path: Path, found: dict[Path, Place]) -> None:
    place = found.setdefault(path, Place(path, value))
    if reference := schema.get("$ref"):
        other, _, pointer = reference.partition("#/$defs/")
        other = other or file
        place.definitions.add(f"{other.removesuffix('.json')}#{pointer}")
        _walk(other, _schema(other.removesuffix(".json"))["$defs"][pointer], value, path, found)
    place.required |= set(schema.get("required", ()))
    place.enumerations += [schema["enum"]] if "enum" in schema else []
    place.types |= {schema["type"]} if "type" in schema else set()
    place.formats |= {schema["format"]} if "format" in schema else set()
    place.patterns |= {schema["pattern"]} if "pattern" in schema else set()
    place.closed |= schema.get("additionalProperties") is False
    place.members |= set(schema.get("properties", ()))
    for alternative in schema.get("anyOf", ()):
        place.enumerations += [alternative["enum"]] if "enum" in alternative else []
        place.enumerations += [[alternative["const"]]] if "const" in alternative else []
    if "if" in schema:
        _walk(file, schema["then" if _holds(schema["if"], value) else "else"], value, path, found)
    if isinstance(value, dict):
        for member, inner in schema.get("properties", {}).items():
            if member in value:
                _walk(file, inner, value[member], (*path, member), found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if index < len(schema.get("prefixItems", ())):
                _walk(file, schema["prefixItems"][index], item, (*path, index), found)
            elif "items" in schema:
                _walk(file, schema["items"], item, (*path, index), found)


def _holds(condition: dict[str, Any], value: Any) -> bool:
    """The two kinds of condition that our schemas have: of a JSON type, and of the first context."""
    if "type" in condition:
        return isinstance(value, {"array": list, "string": str}[condition["type"]])
    first = condition["properties"]["@context"]["prefixItems"][0]["const"]
    return isinstance(value, dict) and value.get("@context", [None])[:1] == [first]


def mutations(name: str, document: Any) -> Iterator[Mutation]:
    for place in places(name, document):
        where = said(place.path)
        for member in sorted(place.required):
            yield Mutation(
                "a required member left out",
                _cut(document, (*place.path, member)),
                place.path,
                said((*place.path, member)),
            )
        if place.closed:
            yield Mutation(
                "a member more", put(document, (*place.path, "more"), "x"), place.path, said((*place.path, "more"))
            )
        for other in _others(place):
            yield Mutation(f"{other!r} instead", put(document, place.path, other), place.path, where)


def _others(place: Place) -> Iterator[Any]:
    """Values that the schema does not allow there."""
    if place.enumerations or place.path == ("type",):
        yield from ("Nonsense", 7, None, {"a": 1})
    elif place.path[-1:] == ("type",):  # of what others may invent: statuses, proofs
        yield from (7, None, {"a": 1}, [])
    elif "string" in place.types:
        yield from (7, None, True, {"a": 1})
    elif "object" in place.types:
        yield from ("x", 7, None)
    elif place.types & {"number", "boolean"}:
        yield from ("1", None, {"a": 1}, ["1"])
    elif isinstance(place.value, list):
        yield from (7, None)
    if "uri" in place.formats:
        yield from ("no-scheme", "https ://a.example/1", "https://", "")
    if "date-time" in place.formats:
        yield from ("2026-03-02", "2026-03-02T12:00:00", "yesterday", "2026-02-30T00:00:00Z")
    if "date" in place.formats:
        yield from ("2026-02-30", "02.03.2026", "2026-03-02T12:00:00Z")
    if "\\S" in place.patterns and "uri" not in place.formats:
        yield " "
    elif place.patterns and not place.enumerations:
        yield "?"


def said(path: Path) -> str:
    """A path as our errors write it."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _cut(document: Any, path: Path) -> Any:
    return _changed(document, path[:-1], lambda parent: {k: v for k, v in parent.items() if k != path[-1]})


def put(document: Any, path: Path, value: Any) -> Any:
    """The document with another value at a place. Only what lies on the way there is copied."""
    return _changed(document, path, lambda _: value)


def _changed(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    step: Any = path[0]
    copied = value.copy()
    inner = value.get(step) if isinstance(value, dict) else value[step]
    copied[step] = _changed(inner, path[1:], change)
    return copied
