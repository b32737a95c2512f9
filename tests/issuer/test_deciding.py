"""The decision run: whom it concerns, what it keeps, and which awards have lost what they were made for."""

from dataclasses import replace
from datetime import date

import pytest

from issuer.catalogue import Catalogue
from issuer.cohort_csv import cohort_csv
from issuer.errors import UnknownLearner, UnknownProgram
from issuer.store import catalogues, decisions
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, NOW, Installation, earned


def stored(school: Installation) -> int:
    with school.database.read() as tx:
        return len(tx.exec_driver_sql("SELECT * FROM decision").all())


def test_it_concerns_whoever_enrolled_or_began(school: Installation) -> None:
    school.record(
        domain.enrolled("mini", learner="enrolled"),
        domain.done("toolbox", learner="began"),
        domain.done("programming", learner="elsewhere"),
    )
    assert [one.decision.learner for one in school.decide().decided] == ["began", "enrolled"]


def test_what_says_the_same_as_before_is_not_kept_again(school: Installation) -> None:
    school.record(*earned())
    assert [one.new for one in school.decide().decided] == [True]
    school.later(days=3)
    assert [one.new for one in school.decide().decided] == [False]
    assert stored(school) == 1
    school.record(domain.done("toolbox", session="05-en", completed_on=date(2026, 3, 1)))
    assert [one.new for one in school.decide().decided] == [True]
    assert stored(school) == 2


def test_a_dry_run_keeps_nothing(school: Installation) -> None:
    school.record(*earned())
    assert school.decide(dry_run=True).count("eligible") == 1
    assert stored(school) == 0


def test_a_stored_decision_is_read_back_and_replayed_byte_for_byte(school: Installation) -> None:
    school.record(*earned(), *earned("bela", fee_paid=False))
    made = school.decide()
    with school.database.read() as tx:
        read = decisions.latest(tx)
        rows = tx.exec_driver_sql("SELECT canonical, digest FROM decision ORDER BY sequence").all()
    assert [one.decision for one in made.decided] == [one.decision for one in read.values()]
    for one, (canonical, digest) in zip(made.decided, rows, strict=True):
        assert (one.decision.canonical(), one.decision.digest) == (canonical, digest)


def test_it_can_be_asked_for_one_program_or_one_learner(school: Installation) -> None:
    school.record(*earned(), *earned("bela"))
    assert [one.decision.learner for one in school.decide(learner="bela").decided] == ["bela"]
    assert len(school.decide(program="mini").decided) == 2
    with pytest.raises(UnknownProgram, match="Did you mean mini"):
        school.decide(program="minni")
    with pytest.raises(UnknownLearner, match="names the learner nobody"):
        school.decide(learner="nobody")


def test_a_revoked_course_certificate_takes_the_evidence_away(awarded: Installation) -> None:
    course, _, program = awarded.certificates()
    assert awarded.decide().lost == ()
    awarded.change(course, "revoke", "grade corrected")
    run = awarded.decide()
    (lost,) = run.lost
    assert lost.certificate.share_id == program.share_id
    assert (lost.decision.outcome, lost.name) == ("not_eligible", "Ana Invenira")
    awarded.change(program, "revoke", "evidence lost")
    assert awarded.decide().lost == ()  # it is dealt with


def test_another_certificate_is_put_in_its_place(awarded: Installation) -> None:
    toolbox = next(one for one in awarded.certificates() if one.subject == "toolbox")
    awarded.record(domain.done("toolbox", session="05-en", completed_on=date(2026, 5, 2)))
    awarded.issue()
    awarded.change(toolbox, "revoke", "grade corrected")
    run = awarded.decide()
    assert (run.lost, run.count("eligible")) == ((), 1)


def test_a_suspended_course_certificate_still_counts(awarded: Installation) -> None:
    awarded.change(awarded.certificates()[0], "suspend")
    assert awarded.decide().lost == ()


def test_a_regrade_is_told_for_the_course_and_for_the_program(awarded: Installation) -> None:
    toolbox, _ = earned()
    awarded.record(replace(toolbox, outcome="failed", recorded_at=NOW))
    run = awarded.decide()
    assert [one.certificate.subject for one in run.unsupported] == ["toolbox"]
    assert [one.certificate.subject for one in run.lost] == ["mini"]


def test_an_old_version_that_was_awarded_is_looked_at_again(awarded: Installation) -> None:
    newer = replace(MINI, version=2, active_from=date(2026, 6, 1))
    with awarded.database.write() as tx:
        catalogues.save(tx, Catalogue(programs={("mini", 2): newer}), at=NOW)
    found = {(one.decision.version, one.awarded) for one in awarded.decide().decided}
    assert found == {(1, True), (2, False)}


def test_of_versions_that_are_not_active_the_newest_says_so(school: Installation) -> None:
    later = replace(MINI, version=2, active_from=date(2027, 1, 1))
    with school.database.write() as tx:
        catalogues.save(tx, Catalogue(programs={("mini", 2): later}), at=NOW)
    school.record(*earned())
    assert [one.decision.version for one in school.decide().decided] == [1]
    school.now = NOW.replace(year=2025)
    # Nor is anybody left standing as eligible by a version that is over.
    assert [(one.decision.version, one.decision.outcome) for one in school.decide().decided] == [
        (1, "not_active"),
        (2, "not_active"),
    ]


def test_cells_that_a_spreadsheet_would_run_are_disarmed(school: Installation) -> None:
    school.record(*earned("ana", name='=HYPERLINK("http://x")'), *earned("@bela"))
    rows = cohort_csv(school.decide()).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("learner,name,program,version,outcome,")
    assert rows[1].startswith("'@bela,")
    assert "\"'=HYPERLINK" in rows[2]


def test_the_catalogue_of_these_tests_is_sound() -> None:
    assert Catalogue.from_json(CATALOGUE.to_json()) == CATALOGUE
