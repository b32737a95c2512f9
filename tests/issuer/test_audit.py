"""The audit log: a chain for each organization, which shows where it was changed."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from issuer.store import audit
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
    ],
)
def test_who_goes_around_the_guards_is_found(school: Installation, change: str, number: int) -> None:
    written(school)
    with school.database.write() as tx:
        tx.execute(text("DROP TRIGGER audit_is_never_updated"))
        tx.execute(text("DROP TRIGGER audit_is_never_deleted"))
        tx.execute(text(change))
    with school.database.read() as tx, pytest.raises(audit.BrokenChain) as found:
        audit.verify(tx, "school")
    assert found.value.number == number
