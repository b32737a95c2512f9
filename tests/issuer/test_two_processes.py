"""What one process keeps in memory is never older than what another has written: keys, courses, names, status.

Each test lets the second process fill its memory first. Status lists are in `test_revoked_while_serving`, requests with
an Idempotency-Key in `test_idempotency`.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys
from issuer.app import create_app, wire
from issuer.services import Services
from issuer.store import credentials
from tests.issuer.installation import CATALOGUE, NOW, URL, Catalogue, Installation, earned

pytestmark = pytest.mark.only_postgresql


@pytest.fixture
def other(school: Installation) -> Services:
    """As another process on another machine is: it shares the records and the keys."""
    return wire(school.home, environ=school.environ, now=lambda: school.now)


def client_of(services: Services) -> TestClient:
    return TestClient(create_app(services), base_url=URL)


def newest(services: Services, learner: str) -> dict[str, Any]:
    """The Course Certificate of the toolbox that was issued last."""
    with services.database.read() as tx:
        found = [one for one in credentials.listed(tx) if one.learner == learner and one.kind == "course"]
    one = next(one for one in reversed(found) if one.subject_key.startswith("toolbox"))
    document: dict[str, Any] = json.loads(one.secured)
    return document


def test_it_issues_by_the_courses_and_in_the_name_that_another_brought(school: Installation, other: Services) -> None:
    school.record(*earned())
    other.issuance().issue_due()
    assert newest(other, "ana")["credentialSubject"]["achievement"]["name"] == "Toolbox"
    toolbox = replace(CATALOGUE.courses["toolbox"], version=2, titles={"en": "The Toolbox, renamed"})
    organizations = {code: replace(one, name="The School, renamed") for code, one in CATALOGUE.organizations.items()}
    school.take_in(Catalogue(organizations, CATALOGUE.courses | {"toolbox": toolbox}, CATALOGUE.programs))
    school.record(*earned("bela"))
    other.issuance().issue_due()
    issued = newest(other, "bela")
    assert issued["credentialSubject"]["achievement"]["name"] == "The Toolbox, renamed"
    assert issued["issuer"]["name"] == "The School, renamed"


def test_it_signs_with_the_key_that_another_made(school: Installation, other: Services) -> None:
    school.record(*earned())
    other.issuance().issue_due()
    before = newest(other, "ana")["proof"][0]["verificationMethod"]
    document = client_of(other)
    key = school.services.keyring.next_key("school", at=NOW)
    with school.database.write() as tx:
        school.services.keyring.record(tx, key)
    school.record(*earned("bela"))
    other.issuance().issue_due()
    after = newest(other, "bela")["proof"][0]["verificationMethod"]
    assert (before.partition("#")[2], after.partition("#")[2]) == ("key-1", "key-2")
    published = document.get("/organizations/school/did.json").json()["verificationMethod"]
    assert [one["id"] for one in published] == [before, after]


def test_what_another_revoked_is_revoked_on_its_page(school: Installation, other: Services) -> None:
    school.record(*earned())
    school.decide_and_issue()
    certificate, client = school.certificates()[0], client_of(other)
    address = f"/credentials/{certificate.share_id}"
    page = {"Accept": "text/html"}
    assert "revoked" not in client.get(address, headers=page).text.lower()
    school.change(certificate, "revoke")
    assert "revoked" in client.get(address, headers=page).text.lower()


def test_a_key_that_another_revoked_opens_nothing(school: Installation, other: Services) -> None:
    key, text = api_keys.create(school.database, name="Rita", role="registrar", organization="school", now=NOW)
    client, headers = client_of(other), {"Authorization": f"Bearer {text}"}
    assert client.get("/organizations/school/cohorts", headers=headers).status_code == 200
    api_keys.revoke(school.database, key.id, now=NOW)
    assert client.get("/organizations/school/cohorts", headers=headers).status_code == 401
