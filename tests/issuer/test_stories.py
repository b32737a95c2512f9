"""Stories that go on for months: what one deed after another makes of a certificate, and that nothing flaps.

At the end of each, every decision that was ever stored is decided again, and comes out the same byte for byte.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from issuer import replay
from tests.issuer import domain
from tests.issuer.installation import Installation, earned
from tests.issuer.test_reconciliation import did, newest, regrade

RIGHT = "Zoë Ünlü-Beispiel"


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    replayed = list(replay.stream(made.database, everything=True))
    assert {one.outcome for one in replayed} <= {"same"}


def restored(school: Installation) -> None:
    regrade(school, outcome="passed")


def revoked_for_lost_evidence(school: Installation) -> None:
    regrade(school)
    school.reconcile()
    school.later(days=31)
    school.reconcile()


# --- a word outlasts the loss that was known -------------------------------------------------------------------


def test_a_reinstatement_by_hand_outlasts_an_enrolment_in_another_program(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    for subject in ("toolbox", "mini"):
        awarded.change(newest(awarded, subject), "reinstate", "the grade is under appeal")
    awarded.later(days=1)
    awarded.record(domain.enrolled("computing", recorded_at=awarded.now))
    assert did(awarded.reconcile()) == []
    assert newest(awarded, "toolbox").status == newest(awarded, "mini").status == "valid"


def test_a_reinstatement_by_hand_outlasts_another_attempt_at_the_course(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    for subject in ("toolbox", "mini"):
        awarded.change(newest(awarded, subject), "reinstate", "the grade is under appeal")
    awarded.later(days=1)
    running = domain.done("toolbox", session="07-en", outcome="in_progress", completed_on=None, recorded_at=awarded.now)
    awarded.record(running)
    assert did(awarded.reconcile()) == []


def test_a_reinstatement_by_hand_outlasts_what_becomes_of_the_course_by_itself(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    awarded.later(hours=1)
    awarded.change(newest(awarded, "mini"), "reinstate", "the board decided so")
    awarded.later(days=31)
    assert did(awarded.reconcile()) == [("revoked", "toolbox")]
    assert newest(awarded, "mini").status == "valid"
    # a word about the course is a later loss
    assert did(awarded.reconcile()) == []


def test_a_later_loss_of_another_course_is_not_covered_by_it(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    awarded.later(hours=1)
    awarded.change(newest(awarded, "mini"), "reinstate", "the board decided so")
    awarded.later(hours=1)
    _, capstone = earned()
    awarded.record(replace(capstone, outcome="failed", recorded_at=awarded.now, as_of=awarded.now))
    assert did(awarded.reconcile()) == [("suspended", "capstone"), ("suspended", "mini")]
