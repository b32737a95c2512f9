"""The signed lists: the right bits, at once, in the right name, and not signed more often than needed."""

import json
from datetime import timedelta

import pytest

from issuer.errors import UnknownPage
from issuer.status_lists import SignedList
from issuer.store.credentials import StoredCredential
from tests.issuer.installation import NOW, Installation
from vc.standing import Asker, State
from vc.status import bitstring


def the_list(school: Installation) -> SignedList:
    return school.services.status_lists.current(school.list_of(school.certificates()[0]))


def bit(school: Installation, stored: StoredCredential) -> bool:
    """As a verifier reads it: signature, issuer, dates, bit."""
    credential = json.loads(stored.secured or b"{}")
    asker = Asker(
        issuer=credential["issuer"]["id"],
        credential=credential["id"],
        dereference=school.dereference,
        now=school.now,
    )
    question = bitstring.question(credential["credentialStatus"])
    return bitstring.answer(question, the_list(school).body, asker=asker, age=0).state is State.REVOKED


def test_a_list_says_at_once_what_is_not_valid(awarded: Installation) -> None:
    course, other, program = awarded.certificates()
    assert not any(bit(awarded, one) for one in (course, other, program))
    awarded.change(course, "suspend")
    assert [bit(awarded, one) for one in (course, other, program)] == [True, False, False]
    awarded.change(course, "reinstate")
    assert not bit(awarded, course)
    awarded.change(program, "revoke")
    assert [bit(awarded, one) for one in (course, other, program)] == [False, False, True]
    awarded.issuance.correct(other.share_id, name="Ana M. Invenira", reason="typing error")
    assert [bit(awarded, one) for one in (course, other, program)] == [False, True, True]


def test_it_is_signed_again_only_for_a_change_or_after_half_its_time(awarded: Installation) -> None:
    first = the_list(awarded)
    assert the_list(awarded) is first
    awarded.later(hours=11, minutes=59)
    assert the_list(awarded) is first
    awarded.later(minutes=1)
    second = the_list(awarded)
    assert second.valid_from == NOW + timedelta(hours=12)
    assert second.valid_until == NOW + timedelta(hours=36)
    awarded.change(awarded.certificates()[0], "revoke")
    third = the_list(awarded)
    assert third.version == second.version + 1
    assert len({first.etag, second.etag, third.etag}) == 3


def test_it_is_signed_again_when_the_clock_went_back(awarded: Installation) -> None:
    the_list(awarded)
    awarded.later(days=-1)
    assert the_list(awarded).valid_from == awarded.now


def test_another_process_that_revokes_is_seen(awarded: Installation) -> None:
    course, *_ = awarded.certificates()
    before = awarded.services
    assert not bit(awarded, course)
    awarded.restart()
    awarded.change(course, "revoke")
    awarded.services = before
    assert bit(awarded, course)


def test_a_list_that_is_not_there_is_said(awarded: Installation) -> None:
    with pytest.raises(UnknownPage, match="no status list 1"):
        awarded.services.status_lists.current("1")
