"""Stories that go on for months: what one deed after another makes of a certificate, and that nothing flaps.

At the end of each, every decision that was ever stored is decided again, and comes out the same byte for byte.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from issuer import replay
from issuer.catalogue import Catalogue
from issuer.corrections import correct_all, outdated
from issuer.reconciliation import Reconciliation
from issuer.rules import AllOf, CourseRule
from issuer.store import catalogues
from issuer.work import learner_name
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, Installation, earned
from tests.issuer.test_cohorts import Office
from tests.issuer.test_corrections import retitle_course
from tests.issuer.test_learner_links import ask
from tests.issuer.test_reconciliation import bound, did, history, newest, partners, regrade

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


def test_a_reinstatement_by_hand_outlasts_another_grade_for_a_course_revoked_by_hand(awarded: Installation) -> None:
    awarded.change(newest(awarded, "toolbox"), "revoke", "plagiarism")
    awarded.reconcile()
    awarded.later(hours=1)
    awarded.change(newest(awarded, "mini"), "reinstate", "the board decided so")
    regrade(awarded, outcome="passed", grade=Decimal(91))
    assert did(awarded.reconcile()) == []


def test_a_reinstatement_by_hand_outlasts_a_correction(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    awarded.later(hours=1)
    awarded.change(newest(awarded, "mini"), "reinstate", "the board decided so")
    awarded.later(hours=1)
    awarded.issuance.correct(newest(awarded, "capstone").share_id, reason="misspelt", name=RIGHT)
    assert newest(awarded, "mini").edition == 2
    assert did(awarded.reconcile()) == []
    assert newest(awarded, "mini").status == "valid"


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


# --- cohorts that were taken back ------------------------------------------------------------------------------


def test_what_was_lost_before_the_cohort_was_undone_does_not_come_back(school: Installation) -> None:
    office = Office(school)
    school.record(*earned())
    number = office.through()
    revoked_for_lost_evidence(school)
    assert newest(school, "mini").status == "revoked"
    office.undo(number)
    school.later(days=1)
    restored(school)
    assert ("reissued", "mini") not in did(school.reconcile())
    assert office.programs() == [("ana", "revoked")]
    assert school.issue().programs == ()
    assert office.outcomes(office.prepare()) == {"ana": "held"}
    # by somebody's word it does, and is then that word's
    school.issuance.reissue(newest(school, "mini").share_id, reason="it was right for Ana")
    assert office.programs() == [("ana", "revoked"), ("ana", "valid")]
    assert did(school.reconcile()) == []


def test_what_came_back_by_itself_is_taken_back_with_its_cohort(school: Installation) -> None:
    office = Office(school)
    school.record(*earned())
    number = office.through()
    revoked_for_lost_evidence(school)
    restored(school)
    assert ("reissued", "mini") in did(school.reconcile())
    assert office.undo(number).revoked == 1
    assert office.programs() == [("ana", "revoked"), ("ana", "revoked")]
    school.later(days=1)
    assert did(school.reconcile()) == []
    assert office.outcomes(office.prepare()) == {"ana": "held"}


def test_again_in_a_program_that_has_ended_is_held(tmp_path: Path) -> None:
    ending = replace(MINI, active_until=date(2026, 6, 30))
    school = Installation(tmp_path, replace(CATALOGUE, programs={("mini", 1): ending}))
    office = Office(school)
    school.record(*earned())
    office.undo(office.through())
    assert office.outcomes(office.prepare(again=True)) == {"ana": "ready"}
    school.later(days=40)
    number = office.prepare(again=True)
    assert office.outcomes(number) == {"ana": "held"}
    (why,) = office.rows(number)["ana"].why
    assert why.code == "no_longer_active"


# --- versions --------------------------------------------------------------------------------------------------


def second_version(school: Installation) -> None:
    with school.database.write() as tx:
        catalogues.save(tx, Catalogue(programs={("mini", 2): replace(MINI, version=2)}), at=school.now)


@pytest.mark.parametrize("deed", [None, "suspend", "revoke"])
def test_who_holds_an_earlier_version_gets_no_second_certificate_unasked(awarded: Installation, deed: str) -> None:
    if deed is not None:
        awarded.change(newest(awarded, "mini"), deed)  # type: ignore[arg-type]  # one of the actions
    second_version(awarded)
    done = awarded.decide_and_issue()
    assert done.programs == ()
    assert [one.learner for one in done.held] == ["ana"]
    assert "version 1" in str(done.held[0].why)
    office = Office(awarded)
    (why,) = office.rows(office.prepare())["ana"].why
    assert "version 1" in why.text


# --- a fact told again -----------------------------------------------------------------------------------------


def test_a_cohort_goes_on_where_its_facts_were_told_again(school: Installation) -> None:
    """The nightly delivery says the same, as of another moment."""
    office = Office(school)
    school.record(*earned())
    number = office.prepare()
    office.approve(number)
    school.later(hours=8)
    school.record(*(replace(one, as_of=school.now, recorded_at=school.now) for one in earned()))
    office.issue(number)
    assert office.programs() == [("ana", "valid")]
    assert did(school.reconcile()) == []


def test_a_cohort_does_not_go_on_where_its_facts_say_something_else_now(school: Installation) -> None:
    office = Office(school)
    school.record(*earned())
    number = office.prepare()
    office.approve(number)
    regrade(school, outcome="passed", name="Ana Invenira-Beispiel")
    office.issue(number)
    assert office.states(number) == {"ana": "failed"}


# --- a catalogue that comes in between -------------------------------------------------------------------------


def test_a_decision_is_never_said_to_rest_on_a_catalogue_that_came_in_between(school: Installation) -> None:
    """The catalogue at hand is older than the one recorded: nothing is kept, and the next run decides."""
    school.record(*earned("ana"), *earned("bela"))
    school.decide_and_issue()
    for learner in ("ana", "bela"):
        toolbox, _ = earned(learner)
        school.record(replace(toolbox, outcome="failed", recorded_at=school.now, as_of=school.now))
    dearer = replace(CATALOGUE.courses["toolbox"], version=2, fee=Decimal(60))

    def import_meanwhile(step: str) -> None:
        if step == "suspended" and not imported:
            imported.append(step)
            with school.database.write() as tx:
                catalogues.save(tx, Catalogue(courses={"toolbox": dearer}), at=school.now)

    imported: list[str] = []
    issuance = school.issuance
    reconciliation = Reconciliation(
        school.config, school.database, issuance, now=lambda: school.now, reached=import_meanwhile
    )
    done = reconciliation.run(learners=["ana", "bela"])
    assert {str(one.why) for one in done.left} == {"The catalogue was changed while it was decided by."}
    assert did(school.reconcile()) == [("suspended", "mini"), ("suspended", "mini")]


# --- what the learner reads ------------------------------------------------------------------------------------


def test_what_somebody_revoked_is_not_promised_with_the_next_ones(awarded: Installation) -> None:
    awarded.change(newest(awarded, "mini"), "revoke", "obtained by deceit")
    asked = ask(awarded)
    assert (asked.state, str(asked.next_step)) == ("revoked", "Revoked on 1 June 2026: obtained by deceit")


def test_what_an_undone_cohort_issued_is_not_promised_either(school: Installation) -> None:
    office = Office(school)
    school.record(*earned())
    number = office.through()
    revoked_for_lost_evidence(school)
    office.undo(number)
    restored(school)
    school.reconcile()
    assert ask(school).state == "revoked"


# --- again and again -------------------------------------------------------------------------------------------


def test_lost_and_restored_twice_is_one_certificate(awarded: Installation) -> None:
    program = newest(awarded, "mini")
    for _ in range(2):
        regrade(awarded)
        awarded.reconcile()
        restored(awarded)
        awarded.reconcile()
    assert [one for one, *_ in history(awarded, program)] == ["suspended", "valid"] * 2
    awarded.decide_and_issue()
    assert [one.status for one in awarded.certificates()] == ["valid"] * 3


def test_suspended_and_restored_after_the_program_has_ended(tmp_path: Path) -> None:
    ending = replace(MINI, active_until=date(2026, 6, 10))
    school = Installation(tmp_path, replace(CATALOGUE, programs={("mini", 1): ending}))
    school.record(*earned())
    school.decide_and_issue()
    regrade(school)
    school.reconcile()
    school.later(days=20)
    assert did(school.reconcile()) == []
    restored(school)
    assert did(school.reconcile()) == [("reinstated", "toolbox"), ("reinstated", "mini")]


def test_a_grace_that_nobody_watched_and_that_was_put_right_late(awarded: Installation) -> None:
    regrade(awarded)
    awarded.reconcile()
    awarded.later(days=90)
    restored(awarded)
    assert did(awarded.reconcile()) == [("reinstated", "toolbox"), ("reinstated", "mini")]


def test_a_course_revoked_by_hand_does_not_come_back_with_the_nightly_import(awarded: Installation) -> None:
    awarded.change(newest(awarded, "toolbox"), "revoke", "plagiarism")
    for grade in (91, 92):
        regrade(awarded, outcome="passed", grade=Decimal(grade))
        awarded.decide_and_issue()
        awarded.reconcile()
    awarded.later(days=31)
    awarded.reconcile()
    assert sorted((one.subject, one.status) for one in awarded.certificates()) == [
        ("capstone", "valid"),
        ("mini", "revoked"),
        ("toolbox", "revoked"),
    ]


def test_a_title_corrected_while_the_award_is_revoked_is_borne_by_the_one_issued_anew(awarded: Installation) -> None:
    awarded.change(newest(awarded, "mini"), "revoke", "a mistake of ours")
    retitle_course(awarded)
    awarded.issuance.correct(newest(awarded, "toolbox").share_id, reason="misspelt")
    assert did(awarded.reconcile()) == []
    awarded.issuance.reissue(newest(awarded, "mini").share_id, reason="it was right")
    assert bound(awarded, newest(awarded, "mini")) == {
        newest(awarded, "toolbox").share_id,
        newest(awarded, "capstone").share_id,
    }
    assert did(awarded.reconcile()) == []


def test_two_programs_share_a_course_and_its_organization_alone_corrects_it(tmp_path: Path) -> None:
    two = partners(tmp_path)
    own = replace(MINI, code="own", organization="college", rule=AllOf((CourseRule("toolbox"),)), kind="program")
    with two.database.write() as tx:
        catalogues.save(tx, Catalogue(programs={("own", 1): own}), at=two.now)
    two.record(*earned())
    two.decide_and_issue()
    two.issuance.correct(newest(two, "toolbox").share_id, reason="misspelt", name=RIGHT, organization="college")
    assert (newest(two, "own").edition, newest(two, "mini").edition) == (2, 1)
    assert did(two.reconcile(organization="college")) == []
    assert did(two.reconcile(organization="school")) == [("finished", "mini")]
    assert learner_name(newest(two, "mini")) == RIGHT
    assert did(two.reconcile()) == []
