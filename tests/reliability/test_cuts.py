"""The connection to PostgreSQL is cut in the middle of a bulk run: it goes on, nothing lost, nothing twice."""

from pathlib import Path

import pytest

from issuer import store_address
from issuer.app import wire
from issuer.bulk.together import Together
from tests.issuer.bulk.by_hand import ByHand
from tests.issuer.installation import Installation
from tests.reliability.accounts import Accounts
from tests.reliability.cut import Cut

pytestmark = pytest.mark.only_postgresql

# (what is said when the connection is cut, which time, whether the server hears it); the answer is always lost.
CUTS = (
    (b"INSERT INTO credential", 1, False),
    (b"INSERT INTO credential", 1, True),
    (b"INSERT INTO award", 1, True),
    (b"UPDATE credential SET secured", 1, False),
    (b"UPDATE credential SET secured", 1, True),
    *((b"COMMIT", nth, delivered) for nth in range(1, 8) for delivered in (False, True)),
)


def test_a_bulk_run_whose_connection_is_cut(tmp_path: Path) -> None:
    """A COMMIT whose answer is lost, above all: it was done, and nobody knows."""
    bench = ByHand(Installation(tmp_path), len(CUTS), chunk=1)
    school, run = bench.school, bench.start()
    with Cut(school.environ[store_address.VARIABLE]) as cut:
        services = wire(school.home, environ={store_address.VARIABLE: cut.address}, now=lambda: school.now)
        bench.through(services, Together(services))
        for word, nth, delivered in CUTS:
            cut.at(word, nth=nth, delivered=delivered)
            assert bench.work(1) == ["done"]
        assert cut.times == len(CUTS)
        services.database.close()
    assert bench.counts(run) == (len(CUTS), 0, 0, 0)
    assert Accounts.of(school, learners=len(CUTS)).wrong() == {}
