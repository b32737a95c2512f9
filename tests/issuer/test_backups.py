"""A backup that is made while others write, is put back and issued from: no status index is given out twice."""

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

import issuer
from issuer import backups, cli
from issuer.errors import BackupRefused, InputRefused, StoreUnavailable
from issuer.places import FOLDER, Places
from issuer.restoring import REASON, settle, take_over
from issuer.signing import Signing
from issuer.store import audit, copies, status
from issuer.store.credentials import StoredCredential
from issuer.store.tables import lost_bit, status_list
from tests.issuer.installation import NOW, Installation, earned
from vc.context_rules import CREDENTIAL
from vc.status.bitstring import Bitstring, list_credential

pytestmark = pytest.mark.only_sqlite

Pairs = set[tuple[str, int]]

_SOURCE = Path(issuer.__file__).parents[1]


def backup(school: Installation, name: str = "backup", **choices: Any) -> Path:
    folder = school.home.parent / name
    return backups.make(school.config, folder, **{"with_keys": True, "at": school.now} | choices).folder


def put_back(school: Installation, folder: Path) -> None:
    """As an operator does it whose disk was lost."""
    school.database.close()
    shutil.rmtree(school.home)
    shutil.copytree(folder, school.home)
    school.restart()


def pairs(school: Installation) -> Pairs:
    with school.database.read() as tx:
        names = {row.number: row.name for row in tx.execute(select(status_list.c.number, status_list.c.name))}
    return {(names[one.list_number], one.list_index) for one in school.certificates()}


def issue(school: Installation, *learners: str) -> None:
    school.record(*(fact for who in learners for fact in earned(who)))
    school.decide_and_issue()


def list_said_to_be(school: Installation, stored: StoredCredential) -> bytes:
    return school.services.status_lists.current(school.list_of(stored)).body


# --- the copy --------------------------------------------------------------------------------------------------


def test_a_backup_is_an_issuer(awarded: Installation) -> None:
    folder = backup(awarded)
    assert {path.name for path in folder.iterdir()} == {"config.json", "testamur.db", "keys"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = awarded.certificates()
    put_back(awarded, folder)
    assert awarded.certificates() == before
    with awarded.client() as client:
        for one in before:
            entry = json.loads(one.secured or b"")["credentialStatus"]
            assert client.get(entry["statusListCredential"].removeprefix(awarded.config.url)).status_code == 200
            assert (
                client.get(f"/credentials/{one.share_id}", headers={"Accept": "application/vc"}).content == one.secured
            )


def test_keys_are_in_it_only_when_they_are_wanted(awarded: Installation) -> None:
    assert not (backup(awarded, with_keys=False) / backups.KEYS).exists()


def test_the_original_goes_on_as_before(awarded: Installation) -> None:
    backup(awarded)
    issue(awarded, "bela")
    with awarded.database.read() as tx:
        assert copies.unsettled(tx) is None
        assert tx.scalar(select(status_list.c.closed)) is None
    assert len({name for name, _ in pairs(awarded)}) == 1


def test_nothing_is_written_over(awarded: Installation) -> None:
    folder = backup(awarded)
    with pytest.raises(BackupRefused, match="is there already"):
        backup(awarded)
    with pytest.raises(BackupRefused, match="no folder"):
        backups.make(awarded.config, folder / "x" / "y", with_keys=False, at=NOW)


def test_a_copy_that_is_damaged_is_no_backup(awarded: Installation) -> None:
    def damage(step: str) -> None:
        if step == "marked":
            (store,) = awarded.home.parent.glob(".backup.*/testamur.db")
            content = bytearray(store.read_bytes())
            content[20_000:40_000] = os.urandom(20_000)
            store.write_bytes(content)

    with pytest.raises(StoreUnavailable):
        backup(awarded, reached=damage)
    assert {path.name for path in awarded.home.parent.iterdir()} == {"home"}


@pytest.mark.parametrize("step", ["copied", "marked", "checked", "with keys", "described"])
def test_what_was_cut_off_is_no_backup(awarded: Installation, step: str) -> None:
    killed = (
        "import os, signal, sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from issuer import backups, config\n"
        "def reached(step):\n"
        "    if step == sys.argv[3]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "backups.make(config.load(Path(sys.argv[1])), Path(sys.argv[2]), with_keys=True, at=datetime.now(UTC),\n"
        "             reached=reached)\n"
    )
    folder = awarded.home.parent / "backup"
    command = [sys.executable, "-c", killed, str(awarded.home), str(folder), step]
    assert subprocess.run(command, cwd=_SOURCE, check=False).returncode == -signal.SIGKILL
    assert not folder.exists()
    (half,) = awarded.home.parent.glob(".backup.*")
    assert (half / "config.json").exists() == (step == "described")
    assert backup(awarded) == folder  # and it is in nobody's way


def test_others_write_meanwhile_and_wait_for_nobody(awarded: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is of one moment, and comes to its end however much is written."""
    monkeypatch.setattr(copies, "_PAGES", 1)
    places, given, started = Places(awarded.config, awarded.database), 0, False

    def progress(done: int, of: int) -> None:
        nonlocal given, started
        if given < 40:
            places.reserve("school", 1)
            given += 1

    folder = backup(awarded, progress=progress)
    assert given == 40
    put_back(awarded, folder)
    with awarded.database.read() as tx:
        assert tx.scalar(text("SELECT sum(count) FROM given_out")) == 3


# --- never twice -----------------------------------------------------------------------------------------------

_ISSUER = """
import sys
from datetime import datetime
from pathlib import Path
from issuer import deciding
from issuer.app import wire
from issuer.store import facts
from tests.issuer import domain
home, moment, *learners = sys.argv[1:]
now = datetime.fromisoformat(moment)
services = wire(Path(home), environ={}, now=lambda: now)
issuance = services.issuance()
for one in learners:
    who = {"learner": one, "name": one, "email": f"{one}@example.org"}
    with services.database.write() as tx:
        facts.append(tx, [domain.done("toolbox", **who), domain.done("capstone", **who)])
    deciding.run(services.database, now=now)
    issuance.issue(issuance.plan())
    print(one, flush=True)
"""


def issuing(school: Installation, *learners: str) -> "subprocess.Popen[str]":
    """Another process, which issues to one after the other."""
    command = [sys.executable, "-c", _ISSUER, str(school.home), school.now.isoformat(), *learners]
    return subprocess.Popen(command, cwd=_SOURCE, stdout=subprocess.PIPE, text=True)


def test_no_index_is_given_out_twice_across_a_restore(school: Installation) -> None:
    """Another process issues while the copy is made, and goes on; then it is put back, and two issue from it. What
    both histories have in common is what is in the copy."""
    issue(school, "ana")
    other = issuing(school, *(f"first-{number}" for number in range(6)))
    if other.stdout is not None:
        other.stdout.readline()  # it is at it
    folder = backup(school)
    other.communicate(timeout=120)
    issue(school, "bela")
    first = pairs(school)
    assert len(first) == 3 * 8
    put_back(school, folder)
    school.issuance.finish_intents()
    common = pairs(school)
    assert common < first
    assert len(common) > 3
    other = issuing(school, *(f"second-{number}" for number in range(3)))
    for one in ("cem", "dilek", "bela"):
        issue(school, one)
    other.communicate(timeout=120)
    school.issue()
    second = pairs(school) - common
    assert len(second) >= 3 * 6
    assert not second & first
    assert not {name for name, _ in second} & {name for name, _ in first}


def test_a_file_that_was_copied_in_another_way_is_settled_by_a_word(awarded: Installation) -> None:
    """A snapshot or pg_dump: its lists are open, and nobody but the operator knows."""
    kept = sqlite3.connect(awarded.home.parent / "kept.db")
    sqlite3.connect(awarded.config.database).backup(kept)
    kept.close()
    issue(awarded, "bela")
    first = pairs(awarded)
    awarded.database.close()
    shutil.copy(awarded.home.parent / "kept.db", awarded.config.database)
    shutil.rmtree(awarded.home / FOLDER)  # it was another machine
    awarded.restart()
    done = settle(awarded.database, now=NOW, actor="Olga")
    assert (done.copied_at, done.ends_at, done.closed) == (None, NOW, 1)
    common = pairs(awarded)
    issue(awarded, "bela")
    assert not (pairs(awarded) - common) & first
    with awarded.database.read() as tx:
        *_, entry = audit.read(tx, None)
    assert (entry.actor, entry.action, entry.detail) == (
        "Olga",
        "store.restore",
        {"lists_closed": 1, "copied_at": None},
    )


def test_a_copy_says_that_it_is_one_until_the_operator_has(
    awarded: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = backup(awarded)
    for word, said in ((["issue"], True), (["restored", "--by", "Olga"], False), (["issue"], False)):
        assert cli.run(["--home", str(folder), *word]) == 0
        assert ("run: issuer restored" in capsys.readouterr().err) == said
    assert cli.run(["--home", str(folder), "restored", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["copied_at"], said["lists_closed"]) == (None, 0)
    assert cli.run(["--home", str(folder), "restored"]) == 0
    assert "All status lists are closed: the next" in capsys.readouterr().out


# --- what was public --------------------------------------------------------------------------------------------


def lost(school: Installation) -> tuple[bytes, StoredCredential, StoredCredential]:
    """Back as it was before Ana's certificate was revoked, and before Bela had hers, which was revoked too; the list as
    it was published last."""
    folder = backup(school)
    issue(school, "bela")
    *_, of_ana = (one for one in school.certificates() if one.learner == "ana")
    *_, of_bela = (one for one in school.certificates() if one.learner == "bela")
    for one in (of_ana, of_bela):
        school.change(one, "revoke")
    published = list_said_to_be(school, of_ana)
    put_back(school, folder)
    settle(school.database, now=school.now, actor="Olga")
    return published, of_ana, of_bela


def bits(school: Installation, stored: StoredCredential) -> Bitstring:
    return Bitstring.decode(json.loads(list_said_to_be(school, stored))["credentialSubject"]["encodedList"])


def test_what_was_revoked_stays_so_by_the_list_that_was_published(awarded: Installation) -> None:
    published, of_ana, of_bela = lost(awarded)
    assert not bits(awarded, of_ana).get(of_ana.list_index)
    parts = (awarded.config, awarded.database, awarded.services.keyring)
    take = partial(take_over, *parts, published, now=awarded.now, actor="Olga")
    taken = take()
    assert (taken.suspended, taken.kept) == ((of_ana.share_id,), 1)
    assert (
        bits(awarded, of_ana).data == Bitstring.decode(json.loads(published)["credentialSubject"]["encodedList"]).data
    )
    assert bits(awarded, of_ana).get(of_bela.list_index)
    with awarded.database.read() as tx:
        change = status.last(tx, awarded.again(of_ana).number)
    assert change is not None
    assert (change.status, change.reason, change.actor) == ("suspended", REASON, "Olga")
    again = take()
    assert (again.suspended, again.kept) == ((), 0)
    awarded.change(awarded.again(of_ana), "reinstate")  # somebody has looked
    assert not bits(awarded, of_ana).get(of_ana.list_index)
    assert bits(awarded, of_ana).get(of_bela.list_index)
    with pytest.raises(IntegrityError, match="lost_bit_is_never_deleted"), awarded.database.write() as tx:
        tx.execute(delete(lost_bit))


def _another(document: dict[str, Any]) -> None:
    document["id"] = document["id"].replace("/status/", "/status/x")


def _changed(document: dict[str, Any]) -> None:
    document["credentialSubject"]["statusPurpose"] = "suspension"


@pytest.mark.parametrize("change", [_another, _changed])
def test_a_list_that_nobody_signed_is_not_believed(
    awarded: Installation, change: Callable[[dict[str, Any]], None]
) -> None:
    published, *_ = lost(awarded)
    document = json.loads(published)
    change(document)
    for data in (json.dumps(document).encode(), b"{", awarded.certificates()[0].secured or b""):
        with pytest.raises(InputRefused):
            take_over(awarded.config, awarded.database, awarded.services.keyring, data, now=NOW, actor="Olga")
    with awarded.database.read() as tx:
        assert tx.execute(select(lost_bit)).all() == []


def test_a_list_that_another_organization_signed_is_not_believed(awarded: Installation) -> None:
    """Though its key is one of ours."""
    *_, of_ana = awarded.certificates()
    bits = Bitstring.marked([of_ana.list_index], length=131_072)
    unsecured = list_credential(
        id=awarded.config.status_list_url(awarded.list_of(of_ana)),
        issuer=awarded.config.did,
        purpose="revocation",
        bits=bits,
        valid_from=NOW,
        valid_until=NOW + timedelta(days=1),
    )
    sealed = Signing(awarded.config, awarded.services.keyring).sign(unsecured, rule=CREDENTIAL, at=NOW)
    with pytest.raises(InputRefused, match="unknown here"):
        take_over(awarded.config, awarded.database, awarded.services.keyring, sealed.data, now=NOW, actor="Olga")
    assert awarded.again(of_ana).status == "valid"


def test_a_list_that_was_opened_after_the_copy_is_unknown(awarded: Installation) -> None:
    folder = backup(awarded)
    with awarded.database.write() as tx:
        tx.execute(text("UPDATE status_list SET closed = 'filled'"))
    issue(awarded, "bela")
    published = list_said_to_be(awarded, awarded.certificates()[-1])
    put_back(awarded, folder)
    with pytest.raises(InputRefused, match="opened after the copy was made"):
        take_over(awarded.config, awarded.database, awarded.services.keyring, published, now=NOW, actor="Olga")


def test_the_command_says_what_is_to_be_done(awarded: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    published, of_ana, _ = lost(awarded)
    file = awarded.home.parent / "list.json"
    file.write_bytes(published)
    assert cli.run(["--home", str(awarded.home), "restored", "--list", str(file), "--by", "Olga"]) == 0
    said = capsys.readouterr().out
    assert f"{of_ana.share_id}: reinstate it or revoke it" in said
    assert "issuer audit verify" in said


def test_the_command_makes_a_backup(awarded: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    folder = awarded.home.parent / "kept"
    assert cli.run(["--home", str(awarded.home), "backup", str(folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["folder"], said["certificates"], said["with_keys"]) == (str(folder), 3, False)
    assert cli.run(["--home", str(awarded.home), "backup", str(folder)]) == 1
    assert "is there already" in capsys.readouterr().err
