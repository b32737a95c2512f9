"""The nine measured traps of JSON-LD, each with a test that goes red when its guard is taken out."""

import copy
import json
from typing import Any

import pytest

import contexts
from tests.vc.samples import SoftSigner, course, specialization
from vc import jsonld, rdf
from vc.context_rules import CREDENTIAL, OB_303, OB_EXTENSIONS, OPEN_BADGES, VC2
from vc.errors import MalformedValue, TooLarge, UnknownContext, UnsignedData
from vc.jsonld import Contents, canonical_form
from vc.rdfc import canonicalize


@pytest.fixture
def credential() -> dict[str, Any]:
    return course(SoftSigner())


def refused(document: dict[str, Any], match: str, error: type[Exception] = UnsignedData) -> None:
    with pytest.raises(error, match=match):
        canonical_form(document, rule=OPEN_BADGES)


# --- 1: undefined properties are dropped silently ------------------------------------------------------------


def test_1_an_undefined_member_is_refused_and_named_with_its_place(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["achievement"]["grade"] = "A+"
    refused(credential, r"The member credentialSubject\.achievement\.grade is defined by none of the contexts")


@pytest.mark.parametrize("word", ["@index", "@type", "@direction", "@nest", "@included", "@reverse", "@graph"])
def test_1_at_words_are_refused_wherever_they_stand(credential: dict[str, Any], word: str) -> None:
    credential["credentialSubject"]["achievement"][word] = "x"
    refused(credential, f"{word} is not allowed inside a credential")


@pytest.mark.parametrize("name", ["https://www.w3.org/2018/credentials#credentialStatus", "cred:credentialStatus"])
def test_1_a_member_called_by_an_address_is_refused(credential: dict[str, Any], name: str) -> None:
    """It would be signed as the word is, and a verifier that looks for the word would find no status at all."""
    credential[name] = credential.pop("credentialStatus")
    refused(credential, "called by an address")


def test_1_an_inner_context_is_refused(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["@context"] = {"grade": "https://a.example/grade"}
    refused(credential, "@context is not allowed inside")


def test_1_null_is_refused(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["activityStartDate"] = None
    refused(credential, "activityStartDate is null")


# --- 2: undefined types and relative ids ---------------------------------------------------------------------


def test_2_an_undefined_type_is_refused(credential: dict[str, Any]) -> None:
    credential["type"].append("GoldMedal")
    refused(credential, "'GoldMedal' is defined by none of the contexts")


@pytest.mark.parametrize("relative", ["c1", "/credentials/c1", "../c1", "//evil.example/c1", "#c1", "?c1", ""])
def test_2_a_relative_id_is_refused(credential: dict[str, Any], relative: str) -> None:
    credential["credentialSubject"]["id"] = relative
    refused(credential, "absolute URL|would be dropped")


@pytest.mark.parametrize("bad", ["_:b0", "https://a.example/a b", "https://a.example/<b>", "http://a\n.example"])
def test_2_what_is_no_iri_is_refused(credential: dict[str, Any], bad: str) -> None:
    credential["credentialSubject"]["id"] = bad
    refused(credential, "absolute URL|would be dropped")


@pytest.mark.parametrize("word", ["@x", "@evil", "@vocab", "@id", "@none"])
def test_2_what_looks_like_a_keyword_is_no_id_and_no_type(credential: dict[str, Any], word: str) -> None:
    """JSON-LD makes nothing of it, and a node of the id `@x` would be signed like one without an id."""
    subject = credential["credentialSubject"]
    assert "id" not in subject
    for change in ({"id": word}, {"type": ["AchievementSubject", word]}, {"source": word}):
        refused({**credential, "credentialSubject": subject | change}, "begins with @|absolute URL")
    refused({**credential, "issuer": word}, "begins with @|absolute URL")


@pytest.mark.parametrize("space", [" ", "\t", "\x85", "\xa0", "\u2003", "\u3000"])
def test_2_no_two_ids_are_signed_alike_by_the_dots_in_them(credential: dict[str, Any], space: str) -> None:
    """PyLD takes what has white space in it for a relative reference, and what the dots undo is not in the result."""
    credential["credentialSubject"]["id"] = f"did:example:a/{space}/../b"
    refused(credential, "which has no white space in it")
    credential["credentialSubject"]["id"] = "did:example:a/x/../b"
    assert "<did:example:a/x/../b>" in canonical_form(credential, rule=OPEN_BADGES).text
    credential["name"] = f"did:example:a/{space}/../b"  # a text may say what it likes
    assert "did:example:a/" in canonical_form(credential, rule=OPEN_BADGES).text


def test_2_nobody_can_hide_behind_the_sentinel(credential: dict[str, Any]) -> None:
    credential["id"] = rdf.RELATIVE_BASE + "x"
    refused(credential, "no absolute URL")


# --- 3: contexts, and as many values out as in ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ([], "first context must be"),
        ([VC2], "second context must be that of Open Badges"),
        ([OB_303, VC2], "first context must be"),
        ([VC2, OB_EXTENSIONS], "second context must be that of Open Badges"),
        ([VC2, OB_303, OB_303], "not allowed in this kind"),
        ([VC2, OB_303, OB_EXTENSIONS, OB_EXTENSIONS], "named twice"),
        ([VC2, OB_303, "https://evil.example/context"], "https://evil.example/context is not known here"),
        ([VC2, OB_303, VC2.upper()], "is not known here"),
        ([VC2, OB_303 + "#"], "is not known here"),
        ([VC2, OB_303, {"name": "https://a.example/"}], "written out inside the document"),
        ([VC2, OB_303, "https://www.w3.org/ns/credentials/undefined-terms/v2"], "is not allowed in this kind"),
        (None, "written out inside|first context"),
    ],
)
def test_3_only_known_contexts_in_their_order(credential: dict[str, Any], value: Any, match: str) -> None:
    refused({**credential, "@context": value}, match, UnknownContext)


def test_3_a_value_that_expansion_drops_is_counted(credential: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """PyLD does not report terms that a context maps to null; the count of values does."""
    whole = jsonld._expand

    def forgetful(document: dict[str, Any]) -> list[Any]:
        expanded = whole(document)
        expanded[0].pop("https://schema.org/name", None)
        return expanded

    monkeypatch.setattr(jsonld, "_expand", forgetful)
    refused(credential, "1 of the document's .* values would be dropped")


@pytest.mark.parametrize("word", ["@reverse", "@included", "@index"])
def test_3_what_expansion_leaves_of_at_words_is_refused(word: str) -> None:
    with pytest.raises(UnsignedData, match=f"{word} cannot be signed here"):
        rdf.quads_of([{"@id": "a:1", word: {}}])


def test_3_an_empty_list_shows_nothing_and_signs_nothing(credential: dict[str, Any]) -> None:
    before = canonical_form(credential, rule=OPEN_BADGES).text
    credential["endorsement"] = []
    assert canonical_form(credential, rule=OPEN_BADGES).text == before


# --- nodes and statements that fall together -----------------------------------------------------------------


def test_two_nodes_with_one_id_are_refused(credential: dict[str, Any]) -> None:
    achievement = credential["credentialSubject"]["achievement"]
    achievement["criteria"]["id"] = achievement["id"]
    refused(credential, "have the same id")


def test_a_value_that_stands_twice_is_refused(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["achievement"]["tag"] = ["python", "python"]
    refused(credential, "stands twice")


def test_two_words_for_one_type_say_the_same(credential: dict[str, Any]) -> None:
    before = canonical_form(credential, rule=OPEN_BADGES).text
    credential["type"].append("AchievementCredential")
    assert canonical_form(credential, rule=OPEN_BADGES).text == before


# --- 4: escapes, duplicate quads -----------------------------------------------------------------------------


def test_4_controls_are_escaped_as_rdfc_says(credential: dict[str, Any]) -> None:
    credential["name"] = "a\b\f\x01\x7f"
    assert r'"a\b\f\u0001\u007F"' in canonical_form(credential, rule=OPEN_BADGES).text


def test_4_values_that_become_one_quad_are_refused() -> None:
    with pytest.raises(UnsignedData, match="stands twice"):
        rdf.quads_of([{"https://a.example/p": [{"@value": 1}, {"@value": 1.0}]}])


# --- 5: SHA-384 ----------------------------------------------------------------------------------------------


def test_5_the_hash_inside_canonicalization_can_be_sha384() -> None:
    quads = {(f"_:x{i}", "<a:p>", f"_:x{(i + 1) % 3}", "") for i in range(3)} | {("_:x0", "<a:q>", '"1"', "")}
    assert canonicalize(quads, algorithm="sha384").labels != {}


# --- 6: a budget ---------------------------------------------------------------------------------------------


def test_6_a_poison_badge_is_refused_after_bounded_work(credential: dict[str, Any]) -> None:
    """Seven equal alignments in two equal results: two kilobytes that keep other libraries busy for half a minute."""
    alignment = {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://a.example/x"}
    result = {"type": ["Result"], "status": "Completed", "alignment": [alignment] * 7}
    credential["credentialSubject"]["result"] = [copy.deepcopy(result), copy.deepcopy(result)]
    refused(credential, "so alike", TooLarge)


def test_6_a_document_of_too_many_values_is_refused(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["achievement"]["tag"] = [str(i) for i in range(jsonld.MAX_LEAVES)]
    refused(credential, "at most 20000 are read", TooLarge)


# --- 7: numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "term"),
    [
        (1e-7, '"1.0E-7"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (2.5, '"2.5E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (10.0, '"10"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (1e21, '"1.0E21"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (7, '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ],
)
def test_7_numbers_in_canonical_form(value: Any, term: str) -> None:
    assert {o for _, _, o, _ in rdf.quads_of([{"https://a.example/p": [{"@value": value}]}])} == {term}


# --- 8: the datatype that everybody signs --------------------------------------------------------------------


def test_8_awarded_date_has_the_datatype_that_everybody_signs(credential: dict[str, Any]) -> None:
    line = next(
        line for line in canonical_form(credential, rule=OPEN_BADGES).text.splitlines() if "awardedDate" in line
    )
    assert line.endswith("^^<xsd:dateTime> .") or "XMLSchema#dateTime" in line


# --- 9: PyLD's cache is a module global ----------------------------------------------------------------------


def test_9_two_contents_of_one_url_never_mix(credential: dict[str, Any]) -> None:
    current, *older = contexts.history(OB_303)
    texts = {}
    for sha256 in (current, older[-1], current, older[-1]):
        try:
            text = canonical_form(credential, rule=OPEN_BADGES, contents=Contents({OB_303: sha256})).text
        except UnsignedData as error:
            text = str(error)
        assert texts.setdefault(sha256, text) == text
    assert len(set(texts.values())) == 2


# --- and what is sound passes --------------------------------------------------------------------------------


def test_member_order_and_white_space_do_not_matter(credential: dict[str, Any]) -> None:
    shuffled = json.loads(json.dumps(credential, sort_keys=True, indent=7))
    assert canonical_form(shuffled, rule=OPEN_BADGES).text == canonical_form(credential, rule=OPEN_BADGES).text


def test_a_specialization_is_covered_whole() -> None:
    credential = specialization(SoftSigner(), parts=9)
    text = canonical_form(credential, rule=OPEN_BADGES).text
    assert all(f"Course number {n}" in text for n in range(1, 10))


def test_no_loader_for_anything_else() -> None:
    with pytest.raises(UnknownContext):
        jsonld._load("https://evil.example/context", {})
    with pytest.raises(UnknownContext):
        jsonld._load("urn:sha256:00#" + VC2, {})


@pytest.mark.parametrize("issuer", [["a"], {"id": 7}, {"id": ["a", "b"]}])
def test_odd_shapes_are_refusals_and_never_crashes(credential: dict[str, Any], issuer: Any) -> None:
    credential["issuer"] = issuer
    with pytest.raises((MalformedValue, UnsignedData)):
        canonical_form(credential, rule=OPEN_BADGES)


def test_a_status_list_has_its_own_rule() -> None:
    with pytest.raises(UnknownContext, match="not allowed in this kind"):
        canonical_form({"@context": [VC2, OB_303], "id": "urn:x:1"}, rule=CREDENTIAL)
