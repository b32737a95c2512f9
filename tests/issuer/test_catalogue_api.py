"""The catalogue by API: taken in whole or not at all, given out as it is taken in, and nobody sees another's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer.app import create_app
from issuer.office.catalogue import _EXAMPLE as EXAMPLE
from issuer.store import audit
from tests.issuer.installation import URL, Installation
from tests.issuer.two_organizations import ACADEMY, ACADEMY_DID, SCHOOL, TWO, shown

HERE = f"/organizations/{ACADEMY}"
CATALOGUE = f"{HERE}/catalogue"
TOML = {"Content-Type": "application/toml"}
GRAMMAR = b"""[[courses]]
code = "grammar"
organization = "academy"
titles = { en = "Grammar" }
fee = 49
runs = [{ language = "en", first = 2026-09-07, every_weeks = 4, weeks = 4, count = 12 }]
"""


@pytest.fixture
def two(tmp_path: Path) -> Installation:
    return Installation(tmp_path, TWO)


@pytest.fixture
def client(two: Installation) -> Iterator[TestClient]:
    """The academy's administrator."""
    with TestClient(create_app(two.services), base_url=URL, headers=shown(two, ACADEMY)) as client:
        yield client


def test_the_example_is_taken_in_and_given_out(client: TestClient, two: Installation) -> None:
    # its code "rhetoric" stands in this test's catalogue with other content
    body = {
        "courses": [course | {"code": f"my-{course['code']}", "sessions": []} for course in EXAMPLE["courses"]],
        "programs": [
            program | {"rule": {"all_of": [{"course": "my-rhetoric"}, {"course": "my-debate"}]}}
            for program in EXAMPLE["programs"]
        ],
    }
    answer = client.post(CATALOGUE, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"revision": 2, "new_courses": 2, "new_programs": 1, "courses": 4, "programs": 2}
    given = client.get(CATALOGUE).json()
    assert [one["code"] for one in given["organizations"]] == [ACADEMY]
    assert {one["code"] for one in given["courses"]} == {"rhetoric", "debate", "my-rhetoric", "my-debate"}
    again = client.post(CATALOGUE, json=given)
    assert (again.status_code, again.json()["new_courses"], again.json()["new_programs"]) == (200, 0, 0)
    assert client.get(CATALOGUE).json() == given
    with two.database.read() as tx:
        entries = audit.read(tx, ACADEMY)
    assert [(one.action, one.actor) for one in entries][-1] == ("catalogue.import", "Staff of academy (key 1)")


def test_the_same_as_toml(client: TestClient) -> None:
    answer = client.post(CATALOGUE, content=GRAMMAR, headers=TOML)
    assert (answer.status_code, answer.json()["new_courses"]) == (200, 1)
    (grammar,) = (one for one in client.get(f"{HERE}/courses").json()["courses"] if one["code"] == "grammar")
    assert len(grammar["sessions"]) == 12


def test_a_request_may_be_repeated(client: TestClient) -> None:
    named = TOML | {"Idempotency-Key": "one"}
    first = client.post(CATALOGUE, content=GRAMMAR, headers=named)
    assert client.post(CATALOGUE, content=GRAMMAR, headers=named).content == first.content
    assert client.post(CATALOGUE, content=GRAMMAR + b"\n", headers=named).status_code == 422


def test_everything_that_is_wrong_is_told_and_nothing_is_taken(client: TestClient) -> None:
    before = client.get(CATALOGUE).json()
    fresh: dict[str, Any] = {"code": "fresh", "titles": {"en": "Fresh"}, "fee": 1}
    stolen = {"courses": [fresh, fresh | {"code": "toolbox"}, fresh | {"code": "other", "organization": SCHOOL}]}
    unreadable = {"courses": [fresh | {"fee": 1.5}, fresh | {"code": "A b"}]}
    for body, expected in (
        (
            stolen,
            [
                ("courses[2].code", "The course toolbox belongs to Example School"),
                ("courses[3].organization", "It is of school, and this catalogue is that of academy"),
            ],
        ),
        (unreadable, [("courses[1].fee", "“1.5” cannot be fee"), ("courses[2].code", "“A b” cannot be code")]),
    ):
        answer = client.post(CATALOGUE, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
        document = answer.json()
        assert document["type"].endswith("#catalogue-refused")
        assert [(one["where"], one["message"]) for one in document["problems"]] == expected
        assert all(one["hint"] and one["file"] == "the request" for one in document["problems"])
    answer = client.post(CATALOGUE, json={"courses": [{"code": "rhetoric", "titles": {"en": "Changed"}, "fee": 49}]})
    assert answer.json()["problems"] == [{"message": "course rhetoric, version 1"}]
    assert client.get(CATALOGUE).json() == before


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "text/csv", 415),
        (b"[]", "application/json", 400),
        (b'{"colleges": []}', "application/json", 400),
        (b'{"courses": {}}', "application/json", 400),
        (b"courses = [", "application/toml", 400),
        (b"\xff", "application/toml", 400),
        (b"#" * 1_000_001, "application/toml", 413),
    ],
)
def test_what_cannot_be_read_is_refused(client: TestClient, content: bytes, media_type: str, status: int) -> None:
    answer = client.post(CATALOGUE, content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_courses_and_programs_come_in_pages(client: TestClient) -> None:
    first = client.get(f"{HERE}/courses?limit=1").json()
    assert ([one["code"] for one in first["courses"]], first["next"]) == (["debate"], "debate")
    second = client.get(f"{HERE}/courses?limit=2&after=debate").json()
    assert ([one["code"] for one in second["courses"]], second["next"]) == (["rhetoric"], None)
    assert len(second["courses"][0]["sessions"]) == 6
    (program,) = client.get(f"{HERE}/programs").json()["programs"]
    assert (program["code"], program["active"]) == ("speaking", True)
    assert [one["code"] for one in program["courses"]] == ["rhetoric", "debate"]
    assert program["in_words"] == (
        "All of these two courses, with a verified identity and the fee paid for each: Rhetoric and Debate."
    )
    assert client.get(f"{HERE}/programs?after=speaking").json() == {"programs": [], "next": None}
    assert client.get(f"{HERE}/courses?limit=0").status_code == 422


def test_an_organization_tells_its_identity_and_keys(client: TestClient, two: Installation) -> None:
    told = client.get(HERE).json()
    assert (told["did"], told["contact"]) == (ACADEMY_DID, "registrar@academy.example")
    (key,) = told["keys"]
    public = two.services.keyring.identity(ACADEMY).key.multibase
    assert (key["id"], key["public"], key["signs"]) == (f"{ACADEMY_DID}#key-1", public, True)


def test_nobody_sees_or_changes_anothers(client: TestClient, two: Installation) -> None:
    for path in ("", "/catalogue", "/courses", "/programs"):
        assert client.get(f"/organizations/{SCHOOL}{path}").status_code == 404
    assert client.post(f"/organizations/{SCHOOL}/catalogue", json={}).status_code == 404
    listed = client.get(CATALOGUE).text + client.get(f"{HERE}/courses").text
    assert "toolbox" not in listed
    for role, status in (("viewer", 403), ("registrar", 403), ("approver", 403), ("administrator", 200)):
        assert client.post(CATALOGUE, json={}, headers=shown(two, ACADEMY, role=role)).status_code == status
