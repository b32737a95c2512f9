"""Each guard of `vc.compiled` by itself: values, nodes and ties that would be answered wrongly without it.

`guards` takes them out for a test.
"""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exactness.families import Path, put
from tests.exactness.small_badge import (
    ADDRESSES,
    LITERALS,
    SHAPES,
    TEXTS,
    Document,
    badge,
    changed,
    learnt,
    look,
    other,
    place_of,
)
from vc.context_rules import OPEN_BADGES


def test_the_badge_itself_and_its_other_are_answered() -> None:
    assert look(badge()) is not None
    assert look(other()) is not None
    assert SHAPES.compiled


# --- values --------------------------------------------------------------------------------------------------

QUICK = settings(max_examples=60, suppress_health_check=list(HealthCheck))
_ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
_QUOTED = st.text(st.sampled_from('"\\\n\x00\x01\x7f\x85\ufffe\uffffé𝔸 %{}$'), max_size=6)


@QUICK
@given(st.sampled_from(LITERALS), _ANY_TEXT | _QUOTED, _ANY_TEXT | _QUOTED)
def test_a_hole_for_a_text_takes_any_text(path: Path, text: str, beside: str) -> None:
    document = badge()
    put(document, path, text)
    put(document, ("name",), beside)
    twice = "tag" in path and text in ("one", "two", "three")
    assert (look(document) is None) == twice


@QUICK
@given(
    st.sampled_from(ADDRESSES),
    st.sampled_from(
        ["https", "did", "urn", "x", "ext", "HTTPS", "_", "@id", "name", "relative-reference", "", " https"]
    ),
    st.sampled_from([":", "://a.example/", "", " :", ":/"]),
    st.text(st.characters(codec="utf-8"), max_size=5)
    | st.sampled_from([" ", "\n", "\x7f", "\xa0/../b", "<", "|", "é", ""]),
)
def test_a_hole_for_an_address_takes_what_stands_for_itself(path: Path, scheme: str, colon: str, rest: str) -> None:
    document = badge()
    put(document, path, scheme + colon + rest)
    look(document)


@pytest.mark.parametrize("path", ADDRESSES, ids=str)
@pytest.mark.parametrize(
    "odd",
    [
        *("", "x", "/x", "#x", "//a.example", "?x", "_:b0", "@id", "type", "Achievement", "ext:Course", "xsd:string"),
        *("https://a.example/a b", "https://a.example/\n", "https://a.example/<", 'https://a.example/"', "urn:\\"),
        *(
            "urn:a/ /../b",
            "urn:a/\xa0/../b",
            "urn:a/\x85/../b",
            "urn:\x00",
            "urn:\x7f",
            "https://a.example https://b.example",
        ),
        *("urn:\ud800", "relative-reference://document.invalid/x", "Name:x", "urn", ":urn:x", " urn:x", "x urn:x"),
        *("cred:x", "sec:x", "schema:x", "obi:x", "rdf:x", "xurn:x", "a,b:x", "urn,x:y"),
    ],
)
def test_an_odd_address_is_left_to_the_full_path(path: Path, odd: str) -> None:
    document = badge()
    put(document, path, odd)
    assert SHAPES.canonical(document, rule=OPEN_BADGES) is None


@pytest.mark.parametrize(
    "value", [None, True, 1, 1.0, [], {}, ["x"], {"@value": "x"}, {"id": "urn:x"}, "\ud800"], ids=repr
)
def test_a_hole_takes_texts_only(value: Any) -> None:
    for path in TEXTS:
        document = badge()
        put(document, path, copy.deepcopy(value))
        assert SHAPES.canonical(document, rule=OPEN_BADGES) is None


@pytest.mark.parametrize("value", [1.0, True, "1", 2, None, [1]], ids=repr)
def test_a_number_is_equal_to_itself_only(value: Any) -> None:
    assert look(changed(lambda badge: badge["credentialSubject"].update(creditsEarned=value))) is None


@pytest.mark.parametrize("value", [0, 0.0, "false", True, None], ids=repr)
def test_a_truth_value_is_equal_to_itself_only(value: Any) -> None:
    assert look(changed(lambda badge: badge["credentialSubject"]["identifier"][0].update(hashed=value))) is None


# --- nodes, statements and ties -------------------------------------------------------------------------------


@pytest.mark.parametrize("one", ADDRESSES, ids=str)
def test_two_nodes_of_one_id_are_left_to_the_full_path(one: Path) -> None:
    for two in ADDRESSES:
        document = badge()
        put(document, two, place_of(document, one))
        look(document)
    assert look(changed(lambda badge: badge["evidence"][0].update(id=badge["id"]))) is None
    assert look(changed(lambda badge: badge["evidence"][0].update(id=badge["evidence"][1]["id"]))) is None


def test_an_id_that_is_another_nodes_constant_is_left_to_the_full_path() -> None:
    shapes = learnt(badge(), changed(lambda badge: badge["evidence"][0].update(id="urn:example:1")))
    document = changed(lambda badge: badge["evidence"][0].update(id="urn:example:2"))
    assert look(document, shapes=shapes) is not None
    for same in (badge()["id"], badge()["issuer"]["id"], badge()["evidence"][1]["id"]):
        document["evidence"][0]["id"] = same
        assert look(document, shapes=shapes) is None


@pytest.mark.parametrize("tags", [["x", "x", "y"], ["y", "x", "x"], ["", "", "z"], ["a", "a", "a"]])
def test_a_value_twice_is_left_to_the_full_path(tags: list[str]) -> None:
    assert look(changed(lambda badge: badge["credentialSubject"]["achievement"].update(tag=tags))) is None


def test_a_value_that_is_another_ones_constant_is_left_to_the_full_path() -> None:
    def tagged(*tags: str) -> Document:
        return changed(lambda badge: badge["credentialSubject"]["achievement"].update(tag=list(tags)))

    shapes = learnt(badge(), tagged("one", "two", "other"))
    assert look(tagged("one", "two", "more"), shapes=shapes) is not None
    assert look(tagged("one", "two", "two"), shapes=shapes) is None


def test_nodes_that_look_alike_are_left_to_the_full_path() -> None:
    def alike(badge: Document) -> None:
        first, second = badge["credentialSubject"]["achievement"]["alignment"]
        second |= {"targetName": first["targetName"], "targetUrl": first["targetUrl"]}

    assert look(changed(alike)) is None


@QUICK
@given(st.lists(st.sampled_from(["a", "b", "A", "", "é", "𝔸", "\uff21", "a b", "a\n"]), min_size=7, max_size=7))
def test_lines_are_in_their_order_whatever_the_texts_are(texts: list[str]) -> None:
    def change(badge: Document) -> None:
        achievement = badge["credentialSubject"]["achievement"]
        achievement["tag"] = texts[:3]
        for alignment, name, url in zip(achievement["alignment"], texts[3:5], texts[5:], strict=True):
            alignment |= {"targetName": name, "targetUrl": url}

    look(changed(change))


@QUICK
@given(st.permutations([*"/%09:AZaz~", "-", "#", "?"]), st.sampled_from(["https://a.example/", "urn:x:", "did:x:"]))
def test_lines_are_in_their_order_whatever_the_ids_are(letters: list[str], start: str) -> None:
    """Ids of which one begins another, too."""
    document = badge()
    for path, letter in zip(ADDRESSES, letters, strict=False):
        put(document, path, start + letter)
    put(document, ADDRESSES[0], start + letters[1] + letters[0])
    look(document)


def test_of_several_nodes_of_a_kind_the_lines_are_in_their_order() -> None:
    """Two lists of nodes below a node: hashes come by the lines of each, sorted after they are filled."""

    def change(badge: Document) -> None:
        achievement = badge["credentialSubject"]["achievement"]
        badge["credentialSubject"]["result"][0]["alignment"] = achievement.pop("alignment")
        badge["credentialSubject"]["result"][0]["value"] = "9"

    first, second = changed(change), changed(change)
    second["credentialSubject"]["result"][0] |= {"value": "1", "resultDescription": "https://a.example/e"}
    shapes = learnt(first, second)
    for value in "0123456789":
        second["credentialSubject"]["result"][0]["value"] = value
        assert look(second, shapes=shapes) is not None
