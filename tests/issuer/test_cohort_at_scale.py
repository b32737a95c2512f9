"""The cohort of `make bench-cohort`, small: what is decided again after a change, and that more learners need no more
memory. Ratios with a wide margin; how long it takes is for the benchmark to say."""

import tracemalloc
from pathlib import Path

import pytest

from benchmarks import cohort
from issuer import deciding
from issuer.store import decisions
from issuer.store.database import Database, open_database

LEARNERS = 300


def filled(folder: Path, learners: int) -> Database:
    database = open_database(folder / "home" / f"{learners}.db")
    cohort.fill(database, learners)
    return database


def test_each_learner_has_twelve_facts_and_a_third_lack_something() -> None:
    told = [list(cohort.told_of(number)) for number in range(30)]
    assert {len(facts) for facts in told} == {12}


def test_one_in_a_hundred_changed_is_one_in_a_hundred_decided_again(tmp_path: Path) -> None:
    database = filled(tmp_path, LEARNERS)
    assert cohort.measure(database, cohort.PHASES["dry run, everybody"]).new == 3 * LEARNERS
    first = cohort.measure(database, cohort.PHASES["first run, stored"])
    assert (first.count, first.new) == (3 * LEARNERS, 3 * LEARNERS)
    assert cohort.measure(database, cohort.PHASES["nothing changed"]).count == 0
    cohort.change(database, LEARNERS, LEARNERS // 100)
    after = cohort.measure(database, cohort.PHASES["facts changed"])
    assert (after.count, after.new) == (LEARNERS // 100, LEARNERS // 100)
    assert cohort.measure(database, cohort.PHASES["nothing changed, everybody"]).new == 0
    replayed = cohort.measure_replay(database)
    assert (replayed.count, replayed.new) == (3 * LEARNERS, 0)


def test_two_thirds_of_them_are_eligible(tmp_path: Path) -> None:
    database = filled(tmp_path, 60)
    run = deciding.run(database, now=cohort.NOW)
    assert 0.8 < run.count("eligible") / len(run.decided) < 0.95  # each gap is one program's of three
    with database.read() as tx:
        assert decisions.count(tx) == 180


def test_more_learners_need_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "_AT_ONCE", 20)

    def peak(learners: int) -> int:
        database = filled(tmp_path, learners)
        for _ in deciding.stream(database, now=cohort.NOW, dry_run=True, learners=["learner-0000001"]):
            pass  # what is loaded once
        tracemalloc.start()
        for _ in deciding.stream(database, now=cohort.NOW, dry_run=True, everything=True):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        database.close()
        return found

    assert peak(400) < 3 * peak(50)
