"""The file of a SQLite store: that several connections and processes have it open harms nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from issuer.store import facts
from issuer.store.database import open_database
from tests.issuer import domain

pytestmark = pytest.mark.only_sqlite

# As a command of somebody else's does it, which takes itself for the last one when nobody holds a lock.
_ELSEWHERE = """import sqlite3, sys
there = sqlite3.connect(sys.argv[1])
print(there.execute("SELECT count(*) FROM fact").fetchone()[0])
there.close()"""


def test_a_process_may_open_it_twice_and_what_it_writes_then_is_not_lost(tmp_path: Path) -> None:
    place = tmp_path / "testamur.db"

    def elsewhere() -> int:
        return int(subprocess.run([sys.executable, "-c", _ELSEWHERE, place], stdout=subprocess.PIPE, check=True).stdout)

    first = open_database(place)
    with first.write() as tx:
        facts.append(tx, [domain.done("toolbox")])
    second = open_database(place)
    assert elsewhere() == 1
    with first.write() as tx:
        facts.append(tx, [domain.done("capstone")])
    assert elsewhere() == 2
    with second.read() as tx:
        assert facts.count(tx) == 2
    first.close()
    second.close()
