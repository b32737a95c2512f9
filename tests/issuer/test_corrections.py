"""Titles that were wrong, and certificates that are issued anew by somebody's word."""

from dataclasses import replace

import pytest

from issuer.catalogue import Catalogue
from issuer.corrections import correct_all, outdated
from issuer.errors import NotNow, TransitionRefused, UnknownCourse, UnknownCredential, UnknownProgram
from issuer.rules import AllOf, CourseRule
from issuer.store import audit, catalogues, decisions, disagreements
from issuer.store.credentials import StoredCredential
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, Installation, PowerCut, earned
from tests.issuer.test_reconciliation import bound, did, newest, regrade, said
from vc import strict_json


def title(stored: StoredCredential) -> object:
    return strict_json.parse_object(stored.secured or b"{}")["name"]


def retitle_course(school: Installation, text: str = "The Toolbox") -> None:
    course = replace(CATALOGUE.courses["toolbox"], version=2, titles=dict.fromkeys(domain.LANGUAGES, text), sessions=())
    with school.database.write() as tx:
        catalogues.save(tx, Catalogue(courses={"toolbox": course}), at=school.now)


def retitle_program(school: Installation, **changes: object) -> None:
    program = replace(MINI, version=2, titles={"en": "Mini Data"}, **changes)  # type: ignore[arg-type]  # members by name
    with school.database.write() as tx:
        catalogues.save(tx, Catalogue(programs={("mini", 2): program}), at=school.now)


# --- a course's title ------------------------------------------------------------------------------------------


def test_a_course_title_is_corrected_for_everybody(awarded: Installation) -> None:
    awarded.record(*earned("bela"))
    awarded.decide_and_issue()
    before = newest(awarded, "mini")
    retitle_course(awarded)
    with awarded.database.read() as tx:
        work = outdated(tx, now=awarded.now, course="toolbox")
    assert [(one.before, one.after) for one in work] == [("Toolbox", "The Toolbox")] * 2
    done = correct_all(awarded.issuance, work, reason="the title was misspelt")
    assert [one.subject for one in done.released] == ["toolbox", "toolbox", "mini", "mini"]
    new = newest(awarded, "toolbox")
    assert (title(new), new.version, new.edition) == ("The Toolbox", 2, 2)
    assert bound(awarded, newest(awarded, "mini")) == {new.share_id, newest(awarded, "capstone").share_id}
    assert said(awarded, before).reason == "the title was misspelt"
    with awarded.database.read() as tx:
        assert outdated(tx, now=awarded.now, course="toolbox") == ()
    assert did(awarded.reconcile()) == []


def test_a_title_corrected_in_one_language_leaves_certificates_in_another_alone(school: Installation) -> None:
    school.record(domain.done("toolbox", "en"), domain.done("toolbox", "es"))
    school.issue()
    titles = {**CATALOGUE.courses["toolbox"].titles, "en": "The Toolbox"}
    course = replace(CATALOGUE.courses["toolbox"], version=2, titles=titles, sessions=())
    with school.database.write() as tx:
        catalogues.save(tx, Catalogue(courses={"toolbox": course}), at=school.now)
        work = outdated(tx, now=school.now, course="toolbox")
    assert [(one.before, one.after) for one in work] == [("Toolbox", "The Toolbox")]


def test_a_run_of_corrections_that_was_cut_short_is_gone_on_with(awarded: Installation) -> None:
    awarded.record(*earned("bela"))
    awarded.decide_and_issue()
    retitle_course(awarded)
    awarded.cut_after = "released"

    def work() -> object:
        with awarded.database.read() as tx:
            return outdated(tx, now=awarded.now, course="toolbox")

    with pytest.raises(PowerCut):
        correct_all(awarded.issuance, work(), reason="the title was misspelt")  # type: ignore[arg-type]  # as made above
    assert did(awarded.reconcile()) == [("finished", "mini")]
    assert len(correct_all(awarded.issuance, work(), reason="the title was misspelt").released) == 2  # type: ignore[arg-type]  # as made above
    assert {one.status for one in awarded.certificates() if one.edition == 2} == {"valid"}


def test_one_certificate_alone_takes_the_corrected_title(awarded: Installation) -> None:
    retitle_course(awarded)
    first, renewed = awarded.issuance.correct(newest(awarded, "toolbox").share_id, reason="misspelt").released
    assert (title(first), renewed.subject) == ("The Toolbox", "mini")


def test_where_there_is_no_newer_title_it_is_said(awarded: Installation) -> None:
    with pytest.raises(TransitionRefused, match="newest version of toolbox already"):
        awarded.issuance.correct(newest(awarded, "toolbox").share_id, reason="misspelt")
    with awarded.database.read() as tx:
        with pytest.raises(UnknownCourse, match="no course nothing"):
            outdated(tx, now=awarded.now, course="nothing")
        with pytest.raises(UnknownProgram, match="no program nothing"):
            outdated(tx, now=awarded.now, program="nothing")
        with pytest.raises(UnknownCourse, match="no course toolbox"):
            outdated(tx, now=awarded.now, course="toolbox", organization="elsewhere")


# --- a program's title -----------------------------------------------------------------------------------------


def test_a_program_title_moves_the_award_to_the_version_that_has_it(awarded: Installation) -> None:
    old = newest(awarded, "mini")
    retitle_program(awarded)
    awarded.decide()
    with awarded.database.read() as tx:
        (work,) = outdated(tx, now=awarded.now, program="mini")
    (new,) = correct_all(awarded.issuance, [work], reason="the title was wrong").released
    assert (title(new), new.version, new.supersedes) == ("Mini Data", 2, old.number)
    assert said(awarded, old).superseded_by == new.share_id
    assert awarded.decide_and_issue().programs == ()  # nobody is awarded both
    with awarded.database.read() as tx:
        assert sorted(version for _, _, version in decisions.awards(tx)) == [1, 2]
    assert did(awarded.reconcile()) == []
    # and the new one lives on as the old one would
    regrade(awarded)
    assert did(awarded.reconcile()) == [("suspended", "toolbox"), ("suspended", "mini")]
    assert newest(awarded, "mini").status == "suspended"


def test_a_version_that_asks_for_something_else_is_no_correction(awarded: Installation) -> None:
    retitle_program(awarded, rule=AllOf((CourseRule("toolbox"),)))
    awarded.decide()
    with pytest.raises(NotNow, match="asks for something else than version 1"):
        awarded.issuance.correct(newest(awarded, "mini").share_id, reason="the title was wrong")


def test_who_is_not_decided_by_the_newer_version_keeps_the_older(awarded: Installation) -> None:
    retitle_program(awarded)
    with pytest.raises(NotNow, match="not decided to be eligible"):
        awarded.issuance.correct(newest(awarded, "mini").share_id, reason="the title was wrong")
    assert newest(awarded, "mini").version == 1


# --- by somebody's word ----------------------------------------------------------------------------------------


def test_what_was_revoked_by_hand_is_issued_anew_by_hand(awarded: Installation) -> None:
    old = newest(awarded, "mini")
    awarded.change(old, "revoke", "revoked by mistake")
    awarded.later(days=1)
    awarded.decide()
    new = awarded.issuance.by("Rita").reissue(old.share_id, reason="it was a mistake")
    assert (new.status, new.edition, new.award) == ("valid", 2, old.award)
    now = said(awarded, old)
    assert (now.status, now.reason, now.superseded_by) == ("revoked", "revoked by mistake", new.share_id)
    with pytest.raises(TransitionRefused, match="issued anew already"):
        awarded.issuance.reissue(old.share_id, reason="again")
    assert did(awarded.reconcile()) == []
    with awarded.database.read() as tx:
        last = audit.read(tx, "school")[-1]
    assert (last.actor, last.action, last.subject) == ("Rita", "certificate.issue_anew", new.share_id)


def test_a_course_that_was_revoked_by_hand_counts_again_when_it_is_issued_anew(awarded: Installation) -> None:
    toolbox, program = newest(awarded, "toolbox"), newest(awarded, "mini")
    awarded.change(toolbox, "revoke", "revoked by mistake")
    assert did(awarded.reconcile()) == [("suspended", "mini")]
    awarded.issuance.reissue(toolbox.share_id, reason="it was a mistake")
    assert did(awarded.reconcile()) == [("renewed", "mini")]
    assert said(awarded, program).status == "superseded"
    with awarded.database.read() as tx:
        assert disagreements.revoked_by_word(tx, ["ana"]) == frozenset()


def test_what_is_not_earned_is_not_issued_anew(awarded: Installation) -> None:
    toolbox, program = newest(awarded, "toolbox"), newest(awarded, "mini")
    awarded.change(toolbox, "revoke", "fraud")
    awarded.change(program, "revoke", "fraud")
    regrade(awarded)
    awarded.decide()
    with pytest.raises(NotNow, match="not earned: By a later record the course is not passed"):
        awarded.issuance.reissue(toolbox.share_id, reason="a mistake")
    with pytest.raises(NotNow, match="not earned: In English 1 of 2"):
        awarded.issuance.reissue(program.share_id, reason="a mistake")


def test_only_what_was_revoked_is_issued_anew(awarded: Installation) -> None:
    program = newest(awarded, "mini")
    with pytest.raises(TransitionRefused, match="nothing to reissue"):
        awarded.issuance.reissue(program.share_id, reason="why not")
    with pytest.raises(UnknownCredential):
        awarded.issuance.reissue(program.share_id, reason="why not", organization="elsewhere")
