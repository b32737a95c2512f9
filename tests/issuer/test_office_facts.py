"""Completions over HTTP, and on the command line: a report for every row, and a learner's history."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from issuer import api_keys, cli
from issuer.catalogue import Catalogue, Organization
from issuer.store import audit, catalogues
from tests.issuer import domain, installation
from tests.issuer.exports import FILES, MAPPING, file
from tests.issuer.installation import Installation
from tests.issuer.test_rest import COMPLETION

HEADING = "learner,name,email,course,session,language,outcome,grade,completed_on,identity_verified,fee_paid"
ROW = "l-1,Zoë Ünlü-Beispiel,zoe@example.org,toolbox,03-en,en,passed,87.5,2026-03-20,yes,yes"

THEIRS = Catalogue(
    {"other": Organization("other", "Other School", "https://other.example/")},
    {"theirs": domain.course("theirs", "Theirs", organization="other")},
    {},
)

Send = Callable[..., Any]


@pytest.fixture
def office(school: Installation) -> Iterator[TestClient]:
    with school.database.write() as tx:
        catalogues.save(tx, THEIRS, at=school.now)
    with school.client() as client:
        yield client


def key(school: Installation, role: str = "registrar", organization: str | None = "school") -> dict[str, str]:
    _, text = api_keys.create(school.database, name=role, role=role, organization=organization, now=school.now)
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def send(office: TestClient, school: Installation) -> Send:
    shown = key(school)

    def post(content: Any, query: str = "", kind: str = "application/json", **headers: str) -> Any:
        data = content if isinstance(content, str | bytes) else json.dumps(content)
        address = f"/organizations/school/completions{query}"
        return office.post(address, content=data, headers=shown | {"Content-Type": kind} | headers)

    return post


def test_json_is_recorded_row_by_row(send: Send) -> None:
    answer = send({"completions": [COMPLETION, COMPLETION | {"course": "tolbox"}, COMPLETION]})
    assert answer.status_code == 200
    assert answer.json() == {
        "rows": 3,
        "accepted": 2,
        "refused": [
            {
                "row": 2,
                "column": "course",
                "problem": "There is no course or program “tolbox”",
                "hint": "Did you mean toolbox?",
            }
        ],
        "refused_rows": 1,
        "new": 1,
        "known": 1,
        "outdated": 0,
        "dry_run": False,
    }


def test_csv_is_the_same_and_known(send: Send) -> None:
    send({"completions": [COMPLETION]})
    answer = send(f"{HEADING}\n{ROW}\n{ROW.replace('l-1', '')}\n", kind="text/csv; charset=utf-8").json()
    assert (answer["new"], answer["known"], answer["accepted"]) == (0, 1, 1)
    assert answer["refused"][0] == {
        "row": 3,
        "column": "learner",
        "problem": "The learner’s id is empty",
        "hint": "Write the id that your system uses",
    }


def test_all_wrong_is_still_an_answer(send: Send) -> None:
    answer = send({"completions": [COMPLETION | {"grade": "A"}]})
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused_rows"]) == (200, 0, 1)


def test_an_outdated_fact_is_told(send: Send) -> None:
    send({"completions": [COMPLETION]})
    send({"completions": [COMPLETION | {"grade": 91}]})
    assert send({"completions": [COMPLETION]}).json()["outdated"] == 1
    again = send({"completions": [COMPLETION | {"as_of": "2026-06-02"}]}).json()
    assert (again["new"], again["outdated"]) == (1, 0)


def test_a_dry_run_records_nothing(send: Send, school: Installation) -> None:
    for _ in range(2):
        assert send({"completions": [COMPLETION]}, "?dry_run=true").json()["new"] == 1
    with school.database.read() as tx:
        assert not [one for one in audit.read(tx, "school") if one.action == "facts.record"]


def test_an_export_comes_with_its_mapping(send: Send) -> None:
    mapping = json.loads(json.dumps(MAPPING, default=str))
    told = {"mapping": mapping, "content": file("canvas-gradebook.csv").decode()}
    answer = send(told, "?source=canvas").json()
    assert (answer["rows"], answer["new"]) == (3, 3)
    assert send({"content": told["content"]}, "?source=canvas").status_code == 400


def test_another_organizations_course_is_not_there(send: Send) -> None:
    answer = send({"completions": [COMPLETION | {"course": "theirs"}]}).json()
    assert answer["refused"][0]["problem"] == "There is no course or program “theirs”"


@pytest.mark.parametrize(
    ("content", "query", "kind", "status", "detail"),
    [
        ("x", "", "text/plain", 415, "Send text/csv or application/json."),
        ("x", "?source=canvas", "text/csv", 415, "Send an export as application/json, with its mapping beside it."),
        ("{}", "?source=csv", "application/json", 415, "The source csv is not sent as application/json."),
        ('{"content": ""}', "?source=sap", "application/json", 400, "There is no source sap; there is: "),
        ('{"mapping": {}}', "?source=canvas", "application/json", 400, "content is missing."),
        ('{"content": 7}', "?source=canvas", "application/json", 400, "content must be a text."),
        ('{"content": "", "mapping": {"x": 1}}', "?source=canvas", "application/json", 400, "The mapping cannot be"),
        ("{", "", "application/json", 400, "Nothing was read. rest by registrar (key 1), the file: This is not valid"),
        ("a,b\n", "", "text/csv", 400, "Nothing was read. csv by registrar (key 1), row 1: These columns are missing"),
        ("{}", "?dry_run=perhaps", "application/json", 422, "A part of the address or a parameter"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused(
    send: Send, content: str, query: str, kind: str, status: int, detail: str
) -> None:
    answer = send(content, query, kind)
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(detail)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_file_may_be_longer_than_a_request_but_not_without_end(send: Send, school: Installation) -> None:
    limits = school.config.limits
    filler = "\n" * (limits.request_size.value + 10)
    assert send(f"{HEADING}\n{ROW}\n{filler}", kind="text/csv").status_code == 200
    small = replace(limits, import_size=replace(limits.import_size, value=1000))
    school.services = replace(school.services, config=replace(school.config, limits=small))
    kind = {"Content-Type": "text/csv"}
    with school.client() as client:
        answer = client.post(
            "/organizations/school/completions", content=HEADING + " " * 1000, headers=key(school) | kind
        )
    assert answer.status_code == 413


def test_the_same_request_again_is_answered_again_and_with_another_question_refused(send: Send) -> None:
    once = {"Idempotency-Key": "a"}
    first = send({"completions": [COMPLETION]}, **once)
    assert send({"completions": [COMPLETION]}, **once).json() == first.json()
    assert send({"completions": [COMPLETION]}).json()["known"] == 1, "without it, it is done again"
    for query in ("?dry_run=true", "?source=rest&dry_run=true"):
        assert send({"completions": [COMPLETION]}, query, **once).status_code == 422


def test_who_did_it_stands_in_the_log(send: Send, school: Installation) -> None:
    send({"completions": [COMPLETION, 7]})
    with school.database.read() as tx:
        entry = audit.read(tx, "school")[-1]
    assert (entry.actor, entry.action) == ("registrar (key 1)", "facts.record")
    assert entry.detail == {"source": "rest", "new": 1, "known": 0, "refused": 1}


def test_only_a_registrar_of_the_organization_may(office: TestClient, school: Installation) -> None:
    content = json.dumps({"completions": [COMPLETION]})
    kind = {"Content-Type": "application/json"}
    for headers, status in (
        ({}, 401),
        (key(school, "viewer"), 403),
        (key(school, organization="other"), 404),
        (key(school, organization=None), 200),
    ):
        answer = office.post("/organizations/school/completions", content=content, headers=headers | kind)
        assert answer.status_code == status


# --- the history -------------------------------------------------------------------------------------------------


def test_the_whole_history_is_read_with_what_holds(send: Send, office: TestClient, school: Installation) -> None:
    send({"completions": [COMPLETION]})
    send({"completions": [COMPLETION | {"grade": 91, "as_of": "2026-06-02"}]})
    school.record(domain.done("theirs", learner="l-1"))
    shown = key(school, "viewer")
    answer = office.get("/organizations/school/learners/l-1/facts", headers=shown).json()
    told = [(one["grade"], one["holds"], one["as_of"]) for one in answer["facts"]]
    assert told == [("87.5", False, None), ("91", True, "2026-06-02T00:00:00Z")], "and nothing of another's course"
    assert answer["next"] is None
    assert answer["facts"][0]["source"] == "rest by registrar (key 1)"
    page = office.get("/organizations/school/learners/l-1/facts?limit=1", headers=shown).json()
    after = page["next"]
    assert [one["grade"] for one in page["facts"]] == ["87.5"]
    page = office.get(f"/organizations/school/learners/l-1/facts?limit=1&after={after}", headers=shown).json()
    assert ([one["grade"] for one in page["facts"]], page["next"]) == (["91"], None)


def test_a_learner_of_anothers_courses_is_not_there(office: TestClient, school: Installation) -> None:
    school.record(domain.done("theirs", learner="x/7"), domain.enrolled("mini", learner="a/b"))
    for path, status in (("school/learners/x/7", 404), ("other/learners/x/7", 404), ("school/learners/nobody", 404)):
        answer = office.get(f"/organizations/{path}/facts", headers=key(school, "viewer"))
        assert answer.status_code == status
    own = office.get("/organizations/school/learners/a%2Fb/facts", headers=key(school, "viewer"))
    assert own.json()["facts"][0]["program"] == "mini"


def test_a_page_has_an_end(office: TestClient, school: Installation) -> None:
    for query in ("limit=0", "limit=501", "after=-1"):
        answer = office.get(f"/organizations/school/learners/l-1/facts?{query}", headers=key(school, "viewer"))
        assert answer.status_code == 422


# --- the command line ----------------------------------------------------------------------------------------------


def run(school: Installation, *words: str | Path) -> int:
    return cli.run(["--home", str(school.home), "import", "completions", *map(str, words)])


def test_an_export_is_imported_with_its_mapping(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    words = (FILES / "moodle-completion.csv", "--source", "moodle", "--mapping", FILES / "mapping.toml", "--json")
    assert run(school, *words, "--by", "Kim Probe") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["refused"]) == (2, 0)
    with school.database.read() as tx:
        assert audit.read(tx, None)[-1].actor == "Kim Probe (command line)"


def test_with_an_organization_only_its_courses_are_taken(
    school: Installation, office: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"{HEADING}\n{ROW}\n{ROW.replace('toolbox', 'theirs')}\n")
    assert run(school, path, "--organization", "school", "--dry-run") == 1
    assert "There is no course or program “theirs”" in capsys.readouterr().out
    assert run(school, path, "--organization", "nobody") == 1
    assert "There is no organization nobody." in capsys.readouterr().err
    assert run(school, path, "--dry-run") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "sap"), "There is no source sap; there is: csv, rest, openedx, moodle and canvas."),
        (("--mapping", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("--mapping", str(FILES / "README.md")), "README.md is not TOML: "),
    ],
)
def test_what_the_command_line_refuses(
    school: Installation, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(school, FILES / "moodle-grades.csv", *words) == 1
    assert said in capsys.readouterr().err


def test_the_catalogue_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = Installation(tmp_path, Catalogue(installation.CATALOGUE.organizations, {}, {}))
    assert run(empty, FILES / "moodle-grades.csv") == 1
    assert "There are no courses yet." in capsys.readouterr().err
