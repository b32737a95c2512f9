"""When an organization's program certificates were awarded, as far as `issuer.hourly_limit` counts them."""

from datetime import datetime

from sqlalchemy import or_, select

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import credential


def nth_newest_award(tx: Transaction, organization: str, n: int, *, since: datetime) -> datetime | None:
    """When the n-th newest of the organization's program certificates was recorded, counting those later than `since`
    that replace none, or a revoked one; None when there are not so many."""
    columns, before = credential.c, credential.alias("before")
    query = select(columns.intended_at).outerjoin(before, before.c.number == columns.supersedes)
    query = query.where(
        columns.organization == organization,
        columns.kind == "program",
        or_(columns.supersedes.is_(None), before.c.status == "revoked"),
        columns.intended_at > moments.write(since),
    )
    found = tx.scalar(query.order_by(columns.intended_at.desc()).offset(n - 1).limit(1))
    return None if found is None else moments.read(found)
