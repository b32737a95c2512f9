"""What JSON Pointers choose."""

from typing import Any

import pytest

from vc.errors import MalformedValue, TooLarge
from vc.selective.pointers import MAX_POINTERS, select

DOCUMENT: dict[str, Any] = {
    "@context": ["https://a.example"],
    "id": "urn:1",
    "type": ["T"],
    "name": "x",
    "a/b": 1,
    "m~n": 2,
    "0": "a member, no index",
    "list": [[1, 2], {"type": "U", "v": 1, "w": 2}, {"id": "urn:2", "v": 3}],
    "deep": {"id": "urn:3", "type": "D", "inner": {"type": "I", "text": "t", "more": [1]}},
}
HEAD = {"@context": ["https://a.example"], "id": "urn:1", "type": ["T"]}


@pytest.mark.parametrize(
    ("pointers", "part"),
    [
        (["/name"], {"name": "x"}),
        (["/a~1b", "/m~0n", "/0"], {"a/b": 1, "m~n": 2, "0": "a member, no index"}),
        (["/list/1/w"], {"list": [{"type": "U", "w": 2}]}),
        (["/list/2/v", "/list/0/1"], {"list": [[2], {"id": "urn:2", "v": 3}]}),
        (["/list/0", "/list/0/1"], {"list": [[1, 2]]}),
        (["/list/0/1", "/list/0"], {"list": [[1, 2]]}),
        (["/deep/inner/text"], {"deep": {"id": "urn:3", "type": "D", "inner": {"type": "I", "text": "t"}}}),
        (["/deep/inner", "/deep/inner/text"], {"deep": DOCUMENT["deep"]}),
        (["/type"], {}),
        (["/name", ""], {name: value for name, value in DOCUMENT.items() if name not in HEAD}),
    ],
)
def test_a_part_has_the_ids_and_types_on_the_way(pointers: list[str], part: dict[str, Any]) -> None:
    assert select(DOCUMENT, pointers) == HEAD | part


def test_no_pointer_chooses_nothing() -> None:
    assert select(DOCUMENT, []) is None


def test_the_document_stays_as_it_was_and_shares_nothing_with_its_part() -> None:
    for pointers in ([""], ["/deep"], ["/list", "/type"]):
        part = select(DOCUMENT, pointers)
        assert part is not None
        part["type"].append("changed")
        part["@context"].append("changed")
        assert DOCUMENT["type"] == ["T"]
        assert DOCUMENT["@context"] == ["https://a.example"]


@pytest.mark.parametrize(
    "pointer",
    [
        *("/nothing", "/name/x", "/list/3", "/list/-", "/list/-1", "/list/01", "/list/+1", "/list/x", "/list/٠"),
        *("/list/0/9", "/list/1/v/w", "/deep/inner/more/1", "/list/99999999999999999999"),
    ],
)
def test_a_pointer_that_leads_nowhere(pointer: str) -> None:
    with pytest.raises(MalformedValue, match="leads nowhere"):
        select(DOCUMENT, [pointer])


@pytest.mark.parametrize("pointer", ["name", "#/name", "/a~2b", "/a~", None, 7])
def test_what_is_no_pointer(pointer: Any) -> None:
    with pytest.raises(MalformedValue, match="is no JSON Pointer"):
        select(DOCUMENT, [pointer])


def test_too_many_pointers() -> None:
    assert select(DOCUMENT, ["/name"] * MAX_POINTERS)
    with pytest.raises(TooLarge, match="1001 parts"):
        select(DOCUMENT, ["/name"] * (MAX_POINTERS + 1))
