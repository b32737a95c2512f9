"""JSON Pointers (RFC 6901) and the part of a document that they choose (vc-di-ecdsa 1.0 sections 3.4.10 to 3.4.13).

Beside what a pointer names, the part has the id and the types of every object on the way, and the document's contexts.

    >>> select({"@context": "c", "type": "T", "a": [{"b": 1}, {"b": 2, "c": 3}]}, ["/a/1/b"])
    {'@context': 'c', 'type': 'T', 'a': [{'b': 2}]}
"""

import copy
import re
from collections.abc import Iterable, Iterator
from typing import Any

from vc.errors import MalformedValue, TooLarge

# Pointers of one proof, mandatory and selective together. Every value of a Specialization's certificate by itself
# takes about 200.
MAX_POINTERS = 1_000

_INDEX = re.compile(r"(0|[1-9][0-9]{0,5})\Z", re.ASCII)

_Tree = dict[str, "_Tree | None"]  # None: everything from here on


def select(document: dict[str, Any], pointers: Iterable[str]) -> dict[str, Any] | None:
    """Section 3.4.13, "selectJsonLd"; None when there is no pointer. Raises `MalformedValue` for a pointer that leads
    nowhere, `TooLarge` for more than `MAX_POINTERS`."""
    pointers = list(pointers)
    if len(pointers) > MAX_POINTERS:
        raise TooLarge("{count} parts are chosen; at most {limit} can be.", count=len(pointers), limit=MAX_POINTERS)
    if not pointers:
        return None
    tree: _Tree = {}
    for pointer in pointers:
        steps = list(_steps(pointer))
        if not steps:
            return copy.deepcopy(document)
        _plant(tree, steps)
    part: dict[str, Any] = _part(document, tree, "")
    return {"@context": copy.deepcopy(document["@context"])} | part


def _steps(pointer: str) -> Iterator[str]:
    """RFC 6901 section 4."""
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise MalformedValue("{pointer} is no JSON Pointer; one looks like /issuer/name.", pointer=repr(pointer)[:80])
    for step in pointer.split("/")[1:]:
        if re.search("~(?![01])", step):
            raise MalformedValue("{pointer} is no JSON Pointer; one looks like /issuer/name.", pointer=pointer[:80])
        yield step.replace("~1", "/").replace("~0", "~")


def _plant(tree: _Tree, steps: list[str]) -> None:
    for step in steps[:-1]:
        branch = tree.setdefault(step, {})
        if branch is None:  # all of it is chosen already
            return
        tree = branch
    tree[steps[-1]] = None


def _part(value: Any, tree: _Tree, where: str) -> Any:
    if isinstance(value, list):
        return [_chosen(value, index, tree[str(index)], where) for index in sorted(_indexes(value, tree, where))]
    if not isinstance(value, dict):
        raise MalformedValue("The JSON Pointer {pointer} leads nowhere.", pointer=f"{where}/{next(iter(tree))}"[:120])
    kept = {name: copy.deepcopy(value[name]) for name in ("id", "type") if name in value}
    for name, branch in tree.items():
        if name not in value:
            raise MalformedValue("The JSON Pointer {pointer} leads nowhere.", pointer=f"{where}/{name}"[:120])
        kept[name] = _chosen(value, name, branch, where)
    return kept


def _chosen(value: Any, step: str | int, branch: _Tree | None, where: str) -> Any:
    return copy.deepcopy(value[step]) if branch is None else _part(value[step], branch, f"{where}/{step}")


def _indexes(value: list[Any], tree: _Tree, where: str) -> Iterator[int]:
    for step in tree:
        if not _INDEX.match(step) or int(step) >= len(value):
            raise MalformedValue("The JSON Pointer {pointer} leads nowhere.", pointer=f"{where}/{step}"[:120])
        yield int(step)
