"""The keys of the API: made and revoked on the command line, kept as hashes, and what the records refuse."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, text, update
from sqlalchemy.exc import IntegrityError

from issuer import api_keys, cli
from issuer.api_errors import ApiKeyRefused
from issuer.errors import InputRefused
from issuer.store import api_keys as store
from issuer.store import schema, tables
from issuer.store.database import open_database
from issuer.vc_api_description import CREDENTIAL_EXAMPLE
from tests.issuer.installation import Installation

FORM = re.compile(r"testamur_1_[0-9a-f]{64}\n")

Issuer = Callable[..., int]


@pytest.fixture
def issuer(school: Installation) -> Issuer:
    return lambda *words: cli.run(["--home", str(school.home), "api-keys", *words])


def make(school: Installation, **changes: Any) -> tuple[store.ApiKey, str]:
    return api_keys.create(school.database, **{"name": "LMS", "scopes": ["sign"], "now": school.now} | changes)


# --- the command line ------------------------------------------------------------------------------------------


def test_a_key_is_shown_once(issuer: Issuer, school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert issuer("list") == 0
    assert "nobody may call the API" in capsys.readouterr().out
    assert issuer("new", "LMS of the school") == 0
    made = capsys.readouterr()
    assert FORM.fullmatch(made.out)  # so that it can be piped to where it is needed
    assert "not shown again" in made.err
    key = api_keys.authenticate(school.database, made.out.strip(), scope="sign")
    assert (key.name, key.scopes) == ("LMS of the school", {"sign"})
    assert issuer("list") == 0
    listed = capsys.readouterr().out
    assert "LMS of the school" in listed
    assert made.out.strip()[-64:] not in listed


def test_a_key_for_more_and_its_end(issuer: Issuer, school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert issuer("new", "registrar", "--scope", "status", "--scope", "sign", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["scopes"] == ["sign", "status"]
    api_keys.authenticate(school.database, made["key"], scope="status")
    for _ in range(2):  # again, it stays as it is
        assert issuer("revoke", "1") == 0
    capsys.readouterr()
    with pytest.raises(ApiKeyRefused, match="revoked"):
        api_keys.authenticate(school.database, made["key"], scope="status")
    assert issuer("list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["revoked"] is not None
    assert made["key"][-64:] not in json.dumps(row)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("revoke", "7"), 1, "no key 7"),
        (("revoke", "99999999999999999999"), 64, "Invalid value"),
        (("new", "LMS", "--scope", "all"), 1, "no scope all"),
        (("new", " "), 1, "1 to 100"),
        (("new", "x" * 101), 1, "1 to 100"),
        (("new", "a\x1bb"), 1, "1 to 100"),
    ],
)
def test_what_is_refused(
    issuer: Issuer, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert issuer(*words) == code
    assert said in capsys.readouterr().err


def test_a_key_for_nothing_is_refused(school: Installation) -> None:
    with pytest.raises(InputRefused, match="for nothing"):
        make(school, scopes=[])


def test_serve_finishes_what_an_interruption_left(
    school: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, _ = make(school)
    with monkeypatch.context() as patch:
        patch.setattr("issuer.signing.Signing.sign", _out_of_order)
        with pytest.raises(RuntimeError):
            school.services.signing_requests.sign(CREDENTIAL_EXAMPLE, api_key=key)
    monkeypatch.setattr("serving.running.run", lambda *_, **__: 0)
    monkeypatch.setattr("issuer.ports.require_free", lambda *_: None)
    assert cli.run(["--home", str(school.home), "serve", "--no-worker"]) == 0
    assert "of requests: 1 signature." in capsys.readouterr().out


def _out_of_order(*_: object, **__: object) -> None:
    raise RuntimeError


# --- what is kept ----------------------------------------------------------------------------------------------


def test_the_secret_is_nowhere(school: Installation) -> None:
    key, shown = make(school)
    secret = shown[-64:]
    assert secret not in repr(key)
    school.database.close()
    for file in school.home.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert secret.encode() not in data
        assert bytes.fromhex(secret) not in data


def test_two_keys_are_two(school: Installation) -> None:
    assert make(school)[1][-64:] != make(school)[1][-64:]


@pytest.fixture
def used(school: Installation) -> Installation:
    key, _ = make(school)
    school.services.signing_requests.sign(CREDENTIAL_EXAMPLE, api_key=key, idempotency_key="x")
    make(school)
    api_keys.revoke(school.database, key.id, now=school.now)
    return school


@pytest.mark.parametrize(
    ("table", "column", "value", "guard"),
    [
        ("api_key", "scope", "sign status", "api_key_is_never_changed"),
        ("api_key", "hash", bytes(32), "api_key_is_never_changed"),
        ("api_key", "revoked_at", None, "revoked_key_is_final"),
        ("signed", "unsecured", b"other", "signed_intent_is_never_changed"),
        ("signed", "request_digest", bytes(32), "signed_intent_is_never_changed"),
        ("signed", "api_key", 2, "signed_intent_is_never_changed"),
        ("signed", "secured", b"other", "signed_stays_as_signed"),
        ("signed", "digest", bytes(32), "signed_stays_as_signed"),
    ],
)
def test_what_is_recorded_stays(used: Installation, table: str, column: str, value: object, guard: str) -> None:
    with pytest.raises(IntegrityError, match=guard), used.database.write() as tx:
        tx.execute(update(tables.metadata.tables[table]).values({column: value}))


@pytest.mark.parametrize("table", ["api_key", "signed"])
def test_nothing_is_deleted(used: Installation, table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table}_is_never_deleted"), used.database.write() as tx:
        tx.execute(delete(tables.metadata.tables[table]))


@pytest.mark.parametrize("same", ["id", "idempotency_key"])
def test_the_constraints_stand_behind_the_looks(used: Installation, same: str) -> None:
    with used.database.read() as tx:
        row = dict(tx.execute(tables.signed.select()).mappings().one())
    del row["number"]
    row |= {name: "other" for name in ("id", "idempotency_key") if name != same}
    with pytest.raises(IntegrityError, match=r"(?i)unique"), used.database.write() as tx:
        tx.execute(tables.signed.insert().values(row))


def test_a_database_of_the_first_version_is_brought_along(tmp_path: Path) -> None:
    path = tmp_path / "testamur.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        schema.migrate(connection, "0001")
        connection.execute(text("INSERT INTO organization VALUES ('school', '{}')"))
    engine.dispose()
    with open_database(path).read() as tx:
        assert store.listed(tx) == ()
        assert tx.scalar(text("SELECT content FROM organization")) == "{}"
