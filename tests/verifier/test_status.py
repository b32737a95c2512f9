"""Every status is looked at, the worst answer counts, and what is merely said changes nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.simulators import DID, METHOD, World
from tests.vc.samples import HOST, NOW, SoftSigner, course
from vc.context_rules import CREDENTIAL
from vc.errors import NotSupported, StatusInvalid, StatusUnavailable, VcError
from vc.formats import data_integrity
from vc.securing import Secured
from vc.status import bitstring, token_status_list
from vc.status.bitstring import Bitstring, list_credential
from verifier import Outcome, Policy, Report, Verdict
from verifier.case import Case
from verifier.checks.status import find
from verifier.fetch import Fetched
from verifier.verification import run

MESSAGES = ("in good order", "under review", "appealed", "archived")


@pytest.fixture
def world() -> World:
    return World()


def publish(world: World, number: int, purpose: str, value: int, **changes: Any) -> dict[str, Any]:
    """A list of `purpose` in which a status has `value`, and the entry that points at it."""
    url = f"{HOST}/status/{number}"
    messages = MESSAGES if purpose == "message" else ()
    bits = Bitstring(size=2 if messages else 1)
    bits.set(70 + number, value)
    values = {"issuer": DID, "valid_from": NOW - timedelta(hours=1), "valid_until": NOW + timedelta(days=1)} | changes
    signer = values.pop("signer", world.signer)
    secured = data_integrity.secure(
        list_credential(id=url, purpose=purpose, bits=bits, **values),
        signer=signer,
        verification_method=METHOD,
        created=NOW,
        rule=CREDENTIAL,
    )
    world.pages[url] = json.dumps(secured).encode()
    return bitstring.entry(list_url=url, index=70 + number, purpose=purpose, messages=messages)


def verify(world: World, *entries: dict[str, Any]) -> Report:
    data = world.issue(course(world.signer) | {"credentialStatus": list(entries)})
    return run(data, policy=Policy(), fetch=world, now=NOW)


def said(report: Report) -> str:
    return next(str(check.detail) for check in report.checks if check.name == "status")


def problem(report: Report) -> str:
    return next((check.problem or "").rpartition("#")[2] for check in report.checks if check.name == "status")


def down(entry: dict[str, Any], world: World) -> dict[str, Any]:
    del world.pages[entry["statusListCredential"]]
    return entry


def test_all_is_well(world: World) -> None:
    report = verify(world, publish(world, 3, "revocation", 0), publish(world, 4, "suspension", 0))
    assert report.verdict is Verdict.ACCEPTED
    assert said(report) == "Not revoked and not suspended, by the issuer's current list."


def test_only_suspension_is_kept(world: World) -> None:
    assert said(verify(world, publish(world, 3, "suspension", 0))) == "Not suspended, by the issuer's current list."


@pytest.mark.parametrize("order", [1, -1])
def test_revoked_beats_suspended_in_any_order(world: World, order: int) -> None:
    entries = [publish(world, 3, "suspension", 1), publish(world, 4, "revocation", 1)][::order]
    report = verify(world, *entries)
    assert report.verdict is Verdict.REJECTED
    assert problem(report) == "REVOKED"
    number = 2 if order == 1 else 1
    assert said(report) == f"Revoked by the issuer. (status {number} of 2, by {HOST}/status/4)"


def test_suspended(world: World) -> None:
    report = verify(world, publish(world, 3, "revocation", 0), publish(world, 4, "suspension", 1))
    assert problem(report) == "SUSPENDED"
    assert "(status 2 of 2" in said(report)


def test_revoked_beats_a_list_that_cannot_be_had(world: World) -> None:
    gone = down(publish(world, 3, "suspension", 0), world)
    assert verify(world, gone, publish(world, 4, "revocation", 1)).verdict is Verdict.REJECTED


@pytest.mark.parametrize("order", [1, -1])
def test_a_wrong_list_beats_one_that_cannot_be_had(world: World, order: int) -> None:
    gone = down(publish(world, 3, "suspension", 0), world)
    forged = publish(world, 4, "revocation", 0, signer=SoftSigner("an attacker"))
    report = verify(world, *[gone, forged][::order])
    assert report.verdict is Verdict.REJECTED
    assert problem(report) == "STATUS_VERIFICATION_ERROR"
    assert f"by {HOST}/status/4)" in said(report)


@pytest.mark.parametrize("order", [1, -1])
def test_one_list_that_cannot_be_had_leaves_it_open(world: World, order: int) -> None:
    entries = [publish(world, 3, "revocation", 0), down(publish(world, 4, "suspension", 0), world)]
    report = verify(world, *entries[::order])
    assert report.verdict is Verdict.UNDETERMINED
    assert problem(report) == "STATUS_RETRIEVAL_ERROR"


def test_one_of_an_unknown_kind_leaves_it_open(world: World) -> None:
    case = the_case(world)
    other = {"id": "urn:example:1", "type": "RevocationList2020Status"}
    with pytest.raises(NotSupported, match=r"not supported here.* \(status 2 of 2"):
        find(case, signed(publish(world, 3, "revocation", 0), other))


def test_a_status_that_only_the_issuer_understands(world: World) -> None:
    report = verify(world, publish(world, 3, "blessing", 1))
    assert report.verdict is Verdict.UNDETERMINED
    assert said(report) == "The issuer has set a status, blessing, that only the issuer understands."
    assert verify(world, publish(world, 3, "blessing", 0)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("value", range(4))
def test_a_message_is_said_and_changes_nothing(world: World, value: int) -> None:
    report = verify(world, publish(world, 3, "revocation", 0), publish(world, 4, "message", value))
    assert report.verdict is Verdict.ACCEPTED
    assert said(report) == (
        "Not revoked and not suspended, by the issuer's current list. "
        f"The issuer's message about it: {MESSAGES[value]}."
    )


def test_a_message_alone(world: World) -> None:
    report = verify(world, publish(world, 4, "message", 1))
    assert report.verdict is Verdict.ACCEPTED
    assert said(report) == "The issuer's message about it: under review."


def test_a_message_that_cannot_be_had_or_believed(world: World) -> None:
    held = publish(world, 3, "revocation", 0)
    for other in (
        down(publish(world, 4, "message", 1), world),
        publish(world, 5, "message", 1, signer=SoftSigner("an attacker")),
    ):
        report = verify(world, held, other)
        assert report.verdict is Verdict.ACCEPTED
        assert said(report).endswith("What else the issuer says about it cannot be told now.")
        assert "under review" not in said(report)


def test_a_newer_edition_is_said(world: World) -> None:
    report = verify(world, publish(world, 3, "refresh", 1))
    assert report.verdict is Verdict.ACCEPTED
    assert said(report) == "The issuer has a newer edition of it."
    assert said(verify(world, publish(world, 3, "refresh", 0))) == "The issuer has said nothing against it."


def test_a_malformed_message_is_the_credentials_own_fault(world: World) -> None:
    entry = publish(world, 4, "message", 1)
    report = verify(world, entry | {"statusMessage": entry["statusMessage"][:3]})
    assert report.verdict is Verdict.REJECTED
    assert problem(report) == "MALFORMED_VALUE_ERROR"


def test_superseded_among_several(world: World) -> None:
    entry = publish(world, 3, "revocation", 1) | {"statusReference": f"{HOST}/why"}
    statement = {
        "state": "superseded",
        "since": "2026-03-01T09:00:00Z",
        "reason": "name corrected",
        "supersededBy": f"{HOST}/credentials/new",
    }
    world.pages[f"{HOST}/why"] = json.dumps(statement).encode()
    report = verify(world, entry, publish(world, 4, "suspension", 0))
    assert problem(report) == "SUPERSEDED"
    assert report.superseded_by == f"{HOST}/credentials/new"


def test_of_several_references_the_first_on_the_lists_own_origin_is_asked(world: World) -> None:
    entry = publish(world, 3, "revocation", 1)
    entry["statusReference"] = ["https://elsewhere.example/why", "https://[", f"{HOST}/why", f"{HOST}/more"]
    world.pages[f"{HOST}/why"] = b'{"state": "revoked", "since": "2026-03-01T09:00:00Z", "reason": "withdrawn"}'
    case = the_case(world)
    found = find(case, signed(entry))
    assert found is not None
    assert str(found.detail) == "Revoked by the issuer on 1 March 2026: withdrawn"
    assert [url for url in world.asked if "why" in url or "more" in url] == [f"{HOST}/why"]


# --- what is no embedded proof ---------------------------------------------------------------------------------


def signed(*entries: dict[str, Any], **members: Any) -> dict[str, Any]:
    """What a proof of any format covers."""
    return {"id": f"{HOST}/credentials/toolbox", "issuer": DID, "credentialStatus": list(entries)} | members


def the_case(world: World) -> Case:
    return Case(Secured("data_integrity", {}), Policy(), world, NOW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, None), (1, "REVOKED"), (2, "SUSPENDED"), (3, NotSupported), (11, NotSupported)],
)
def test_the_claim_of_a_token(world: World, value: int, expected: Any) -> None:
    uri = f"{HOST}/statuslists/1"
    statuses = token_status_list.TokenStatuses.empty(1_000, bits=4)
    statuses.set(9, value)
    claims = token_status_list.list_claims(
        uri=uri, statuses=statuses, issued=NOW, expires=NOW + timedelta(hours=1), ttl=60
    )
    world.pages[uri] = token_status_list.secure(claims, signer=world.signer, key_id=METHOD)
    document = signed(status=token_status_list.entry(uri=uri, index=9))
    if isinstance(expected, type) and issubclass(expected, VcError):
        with pytest.raises(expected, match="only the issuer understands"):
            find(the_case(world), document)
        return
    found = find(the_case(world), document)
    assert found is not None
    assert (found.outcome is Outcome.PASSED) is (expected is None)
    assert expected is None or str(found.problem).endswith(expected)


def test_both_members_count(world: World) -> None:
    document = signed(
        publish(world, 3, "revocation", 0), status=token_status_list.entry(uri=f"{HOST}/statuslists/1", index=9)
    )
    with pytest.raises(StatusUnavailable, match=r"cannot be had .* \(status 2 of 2, by .*/statuslists/1\)"):
        find(the_case(world), document)


def test_a_list_by_1edtech_with_its_reason(world: World) -> None:
    url = f"{HOST}/revocations"
    document = signed({"id": url, "type": "1EdTechRevocationList"})
    lines = [{"id": document["id"], "revocationReason": "Issued in error"}]
    world.pages[url] = json.dumps({"id": url, "issuer": DID, "revokedCredential": lines}).encode()
    found = find(the_case(world), document)
    assert found is not None
    assert (found.outcome, str(found.detail)) == (Outcome.FAILED, "Revoked by the issuer: Issued in error")
    world.pages[url] = json.dumps({"id": url, "issuer": DID, "revokedCredential": []}).encode()
    again = find(the_case(world), document)
    assert again is not None
    assert again.outcome is Outcome.PASSED


def test_what_is_wrong_is_raised(world: World) -> None:
    with pytest.raises(StatusInvalid, match="plain decimal"):
        find(the_case(world), signed(publish(world, 3, "revocation", 0) | {"statusListIndex": "x"}))
    assert find(the_case(world), signed()) is None


class Kept(World):
    """A world whose answers come out of a cache, because the issuer is down."""

    age = 0

    def get(self, url: str, accept: str | None = None) -> Fetched:
        answer = super().get(url, accept)
        return Fetched(answer.status, {}, answer.url, answer.body, self.age)


def test_the_age_of_a_kept_list_is_said_and_counts() -> None:
    world = Kept()
    world.age = 1_800
    entry = publish(world, 3, "revocation", 0, ttl=3_600_000)
    report = verify(world, entry)
    assert report.verdict is Verdict.ACCEPTED
    assert "30 minutes ago" in said(report)
    world.age = 3_601
    assert verify(world, entry).verdict is Verdict.UNDETERMINED


def test_the_issuer_s_reason_cannot_disguise_itself(world: World) -> None:
    """The statement is not signed, and its text goes onto a page as the words of a list do."""
    data = world.issue(course(world.signer))
    world.revoke(7, "grade\u202ecorrected\x00" + "!" * 10_000)
    report = run(data, policy=Policy(), fetch=world, now=NOW)
    assert said(report).startswith("Revoked by the issuer on 1 March 2026: gradecorrected!!!")
    assert len(said(report)) < 300
