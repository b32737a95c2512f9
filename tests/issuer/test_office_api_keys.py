"""Keys that administrators make by the API: for their own organization, shown once, revoked at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from issuer import api_keys, cli
from issuer.api_errors import UnknownOrganization
from issuer.errors import InputRefused
from issuer.store import answered
from tests.issuer.offices import OTHER, OWN, Offices

ADDRESS = f"/organizations/{OWN}/api-keys"
PROBLEMS = "https://testamur.example/problems/issuer#"


@pytest.fixture
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    offices = Offices(tmp_path_factory.mktemp("offices"))
    yield offices
    offices.close()


@pytest.fixture
def client(offices: Offices) -> TestClient:
    offices.client_of_all.headers.update(offices.callers["administrator"])
    return offices.client_of_all


def make(client: TestClient, headers: dict[str, str] | None = None, **wanted: Any) -> Response:
    return client.post(ADDRESS, json={"name": "Rita", "role": "registrar"} | wanted, headers=headers)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def refused(answer: Response, status: int, name: str, detail: str = "") -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, PROBLEMS + name), answer.text
    assert detail in answer.json()["detail"]


def test_a_key_is_made_used_and_revoked(client: TestClient, offices: Offices) -> None:
    made = make(client)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    key = made.json()
    assert (key["role"], key["organization"], key["scopes"], key["revoked"]) == ("registrar", OWN, [], None)
    assert key["created_by"].startswith("The administrator (key ")
    assert client.get(f"/organizations/{OWN}", headers=bearer(key["key"])).status_code == 200
    gone = client.delete(f"{ADDRESS}/{key['id']}")
    assert (gone.status_code, gone.json()["revoked"]) == (200, "2026-06-01T12:00:00Z")
    assert client.get(f"/organizations/{OWN}", headers=bearer(key["key"])).status_code == 401
    offices.later(hours=1)
    assert client.delete(f"{ADDRESS}/{key['id']}").json() == gone.json()  # once more, it stays as it is
    deeds = [(one.action, one.subject, one.actor.partition(" (")[0]) for one in offices.log() if one.chain == OWN]
    assert deeds[-2:] == [(f"api-key.{verb}", str(key["id"]), "The administrator") for verb in ("create", "revoke")]


def test_a_key_for_a_program_has_scopes(client: TestClient) -> None:
    key = client.post(ADDRESS, json={"name": "LMS", "scopes": ["sign"]}).json()
    assert (key["role"], key["scopes"]) == (None, ["sign"])
    assert client.get(f"/organizations/{OWN}", headers=bearer(key["key"])).status_code == 403


def test_the_list_shows_the_own_keys_only_and_no_secret(client: TestClient, offices: Offices) -> None:
    text = make(client).json()["key"]
    listed = client.get(ADDRESS)
    assert {one["organization"] for one in listed.json()["keys"]} == {OWN}
    assert text[-64:] not in listed.text
    assert "key" not in listed.json()["keys"][0]
    first = client.get(f"{ADDRESS}?limit=2").json()
    assert [one["id"] for one in first["keys"]] == [one["id"] for one in listed.json()["keys"]][:2]
    assert first["next"] == first["keys"][-1]["id"]
    following = client.get(f"{ADDRESS}?limit=2&after={first['next']}").json()["keys"]
    assert following == listed.json()["keys"][2:4]


@pytest.mark.parametrize(
    ("wanted", "name", "said"),
    [
        ({"role": "owner"}, "input-refused", "no role owner"),
        ({"role": "registrar", "scopes": ["sign"]}, "input-refused", "not both"),
        ({"role": "registrar", "organization": OTHER}, "request-refused", "organization is no member"),
        ({"role": None}, "request-refused", "role must be a text"),
        ({"name": ""}, "input-refused", "1 to 100"),
        ({"name": "a\u202eb"}, "input-refused", "1 to 100"),
        ({"name": "rita@example.org"}, "input-refused", "no e-mail address"),
        ({"scopes": [1]}, "request-refused", "a list of texts"),
        ({"scopes": ["all"]}, "input-refused", "no scope all"),
    ],
)
def test_what_is_refused(client: TestClient, wanted: dict[str, Any], name: str, said: str) -> None:
    refused(make(client, **wanted), 400, name, said)


def test_a_key_for_nothing_is_refused(client: TestClient) -> None:
    refused(client.post(ADDRESS, json={"name": "Nix"}), 400, "input-refused", "for nothing")


def test_another_organizations_key_is_not_there(client: TestClient, offices: Offices) -> None:
    key, _ = api_keys.create(offices.database, name="X", role="viewer", organization=OTHER, now=offices.now)
    operators, _ = api_keys.create(offices.database, name="Y", role="viewer", now=offices.now)
    for id in (key.id, operators.id, 999):
        refused(client.delete(f"{ADDRESS}/{id}"), 404, "unknown-api-key")
    assert client.delete(f"{ADDRESS}/0").status_code == 422


def test_the_secret_is_in_the_first_answer_only(client: TestClient, offices: Offices) -> None:
    """The records keep answers for requests that come again: this one without what it showed."""
    again = {"Idempotency-Key": "rita-1"}
    first, second = make(client, again), make(client, again)
    assert second.json() == first.json() | {"key": None}
    number = int(offices.callers["administrator"]["Authorization"].split("_")[1])
    with offices.database.read() as tx:
        kept = answered.find(tx, number, "rita-1")
    assert kept is not None
    assert first.json()["key"][-64:].encode() not in kept.content
    refused(make(client, again, name="Other"), 422, "idempotency-key-reused")


def test_the_last_administrator_may_go(client: TestClient, offices: Offices) -> None:
    """A key that leaked must end; the operator makes another."""
    own = int(offices.callers["administrator"]["Authorization"].split("_")[1])
    assert client.delete(f"{ADDRESS}/{own}").status_code == 200
    assert client.get(ADDRESS).status_code == 401


# --- the command line ------------------------------------------------------------------------------------------


def test_the_operator_makes_keys_for_anybody(offices: Offices, capsys: pytest.CaptureFixture[str]) -> None:
    def issuer(*words: str) -> int:
        return cli.run(["--home", str(offices.home), "api-keys", *words])

    assert issuer("new", "Rita", "--role", "registrar", "--organization", OTHER, "--by", "Olga Orehek") == 0
    shown = capsys.readouterr()
    assert "for: registrar" in shown.err
    caller = api_keys.caller_of(offices.database, shown.out.strip())
    assert caller.organization == OTHER
    assert issuer("list", "--organization", OTHER) == 0
    listed = capsys.readouterr().out
    assert "registrar" in listed
    assert OWN not in listed
    assert issuer("new", "Rita", "--role", "registrar", "--scope", "sign") == 1
    assert issuer("new", "Rita", "--role", "registrar", "--organization", "nowhere") == 1
    assert "no organization nowhere" in capsys.readouterr().err
    for by in ("rita@example.org", "", "a\x1bb"):
        assert issuer("new", "Rita", "--role", "viewer", "--by", by) == 1


def test_a_key_is_of_an_organization_that_there_is(offices: Offices) -> None:
    with pytest.raises(UnknownOrganization):
        api_keys.create(offices.database, name="X", role="viewer", organization="nowhere", now=offices.now)
    with pytest.raises(InputRefused, match="not both"):
        api_keys.create(offices.database, name="X", role="viewer", scopes=["sign"], now=offices.now)
