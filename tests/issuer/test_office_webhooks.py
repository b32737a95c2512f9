"""Webhooks are made, listed, mapped and revoked: over HTTP and on the command line, and their secret is shown once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys, cli
from issuer.catalogue import Catalogue, Organization
from issuer.store import audit, catalogues
from issuer.store import webhooks as store
from tests import databases
from tests.issuer.exports import COURSE, FILES
from tests.issuer.installation import Installation
from tests.issuer.test_office_facts import key
from tests.issuer.test_rest import COMPLETION
from tests.issuer.webhook_sender import Sender

WEBHOOKS = "/organizations/school/webhooks"
Shell = Callable[..., int]


@pytest.fixture
def office(school: Installation) -> Iterator[TestClient]:
    other = Organization("other", "Other School", "https://other.example/")
    with school.database.write() as tx:
        catalogues.save(tx, Catalogue({"other": other}, {}, {}), at=school.now)
    with school.client() as client:
        client.headers.update(key(school, "administrator"))
        yield client


def make(office: TestClient, **headers: str) -> Any:
    told = {"name": "LMS", "source": "rest", "mapping": {"courses": {"565": COURSE}}}
    return office.post(WEBHOOKS, json=told, headers=headers)


def test_a_webhook_is_made_and_its_secret_shown_once(office: TestClient, school: Installation) -> None:
    answer = make(office)
    made = answer.json()
    assert (answer.status_code, made["name"], made["source"]) == (201, "LMS", "rest")
    assert made["url"] == f"{school.config.url}/webhooks/{made['id']}"
    assert made["secret"] == school.services.webhook_secrets.shown(made["id"])
    listed = office.get(WEBHOOKS)
    assert made["secret"][10:] not in listed.text
    assert [one["id"] for one in listed.json()["webhooks"]] == [made["id"]]
    assert listed.json()["webhooks"][0]["mapping"] == {"courses": {"565": COURSE}}
    sender = Sender(office, made["id"], made["secret"], int(school.now.timestamp()))
    assert sender.post({"completions": [COMPLETION]}).status_code == 200


def test_the_secret_stands_in_no_table(office: TestClient, school: Installation) -> None:
    made = make(office, **{"Idempotency-Key": "a"}).json()
    with school.database.read() as tx:
        dump = databases.everything_in(tx)
    assert made["id"] in dump
    secret = school.services.webhook_secrets.of(made["id"])
    assert made["secret"] not in dump
    assert secret.hex() not in dump.lower()
    assert (school.home / "keys" / "webhooks.secret").read_text().strip() not in dump.lower()


def test_the_same_request_again_makes_no_second_and_shows_no_secret(office: TestClient) -> None:
    first, again = (make(office, **{"Idempotency-Key": "a"}) for _ in range(2))
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert "secret" not in again.json()
    assert len(office.get(WEBHOOKS).json()["webhooks"]) == 1


def test_a_revoked_webhook_stays_listed_and_closed(office: TestClient, school: Installation) -> None:
    made = make(office).json()
    address = f"{WEBHOOKS}/{made['id']}"
    gone = office.delete(address)
    assert (gone.status_code, gone.json()["revoked"]) == (200, "2026-06-01T12:00:00Z")
    school.later(hours=1)
    assert office.delete(address).json() == gone.json(), "again, it stays as it is"
    assert office.get(WEBHOOKS).json()["webhooks"][0]["revoked"] == "2026-06-01T12:00:00Z"
    with school.database.read() as tx:
        told = [(one.actor, one.action, one.subject) for one in audit.read(tx, "school")]
    assert told[-2:] == [
        ("administrator (key 1)", "webhook.create", made["id"]),
        ("administrator (key 1)", "webhook.revoke", made["id"]),
    ]


def test_another_mapping(office: TestClient) -> None:
    address = f"{WEBHOOKS}/{make(office).json()['id']}/mapping"
    assert office.put(address, json={"mapping": {"fee_paid": True}}).json()["mapping"] == {"fee_paid": True}
    wrong = office.put(address, json={"mapping": {"fee": True}})
    assert (wrong.status_code, wrong.json()["detail"]) == (
        400,
        "The mapping cannot be used: fee is nothing that a mapping has.",
    )


@pytest.mark.parametrize(
    ("told", "detail"),
    [
        ({"name": "", "source": "rest"}, "A webhook's name has 1 to 100 printable characters."),
        ({"name": "a\u200bb", "source": "rest"}, "A webhook's name has"),
        ({"name": "x" * 101, "source": "rest"}, "A webhook's name has"),
        ({"name": "LMS", "source": "sap"}, "There is no source sap; there is: csv, rest, openedx, moodle and canvas."),
        ({"name": "LMS"}, "source is missing."),
        ({"name": "LMS", "source": "rest", "mapping": []}, "mapping must be an object."),
        ({"name": "LMS", "source": "rest", "mapping": {"x": 1}}, "The mapping cannot be used: x is nothing"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused(office: TestClient, told: dict[str, Any], detail: str) -> None:
    answer = office.post(WEBHOOKS, json=told)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(detail)


def test_only_an_administrator_of_the_organization_may(office: TestClient, school: Installation) -> None:
    made = make(office).json()
    address = f"{WEBHOOKS}/{made['id']}"
    for headers, status in (
        ({"Authorization": ""}, 401),
        (key(school, "approver"), 403),
        (key(school, "administrator", "other"), 404),
    ):
        for method, path, told in (
            ("POST", WEBHOOKS, {"name": "LMS", "source": "rest"}),
            ("GET", WEBHOOKS, None),
            ("PUT", f"{address}/mapping", {"mapping": {}}),
            ("DELETE", address, None),
        ):
            assert office.request(method, path, json=told, headers=headers).status_code == status
    theirs = key(school, "administrator", "other")
    for method, path in (("PUT", f"{made['id']}/mapping"), ("DELETE", made["id"])):
        answer = office.request(method, f"/organizations/other/webhooks/{path}", json={"mapping": {}}, headers=theirs)
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (404, "unknown-webhook")
    assert office.get("/organizations/other/webhooks", headers=theirs).json() == {"webhooks": []}


def test_the_operator_may_for_each(office: TestClient, school: Installation) -> None:
    made = make(office).json()
    assert office.delete(f"{WEBHOOKS}/{made['id']}", headers=key(school, "administrator", None)).status_code == 200


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def shell(school: Installation) -> Shell:
    return lambda *words: cli.run(["--home", str(school.home), "webhooks", *map(str, words)])


def test_a_webhooks_life_on_the_command_line(
    shell: Shell, school: Installation, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert shell("list") == 0
    assert "There are no webhooks." in capsys.readouterr().out
    words = ("LMS", "--organization", "school", "--source", "moodle", "--mapping", FILES / "mapping.toml")
    assert shell("new", *words, "--by", "Kim Probe") == 0
    shown = capsys.readouterr()
    with school.database.read() as tx:
        (made,) = store.listed(tx, "school")
        assert audit.read(tx, "school")[-1].actor == "Kim Probe (command line)"
    assert shown.out.strip() == school.services.webhook_secrets.shown(made.id), "so that it can be piped"
    assert f"/webhooks/{made.id}" in shown.err
    told = tmp_path / "mapping.toml"
    told.write_text("fee_paid = false\n")
    assert shell("map", made.id, told) == 0
    assert shell("list", "--json") == 0
    assert '"fee_paid": false' in capsys.readouterr().out
    assert shell("revoke", made.id) == 0
    assert shell("list") == 0
    assert made.id in capsys.readouterr().out
    with school.database.read() as tx:
        assert store.get(tx, made.id).revoked_at is not None


def test_as_json(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell("new", "LMS", "--organization", "school", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert set(made) == {"id", "name", "source", "url", "secret"}
    assert made["secret"].startswith("whsec_")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "LMS", "--organization", "nobody"), "There is no organization nobody."),
        (("new", "LMS", "--organization", "school", "--source", "sap"), "There is no source sap"),
        (("revoke", "wh_0"), "There is no webhook wh_0. `issuer webhooks list` shows them all."),
        (("map", "wh_0", FILES / "mapping.toml"), "There is no webhook wh_0."),
    ],
)
def test_what_the_command_line_refuses(
    shell: Shell, words: tuple[Any, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell(*words) == 1
    assert said in capsys.readouterr().err


def test_a_key_of_the_vc_api_alone_may_nothing_here(office: TestClient, school: Installation) -> None:
    _, text = api_keys.create(school.database, name="LMS", scopes=["sign"], now=school.now)
    assert office.get(WEBHOOKS, headers={"Authorization": f"Bearer {text}"}).status_code == 403
