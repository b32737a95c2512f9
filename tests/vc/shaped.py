"""What the tests of shapes share: documents with other texts in their places, and whether a shape agrees."""

import copy
from collections.abc import Iterator
from typing import Any

from tests.vc.samples import SoftSigner
from vc.compiled import Shapes
from vc.context_rules import OPEN_BADGES
from vc.errors import VcError
from vc.jsonld import canonical_form

SIGNER = SoftSigner()
Document = dict[str, Any]


def full(document: Document, **options: Any) -> bytes | None:
    """What the full path says; None when it refuses."""
    try:
        return canonical_form(document, **{"rule": OPEN_BADGES, **options}).text.encode()
    except (VcError, UnicodeEncodeError):
        return None


def agrees(known: Shapes, document: Document, **options: Any) -> bool:
    """Whether a shape answered. When one did, it said what the full path says."""
    answer = known.canonical(document, **{"rule": OPEN_BADGES, **options})
    if answer is not None:
        assert answer == full(document, **options)
    return answer is not None


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all texts but types and contexts."""
    if isinstance(value, str):
        yield way
    elif isinstance(value, dict):
        for name in value:
            if name not in ("type", "@context"):
                yield from places(value[name], (*way, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*way, index))


def put(document: Document, way: tuple[Any, ...], value: Any) -> Document:
    """A copy with another value in one place."""
    changed = copy.deepcopy(document)
    inner: Any = changed
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = value
    return changed


def at(document: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        document = document[step]
    return document


def other(document: Document) -> Document:
    """The document with another text in every place."""
    changed = copy.deepcopy(document)
    for way in places(document):
        at(changed, way[:-1])[way[-1]] += "-2"
    return changed


def of_two(one: Document, two: Document, **options: Any) -> Shapes:
    known = Shapes()
    for document in (one, two):
        known.learn(document, **{"rule": OPEN_BADGES, **options})
    assert known.compiled
    return known
