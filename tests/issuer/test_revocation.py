"""Status changes: which may follow on which, that each has a reason, and what the world is told."""

import pytest

from issuer import revocation
from issuer.errors import NotReleased, TransitionRefused, UnknownCredential
from issuer.revocation import TRANSITIONS, Action, Statement
from issuer.store import status
from issuer.store.credentials import StoredCredential
from tests.issuer.installation import URL, Installation, PowerCut, earned


def said(school: Installation, stored: StoredCredential) -> Statement:
    with school.database.read() as tx:
        return revocation.statement(tx, school.again(stored))


@pytest.fixture
def certificate(awarded: Installation) -> StoredCredential:
    return awarded.certificates()[0]


def test_an_untouched_certificate_is_valid_since_its_release(
    awarded: Installation, certificate: StoredCredential
) -> None:
    assert said(awarded, certificate).to_json(awarded.config.credential_url) == {
        "state": "valid",
        "since": "2026-06-01T12:00:00Z",
        "reason": "",
        "supersededBy": None,
        "until": None,
    }


def test_each_change_is_kept_with_reason_and_date(awarded: Installation, certificate: StoredCredential) -> None:
    for action, reason in (("suspend", "fee disputed"), ("reinstate", "fee settled"), ("revoke", "grade corrected")):
        awarded.later(days=1)
        awarded.change(certificate, action, reason)  # type: ignore[arg-type]  # a table of words
    with awarded.database.read() as tx:
        history = status.history(tx, certificate.number)
    assert [(one.status, one.reason, one.at.day) for one in history] == [
        ("suspended", "fee disputed", 2),
        ("valid", "fee settled", 3),
        ("revoked", "grade corrected", 4),
    ]
    now = said(awarded, certificate)
    assert (now.status, now.reason, now.since.day) == ("revoked", "grade corrected", 4)


ALLOWED = {("valid", "suspend"), ("valid", "revoke"), ("suspended", "reinstate"), ("suspended", "revoke")}


@pytest.mark.parametrize("action", sorted(TRANSITIONS))
@pytest.mark.parametrize("state", ["valid", "suspended", "revoked", "superseded"])
def test_only_some_changes_follow_on_a_state(
    awarded: Installation, certificate: StoredCredential, state: str, action: Action
) -> None:
    if state == "superseded":
        awarded.issuance.correct(certificate.share_id, name="Ana M. Invenira", reason="typing error")
    elif state != "valid":
        awarded.change(certificate, "suspend" if state == "suspended" else "revoke", "the first reason")
    if (state, action) in ALLOWED:
        awarded.change(certificate, action)
        return
    before = said(awarded, certificate)
    with pytest.raises(TransitionRefused) as refused:
        awarded.change(certificate, action)
    assert said(awarded, certificate) == before
    if state != "valid":
        assert "1 June 2026" in str(refused.value)
    if state == "superseded":
        assert f"issuer {action} {before.superseded_by}" in str(refused.value)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_reason_is_needed(awarded: Installation, certificate: StoredCredential, reason: str) -> None:
    with pytest.raises(TransitionRefused, match="A reason is needed"):
        awarded.change(certificate, "revoke", reason)
    assert said(awarded, certificate).status == "valid"


def test_a_reason_is_one_line(awarded: Installation, certificate: StoredCredential) -> None:
    awarded.change(certificate, "revoke", "  grade\n corrected ")
    assert said(awarded, certificate).reason == "grade corrected"


def test_a_certificate_is_found_by_its_whole_id_too(awarded: Installation, certificate: StoredCredential) -> None:
    with awarded.database.read() as tx:
        assert revocation.find(tx, f"{URL}/credentials/{certificate.share_id}") == certificate


def test_what_was_never_issued_is_said(awarded: Installation) -> None:
    with awarded.database.read() as tx, pytest.raises(UnknownCredential, match="No certificate has the id nobody"):
        revocation.find(tx, "nobody")


def test_what_is_not_released_has_no_status(school: Installation) -> None:
    school.record(*earned())
    school.cut_after = "recorded"
    with pytest.raises(PowerCut):
        school.issue()
    with pytest.raises(NotReleased, match="issuer issue"):
        school.change(school.certificates()[0], "revoke")


def test_a_correction_under_way_comes_first(awarded: Installation, certificate: StoredCredential) -> None:
    awarded.cut_after = "recorded"
    with pytest.raises(PowerCut):
        awarded.issuance.correct(certificate.share_id, name="Ana M. Invenira", reason="typing error")
    with pytest.raises(TransitionRefused, match="is under way"):
        awarded.change(certificate, "revoke")
