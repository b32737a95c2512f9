"""What came in since a program version was decided last: facts, statuses of Course Certificates, catalogue.

Facts and status changes are appended under one lock and numbered in that order, so "everything up to this number was
looked at" says it all. The numbers are read before anything is decided and kept after all of it was: what comes
meanwhile is looked at again the next time, and a power cut makes it decide again, never skip.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select

from issuer.store import catalogues
from issuer.store.database import Transaction
from issuer.store.facts import About
from issuer.store.tables import course_version, credential, decided_up_to, fact, session, status_history


@dataclass(frozen=True)
class Position:
    """The newest fact, status change, certificate and revision of the catalogue."""

    fact: int
    status_change: int
    credential: int
    revision: int


@dataclass(frozen=True)
class UpTo:
    """`everybody`: all whom the version concerned then; else only those who had its award."""

    position: Position
    day: date
    everybody: bool


def position(tx: Transaction) -> Position:
    newest_fact = tx.scalar(select(func.max(fact.c.sequence))) or 0
    newest_change = tx.scalar(select(func.max(status_history.c.sequence))) or 0
    newest_credential = tx.scalar(select(func.max(credential.c.number))) or 0
    return Position(newest_fact, newest_change, newest_credential, catalogues.revision(tx))


def decided(tx: Transaction, key: tuple[str, int]) -> UpTo | None:
    """How far the (program, version) was decided; None: never whole."""
    query = select(decided_up_to).where(decided_up_to.c.program == key[0], decided_up_to.c.version == key[1])
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    place = Position(row["fact"], row["status_change"], row["credential"], row["revision"])
    return UpTo(place, date.fromisoformat(row["day"]), row["everybody"])


def keep(tx: Transaction, key: tuple[str, int], upto: UpTo) -> None:
    place = upto.position
    values = {
        "program": key[0],
        "version": key[1],
        "fact": place.fact,
        "status_change": place.status_change,
        "credential": place.credential,
        "revision": place.revision,
        "day": upto.day.isoformat(),
        "everybody": upto.everybody,
    }
    tx.execute(delete(decided_up_to).where(decided_up_to.c.program == key[0], decided_up_to.c.version == key[1]))
    tx.execute(insert(decided_up_to).values(values))


def learners(tx: Transaction, since: Position, about: About) -> set[str]:
    """Whom a newer fact about these subjects names, or whose Course Certificate of these courses changed or
    was issued anew."""
    # The subjects are compared here: told to the database, it would look through all facts of each.
    told = select(fact.c.learner, fact.c.kind, fact.c.subject).where(fact.c.sequence > since.fact)
    found = {learner for learner, kind, subject in tx.execute(told) if about.covers(kind, subject)}
    changed = (
        select(credential.c.learner, credential.c.subject)
        .join(status_history, status_history.c.credential == credential.c.number)
        .where(status_history.c.sequence > since.status_change)
    )
    # A new edition gives a revoked certificate's completion its weight back (`credentials.revoked_by_word`).
    reissued = select(credential.c.learner, credential.c.subject, credential.c.edition).where(
        credential.c.number > since.credential
    )
    found |= {learner for learner, subject in tx.execute(changed) if subject in about.courses}
    return found | {
        learner for learner, subject, edition in tx.execute(reissued) if edition > 1 and subject in about.courses
    }


def learners_since(tx: Transaction, since: Position) -> frozenset[str]:
    """Whom a newer fact names, or whose certificate has another status since. Those of whom there is only a new
    certificate are not among them."""
    told = select(fact.c.learner).where(fact.c.sequence > since.fact)
    changed = (
        select(credential.c.learner)
        .join(status_history, status_history.c.credential == credential.c.number)
        .where(status_history.c.sequence > since.status_change)
    )
    return frozenset(tx.scalars(told)) | frozenset(tx.scalars(changed))


def concerns_catalogue(tx: Transaction, since: int, courses: Iterable[str]) -> bool:
    """Whether a later revision brought a version or a session of one of these courses. A program's own version never
    changes."""
    codes = sorted(courses)
    newer = (
        select(table.c.code).where(table.c.revision > since, owner.in_(codes)).limit(1)
        for table, owner in ((course_version, course_version.c.code), (session, session.c.course))
    )
    return any(tx.scalar(one) is not None for one in newer)
