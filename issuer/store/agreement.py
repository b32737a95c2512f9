"""What the certificates of a few hundred learners are held against the record by: in a few statements for all of them.

Nothing here reads a certificate's bytes. In a row they stand before its status and what was signed, so these two are
asked of the indices of those that are not valid or not released (`issuer.store.tables`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from issuer.store import credentials
from issuer.store.credentials import Kind, Status
from issuer.store.database import Transaction
from issuer.store.decisions import newest_outcomes
from issuer.store.facts import batched
from issuer.store.status import Cause
from issuer.store.tables import award, included, status_history
from issuer.store.tables import credential as table


@dataclass(frozen=True)
class Brief:
    """A certificate without its bytes. `award`: (program, version) of the award that it is for, None for a course's;
    `status`: "pending" for an intent; `cause`: of the last change of one that is not valid."""

    number: int
    kind: Kind
    organization: str
    learner: str
    subject_key: str
    edition: int
    fact: str | None
    award: tuple[str, int] | None
    status: Status
    cause: Cause | None
    released: bool


@dataclass(frozen=True)
class Certified:
    """All editions of each learner's certificates; `binds`: by number the Course Certificates that one includes;
    `outcomes`: by learner and (program, version) what was decided last, for the awards among them."""

    by_learner: Mapping[str, Sequence[Brief]]
    binds: Mapping[int, Sequence[int]]
    outcomes: Mapping[tuple[str, tuple[str, int]], str]


def certified(tx: Transaction, learners: Sequence[str]) -> Certified:
    """At most a few hundred learners."""
    fallen = _fallen(tx, learners)
    pending = frozenset(tx.scalars(select(table.c.number).where(table.c.secured.is_(None))))
    columns = (table.c.number, table.c.kind, table.c.organization, table.c.learner, table.c.subject_key)
    query = select(*columns, table.c.edition, table.c.fact, award.c.program, award.c.version)
    query = query.outerjoin(award, award.c.number == table.c.award)
    by_learner: dict[str, list[Brief]] = {}
    # Both kinds named, so that the index of the constraint is used.
    wanted = (table.c.kind.in_(("course", "program")), table.c.learner.in_(learners))
    for number, kind, organization, who, key, edition, fact, program, version in tx.execute(query.where(*wanted)):
        status, cause = fallen.get(number, ("valid", None))
        its = None if program is None else (program, version)
        one = Brief(
            number, kind, organization, who, key, edition, fact, its, status, cause, released=number not in pending
        )
        by_learner.setdefault(who, []).append(one)
    awards = {one.award for many in by_learner.values() for one in many if one.award is not None}
    outcomes = {
        (who, key): outcome for key in sorted(awards) for who, outcome in newest_outcomes(tx, key, learners).items()
    }
    return Certified(by_learner, _binds(tx, learners), outcomes)


def _fallen(tx: Transaction, learners: Sequence[str]) -> dict[int, tuple[Status, Cause | None]]:
    query = select(table.c.number, table.c.status)
    rows = tx.execute(query.where(credentials.fallen(table.c), table.c.learner.in_(learners)))
    found: dict[int, Status] = dict(rows.all())
    causes: dict[int, Cause] = {}
    history = status_history.c
    for some in batched(sorted(found)):
        told = select(history.credential, history.cause).where(history.credential.in_(some)).order_by(history.sequence)
        causes |= dict(tx.execute(told).all())  # the last one stays
    return {number: (status, causes.get(number)) for number, status in found.items()}


def _binds(tx: Transaction, learners: Sequence[str]) -> dict[int, list[int]]:
    query = select(included.c.program_credential, included.c.course_credential)
    query = query.join(table, table.c.number == included.c.program_credential)
    found: dict[int, list[int]] = {}
    for program, course in tx.execute(query.where(table.c.kind == "program", table.c.learner.in_(learners))):
        found.setdefault(program, []).append(course)
    return found
