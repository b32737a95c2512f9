"""Where what is recorded and what was issued disagree: certificates that somebody revoked, that nothing earns any more,
that bind what was replaced or has fallen.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, exists, func, select

from issuer.store import moments
from issuer.store.credentials import KEY_OF_FACT, StoredCredential, fallen, from_row, get, matching, owned_by
from issuer.store.database import Transaction
from issuer.store.tables import credential as table
from issuer.store.tables import fact, included, status_history


def revoked_by_word(tx: Transaction, learners: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The (learner, subject key) pairs whose newest Course Certificate was revoked by somebody's word, and not because
    the record no longer earned it: what the record says later does not count either. At most a few hundred
    learners: what was ever revoked of others is not looked at."""
    later = table.alias("later")
    followed = exists(
        select(later.c.number).where(
            later.c.kind == table.c.kind,
            later.c.learner == table.c.learner,
            later.c.subject_key == table.c.subject_key,
            later.c.edition > table.c.edition,
        )
    )
    by_word = exists(
        select(status_history.c.sequence).where(
            status_history.c.credential == table.c.number,
            status_history.c.status == "revoked",
            status_history.c.cause != "evidence",
        )
    )
    # First the few that are not valid, by their index, and the kind compared here: asked for it too, the database
    # would look through all of that kind, and a cohort asks this a hundred times.
    gone = select(table.c.number).where(fallen(table.c), table.c.learner.in_(tuple(learners)))
    query = select(table.c.learner, table.c.subject_key, table.c.kind, table.c.status)
    found = tx.execute(query.where(table.c.number.in_(gone), by_word, ~followed))
    return frozenset((who, key) for who, key, kind, now in found if (kind, now) == ("course", "revoked"))


def not_earned(tx: Transaction, learner: str | None = None) -> tuple[tuple[str, StoredCredential], ...]:
    """Valid Course Certificates, each with a fact (its id) about the same completion that would not earn it. Whether
    that fact holds, or is followed by a newer one, is not looked at."""
    # A subquery for each fact, and no join: certificates are found by their index, once for each such fact.
    its = select(table.c.number).where(
        table.c.kind == "course",
        table.c.learner == fact.c.learner,
        table.c.subject_key == KEY_OF_FACT,
        table.c.status == "valid",
        table.c.secured.is_not(None),
    )
    earns = and_(fact.c.outcome == "passed", fact.c.identity_verified, fact.c.fee_paid)
    told = select(fact.c.id, its.scalar_subquery()).where(fact.c.kind == "completion", ~earns)
    if learner is not None:
        told = told.where(fact.c.learner == learner)
    pairs = [(id_, number) for id_, number in tx.execute(told.order_by(fact.c.sequence)) if number is not None]
    return tuple((id_, get(tx, number)) for id_, number in pairs)


def out_of_date_programs(tx: Transaction, organization: str | None = None) -> tuple[StoredCredential, ...]:
    """Valid program certificates that bind a Course Certificate which was superseded by a correction."""
    course = table.alias("course")
    stale = (
        select(included.c.program_credential)
        .join(course, course.c.number == included.c.course_credential)
        .where(fallen(course.c), course.c.status == "superseded")
    )
    later = table.alias("later")
    corrected = exists(select(later.c.number).where(later.c.supersedes == table.c.number))
    valid = and_(table.c.status == "valid", table.c.secured.is_not(None), *owned_by(organization))
    return matching(tx, and_(valid, table.c.number.in_(stale), ~corrected))


def bound_to_fallen(tx: Transaction, organization: str | None = None) -> tuple[tuple[StoredCredential, datetime], ...]:
    """Valid program certificates that bind a Course Certificate which was revoked or superseded, and since when."""
    since = (
        select(included.c.program_credential, func.min(status_history.c.at).label("since"))
        .join(status_history, status_history.c.credential == included.c.course_credential)
        .where(status_history.c.status.in_(("revoked", "superseded")))
        .group_by(included.c.program_credential)
        .subquery()
    )
    valid = and_(table.c.status == "valid", table.c.secured.is_not(None), *owned_by(organization))
    query = select(table, since.c.since).join(since, since.c.program_credential == table.c.number).where(valid)
    rows = tx.execute(query.order_by(table.c.number)).mappings()
    return tuple((from_row(row), moments.read(row["since"])) for row in rows)
