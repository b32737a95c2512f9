"""The audit log: a chain for each organization, which shows where it was changed."""

import hashlib
import json
import multiprocessing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from issuer import cli
from issuer.api_keys import create
from issuer.audit_log import described
from issuer.store import audit
from issuer.store.database import open_database
from issuer.store.office_tables import audit as table
from tests import databases
from tests.issuer.installation import NOW, Installation


def written(school: Installation, chain: str | None = "school", count: int = 3) -> None:
    with school.database.write() as tx:
        for number in range(count):
            at = NOW + timedelta(microseconds=number)
            audit.append(
                tx, chain, actor="Ada", action="cohort.approve", subject=f"cohort {number}", at=at, ready=number
            )


def test_what_was_done_can_be_read_and_fits(school: Installation) -> None:
    written(school)
    with school.database.read() as tx:
        entries = audit.read(tx, "school")
        assert [(one.number, one.subject, one.detail) for one in entries] == [
            (number + 1, f"cohort {number}", {"ready": number}) for number in range(3)
        ]
        assert audit.verify(tx, "school") == (3, entries[-1].hash)


def test_each_organization_has_a_chain_of_its_own(school: Installation) -> None:
    written(school, "school", 2)
    written(school, "other", 3)
    written(school, None, 1)
    with school.database.read() as tx:
        assert [(chain, audit.verify(tx, chain)[0]) for chain in audit.chains(tx)] == [
            ("", 1),
            ("other", 3),
            ("school", 2),
        ]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'Eve'", "DELETE FROM audit"])
def test_the_database_refuses_to_forget(school: Installation, change: str) -> None:
    written(school)
    with pytest.raises(IntegrityError, match="audit_is_never"), school.database.write() as tx:
        tx.execute(text(change))


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ("UPDATE audit SET actor = 'Eve' WHERE number = 2", 2),
        ("UPDATE audit SET detail = '{}' WHERE number = 1", 1),
        ("UPDATE audit SET at = '2026-06-02T12:00:00.000000Z' WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("UPDATE audit SET number = 9 WHERE number = 3", 3),
        ("UPDATE audit SET detail = 'no JSON' WHERE number = 2", 2),
        ("UPDATE audit SET detail = '5' WHERE number = 2", 2),
        ("UPDATE audit SET at = 'yesterday' WHERE number = 2", 2),
        ("UPDATE audit SET hash = previous WHERE number = 3", 3),
        ("UPDATE audit SET chain = 'other' WHERE number = 1", 1),
    ],
)
def test_who_goes_around_the_guards_is_found(school: Installation, change: str, number: int) -> None:
    written(school)
    forged(school, change)
    with school.database.read() as tx, pytest.raises(audit.BrokenChain) as found:
        audit.verify(tx, "school")
    assert found.value.number == number


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"actor": "Eve"}, 3),  # which binds what the second was
        ({"number": 9}, 3),
        ({"previous": bytes(32)}, 2),
    ],
)
def test_who_hashes_his_change_is_found_by_what_follows(
    school: Installation, change: dict[str, Any], number: int
) -> None:
    written(school)
    with school.database.read() as tx:
        entry = audit.read(tx, "school")[2 if "number" in change else 1]
    changed = replace(entry, **change)
    values = change | {"hash": changed.expected_hash}
    forged(school, "SELECT 1")
    with school.database.write() as tx:
        tx.execute(update(table).where(table.c.number == entry.number).values(values))
    with school.database.read() as tx, pytest.raises(audit.BrokenChain) as found:
        audit.verify(tx, "school")
    assert found.value.number == number


def forged(school: Installation, change: str) -> None:
    with school.database.write() as tx:
        databases.without_guards(tx)
        tx.execute(text(change))


def test_a_long_chain_is_verified_in_parts(school: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    written(school, count=5)
    with school.database.read() as tx:
        assert audit.verify(tx, "school") == (5, audit.read(tx, "school")[-1].hash)


@pytest.mark.both_databases
def test_two_processes_append_to_one_chain(school: Installation) -> None:
    """Each begins when both are ready, so that they meet."""
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    both = [context.Process(target=_append_many, args=(school.config.database, together, who)) for who in "AB"]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    with school.database.read() as tx:
        assert audit.verify(tx, "school")[0] == 2 * EACH
        assert {one.actor for one in audit.read(tx, "school")} == {"A", "B"}


EACH = 40


def _append_many(path: Path, together: Any, who: str) -> None:
    database = open_database(path)
    together.wait(60)
    for number in range(EACH):
        with database.write() as tx:
            audit.append(tx, "school", actor=who, action="test.append", subject=str(number), at=NOW)
    database.close()


# --- what is shown ---------------------------------------------------------------------------------------------


def test_who_has_an_entry_can_hash_it_himself(school: Installation) -> None:
    """By another implementation of canonical JSON, from what the API shows."""
    written(school, count=1)
    with school.database.write() as tx:
        audit.append(tx, "school", actor="Zoë Ünlü-Beispiel (key 7)", action="a.b", subject="…", at=NOW, count=2, of=[])
    with school.database.read() as tx:
        shown = [described(one) for one in audit.read(tx, "school")]
    previous = bytes(32).hex()
    for one in shown:
        claimed = one.pop("hash")
        assert one["previous"] == previous
        assert hashlib.sha256(rfc8785.dumps(one)).hexdigest() == claimed
        previous = claimed


@pytest.fixture
def keys(school: Installation) -> dict[str, str]:
    _, shown = create(school.database, name="Ada", role="administrator", organization="school", now=NOW)
    return {"Authorization": f"Bearer {shown}"}


def test_the_log_comes_in_pages(school: Installation, keys: dict[str, str]) -> None:
    written(school)  # behind the making of the key
    client = school.client()
    numbers: list[int] = []
    after: int | None = 0
    while after is not None:
        answer = client.get(f"/organizations/school/audit?limit=2&after={after}", headers=keys).json()
        numbers += [one["number"] for one in answer["entries"]]
        after = answer["next"]
    assert numbers == [1, 2, 3, 4]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "after=-1", "after=99999999999999999999", "limit=x"])
def test_a_page_is_bounded(school: Installation, keys: dict[str, str], query: str) -> None:
    answer = school.client().get(f"/organizations/school/audit?{query}", headers=keys)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_the_api_says_whether_the_log_fits(school: Installation, keys: dict[str, str]) -> None:
    written(school)
    client = school.client()
    whole = client.get("/organizations/school/audit/verification", headers=keys).json()
    assert (whole["intact"], whole["entries"], whole["broken_at"]) == (True, 4, None)
    last = client.get("/organizations/school/audit?after=3", headers=keys).json()["entries"][0]
    assert whole["newest"] == last["hash"]
    forged(school, "UPDATE audit SET actor = 'Eve' WHERE number = 3")
    broken = client.get("/organizations/school/audit/verification", headers=keys).json()
    assert (broken["intact"], broken["entries"], broken["broken_at"]) == (False, 2, 3)
    second = client.get("/organizations/school/audit?after=1&limit=1", headers=keys).json()["entries"][0]
    assert broken["newest"] == second["hash"]


def test_the_command_line_lists_and_verifies(school: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    def issuer(*words: str) -> int:
        return cli.run(["--home", str(school.home), "audit", *words])

    assert issuer("verify") == 0
    assert "Nothing was done yet" in capsys.readouterr().out
    written(school, count=60)
    written(school, None, 1)
    assert issuer("list", "--organization", "school") == 0
    shown = capsys.readouterr()
    assert "cohort 59" in shown.out
    assert "cohort 9 " not in shown.out
    assert "10 older" in shown.err
    assert issuer("list", "--organization", "school", "--all", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 60
    assert issuer("list") == 0
    assert "cohort 0" in capsys.readouterr().out
    assert issuer("verify") == 0
    good = capsys.readouterr().out
    assert "(operator)" in good
    assert "60" in good
    forged(school, "UPDATE audit SET actor = 'Eve' WHERE chain = 'school' AND number = 7")
    assert issuer("verify", "--organization", "") == 0  # the operator's own is as it was
    assert issuer("verify") == 1
    bad = capsys.readouterr()
    assert "broken at entry 7" in bad.out
    assert "Restore it" in bad.err
    assert issuer("verify", "--json") == 1
    assert json.loads(capsys.readouterr().out)[1]["broken_at"] == 7
