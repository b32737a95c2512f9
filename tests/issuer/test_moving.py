"""From SQLite to PostgreSQL: nothing lost, links alive, and wherever the power fails, it is done again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from issuer import config, moving, store_address
from issuer.audit_log import checked
from issuer.errors import ConfigInvalid, Conflict, CopyDiffers, InputRefused, StoreBusy, StoreMoved
from issuer.limits import Limit, Limits
from issuer.store import audit, facts, moved, status, transfer
from issuer.store.database import Database, open_database
from tests import databases
from tests.issuer import domain
from tests.issuer.installation import NOW, Installation, PowerCut, earned

pytestmark = pytest.mark.only_sqlite  # they begin on the file

Rows = dict[str, list[tuple[object, ...]]]
STEPS = ("locked", "written", "copied", "marking", "marked", "switched", "done")


@pytest.fixture
def target() -> str:
    """Empty, with its tables already."""
    return databases.of_this_test().new()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an issuer with some of everything that is easily lost: a revocation, an organization's log, a fact
    without a certificate, every kind of sign."""
    awarded = Installation(tmp_path_factory.mktemp("made"), place=databases.FILE)
    awarded.record(*earned())
    awarded.decide_and_issue()
    awarded.change(awarded.certificates()[0], "revoke")
    awarded.record(domain.done("toolbox", learner="zoë-𝔘", name="Zoë \U0001d518nlü 李", narrative="«‘\u2028’»"))
    with awarded.database.write() as tx:
        audit.append(tx, "school", actor="Ada", action="test.log", subject="x", at=NOW, number=1)
    awarded.database.close()
    return awarded.home


@pytest.fixture
def school(made: Path, tmp_path: Path) -> Installation:
    shutil.copytree(made, tmp_path / "home")
    return Installation.found(tmp_path / "home")


def rows(database: Database) -> Rows:
    with database.read() as tx:
        return {
            one.name: [tuple(row) for row in tx.execute(select(one).order_by(*one.primary_key))]
            for one in transfer.tables()
        }


def move(school: Installation, target: str, reached: Callable[[str], None] = lambda step: None) -> moving.Move:
    return moving.move(config.load(school.home), target, actor="Ada", now=NOW, reached=reached)


def without_the_move(found: Rows) -> Rows:
    return found | {"audit": [row for row in found["audit"] if "store.move" not in row]}


def test_everything_is_there_row_by_row(school: Installation) -> None:
    target = databases.of_this_test().new(empty=True)
    before, (revoked, *_) = rows(school.database), school.certificates()
    assert sum(map(bool, before.values())) > 10
    done = move(school, target)
    assert not done.again
    assert done.rows == {name: len(found) + (name == "audit") for name, found in before.items()}
    school.restart()
    assert school.config.database_url == store_address.shown(target)
    assert without_the_move(rows(school.database)) == before
    with school.database.read() as tx:
        assert all(checked(tx, chain).intact for chain in audit.chains(tx))
        assert audit.read(tx, None)[-1].action == "store.move"
        assert moved.arrival(tx) is None
    client = school.client()
    assert (
        client.get(f"/credentials/{revoked.share_id}", headers={"Accept": "application/vc"}).content == revoked.secured
    )
    assert "revoked" in client.get(f"/credentials/{revoked.share_id}", headers={"Accept": "text/html"}).text.lower()


def test_numbers_go_on_behind_the_highest_and_the_guards_stand(school: Installation, target: str) -> None:
    highest = max(one.number for one in school.certificates())
    move(school, target)
    school.restart()
    school.record(*earned("bela"))
    school.decide_and_issue()
    assert max(one.number for one in school.certificates()) == highest + 4  # and the one of Zoë
    for guard, change in (
        ("fact_is_never_deleted", "DELETE FROM fact"),
        ("audit_is_never_deleted", "TRUNCATE audit"),
        ("revoked_is_final", "UPDATE credential SET status = 'valid'"),
    ):
        with pytest.raises(IntegrityError, match=guard), school.database.write() as tx:
            tx.execute(text(change))


def test_the_status_lists_say_the_same(school: Installation, target: str) -> None:
    name = school.list_of(school.certificates()[0])
    with school.database.read() as tx:
        before = status.read_list(tx, name)
    assert before.set_indices
    move(school, target)
    school.restart()
    with school.database.read() as tx:
        assert status.read_list(tx, name) == before


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_anywhere_it_is_done_again(school: Installation, target: str, step: str) -> None:
    """And what is written between the cut and the second try is not lost either."""
    before = rows(school.database)

    def cut(reached: str) -> None:
        if reached == step:
            raise PowerCut(reached)

    with pytest.raises(PowerCut):
        move(school, target, cut)
    if step in ("locked", "written", "copied", "marking"):  # the file holds, and is written to
        school.record(domain.done("programming", learner="late"))
        before = rows(school.database)
    if step == "done":
        assert move(school, target).again
    else:
        move(school, target)
    school.restart()
    assert without_the_move(rows(school.database)) == before
    with school.database.read() as tx:
        assert moved.arrival(tx) is None


def test_whoever_has_the_file_open_is_told_where_it_went(school: Installation, target: str) -> None:
    address = f"/status/{school.list_of(school.certificates()[0])}"
    move(school, target)
    for way in (school.database.read, school.database.write):
        with pytest.raises(StoreMoved, match="moved to postgresql://"), way() as tx:
            facts.count(tx)
    with pytest.raises(StoreMoved):
        open_database(school.config.database_file)
    answer = school.client().get(address)  # of the service that was not started again
    assert answer.status_code == 503


def test_nobody_writes_meanwhile(school: Installation, target: str) -> None:
    other = open_database(school.config.database_file, Limits(busy_timeout=Limit(20, "milliseconds", "a test")))

    def write(step: str) -> None:
        if step == "copied":
            with other.read() as tx:
                assert facts.count(tx)  # readers go on
            with pytest.raises(StoreBusy), other.write():
                pass

    move(school, target, write)


def test_a_database_that_is_not_empty_is_refused(school: Installation, tmp_path: Path) -> None:
    full = databases.of_this_test().new()
    database = open_database(full)
    with database.write() as tx:
        facts.append(tx, [domain.done("toolbox")])
    with pytest.raises(Conflict, match="holds records already"):
        move(school, full)
    with database.read() as tx:
        assert facts.count(tx) == 1
    assert school.certificates()


def test_a_copy_that_somebody_worked_with_is_not_taken_away(school: Installation, target: str) -> None:
    def cut(step: str) -> None:
        if step == "copied":
            raise PowerCut(step)

    with pytest.raises(PowerCut):
        move(school, target, cut)
    with open_database(target).write() as tx:
        facts.append(tx, [domain.done("toolbox", learner="somebody")])
    with pytest.raises(Conflict, match="holds records already"):
        move(school, target)


def test_a_copy_that_differs_is_not_moved_to(
    school: Installation, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_digest", lambda rows: (len(list(rows)), b"other"))
    with pytest.raises(CopyDiffers, match="nothing was moved"):
        move(school, target)
    monkeypatch.undo()
    assert school.certificates()
    move(school, target)


def test_what_postgresql_cannot_keep_is_named(school: Installation, target: str) -> None:
    school.record(domain.done("toolbox", learner="nul\0"))
    with pytest.raises(InputRefused, match="fact: the row"):
        move(school, target)
    assert school.certificates()


def test_it_is_moved_once_and_to_one_place(school: Installation, target: str) -> None:
    def cut(step: str) -> None:
        if step == "marked":
            raise PowerCut(step)

    with pytest.raises(PowerCut):
        move(school, target, cut)
    other = databases.of_this_test().new()
    with pytest.raises(Conflict, match="finish that first"):
        move(school, other)
    move(school, target)
    with pytest.raises(Conflict, match="are in postgresql://"):
        move(school, other)


@pytest.mark.parametrize("place", ["testamur.db", "mysql://db.example.org/x", "postgresql://db.example.org"])
def test_what_is_no_address_is_refused(school: Installation, place: str) -> None:
    with pytest.raises(ConfigInvalid, match="--to"):
        move(school, place)


def test_the_password_is_not_written_down(school: Installation, target: str) -> None:
    with_password = target.replace("postgres:@", "postgres:secret@")
    move(school, with_password)
    assert "secret" not in (school.home / "config.json").read_text()
    assert b"secret" not in school.config.database_file.read_bytes()
