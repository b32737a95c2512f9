"""kill -9 of a process that issues in bulk, at each of the named points: nothing lost, nothing twice."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from issuer.bulk.standing import standing
from issuer.store import bulk_runs
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation
from tests.reliability.accounts import Accounts
from tests.reliability.points import POINTS

pytestmark = pytest.mark.xdist_group("kills")

ROOT = Path(__file__).parents[2]


class Doomed:
    """Processes that die where they are told to (`tests.reliability.doomed`)."""

    def __init__(self, school: Installation) -> None:
        words = [sys.executable, "-m", "tests.reliability.doomed", str(school.home), school.now.isoformat()]
        environ = os.environ | school.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            words, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def work(self, point: str = "nowhere", nth: int = 1) -> bool:
        """Whether the process died there; else there was nothing left to do."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"point": point, "nth": nth}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert answer["code"] in (0, -9), answer
        return bool(answer["died"])

    def end(self) -> None:
        self._process.communicate(timeout=60)


@contextmanager
def doomed(school: Installation) -> Iterator[Doomed]:
    processes = Doomed(school)
    try:
        yield processes
    finally:
        processes.end()


@pytest.mark.both_databases
def test_a_bulk_run_that_is_killed_at_every_named_point(tmp_path: Path) -> None:
    """One run, and a death at each point, one after the other; then somebody finishes it."""
    learners = len(POINTS)
    bench = ByHand(Installation(tmp_path), learners, chunk=1, bulk_tries=1_000)
    school = bench.school
    run = bench.start()
    with doomed(school) as processes:
        survived = [f"{point} ({nth})" for point, nth in POINTS if not processes.work(point, nth)]
        assert not processes.work()
    assert survived == []
    with school.database.read() as tx:
        found = standing(tx, bulk_runs.find(tx, run), limits=school.config.limits, now=school.now)
    assert (found.run.state, found.issued, found.failed, found.left) == ("done", learners, 0, 0)
    accounts = Accounts.of(school, learners=learners)
    assert accounts.wrong() == {}
    assert accounts.certificates == 3 * learners
