"""It is signed, and the database refuses to keep it: the intent stays as it is, and is finished later."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from issuer.bulk import asking
from issuer.bulk.together import Together
from issuer.store.database import Database
from tests.issuer.bulk.by_hand import RITA, ByHand
from tests.issuer.installation import Installation, earned
from tests.reliability.accounts import Accounts

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.both_databases]

LEARNERS = 3
_SQLITE = (
    "CREATE TRIGGER refuses BEFORE UPDATE OF secured ON credential WHEN NEW.kind = '{kind}' "
    "BEGIN SELECT RAISE(ABORT, 'refused by a test'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'refused by a test' USING ERRCODE = 'check_violation'; END $$",
    "CREATE TRIGGER refuses BEFORE UPDATE OF secured ON credential FOR EACH ROW WHEN (NEW.kind = '{kind}') "
    "EXECUTE FUNCTION refuses()",
)


def refuse(database: Database, kind: str) -> None:
    with database.write() as tx:
        for statement in _SQLITE if tx.dialect.name == "sqlite" else _POSTGRESQL:
            tx.execute(text(statement.format(kind=kind)))


def allow(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("DROP TRIGGER refuses" + ("" if tx.dialect.name == "sqlite" else " ON credential")))


@pytest.mark.parametrize(("kind", "intents"), [("course", 2 * LEARNERS), ("program", LEARNERS)])
def test_a_bulk_run(tmp_path: Path, kind: str, intents: int) -> None:
    bench = ByHand(Installation(tmp_path), LEARNERS, chunk=LEARNERS)
    school, run = bench.school, bench.start()
    bench.through(school.services, Together(school.services))
    refuse(school.database, kind)
    assert bench.work() == ["paused"]
    assert "the log has it as" in (bench.standing(run).run.reason or "")
    before = {one.number: one.unsecured for one in school.certificates() if not one.released}
    assert len(before) == intents
    assert Accounts.of(school, learners=LEARNERS).twice == 0
    allow(school.database)
    asking.resume(school.database, RITA, run, organization=None, now=school.now)
    bench.work()
    assert bench.counts(run) == (LEARNERS, 0, 0, 0)
    assert Accounts.of(school, learners=LEARNERS).wrong() == {}
    after = {one.number: one.unsecured for one in school.certificates()}
    assert before.items() <= after.items()  # the same intents, finished


def test_what_is_issued_one_by_one(tmp_path: Path) -> None:
    school = Installation(tmp_path)
    school.record(*earned())
    refuse(school.database, "course")
    with pytest.raises(IntegrityError, match="refused by a test"):
        school.decide_and_issue()
    allow(school.database)
    assert len(school.issuance.finish_intents().released) == 2
    school.issue()
    assert Accounts.of(school, learners=1).wrong() == {}
