"""Cohorts over HTTP: roles, four eyes by keys, what is answered, and every refusal as a problem document."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer import config
from issuer.api_keys import create
from issuer.catalogue import Organization
from issuer.limits import Limit, Limits
from issuer.office.cohorts import router
from issuer.store import audit, catalogues
from tests.issuer.installation import CATALOGUE, NOW, Installation, earned

AT = "/organizations/school/cohorts"
ROLES = ("viewer", "registrar", "approver", "administrator")


class Office:
    """`keys`: by role, and `other` of another organization's administrator, `second` of a second approver."""

    def __init__(self, school: Installation, client: TestClient) -> None:
        self.school = school
        self.client = client
        self.keys = {role: self._key(role.capitalize(), role) for role in ROLES}
        self.keys |= {"second": self._key("Second", "approver"), "other": self._key("Other", "administrator", "duke")}

    def _key(self, name: str, role: str, organization: str = "school") -> str:
        return create(self.school.database, name=name, role=role, organization=organization, now=NOW)[1]

    def __call__(self, who: str, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            headers["Authorization"] = f"Bearer {self.keys[who]}"
        content = None
        if method == "POST":
            headers["Content-Type"] = "application/json"
            content = json.dumps({} if body is None else body)
        return self.client.request(method, AT + path, headers=headers, content=content)

    def ok(self, *asked: Any, status: int = 200, **headers: str) -> Any:
        answer = self(*asked, **headers)
        assert answer.status_code == status, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return answer.json()

    def refused(self, *asked: Any, status: int, **headers: str) -> tuple[str, str]:
        """The problem's name, and what it says."""
        answer = self(*asked, **headers)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        found = answer.json()
        return found["type"].rpartition("#")[2], found["detail"]

    def prepare(self, **wanted: Any) -> Any:
        return self.ok("registrar", "POST", "", {"program": "mini", **wanted}, status=201)


@pytest.fixture
def office(school: Installation) -> Iterator[Office]:
    duke = Organization("duke", "Duke (demonstration)", "https://duke.example/")
    with school.database.write() as tx:
        catalogues.save(tx, replace(CATALOGUE, organizations={**CATALOGUE.organizations, "duke": duke}), at=NOW)
    school.record(*earned("ana"), *earned("bela"), *earned("unpaid", fee_paid=False))
    with school.client() as client:
        yield Office(school, client)


def test_what_an_approver_took_back_no_registrar_issues_anew(office: Office) -> None:
    office.prepare(learners=["ana"])
    office.ok("approver", "POST", "/1/approvals", status=201)
    office.ok("registrar", "POST", "/1/issue")
    office.ok("approver", "POST", "/1/undo", {"reason": "the wrong version"})
    (undone,) = (one for one in office.school.certificates() if one.status == "revoked")
    at = f"/../certificates/{undone.share_id}/editions"
    assert office.refused("registrar", "POST", at, {"reason": "it was right"}, status=403)[0] == "not-allowed"
    office.ok("approver", "POST", at, {"reason": "it was right"}, status=201)


def test_the_way_of_a_cohort(office: Office) -> None:
    made = office.prepare(name="Spring")
    assert (made["number"], made["state"], made["prepared_by"]) == (1, "prepared", "Registrar (key 2)")
    assert made["outcomes"] == {"ready": 2, "issued_already": 0, "not_eligible": 1, "held": 0}
    assert made["needs"][0] == {
        "code": "fee_unpaid",
        "subject": "capstone",
        "count": 1,
        "text": "Capstone: passed, but the certificate is not paid",
    }
    assert office.school.certificates() == ()
    approved = office.ok("approver", "POST", "/1/approvals", status=201)
    assert approved["approvals"] == [{"by": "Approver (key 3)", "at": "2026-06-01T12:00:00Z"}]
    done = office.ok("registrar", "POST", "/1/issue", {"at_most": 1})
    assert (done["issued"], done["course_certificates"], done["failed"], done["waiting"]) == (1, 2, 0, 1)
    assert done["cohort"]["state"] == "issuing"
    assert office.ok("registrar", "POST", "/1/issue")["cohort"]["became"] == {
        "waiting": 0,
        "issued": 2,
        "failed": 0,
        "undone": 0,
    }
    rows = office.ok("viewer", "GET", "/1/rows")
    assert [(one["learner"], one["outcome"], one["state"]) for one in rows["rows"]] == [
        ("ana", "ready", "issued"),
        ("bela", "ready", "issued"),
        ("unpaid", "not_eligible", None),
    ]
    certificate = rows["rows"][0]["certificate"]
    page = office.client.get(certificate.removeprefix(office.school.config.url))
    assert page.status_code == 200
    undone = office.ok("approver", "POST", "/1/undo", {"reason": "the wrong version"})
    assert (undone["revoked"], undone["failed"], undone["cohort"]["state"]) == (2, [], "undone")
    page = office.client.get(certificate.removeprefix(office.school.config.url), headers={"Accept": "text/html"})
    assert "the wrong version" in page.text
    assert office.prepare()["outcomes"]["held"] == 2
    assert office.prepare(again=True)["outcomes"]["ready"] == 2
    assert office.ok("registrar", "POST", "/3/cancel")["state"] == "cancelled"
    listed = office.ok("viewer", "GET")
    assert [(one["number"], one["state"]) for one in listed["cohorts"]] == [
        (1, "undone"),
        (2, "prepared"),
        (3, "cancelled"),
    ]


def test_rows_are_paged_and_chosen(office: Office) -> None:
    office.prepare()
    first = office.ok("viewer", "GET", "/1/rows?limit=2")
    assert ([one["learner"] for one in first["rows"]], first["next"]) == (["ana", "bela"], "bela")
    second = office.ok("viewer", "GET", "/1/rows?limit=2&after=bela")
    assert ([one["learner"] for one in second["rows"]], second["next"]) == (["unpaid"], None)
    for query, learners in (
        ("outcome=not_eligible", ["unpaid"]),
        ("state=waiting", ["ana", "bela"]),
        ("state=issued", []),
        ("outcome=ready&state=waiting", ["ana", "bela"]),
    ):
        found = office.ok("viewer", "GET", f"/1/rows?{query}")
        assert [one["learner"] for one in found["rows"]] == learners
    assert office("viewer", "GET", "/1/rows?outcome=perhaps").status_code == 422
    assert office("viewer", "GET", "/1/rows?limit=1001").status_code == 422
    office.prepare()
    page = office.ok("viewer", "GET", "?limit=1")
    assert ([one["number"] for one in page["cohorts"]], page["next"]) == ([1], 1)
    assert [one["number"] for one in office.ok("viewer", "GET", "?after=1")["cohorts"]] == [2]


def test_the_file_comes_with_its_name_and_kind(office: Office) -> None:
    office.prepare(learners=["ana", "nobody"])
    answer = office("viewer", "GET", "/1.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="cohort-1.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(one["learner"], one["outcome"]) for one in rows] == [("ana", "ready"), ("nobody", "not_eligible")]


def test_who_prepared_it_does_not_approve_it(office: Office) -> None:
    office.ok("approver", "POST", "", {"program": "mini"}, status=201)
    name, said = office.refused("approver", "POST", "/1/approvals", status=403)
    assert (name, said) == (
        "same-approver",
        "Cohort 1 was prepared by Approver (key 3): somebody else has to approve it.",
    )
    office.ok("second", "POST", "/1/approvals", status=201)


def test_refusals_are_problem_documents(office: Office) -> None:
    office.prepare()
    assert office.refused("registrar", "POST", "/1/issue", status=409)[0] == "cohort-not-approved"
    assert office.refused("approver", "POST", "/1/undo", {"reason": "x"}, status=409)[0] == "cohort-state"
    assert office.refused("viewer", "GET", "/9", status=404)[0] == "unknown-cohort"
    office.ok("approver", "POST", "/1/approvals", status=201)
    office.ok("registrar", "POST", "/1/issue")
    assert office.refused("approver", "POST", "/1/undo", {"reason": " "}, status=409)[0] == "transition-refused"
    assert office.refused("registrar", "POST", "/1/cancel", status=409)[0] == "cohort-state"


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("", {"program": "minni"}, 404, "There is no program minni"),
        ("", {}, 400, "program is missing"),
        ("", {"program": "mini", "learners": [1]}, 400, "learners must be a list of texts"),
        ("", {"program": "mini", "learners": []}, 400, "names 0 learners"),
        ("", {"program": "mini", "again": "yes"}, 400, "again must be true or false"),
        ("", {"program": "mini", "name": "x" * 101}, 400, "at most 100"),
        ("/1/issue", {"at_most": 0}, 400, "at_most is 1 to 500"),
        ("/1/issue", {"at_most": 501}, 400, "at_most is 1 to 500"),
        ("/1/issue", {"all": True}, 400, "all is no member"),
        ("/1/undo", {}, 400, "reason is missing"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    office: Office, path: str, body: dict[str, Any], status: int, said: str
) -> None:
    office.prepare()
    assert said in office.refused("administrator", "POST", path, body, status=status)[1]


def test_the_limit_of_an_hour_and_the_second_approval(office: Office) -> None:
    limits = replace(Limits(), issues_per_hour=Limit(1, "program certificates", "a test"))
    config.save(replace(office.school.config, limits=limits))
    office.school.restart()
    office.prepare()
    office.ok("approver", "POST", "/1/approvals", status=201)
    with office.school.client() as client:
        office.client = client
        done = office.ok("registrar", "POST", "/1/issue")
        assert (done["issued"], done["waiting"], done["limit"]["again_at"]) == (1, 1, "2026-06-01T13:00:00Z")
        name, said = office.refused("registrar", "POST", "/1/issue", status=409)
        assert name == "limit-reached"
        assert "which is 1 in an hour" in said
        office.ok("second", "POST", "/1/approvals", status=201)
        assert office.ok("registrar", "POST", "/1/issue")["issued"] == 1


def test_the_same_request_again_does_nothing_again(office: Office) -> None:
    first = office("registrar", "POST", "", {"program": "mini"}, Idempotency_Key="one")
    again = office("registrar", "POST", "", {"program": "mini"}, Idempotency_Key="one")
    assert first.content == again.content
    assert len(office.ok("viewer", "GET")["cohorts"]) == 1


# Method and path of every route, and the least role that it needs.
NEEDS = {
    ("POST", ""): "registrar",
    ("GET", ""): "viewer",
    ("GET", "/{number}.csv"): "viewer",
    ("GET", "/{number}"): "viewer",
    ("GET", "/{number}/rows"): "viewer",
    ("POST", "/{number}/approvals"): "approver",
    ("POST", "/{number}/issue"): "registrar",
    ("POST", "/{number}/undo"): "approver",
    ("POST", "/{number}/cancel"): "registrar",
}


def test_every_route_is_in_the_table_of_roles() -> None:
    found = {
        (method, route.path.removeprefix("/organizations/{organization}/cohorts"))  # type: ignore[attr-defined]  # APIRoute
        for route in router.routes
        for method in route.methods  # type: ignore[attr-defined]  # the same
    }
    assert found == set(NEEDS)


@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_no_one_the_wrong_role_and_another_organization_get_nowhere(office: Office, method: str, path: str) -> None:
    office.prepare()
    body = {"program": "mini"} if not path else {"reason": "x"} if path.endswith("undo") else {}
    path = path.replace("{number}", "1")
    before = office.ok("viewer", "GET", "/1")
    assert office.refused("", method, path, body, status=401)[0] == "api-key-missing"
    assert office.refused("other", method, path, body, status=404)[0] == "unknown-organization"
    needed = NEEDS[(method, path.replace("1", "{number}", 1))]
    for role in ROLES[: ROLES.index(needed)]:
        name, said = office.refused(role, method, path, body, status=403)
        assert name == "not-allowed"
        assert needed in said
    assert office.ok("viewer", "GET", "/1") == before
    with office.school.database.read() as tx:
        assert [one.action for one in audit.read(tx, "school") if one.action.startswith("cohort.")] == [
            "cohort.prepare"
        ]


@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_a_cohort_of_another_organization_is_not_there_under_ones_own(office: Office, method: str, path: str) -> None:
    """The numbers are the installation's: whose cohort it is, is asked too."""
    office.prepare()
    if "{number}" not in path:
        return
    body = {"reason": "x"} if path.endswith("undo") else {}
    answer = office.client.request(
        method,
        "/organizations/duke/cohorts" + path.replace("{number}", "1"),
        headers={"Authorization": f"Bearer {office.keys['other']}", "Content-Type": "application/json"},
        content=json.dumps(body) if method == "POST" else None,
    )
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (404, "unknown-cohort")
