"""The office's certificates, reconciliation and queue over HTTP: who may what, and what each answers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys
from issuer.access import Role
from issuer.catalogue import Catalogue
from issuer.store import audit, catalogues
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, URL, Installation, PowerCut, earned
from tests.issuer.test_reconciliation import newest, regrade

BASE = "/organizations/school"


class Office:
    """A client that shows a key of one role, of the school or of another organization."""

    def __init__(self, school: Installation, client: TestClient) -> None:
        self.school = school
        self.client = client
        college = replace(CATALOGUE.organizations["school"], code="college", name="Example College")
        with school.database.write() as tx:
            catalogues.save(tx, Catalogue(organizations={"college": college}), at=school.now)

    def key(self, role: Role = "registrar", organization: str | None = "school") -> dict[str, str]:
        _, text = api_keys.create(
            self.school.database,
            name=f"Rita {role}",
            role=role,
            organization=organization,
            created_by="test",
            now=self.school.now,
        )
        return {"Authorization": f"Bearer {text}"}

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(BASE + path, params=query, headers=self.key("viewer"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, sent: dict[str, Any], *, status: int = 200, **headers: str) -> Any:
        answer = self.client.post(BASE + path, json=sent, headers=self.key() | headers)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def office(awarded: Installation) -> Iterator[Office]:
    with awarded.client() as client:
        yield Office(awarded, client)


# --- reading ---------------------------------------------------------------------------------------------------


def test_certificates_are_listed_by_what_is_asked_for(office: Office) -> None:
    assert [one["subject"] for one in office.get("/certificates")["certificates"]] == ["capstone", "toolbox", "mini"]
    assert [one["kind"] for one in office.get("/certificates", program="mini")["certificates"]] == ["program"]
    assert len(office.get("/certificates", course="toolbox")["certificates"]) == 1
    assert office.get("/certificates", learner="bela")["certificates"] == []
    assert office.get("/certificates", status="revoked")["certificates"] == []
    first = office.get("/certificates", limit=2)
    assert len(first["certificates"]) == 2
    rest = office.get("/certificates", limit=2, after=first["next"])
    assert ([one["subject"] for one in rest["certificates"]], rest["next"]) == (["mini"], None)
    answer = office.client.get(f"{BASE}/certificates?program=mini&course=toolbox", headers=office.key())
    assert answer.status_code == 400


def test_one_certificate_with_its_history(office: Office) -> None:
    program = newest(office.school, "mini")
    regrade(office.school)
    office.school.reconcile()
    found = office.get(f"/certificates/{program.share_id}")
    assert (found["status"], found["statement"]["until"], len(found["includes"])) == ("suspended", "2026-07-01", 2)
    assert [(one["status"], one["cause"], one["actor"]) for one in found["history"]] == [
        ("suspended", "evidence", "Rita")
    ]


def test_unknown_unreleased_and_revoked_are_three_answers(office: Office) -> None:
    school = office.school
    school.cut_after = "recorded"
    school.record(domain.done("programming"))
    with pytest.raises(PowerCut):
        school.issue()
    revoked, pending = newest(school, "mini"), newest(school, "programming")
    school.change(revoked, "revoke", "fraud")
    for path in ("/credentials/{}", "/credentials/{}/status", "/credentials/{}.json"):
        answers = [
            office.client.get(path.format(id_), headers={"Accept": "application/json"})
            for id_ in ("nobody", pending.share_id, revoked.share_id)
        ]
        assert [one.status_code for one in answers] == [404, 404, 200], path
        assert [one.json()["type"].rpartition("#")[2] for one in answers[:2]] == ["unknown-credential", "not-released"]
    statement = office.client.get(f"/credentials/{revoked.share_id}/status").json()
    assert (statement["state"], statement["reason"]) == ("revoked", "fraud")


def test_another_organization_sees_nothing_and_changes_nothing(office: Office) -> None:
    program = newest(office.school, "mini")
    stranger = office.key("administrator", "college")
    for path in ("/certificates", f"/certificates/{program.share_id}", "/queue"):
        assert office.client.get(BASE + path, headers=stranger).status_code == 404
        own = office.client.get(f"/organizations/college{path}", headers=stranger)
        assert own.status_code == (404 if program.share_id in path else 200)
    assert office.client.get("/organizations/college/certificates", headers=stranger).json()["certificates"] == []
    for path, sent in (
        (f"/certificates/{program.share_id}/status", {"action": "revoke", "reason": "theirs"}),
        (f"/certificates/{program.share_id}/corrections", {"name": "X", "reason": "theirs"}),
        (f"/certificates/{program.share_id}/editions", {"reason": "theirs"}),
        ("/corrections", {"course": "toolbox", "reason": "theirs"}),
    ):
        assert office.client.post(f"/organizations/college{path}", json=sent, headers=stranger).status_code == 404, path
    assert newest(office.school, "mini").status == "valid"


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/certificates/{}/status", {"action": "revoke", "reason": "x"}),
        ("/certificates/{}/corrections", {"name": "X", "reason": "x"}),
        ("/certificates/{}/editions", {"reason": "x"}),
        ("/corrections", {"course": "toolbox", "reason": "x"}),
        ("/reconciliation", {}),
        ("/queue/retry", {}),
    ],
)
def test_a_viewer_changes_nothing(office: Office, path: str, sent: dict[str, Any]) -> None:
    full = BASE + path.format(newest(office.school, "mini").share_id)
    assert office.client.post(full, json=sent, headers=office.key("viewer")).status_code == 403
    assert office.client.post(full, json=sent).status_code == 401


# --- changing --------------------------------------------------------------------------------------------------


def test_a_status_is_changed_with_reason_and_in_whose_name(office: Office) -> None:
    path = f"/certificates/{newest(office.school, 'mini').share_id}/status"
    found = office.post(path, {"action": "suspend", "reason": "under review"})
    assert (found["status"], found["history"][-1]["cause"]) == ("suspended", "hand")
    assert found["history"][-1]["actor"].startswith("Rita registrar (key ")
    assert office.post(path, {"action": "suspend", "reason": "again"}, status=409)["type"].endswith(
        "transition-refused"
    )
    assert office.post(path, {"action": "burn", "reason": "x"}, status=400)["detail"].startswith("action must be")
    assert "A reason is needed" in office.post(path, {"action": "revoke", "reason": " "}, status=400)["detail"]
    assert office.post(path, {"action": "revoke", "reason": "fraud"})["status"] == "revoked"
    with office.school.database.read() as tx:
        done = [one.action for one in audit.read(tx, "school") if one.action.startswith("certificate.")]
    assert done[-2:] == ["certificate.suspend", "certificate.revoke"]


def test_a_repeated_request_changes_nothing_again(office: Office) -> None:
    path = f"/certificates/{newest(office.school, 'mini').share_id}/status"
    key = office.key()
    sent = {"action": "suspend", "reason": "under review"}
    answers = [office.client.post(BASE + path, json=sent, headers=key | {"Idempotency-Key": "seven"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].content == answers[1].content


def test_a_name_and_a_title_are_corrected(office: Office) -> None:
    toolbox, program = newest(office.school, "toolbox"), newest(office.school, "mini")
    done = office.post(
        f"/certificates/{toolbox.share_id}/corrections",
        {"name": "Zoë Ünlü-Beispiel", "reason": "another name"},
        status=201,
    )
    assert [(one["subject"], one["edition"]) for one in done["issued"]] == [("toolbox", 2), ("mini", 2)]
    old = office.get(f"/certificates/{program.share_id}")
    assert (old["status"], old["statement"]["supersededBy"]) == ("superseded", done["issued"][1]["id"])
    new = office.get(f"/certificates/{done['issued'][1]['id'].rpartition('/')[2]}")
    assert (new["follows_on"], new["recipient"]) == (f"{URL}/credentials/{program.share_id}", "Zoë Ünlü-Beispiel")
    # a title, for all
    retitled = replace(CATALOGUE.courses["toolbox"], version=2, titles={"en": "The Toolbox"}, sessions=())
    with office.school.database.write() as tx:
        catalogues.save(tx, Catalogue(courses={"toolbox": retitled}), at=office.school.now)
    asked = {"course": "toolbox", "reason": "misspelt"}
    assert office.post("/corrections", asked | {"dry_run": True}) == {"issued": [], "failed": [], "to_correct": 1}
    assert [one["subject"] for one in office.post("/corrections", asked)["issued"]] == ["toolbox", "mini"]
    assert office.post("/corrections", {"reason": "x"}, status=400)
    assert office.post("/corrections", {"course": "nothing", "reason": "x"}, status=404)["type"].endswith("course")


def test_what_was_revoked_is_issued_anew(office: Office) -> None:
    program = newest(office.school, "mini")
    office.school.change(program, "revoke", "by mistake")
    office.school.decide()
    done = office.post(f"/certificates/{program.share_id}/editions", {"reason": "it was a mistake"}, status=201)
    assert [(one["edition"], one["status"]) for one in done["issued"]] == [(2, "valid")]
    assert office.get(f"/certificates/{program.share_id}")["statement"]["supersededBy"] == done["issued"][0]["id"]
    toolbox = newest(office.school, "toolbox")
    office.school.change(toolbox, "revoke", "fraud")
    regrade(office.school)
    refused = office.post(f"/certificates/{toolbox.share_id}/editions", {"reason": "x"}, status=409)
    assert "not passed" in refused["detail"]


# --- nobody is forgotten ---------------------------------------------------------------------------------------


def test_a_reconciliation_says_what_it_would_do_and_does_it(office: Office) -> None:
    regrade(office.school)
    would = office.post("/reconciliation", {"dry_run": True})
    assert [(one["did"], one["subject"], one["until"]) for one in would["done"]] == [
        ("suspended", "toolbox", "2026-07-01"),
        ("suspended", "mini", "2026-07-01"),
    ]
    assert newest(office.school, "mini").status == "valid"
    assert office.post("/reconciliation", {})["done"] == would["done"]
    assert office.post("/reconciliation", {})["done"] == []
    bare = office.client.post(BASE + "/reconciliation", headers=office.key())
    assert (bare.status_code, bare.json()["done"]) == (200, []), "who asks for nothing else need not say so"
    with office.school.database.read() as tx:
        done = [one.actor for one in audit.read(tx, "school") if one.action == "certificate.suspend"]
    assert len(done) == 2
    assert all(one.startswith("Rita registrar (key ") for one in done)


def test_the_queue_is_read_and_tried_again(office: Office) -> None:
    office.school.record(*earned("bela"))
    office.school.decide()
    found = office.get("/queue", limit=2)
    assert [one["subject"] for one in found["items"]] == ["capstone", "mini"]
    assert office.get("/queue", after=found["next"])["items"][0]["subject"] == "toolbox"
    assert [one["done"] for one in office.post("/queue/retry", {})["tried"]] == [True, True]
    assert [one["subject"] for one in office.get("/queue")["items"]] == ["mini"]
    assert office.get("/queue", lang="es")["items"][0]["learner"] == "bela"
