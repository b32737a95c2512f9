"""What is no shape's business: another structure, another question; and what may be learnt from whom."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

import contexts
from tests.exactness.families import put
from tests.exactness.guards import GUARDS
from tests.exactness.mutate import ROOT
from tests.exactness.references import Query, full
from tests.exactness.small_badge import TEXTS, Document, badge, changed, learnt, look, other
from vc.compiled import Shapes
from vc.context_rules import CREDENTIAL, OB_303, OPEN_BADGES, VC2, ContextRule
from vc.jsonld import CURRENT, Contents

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
    "an object for a list": lambda badge: badge["credentialSubject"].update(
        result=badge["credentialSubject"]["result"][0]
    ),
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
    for path in TEXTS[::6]:
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
    look(badge(), contents=Contents({OB_303: current}))  # the same, said in another way: silence is allowed


def test_shapes_of_several_rules_contents_and_hashes_do_not_mix() -> None:
    older = Contents({OB_303: contexts.history(OB_303)[-1]})
    document, second = changed(_alike_parts), changed(_alike_parts)
    second["name"] = "Another"
    shapes = Shapes()
    asked = [
        {"contents": contents, "algorithm": name} for contents in (CURRENT, older) for name in ("sha256", "sha384")
    ]
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
        {"type": ["Alignment"], "targetName": f"Part {step}", "targetUrl": f"https://a.example/{step}"}
        for step in range(6)
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


# --- the list of guards ----------------------------------------------------------------------------------------


def test_every_guard_stands_in_the_source_once() -> None:
    """Else `python -m tests.exactness.mutate` would not know what to take out."""
    for guard in GUARDS.values():
        for edit in guard.edits:
            assert (ROOT / edit.path).read_text("utf-8").count(edit.old) == 1, guard.name
