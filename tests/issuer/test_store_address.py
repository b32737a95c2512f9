"""The address of the database: what is one, and that its password is nowhere to be seen."""

import json
from pathlib import Path

import pytest

from issuer import config, store_address
from issuer.errors import ConfigInvalid, Conflict
from issuer.setup import initialize
from tests import databases
from tests.issuer.installation import NOW

BASE = {"organization": "Example School", "url": "http://localhost:8000", "verifier_url": "http://localhost:8001"}


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgres://u@h/db", "postgresql://u@h/db"),
        ("postgresql://u@h:5433/db?sslmode=verify-full", "postgresql://u@h:5433/db?sslmode=verify-full"),
        ("postgresql:///db?host=/run/postgresql", "postgresql:///db?host=/run/postgresql"),
        ("postgresql://?service=testamur", "postgresql://?service=testamur"),
    ],
)
def test_what_is_an_address(given: str, taken: str) -> None:
    assert store_address.checked(given, source="x") == taken


@pytest.mark.parametrize(
    "given",
    [
        "testamur.db",
        "sqlite:///testamur.db",
        "mysql://h/db",
        "postgresql://u@h",
        "postgresql://u@h:port/db",
        "postgresql://u:secret@h/db",
        "postgresql://u@h/db?password=secret",
    ],
)
def test_what_is_none_or_has_a_password(given: str) -> None:
    with pytest.raises(ConfigInvalid, match="database") as refused:
        store_address.checked(given, source="database")
    assert "secret" not in str(refused.value)


def test_the_password_is_not_shown() -> None:
    for address in ("postgresql://u:secret@h/db", "postgres://u@h/db?password=secret"):
        assert store_address.shown(address) == "postgresql://u@h/db"


def test_what_the_environment_gives_is_kept_without_its_password(tmp_path: Path) -> None:
    place = databases.of_this_test().new()
    given = place.replace("postgres:@", "postgres:secret@")
    environ = {store_address.VARIABLE: given}
    made = initialize(tmp_path / "home", **BASE, environ=environ, now=NOW).config  # type: ignore[arg-type] # texts
    assert made.database == given
    assert "secret" not in repr(made)
    assert "secret" not in made.database_shown
    kept = json.loads((tmp_path / "home" / "config.json").read_text())
    assert kept["database"] == store_address.shown(place)
    assert not made.database_file.exists()
    again = config.load(tmp_path / "home")
    assert (again.database, again.database_shown) == (kept["database"], kept["database"])


def test_another_database_is_not_slipped_under_an_issuer(tmp_path: Path) -> None:
    initialize(tmp_path / "home", **BASE, environ={}, now=NOW)  # type: ignore[arg-type] # texts
    with pytest.raises(Conflict, match="they stay there"):
        initialize(
            tmp_path / "home",
            **BASE,  # type: ignore[arg-type] # texts
            database_url="postgresql://u@h/db",
            environ={},
            now=NOW,
        )
