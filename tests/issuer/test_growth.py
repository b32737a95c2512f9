"""What a registrar does every day costs what has to be done, and not what there is: no operation reads every
certificate, fact or decision for a page, a list of the few, or a reconciliation of what agrees."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from issuer import printing, selection
from issuer.catalogue import Catalogue
from issuer.console import Terminal
from issuer.facts import Completion
from issuer.queue import page, queue
from issuer.reconciliation import Reconciliation
from issuer.rules import ProgramFeePaid
from issuer.store import bulk_items, credentials, decisions, disagreements, status
from issuer.store.database import Transaction
from issuer.stuck import unissued
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, MINI, NOW, Installation, earned
from tests.issuer.test_queue import desk
from tests.issuer.test_reconciliation import AGAIN, did, newest

# "/" stands between "-" and "a": ids are in another order than the learners themselves.
LEARNERS = ("ana", "ana-b", "ana/b", "anab", "cem")


@contextmanager
def statements(school: Installation) -> Iterator[list[tuple[str, Any]]]:
    """Each statement with its values."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        said.append((text, values))

    with school.database.read() as tx:
        engine = tx.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def ways(school: Installation, said: list[tuple[str, Any]]) -> list[str]:
    """How the database goes about them. PostgreSQL would read a small table whole: it is told not to, as if it were
    large."""
    with school.database.read() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
            tx.exec_driver_sql("SET LOCAL enable_sort = off")
            return [
                str(line)
                for text, values in said
                if text.startswith("SELECT") and "pg_" not in text
                for line in tx.exec_driver_sql(f"EXPLAIN {text}", values).scalars()
            ]
        return [
            str(step[3])
            for text, values in said
            if text.startswith("SELECT")
            for step in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]


LOOKED_UP: dict[str, Callable[[Transaction], Any]] = {
    "what is not finished": credentials.intents,
    "what one has not finished": lambda tx: credentials.intents(tx, "school"),
    "the suspended": lambda tx: credentials.with_status(tx, "suspended"),
    "one's suspended": lambda tx: credentials.with_status(tx, "suspended", "school"),
    "what was corrected": disagreements.out_of_date_programs,
    "what was revoked": lambda tx: disagreements.revoked_by_word(tx, ["ana", "bela"]),
    "a status list": lambda tx: status.set_indices(tx, 1),
    "a page": lambda tx: credentials.page(tx, "school", after=7, limit=10),
    "a page of the revoked": lambda tx: credentials.page(tx, "school", status="revoked", limit=10),
    "a page of one learner": lambda tx: credentials.page(tx, "school", learner="ana", limit=10),
    "whose certificates": lambda tx: credentials.learners(tx, "school"),
    "whom a chunk is about": lambda tx: bulk_items.due(tx, (1, 2), (1,)),
    "what a chunk began": lambda tx: bulk_items.begun(tx, (1, 2), (1,)),
    "what a chunk released": lambda tx: bulk_items.released(tx, (1, 2), (1,)),
    "a page of decisions": lambda tx: decisions.numbers(tx, [("mini", 1), ("mini", 2)], after=3, limit=10),
}


LARGE = ("fact", "decision", "award", "credential", "included", "mail")
OF_THE_FEW = ("the suspended", "what was corrected", "what was revoked", "a status list", "a page of the revoked")


@pytest.mark.both_databases
def test_it_is_looked_up_and_not_searched_for(awarded: Installation) -> None:
    for what, look in LOOKED_UP.items():
        with statements(awarded) as said, awarded.database.read() as tx:
            look(tx)
        gone_about = ways(awarded, said)
        assert gone_about, what
        whole = [one for one in gone_about if (one.startswith("SCAN") and "INDEX" not in one) or "Seq Scan" in one]
        assert whole == [], what
        # Neither are all sorted of which a few are shown.
        if "page" in what:
            assert not [one for one in gone_about if "TEMP B-TREE" in one or "Sort" in one], what
        # What is not valid is found by an index of those alone. PostgreSQL chooses by what the tables hold, so of a few
        # rows it takes any.
        if what in OF_THE_FEW and not awarded.environ:
            assert [one for one in gone_about if "ix_credential_fallen" in one], what


@pytest.mark.both_databases
def test_what_is_due_is_issued_without_reading_a_large_table_whole(school: Installation) -> None:
    school.record(*(fact for who in LEARNERS for fact in earned(who)))
    school.decide()
    items = school.issuance.plan().items
    with statements(school) as said:
        assert school.issuance.batches.due(items).issued == len(LEARNERS)
    gone_about = ways(school, said)
    assert gone_about
    whole = [
        one
        for one in gone_about
        for table in LARGE
        if f"{one} ".startswith(f"SCAN {table} ") or f"Seq Scan on {table} " in one
    ]
    assert whole == []


# --- reconciliation ------------------------------------------------------------------------------------------


def failed(learner: str) -> Completion:
    return replace(earned(learner)[0], outcome="failed", as_of=NOW + timedelta(hours=1))


def looked_at(school: Installation, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whom a reconciliation looks at closely from now on."""
    found: list[str] = []
    closely = Reconciliation._learner

    def learner(self: Reconciliation, catalogue: Any, revision: int, who: str, *rest: Any) -> Any:
        found.append(who)
        return closely(self, catalogue, revision, who, *rest)

    monkeypatch.setattr(Reconciliation, "_learner", learner)
    return found


@pytest.mark.parametrize("dry_run", [False, True])
def test_who_has_what_was_earned_is_not_looked_at_closely(
    school: Installation, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    school.record(*(fact for who in ("ana", "bela", "cem") for fact in earned(who)))
    school.decide_and_issue()
    found = looked_at(school, monkeypatch)
    done = school.reconcile(dry_run=dry_run)
    assert (done.learners, done.deeds, done.left, found) == (3, (), (), [])
    school.record(failed("bela"))
    assert did(school.reconcile(dry_run=dry_run)) == [("suspended", "toolbox"), ("suspended", "mini")]
    assert found == ["bela"]


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_award_that_is_lost_while_its_courses_stand_is_looked_at(tmp_path: Path, dry_run: bool) -> None:
    """By its program's fee, which no Course Certificate says anything of."""
    fee = replace(MINI, constraints=(*MINI.constraints, ProgramFeePaid()), fee=Decimal(82))
    school = Installation(tmp_path, Catalogue(CATALOGUE.organizations, CATALOGUE.courses, {("mini", 1): fee}))
    school.record(*earned(), domain.enrolled("mini"))
    assert len(school.decide_and_issue().programs) == 1
    assert school.reconcile().deeds == ()
    school.record(domain.enrolled("mini", fee_paid=False, as_of=NOW + timedelta(hours=1)))
    assert did(school.reconcile(dry_run=dry_run)) == [("suspended", "mini")]


def test_what_somebody_took_back_is_not_looked_at_every_night(
    awarded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    awarded.change(newest(awarded, "mini"), "revoke")
    found = looked_at(awarded, monkeypatch)
    assert (awarded.reconcile().deeds, found) == ((), [])


def test_what_was_lost_for_good_is_not_looked_at_every_night(
    awarded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    awarded.record(failed("ana"))
    awarded.reconcile()
    awarded.later(days=31)
    assert {one.did for one in awarded.reconcile().deeds} == {"revoked"}
    found = looked_at(awarded, monkeypatch)
    assert (awarded.reconcile().deeds, found) == ((), [])
    awarded.record(AGAIN)  # earned another time
    assert awarded.reconcile().deeds
    assert found == ["ana"]


def test_many_learners_take_as_many_statements_as_few(school: Installation) -> None:
    def counted(*learners: str) -> int:
        school.record(*(fact for who in learners for fact in earned(who)))
        school.decide_and_issue()
        with statements(school) as said:
            assert school.reconcile().deeds == ()
        return len(said)

    assert counted("ana") == counted("bela", "cem", "dilek")


# --- the queue and the plan ----------------------------------------------------------------------------------


def test_a_page_of_the_queue_looks_up_no_more_than_it_shows(
    school: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.record(*(fact for who in LEARNERS for fact in earned(who)))
    school.decide()
    asked: list[str] = []
    work = unissued.program_work
    monkeypatch.setattr(
        unissued,
        "program_work",
        lambda *given, **more: asked.append(given[1].decision.learner) or work(*given, **more),
    )
    assert len(page(desk(school), limit=4)[0]) == 4
    assert len(asked) <= 2


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_the_pages_are_the_queue(
    school: Installation, monkeypatch: pytest.MonkeyPatch, size: int, at_once: int
) -> None:
    monkeypatch.setattr(unissued, "_AT_ONCE", at_once)
    school.record(*(fact for who in LEARNERS for fact in earned(who)))
    school.decide()
    whole = [one.id for one in queue(desk(school))]
    assert whole == sorted(whole)
    assert len(whole) == len(set(whole)) == 3 * len(LEARNERS)
    paged: list[str] = []
    after: str | None = ""
    while after is not None:
        some, after = page(desk(school, "school"), limit=size, after=after)
        paged += [one.id for one in some]
    assert paged == whole


def test_the_plan_is_the_same_in_portions(school: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    school.record(*(fact for who in LEARNERS for fact in earned(who)))
    school.decide()
    whole = school.issuance.plan()
    monkeypatch.setattr(selection, "_AT_ONCE", 2)
    assert school.issuance.plan() == whole
    assert len(whole.items) == 3 * len(LEARNERS)
    school.issue()
    assert (school.issuance.plan().items, school.issuance.plan().present) == ((), 3 * len(LEARNERS))


def test_what_is_issued_is_not_read_to_find_that_nothing_is_left(awarded: Installation) -> None:
    with statements(awarded) as said:
        assert awarded.issuance.plan().items == ()
    assert not [text for text, _ in said if "canonical" in text or "narrative" in text]


def test_decisions_of_several_versions_are_paged_in_their_order(school: Installation) -> None:
    school.record(*(fact for who in LEARNERS for fact in earned(who)))
    school.decide()
    keys = [("mini", 1), ("other", 1)]
    with school.database.read() as tx:
        whole = decisions.numbers(tx, keys)
        assert len(whole) == len(LEARNERS)
        assert decisions.numbers(tx, keys, limit=2) == whole[:2]
        assert decisions.numbers(tx, keys, after=whole[1], limit=2) == whole[2:4]


# --- lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_json", [False, True])
def test_a_list_reads_no_certificate(awarded: Installation, capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    with statements(awarded) as said:
        printing.certificates(Terminal(), awarded.services, None, as_json=as_json)
        printing.inventory(awarded.services)
    assert not [text for text, _ in said if "secured" in text]
    assert newest(awarded, "mini").share_id in capsys.readouterr().out


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_array_that_is_written_as_it_comes_reads_as_any(capsys: pytest.CaptureFixture[str], count: int) -> None:
    values = [{"name": "Zoë\n", "of": [number, {}]} for number in range(count)]
    Terminal().json_array(iter(values))
    streamed = capsys.readouterr().out
    Terminal().json(values)
    assert streamed == capsys.readouterr().out
    assert json.loads(streamed) == values


def test_a_long_table_is_aligned_by_its_first_rows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.console._ALIGNED", 1)
    rows = iter([("lion", "1"), ("ant", "12"), ("\x1b[2J", "3")])
    assert Terminal().table(("Animal", "N"), rows, right=frozenset({1})) == 3
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["Animal  N", "lion    1", "ant     12", "[U+001B][2J  3"]
