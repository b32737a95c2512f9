"""Which workers are alive: one name is one process, and who is silent is dead."""

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from issuer.bulk import presence
from issuer.bulk.presence import Presence
from issuer.errors import InputRefused, WorkerRefused
from issuer.store import bulk_workers
from tests.issuer.installation import Installation


def claim(school: Installation, name: str | None = "w-1") -> AbstractContextManager[Presence]:
    limits = school.config.limits
    return presence.claim(school.home, school.database, name, version="1", limits=limits, now=lambda: school.now)


def test_one_name_is_one_process(school: Installation) -> None:
    with claim(school) as one:
        with pytest.raises(WorkerRefused, match="w-1 is at work"), claim(school):
            pass
        one.seen()
    with claim(school):
        pass


def test_without_a_name_it_is_the_first_that_is_free(school: Installation) -> None:
    with claim(school, None) as one, claim(school, None) as two:
        assert one.name.endswith("-1")
        assert two.name == one.name[:-1] + "2"
    with claim(school, None) as again:
        assert again.name == one.name


@pytest.mark.parametrize("name", ["", "a b", "../keys", "x" * 61, "ä"])
def test_a_name_is_a_name(school: Installation, name: str) -> None:
    with pytest.raises(InputRefused), claim(school, name):
        pass


def test_a_name_that_is_at_work_on_another_machine(school: Installation) -> None:
    with school.database.write() as tx:
        bulk_workers.put(tx, "w-1", token="t", host="elsewhere", version="1", at=school.now)
    with pytest.raises(WorkerRefused), claim(school):
        pass
    school.later(seconds=school.config.limits.worker_lease.value)
    with claim(school) as one:
        one.seen()


def test_who_was_seen_in_the_future_is_dead(school: Installation) -> None:
    """The clock went back since: nobody waits until it has come there."""
    with school.database.write() as tx:
        bulk_workers.put(tx, "w-1", token="t", host="elsewhere", version="1", at=school.now)
    school.later(days=-1)
    with claim(school, "w-2") as two, school.database.read() as tx:
        assert [one.name for one in two.dead(tx)] == ["w-1"]
    with claim(school, "w-1") as one:
        one.seen()


def test_who_ended_is_not_dead_and_who_was_killed_is(school: Installation) -> None:
    with claim(school, "w-2") as two:
        with claim(school):
            pass
        with school.database.read() as tx:
            assert two.dead(tx) == ()
        # The lock is gone with the process, the row is not.
        with school.database.write() as tx:
            bulk_workers.put(tx, "w-1", token="t", host=two.host, version="0", at=school.now)
        with school.database.read() as tx:
            (dead,) = two.dead(tx)
            assert [one.name for one in two.alive(tx)] == ["w-2"]
        with school.database.write() as tx:
            two.buried(tx, dead)
            assert two.dead(tx) == ()


def test_who_was_declared_dead_says_so_and_ends(school: Installation) -> None:
    with claim(school) as one:
        with school.database.write() as tx:
            replace(one, name="w-2").buried(tx, next(iter(bulk_workers.listed(tx))))
        with pytest.raises(WorkerRefused, match="others took over"):
            one.seen()
