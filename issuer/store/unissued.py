"""Who may have earned something that was not issued: found by what is not there, not by reading what is.

    while some := learners(tx, (("mini", 1),), after=after, limit=500): …

One query looks for facts that earn a Course Certificate and have none, the other for positive decisions without an
award. Whether the facts hold is looked at afterwards (`issuer.selection`).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select

from issuer.store import decisions
from issuer.store.credentials import KEY_OF_FACT, owned_by
from issuer.store.database import Transaction
from issuer.store.tables import award, credential, decision, fact


def learners(
    tx: Transaction,
    keys: Iterable[tuple[str, int]],
    *,
    courses: Collection[str] | None = None,
    after: str = "",
    also: Sequence[str] = (),
    limit: int,
) -> tuple[str, ...]:
    """In the order of their ids those after that one, at most so many, and before them those of `also` who are among
    them. `keys`: the (program, version) that are looked at, `courses`: likewise; None: all, known or not."""
    found: set[str] = set()
    for query, column in _queries(keys, courses):
        found.update(tx.scalars(query.where(column > after).order_by(column).limit(limit)))
        if also:
            found.update(tx.scalars(query.where(column.in_(also))))
    chosen = sorted(one for one in found if one > after)[:limit]
    return (*sorted(found.intersection(also).difference(chosen)), *chosen)


def _queries(keys: Iterable[tuple[str, int]], courses: Collection[str] | None) -> Iterable[tuple[Select[Any], Any]]:
    its = select(credential.c.number).where(
        credential.c.kind == "course",
        credential.c.learner == fact.c.learner,
        credential.c.subject_key == KEY_OF_FACT,
    )
    earns = (fact.c.kind == "completion", fact.c.outcome == "passed", fact.c.identity_verified, fact.c.fee_paid)
    told = select(fact.c.learner).distinct().where(*earns, ~exists(its))
    # With something added to it, the subject is no way into the table: learners are wanted in their order, and all that
    # have one of the courses would be sorted for each page.
    yield told if courses is None else told.where((fact.c.subject + "").in_(sorted(courses))), fact.c.learner
    for program, version in keys:
        same = (decision.c.program == program, decision.c.version == version)
        made = select(award.c.number).where(
            award.c.learner == decision.c.learner, award.c.program == program, award.c.version == version
        )
        positive = decisions.is_newest(decision.c.outcome == "eligible")
        yield select(decision.c.learner).where(*same, positive, ~exists(made)), decision.c.learner


def issued(tx: Transaction, organization: str | None, program: str | None, courses: Collection[str] | None) -> int:
    """How many first editions there are of Course Certificates, those of `courses`, and of awards, those of
    `program`."""
    query = select(func.count()).select_from(credential).where(credential.c.edition == 1, *owned_by(organization))
    if courses is None:
        return tx.scalar(query) or 0
    its = query.where(credential.c.kind == "course", credential.c.subject.in_(sorted(courses)))
    awards = query.where(credential.c.kind == "program", credential.c.subject == program)
    return (tx.scalar(its) or 0) + (tx.scalar(awards) or 0)
