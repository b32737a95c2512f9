"""A learner's link: unguessable, revocable, for one learner and program of one organization."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from issuer import api_keys, learner_links
from issuer.api_errors import UnknownLink
from issuer.catalogue import Catalogue
from issuer.courses import Organization
from issuer.errors import UnknownLearner, UnknownProgram
from issuer.learner_answers import answer
from issuer.rules import AllOf, CapstoneRule, CourseRule, ProgramFeePaid, ProgramRule
from issuer.standing import Standing
from issuer.standing_json import EXAMPLE, standing_to_json
from issuer.store import audit, catalogues
from issuer.store import learner_links as store
from issuer.store.office_tables import learner_link as table
from tests import databases
from tests.issuer import domain
from tests.issuer.domain import done, enrolled
from tests.issuer.installation import CATALOGUE, MINI, NOW, URL, Installation, earned

PLACE = "/organizations/school/learners/ana/programs/mini"
PAGE = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


def ask(school: Installation, learner: str = "ana", program: str = "mini", organization: str = "school") -> Standing:
    with school.database.read() as tx:
        return answer(tx, school.config, organization=organization, learner=learner, program=program, now=school.now)


def link(school: Installation, learner: str = "ana", program: str = "mini") -> str:
    _, token = learner_links.create(
        school.database,
        school.config,
        organization="school",
        learner=learner,
        program=program,
        by="Vera",
        now=school.now,
    )
    return token


def office(school: Installation, role: str = "registrar", organization: str | None = "school") -> dict[str, str]:
    _, text = api_keys.create(school.database, name="Office", role=role, organization=organization, now=school.now)
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def halfway(school: Installation) -> Installation:
    """Ana has the course and not the capstone."""
    school.record(earned()[0])
    school.decide_and_issue()
    return school


# --- the answer ----------------------------------------------------------------------------------------------


def test_it_is_made_at_the_moment_of_asking(halfway: Installation) -> None:
    assert ask(halfway).state == "incomplete"
    halfway.record(earned()[1])
    assert ask(halfway).state == "complete"  # without anybody having decided
    halfway.decide_and_issue()
    found = ask(halfway)
    assert (found.state, len(found.certificates)) == ("awarded", 3)
    assert found.award is not None
    assert found.award.url.startswith(f"{URL}/credentials/")


def test_asking_keeps_nothing(halfway: Installation) -> None:
    with halfway.database.read() as tx:
        before = databases.everything_in(tx)
    ask(halfway)
    with halfway.database.read() as tx:
        assert databases.everything_in(tx) == before


def test_each_line_leads_to_its_certificate_also_when_the_fact_was_told_anew(halfway: Installation) -> None:
    halfway.record(replace(earned()[0], grade=None))
    (mine,) = ask(halfway).certificates
    assert ask(halfway).ways[0].lines[0].certificate == mine.url


def test_a_suspension_says_since_when_and_why(awarded: Installation) -> None:
    program = next(one for one in awarded.certificates() if one.kind == "program")
    awarded.later(days=3)
    awarded.change(program, "suspend", "grade under review")
    found = ask(awarded)
    assert str(found.next_step) == "Suspended since 4 June 2026: grade under review"
    assert (found.state, found.certificates[-1].status) == ("suspended", "suspended")


def test_a_revoked_course_certificate_is_not_done(awarded: Installation) -> None:
    course = next(one for one in awarded.certificates() if one.subject == "toolbox")
    awarded.change(course, "revoke")
    line = ask(awarded).ways[0].lines[0]
    assert (line.met, [reason.code for reason in line.reasons]) == (False, ["revoked", "take_again"])


def test_a_corrected_certificate_is_shown_once_as_it_is_now(awarded: Installation) -> None:
    program = next(one for one in awarded.certificates() if one.kind == "program")
    awarded.issuance.correct(program.share_id, name="Ana Beispiel", reason="name corrected")
    found = [one for one in ask(awarded).certificates if one.kind == "program"]
    assert [one.status for one in found] == ["valid"]
    assert program.share_id not in found[0].url


def test_whoever_was_awarded_an_old_version_is_told_of_that_one(awarded: Installation) -> None:
    newer = replace(MINI, version=2, rule=AllOf((CourseRule("programming"), CapstoneRule("capstone"))))
    with awarded.database.write() as tx:
        catalogues.save(tx, replace(CATALOGUE, programs={("mini", 2): newer}), at=NOW)
    assert (ask(awarded).version, ask(awarded).state) == (1, "awarded")
    awarded.record(*earned("ben"))
    assert ask(awarded, "ben").version == 2


def test_who_is_unknown_in_the_program_has_no_answer(halfway: Installation) -> None:
    halfway.record(done("programming", learner="ben"))
    for learner in ("ben", "nobody"):
        with pytest.raises(UnknownLearner):
            ask(halfway, learner)
    halfway.record(enrolled("mini", learner="ben"))
    assert ask(halfway, "ben").state == "incomplete"


def test_the_organizations_own_facts_say_how_a_learner_is_called(tmp_path: Path) -> None:
    theirs = domain.course("elsewhere", "Elsewhere", organization="other")
    shared = replace(MINI, rule=AllOf((CourseRule("toolbox"), CourseRule("elsewhere"))), kind="program")
    catalogue = Catalogue(
        dict(CATALOGUE.organizations) | {"other": Organization("other", "Other School", "https://other.example/")},
        dict(CATALOGUE.courses) | {"elsewhere": theirs},
        {("mini", 1): shared},
    )
    school = Installation(tmp_path, catalogue)
    school.record(earned()[0], done("elsewhere", name="Another Person", recorded_at=datetime(2026, 5, 31, tzinfo=UTC)))
    found = ask(school)
    assert (found.name, found.ways[0].done) == ("Ana Invenira", 2)  # the partner's course counts as evidence


def test_the_fee_of_a_program_inside_is_looked_for_too(tmp_path: Path) -> None:
    inner = replace(MINI, code="inner", kind="program", constraints=(ProgramFeePaid(),), fee=Decimal(20))
    outer = replace(MINI, code="outer", kind="program", rule=AllOf((ProgramRule("inner", 1),)), constraints=())
    school = Installation(tmp_path, replace(CATALOGUE, programs={("inner", 1): inner, ("outer", 1): outer}))
    school.record(earned()[0], enrolled("inner"))
    fee = ask(school, program="outer").ways[0].lines[-1]
    assert (fee.kind, fee.met) == ("program_fee", True)


@pytest.fixture
def two(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two organizations that use the same ids for different people."""
    other = domain.course("elsewhere", "Elsewhere", organization="other")
    theirs = domain.program(
        code="theirs", organization="other", titles={"en": "Theirs"}, rule=AllOf((CourseRule("elsewhere"),))
    )
    both = Catalogue(
        dict(CATALOGUE.organizations) | {"other": Organization("other", "Other School", "https://other.example/")},
        dict(CATALOGUE.courses) | {"elsewhere": other},
        dict(CATALOGUE.programs) | {("theirs", 1): theirs},
    )
    made = Installation(tmp_path_factory.mktemp("two"), both)
    made.record(earned()[0], done("elsewhere", name="Another Person", recorded_at=datetime(2026, 5, 31, tzinfo=UTC)))
    made.decide_and_issue()
    return made


def test_the_same_id_elsewhere_is_somebody_else(two: Installation) -> None:
    found = ask(two)
    assert found.name == "Ana Invenira"
    assert "Another" not in json.dumps(standing_to_json(found, "en"))
    assert [one.title for one in found.certificates] == ["Toolbox"]
    with pytest.raises(UnknownProgram):
        ask(two, program="theirs")


# --- the link ------------------------------------------------------------------------------------------------


def test_of_the_token_only_a_hash_is_kept(halfway: Installation) -> None:
    token = link(halfway)
    assert len(token) >= 20
    with halfway.database.read() as tx:
        rows = [dict(row) for row in tx.execute(select(table)).mappings()]
    assert token not in str(rows)
    assert len(rows[0]["hash"]) == 32
    assert token.encode() not in b"".join(path.read_bytes() for path in halfway.home.glob("testamur.db*"))


def test_no_two_links_are_the_same(halfway: Installation) -> None:
    assert len({link(halfway) for _ in range(5)}) == 5


def test_a_link_that_leads_to_nothing_is_not_made(halfway: Installation) -> None:
    with pytest.raises(UnknownLearner):
        link(halfway, learner="nobody")
    with pytest.raises(UnknownProgram):
        link(halfway, program="nothing")
    with halfway.database.read() as tx:
        assert store.listed(tx, "school", "nobody", "mini", limit=10) == ()


@pytest.mark.parametrize("token", ["", "x", "0OIl", "é", "1" * 16, "z" * 22, "z" * 5_000, "a/b", "%00", "%ff"])
def test_a_token_that_is_none_leads_nowhere(halfway: Installation, token: str) -> None:
    link(halfway)
    with halfway.client() as client:
        answered = client.get(f"/learners/{token}", headers=JSON)
    assert answered.status_code == 404


def test_unknown_and_revoked_answer_the_same(halfway: Installation) -> None:
    token, other = link(halfway), link(halfway)
    with halfway.client() as client:
        assert client.get(f"/learners/{token}", headers=JSON).status_code == 200
        learner_links.revoke(
            halfway.database, organization="school", learner="ana", program="mini", by="Vera", now=halfway.now
        )
        same = JSON | {"X-Request-Id": "0" * 32}
        answers = [client.get(f"/learners/{one}", headers=same) for one in (token, other, "z" * 22)]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert len({one.text for one in answers}) == 1
    assert len({frozenset(one.headers.items()) for one in answers}) == 1


def test_each_change_stands_in_the_audit_log_without_the_token(halfway: Installation) -> None:
    token = link(halfway)
    learner_links.revoke(
        halfway.database, organization="school", learner="ana", program="mini", by="Olga", now=halfway.now
    )
    with pytest.raises(UnknownLink):
        learner_links.revoke(
            halfway.database, organization="school", learner="ana", program="mini", by="Olga", now=halfway.now
        )
    with halfway.database.read() as tx:
        entries = [one for one in audit.read(tx, "school") if one.action.startswith("learner-link.")]
    assert [(one.actor, one.action) for one in entries] == [
        ("Vera", "learner-link.create"),
        ("Olga", "learner-link.revoke"),
    ]
    assert dict(entries[0].detail) == {"learner": "ana", "program": "mini"}
    assert token not in str(entries)


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_and_the_json_say_the_same(halfway: Installation) -> None:
    token = link(halfway)
    with halfway.client() as client:
        page = client.get(f"/learners/{token}", headers=PAGE)
        data = client.get(f"/learners/{token}", headers=JSON).json()
    assert page.headers["content-type"].startswith("text/html")
    for said in (data["nextStep"], data["name"], data["program"]["title"], "Next sessions", "5 July 2026"):
        assert said in page.text
    assert data["ways"][0]["requirements"][1]["sessions"][0] == {
        "start": "2026-07-05",
        "end": "2026-07-28",
        "language": "en",
    }


@pytest.mark.parametrize("accept", [PAGE, JSON])
def test_it_is_for_nobody_else(halfway: Installation, accept: dict[str, str]) -> None:
    token = link(halfway)
    with halfway.client() as client:
        answered = client.get(f"/learners/{token}", headers=accept)
    assert answered.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answered.headers["Referrer-Policy"] == "no-referrer"
    assert answered.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answered.headers
    assert "ana@example.org" not in answered.text
    assert re.search(r"[ce]-[0-9a-f]{32}", answered.text) is None  # no id of a fact
    assert '"ana"' not in answered.text


def test_no_other_form_is_to_be_had(halfway: Installation) -> None:
    with halfway.client() as client:
        assert client.get(f"/learners/{link(halfway)}", headers={"Accept": "application/pdf"}).status_code == 406


@pytest.mark.parametrize(("lang", "said", "direction"), [("es", "Próximas", "ltr"), ("ar", "القادمة", "rtl")])
def test_the_page_speaks_the_readers_language(halfway: Installation, lang: str, said: str, direction: str) -> None:
    with halfway.client() as client:
        page = client.get(f"/learners/{link(halfway)}?lang={lang}", headers=PAGE)
    assert said in page.text
    assert f'lang="{lang}" dir="{direction}"' in page.text


def test_a_hostile_name_stays_text(school: Installation) -> None:
    school.record(replace(earned()[0], name="<script>alert(1)</script>\u202eevil"))
    with school.client() as client:
        page = client.get(f"/learners/{link(school)}", headers=PAGE)
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text


# --- for the staff -------------------------------------------------------------------------------------------


def test_the_staff_makes_lists_and_revokes_links(halfway: Installation) -> None:
    with TestClient(halfway.client().app, base_url=URL, headers=office(halfway)) as client:
        made = client.post(f"{PLACE}/links")
        assert made.status_code == 201
        url = made.json()["url"]
        assert client.get(url.removeprefix(URL), headers=JSON).json()["name"] == "Ana Invenira"
        (listed,) = client.get(f"{PLACE}/links").json()["links"]
        assert listed == {name: value for name, value in made.json().items() if name != "url"}
        assert url.rpartition("/")[2] not in str(listed)
        gone = client.delete(f"{PLACE}/links/{listed['id']}")
        assert gone.json()["revoked"] == "2026-06-01T12:00:00Z"
        assert client.get(url.removeprefix(URL), headers=JSON).status_code == 404
        assert client.delete(f"{PLACE}/links/{listed['id']}").status_code == 404
        assert client.get(f"{PLACE}/standing").json()["nextStep"].startswith("In English 1 of 2")


def test_a_repeated_request_makes_no_second_link_and_keeps_no_token(halfway: Installation) -> None:
    again = {"Idempotency-Key": "one"}
    with TestClient(halfway.client().app, base_url=URL, headers=office(halfway)) as client:
        first = client.post(f"{PLACE}/links", headers=again)
        second = client.post(f"{PLACE}/links", headers=again)
        assert len(client.get(f"{PLACE}/links").json()["links"]) == 1
    assert second.json() == first.json() | {"url": None}
    token = first.json()["url"].rpartition("/")[2].encode()
    assert token not in b"".join(path.read_bytes() for path in halfway.home.glob("testamur.db*"))


def test_who_may_only_read_makes_no_link(halfway: Installation) -> None:
    with TestClient(halfway.client().app, base_url=URL, headers=office(halfway, "viewer")) as client:
        assert client.get(f"{PLACE}/standing").status_code == 200
        assert client.post(f"{PLACE}/links").status_code == 403
        assert client.delete(f"{PLACE}/links/x").status_code == 403


def test_another_organization_sees_nothing(two: Installation) -> None:
    theirs = "/organizations/other/learners/ana/programs"
    with TestClient(two.client().app, base_url=URL, headers=office(two, organization="other")) as client:
        assert client.get(f"{PLACE}/standing").status_code == 404
        assert client.post(f"{PLACE}/links").status_code == 404
        assert client.get(f"{theirs}/mini/standing").status_code == 404
        assert client.post(f"{theirs}/mini/links").status_code == 404
        assert client.get(f"{theirs}/theirs/standing").json()["name"] == "Another Person"


def test_the_example_has_the_shape_of_the_answer(awarded: Installation) -> None:
    awarded.record(done("capstone", learner="zoe"))

    def shape(value: Any) -> Any:
        match value:
            case dict():
                return {name: shape(one) for name, one in value.items()}
            case list():
                return [shape(value[0])] if value else []
        return None

    found = standing_to_json(ask(awarded, "zoe"), "en")
    expected = shape(EXAMPLE)
    assert found.keys() == expected.keys()
    (way,) = found["ways"]
    assert way.keys() == EXAMPLE["ways"][0].keys()
    unmet = next(one for one in way["requirements"] if one["sessions"])
    assert shape(unmet) == shape(EXAMPLE["ways"][0]["requirements"][0]) | {"reasons": shape(unmet["reasons"])}
    assert standing_to_json(ask(awarded), "en")["certificates"][0].keys() == EXAMPLE["certificates"][0].keys()
