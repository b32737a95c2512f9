"""A cohort as a registrar types it and an employer sees it: issued and accepted, undone and rejected."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.services import Installation
from tests.journeys.test_status_over_time import report, status_of


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "home")
    made.set_up(lambda row: row["learner"] == "case-01", issue=False)
    made.start("issuer")
    yield made
    made.stop()


def test_an_undone_cohort_is_rejected_with_its_reason_and_the_courses_stand(small: Installation) -> None:
    def cohorts(*arguments: str) -> str:
        return small.command("issuer", "cohorts", *arguments).stdout

    prepared = json.loads(cohorts("prepare", "--program", "mobile-cloud-android", "--by", "Rita", "--json"))
    assert (prepared["state"], prepared["outcomes"]["ready"]) == ("prepared", 1)
    assert small.credentials() == []
    cohorts("approve", "1", "--by", "Ada")
    cohorts("issue", "1", "--by", "Rita")
    program, course, *_ = sorted(small.credentials(), key=lambda entry: entry["kind"], reverse=True)
    assert report(small, program["id"], "--no-cache")[1]["verdict"] == "accepted"

    # Nobody has claimed or opened it: it is taken back all the same.
    cohorts("undo", "1", "--by", "Ada", "--reason", "the wrong version of the rule")
    code, found = report(small, program["id"], "--no-cache")
    assert (code, found["verdict"]) == (1, "rejected")
    assert status_of(found)["detail"].startswith("Revoked by the issuer on ")
    assert status_of(found)["detail"].endswith(": the wrong version of the rule")
    page = urllib.request.Request(program["url"], headers={"Accept": "text/html"})
    with urllib.request.urlopen(page, timeout=20) as answer:
        assert "the wrong version of the rule" in answer.read().decode()
    assert report(small, course["id"], "--no-cache")[1]["verdict"] == "accepted"

    again = json.loads(cohorts("prepare", "--program", "mobile-cloud-android", "--by", "Rita", "--json"))
    assert (again["outcomes"]["ready"], again["outcomes"]["held"]) == (0, 1)
