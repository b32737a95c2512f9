"""Certificates by the hundred: one that fails holds up no other, whoever else is at it, and nothing is signed that
nobody knows of."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from issuer import config, drafting
from issuer.batches import Batches
from issuer.catalogue import Catalogue
from issuer.chunks import Done
from issuer.cohort_issuing import begin
from issuer.eligibility import Engine
from issuer.encoding import from_bytes, linted_to_bytes, to_bytes
from issuer.errors import KeyRefused
from issuer.facts import Completion, Fact
from issuer.issuance import Issuance
from issuer.limits import Limit, Limits
from issuer.store import audit, cohorts, credentials, decisions, mail
from issuer.store.credentials import StoredCredential
from issuer.store.decisions import StoredDecision
from tests.issuer.installation import CATALOGUE, MINI, NOW, Installation, PowerCut, earned
from tests.issuer.test_cohorts import ADA, RITA, Office
from tests.issuer.two_organizations import TWO, of_zoe
from vc import openbadges

LEARNERS = ("ana", "bela", "cem")
STEPS = ("drafted", "linted", "recorded", "signed", "checked", "released")


@pytest.fixture
def three(school: Installation) -> Installation:
    """Three who earned it, and are decided."""
    school.record(*(fact for who in LEARNERS for fact in earned(who)))
    school.decide()
    return school


def batches(school: Installation, reached: Callable[[str], None] = lambda step: None) -> Batches:
    keyring = school.services.keyring
    issuance = Issuance(school.config, school.database, keyring, now=lambda: school.now, reached=reached)
    return issuance.by("Rita").batches


def due(school: Installation) -> tuple[Completion | StoredDecision, ...]:
    return school.issuance.plan().items


def limited(school: Installation, **values: int) -> None:
    """By `config.json`, as an operator sets it."""
    limits = replace(Limits(), **{name: Limit(value, "of them", "a test") for name, value in values.items()})
    config.save(replace(school.config, limits=limits))
    school.restart()


def by_learner(school: Installation) -> dict[str, list[str]]:
    """What each has."""
    found: dict[str, list[str]] = {}
    for one in school.certificates():
        assert one.released
        found[one.learner] = sorted([*found.get(one.learner, ()), one.subject])
    return found


ALL = ["capstone", "mini", "toolbox"]


# --- what is due -----------------------------------------------------------------------------------------------


def test_all_that_is_due_is_issued_once(three: Installation) -> None:
    items = due(three)
    assert batches(three).due(items) == Done(issued=3, courses=6)
    assert batches(three).due(items) == Done(skipped=9)
    assert by_learner(three) == dict.fromkeys(LEARNERS, ALL)
    with three.database.read() as tx:
        assert audit.verify(tx, "school")[0] >= 9
        assert [one.actor for one in audit.read(tx, "school") if one.action == "certificate.issue"] == ["Rita"] * 9


@pytest.mark.parametrize("at_once", [1, 2, 4, 100])
def test_the_portions_change_nothing(three: Installation, at_once: int) -> None:
    limited(three, issued_at_once=at_once)
    assert batches(three).due(tuple(reversed(due(three)))) == Done(issued=3, courses=6)
    assert by_learner(three) == dict.fromkeys(LEARNERS, ALL)


def test_few_transactions_for_many(three: Installation) -> None:
    """Of each round: the places, the intents, the release."""
    items = due(three)
    began: list[int] = []
    write = three.database.write
    three.database.write = lambda: began.append(1) or write()  # type: ignore[method-assign]  # counted
    batches(three).due(items)
    assert len(began) == 6


def test_one_that_the_lint_refuses_is_reported_alone(three: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse(monkeypatch, "Bela")
    done = batches(three).due(due(three))
    assert (done.issued, done.courses) == (2, 6)
    ((kind, learner, subject, why),) = [(one.kind, one.learner, one.subject, str(one.why)) for one in done.failed]
    assert (kind, learner, subject) == ("program", "bela", "mini")
    assert "unknown" in why
    assert by_learner(three)["bela"] == ["capstone", "toolbox"]
    with three.database.read() as tx:
        assert {who for who, *_ in decisions.awards(tx)} == {"ana", "cem"}


def _refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    program_certificate = drafting.program_certificate

    def with_an_unknown_member(*given: Any, **more: Any) -> dict[str, Any]:
        made = program_certificate(*given, **more)
        return made | ({"unknown": "member"} if more["recipient"].name.startswith(name) else {})

    monkeypatch.setattr(drafting, "program_certificate", with_an_unknown_member)


def test_the_same_twice_in_one_chunk_is_one(three: Installation) -> None:
    items = due(three)
    assert batches(three).due((*items, *items)) == Done(issued=3, courses=6, skipped=9)


# --- others at the same time -----------------------------------------------------------------------------------


class Meanwhile:
    """Something that happens, once, when a step is reached for the n-th time."""

    def __init__(self, step: str, what: Callable[[], object], turn: int = 1) -> None:
        self._left, self._step, self._what = turn, step, what

    def __call__(self, step: str) -> None:
        self._left -= step == self._step
        if not self._left and step == self._step:
            self._what()


@pytest.mark.parametrize("step", STEPS[:2])
def test_whoever_records_second_has_nothing_to_issue(three: Installation, step: str) -> None:
    items = due(three)
    done = batches(three, Meanwhile(step, three.issue)).due(items)
    assert done == Done(skipped=9)
    assert by_learner(three) == dict.fromkeys(LEARNERS, ALL)


@pytest.mark.parametrize("step", ["recorded", "signed", "checked"])
def test_whoever_releases_second_gets_what_was_released(three: Installation, step: str) -> None:
    """The other signs at another time, so that its bytes are others."""
    items = due(three)

    def finish() -> None:
        three.later(seconds=5)
        three.issuance.finish_intents()
        three.later(seconds=-5)

    released: list[StoredCredential] = []
    issuance = Issuance(
        three.config,
        three.database,
        three.services.keyring,
        now=lambda: three.now,
        reached=Meanwhile(step, finish),
    )
    done = issuance.issue(three.issuance.plan(), released=released.append)
    assert (done.courses, done.programs, len(items)) == (6, 3, 9)
    assert sorted(released, key=lambda one: one.number) == list(three.certificates())
    assert b"12:00:05Z" in (released[0].secured or b"")
    with three.database.read() as tx:
        assert len(mail.listed(tx)) == 9  # told once


def test_what_is_failed_meanwhile_is_not_issued(three: Installation) -> None:
    """By the time of the intent, not by that of the view."""

    def fail() -> None:
        three.record(*(replace(one, outcome="failed", as_of=NOW + timedelta(hours=1)) for one in earned("bela")))

    done = batches(three, Meanwhile("linted", fail)).due(due(three))
    assert (done.issued, done.courses) == (2, 4)
    assert {(one.learner, one.subject): str(one.why) for one in done.failed} == {
        ("bela", "capstone"): "Something else is recorded of capstone by now. Run it again",
        ("bela", "toolbox"): "Something else is recorded of toolbox by now. Run it again",
        ("bela", "mini"): "The decision no longer holds as it was made. Run: issuer decide",
    }
    assert by_learner(three) == {"ana": ALL, "cem": ALL}


def test_what_is_suspended_meanwhile_is_not_bound(three: Installation) -> None:
    def suspend() -> None:
        (course,) = [one for one in three.certificates() if (one.learner, one.subject) == ("bela", "toolbox")]
        three.change(course, "suspend")

    done = batches(three, Meanwhile("linted", suspend, turn=2)).due(due(three))
    assert (done.issued, [str(one.why) for one in done.failed]) == (2, ["The certificate of Toolbox is suspended."])


def test_about_whom_facts_keep_coming_in_waits(three: Installation) -> None:
    told = iter(range(1, 100))

    def tell(step: str) -> None:
        if step == "linted":
            three.record(replace(earned("bela")[0], course="programming", as_of=NOW + timedelta(hours=next(told))))

    done = batches(three, tell).due(due(three))
    assert (done.issued, len(done.failed)) == (2, 3)
    assert {str(one.why) for one in done.failed} == {"Facts about the learner keep coming in. Try again in a moment"}
    assert by_learner(three) == {"ana": ALL, "cem": ALL}
    assert batches(three).due(due(three)).issued == 1


# --- power cuts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_leaves_intents_to_finish_or_released_certificates(
    three: Installation, step: str, turn: int
) -> None:
    def cut() -> None:
        raise PowerCut(step)

    items = due(three)
    with pytest.raises(PowerCut):
        batches(three, Meanwhile(step, cut, turn)).due(items)
    three.restart()
    before = {one.share_id: one.unsecured for one in three.certificates()}
    assert len(before) == (6 if turn == 2 else 0) + (0 if STEPS.index(step) < 2 else 6 if turn == 1 else 3)
    three.issuance.finish_intents()
    batches(three).due(items)
    assert by_learner(three) == dict.fromkeys(LEARNERS, ALL)
    found = three.certificates()
    assert {one.share_id: one.unsecured for one in found}.items() >= before.items()
    assert len({(one.list_number, one.list_index) for one in found}) == len(found) == 9
    with three.database.read() as tx:
        assert len(decisions.awards(tx)) == 3
        audit.verify(tx, "school")


# --- keys, organizations, limits, lists ------------------------------------------------------------------------


def test_each_organization_signs_its_own_in_one_chunk(tmp_path: Path) -> None:
    two = Installation(tmp_path, TWO)
    two.record(*earned(), of_zoe("rhetoric"), of_zoe("debate"))
    two.decide()
    assert batches(two).due(due(two)) == Done(issued=2, courses=4)
    for one in two.certificates():
        assert f"organizations:{one.organization}#key-1".encode() in (one.secured or b"")
    with two.database.read() as tx:
        assert {chain: audit.length(tx, chain) for chain in ("school", "academy")} == {"school": 4, "academy": 4}


def test_one_organizations_key_that_cannot_be_had_holds_up_no_other(tmp_path: Path) -> None:
    two = Installation(tmp_path, TWO)
    two.record(*earned(), of_zoe("rhetoric"), of_zoe("debate"))
    two.decide()
    (two.home / "keys" / "academy" / "key-1.pem").unlink()
    two.restart()
    done = batches(two).due(due(two))
    assert (done.issued, done.courses, isinstance(done.no_key, KeyRefused)) == (1, 2, True)
    assert {(one.learner, str(one.why)) for one in done.failed} == {
        ("zoe", "The organization’s key cannot be used at present"),
        ("zoe", "There is no Course Certificate for rhetoric yet."),
    }
    assert {one.organization for one in two.certificates()} == {"school"}


def test_who_fails_takes_no_room_in_the_hour(three: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(three, issues_per_hour=2)
    _refuse(monkeypatch, "Ana")
    done = batches(three).due(due(three))
    assert (done.issued, len(done.failed), done.waiting, done.limit) == (2, 1, 0, None)


def test_the_limit_in_the_middle_of_a_chunk(three: Installation) -> None:
    limited(three, issues_per_hour=2)
    done = batches(three).due(due(three))
    assert (done.issued, done.courses, done.failed, done.waiting) == (2, 6, (), 1)
    assert done.limit is not None
    assert done.limit.again_at == NOW + timedelta(hours=1)
    assert batches(three).due(due(three), beyond_the_limit=True).issued == 1


def test_nobody_goes_beyond_the_limit_while_another_issues(three: Installation) -> None:
    """What there was room for when it was drafted is looked at again when it is recorded."""
    limited(three, issues_per_hour=2)
    others = [one for one in due(three) if isinstance(one, StoredDecision)][1:]
    done = batches(three, Meanwhile("linted", lambda: batches(three).due(others), turn=2)).due(due(three))
    assert (done.issued, done.waiting, done.skipped) == (0, 2, 1)
    with three.database.read() as tx:
        assert len(decisions.awards(tx)) == 2


def test_a_limit_beyond_all_that_there_is_costs_no_counting(
    three: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(three, issues_per_hour=1_000_000)
    monkeypatch.setattr(credentials, "newest_awards", None)
    assert batches(three).due(due(three)).issued == 3


def test_a_list_that_fills_up_within_a_chunk_is_followed_by_another(three: Installation) -> None:
    limited(three, status_list_filled=4)
    batches(three).due(due(three))
    lists = [one.list_number for one in three.certificates()]
    assert sorted(lists.count(number) for number in set(lists)) == [1, 4, 4]


# --- the rows of a cohort --------------------------------------------------------------------------------------


@pytest.fixture
def office(three: Installation) -> Office:
    return Office(three)


def rows(office: Office, number: int, *, beyond: bool = False, reached: Any = lambda step: None) -> Done:
    with office.database.read() as tx:
        cohort = cohorts.find(tx, number)
    return batches(office.school, reached).cohort_rows(RITA, cohort, LEARNERS, beyond_the_limit=beyond)


def approved(office: Office) -> int:
    number = office.prepare()
    office.approve(number, ADA)
    with office.database.write() as tx:
        begin(tx, RITA, number, None, at=NOW)
    return number


def test_rows_are_issued_and_settled_once(office: Office) -> None:
    number = approved(office)
    assert rows(office, number) == Done(issued=3, courses=6)
    assert rows(office, number) == Done(skipped=3)
    assert office.states(number) == dict.fromkeys(LEARNERS, "issued")


def test_a_row_that_fails_is_told_with_its_reason(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    number = approved(office)
    _refuse(monkeypatch, "Bela")
    done = rows(office, number)
    assert (done.issued, done.courses, [one.learner for one in done.failed]) == (2, 6, ["bela"])
    assert "unknown" in (office.rows(number)["bela"].problem or "")
    monkeypatch.undo()
    assert rows(office, number) == Done(issued=1, skipped=2)  # what failed is tried again
    assert office.rows(number)["bela"].problem is None


def test_rows_that_the_limit_leaves_stay_as_they_were(office: Office) -> None:
    office.limit(2)
    number = approved(office)
    done = rows(office, number)
    assert (done.issued, done.waiting, done.limit is None) == (2, 1, False)
    assert office.states(number) == {"ana": "issued", "bela": "issued", "cem": ""}
    assert rows(office, number, beyond=True).issued == 1


def test_rows_without_a_key_wait_for_it(office: Office) -> None:
    number = approved(office)
    key = office.school.home / "keys" / "school" / "key-1.pem"
    pem = key.read_bytes()
    key.unlink()
    office.school.restart()
    done = rows(office, number)
    assert (done.issued, done.waiting, isinstance(done.no_key, KeyRefused)) == (0, 3, True)
    assert office.school.certificates() == ()
    key.write_bytes(pem)
    key.chmod(0o600)
    assert rows(office, number).issued == 3


def test_the_name_that_was_corrected_is_borne_by_what_binds_it(office: Office) -> None:
    school = office.school
    school.issuance.issue(replace(school.issuance.plan(), programs=()))
    (course,) = [one for one in school.certificates() if (one.learner, one.subject) == ("bela", "toolbox")]
    school.issuance.correct(course.share_id, name="Béla Invenira", reason="an accent was missing")
    rows(office, approved(office))
    names = {
        one.learner: openbadges.recipient_name(_document(one)["credentialSubject"])
        for one in school.certificates()
        if one.kind == "program"
    }
    assert names == {"ana": "Ana Invenira", "bela": "Béla Invenira", "cem": "Cem Invenira"}


def _document(stored: StoredCredential) -> dict[str, Any]:
    document: dict[str, Any] = from_bytes(stored.unsecured)
    return document


def test_course_certificates_that_another_begins_meanwhile_are_finished(office: Office) -> None:
    """The other recorded its intents and died."""
    number = approved(office)

    def begin_and_die() -> None:
        def cut() -> None:
            raise PowerCut

        with pytest.raises(PowerCut):
            batches(office.school, Meanwhile("recorded", cut)).due(due(office.school))

    done = rows(office, number, reached=Meanwhile("linted", begin_and_die))
    assert done == Done(issued=3, courses=0)
    assert by_learner(office.school) == dict.fromkeys(LEARNERS, ALL)


def test_who_is_undone_meanwhile_is_not_settled(office: Office) -> None:
    number = approved(office)
    done = rows(office, number, reached=Meanwhile("released", lambda: office.undo(number), turn=2))
    assert (done.issued, done.skipped) == (0, 3)
    assert set(office.states(number).values()) == {"undone"}


# --- deciding again --------------------------------------------------------------------------------------------


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom the engine is asked about from now on."""
    learners: list[str] = []
    decide = Engine.decide

    def counted(engine: Engine, facts: Sequence[Fact], *, learner: str, **more: Any) -> Any:
        learners.append(learner)
        return decide(engine, facts, learner=learner, **more)

    monkeypatch.setattr(Engine, "decide", counted)
    return learners


def test_what_was_decided_of_the_same_is_not_decided_again(
    three: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = list(stored_due(three))
    learners = asked(monkeypatch)
    assert batches(three).due(items).issued == 3
    assert learners == []


def stored_due(school: Installation) -> tuple[Completion | StoredDecision, ...]:
    """With what the decisions were made of."""
    plan = school.issuance.plan()
    with school.database.read() as tx:
        return (*plan.courses, *decisions.several(tx, [one.sequence for one in plan.programs]))


@pytest.mark.parametrize("what", ["a fact", "the catalogue", "the day"])
def test_what_may_have_changed_is_decided_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    ends = replace(MINI, active_until=NOW.date())
    school = Installation(tmp_path, replace(CATALOGUE, programs={("mini", 1): ends}))
    school.record(*earned())
    school.decide()
    items = stored_due(school)
    if what == "a fact":
        again = replace(earned()[0], as_of=NOW)
        school.record(again)
        items = (again, *(one for one in items if isinstance(one, StoredDecision) or one.course != "toolbox"))
    elif what == "the catalogue":
        school.take_in(Catalogue(CATALOGUE.organizations, {"toolbox": CATALOGUE.courses["toolbox"]}, {}))
    else:
        school.later(days=1)
    learners = asked(monkeypatch)
    done = batches(school).due(items)
    assert set(learners) == {"ana"}
    assert done.issued == (0 if what == "the day" else 1)


# --- bytes -----------------------------------------------------------------------------------------------------


def test_what_is_kept_is_written_as_ever(three: Installation) -> None:
    """The quick writer's bytes are those of the careful one."""
    batches(three).due(due(three))
    for one in three.certificates():
        document = _document(one)
        assert to_bytes(document) == linted_to_bytes(document) == one.unsecured
        assert (one.secured or b"").startswith(one.unsecured[:-1] + b',"proof":[')
        openbadges.lint(document)
