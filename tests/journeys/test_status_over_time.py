"""Revocation as an employer sees it: accepted before, rejected after, undetermined when nobody can be asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.services import Installation


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "home")
    made.set_up(lambda row: row["learner"] == "case-01")
    made.start("issuer")
    yield made
    made.stop()


def report(installation: Installation, what: str, *options: str) -> tuple[int, dict[str, Any]]:
    done = installation.command("verifier", "verify", what, "--json", "--allow-loopback", *options, ok=(0, 1, 2))
    return done.returncode, json.loads(done.stdout)


def status_of(found: dict[str, Any]) -> dict[str, Any]:
    return next(check for check in found["checks"] if check["name"] == "status")


def test_revoked_suspended_reinstated_and_unreachable(small: Installation, tmp_path: Path) -> None:
    program, course, *_ = sorted(small.credentials(), key=lambda entry: entry["kind"], reverse=True)
    file = tmp_path / "certificate.png"
    small.command("issuer", "show", program["id"], "--as", "png", "-o", str(file))

    # accepted before
    code, found = report(small, str(file), "--no-cache")
    assert (code, found["verdict"]) == (0, "accepted")
    assert {part["outcome"] for part in found["courses"]} == {"passed"}, found["courses"]

    # suspended, and reinstated
    small.command("issuer", "suspend", program["id"], "--reason", "under review")
    code, found = report(small, str(file), "--no-cache")
    assert (code, found["verdict"]) == (1, "rejected")
    assert status_of(found)["detail"].startswith("Suspended by the issuer on ")
    assert status_of(found)["detail"].endswith(": under review")
    small.command("issuer", "reinstate", program["id"], "--reason", "review found nothing")
    assert report(small, str(file), "--no-cache")[0] == 0

    # rejected after, with reason and date
    small.command("issuer", "revoke", program["id"], "--reason", "grade corrected")
    code, found = report(small, str(file), "--no-cache")
    assert (code, found["verdict"]) == (1, "rejected")
    assert status_of(found)["detail"].startswith("Revoked by the issuer on ")
    assert status_of(found)["detail"].endswith(": grade corrected")

    # the other certificate still stands, and a cache is filled
    small.cache = str(tmp_path / "cache")
    assert report(small, course["id"])[0] == 0
    other = tmp_path / "course.json"
    small.command("issuer", "show", course["id"], "--as", "json", "-o", str(other))
    assert report(small, str(other))[0] == 0

    # the issuer is gone: with the cached list it still stands, without one nobody can tell
    small.stop("issuer")
    code, found = report(small, str(other))
    assert (code, found["verdict"]) == (0, "accepted")
    code, found = report(small, str(other), "--no-cache")
    assert (code, found["verdict"]) == (2, "undetermined")
    small.start("issuer")


def test_a_corrected_name_leads_from_the_old_certificate_to_the_new(small: Installation, tmp_path: Path) -> None:
    program = next(entry for entry in small.credentials() if entry["kind"] == "program")
    file = tmp_path / "old.json"
    small.command("issuer", "show", program["id"], "--as", "json", "-o", str(file))
    small.command("issuer", "correct", program["id"], "--name", "Corrected Beispiel", "--reason", "name misspelt")
    code, found = report(small, str(file), "--no-cache")
    assert code == 1
    new = found["superseded_by"]
    assert new.startswith(small.issuer)
    code, found = report(small, new, "--no-cache")
    assert (code, found["credential"]["recipient"]) == (0, "Corrected Beispiel")
