"""Shapes answer exactly as the full path does, or not at all: one test for each guard of documents."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from contexts import history
from tests.vc.samples import SoftSigner, course, specialization
from tests.vc.shaped import SIGNER, Document, agrees, at, full, of_two, other, places, put
from vc.compiled import Shapes, pattern
from vc.context_rules import CREDENTIAL, OB_303, OB_EXTENSIONS, OPEN_BADGES, VC2, ContextRule
from vc.errors import UnsignedData
from vc.jsonld import Contents, canonical_form

# --- what it is for -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [course, specialization])
def test_every_text_may_be_a_hole(make: Callable[[SoftSigner], Document]) -> None:
    document = make(SIGNER)
    known = of_two(document, other(document))
    assert agrees(known, document)
    assert agrees(known, other(document))
    assert agrees(known, other(other(document)))
    assert (known.hits, known.misses, known.fallbacks) == (3, 0, 0)


def test_the_order_of_members_does_not_matter(document: Document, wide: Shapes) -> None:
    assert agrees(wide, json.loads(json.dumps(document, sort_keys=True)))
    assert agrees(wide, dict(reversed(document.items())))


def test_a_shape_of_one_program_has_holes_for_its_learner_alone(document: Document) -> None:
    name = ("credentialSubject", "identifier", 0, "identityHash")
    known = of_two(document, put(document, name, "Another Example"))
    assert agrees(known, put(document, name, "Ādam ∀ 𝄞 Example"))
    assert not agrees(known, put(document, ("name",), "Another course"))
    assert known.misses == 1


def test_what_differs_later_opens_another_hole(document: Document) -> None:
    name, grade = ("credentialSubject", "identifier", 0, "identityHash"), ("credentialSubject", "result", 0, "value")
    known = of_two(document, put(document, name, "Another Example"))
    third = put(document, grade, "60")
    assert not agrees(known, third)
    known.learn(third, rule=OPEN_BADGES)
    assert agrees(known, put(put(document, grade, "61"), name, "A Third Example"))


def test_a_stranger_s_achievement_is_known_at_first_sight() -> None:
    known = of_two(course(SIGNER), course(SIGNER, "arrays", "Arrays"))
    assert agrees(known, course(SoftSigner("another issuer"), "loops", "Loops") | {"issuer": course(SIGNER)["issuer"]})


def test_sha384_labels_nodes_in_its_own_order(document: Document) -> None:
    known = of_two(document, other(document), algorithm="sha384")
    assert agrees(known, other(other(document)), algorithm="sha384")
    assert not agrees(known, document)
    assert full(document) != full(document, algorithm="sha384")


def test_the_digest_is_that_of_the_canonical_form(document: Document, wide: Shapes) -> None:
    assert wide.digest(document, rule=OPEN_BADGES) == hashlib.sha256(full(document) or b"").digest()
    assert wide.digest({}, rule=OPEN_BADGES) is None


# --- the skeleton -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1, 1.0, "true", None, [True], 0, False])
def test_a_truth_value_is_itself_alone(document: Document, wide: Shapes, value: Any) -> None:
    changed = put(document, ("credentialSubject", "identifier", 1, "hashed"), value)
    assert document["credentialSubject"]["identifier"][1]["hashed"] is True
    assert not agrees(wide, changed)


@pytest.mark.parametrize("value", [20.0, True, "20", 21])
def test_a_number_is_itself_alone(document: Document, value: Any) -> None:
    document["credentialSubject"]["creditsEarned"] = 20
    known = of_two(document, other(document))
    assert agrees(known, document)
    assert not agrees(known, put(document, ("credentialSubject", "creditsEarned"), value))


@pytest.mark.parametrize("value", [7, None, True, 1.5, [], {}, ["x"], {"id": "https://a.example/"}])
def test_a_hole_takes_texts_alone(document: Document, wide: Shapes, value: Any) -> None:
    for way in (("name",), ("id",), ("issuer", "id"), ("credentialSubject", "achievement", "tag", 0)):
        assert not agrees(wide, put(document, way, value))


def test_members_and_items_are_neither_more_nor_fewer(document: Document, wide: Shapes) -> None:
    achievement = document["credentialSubject"]["achievement"]
    for change in (
        {"creditsAvailable": 3},
        {"tag": [*achievement["tag"], "more"]},
        {"tag": achievement["tag"][:1]},
        {"tag": []},
        {"unheard": "of"},
        {"@index": "x"},
        {"cred:name": "x"},
        {"@context": {}},
        {"https://schema.org/name": "x"},
    ):
        assert not agrees(wide, put(document, ("credentialSubject", "achievement"), achievement | change))
    for name in achievement:
        less = {member: value for member, value in achievement.items() if member != name}
        assert not agrees(wide, put(document, ("credentialSubject", "achievement"), less))


@pytest.mark.parametrize("types", [["Achievement", "Related"], ["Related"], "Achievement", ["https://a.example/T"]])
def test_types_are_never_holes(document: Document, wide: Shapes, types: Any) -> None:
    changed = put(document, ("credentialSubject", "achievement", "type"), types)
    assert not agrees(wide, changed)
    known = Shapes()
    for one in (document, changed):
        known.learn(one, rule=OPEN_BADGES)
    assert not known.compiled


def test_contexts_are_those_of_the_shape(document: Document, wide: Shapes) -> None:
    for urls in ([VC2, OB_303], [VC2, OB_EXTENSIONS, OB_303], [OB_303, VC2, OB_EXTENSIONS], [VC2], VC2, [], None, [{}]):
        assert not agrees(wide, document | {"@context": urls})
    assert not agrees(wide, {name: value for name, value in document.items() if name != "@context"})


def test_the_rule_is_that_of_the_shape(document: Document, wide: Shapes) -> None:
    assert not agrees(wide, document, rule=CREDENTIAL)
    same = ContextRule(OPEN_BADGES.first, OPEN_BADGES.second, OPEN_BADGES.others)
    assert not agrees(wide, document, rule=same)
    known = of_two(document, put(document, ("name",), "Another course"))
    assert agrees(known, document)
    assert not agrees(known, document, rule=CREDENTIAL)


def test_the_contents_of_the_contexts_are_those_of_the_shape(document: Document) -> None:
    """Of three contents two give this document another meaning."""
    _, *older = history(OB_303)
    known = of_two(document, other(document))
    for sha256 in older:
        contents = Contents({OB_303: sha256})
        assert not agrees(known, document, contents=contents)
        known.learn(document, rule=OPEN_BADGES, contents=contents)
        known.learn(other(document), rule=OPEN_BADGES, contents=contents)
        agrees(known, document, contents=contents)
    assert agrees(known, document)


def test_nothing_is_learnt_where_anything_goes(document: Document) -> None:
    known = Shapes()
    anything = ContextRule(VC2, anything=True)
    for one in (document, other(document)):
        known.learn(one, rule=anything)
    assert not known.compiled
    assert not agrees(known, document, rule=anything)


@pytest.mark.parametrize(
    "change",
    [
        {"tag": []},
        {"related": [{}]},
        {"creditsAvailable": 1.5},
        {"description": None},
        {"@id": "urn:x:1"},
        {"cred:name": "x"},
        {"@context": {"grade": "https://a.example/grade"}},
    ],
)
def test_no_shape_is_made_of_what_a_guard_could_not_see(document: Document, change: Document) -> None:
    achievement = document["credentialSubject"]["achievement"] | change
    with pytest.raises(pattern.Unfit):
        pattern.skeleton_of(put(document, ("credentialSubject", "achievement"), achievement))


# --- nodes and statements -----------------------------------------------------------------------------------


def test_no_two_nodes_get_one_id(document: Document, wide: Shapes) -> None:
    ids = [way for way in places(document) if way[-1] == "id"][:5]
    for one in ids:
        for two in ids:
            if one != two:
                agrees(wide, put(document, one, at(document, two)))


def test_a_node_with_a_fixed_id_is_no_other(document: Document) -> None:
    known = of_two(document, put(document, ("image", "id"), "https://a.example/image"))
    assert agrees(known, document)
    merged = put(document, ("image", "id"), document["issuer"]["id"])
    with pytest.raises(UnsignedData):
        canonical_form(merged, rule=OPEN_BADGES)
    assert not agrees(known, merged)


def test_no_two_statements_become_one(document: Document, wide: Shapes) -> None:
    twice = put(document, ("credentialSubject", "achievement", "tag"), ["same", "same"])
    with pytest.raises(UnsignedData):
        canonical_form(twice, rule=OPEN_BADGES)
    assert not agrees(wide, twice)


def test_a_constant_counts_among_the_statements(document: Document) -> None:
    known = of_two(document, put(document, ("credentialSubject", "achievement", "tag", 0), "first"))
    for tags in (
        ["python", "python"],
        ["zebra", "python"],
        ["a", "python"],
        ["pytho", "python"],
        ["python ", "python"],
    ):
        agrees(known, put(document, ("credentialSubject", "achievement", "tag"), tags))
    assert known.hits == 4


def test_references_may_be_equal_and_links_in_a_list_may_not(document: Document) -> None:
    """`result` twice the same description; `evidence` once an id, once a mere reference to the same."""
    document["evidence"] = [
        {"id": "https://a.example/1", "type": ["Evidence"], "name": "One"},
        "https://a.example/2",
    ]
    known = of_two(document, put(document, ("evidence", 0, "id"), "https://a.example/0"))
    assert agrees(known, document)
    assert not agrees(known, put(document, ("evidence", 0, "id"), "https://a.example/2"))


def test_values_of_one_member_are_sorted_anew(document: Document, wide: Shapes) -> None:
    for tags in (["b", "a"], ["a", "b"], ["a", "a "], ["\U0001d11e", "\uffee"], ["\uffee", "\U0001d11e"], ['"', "!"]):
        assert agrees(wide, put(document, ("credentialSubject", "achievement", "tag"), tags))


def test_values_of_a_node_without_id_are_sorted_before_it_is_hashed(document: Document) -> None:
    document["credentialSubject"]["achievement"].pop("id")
    document["credentialSubject"]["achievement"]["tag"] = ["a", "b"]
    known = of_two(document, other(document))
    for tags in (["b", "a"], ["z", "y"], ["\U0001d11e", "\uffee"], ["\uffee", "\U0001d11e"]):
        assert agrees(known, put(document, ("credentialSubject", "achievement", "tag"), tags))


def test_nodes_that_look_alike_are_left_to_the_full_path(document: Document) -> None:
    document["credentialSubject"]["result"] = [
        {"type": ["Result"], "status": "Completed", "value": value} for value in ("1", "2")
    ]
    first = ("credentialSubject", "result", 0, "value")
    known = of_two(document, put(document, first, "3"))
    assert agrees(known, document)
    alike = put(document, first, "2")
    assert full(alike) is not None
    assert not agrees(known, alike)
    assert known.fallbacks == 1


def test_labels_move_with_the_values(document: Document) -> None:
    """Ten and more nodes: `_:c14n10` stands before `_:c14n2`."""
    document["credentialSubject"]["result"] = [
        {"type": ["Result"], "status": "Completed", "value": str(number)} for number in range(12)
    ]
    known = of_two(document, other(document))
    for shift in range(5):
        moved = copy.deepcopy(document)
        for number, result in enumerate(moved["credentialSubject"]["result"]):
            result["value"] = f"{number * 7 % 12} of {shift}"
        assert agrees(known, moved)
