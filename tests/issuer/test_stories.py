"""Stories that go on for months: what one deed after another makes of a certificate, and that nothing flaps.

At the end of each, every decision that was ever stored is decided again, and comes out the same byte for byte.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from issuer import replay
from issuer.corrections import correct_all, outdated
from issuer.work import learner_name
from tests.issuer import domain
from tests.issuer.installation import Installation, earned
from tests.issuer.test_corrections import retitle_course
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


# --- names -----------------------------------------------------------------------------------------------------


def test_a_name_corrected_while_the_award_is_suspended_is_borne_by_it_afterwards(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    assert newest(awarded, "mini").status == "suspended"
    awarded.issuance.correct(newest(awarded, "capstone").share_id, reason="misspelt", name=RIGHT)
    restored(awarded)
    awarded.reconcile()
    assert (newest(awarded, "mini").status, learner_name(newest(awarded, "mini"))) == ("valid", RIGHT)


def test_a_corrected_name_of_an_award_outlasts_the_correction_of_a_title(awarded: Installation) -> None:
    awarded.issuance.correct(newest(awarded, "mini").share_id, reason="misspelt", name=RIGHT)
    retitle_course(awarded)
    with awarded.database.read() as tx:
        work = outdated(tx, now=awarded.now, course="toolbox")
    correct_all(awarded.issuance, work, reason="the title was misspelt")
    assert (newest(awarded, "mini").edition, learner_name(newest(awarded, "mini"))) == (3, RIGHT)


def test_a_corrected_name_outlasts_a_course_that_is_certified_later_under_the_wrong_one(school: Installation) -> None:
    toolbox, capstone = earned()
    school.record(toolbox)
    school.issue()
    school.issuance.correct(newest(school, "toolbox").share_id, reason="misspelt", name=RIGHT)
    school.record(capstone)
    school.decide_and_issue()
    assert learner_name(newest(school, "mini")) == RIGHT


def test_a_name_that_was_corrected_and_corrected_back_stays_as_it_was(school: Installation) -> None:
    toolbox, capstone = earned()
    school.record(toolbox)
    school.issue()
    school.issuance.correct(newest(school, "toolbox").share_id, reason="misspelt", name=RIGHT)
    school.issuance.correct(newest(school, "toolbox").share_id, reason="it was right", name=toolbox.name)
    school.record(capstone)
    school.decide_and_issue()
    assert learner_name(newest(school, "mini")) == toolbox.name
