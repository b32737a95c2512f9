"""A newer version from the issuer counts when it is the same credential, by the same issuer, and signed."""

import json
from typing import Any

import pytest

from tests.simulators import World
from tests.vc.samples import HOST, NOW, SoftSigner, course, secure
from verifier import Outcome, Policy, Report, Verdict
from verifier.verification import run

URL = f"{HOST}/refresh/toolbox"


@pytest.fixture
def world() -> World:
    return World()


def credential(world: World, **changes: Any) -> dict[str, Any]:
    return course(world.signer) | {"refreshService": {"id": URL, "type": "1EdTechCredentialRefresh"}} | changes


def verify(world: World, newer: dict[str, Any] | bytes | None) -> Report:
    if newer is not None:
        world.pages[URL] = newer if isinstance(newer, bytes) else json.dumps(newer).encode()
    data = json.dumps(world.secure(credential(world))).encode()
    return run(data, policy=Policy(), fetch=world, now=NOW)


def said(report: Report) -> tuple[Outcome, str]:
    return next((check.outcome, str(check.detail)) for check in report.checks if check.name == "refresh")


def test_a_newer_version_is_what_is_shown(world: World) -> None:
    newer = credential(world, validFrom="2026-03-02T12:00:01Z", validUntil="2026-12-01T00:00:00Z")
    report = verify(world, world.secure(newer))
    assert report.verdict is Verdict.ACCEPTED
    assert said(report)[1].startswith("The issuer has a newer version")
    assert report.facts is not None
    assert report.facts.valid_until is not None


def test_a_newer_version_that_has_ended_rejects(world: World) -> None:
    report = verify(world, world.secure(credential(world, validUntil="2026-03-02T12:00:00Z")))
    assert report.verdict is Verdict.REJECTED
    assert "Expired" in str(report.reason)


def test_the_same_is_the_newest(world: World) -> None:
    assert said(verify(world, world.secure(credential(world))))[0] is Outcome.PASSED


def test_what_is_no_newer_version_changes_nothing(world: World) -> None:
    stranger = SoftSigner("a stranger")
    for newer, reason in (
        (None, "could not be asked"),
        (b"<html>", "could not be asked"),
        (world.secure(credential(world, id=f"{HOST}/credentials/other")), "is another credential"),
        (world.secure(credential(world, validFrom="2026-03-01T12:00:00Z")), "is another credential"),
        (secure(course(stranger), stranger), "is another credential"),
        (world.secure(credential(world)) | {"name": "Rocket Science"}, "is none"),
    ):
        world.pages.pop(URL, None)
        report = verify(world, newer)
        assert report.verdict is Verdict.ACCEPTED
        assert said(report)[0] is Outcome.SKIPPED
        assert reason in said(report)[1]
        assert report.facts is not None
        assert report.facts.name == "The Toolbox"


def test_it_is_asked_once(world: World) -> None:
    verify(world, world.secure(credential(world)))
    assert world.asked.count(URL) == 1


def test_the_name_that_is_shown_is_the_one_that_was_assessed(world: World) -> None:
    """Somebody could take a known institution's name in the newer version only."""
    newer = credential(world)
    newer["issuer"] = newer["issuer"] | {"name": "University of Michigan"}
    world.pages[URL] = json.dumps(world.secure(newer)).encode()
    policy = Policy(known={"did:web:umich.example": "University of Michigan"})
    report = run(json.dumps(world.secure(credential(world))).encode(), policy=policy, fetch=world, now=NOW)
    assert report.facts is not None
    assert report.facts.issuer.name == "University of Michigan"
    assert report.verdict is Verdict.UNDETERMINED
    assert "it is not that one" in str(report.reason)
