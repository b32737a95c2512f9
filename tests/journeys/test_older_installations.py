"""An installation of before there were keys for each organization: what it issued verifies, whatever is done since.

The records are those of schema 0002, with certificates that the installation's own key signed in the school's name. The
verifier is the real one; what it fetches, the issuer's service answers.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from issuer import cli
from issuer.store import schema, status_indices
from tests.issuer.installation import URL, Installation, earned
from verifier import Policy, Report, Verdict
from verifier.fetch import Fetched
from verifier.verification import run

pytestmark = pytest.mark.only_sqlite  # there was nothing else then

SCHOOL = "did:web:localhost%3A8000:organizations:school"


class Loopback:
    """The verifier's seam to the web, with one issuer behind it."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def get(self, url: str, accept: str | None = None) -> Fetched:
        answer = self._client.get(url, headers={"Accept": accept or "*/*"})
        return Fetched(answer.status_code, dict(answer.headers), url, answer.content)


def _as_it_was(path: Path) -> None:
    """Writes the records anew in schema 0002, without what did not exist then."""
    new, old = sqlite3.connect(path), path.with_suffix(".old")
    engine = create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        schema.migrate(connection, "0002")
    engine.dispose()
    new.execute("PRAGMA journal_mode=DELETE")
    new.execute("ATTACH ? AS old", (str(old),))
    tables = [name for (name,) in new.execute("SELECT name FROM old.sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table.startswith("sqlite_") or table == "alembic_version":
            continue
        both = [{row[1] for row in new.execute(f"PRAGMA {place}.table_info({table})")} for place in ("main", "old")]
        columns = ", ".join(sorted(both[0] & both[1]))
        new.execute(f"INSERT INTO old.{table} ({columns}) SELECT {columns} FROM main.{table}")
    content = {"code": "school", "name": "Example School", "url": "https://school.example/", "demonstration": False}
    new.execute("UPDATE old.organization SET content = ?", (json.dumps(content),))
    new.commit()
    new.close()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    old.rename(path)


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path, own_keys=False)
    made.record(*earned())
    with pytest.MonkeyPatch.context() as then:
        then.setattr(status_indices, "base58btc_encode", lambda _: "1")  # lists were called by their numbers
        made.decide_and_issue()
    made.database.close()
    _as_it_was(made.config.database)
    with sqlite3.connect(made.config.database) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
    database.close()
    made.restart()
    yield made
    made.database.close()


def verdicts(installation: Installation) -> list[tuple[str, str]]:
    """(verdict, key) of each certificate, as an employer sees it."""
    with installation.client() as client:
        return [
            _verdict(installation, client, f"{URL}/credentials/{one.share_id}") for one in installation.certificates()
        ]


def _verdict(installation: Installation, client: TestClient, url: str) -> tuple[str, str]:
    report: Report = run(url.encode(), policy=Policy(), fetch=Loopback(client), now=installation.now)
    proof = json.loads(client.get(f"{url}.json").content)["proof"][0]
    assert report.facts is not None
    assert report.facts.issuer.id == SCHOOL
    return report.verdict, proof["verificationMethod"].rpartition("#")[2]


def test_old_certificates_verify_and_new_ones_are_by_the_new_key(older: Installation) -> None:
    accepted = Verdict.ACCEPTED
    assert verdicts(older) == [(accepted, "key-1")] * 3
    # still without a key of its own, it goes on as before
    older.record(*earned("bela"))
    older.decide_and_issue()
    assert verdicts(older) == [(accepted, "key-1")] * 6
    # the registrar gives it one, as on any day
    assert cli.run(["--home", str(older.home), "organizations", "rotate-key", "school", "--by", "Olga"]) == 0
    older.later(hours=1)
    older.record(*earned("cleo"))
    older.decide_and_issue()
    assert verdicts(older) == [(accepted, "key-1")] * 6 + [(accepted, "key-2")] * 3
    # and an old one that is revoked is seen to be: by the list that the new key signs
    older.change(older.certificates()[0], "revoke", "grade corrected")
    assert verdicts(older)[0] == (Verdict.REJECTED, "key-1")
    assert verdicts(older)[1] == (accepted, "key-1")
