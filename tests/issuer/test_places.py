"""Places in status lists are given out by no store that is older than what was given out before."""

import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from issuer.errors import StoreOutdated
from issuer.places import FOLDER, Places
from issuer.store.database import open_database
from tests import databases
from tests.issuer.installation import Installation, earned


def note(school: Installation) -> Path:
    (found,) = (school.home / FOLDER).iterdir()
    return found


def test_each_run_notes_how_far_it_came(awarded: Installation) -> None:
    assert note(awarded).name == awarded.list_of(awarded.certificates()[0])
    assert int(note(awarded).read_bytes()) == 3
    Places(awarded.config, awarded.database).reserve("school", 500)
    assert int(note(awarded).read_bytes()) == 503
    assert stat.S_IMODE(note(awarded).stat().st_mode) == 0o600


def put_back(school: Installation, work: Callable[[], None]) -> None:
    """The database is as it was before `work`, and nobody says so."""
    if isinstance(school.config.database, str):
        databases.keep(school.config.database)
        work()
        databases.bring_back(school.config.database)
        school.restart()
        return
    kept = school.home.parent / "kept.db"
    source, target = sqlite3.connect(school.config.database), sqlite3.connect(kept)
    source.backup(target)
    source.close()
    target.close()
    work()
    school.database.close()
    for one in school.home.glob("testamur.db*"):
        one.unlink()
    shutil.copy(kept, school.home / "testamur.db")
    school.restart()


def test_a_store_that_was_put_back_gives_nothing_out(awarded: Installation) -> None:
    def work() -> None:
        awarded.record(*earned("bela"))
        awarded.decide_and_issue()

    put_back(awarded, work)
    awarded.record(*earned("cem"))
    with pytest.raises(StoreOutdated, match="issuer restored"):
        awarded.decide_and_issue()
    assert len(awarded.certificates()) == 3
    assert awarded.services.status_lists.current(note(awarded).name)  # what is there is served


def test_a_store_that_was_put_back_as_it_was_goes_on(awarded: Installation) -> None:
    put_back(awarded, lambda: None)
    Places(awarded.config, awarded.database).reserve("school", 1)


@pytest.mark.parametrize("damage", [b"", b"\xff", b"000"])
def test_a_note_that_cannot_be_read_or_written_stops_nobody(awarded: Installation, damage: bytes) -> None:
    note(awarded).write_bytes(damage)
    places = Places(awarded.config, awarded.database)
    places.reserve("school", 2)
    shutil.rmtree(awarded.home / FOLDER)
    (awarded.home / FOLDER).write_bytes(b"")
    assert len(places.reserve("school", 2)) == 2


def test_a_process_that_is_slow_does_not_turn_a_note_back(
    awarded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It commits first, and notes last."""
    slow, quick = (Places(awarded.config, awarded.database) for _ in range(2))

    def overtaken(folder: Path) -> None:
        monkeypatch.undo()
        quick.reserve("school", 10)

    monkeypatch.setattr("issuer.places.make_private_folder", overtaken)
    slow.reserve("school", 10)
    assert int(note(awarded).read_bytes()) == 23


def test_what_was_not_committed_is_not_noted(awarded: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut would look like a store that was put back."""

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    database = open_database(awarded.config.database)
    monkeypatch.setattr("issuer.store.status_indices.reserve", full)
    with pytest.raises(OSError, match="full"):
        Places(awarded.config, database).reserve("school", 5)
    assert int(note(awarded).read_bytes()) == 3
