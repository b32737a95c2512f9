"""The signed lists: the right bits, at once, in the right name, and not signed more often than needed."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import issuer
from issuer.errors import UnknownPage
from issuer.limits import Limit
from issuer.signing import Sealed, Signing
from issuer.status_lists import CLOCKS_DIFFER, SignedList, StatusLists
from issuer.store import status_indices
from issuer.store.credentials import StoredCredential
from tests.issuer.installation import NOW, Installation, earned
from vc.context_rules import ContextRule
from vc.standing import Asker, State
from vc.status import bitstring

LATE = timedelta(seconds=CLOCKS_DIFFER)


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


HALF = timedelta(hours=12)


def test_it_is_signed_again_only_for_a_change_or_after_half_its_time(awarded: Installation) -> None:
    first = the_list(awarded)
    assert first.valid_until - first.valid_from == 2 * HALF
    assert first.valid_from + LATE <= NOW < first.valid_from + LATE + HALF
    awarded.now = first.valid_from + LATE + HALF - timedelta(seconds=1)
    assert the_list(awarded) is first
    awarded.later(seconds=1)
    second = the_list(awarded)
    assert second.valid_from == first.valid_from + HALF
    awarded.change(awarded.certificates()[0], "revoke")
    third = the_list(awarded)
    assert (third.version, third.valid_from) == (second.version + 1, second.valid_from)
    assert len({first.etag, second.etag, third.etag}) == 3


def test_no_list_says_that_it_begins_in_the_future_of_whose_clock_is_a_minute_behind(awarded: Installation) -> None:
    for _ in range(100):
        awarded.later(minutes=17)
        assert the_list(awarded).valid_from <= awarded.now - LATE


def test_it_is_signed_again_when_the_clock_went_back(awarded: Installation) -> None:
    the_list(awarded)
    awarded.later(days=-1)
    assert the_list(awarded).valid_from < awarded.now < the_list(awarded).valid_until


def test_lists_are_not_all_signed_at_the_same_time_of_day(awarded: Installation) -> None:
    with awarded.database.write() as tx:
        places = status_indices.reserve(tx, "school", 60, length=131_072, filled=10)
    begin = {awarded.services.status_lists.current(place.list_name).valid_from for place in places}
    assert len(begin) > 3


def test_of_many_who_ask_at_once_one_signs(awarded: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[datetime] = []
    sign = Signing.sign

    def counted(self: Signing, unsecured: dict[str, Any], *, rule: ContextRule, at: datetime) -> Sealed:
        signed.append(at)
        time.sleep(0.05)  # seconds, in which the others come
        return sign(self, unsecured, rule=rule, at=at)

    monkeypatch.setattr(Signing, "sign", counted)
    name = awarded.list_of(awarded.certificates()[0])
    with ThreadPoolExecutor(8) as pool:
        bodies = {one.body for one in pool.map(awarded.services.status_lists.current, [name] * 8)}
    assert (len(bodies), len(signed)) == (1, 1)


def test_only_so_many_are_kept(awarded: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(awarded.config.limits, status_lists_kept=Limit(2, "lists", "a test"))
    lists = StatusLists(
        replace(awarded.config, limits=limits), awarded.database, awarded.services.keyring, now=lambda: awarded.now
    )
    with awarded.database.write() as tx:
        places = status_indices.reserve(tx, "school", 27, length=131_072, filled=10)
    first, second, third = dict.fromkeys(place.list_name for place in places)
    kept = {name: lists.current(name) for name in (first, second)}
    assert lists.current(first) is kept[first]
    lists.current(third)  # in the place of the second, which was asked for before the first was
    assert lists.current(first) is kept[first]
    again = lists.current(second)
    assert again is not kept[second]
    assert again == kept[second]  # byte by byte


@pytest.mark.parametrize("number", [0, 1])
def test_another_process_signs_the_same_bytes(awarded: Installation, number: int) -> None:
    if number:
        awarded.change(awarded.certificates()[0], "revoke")
    name, ours = awarded.list_of(awarded.certificates()[0]), the_list(awarded)
    asked = (
        "import sys; from datetime import datetime, timedelta; from pathlib import Path; from issuer.app import wire\n"
        "now = datetime.fromisoformat(sys.argv[3])\n"
        "signed = wire(Path(sys.argv[1]), environ={}, now=lambda: now).status_lists.current(sys.argv[2])\n"
        "sys.stdout.buffer.write(signed.etag.encode() + b' ' + signed.body)"
    )
    within = (awarded.now, ours.valid_from + LATE, ours.valid_from + LATE + HALF - timedelta(seconds=1))
    moment = within[1 + number].isoformat()
    command = [sys.executable, "-c", asked, str(awarded.home), name, moment]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(issuer.__file__).parents[1])
    assert done.stdout == ours.etag.encode() + b" " + ours.body


def test_by_an_ecdsa_key_it_is_kept_all_the_same(tmp_path: Path) -> None:
    school = Installation(tmp_path, cryptosuite="ecdsa-rdfc-2019")
    school.record(*earned())
    school.decide_and_issue()
    assert the_list(school) is the_list(school)
    assert not bit(school, school.certificates()[0])


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
