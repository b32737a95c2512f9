"""Cohorts: what would happen to whom, four eyes, the limit of an hour, power cuts, and taking it all back."""

import csv
import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from issuer import cohorts, config, drafting
from issuer.access import Caller, operator, permissions_of
from issuer.api_errors import NotAllowed
from issuer.cohort_csv import COHORT_COLUMNS, cohort_lines
from issuer.cohort_issuing import CohortIssuing, Progressed
from issuer.cohort_standing import Standing, standing
from issuer.cohort_undoing import Undone, undo
from issuer.errors import (
    CohortNotApproved,
    CohortState,
    InputRefused,
    LimitReached,
    SameApprover,
    TransitionRefused,
    UnknownCohort,
    UnknownProgram,
)
from issuer.limits import Limit, Limits
from issuer.store import audit, catalogues, cohort_pages, credentials, status
from issuer.store import cohorts as store
from issuer.store.office_tables import cohort, cohort_event, cohort_row
from tests.at_once import at_once
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, NOW, Installation, PowerCut, earned

RITA = operator("Rita (command line)")
ADA = operator("Ada (command line)")
OTTO = operator("Otto (command line)")

STEPS = ["drafted", "linted", "recorded", "signed", "checked", "released"]


class Office:
    """The registrar's office of an installation; `limits` may be made smaller."""

    def __init__(self, school: Installation) -> None:
        self.school = school
        self.database = school.database

    def limit(self, per_hour: int = 500, *, at_once: int = 500) -> None:
        """By `config.json`, as an operator sets it."""
        limits = replace(
            Limits(),
            issues_per_hour=Limit(per_hour, "program certificates", "a test"),
            cohort_batch=Limit(at_once, "rows", "a test"),
        )
        config.save(replace(self.school.config, limits=limits))
        self.school.restart()

    def prepare(self, by: Caller = RITA, **choices: Any) -> int:
        values: dict[str, Any] = {"program": "mini", "now": self.school.now, "limits": self.school.config.limits}
        return cohorts.prepare(self.database, by, **values | choices)

    def approve(self, number: int, by: Caller = ADA) -> Standing:
        return cohorts.approve(self.database, by, number, organization=None, now=self.school.now)

    def cancel(self, number: int) -> Standing:
        return cohorts.cancel(self.database, RITA, number, organization=None, now=self.school.now)

    @property
    def parts(self) -> CohortIssuing:
        return CohortIssuing(self.school.config, self.database, self.school.issuance, lambda: self.school.now)

    def issue(self, number: int, **choices: Any) -> Progressed:
        return self.parts.issue(RITA, number, organization=None, **choices)

    def undo(self, number: int, reason: str = "the wrong version") -> Undone:
        return undo(self.parts, ADA, number, reason=reason, organization=None)

    def through(self, **choices: Any) -> int:
        """Prepared, approved and issued."""
        number = self.prepare(**choices)
        self.approve(number)
        self.issue(number)
        return number

    def standing(self, number: int) -> Standing:
        with self.database.read() as tx:
            return standing(tx, store.find(tx, number), grouped=True)

    def rows(self, number: int) -> dict[str, store.Row]:
        with self.database.read() as tx:
            return {one.learner: one for one in store.rows(tx, number)}

    def outcomes(self, number: int) -> dict[str, str]:
        return {learner: one.outcome for learner, one in self.rows(number).items()}

    def states(self, number: int) -> dict[str, str]:
        return {learner: one.state for learner, one in self.rows(number).items()}

    def programs(self) -> list[tuple[str, str]]:
        """(learner, status) of every program certificate."""
        return [(one.learner, one.status) for one in self.school.certificates() if one.kind == "program"]

    def deeds(self) -> list[str]:
        with self.database.read() as tx:
            audit.verify(tx, "school")
            return [f"{one.action} {one.subject} {one.actor}" for one in audit.read(tx, "school")]


@pytest.fixture
def office(school: Installation) -> Office:
    return Office(school)


@pytest.fixture
def three(office: Office) -> Office:
    """Three who earned it."""
    office.school.record(*earned("ana"), *earned("bela"), *earned("cem"))
    return office


def texts(row: store.Row) -> list[str]:
    return [one.text for one in row.why]


# --- the dry run -----------------------------------------------------------------------------------------------


def test_it_says_what_would_happen_to_whom_and_issues_nothing(office: Office) -> None:
    office.school.record(*earned("done"))
    office.school.decide_and_issue()
    before = office.school.certificates()
    office.school.record(
        *earned("ready"),
        *earned("unpaid", fee_paid=False),
        domain.done("toolbox", learner="begun"),
        domain.enrolled("mini", learner="enrolled"),
    )
    number = office.prepare(name="  Spring   graduates ")
    assert office.outcomes(number) == {
        "begun": "not_eligible",
        "done": "issued_already",
        "enrolled": "not_eligible",
        "ready": "ready",
        "unpaid": "not_eligible",
    }
    assert office.school.certificates() == before
    found = office.standing(number)
    assert (found.cohort.name, found.state, found.ready, found.learners) == ("Spring graduates", "prepared", 1, 5)
    assert [(one.count, one.text) for one in found.needs] == [
        (2, "Capstone: not taken"),
        (1, "Capstone: passed, but the certificate is not paid"),
        (1, "Toolbox: passed, but the certificate is not paid"),
        (1, "Toolbox: not taken"),
    ]
    assert "pay $49 for the certificate" in "".join(texts(office.rows(number)["unpaid"]))
    assert texts(office.rows(number)["done"]) == ["Issued on 1 June 2026"]


def test_only_the_learners_who_are_named_and_every_one_of_them(three: Office) -> None:
    number = three.prepare(learners=[" ana ", "bela", "", "nobody", "ana"])
    assert three.outcomes(number) == {"ana": "ready", "bela": "ready", "nobody": "not_eligible"}
    assert texts(three.rows(number)["nobody"]) == [
        "No completion or enrolment of this program names the learner nobody"
    ]
    assert [(one.count, one.code) for one in three.standing(number).needs] == [(1, "unknown_learner")]


@pytest.mark.parametrize("learners", [[], ["", " "], [str(one) for one in range(100_001)]])
def test_a_list_that_names_nobody_or_too_many_is_refused(office: Office, learners: list[str]) -> None:
    with pytest.raises(InputRefused, match="1 to 100000 are needed"):
        office.prepare(learners=learners)


@pytest.mark.parametrize("name", ["x" * 101, "a\x07b"])
def test_a_name_fits_a_row(office: Office, name: str) -> None:
    with pytest.raises(InputRefused, match="at most 100 printable"):
        office.prepare(name=name)


def test_a_program_that_is_not_active_yet_awards_nobody_and_it_is_said_once(tmp_path: Path) -> None:
    later = replace(MINI, active_from=date(2026, 9, 1))
    office = Office(Installation(tmp_path, replace(CATALOGUE, programs={("mini", 1): later})))
    office.school.record(*earned("ana"), *earned("bela"))
    number = office.prepare()
    found = office.standing(number)
    assert (found.ready, found.outcome("held")) == (0, 2)
    assert found.not_active.startswith("Version 1 of the program is not active before 1 September 2026")
    assert len(found.held) == 1
    with pytest.raises(CohortState, match="nobody to issue"):
        office.approve(number)


def test_what_issuing_would_refuse_is_foreseen(three: Office) -> None:
    three.school.issue()  # the Course Certificates
    suspended = next(one for one in three.school.certificates() if (one.learner, one.subject) == ("bela", "toolbox"))
    three.school.change(suspended, "suspend", "under review")
    number = three.prepare()
    assert three.outcomes(number) == {"ana": "ready", "bela": "held", "cem": "ready"}
    assert texts(three.rows(number)["bela"]) == ["The certificate of Toolbox is suspended"]
    assert [(one.count, one.text) for one in three.standing(number).held] == [
        (1, "The certificate of Toolbox is suspended")
    ]


def test_a_completion_in_another_language_than_its_certificate_is_foreseen(three: Office) -> None:
    three.school.issue()
    toolbox, capstone = earned("bela")
    three.school.record(replace(toolbox, language="es"), replace(capstone, language="es"))
    row = three.rows(three.prepare())["bela"]
    assert (row.outcome, [one.code for one in row.why]) == ("held", ["course_certificate_language"] * 2)


def test_a_course_that_nobody_describes_any_more_is_foreseen(tmp_path: Path) -> None:
    """An older course counts for the one that replaced it; its certificate cannot be written without its title."""
    toolbox = replace(CATALOGUE.courses["toolbox"], replaces=("old-toolbox",))
    courses = {**CATALOGUE.courses, "toolbox": toolbox}
    office = Office(Installation(tmp_path, replace(CATALOGUE, courses=courses)))
    office.school.record(domain.done("old-toolbox"), domain.done("capstone"))
    row = office.rows(office.prepare())["ana"]
    assert (row.outcome, [one.code for one in row.why]) == ("held", ["course_not_described"])


def test_names_are_those_that_the_programs_own_organization_knows(tmp_path: Path) -> None:
    """A partner's course counts, but the name that the partner has is not shown where the organization has its own."""
    capstone = replace(CATALOGUE.courses["capstone"], organization="partner")
    elsewhere = replace(CATALOGUE.courses["programming"], organization="partner")
    partner = replace(CATALOGUE.organizations["school"], code="partner")
    catalogue = replace(
        CATALOGUE,
        organizations={**CATALOGUE.organizations, "partner": partner},
        courses={**CATALOGUE.courses, "capstone": capstone, "programming": elsewhere},
    )
    office = Office(Installation(tmp_path, catalogue))
    office.school.record(
        domain.done("toolbox", name="As the school knows her"),
        domain.done("capstone", name="As the partner knows her"),
        domain.done("programming", name="None of the program's business"),
        domain.done("capstone", learner="bela", name="Bela of the partner"),
    )
    rows = office.rows(office.prepare())
    assert {learner: one.name for learner, one in rows.items()} == {
        "ana": "As the school knows her",
        "bela": "Bela of the partner",
    }


def with_a_partner(folder: Path) -> Office:
    """The capstone is a partner's, and Ana has earned the program; nothing is issued yet."""
    partner = replace(CATALOGUE.organizations["school"], code="partner", name="Partner College")
    capstone = replace(CATALOGUE.courses["capstone"], organization="partner")
    organizations = {**CATALOGUE.organizations, "partner": partner}
    courses = {**CATALOGUE.courses, "capstone": capstone}
    office = Office(Installation(folder, replace(CATALOGUE, organizations=organizations, courses=courses)))
    office.school.record(*earned())
    return office


STAFF = Caller("Rita (key 1)", "school", permissions_of("registrar"), 1)
APPROVER = Caller("Ada (key 2)", "school", permissions_of("approver"), 2)


def test_what_a_partner_has_not_certified_is_held(tmp_path: Path) -> None:
    office = with_a_partner(tmp_path)
    row = office.rows(office.prepare(STAFF))["ana"]
    assert (row.outcome, texts(row)) == (
        "held",
        ["The certificate of Capstone is not issued yet, and Partner College is to do that"],
    )
    assert office.outcomes(office.prepare()) == {"ana": "ready"}, "the operator issues for each of them"


def test_nobody_issues_in_a_partners_name(tmp_path: Path) -> None:
    """Not even where the operator had prepared it: staff of one organization does not sign for another."""
    office = with_a_partner(tmp_path)
    number = office.prepare()
    office.approve(number, APPROVER)
    done = office.parts.issue(STAFF, number, organization="school")
    assert (done.issued, done.failed) == (0, 1)
    assert {one.organization for one in office.school.certificates()} == {"school"}
    assert office.rows(number)["ana"].problem == "There is no Course Certificate for capstone yet."
    office.school.issuance.issue(office.school.issuance.plan(organization="partner"))
    assert office.parts.issue(STAFF, number, organization="school").issued == 1


def test_rows_are_written_in_batches_and_none_is_lost(three: Office) -> None:
    limits = replace(Limits(), cohort_batch=Limit(2, "rows", "a test"))
    told: list[tuple[int, int]] = []
    number = three.prepare(limits=limits, progress=lambda done, total: told.append((done, total)))
    assert set(three.outcomes(number)) == {"ana", "bela", "cem"}
    assert told[-1] == (3, 3)
    assert [one.row.learner for one in cohorts.every_row(three.database, number, limits)] == ["ana", "bela", "cem"]


def test_a_preparation_that_was_interrupted_can_only_be_cancelled(
    three: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    monkeypatch.setattr(cohort_pages, "course_certificates", cut)
    with pytest.raises(PowerCut):
        three.prepare()
    monkeypatch.undo()
    assert three.standing(1).state == "unfinished"
    with pytest.raises(CohortState, match="is unfinished: it cannot be approved"):
        three.approve(1)
    assert three.cancel(1).state == "cancelled"
    assert three.prepare() == 2


def test_another_organizations_program_and_cohort_are_not_there(three: Office) -> None:
    with pytest.raises(UnknownProgram, match="There is no program mini"):
        three.prepare(organization="duke")
    with pytest.raises(UnknownProgram, match="Did you mean mini"):
        three.prepare(program="minni")
    number = three.prepare()
    with pytest.raises(UnknownCohort, match="There is no cohort 1"):
        cohorts.approve(three.database, ADA, number, organization="duke", now=NOW)
    with pytest.raises(UnknownCohort):
        three.approve(number + 1)


# --- four eyes -------------------------------------------------------------------------------------------------


def key(name: str, number: int, role: Any = "approver") -> Caller:
    return Caller(f"{name} (key {number})", "school", permissions_of(role), number)


@pytest.mark.parametrize("again", [RITA, operator("rita (command line)"), operator("Ｒita"), key("Rita", 9)])
def test_nobody_approves_what_he_prepared_himself(three: Office, again: Caller) -> None:
    number = three.prepare()
    with pytest.raises(SameApprover, match="prepared by Rita"):
        three.approve(number, again)
    assert three.standing(number).state == "prepared"


def test_a_key_is_one_person_whatever_it_is_called(three: Office) -> None:
    number = three.prepare(key("Rita", 1))
    with pytest.raises(SameApprover):
        three.approve(number, key("Somebody else", 1))
    three.approve(number, key("Ada", 2))


def test_the_second_approval_is_a_second_persons(three: Office) -> None:
    number = three.prepare()
    assert three.approve(number).state == "approved"
    with pytest.raises(SameApprover, match="approved by Ada"):
        three.approve(number)
    assert [one.actor for one in three.approve(number, OTTO).approvals] == [ADA.name, OTTO.name]
    with pytest.raises(CohortState, match="has both approvals"):
        three.approve(number, operator("Eva (command line)"))


def test_nothing_is_issued_without_an_approval(three: Office) -> None:
    number = three.prepare()
    with pytest.raises(CohortNotApproved, match=r"not approved yet\. Somebody else"):
        three.issue(number)
    assert three.school.certificates() == ()


DEEDS: dict[str, Callable[[Office, Caller], object]] = {
    "prepare": lambda office, caller: office.prepare(caller),
    "approve": lambda office, caller: office.approve(1, caller),
    "issue": lambda office, caller: office.parts.issue(caller, 1, organization="school"),
    "undo": lambda office, caller: undo(office.parts, caller, 1, reason="x", organization="school"),
    "cancel": lambda office, caller: cohorts.cancel(office.database, caller, 1, organization="school", now=NOW),
}


@pytest.mark.parametrize(
    ("role", "deed"),
    [
        ("viewer", "prepare"),
        ("registrar", "approve"),
        ("viewer", "issue"),
        ("registrar", "undo"),
        ("viewer", "cancel"),
    ],
)
def test_each_deed_needs_its_role(three: Office, role: Any, deed: str) -> None:
    three.prepare()
    with pytest.raises(NotAllowed):
        DEEDS[deed](three, key("Vera", 5, role))


# --- issuing ---------------------------------------------------------------------------------------------------


def test_what_was_approved_is_issued_with_the_courses_that_it_needs(three: Office) -> None:
    three.school.record(domain.done("programming", learner="ana"))
    number = three.prepare()
    three.approve(number)
    told: list[int] = []
    done = three.issue(number, progress=lambda: told.append(1))
    assert (done.issued, done.failed, done.courses, len(told)) == (3, 0, 6, 3)
    assert three.states(number) == {"ana": "issued", "bela": "issued", "cem": "issued"}
    assert three.programs() == [("ana", "valid"), ("bela", "valid"), ("cem", "valid")]
    # What the program does not ask for is not the cohort's to issue.
    assert all(one.subject != "programming" for one in three.school.certificates())
    assert three.standing(number).state == "issued"
    assert three.school.steps == STEPS * 2
    again = three.issue(number)
    assert (again.issued, again.failed) == (0, 0)
    assert len(three.programs()) == 3


def test_each_row_is_decided_again_and_one_that_fails_stops_no_other(three: Office) -> None:
    number = three.prepare()
    three.approve(number)
    three.school.record(domain.done("toolbox", learner="bela", fee_paid=False))
    done = three.issue(number)
    assert (done.issued, done.failed) == (2, 1)
    row = three.rows(number)["bela"]
    assert (row.state, row.credential) == ("failed", None)
    assert "no longer holds" in (row.problem or "")
    # Not even the Course Certificate, which bela lost with it, nor the one that she still has earned.
    assert {one.learner for one in three.school.certificates()} == {"ana", "cem"}
    assert [(one.count, one.code) for one in three.standing(number).failures] == [(1, "failed")]
    # What failed is tried again when nothing else waits.
    three.school.record(replace(earned("bela")[0], as_of=NOW))
    number = three.prepare(learners=["bela"])
    three.approve(number)
    assert three.issue(number).issued == 1


def test_what_failed_is_tried_again_when_it_holds_again(three: Office) -> None:
    three.school.issue()
    number = three.prepare()
    three.approve(number)
    course = next(one for one in three.school.certificates() if (one.learner, one.subject) == ("cem", "toolbox"))
    three.school.change(course, "suspend", "under review")
    assert three.issue(number).failed == 1
    assert "Toolbox is suspended" in (three.rows(number)["cem"].problem or "")
    three.school.change(course, "reinstate", "nothing was found")
    again = three.issue(number)
    assert (again.issued, again.failed) == (1, 0)
    assert three.rows(number)["cem"].problem is None


def test_a_credential_that_cannot_be_signed_fails_alone(three: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    number = three.prepare()
    three.approve(number)
    program_certificate = drafting.program_certificate

    def lint_refuses_bela(*given: Any, **more: Any) -> dict[str, Any]:
        made = program_certificate(*given, **more)
        return made | ({"unknown": "member"} if more["recipient"].name.startswith("Bela") else {})

    monkeypatch.setattr(drafting, "program_certificate", lint_refuses_bela)
    done = three.issue(number)
    assert (done.issued, done.failed) == (2, 1)
    assert three.states(number)["bela"] == "failed"


def test_what_somebody_else_issued_meanwhile_is_not_the_cohorts(three: Office) -> None:
    number = three.prepare()
    three.approve(number)
    three.school.issue()
    assert three.issue(number).failed == 3
    assert "issued already" in (three.rows(number)["ana"].problem or "")
    assert three.undo(number).revoked == 0
    assert three.programs() == [("ana", "valid"), ("bela", "valid"), ("cem", "valid")]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("kind", "finisher"), [("course", "cohort"), ("program", "cohort"), ("program", "service")])
def test_a_power_cut_at_any_step_loses_nothing_and_doubles_nothing(
    office: Office, step: str, kind: str, finisher: str
) -> None:
    office.school.record(*earned("ana"), *earned("bela"))
    number = office.prepare()
    office.approve(number)
    # All courses go through the cycle together, then all programs.
    skip = STEPS.index(step) + (0 if kind == "course" else len(STEPS))
    seen: list[str] = []

    def cut(reached: str) -> None:
        seen.append(reached)
        if len(seen) == skip + 1:
            raise PowerCut(reached)

    office.school._reached = cut  # type: ignore[method-assign]  # the plug of this test is pulled by number
    with pytest.raises(PowerCut, match=step):
        office.issue(number)
    office.school._reached = lambda reached: None  # type: ignore[method-assign]  # and put in again
    assert office.standing(number).state == "issuing"
    if finisher == "service":
        office.school.issuance.finish_intents()
    office.issue(number)
    assert office.standing(number).state == "issued"
    assert office.states(number) == {"ana": "issued", "bela": "issued"}
    found = office.school.certificates()
    assert sorted((one.learner, one.subject) for one in found) == [
        (learner, subject) for learner in ("ana", "bela") for subject in ("capstone", "mini", "toolbox")
    ]
    assert all(one.released for one in found)
    bound = {one.credential for one in office.rows(number).values()}
    assert bound == {one.number for one in found if one.kind == "program"}


@pytest.mark.both_databases
def test_two_processes_issue_it_once(tmp_path: Path) -> None:
    office = Office(Installation(tmp_path))
    learners = ("ana", "bela", "cem", "dora", "emil")
    office.school.record(*(fact for learner in learners for fact in earned(learner)))
    number = office.prepare()
    office.approve(number)
    start = threading.Barrier(2)
    done: list[Progressed] = []

    def work() -> None:
        parts = office.parts
        start.wait()
        done.append(parts.issue(RITA, number, organization=None))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    office.issue(number)
    assert office.states(number) == dict.fromkeys(learners, "issued")
    assert office.programs() == [(learner, "valid") for learner in learners]
    assert len(office.school.certificates()) == 3 * len(learners)


def test_a_part_at_a_time(three: Office) -> None:
    number = three.prepare()
    three.approve(number)
    assert three.issue(number, at_most=2).issued == 2
    assert three.standing(number).waiting == 1
    assert three.issue(number, at_most=2).issued == 1


# --- the limit of an hour --------------------------------------------------------------------------------------


def test_issuing_stops_at_the_limit_and_goes_on_an_hour_later(three: Office) -> None:
    three.limit(2)
    number = three.prepare()
    three.approve(number)
    done = three.issue(number)
    assert (done.issued, done.failed, three.standing(number).waiting) == (2, 0, 1)
    assert done.limit is not None
    assert done.limit.again_at == NOW + timedelta(hours=1)
    assert "The limit of school, which is 2 in an hour, is reached" in str(done.limit)
    assert "second person" in str(done.limit)
    assert "2026-06-01T13:00:00Z" in str(done.limit)
    three.school.later(minutes=59)
    with pytest.raises(LimitReached):
        three.issue(number)
    three.school.later(minutes=1)
    assert three.issue(number).issued == 1


def test_two_approvals_lift_the_limit(three: Office) -> None:
    three.limit(1)
    number = three.prepare()
    three.approve(number)
    assert three.issue(number).issued == 1
    three.approve(number, OTTO)
    assert three.issue(number).issued == 2


def test_the_limit_counts_what_was_issued_in_other_ways(three: Office) -> None:
    three.limit(2)
    three.school.record(*earned("dora"))
    three.school.decide(learner="dora")
    three.school.issue()
    number = three.prepare()
    three.approve(number)
    assert three.issue(number).issued == 1
    stopped = three.school.decide_and_issue()
    assert [(str(why.again_at.time()), count) for why, count in stopped.limited] == [("13:00:00", 2)]
    assert stopped.programs == ()


def test_issuing_all_that_was_decided_stops_at_the_limit_too(three: Office) -> None:
    three.limit(2)
    three.school.decide()
    issuance = three.school.issuance
    done = issuance.issue(issuance.plan())
    assert (done.courses, done.programs, [count for _, count in done.limited]) == (6, 2, [1])
    more = issuance.issue(issuance.plan(), beyond_the_limit=True)
    assert (more.programs, more.limited) == (1, ())


@pytest.mark.both_databases
def test_two_processes_together_stay_below_the_limit(three: Office) -> None:
    three.limit(2)
    number = three.prepare()
    three.approve(number)
    limited: list[bool] = []

    def work() -> None:
        try:
            limited.append(three.parts.issue(RITA, number, organization=None).limit is not None)
        except LimitReached:
            limited.append(True)

    at_once(2, work)
    assert True in limited
    assert len(three.programs()) == 2


def test_a_correction_is_not_held_up_by_the_limit_and_does_not_count(three: Office) -> None:
    three.limit(2)
    number = three.prepare()
    three.approve(number)
    three.issue(number, at_most=1)
    program = next(one for one in three.school.certificates() if one.kind == "program")
    for name in ("Ana M. Invenira", "Ana María Invenira"):
        program = three.school.issuance.correct(program.share_id, name=name, reason="typing error").released[0]
    done = three.issue(number)
    assert (done.issued, done.limit is None) == (1, False)


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="issues_per_hour is at least 1"):
        Limits(issues_per_hour=Limit(0, "program certificates", "a test"))


# --- undoing ---------------------------------------------------------------------------------------------------


def test_undoing_revokes_what_it_issued_and_leaves_the_courses(three: Office) -> None:
    three.school.record(*earned("before"))
    three.school.decide(learner="before")
    three.school.issue()
    number = three.through()
    three.school.later(days=1)
    done = three.undo(number)
    assert (done.revoked, done.before, done.failed) == (3, 0, ())
    assert sorted(three.programs()) == [
        ("ana", "revoked"),
        ("before", "valid"),
        ("bela", "revoked"),
        ("cem", "revoked"),
    ]
    assert all(one.status == "valid" for one in three.school.certificates() if one.kind == "course")
    assert {one.state for one in three.rows(number).values() if one.outcome == "ready"} == {"undone"}
    assert three.standing(number).state == "undone"
    with three.database.read() as tx:
        revoked = credentials.with_status(tx, "revoked")
        told = {status.history(tx, one.number)[-1] for one in revoked}
    assert {(one.reason, one.cause, one.actor) for one in told} == {("the wrong version", "cohort", ADA.name)}
    with pytest.raises(CohortState, match=r"undone already \(the wrong version\)"):
        three.undo(number)
    with pytest.raises(CohortState, match="is undone: it cannot be issued"):
        three.issue(number)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\u202eb"])
def test_undoing_needs_a_reason(three: Office, reason: str) -> None:
    number = three.through()
    with pytest.raises(TransitionRefused):
        three.undo(number, reason)
    assert three.standing(number).state == "issued"
    assert {state for _, state in three.programs()} == {"valid"}


def test_undoing_goes_on_after_a_power_cut_with_the_first_reason(
    three: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = three.through()
    settle = store.settle

    def cut(tx: Any, cohort: int, became: dict[str, Any]) -> None:
        if "bela" in became:
            raise PowerCut
        settle(tx, cohort, became)

    monkeypatch.setattr(store, "settle", cut)
    with pytest.raises(PowerCut):
        three.undo(number)
    monkeypatch.undo()
    assert three.programs() == [("ana", "revoked"), ("bela", "revoked"), ("cem", "valid")]
    done = three.undo(number, "another reason")
    assert (done.revoked, done.before, done.reason) == (1, 1, "the wrong version")
    assert set(three.states(number).values()) == {"undone"}


def test_undoing_finishes_what_an_interruption_left_and_revokes_it(three: Office) -> None:
    number = three.prepare()
    three.approve(number)
    seen: list[str] = []

    def cut(step: str) -> None:
        seen.append(step)
        if len(seen) == len(STEPS) + 3:  # the programs are recorded, and nobody signed them
            raise PowerCut

    three.school._reached = cut  # type: ignore[method-assign]  # the plug of this test is pulled by number
    with pytest.raises(PowerCut):
        three.issue(number)
    three.school._reached = lambda step: None  # type: ignore[method-assign]  # and put in again
    assert three.undo(number).revoked == 3
    assert three.programs() == [("ana", "revoked"), ("bela", "revoked"), ("cem", "revoked")]


def test_undoing_stops_who_is_still_issuing(three: Office) -> None:
    three.limit(at_once=1)
    number = three.prepare()
    three.approve(number)
    undone: list[Undone] = []

    def meanwhile() -> None:
        if not undone:
            undone.append(three.undo(number))

    with pytest.raises(CohortState, match="was undone while it was issued"):
        three.issue(number, progress=meanwhile)
    assert three.programs() == [("ana", "revoked")]


def test_undoing_follows_a_correction_to_the_newest(three: Office) -> None:
    number = three.through()
    ana = next(one for one in three.school.certificates() if (one.learner, one.kind) == ("ana", "program"))
    three.school.issuance.correct(ana.share_id, name="Ana M. Invenira", reason="typing error")
    assert three.undo(number).revoked == 3
    assert ("ana", "superseded") in three.programs()
    assert ("ana", "revoked") in three.programs()
    assert not [one for one in three.programs() if one[1] == "valid"]


def test_what_was_revoked_by_hand_stays_as_it_is(three: Office) -> None:
    number = three.through()
    ana = next(one for one in three.school.certificates() if (one.learner, one.kind) == ("ana", "program"))
    three.school.change(ana, "revoke", "grade corrected")
    done = three.undo(number)
    assert (done.revoked, done.before) == (2, 1)
    with three.database.read() as tx:
        assert [one.reason for one in status.history(tx, ana.number)] == ["grade corrected"]


def test_what_was_undone_is_issued_anew_only_when_that_is_asked_for(three: Office) -> None:
    three.undo(three.through())
    three.school.later(hours=2)
    second = three.prepare()
    assert set(three.outcomes(second).values()) == {"held"}
    assert texts(three.rows(second)["ana"]) == [
        "Cohort 1 was undone on 1 June 2026 (the wrong version); it is issued anew only if that is asked for"
    ]
    assert [one.count for one in three.standing(second).held] == [3]
    assert three.school.decide_and_issue().programs == ()
    third = three.prepare(again=True)
    assert set(three.outcomes(third).values()) == {"ready"}
    three.approve(third)
    assert three.issue(third).issued == 3
    assert sorted(three.programs()) == sorted(
        (learner, state) for learner in ("ana", "bela", "cem") for state in ("revoked", "valid")
    )
    assert set(three.outcomes(three.prepare()).values()) == {"issued_already"}
    assert three.undo(third).revoked == 3


def test_what_was_revoked_by_hand_is_held_too_and_counts_when_it_is_issued_anew(three: Office) -> None:
    three.limit(3)
    three.through()
    ana = next(one for one in three.school.certificates() if (one.learner, one.kind) == ("ana", "program"))
    three.school.change(ana, "revoke", "grade corrected")
    assert three.rows(three.prepare())["ana"].why[0].code == "revoked_before"
    number = three.prepare(again=True)
    three.approve(number)
    with pytest.raises(LimitReached):
        three.issue(number)
    three.school.later(hours=1)
    assert three.issue(number).issued == 1


def test_of_two_cohorts_that_issue_anew_one_does(three: Office) -> None:
    three.undo(three.through())
    first, second = three.prepare(again=True), three.prepare(again=True)
    for number in (first, second):
        three.approve(number)
    assert three.issue(first).issued == 3
    assert three.issue(second).failed == 3
    assert "not by this cohort" in (three.rows(second)["ana"].problem or "")
    assert len(three.programs()) == 6


def test_it_can_be_cancelled_before_it_is_issued_and_not_after(three: Office) -> None:
    number = three.prepare()
    three.approve(number)
    with pytest.raises(CohortState, match="nothing to undo"):
        three.undo(number)
    assert three.cancel(number).state == "cancelled"
    with pytest.raises(CohortState, match="is cancelled: it cannot be issued"):
        three.issue(number)
    with pytest.raises(CohortState, match="is cancelled: there is nothing to undo"):
        three.undo(number)
    second = three.through()
    with pytest.raises(CohortState, match="is issued: it cannot be cancelled"):
        three.cancel(second)


# --- what is kept ----------------------------------------------------------------------------------------------


def test_every_deed_is_in_the_audit_log(three: Office) -> None:
    number = three.prepare()
    three.approve(number)
    three.issue(number)
    three.undo(number)
    three.cancel(three.prepare())
    rita, ada = RITA.name, ADA.name
    assert [one for one in three.deeds() if one.startswith("cohort.")] == [
        f"cohort.prepare cohort 1 {rita}",
        f"cohort.approve cohort 1 {ada}",
        f"cohort.issue cohort 1 {rita}",
        f"cohort.issued cohort 1 {rita}",
        f"cohort.undo cohort 1 {ada}",
        f"cohort.undone cohort 1 {ada}",
        f"cohort.prepare cohort 2 {rita}",
        f"cohort.cancel cohort 2 {rita}",
    ]


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        (update(cohort_row).values(outcome="ready"), "cohort_row_is_never_changed"),
        (update(cohort_row).values(decision=1), "cohort_row_is_never_changed"),
        (update(cohort_row).values(anew=None), "cohort_row_is_never_changed"),
        (delete(cohort_row), "cohort_row_is_never_deleted"),
        (update(cohort).values(name="x"), "cohort_is_never_updated"),
        (delete(cohort_event), "cohort_event_is_never_deleted"),
        (
            insert(cohort_row).values(cohort=1, learner="x", name="", outcome="ready", why="[]", state=""),
            "cohort_is_complete",
        ),
    ],
)
def test_what_was_prepared_never_changes(three: Office, statement: Any, guard: str) -> None:
    three.prepare()
    with pytest.raises(IntegrityError, match=guard), three.database.write() as tx:
        tx.execute(statement)


def test_the_list_is_in_the_order_of_numbers_and_by_organization(three: Office) -> None:
    for _ in range(3):
        three.prepare()
    with three.database.read() as tx:
        assert [one.number for one in store.listed(tx, "school", after=1, limit=1)] == [2]
        assert [one.number for one in store.listed(tx, None)] == [1, 2, 3]
        assert store.listed(tx, "duke") == []


def test_a_second_certificate_of_another_version_is_announced(three: Office) -> None:
    three.through(learners=["ana"])
    with three.database.write() as tx:
        catalogues.save(tx, replace(CATALOGUE, programs={("mini", 2): replace(MINI, version=2)}), at=NOW)
    number = three.prepare()
    assert three.outcomes(number) == {"ana": "ready", "bela": "ready", "cem": "ready"}
    assert texts(three.rows(number)["ana"]) == ["Holds the certificate of version 1 already"]
    assert [(one.count, one.code) for one in three.standing(number).notes] == [(1, "holds_other_version")]


# --- the file --------------------------------------------------------------------------------------------------


def table(office: Office, number: int) -> list[dict[str, str]]:
    with office.database.read() as tx:
        found = store.find(tx, number)
    rows = cohorts.every_row(office.database, number, office.school.config.limits)
    data = b"".join(cohort_lines(found, rows, credential_url=office.school.config.credential_url))
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_file_has_a_row_for_each_learner(three: Office) -> None:
    three.school.record(*earned("unpaid", fee_paid=False), *earned("late"))
    number = three.prepare(learners=["ana", "unpaid", "late", "nobody"])
    three.approve(number)
    three.school.record(domain.done("toolbox", learner="late", outcome="failed"))
    three.issue(number)
    rows = {one["learner"]: one for one in table(three, number)}
    assert list(rows) == ["ana", "late", "nobody", "unpaid"]
    assert tuple(rows["ana"]) == COHORT_COLUMNS
    ana = next(one for one in three.school.certificates() if (one.learner, one.kind) == ("ana", "program"))
    assert rows["ana"] | {"name": "Ana Invenira"} == {
        "learner": "ana",
        "name": "Ana Invenira",
        "program": "mini",
        "version": "1",
        "outcome": "ready",
        "language": "en",
        "remaining": "0",
        "missing": "",
        "reasons": "",
        "state": "issued",
        "certificate": three.school.config.credential_url(ana.share_id),
        "problem": "",
    }
    assert rows["unpaid"]["remaining"] == "79"
    assert "missing: Toolbox and Capstone" in rows["unpaid"]["missing"]
    assert "pay $49 for the certificate" in rows["unpaid"]["reasons"]
    assert (rows["late"]["state"], rows["late"]["certificate"]) == ("failed", "")
    assert "no longer holds" in rows["late"]["problem"]
    assert rows["nobody"]["outcome"] == "not_eligible"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", " =1+1", "\u00a0=1", "＝1+1"])
def test_a_name_is_no_formula_in_the_file(office: Office, name: str) -> None:
    office.school.record(*earned("ana", name=name))
    (row,) = table(office, office.prepare())
    assert row["name"] == f"'{name}"


@pytest.mark.parametrize("end", [";", "; ", ';"'])
def test_a_name_is_no_formula_where_a_semicolon_separates_cells(office: Office, end: str) -> None:
    office.school.record(*earned("ana", name=f"Ana{end}=1+1"))
    (row,) = table(office, office.prepare())
    assert row["name"] == f"Ana{end}'=1+1"


def test_the_sessions_of_the_catalogue_are_not_read_for_rows(three: Office) -> None:
    """What is stored of a cohort is enough to show it when the catalogue has moved on."""
    number = three.prepare()
    changed = replace(MINI, version=2, titles={"en": "Mini, second version"})
    with three.database.write() as tx:
        catalogues.save(tx, replace(CATALOGUE, programs={("mini", 2): changed}), at=NOW)
    assert three.standing(number).cohort.version == 1
    assert three.standing(three.prepare()).cohort.version == 2
