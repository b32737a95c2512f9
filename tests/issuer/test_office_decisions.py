"""The decisions over HTTP: made, read in the reader's language, made again; and whose they are."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys
from issuer.catalogue import Catalogue, Organization
from issuer.store import audit, catalogues
from tests.issuer import domain
from tests.issuer.installation import MINI, NOW, Installation, earned

SCHOOL = "/organizations/school"


class Office:
    """Asks as somebody with a role of an organization."""

    def __init__(self, school: Installation, organization: str = "school", role: str = "registrar") -> None:
        _, text = api_keys.create(
            school.database, name=f"{role} of {organization}", now=NOW, role=role, organization=organization
        )
        self.client: TestClient = school.client()
        self.headers = {"Authorization": f"Bearer {text}"}

    def get(self, path: str, code: int = 200, **query: Any) -> Any:
        answer = self.client.get(path, headers=self.headers, params=query)
        assert answer.status_code == code, answer.text
        return answer.json()

    def post(self, body: Any = None, code: int = 200, **headers: str) -> Any:
        answer = self.client.post(f"{SCHOOL}/decisions", headers=self.headers | headers, json=body or {})
        assert answer.status_code == code, answer.text
        return answer.json()


@pytest.fixture
def filled(school: Installation) -> Installation:
    school.record(*earned(), *earned("bela", fee_paid=False), domain.done("toolbox", learner="chen"))
    other = Organization("other", "Other School", "https://other.example/")
    with school.database.write() as tx:
        theirs = replace(MINI, code="theirs", organization="other")
        catalogues.save(tx, Catalogue({"other": other}, {}, {("theirs", 1): theirs}), at=NOW)
    return school


def test_it_is_decided_and_then_only_what_changed(filled: Installation) -> None:
    office = Office(filled)
    first = office.post()
    counts = {"decided": 3, "new": 3, "eligible": 1, "not_eligible": 2, "not_active": 0, "awarded": 0}
    assert first == {**counts, "programs": [{"program": "mini", "version": 1, **counts}]}
    assert office.post()["decided"] == 0
    assert office.post({"everything": True})["decided"] == 3
    assert office.post({"learner": "bela", "program": "mini"})["decided"] == 1
    with filled.database.read() as tx:
        (made,) = [one for one in audit.read(tx, "school") if one.action == "decision.make"]
    assert made.actor.startswith("registrar of school (key ")


def test_the_same_request_again_is_answered_again(filled: Installation) -> None:
    office = Office(filled)
    first = office.post(**{"Idempotency-Key": "monday"})
    assert office.post(**{"Idempotency-Key": "monday"}) == first


def test_what_cannot_be_asked_for_is_refused(filled: Installation) -> None:
    office = Office(filled)
    assert office.post({"program": "theirs"}, 404)["type"].endswith("#unknown-program")
    assert office.post({"learner": "nobody"}, 404)["type"].endswith("#unknown-learner")
    assert office.post({"everything": "yes"}, 400)["detail"] == "everything must be true or false."
    Office(filled, role="viewer").post(code=403)


def test_each_decision_is_read_with_its_reasons_in_the_readers_language(filled: Installation) -> None:
    office = Office(filled)
    office.post()
    office = Office(filled, role="viewer")
    found = office.get(f"{SCHOOL}/decisions", learner="bela", lang="es")["decisions"]
    (toolbox, capstone) = found[0]["requirements"]
    assert toolbox["reasons"][0]["code"] == "fee_unpaid"
    assert toolbox["reasons"][0]["text"].startswith("Aprobado el 20 de marzo de 2026")
    assert (capstone["kind"], capstone["met"], found[0]["outcome"]) == ("capstone", False, "not_eligible")
    assert found[0]["summary"].startswith("En español") or "Toolbox" in found[0]["summary"]


def test_they_come_in_pages_and_filtered(filled: Installation) -> None:
    office = Office(filled)
    office.post()
    page = office.get(f"{SCHOOL}/decisions", limit=2)
    rest = office.get(f"{SCHOOL}/decisions", limit=2, after=page["next"])
    assert [one["learner"] for one in page["decisions"] + rest["decisions"]] == ["ana", "bela", "chen"]
    assert rest["next"] is None
    eligible = office.get(f"{SCHOOL}/decisions", outcome="eligible", program="mini")["decisions"]
    assert [one["learner"] for one in eligible] == ["ana"]
    office.get(f"{SCHOOL}/decisions", 422, limit=201)
    office.get(f"{SCHOOL}/decisions", 422, after=2**63)
    office.get(f"{SCHOOL}/decisions", 404, program="theirs")


def test_one_is_read_with_what_it_was_made_of_and_made_again(filled: Installation) -> None:
    office = Office(filled)
    office.post()
    number = office.get(f"{SCHOOL}/decisions", learner="ana")["decisions"][0]["number"]
    one = office.get(f"{SCHOOL}/decisions/{number}")
    assert len(one["inputs"]["facts"]) == 2
    assert (one["inputs"]["revision"], one["inputs"]["awarded_on"]) == (2, None)
    again = office.get(f"{SCHOOL}/decisions/{number}/replay")
    assert again == {"number": number, "outcome": "same", "why": None, "stored": None, "again": None}
    assert office.get(f"{SCHOOL}/decisions/999", 404)["type"].endswith("#unknown-decision")
    office.get(f"{SCHOOL}/decisions/{2**63}", 422)


def test_how_a_learner_stands_and_how_it_came_to_that(filled: Installation) -> None:
    office = Office(filled)
    office.post()
    filled.later(days=2)
    filled.record(*earned("bela", recorded_at=filled.now))
    office.post()
    path = f"{SCHOOL}/learners/bela/programs/mini/decisions"
    stands = office.get(path)
    assert stands["present"]["outcome"] == "eligible"
    assert [(one["outcome"], one["on"]) for one in stands["history"]] == [
        ("not_eligible", "2026-06-01"),
        ("eligible", "2026-06-03"),
    ]
    page = office.get(path, limit=1)
    assert [one["outcome"] for one in office.get(path, after=page["next"])["history"]] == ["eligible"]
    assert office.get(f"{SCHOOL}/learners/nobody/programs/mini/decisions", 404)["type"].endswith("#unknown-learner")
    office.get(f"{SCHOOL}/learners/bela/programs/theirs/decisions", 404)


def test_another_organizations_are_not_there(filled: Installation) -> None:
    filled.record(domain.enrolled("theirs", learner="dora"))
    filled.decide()
    own, other = Office(filled), Office(filled, "other")
    assert {one["learner"] for one in own.get(f"{SCHOOL}/decisions")["decisions"]} == {"ana", "bela", "chen"}
    (theirs,) = other.get("/organizations/other/decisions", learner="dora")["decisions"]
    own.get(f"{SCHOOL}/decisions/{theirs['number']}", 404)
    own.get(f"{SCHOOL}/decisions/{theirs['number']}/replay", 404)
    own.get(f"{SCHOOL}/learners/dora/programs/theirs/decisions", 404)
    own.get("/organizations/other/decisions", 404)
    assert own.post({"learner": "dora"}, 404)["type"].endswith("#unknown-learner")
