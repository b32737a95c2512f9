"""Shapes answer exactly as the full path does, or not at all: one test for each guard."""

import copy
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contexts import history
from tests.vc.samples import NOW, SoftSigner, course, dereference, secure, specialization
from vc.compiled import Lesson, Remembered, Shapes, canonical_bytes, compiling, pattern, shapes
from vc.compiled.compiling import outline
from vc.compiled.guards import Guards
from vc.context_rules import CREDENTIAL, OB_303, OB_EXTENSIONS, OPEN_BADGES, VC2, ContextRule
from vc.errors import ProofInvalid, UnsignedData, VcError
from vc.formats import data_integrity
from vc.jsonld import Contents, canonical_form
from vc.openbadges import lint
from vc.securing import Expected

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


@pytest.fixture
def document() -> Document:
    return course(SIGNER)


@pytest.fixture(scope="module")
def wide() -> Shapes:
    """Every text is a hole; shared, so nobody teaches it more."""
    return of_two(course(SIGNER), other(course(SIGNER)))


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


# --- what stands in the holes -------------------------------------------------------------------------------

TEXTS = (
    *('"', "\\", 'say "hi"', "back\\slash", "a\nb", "\t", "\r\n", "\x00", "\x01", "\x1f", "\x7f", "\x80", "%", "%b %s"),
    *("\ufffe", "\uffff", "\ufffd", "\ufdd0", "\u2028", "\U0001d11e", "\U0010ffff", "é", "e\u0301", "", " ", "_:c14n0"),
    *("<https://a.example/>", "https://a.example/", "@type", "@id", "id", "type", "Achievement", "ext:Course", "null"),
    *('" .\n_:a <x> "', "https://hole-0.mark.invalid/First", "urn:x-mark:Second-0", "x" * 10_000),
)


@pytest.mark.parametrize("text", TEXTS)
def test_literals_are_escaped_as_the_full_path_does(document: Document, wide: Shapes, text: str) -> None:
    for way in (
        ("name",),
        ("credentialSubject", "identifier", 0, "identityHash"),
        ("credentialSubject", "achievement", "tag", 0),
        ("credentialSubject", "result", 0, "value"),
    ):
        document = put(document, way, text)
    assert agrees(wide, document)


def test_half_a_character_is_left_to_the_full_path(document: Document, wide: Shapes) -> None:
    assert not agrees(wide, put(document, ("name",), "a\ud800"))


IRIS = (
    *("relative", "", "/rooted", "#fragment", "//host/path", "?query", "ext:Course", "cred:x", "sec:x", "_:b0", "_:"),
    *("id", "type", "@id", "@type", "Achievement", "name", "https", "https:", "https:relative", "HTTPS://a.example/"),
    *("https://a.example/ b", "https://a.example/\n", "https://a.example/<", 'https://a.example/"', "a b", " ", ":"),
    *("https://a.example/é", "https://a.example/\u00a0", "urn:x\u2003y", "urn:x\u00a0y", "https://a.example/\ud800"),
    *(
        "https://a.example/\x7f",
        "https://a.example/\x00",
        "https://a.example/\ufffe",
        "https://a.example/|",
        "ftp://a/",
    ),
    *("https://a.example/ https://b.example/", "javascript:alert(1)", "relative-reference://document.invalid/x"),
    *("https://a.example/\\", "https://a.example/`", "https://a.example/{x}", "https://a.example/%41", "urn:", "did:x"),
    *(
        "xsd:string",
        "http://a.example:80/?a=b&c#d",
        "https://a.example/../x",
        "urn:a/b/../c\u00a0d",
        "did:a:b/\u2003x/../c",
        "https://a.example/\U0001d11e",
    ),
)


@pytest.mark.parametrize("iri", IRIS)
def test_iris_that_are_not_taken_as_they_stand_are_left_to_the_full_path(
    document: Document, wide: Shapes, iri: str
) -> None:
    for way in (("id",), ("credentialSubject", "result", 0, "resultDescription")):
        agrees(wide, put(document, way, iri))


@pytest.mark.parametrize("iri", ["http://a.example/?a=b#c", "did:web:a.example", "urn:uuid:1", "mailto:a@a.example"])
def test_absolute_iris_are_taken(document: Document, wide: Shapes, iri: str) -> None:
    assert agrees(wide, put(document, ("id",), iri))


def test_a_scheme_that_the_contexts_define_is_none() -> None:
    assert Guards(b"i", frozenset({"name"})).checked(["https://a.example/"]) == [b"<https://a.example/>"]
    for word in ("https", "https://a.example/"):
        assert Guards(b"i", frozenset({word})).checked(["https://a.example/"]) is None
    assert Guards(b"i", frozenset({"https"})).checked(["http://a.example/"]) == [b"<http://a.example/>"]


def test_an_iri_cannot_be_two() -> None:
    guards = Guards(b"ii", frozenset())
    assert guards.checked(["urn:a urn:b", ""]) is None
    assert guards.checked(["urn:a", "urn:b"]) == [b"<urn:a>", b"<urn:b>"]
    assert Guards(b"ll", frozenset()).checked(['a"b', "c"]) == [b'a\\"b', b"c"]
    assert Guards(b"l", frozenset()).checked(['"']) == [b'\\"']


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


# --- how shapes are made ------------------------------------------------------------------------------------


def test_a_document_that_quotes_a_mark_makes_no_wrong_shape(document: Document) -> None:
    for text in ("https://hole-0.mark.invalid/First", "urn:x-mark:Second-0", "The second mark, of hole 0"):
        quoting = put(document, ("description",), text)
        known = Shapes()
        for name in ("One", "Two"):
            known.learn(put(quoting, ("name",), name), rule=OPEN_BADGES)
        agrees(known, put(quoting, ("name",), "Three"))
        agrees(known, put(put(quoting, ("name",), "Three"), ("description",), "x"))


@pytest.mark.parametrize("text", ["https://hole-0.mark.invalid/First", "The second mark, of hole 0"])
def test_marks_are_told_from_what_the_document_says(document: Document, text: str) -> None:
    skeleton = pattern.skeleton_of(put(document, ("credentialSubject", "achievement", "description"), text))
    hole = skeleton.texts.index(document["issuer"]["name"])
    with pytest.raises(pattern.Unfit):
        outline(skeleton.document, (hole,), rule=OPEN_BADGES, contents=Contents())


def test_a_hole_is_for_one_thing_and_comes_out(document: Document) -> None:
    """As a context might have it that says one text twice, or an id that is nobody's."""
    for quads in (
        {("<urn:a>", "<urn:p>", "<{}>", ""), ("<urn:a>", "<urn:p>", '"{}"', "")},
        {("<urn:a>", "<urn:p>", "<urn:b>", "")},
    ):
        made = {(s, p, o.format("https://hole-0.mark.invalid/First"), g) for s, p, o, g in quads}
        with pytest.raises(pattern.Unfit):
            compiling._kinds(frozenset(compiling._read(made, ["https://hole-0.mark.invalid/First"])), 1)


@pytest.mark.parametrize(
    "quad",
    [("<urn:a>", "<urn:p>", "<m>", "_:g"), ("<urn:a>", "<m>", '"x"', ""), ("<urn:a>", compiling._TYPE, "<m>", "")],
)
def test_graphs_and_holes_for_predicates_and_types_make_no_shape(quad: tuple[str, str, str, str]) -> None:
    with pytest.raises(pattern.Unfit):
        list(compiling._read({quad}, ["m"]))


def test_a_document_with_a_proof_in_it_makes_no_shape(document: Document) -> None:
    """The earlier proof of a chain stands in a graph of its own."""
    secured = secure(document, SIGNER)
    known = Shapes()
    for one in (secured, other(secured)):
        known.learn(one, rule=OPEN_BADGES)
    assert not known.compiled


def test_what_the_full_path_refuses_is_never_learnt(document: Document) -> None:
    known = Shapes()
    for grade in ("A", "B"):
        document["credentialSubject"]["achievement"]["grade"] = grade
        known.learn(document, rule=OPEN_BADGES)
    assert not known.compiled


def test_a_shape_that_says_something_else_is_not_used(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vc.compiled.shape.Rendering.__call__", lambda self, terms: b"something else")
    known = Shapes()
    for one in (document, other(document)):
        known.learn(one, rule=OPEN_BADGES)
    assert not known.compiled


def test_what_makes_no_shape_with_the_first_example_makes_one_without(document: Document) -> None:
    """Two results alike are accepted, and no shape says which of them is first."""

    def of(*values: str) -> Document:
        results = [{"type": ["Result"], "status": "Completed", "value": value} for value in values]
        return put(document, ("credentialSubject", "result"), results)

    known = Shapes()
    known.learn(of("1", "1"), rule=OPEN_BADGES)
    weights = [known._weight]
    for values in (("1", "2" * 1_000), ("2", "3"), ("4", "3")):
        known.learn(of(*values), rule=OPEN_BADGES)
        weights.append(known._weight)
    assert weights[1] == weights[0] + 999  # and not of both drawers: one achievement is none for all
    assert agrees(known, of("5", "6"))


def test_what_is_learnt_stays_as_it_was_when_the_document_changes(document: Document) -> None:
    known = of_two(document, second := other(document))
    document["type"].append("Changed")
    second["name"] = "Changed"
    assert agrees(known, course(SIGNER))


# --- who teaches, and how much ------------------------------------------------------------------------------


def verified(document: Document, known: Shapes) -> None:
    data_integrity.verify_proofs(document, dereference=dereference, expected=Expected(now=NOW, shapes=known))


def test_a_verifier_learns_from_what_is_genuine(document: Document) -> None:
    known = Shapes()
    for number in range(3):
        verified(secure(put(document, ("name",), f"Course {number}"), SIGNER), known)
    assert known.compiled == 2  # the credential's, and that of its proof's options
    before = known.hits
    verified(secure(put(document, ("name",), "Course 4"), SIGNER), known)
    assert known.hits == before + 2


def test_a_verifier_learns_nothing_from_a_forgery(document: Document) -> None:
    known = Shapes()
    for number in range(3):
        forged = secure(document, SIGNER) | {"name": f"Course {number}"}
        with pytest.raises(ProofInvalid):
            verified(forged, known)
    assert (known.compiled, known._families) == (0, {})


def test_a_forgery_of_a_known_shape_is_refused(document: Document) -> None:
    known = Shapes()
    for number in range(3):
        verified(secure(put(document, ("name",), f"Course {number}"), SIGNER), known)
    hits = known.hits
    with pytest.raises(ProofInvalid, match="does not match"):
        verified(secure(document, SIGNER) | {"name": "Another course"}, known)
    assert known.hits > hits


def test_an_issuer_learns_from_its_own(document: Document) -> None:
    known = Shapes()
    signed = []
    for number in range(4):
        draft = put(document, ("name",), f"Course {number}")
        lint(draft, shapes=known)
        signed.append(secure(draft, SIGNER, shapes=known))
    assert known.hits >= 4
    assert signed[-1] == secure(put(document, ("name",), "Course 3"), SIGNER)


def test_a_lesson_is_what_was_missed(document: Document) -> None:
    known = Shapes()
    lesson = Lesson(known)
    canonical_bytes(document, rule=OPEN_BADGES, shapes=lesson)
    assert known._families == {}
    lesson.learn()
    assert len(known._families) == 2  # in the drawer of its achievement, and in that for all


def test_what_was_answered_is_remembered_for_the_same_text_alone(document: Document) -> None:
    day = ("credentialSubject", "activityEndDate")
    known = of_two(document, put(document, day, "2026-02-15T00:00:00Z"))
    remembered = Remembered(known)
    assert agrees(remembered, document)
    assert agrees(remembered, copy.deepcopy(document))
    assert known.hits == 1
    assert agrees(remembered, put(document, day, "2026-02-15T00:00:00+00:00"))
    moment = put(document, day, datetime(2026, 2, 15, tzinfo=UTC))  # orjson would write it as the text before
    assert not agrees(remembered, moment)
    assert not agrees(remembered, document, rule=CREDENTIAL)
    assert not agrees(remembered, document, algorithm="sha384")
    assert not agrees(remembered, put(document, ("name",), "a\ud800"))


def test_one_skeleton_is_learnt_a_few_times_only(document: Document) -> None:
    known = Shapes()
    ways = list(places(document))
    known.learn(document, rule=OPEN_BADGES)
    for way in ways[: shapes.MAX_LEARNS + 4]:
        if way[-1] != "id":
            known.learn(put(document, way, at(document, way) + "-2"), rule=OPEN_BADGES)
    assert 1 < known.compiled <= shapes.MAX_LEARNS


def test_what_is_kept_is_bounded_and_the_unused_goes_first(document: Document) -> None:
    one = put(document, ("name",), "One")
    weight = pattern.skeleton_of(one).weight
    known = Shapes(max_weight=5 * weight)
    for name in ("One", "Two"):
        known.learn(put(document, ("name",), name), rule=OPEN_BADGES)
    for number in range(8):
        known.learn(course(SIGNER, f"course-{number}", f"Course {number}"), rule=OPEN_BADGES)
        assert agrees(known, one)  # it is asked for again and again
        assert len(known._families) <= 5
    for number in range(8):
        known.learn(course(SIGNER, f"course-{number}", f"Course {number}"), rule=OPEN_BADGES)
    assert not any(family.about == one["credentialSubject"]["achievement"]["id"] for family in known._families.values())
    assert known._weight == sum(family.weight for family in known._families.values())
    assert sum(map(len, known._drawers.values())) <= len(known._families)


def test_a_drawer_holds_few_shapes(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MAX_DRAWER", 2)
    known = Shapes()
    tag = ("credentialSubject", "achievement", "tag")

    def of(length: int, name: str = "Three") -> Document:
        return put(put(document, tag, [f"tag {number}" for number in range(length)]), ("name",), name)

    for length in (3, 4, 5, 6):
        for name in ("One", "Two"):
            known.learn(of(length, name), rule=OPEN_BADGES)
        assert agrees(known, of(3))  # it is asked for again and again
    assert known.compiled == 4
    assert max(map(len, known._drawers.values())) == 2
    assert agrees(known, of(6))
    assert not agrees(known, of(5))
    for name in ("One", "Two"):  # what fell out can be learnt anew
        known.learn(of(5, name), rule=OPEN_BADGES)
    assert agrees(known, of(5))


def test_types_and_numbers_weigh_as_much_as_texts() -> None:
    """A stranger's document of two megabytes of types would else weigh nothing, and thousands of them be kept."""
    known = Shapes()
    types = ["VerifiableCredential", *(f"https://a.example/{number}" for number in range(10))]
    document: Document = {
        "@context": [VC2],
        "type": types,
        "issuer": "did:example:a",
        "credentialSubject": {"id": "urn:a:b"},
    }
    assert pattern.skeleton_of(document).weight == len(json.dumps(document))
    known.learn({**document, "type": types * 1_000}, rule=OPEN_BADGES)
    assert known._families == {}


@pytest.mark.parametrize(("limit", "value"), [("MAX_TEXTS", 10), ("MAX_CHARACTERS", 500)])
def test_large_documents_make_no_shapes(
    document: Document, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(shapes, limit, value)
    known = Shapes()
    for one in (document, other(document)):
        known.learn(one, rule=OPEN_BADGES)
    assert known._families == {}


def test_a_comparison_in_the_middle_of_another_takes_a_copy_of_its_own(document: Document) -> None:
    """As when a thread is stopped there and another goes on."""
    name, day = ("credentialSubject", "identifier", 0, "identityHash"), ("credentialSubject", "activityEndDate")
    known = of_two(document, put(put(document, name, "Another Example"), day, "2026-02-15T00:00:00Z"))
    inside: list[bool] = []

    class Meanwhile(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            inside.append(agrees(known, put(document, name, "Somebody Else")))
            return str.__eq__(self, other)

    assert agrees(known, put(document, ("issuer", "name"), Meanwhile(document["issuer"]["name"])))
    assert inside
    assert all(inside)


def test_many_threads_get_the_same_answers(document: Document) -> None:
    name = ("credentialSubject", "identifier", 0, "identityHash")
    known = of_two(document, put(document, name, "Another Example"))
    drafts = [put(document, name, f"Learner {number}") for number in range(40)]
    forms = [full(draft) for draft in drafts]
    wrong: list[int] = []

    def ask(first: int) -> None:
        for turn in range(100):
            number = (first + turn) % len(drafts)
            answer = known.canonical(drafts[number], rule=OPEN_BADGES)
            if answer != forms[number]:
                wrong.append(number)
            if turn % 50 == 0:
                known.learn(course(SIGNER, f"course-{first}", "Course"), rule=OPEN_BADGES)

    threads = [threading.Thread(target=ask, args=(number * 5,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- at random ----------------------------------------------------------------------------------------------

_DOCUMENT = course(SIGNER)
_WAYS = list(places(_DOCUMENT))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(_WAYS), st.one_of(st.text(), st.sampled_from((*TEXTS, *IRIS)))), max_size=4))
def test_whatever_is_put_where_it_is_exact_or_silent(wide: Shapes, changes: list[tuple[tuple[Any, ...], str]]) -> None:
    document = _DOCUMENT
    for way, text in changes:
        document = put(document, way, text)
    agrees(wide, document)
