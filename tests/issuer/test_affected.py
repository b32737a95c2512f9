"""Who is decided again after a change, and who is not: facts, certificates, days, catalogue, versions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from issuer import deciding, replay
from issuer.catalogue import Catalogue, Organization, Session
from issuer.errors import CatalogueChanged, UnknownLearner, UnknownProgram
from issuer.store import audit, catalogues, changes, decisions
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, NOW, Installation, earned


@pytest.fixture
def three(school: Installation) -> Installation:
    """Ana has earned the program, Bela has not paid, Chen has only begun. All were decided."""
    school.record(*earned(), *earned("bela", fee_paid=False), domain.done("toolbox", learner="chen"))
    assert again(school) == ["ana", "bela", "chen"]
    return school


def again(school: Installation, **choices: Any) -> list[str]:
    """Who is decided now."""
    return [one.decision.learner for one in deciding.stream(school.database, now=school.now, **choices)]


def save(school: Installation, *, courses: Any = (), programs: Any = ()) -> None:
    changed = Catalogue(
        CATALOGUE.organizations, {one.code: one for one in courses}, {(one.code, one.version): one for one in programs}
    )
    with school.database.write() as tx:
        catalogues.save(tx, changed, at=school.now)


def test_nobody_when_nothing_came_in(three: Installation) -> None:
    assert again(three) == []
    assert again(three, everything=True) == ["ana", "bela", "chen"]


def test_whom_a_fact_of_the_program_names(three: Installation) -> None:
    three.record(domain.done("capstone", learner="chen"), domain.done("programming", learner="bela"))
    assert again(three) == ["chen"]
    three.record(domain.enrolled("mini", learner="bela"), domain.enrolled("other", learner="ana"))
    assert again(three) == ["bela"]


def test_whose_certificate_was_revoked(awarded: Installation) -> None:
    awarded.record(*earned("bela"))
    awarded.decide()
    assert again(awarded) == []
    awarded.change(awarded.certificates()[0], "revoke")
    assert again(awarded) == ["ana"]
    awarded.change(awarded.certificates()[1], "revoke")
    awarded.record(domain.done("toolbox", session="05-en", learner="bela"))
    assert again(awarded) == ["ana", "bela"]


def test_whose_revoked_certificate_is_issued_anew(awarded: Installation) -> None:
    course = awarded.certificates()[0]
    awarded.change(course, "revoke", "by hand")
    again(awarded)
    awarded.issuance.reissue(course.share_id, reason="The revocation was a mistake")
    (one,) = deciding.stream(awarded.database, now=NOW)
    assert (one.decision.learner, one.decision.outcome) == ("ana", "eligible")


def test_one_award_that_is_decided_again_can_be_made_again(awarded: Installation) -> None:
    awarded.change(awarded.certificates()[0], "revoke", "by hand")
    made = deciding.decide_one(awarded.database, CATALOGUE, MINI, "ana", revision=1, now=NOW, keep=False)
    assert (made.sequence, made.decision.outcome) == (0, "not_eligible")
    made = deciding.decide_one(awarded.database, CATALOGUE, MINI, "ana", revision=1, now=NOW)
    assert deciding.decide_one(awarded.database, CATALOGUE, MINI, "ana", revision=1, now=NOW) == made
    assert [one.outcome for one in replay.stream(awarded.database, everything=True)] == ["same", "same"]
    with pytest.raises(UnknownLearner):
        deciding.decide_one(awarded.database, CATALOGUE, MINI, "nobody", revision=1, now=NOW)


def test_whose_decision_names_a_day_that_is_over(three: Installation) -> None:
    """Chen was told of the session of 5 July."""
    three.now = NOW.replace(month=7, day=5)
    assert again(three) == []
    three.now = NOW.replace(month=7, day=6)
    assert again(three) == ["chen"]
    assert again(three) == []


def test_everybody_when_a_course_of_the_program_changed(three: Installation) -> None:
    toolbox = CATALOGUE.courses["toolbox"]
    elsewhere = CATALOGUE.courses["programming"]
    run = Session("new", "programming", date(2026, 6, 8), date(2026, 6, 28), "en")
    save(three, courses=[replace(elsewhere, sessions=(*elsewhere.sessions, run))])
    assert again(three) == []
    save(three, courses=[replace(toolbox, sessions=(*toolbox.sessions, replace(run, course="toolbox")))])
    assert again(three) == ["ana", "bela", "chen"]
    save(three, courses=[replace(toolbox, version=2, titles={"en": "The Toolbox"})])
    assert again(three) == ["ana", "bela", "chen"]
    assert again(three) == []


def test_everybody_for_a_version_that_takes_over_and_those_eligible_before(three: Installation) -> None:
    save(three, programs=[replace(MINI, version=2)])
    run = deciding.run(three.database, now=three.now, everything=False)
    assert [(one.decision.version, one.decision.learner) for one in run.decided] == [
        (2, "ana"),
        (2, "bela"),
        (2, "chen"),
    ]
    assert again(three) == []
    three.record(*earned(session="05-en", fee_paid=False), domain.done("toolbox", session="05-en", learner="chen"))
    # Ana was found eligible by the first version, so that is looked at again too.
    assert again(three) == ["ana", "ana", "chen"]


def test_everybody_when_a_version_awards_again(three: Installation) -> None:
    """While the second version awarded, only those with an award of the first were decided by it."""
    save(three, programs=[replace(MINI, version=2, active_until=date(2026, 7, 1))])
    again(three)
    three.record(*earned("dora"))
    assert again(three) == ["dora"]
    three.now = NOW.replace(month=7, day=2)
    run = deciding.run(three.database, now=three.now, everything=False)
    assert ("dora", 1) in {(one.decision.learner, one.decision.version) for one in run.decided}


def test_everybody_when_the_clock_went_back(three: Installation) -> None:
    three.later(days=9)
    assert again(three) == []
    three.later(days=-9)
    again(three)
    with three.database.read() as tx:
        upto = changes.decided(tx, ("mini", 1))
    assert upto is not None
    three.now = NOW.replace(month=5)
    assert again(three) == ["ana", "bela", "chen"]


def test_what_is_over_is_kept_anew_once_although_it_says_the_same(awarded: Installation) -> None:
    """Ana's award outlives the version; before she had it, her decision held as long as the version."""
    ending = replace(MINI, version=2, active_until=date(2026, 6, 30))
    save(awarded, programs=[ending])
    awarded.decide()
    with awarded.database.write() as tx:
        stands = decisions.latest(tx)["ana", "mini", 2]
        decisions.make_award(tx, stands, awarded_at=NOW)
    assert stands.decision.holds_until == ending.active_until
    awarded.now = NOW.replace(month=7)
    run = deciding.run(awarded.database, now=awarded.now, everything=False)
    of_it = [one for one in run.decided if one.decision.version == 2]
    assert [(one.decision.outcome, one.new, one.decision.holds_until) for one in of_it] == [("eligible", True, None)]
    awarded.later(days=1)
    assert again(awarded) == []


def test_what_holds_for_less_long_is_kept_although_it_says_the_same(school: Installation) -> None:
    school.record(*earned())
    assert again(school) == ["ana"]
    school.record(domain.done("toolbox", session="05-en", completed_on=date(2026, 6, 20)))
    (one,) = deciding.stream(school.database, now=NOW)
    assert (one.decision.holds_until, one.new) == (date(2026, 6, 19), True)
    school.now = NOW.replace(day=20)
    (one,) = deciding.stream(school.database, now=school.now)
    assert "also_certified" in {reason.code for reason in one.decision.reasons}


def test_a_run_that_is_broken_off_has_forgotten_nobody(school: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "_AT_ONCE", 1)
    school.record(*earned(), *earned("bela"), *earned("chen"))
    going: Iterator[deciding.Decided] = deciding.stream(school.database, now=NOW)
    assert next(going).decision.learner == "ana"
    going.close()  # type: ignore[attr-defined]  # a generator's
    assert again(school) == ["ana", "bela", "chen"]


def test_what_comes_in_meanwhile_is_decided_the_next_time(
    school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "_AT_ONCE", 1)
    school.record(*earned(), *earned("bela"))
    going = deciding.stream(school.database, now=NOW)
    next(going)
    # The reader holds up no writer: this would wait, and fail.
    school.record(*earned("ana", session="05-en", fee_paid=False), *earned("dora"))
    assert [one.decision.learner for one in going] == ["bela"]
    assert again(school) == ["ana", "dora"]


def test_what_came_in_while_it_was_decided_is_not_kept_as_if_it_had_been_seen(
    school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the view and the write lock: another run may have kept the newer decision already."""
    school.record(*earned(), *earned("bela"))
    before = deciding._OneVersion._decided

    def meanwhile(self: Any, who: str, *known: Any) -> Any:
        made = before(self, who, *known)
        if who == "bela":
            monkeypatch.setattr(deciding._OneVersion, "_decided", before)
            school.record(*earned("ana", outcome="failed", grade=None))
            deciding.run(school.database, now=NOW)
        return made

    monkeypatch.setattr(deciding._OneVersion, "_decided", meanwhile)
    again(school)
    with school.database.read() as tx:
        stands = decisions.latest(tx)
    assert [one.decision.outcome for one in stands.values()] == ["not_eligible", "eligible"]
    assert [one.sequence for one in stands.values()] == [1, 2]


def test_a_catalogue_that_changes_underneath_stops_the_run(
    school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "_AT_ONCE", 1)
    school.record(*earned(), *earned("bela"), *earned("chen"))
    going = deciding.stream(school.database, now=NOW)
    next(going)
    save(school, courses=[replace(CATALOGUE.courses["programming"], version=2)])
    assert next(going).decision.learner == "bela"
    save(school, courses=[replace(CATALOGUE.courses["toolbox"], version=2)])
    with pytest.raises(CatalogueChanged):
        next(going)
    assert again(school) == ["ana", "bela", "chen"]


def test_named_learners_are_decided_and_the_others_stay_to_be_decided(school: Installation) -> None:
    school.record(*earned(), *earned("bela"), *earned("chen"))
    assert again(school, learners=["chen", "ana", "nobody"]) == ["ana", "chen"]
    assert again(school) == ["ana", "bela", "chen"]


def test_a_dry_run_forgets_nobody(school: Installation) -> None:
    school.record(*earned())
    assert again(school, dry_run=True) == ["ana"]
    assert again(school) == ["ana"]


def test_whose_facts_were_all_withdrawn_is_not_left_eligible(three: Installation) -> None:
    taken_back = [replace(one, outcome="withdrawn", recorded_at=NOW) for one in earned()]
    three.record(*taken_back)
    (one,) = deciding.stream(three.database, now=NOW)
    assert (one.decision.learner, one.decision.outcome, one.new) == ("ana", "not_eligible", True)


def test_each_organization_decides_its_own_programs(three: Installation) -> None:
    other = Organization("other", "Other School", "https://other.example/")
    theirs = replace(MINI, code="theirs", organization="other")
    with three.database.write() as tx:
        catalogues.save(tx, Catalogue({"other": other}, {}, {("theirs", 1): theirs}), at=NOW)
    three.record(domain.enrolled("theirs", learner="dora"))
    three.record(domain.enrolled("mini", learner="emil"))
    own = deciding.run(three.database, now=NOW, organization="school", everything=False)
    assert [(one.decision.learner, one.decision.program) for one in own.decided] == [("emil", "mini")]
    with pytest.raises(UnknownProgram) as refused:
        again(three, organization="school", program="theirs")
    assert "theirs" not in str(refused.value.hint)
    with pytest.raises(UnknownLearner):
        again(three, organization="school", learner="dora")


def test_a_name_that_another_organization_gave_is_not_shown(school: Installation) -> None:
    """Not that of a course outside the program, and one of a partner's course only where there is no other."""
    partner = replace(CATALOGUE.courses["capstone"], version=2, organization="other")
    save(school, courses=[partner])
    school.record(
        domain.done("toolbox", name="Ana of the School"),
        domain.done("capstone", name="Ana of the Partner", recorded_at=NOW),
        domain.done("programming", name="Ana of Elsewhere", recorded_at=NOW),
        domain.done("capstone", learner="bela", name="Bela of the Partner"),
    )
    names = {one.decision.learner: one.name for one in deciding.stream(school.database, now=NOW)}
    assert names == {"ana": "Ana of the School", "bela": "Bela of the Partner"}


def test_every_decision_that_is_kept_stands_in_the_audit_log(three: Installation) -> None:
    again(three)
    three.record(domain.done("capstone", learner="chen"))
    again(three, actor="Zoë")
    with three.database.read() as tx:
        found = [one for one in audit.read(tx, "school") if one.action == "decision.make"]
    assert [(one.actor, one.subject, one.detail["count"]) for one in found] == [
        ("issuer", "mini/1", 3),
        ("Zoë", "mini/1", 1),
    ]
