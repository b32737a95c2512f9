"""What becomes of a bulk run, chunk by chunk: paused, cancelled, killed, limited, and counted honestly at its end."""

from pathlib import Path
from typing import Any

import pytest

from issuer import audit_log, cohorts
from issuer.access import Caller, permissions_of
from issuer.api_errors import NotAllowed
from issuer.bulk import asking, feeding, planning
from issuer.bulk.asking import Wanted
from issuer.bulk.feeding import Leg
from issuer.bulk.standing import every_failure, states
from issuer.errors import (
    BulkRunState,
    CohortNotApproved,
    CohortState,
    InputRefused,
    KeyRefused,
    StoreBusy,
    StoreFull,
    StoreUnavailable,
    UnknownBulkRun,
    UnknownProgram,
)
from issuer.store import audit, bulk_chunks, bulk_items, bulk_runs
from issuer.store.bulk_chunks import Chunk
from issuer.store.bulk_runs import Failure
from tests.issuer.bulk.by_hand import RITA, ByHand, prepared
from tests.issuer.installation import Installation, earned


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """The others are copies of it."""
    bench = ByHand(Installation(tmp_path_factory.mktemp("made")), 7, chunk=3)
    bench.school.database.close()
    return bench


@pytest.fixture
def bench(tmp_path: Path, made: ByHand) -> ByHand:
    return made.copied(tmp_path)


def test_a_run_is_done_when_each_chunk_is_and_says_what_came_of_it(bench: ByHand) -> None:
    run = bench.start()
    assert bench.work() == ["done", "done", "done"]
    assert bench.counts(run) == (7, 0, 0, 0)
    assert bench.state(run) == "done"
    with bench.school.database.read() as tx:
        told = [(one.action, one.detail) for one in audit.read(tx, "school") if one.action.startswith("bulk.")]
        assert audit_log.checked(tx, "school").intact
        assert states(tx) == {"running": 0, "waiting": 0, "paused": 0, "cancelled": 0, "done": 1}
    assert told == [("bulk.start", {"cohort": bench.cohort}), ("bulk.end", {"issued": 7, "failed": 0})]


def test_what_fails_is_told_with_its_reason_and_stops_nothing(bench: ByHand) -> None:
    bench.stamp.failing = {"l001": "It is not earned.", "l005": "It is not earned.", "l006": "The name is too long."}
    run = bench.start()
    bench.work()
    assert bench.counts(run) == (4, 0, 3, 0)
    assert bench.standing(run).reasons == (("It is not earned.", 2), ("The name is too long.", 1))
    bench.limit(page_size=2)
    found = list(every_failure(bench.school.database, run, bench.school.config.limits))
    assert found[-1] == Failure("l006", "mini", "The name is too long.")
    assert [one.learner for one in found] == ["l001", "l005", "l006"]
    # tried again by another run, of which what is there is counted as there
    bench.stamp.failing = {}
    again = bench.start()
    bench.work()
    assert bench.counts(again) == (3, 4, 0, 0)


def test_no_chunk_begins_while_a_run_is_paused(bench: ByHand) -> None:
    run = bench.start()
    assert bench.work(1) == ["done"]
    asking.pause(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    assert bench.work() == ["left", "left"]
    assert bench.counts(run) == (3, 0, 0, 4)
    assert bench.work() == []
    asking.resume(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    assert bench.work() == ["done", "done"]
    assert (bench.counts(run), bench.state(run)) == ((7, 0, 0, 0), "done")


def test_a_run_paused_before_its_first_leg_goes_on(bench: ByHand) -> None:
    """The number of a leg that finds a pause is used up, and the next one has another."""
    run = bench.start()
    asking.pause(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    limits = bench.school.config.limits
    assert feeding.take(bench.school.database, Leg(run, 1), limits=limits, now=bench.school.now) == ()
    asking.resume(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    with bench.school.database.read() as tx:
        assert feeding.next_legs(tx, limits) == (Leg(run, 2),)
    bench.work()
    assert bench.counts(run) == (7, 0, 0, 0)


def test_of_a_cancelled_run_what_is_issued_stays_and_the_rest_is_never_begun(bench: ByHand) -> None:
    run = bench.start()
    bench.work(1)
    asking.cancel(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    assert bench.work() == ["left", "left"]
    assert (bench.counts(run), bench.state(run)) == ((3, 0, 0, 4), "cancelled")
    for change in (asking.pause, asking.resume, asking.cancel):
        with pytest.raises(BulkRunState):
            change(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    # another run does the rest
    again = bench.start()
    bench.work()
    assert bench.counts(again) == (4, 3, 0, 0)


def test_a_chunk_that_was_killed_is_done_again_and_counted_once(bench: ByHand) -> None:
    run = bench.start()
    bench.stamp.raises = {"l001": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    with bench.school.database.read() as tx:
        given = bench_lost = [chunk for chunk, _ in bulk_chunks.handed_out(tx, run)]
    assert given == [1, 2, 3]
    bench.queue.clear()
    feeding.mend(bench.school.database, run, bench_lost)
    assert bench.work() == ["done", "done", "done"]
    assert bench.counts(run) == (7, 0, 0, 0)
    assert sorted(bench.stamp.seen) == [f"l{number:03}" for number in range(7)]  # nobody twice


def test_a_chunk_that_was_killed_counts_as_far_as_it_came(bench: ByHand) -> None:
    run = bench.start()
    bench.stamp.raises = {"l001": KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    asking.cancel(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    assert bench.counts(run) == (1, 0, 0, 6)


def test_what_is_done_is_not_put_back(bench: ByHand) -> None:
    run = bench.start()
    bench.work()
    feeding.mend(bench.school.database, run, [1, 2, 3])
    assert bench.work() == []


def test_a_worker_that_is_to_end_begins_nothing_further(bench: ByHand) -> None:
    run = bench.start()
    bench.work(1)
    bench.ending = True
    assert bench.work(2) == ["left", "left"]
    bench.ending = False
    bench.work()
    assert bench.counts(run) == (7, 0, 0, 0)


def test_at_the_limit_of_an_hour_a_run_waits_and_goes_on_by_itself(bench: ByHand) -> None:
    school = bench.school
    run = bench.start()
    bench.stamp.room = 4
    bench.stamp.again_at = school.now.replace(minute=30)
    assert bench.work() == ["done", "left", "left"]
    assert (bench.state(run), bench.counts(run)) == ("waiting", (4, 0, 0, 3))
    assert bench.standing(run).run.again_at == bench.stamp.again_at
    school.later(minutes=29)
    assert bench.work() == []
    school.later(minutes=1)
    bench.stamp.room = None
    bench.work()
    assert (bench.state(run), bench.counts(run)) == ("done", (7, 0, 0, 0))


@pytest.mark.parametrize(
    "error", [KeyRefused("The key cannot be read."), StoreFull("The disk is full."), ValueError("a bug")]
)
def test_a_run_pauses_for_what_no_row_can_help(bench: ByHand, error: Exception) -> None:
    run = bench.start()
    bench.stamp.raises = {"l004": error}
    assert bench.work(3) == ["done", "paused", "left"]
    assert (bench.state(run), bench.counts(run)) == ("paused", (4, 0, 0, 3))
    reason = bench.standing(run).run.reason or ""
    assert str(error) in reason or "the log has it as" in reason
    asking.resume(bench.school.database, RITA, run, organization=None, now=bench.school.now)
    bench.work()
    assert bench.counts(run) == (7, 0, 0, 0)


@pytest.mark.parametrize("error", [StoreBusy("busy"), StoreUnavailable("The connection was cut.")])
def test_a_database_that_is_busy_or_away_for_a_moment_is_asked_again(bench: ByHand, error: Exception) -> None:
    run = bench.start()
    bench.stamp.raises = {"l001": error}
    assert bench.work() == ["done", "done", "done"]
    assert bench.waited == [1.0]
    assert bench.counts(run) == (7, 0, 0, 0)


def test_a_key_that_does_not_open_fails_nobody(bench: ByHand) -> None:
    run = bench.start()
    keys = bench.school.home / "keys"
    keys.chmod(0o755)  # open to others: refused
    for file in keys.rglob("*"):
        file.chmod(0o644)
    bench.school.restart()
    assert bench.work(1) == ["paused"]
    assert (bench.state(run), bench.stamp.seen) == ("paused", [])


def test_few_chunks_are_with_the_engine_at_a_time(bench: ByHand) -> None:
    bench.limit(bulk_chunk=1, bulk_leg=4, bulk_ahead=1)
    run = bench.start()
    bench.feed()
    assert len(bench.queue) == 4
    bench.feed()
    assert len(bench.queue) == 4
    bench.work(3)
    bench.feed()
    assert len(bench.queue) == 4
    bench.work()
    assert bench.counts(run) == (7, 0, 0, 0)


def test_planning_that_was_interrupted_goes_on(bench: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.start()
    add = bulk_chunks.add

    def cut(tx: object, number: int, made: object) -> None:
        add(tx, number, made)  # type: ignore[arg-type] # as it is called
        if bulk_chunks.newest(tx, number) == 2:  # type: ignore[arg-type] # as it is called
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bulk_chunks, "add", cut)
        with pytest.raises(KeyboardInterrupt):
            bench.feed()
    with bench.school.database.read() as tx:
        assert bulk_chunks.newest(tx, run) == 1  # with its chunk, how far it came is undone too
    bench.work()
    assert bench.counts(run) == (7, 0, 0, 0)


def test_two_who_plan_at_once_plan_once(bench: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    database, limits, now = bench.school.database, bench.school.config.limits, bench.school.now
    with database.read() as tx:
        run = bulk_runs.find(tx, bench.start())
    page, others = bulk_items.cohort_page, [1]

    def overtaken(*given: Any, **more: Any) -> Any:
        """By another worker, who plans the same page meanwhile."""
        found = page(*given, **more)
        if others:
            chunk = Chunk(others.pop(), found[0][0], found[-1][0], len(found))
            with database.write() as tx:
                bulk_chunks.add(tx, run.number, [chunk])
                bulk_runs.planned(tx, run.number, up_to=chunk.last, all_of_it=False)
        return found

    monkeypatch.setattr(bulk_items, "cohort_page", overtaken)
    planning.plan(database, run, limits=limits, now=now)
    bench.work()
    assert bench.counts(run.number) == (7, 0, 0, 0)


def test_of_a_run_in_which_there_is_nothing_to_do(bench: ByHand) -> None:
    bench.start()
    bench.work()
    run = bench.start()
    bench.feed()
    assert (bench.state(run), bench.counts(run)) == ("done", (0, 7, 0, 0))


def test_what_is_due_is_issued_of_everybody(tmp_path: Path) -> None:
    """With the real conductor: two learners, two Course Certificates and one of the program each."""
    from issuer.bulk.production import conductor

    school = Installation(tmp_path)
    school.record(*earned("ana"), *earned("ben"))
    bench = ByHand.of(school)
    bench.limit(bulk_chunk=2)
    bench.through(school.services, conductor(school.services))
    run = bench.start(Wanted(decides=True))
    assert bench.work() == ["done", "done"]
    assert bench.counts(run) == (6, 0, 0, 0)
    again = bench.start(Wanted())
    bench.feed()
    assert (bench.state(again), bench.counts(again)) == ("done", (0, 0, 0, 0))
    assert len(school.certificates()) == 6


# --- who may ask for what ------------------------------------------------------------------------------------


def test_only_an_approved_cohort_is_issued(bench: ByHand) -> None:
    school = bench.school
    number = prepared(school, approvals=0)
    with pytest.raises(CohortNotApproved):
        asking.start(school.database, RITA, Wanted(cohort=number), now=school.now)
    cohorts.cancel(school.database, RITA, number, organization=None, now=school.now)
    with pytest.raises(CohortState):
        asking.start(school.database, RITA, Wanted(cohort=number), now=school.now)
    with school.database.read() as tx:
        assert bulk_runs.listed(tx, None) == []


def test_one_run_at_a_time_is_at_the_same(bench: ByHand) -> None:
    run = bench.start()
    with pytest.raises(BulkRunState, match=f"Bulk run {run} is at the same"):
        bench.start()
    bench.start(Wanted(program="mini"))
    with pytest.raises(BulkRunState):
        bench.start(Wanted(program="mini"))


def test_who_may_ask(bench: ByHand) -> None:
    now, database = bench.school.now, bench.school.database
    viewer = Caller("Vera (key 1)", "school", permissions_of("viewer"), 1)
    registrar = Caller("Rita (key 2)", "school", permissions_of("registrar"), 2)
    with pytest.raises(NotAllowed):
        asking.start(database, viewer, Wanted(cohort=bench.cohort), organization="school", now=now)
    with pytest.raises(NotAllowed):
        asking.start(database, viewer, Wanted(), organization="school", now=now)
    with pytest.raises(InputRefused):
        asking.start(database, registrar, Wanted(), now=now)  # of everybody
    with pytest.raises(InputRefused):
        asking.start(database, registrar, Wanted(cohort=1, program="mini"), organization="school", now=now)
    with pytest.raises(UnknownProgram):
        asking.start(database, RITA, Wanted(program="none"), now=now)
    run = asking.start(database, registrar, Wanted(), organization="school", now=now)
    with pytest.raises(NotAllowed):
        asking.pause(database, viewer, run, organization="school", now=now)
    with pytest.raises(UnknownBulkRun):
        asking.pause(database, registrar, run, organization="other", now=now)
