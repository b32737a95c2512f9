"""kill -9 of a move to PostgreSQL at each of its steps, while a bulk run is half done: nothing lost, nothing twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from issuer.bulk.together import Together
from issuer.errors import StoreMoved
from tests import databases
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation
from tests.reliability import doomed
from tests.reliability.accounts import Accounts

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.only_sqlite]  # it begins on the file

ROOT = Path(__file__).parents[2]
THE_FILE_HOLDS = ("copying", "locked", "written", "copied", "marking")
THE_COPY_HOLDS = ("marked", "switched", "done")


def test_a_move_that_is_killed_at_every_step_takes_the_open_run_along(tmp_path: Path) -> None:
    """While the file holds the run goes on in it between two deaths; then in the new place, to its end."""
    learners = len(THE_FILE_HOLDS) + 2
    bench = ByHand(Installation(tmp_path), learners, chunk=1, bulk_tries=100)
    school, target, run = bench.school, databases.of_this_test().new(), bench.start()
    bench.through(school.services, Together(school.services))
    words = [sys.executable, "-m", "tests.reliability.moving_away", str(school.home), target, school.now.isoformat()]
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def code(point: str | None) -> int:
            stdin.write(json.dumps({"point": point}) + "\n")
            stdin.flush()
            return int(json.loads(stdout.readline())["code"])

        for number, step in enumerate(THE_FILE_HOLDS, 1):
            assert (step, code(step)) == (step, -9)
            assert bench.work(1) == ["done"]
            assert bench.counts(run) == (number, 0, 0, learners - number)
        for step in THE_COPY_HOLDS:
            assert (step, code(step)) == (step, -9)
            with pytest.raises(StoreMoved):
                bench.feed()
        assert code(None) == 0
        process.communicate(timeout=60)
    school.restart()
    assert school.config.database_url is not None
    # As a worker does it that finds what was handed out to those of before.
    assert doomed.work(school.services) == ["done"] * (learners - len(THE_FILE_HOLDS))
    moved = ByHand.of(school)
    assert moved.counts(run) == (learners, 0, 0, 0)
    assert moved.state(run) == "done"
    accounts = Accounts.of(school, learners=learners)
    assert accounts.wrong() == {}
    assert accounts.certificates == 3 * learners
