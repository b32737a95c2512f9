"""The clock jumps, a day back or forward: nothing is dated in the future, nothing is twice."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from issuer.bulk.together import Together
from issuer.encoding import from_bytes
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation, PowerCut, earned
from tests.reliability.accounts import Accounts
from tests.reliability.doomed import doomed
from tests.reliability.points import Watch

pytestmark = pytest.mark.xdist_group("kills")

DAY = timedelta(days=1)
POINTS = (("committed: begin", 1), ("drafted", 1), ("recorded", 1), ("signed", 1), ("recorded", 2), ("released", 2))
HELD_UP_BY_GOING_BACK = 3  # those that are recorded and then not signed: drafted, recorded, recorded the second time


@pytest.mark.parametrize("jump", [-DAY, DAY], ids=["back", "forward"])
def test_a_bulk_run_in_which_the_clock_jumps(tmp_path: Path, jump: timedelta) -> None:
    """And back again after each chunk, so that it jumps both ways between chunks too."""
    bench = ByHand(Installation(tmp_path), len(POINTS), chunk=1)
    school, run, noon = bench.school, bench.start(), bench.school.now
    for point, nth in POINTS:

        def jumps() -> None:
            school.now += jump

        watch = Watch(point, nth, jumps)
        services = doomed(school.services, watch)
        bench.through(services, Together(services))
        assert bench.work(1) == ["done"]
        watch.end()
        assert school.now == noon + jump
        school.now = noon
    held_up = HELD_UP_BY_GOING_BACK if jump < timedelta(0) else 0
    assert bench.counts(run) == (len(POINTS) - held_up, 0, held_up, 0)
    assert bench.state(run) == "done"
    for failure in bench.standing(run).reasons:
        assert "the clock of this machine is not there yet" in failure[0]
    bench.start()
    bench.work()
    school.later(days=1)
    assert Accounts.of(school, learners=len(POINTS)).wrong() == {}
    for one in school.certificates():
        document = from_bytes(one.secured or b"")
        begins, made = document["validFrom"], document["proof"][0]["created"]
        assert datetime.fromisoformat(begins) <= datetime.fromisoformat(made)


def test_an_intent_of_tomorrow_is_finished_when_the_clock_is_there(tmp_path: Path) -> None:
    school = Installation(tmp_path)
    school.record(*earned())
    school.cut_after = "recorded"
    with pytest.raises(PowerCut):
        school.decide_and_issue()
    school.later(seconds=-61)
    finished = school.issuance.finish_intents()
    assert (len(finished.released), len(finished.failed)) == (0, 2)
    school.later(seconds=1)  # a clock that is set right by a minute holds up nothing
    assert len(school.issuance.finish_intents().released) == 2
