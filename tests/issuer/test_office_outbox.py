"""The outbox over HTTP and at the command line: what waits, what is stuck and why, and trying it again."""

import json

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys, cli
from issuer.api_errors import MailRefused
from issuer.outbox import send_due
from issuer.store import mail
from tests.issuer.installation import URL, Installation
from tests.issuer.test_outbox import Recorder, write


def office(school: Installation, role: str = "registrar", organization: str = "school") -> TestClient:
    _, text = api_keys.create(school.database, name="Office", role=role, organization=organization, now=school.now)
    return TestClient(school.client().app, base_url=URL, headers={"Authorization": f"Bearer {text}"})


def stick(school: Installation) -> None:
    write(school, 1)
    refused = MailRefused("The mail server: 550 <zoe@example.org> is gone")
    send_due(school.config, school.database, Recorder(refused), now=lambda: school.now)


def test_what_is_stuck_is_listed_with_its_reason_and_without_its_address(school: Installation) -> None:
    stick(school)
    with office(school, "viewer") as client:
        (one,) = client.get("/organizations/school/outbox?stuck=true").json()["messages"]
        answered = client.get("/organizations/school/outbox").text
    assert (one["state"], one["learner"], one["attempts"]) == ("stuck", "zoe", 1)
    assert one["problem"] == "The mail server: 550 (the address) is gone"
    assert "zoe@" not in answered
    assert "Good day" not in answered


def test_it_is_made_due_again(school: Installation) -> None:
    stick(school)
    with office(school) as client:
        again = client.post("/organizations/school/outbox/1/retry")
        assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "waiting", 0)
        assert client.post("/organizations/school/outbox/2/retry").status_code == 404
        assert client.post(f"/organizations/school/outbox/{10**30}/retry").status_code == 422
        assert client.get("/organizations/school/outbox?stuck=true").json()["messages"] == []
    assert send_due(school.config, school.database, Recorder(), now=lambda: school.now).sent == 1


def test_who_may_only_read_tries_nothing_again(school: Installation) -> None:
    stick(school)
    with office(school, "viewer") as client:
        assert client.post("/organizations/school/outbox/1/retry").status_code == 403


def test_only_the_organizations_own_is_seen(school: Installation) -> None:
    write(school, 1)
    write(school, 2, organization="other")
    with office(school) as client:
        listed = client.get("/organizations/school/outbox").json()["messages"]
        assert [one["number"] for one in listed] == [1]
        assert client.post("/organizations/school/outbox/2/retry").status_code == 404
        assert client.get("/organizations/other/outbox").status_code == 404


def test_a_long_list_has_pages(school: Installation) -> None:
    write(school, *range(1, 6))
    with office(school) as client:
        first = client.get("/organizations/school/outbox?limit=2").json()
        second = client.get(f"/organizations/school/outbox?limit=2&after={first['next']}").json()
        last = client.get(f"/organizations/school/outbox?limit=2&after={second['next']}").json()
        assert client.get("/organizations/school/outbox?limit=1000").status_code == 422
    numbers = [[one["number"] for one in page["messages"]] for page in (first, second, last)]
    assert numbers == [[1, 2], [3, 4], [5]]
    assert last["next"] is None


# --- at the command line -------------------------------------------------------------------------------------


def run(school: Installation, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(["--home", str(school.home), *arguments]) == 0
    return capsys.readouterr().out


def test_messages_are_sent_listed_and_tried_again(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No message waits" in run(school, capsys, "outbox", "list")
    write(school, 1, 2)
    assert "waiting" in run(school, capsys, "outbox", "list")
    assert json.loads(run(school, capsys, "outbox", "send", "--limit", "1", "--json")) == {
        "sent": 1,
        "failed": 0,
        "stuck": 0,
    }
    assert "Sent 1" in run(school, capsys, "outbox", "send")
    assert "Nothing is due." in run(school, capsys, "outbox", "send")
    listed = json.loads(run(school, capsys, "outbox", "list", "--all", "--json"))
    assert [one["state"] for one in listed] == ["sent", "sent"]
    assert json.loads(run(school, capsys, "outbox", "list", "--organization", "other", "--json")) == []


def test_a_stuck_message_is_tried_again(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    stick(school)
    assert "stuck" in run(school, capsys, "outbox", "list")
    assert "Message 1 is due" in run(school, capsys, "outbox", "retry", "1", "--by", "Olga")
    with school.database.read() as tx:
        assert mail.find(tx, 1).given_up_at is None
    assert cli.run(["--home", str(school.home), "outbox", "retry", "9"]) == 1


def test_a_learners_link_is_made_and_revoked(awarded: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    url = run(awarded, capsys, "learners", "link", "ana", "--program", "mini").splitlines()[0]
    page = url.removeprefix(URL)
    with awarded.client() as client:
        assert client.get(page).status_code == 200
        assert "Revoked: 1." in run(awarded, capsys, "learners", "link", "ana", "--program", "mini", "--revoke")
        assert client.get(page).status_code == 404
    assert cli.run(["--home", str(awarded.home), "learners", "link", "ana", "--program", "mini", "--revoke"]) == 1
    assert cli.run(["--home", str(awarded.home), "learners", "link", "nobody", "--program", "mini"]) == 1
    assert cli.run(["--home", str(awarded.home), "learners", "link", "ana", "--program", "minii"]) == 1


def test_how_things_stand_is_said(awarded: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Mini: Awarded on" in run(awarded, capsys, "learners", "show", "ana", "--program", "mini")
    data = json.loads(run(awarded, capsys, "learners", "show", "ana", "--program", "mini", "--json"))
    assert data["state"] == "awarded"
