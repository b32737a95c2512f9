"""Eight processes ask for the same certificates, a fifth of them twice: exactly one award each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from issuer.bulk import asking
from issuer.bulk.asking import Wanted
from tests.issuer.bulk.by_hand import RITA
from tests.issuer.installation import Installation, earned
from tests.reliability.accounts import Accounts
from tests.reliability.test_kills import ROOT

pytestmark = pytest.mark.xdist_group("kills")

PROCESSES = 8
LEARNERS = 12


@pytest.mark.both_databases
def test_eight_processes_and_exactly_one_award_each(tmp_path: Path) -> None:
    school = Installation(tmp_path)
    school.record(*(fact for number in range(LEARNERS) for fact in earned(f"l{number:03}")))
    school.decide()
    asking.start(school.database, RITA, Wanted(), now=school.now)
    words = [sys.executable, "-m", "tests.reliability.racing", str(school.home), school.now.isoformat(), str(PROCESSES)]
    environ = os.environ | school.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300, check=True)
    assert json.loads(run.stdout) == [0] * PROCESSES, run.stderr
    accounts = Accounts.of(school, learners=LEARNERS)
    assert accounts.wrong() == {}
    assert accounts.certificates == 3 * LEARNERS
