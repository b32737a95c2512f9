"""After a bulk run: is everything there once, and nothing twice? Counted in the store, whatever the run itself says.

    accounts = count(database)
    accounts.wrong(expected=7_000)          # nothing, or what does not add up
    verified(ground, database, sample=200)  # as an employer would, over HTTP

The database's own constraints forbid most of it; here it is looked at all the same.
"""

import random
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from benchmarks.ground import Ground
from issuer.store.database import Database
from issuer.store.tables import award, credential
from verifier import HttpFetch, Policy, verify
from verifier.cache import FetchCache


@dataclass(frozen=True)
class Accounts:
    """`intents`: recorded and not released. `awards`, `certificates`: how many are there twice. `indices`: places in a
    status list that more than one certificate has."""

    released: int
    intents: int
    awards: int
    certificates: int
    indices: int

    def wrong(self, *, expected: int) -> list[str]:
        found = [f"{self.released:,} released, and {expected:,} expected"] if self.released != expected else []
        for name in ("intents", "awards", "certificates", "indices"):
            number = getattr(self, name)
            found += [f"{number:,} {name} too many"] if number else []
        return found


def count(database: Database) -> Accounts:
    twice = {
        "awards": select(award.c.learner).group_by(award.c.learner, award.c.program, award.c.version),
        "certificates": select(credential.c.learner)
        .where(credential.c.status == "valid")
        .group_by(credential.c.kind, credential.c.learner, credential.c.subject_key),
        "indices": select(credential.c.list_index).group_by(credential.c.list_number, credential.c.list_index),
    }
    with database.read() as tx:
        unreleased = credential.c.released_at.is_(None)
        all_of_them = tx.execute(select(func.count()).select_from(credential)).scalar_one()
        intents = tx.execute(select(func.count()).select_from(credential).where(unreleased)).scalar_one()
        counted = {
            name: tx.execute(select(func.count()).select_from(groups.having(func.count() > 1).subquery())).scalar_one()
            for name, groups in twice.items()
        }
    return Accounts(all_of_them - intents, intents, **counted)


def verified(ground: Ground, database: Database, *, sample: int, seed: int = 7) -> tuple[int, list[str]]:
    """How many of the sample an employer accepts, and why not the others."""
    with database.read() as tx:
        last = tx.execute(select(func.max(credential.c.number))).scalar_one() or 0
        numbers = random.Random(seed).sample(range(1, last + 1), min(sample, last))  # noqa: S311
        rows = [
            row
            for first in range(0, len(numbers), 500)
            for row in tx.execute(
                select(credential.c.secured).where(
                    credential.c.number.in_(numbers[first : first + 500]), credential.c.released_at.is_not(None)
                )
            )
        ]
    with _served(ground):
        cache = FetchCache(None)
        reports = [
            verify(bytes(row.secured), policy=Policy(trust="domain"), fetch=HttpFetch(allow_loopback=True, cache=cache))
            for row in rows
        ]
    reasons = [str(one.reason) for one in reports if one.verdict != "accepted"]
    return len(reports) - len(reasons), reasons


@contextmanager
def _served(ground: Ground) -> Iterator[None]:
    service = ground.start("serve", "--port", str(ground.port))
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{ground.port}/health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        service.terminate()
        service.wait(60)
