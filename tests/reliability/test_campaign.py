"""A short campaign (`python -m tests.reliability`): real workers, killed twice at random moments."""

import random
from pathlib import Path

import pytest

from tests.reliability.campaign import Campaign

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.only_sqlite]

LEARNERS = 8


def test_workers_that_are_killed_at_random(tmp_path: Path) -> None:
    told = Campaign(random.Random(4), workers=2, kills=2).round(tmp_path, learners=LEARNERS)
    assert told.accounts is not None
    assert told.kills > 0
    assert (told.counts, told.accounts.wrong()) == ((LEARNERS, 0, 0, 0), {})
    assert told.accounts.certificates == 3 * LEARNERS
