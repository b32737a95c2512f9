"""Why the two references differ: each cause has a witness, and what has none is a finding."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from tests.exactness import causes, corpus
from tests.exactness.causes import CAUSES, UNEXPLAINED, explain
from tests.exactness.corpus import BASES
from tests.exactness.references import Query, full, peer
from tests.vc import published_proofs
from vc.context_rules import CREDENTIAL, VC2

CHANCE = random.Random(0)


def credential(**changes: Any) -> Query:
    return Query(corpus.credential(CHANCE) | changes, CREDENTIAL)


def made(name: str, seed: int = 0) -> Query:
    return Query(BASES[name].make(random.Random(seed)), BASES[name].rule)


def number(value: float) -> Query:
    query = made("every member")
    query.document["credentialSubject"]["creditsEarned"] = value
    return query


def two_graphs() -> Query:
    """Two signed badges of one issuer: their graphs say the same of the same nodes."""
    query = made("presentation")
    (guest,) = query.document["verifiableCredential"]
    query.document["verifiableCredential"] = [guest, {**guest, "name": "Another"}]
    return query


def reference_with_a_type() -> Query:
    """A result where an image is due: an achievement protects a word of results."""
    query = made("every member")
    query.document["credentialSubject"]["achievement"]["image"] = {"id": "urn:example:image", "type": "Result"}
    return query


WITNESSES: Mapping[str, Query] = {
    "the form of a number": number(5e-324),
    "an IRI outside RFC 3987": credential(id="urn:example:["),
    "statements in several graphs": two_graphs(),
    "words that the first of several types defines": made("learner record"),
    "a node of an id and a type alone": reference_with_a_type(),
}


def test_every_cause_is_tested() -> None:
    assert WITNESSES.keys() == CAUSES.keys()


@pytest.mark.parametrize("cause", WITNESSES)
def test_each_cause_has_a_witness(cause: str) -> None:
    query = WITNESSES[cause]
    assert isinstance(full(query), bytes)
    assert full(query) != peer(query)
    assert explain(query) == cause


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 5.5, 1e-7, 2**53, 2**64, 1e21, 1e22, 10**21, 1.5e300, True])
def test_of_these_numbers_both_say_the_same(value: float) -> None:
    assert full(number(value)) == peer(number(value))


@pytest.mark.parametrize("value", [0.30000000000000004, 5e-324, 1e20, 10**20])
def test_of_these_they_do_not(value: float) -> None:
    assert explain(number(value)) == "the form of a number"


@pytest.mark.parametrize("name", BASES)
def test_the_references_agree_on_the_corpus(name: str) -> None:
    query = made(name)
    assert full(query) == peer(query) or explain(query) in CAUSES


def test_two_causes_at_once() -> None:
    query = number(5e-324)
    query.document["id"] = "urn:example:["
    assert explain(query) == "the form of a number and an IRI outside RFC 3987"


def test_an_iri_that_is_made_of_a_type() -> None:
    query = made("published by the W3C")
    query.document["@context"] = [VC2, published_proofs.EXAMPLES]
    query.document["type"] = ["VerifiableCredential", "%s"]
    assert explain(query) == "an IRI outside RFC 3987"


def test_what_no_cause_explains_is_said_to_be_unexplained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes, "CAUSES", {name: take for name, take in CAUSES.items() if "IRI" not in name})
    assert explain(credential(id="urn:example:[")) == UNEXPLAINED


def test_a_number_where_an_iri_is_due_is_explained_as_any_other() -> None:
    assert explain(credential(issuer=1e20)) == "the form of a number"


def test_a_type_with_a_mark_of_its_own_is_no_last_part_of_an_iri() -> None:
    """Under a vocabulary that ends with "#" it would be an IRI with two of them."""
    take = CAUSES["an IRI outside RFC 3987"]
    assert take({"type": "AlumniCredential"}) == {"type": "AlumniCredential"}
    assert take({"type": "AlumniCred#ential"}) != {"type": "AlumniCred#ential"}
