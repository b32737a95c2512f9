"""`issuer store`: where the records are, and the way to a larger database."""

import json

import pytest

from issuer import cli, store_address
from issuer.store import audit
from tests import databases
from tests.issuer.installation import Installation


@pytest.fixture(autouse=True)
def environment(school: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in school.environ.items():
        monkeypatch.setenv(name, value)


def run(school: Installation, *words: str) -> int:
    return cli.run(["--home", str(school.home), "store", *words])


@pytest.mark.both_databases
def test_it_says_where_the_records_are(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(school, "show", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["place"] == school.config.database_shown
    assert shown["database"].split()[0] == ("PostgreSQL" if school.environ else "SQLite")
    assert shown["rows"]["organization"] == 1
    assert shown["size"] > 1_000
    assert run(school, "show") == 0
    assert "organization" in capsys.readouterr().out


@pytest.mark.only_sqlite
def test_it_moves_and_says_who_did_it(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    target = store_address.shown(databases.of_this_test().new())
    assert run(school, "move", "--to", target, "--by", "Olga Orehek", "--json") == 0
    assert json.loads(capsys.readouterr().out)["place"] == target
    school.restart()
    with school.database.read() as tx:
        last = audit.read(tx, None)[-1]
    assert (last.actor, last.action) == ("Olga Orehek (command line)", "store.move")
    assert run(school, "move", "--to", target) == 0  # again: what was done stays done
    assert "compared one by one" in capsys.readouterr().out


@pytest.mark.only_sqlite
def test_the_environment_may_name_the_new_place_with_its_password(
    school: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = databases.of_this_test().new()
    monkeypatch.setenv(store_address.VARIABLE, target.replace("postgres:@", "postgres:secret@"))
    assert run(school, "move", "--to", store_address.shown(target)) == 0
    assert "secret" not in "".join(capsys.readouterr())


@pytest.mark.only_sqlite
def test_what_cannot_be_moved_to_is_refused_in_one_line(
    school: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(school, "move", "--to", "postgresql://nobody@127.0.0.1:1/testamur") == 1
    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.only_sqlite
def test_a_password_on_the_command_line_is_refused_for_others_see_it_there(
    school: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(school, "move", "--to", "postgresql://nobody:secret@127.0.0.1:1/testamur") == 1
    said = capsys.readouterr().err
    assert "PGPASSFILE" in said
    assert "secret" not in said
