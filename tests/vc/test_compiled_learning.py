"""How shapes are made, who teaches them, and how much of them is kept."""

import copy
import json
import threading
from datetime import UTC, datetime

import pytest

from tests.vc.samples import NOW, course, dereference, secure, specialization
from tests.vc.shaped import SIGNER, Document, agrees, at, full, of_two, other, places, put
from vc.compiled import Lesson, Remembered, Shapes, canonical_bytes, compiling, pattern, shapes
from vc.compiled.compiling import outline
from vc.context_rules import CREDENTIAL, OPEN_BADGES, VC2
from vc.errors import ProofInvalid
from vc.formats import data_integrity
from vc.jsonld import Contents
from vc.openbadges import lint
from vc.securing import Expected

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


@pytest.mark.parametrize(
    "ways",
    [
        (("validFrom",), ("awardedDate",)),
        (("evidence", 0, "id"), ("evidence", 1, "id")),
        (("relatedResource", 0, "digestMultibase"), ("relatedResource", 1, "digestMultibase")),
    ],
    ids=["dates", "evidence", "digests"],
)
def test_two_texts_of_a_genuine_one_have_changed_places(ways: tuple[tuple[str | int, ...], ...]) -> None:
    """The shape is known and has holes there, and each text is one that was signed."""
    genuine = put(specialization(SIGNER), ("awardedDate",), "2026-03-01T12:00:00Z")
    known = of_two(genuine, other(genuine))
    verified(secure(genuine, SIGNER), known)
    one, another = (at(genuine, way) for way in ways)
    assert one != another
    hits = known.hits
    with pytest.raises(ProofInvalid, match="does not match"):
        verified(put(put(secure(genuine, SIGNER), ways[0], another), ways[1], one), known)
    assert known.hits > hits


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


def test_a_stranger_cannot_use_up_what_is_learnt_of_a_program(document: Document) -> None:
    known = Shapes()
    known.learn(document, rule=OPEN_BADGES)
    ways = [way for way in places(document) if way[-1] != "id" and way != ("name",)]
    for way in ways[: shapes.MAX_LEARNS]:
        known.learn(put(document, way, at(document, way) + "-2"), rule=OPEN_BADGES)
    assert known.compiled == shapes.MAX_LEARNS
    for number in range(shapes.MAX_VAIN + 3):  # those who come after him differ in their names alone
        genuine = put(document, ("name",), f"Program {number}")
        assert number >= 3 or known.canonical(genuine, rule=OPEN_BADGES) is None
        known.learn(genuine, rule=OPEN_BADGES)
    assert agrees(known, put(document, ("name",), "Another"))
    assert known.compiled <= 2 * shapes.MAX_LEARNS
    assert known._weight == sum(family.weight for family in known._families.values())


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
