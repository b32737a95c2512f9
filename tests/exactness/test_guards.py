"""Each guard of `vc.compiled` by itself: what would be answered wrongly without it. `guards` takes them out for a test.

All of it stands on one small badge with something of everything, and on a shape of it in which every text that may
vary is a hole.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import contexts
from tests.exactness.families import Path, leaves, put
from tests.exactness.references import Query, full
from vc.compiled import Shapes
from vc.context_rules import CREDENTIAL, OB_303, OB_EXTENSIONS, OPEN_BADGES, VC2, ContextRule
from vc.jsonld import CURRENT, Contents

Document = dict[str, Any]


def badge() -> Document:
    return {
        "@context": [VC2, OB_303, OB_EXTENSIONS],
        "id": "https://a.example/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "issuer": {"id": "did:example:school", "type": ["Profile"], "name": "Example Academy", "url": "https://a.example/"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "creditsEarned": 1,
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Zoë", "identityType": "name"},
                {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$00", "identityType": "emailAddress"},
            ],
            "achievement": {
                "id": "https://a.example/achievements/1",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Works in a team.",
                "criteria": {"id": "https://a.example/criteria/1", "narrative": "Work in a team."},
                "tag": ["one", "two", "three"],
                "alignment": [
                    {"type": ["Alignment"], "targetName": "A", "targetUrl": "https://a.example/a"},
                    {"type": ["Alignment"], "targetName": "B", "targetUrl": "https://a.example/b"},
                ],
            },
            "result": [{"type": ["Result"], "resultDescription": "https://a.example/d", "value": "1"}],
        },
        "evidence": [
            {"id": "https://a.example/evidence/1", "type": ["Evidence"], "name": "A report", "genre": "Text"},
            {"id": "https://a.example/evidence/2", "type": ["Evidence"], "name": "A film", "genre": "Film"},
        ],
    }


def _place(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


TEXTS = [path for path, value in leaves(badge()) if isinstance(value, str) and "type" not in path]
ADDRESSES = [path for path in TEXTS if path[-1] == "id"]
LITERALS = [path for path in TEXTS if path not in ADDRESSES]


def other() -> Document:
    """The same with another text in every place that may vary."""
    document = badge()
    for number, path in enumerate(TEXTS):
        put(document, path, f"urn:example:{number}" if path in ADDRESSES else f"text {number}")
    return document


def learnt(
    *documents: Document, rule: ContextRule = OPEN_BADGES, contents: Contents = CURRENT, algorithm: str = "sha256"
) -> Shapes:
    shapes = Shapes()
    for document in documents:
        shapes.learn(document, rule=rule, contents=contents, algorithm=algorithm)
    return shapes


SHAPES = learnt(badge(), other())


def look(document: Document, *, shapes: Shapes = SHAPES, **options: Any) -> bytes | None:
    """What the fast path answers, once it is known to be right."""
    query = Query(document, **{"rule": OPEN_BADGES, **options})
    answer = shapes.canonical(document, **query.options)
    assert answer is None or answer == full(query)
    return answer


def changed(change: Callable[[Document], Any]) -> Document:
    document = badge()
    change(document)
    return document


def test_the_badge_itself_and_its_other_are_answered() -> None:
    assert look(badge()) is not None
    assert look(other()) is not None
    assert SHAPES.compiled


# --- values --------------------------------------------------------------------------------------------------

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
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
    st.sampled_from(["https", "did", "urn", "x", "ext", "HTTPS", "_", "@id", "name", "relative-reference", "", " https"]),
    st.sampled_from([":", "://a.example/", "", " :", ":/"]),
    st.text(st.characters(codec="utf-8"), max_size=5) | st.sampled_from([" ", "\n", "\x7f", "\xa0/../b", "<", "|", "é", ""]),
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
        *("urn:a/ /../b", "urn:a/\xa0/../b", "urn:a/\x85/../b", "urn:\x00", "urn:\x7f", "https://a.example https://b.example"),
        *("urn:\ud800", "relative-reference://document.invalid/x", "Name:x", "urn", ":urn:x", " urn:x", "x urn:x"),
        *("cred:x", "sec:x", "schema:x", "obi:x", "rdf:x", "xurn:x", "a,b:x", "urn,x:y"),
    ],
)
def test_an_odd_address_is_left_to_the_full_path(path: Path, odd: str) -> None:
    document = badge()
    put(document, path, odd)
    assert SHAPES.canonical(document, rule=OPEN_BADGES) is None


@pytest.mark.parametrize("value", [None, True, 1, 1.0, [], {}, ["x"], {"@value": "x"}, {"id": "urn:x"}, "\ud800"], ids=repr)
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
        put(document, two, _place(document, one))
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


# --- structure ------------------------------------------------------------------------------------------------

STRUCTURE: dict[str, Callable[[Document], Any]] = {
    "a member more": lambda badge: badge.update(description="x"),
    "an undefined member more": lambda badge: badge.update(honours="x"),
    "a null more": lambda badge: badge.update(description=None),
    "an empty list more": lambda badge: badge.update(endorsement=[]),
    "an empty object more": lambda badge: badge.update(image={}),
    "an at-word more": lambda badge: badge["issuer"].update({"@index": "x"}),
    "an inner context": lambda badge: badge["issuer"].update({"@context": {"name": "https://evil.example/"}}),
    "an empty inner context": lambda badge: badge["issuer"].update({"@context": []}),
    "a member less": lambda badge: badge.pop("name"),
    "an item more": lambda badge: badge["credentialSubject"]["achievement"]["tag"].append("four"),
    "an item less": lambda badge: badge["credentialSubject"]["achievement"]["tag"].pop(),
    "an item in a list of its own": lambda badge: badge.update(evidence=[badge["evidence"]]),
    "an object for a list": lambda badge: badge["credentialSubject"].update(result=badge["credentialSubject"]["result"][0]),
    "a list for a text": lambda badge: badge.update(name=["Teamwork"]),
    "a member by another name": lambda badge: badge.update(description=badge.pop("name")),
    "a member by its address": lambda badge: badge.update({"https://schema.org/name": badge.pop("name")}),
    "a member by a compact address": lambda badge: badge.update({"schema:name": badge.pop("name")}),
    "id by its keyword": lambda badge: badge.update({"@id": badge.pop("id")}),
    "type by its keyword": lambda badge: badge.update({"@type": badge.pop("type")}),
    "a type more": lambda badge: badge["type"].append("AchievementCredential"),
    "a type less": lambda badge: badge["type"].pop(),
    "a type twice": lambda badge: badge["type"].append("OpenBadgeCredential"),
    "types the other way round": lambda badge: badge["type"].reverse(),
    "an undefined type": lambda badge: badge["evidence"][0].update(type=["Undefined"]),
    "a type by its address": lambda badge: badge["evidence"][0].update(type=["https://a.example/T"]),
    "another type": lambda badge: badge["evidence"][0].update(type=["Image"]),
    "a type as a text": lambda badge: badge["evidence"][0].update(type="Evidence"),
    "a context more": lambda badge: badge["@context"].append("https://w3id.org/security/multikey/v1"),
    "a context less": lambda badge: badge["@context"].pop(),
    "contexts the other way round": lambda badge: badge["@context"].reverse(),
    "a context twice": lambda badge: badge["@context"].append(VC2),
    "an unknown context": lambda badge: badge["@context"].append("https://evil.example/context"),
    "a context written out": lambda badge: badge["@context"].append({"name": "https://evil.example/"}),
    "a null context": lambda badge: badge["@context"].append(None),
    "one context": lambda badge: badge.update({"@context": VC2}),
    "no context": lambda badge: badge.pop("@context"),
    "a proof": lambda badge: badge.update(proof={"type": "DataIntegrityProof", "proofPurpose": "assertionMethod"}),
}


@pytest.mark.parametrize("change", STRUCTURE)
def test_another_structure_is_another_shape(change: str) -> None:
    assert look(changed(STRUCTURE[change])) is None


@pytest.mark.parametrize("change", STRUCTURE)
def test_what_is_learnt_of_another_structure_is_right_as_well(change: str) -> None:
    """Whoever learns it, twice and with other texts: an answer is the full path's answer."""
    first, second = changed(STRUCTURE[change]), other()
    STRUCTURE[change](second)
    shapes = learnt(badge(), other(), first, second)
    for document in (first, second, badge(), other()):
        look(document, shapes=shapes)
    for path in TEXTS:
        third = copy.deepcopy(first)
        try:
            put(third, path, "urn:example:third")
        except (LookupError, TypeError):
            continue
        look(third, shapes=shapes)


def test_the_order_of_members_means_nothing() -> None:
    backwards = json.loads(json.dumps(badge(), sort_keys=True))
    assert look(backwards) == look(badge())


# --- what is asked ---------------------------------------------------------------------------------------------


def test_an_answer_is_for_one_rule_one_content_and_one_hash() -> None:
    current, *older = contexts.history(OB_303)
    assert look(badge(), rule=CREDENTIAL) is None
    assert look(badge(), algorithm="sha384") is None
    assert look(badge(), contents=Contents({OB_303: older[-1]})) is None
    assert look(badge(), contents=Contents({OB_303: current})) is not None


def test_shapes_of_several_rules_contents_and_hashes_do_not_mix() -> None:
    older = Contents({OB_303: contexts.history(OB_303)[-1]})
    document, second = changed(_alike_parts), changed(_alike_parts)
    second["name"] = "Another"
    shapes = Shapes()
    asked = [{"contents": contents, "algorithm": name} for contents in (CURRENT, older) for name in ("sha256", "sha384")]
    for options in asked:
        for one in (document, second):
            if isinstance(full(Query(one, OPEN_BADGES, **options)), bytes):
                shapes.learn(one, rule=OPEN_BADGES, **options)
    for options in asked:
        look(document, shapes=shapes, **options)
    assert shapes.hits >= 2


def _alike_parts(badge: Document) -> None:
    """Many nodes without an id, so that another hash gives other labels."""
    badge["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": f"Part {step}", "targetUrl": f"https://a.example/{step}"} for step in range(6)
    ]


# --- learning -------------------------------------------------------------------------------------------------


def test_a_document_that_quotes_the_marks_is_answered_rightly() -> None:
    marks = [f"https://hole-{index}.mark.invalid/First" for index in range(4)]
    for mark in (*marks, "urn:x-mark:Second-1", "The second mark, of hole 1"):
        document = changed(lambda badge, mark=mark: badge["credentialSubject"]["achievement"]["tag"].append(mark))
        second = copy.deepcopy(document)
        second["name"] = mark
        third = copy.deepcopy(document)
        third["name"] = "Third"
        shapes = learnt(document, third, second)
        for one in (document, second, third, badge()):
            look(one, shapes=shapes)


def test_what_is_changed_after_it_was_learnt_changes_no_answer() -> None:
    first, second = badge(), other()
    shapes = learnt(first, second)
    first["@context"].reverse()
    first["credentialSubject"]["creditsEarned"] = 5
    second["type"].append("Profile")
    assert look(badge(), shapes=shapes) is not None
    look(first, shapes=shapes)
    shapes.learn({**other(), "name": "Third"}, rule=OPEN_BADGES)
    assert look(badge(), shapes=shapes) is not None


def test_nothing_is_learnt_under_a_rule_that_allows_anything() -> None:
    anything = ContextRule(first=VC2, anything=True)
    assert look(badge(), shapes=learnt(badge(), other(), rule=anything), rule=anything) is None


def test_a_word_for_a_purpose_is_no_hole_that_takes_others() -> None:
    """A proof's purpose is a word of the contexts; two of them make a hole that no word fits."""
    options = {
        "@context": [VC2],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": "did:example:school#key-1",
        "proofPurpose": "assertionMethod",
    }
    shapes = learnt(options, {**options, "proofPurpose": "authentication"}, rule=CREDENTIAL)
    for purpose in ("assertionMethod", "authentication", "keyAgreement", "unknown", "urn:x", "https://a.example/"):
        look({**options, "proofPurpose": purpose}, shapes=shapes, rule=CREDENTIAL)
