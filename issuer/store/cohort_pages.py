"""What a page of a cohort's learners is judged by, in a few statements for all of them: names, certificates, facts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from issuer.store import credentials
from issuer.store.credentials import Status, StoredCredential
from issuer.store.database import Transaction
from issuer.store.tables import credential, fact

# Statements name so many facts at once; SQLite takes 32,766 values (its limit SQLITE_MAX_VARIABLE_NUMBER).
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Certified:
    """The newest Course Certificate for a completion; `language`: that in which it was certified."""

    status: Status
    language: str


def names(tx: Transaction, learners: Collection[str], subjects: Collection[str]) -> dict[str, str]:
    """How each learner was called last, in facts about these courses and programs alone."""
    columns = fact.c
    told = select(columns.learner, columns.name)
    told = told.where(columns.learner.in_(learners), columns.subject.in_(subjects))
    told = told.where(or_(columns.outcome.is_(None), columns.outcome != "withdrawn"))
    return {row[0]: row[1] for row in tx.execute(told.order_by(columns.recorded_at, columns.id))}


def learner_count(tx: Transaction, subjects: Collection[str]) -> int:
    """How many learners these courses and programs have."""
    return tx.scalar(select(func.count(fact.c.learner.distinct())).where(fact.c.subject.in_(subjects))) or 0


def program_certificates(
    tx: Transaction, learners: Collection[str], program: str, version: int
) -> dict[str, StoredCredential]:
    """By learner the newest certificate of that program version, released or not."""
    key = credentials.program_key(program, version)
    wanted = and_(credential.c.kind == "program", credential.c.subject_key == key, credential.c.learner.in_(learners))
    return {one.learner: one for one in credentials.matching(tx, wanted)}


def other_versions(
    tx: Transaction, learners: Collection[str], program: str, version: int
) -> dict[str, tuple[int, Status]]:
    """By learner the newest other version of the program of which there is a certificate, and the status of that; one
    that was superseded lives on in another."""
    columns = credential.c
    query = select(columns.learner, columns.version, columns.status).where(
        columns.kind == "program",
        columns.subject == program,
        columns.version != version,
        columns.status != "superseded",
        columns.learner.in_(learners),
    )
    return {row[0]: (row[1], row[2]) for row in tx.execute(query.order_by(columns.version, columns.edition))}


def course_certificates(tx: Transaction, learners: Collection[str]) -> dict[tuple[str, str], Certified]:
    """By (learner, subject key) the newest Course Certificate, released or not."""
    columns = credential.c
    query = select(columns.learner, columns.subject_key, columns.status, fact.c.language)
    query = query.join(fact, fact.c.id == columns.fact).where(columns.kind == "course", columns.learner.in_(learners))
    return {(row[0], row[1]): Certified(row[2], row[3]) for row in tx.execute(query.order_by(columns.edition))}


def completions(tx: Transaction, fact_ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """By id: course, session and language of the completions among these facts."""
    wanted = sorted(set(fact_ids))
    columns = fact.c
    query = select(columns.id, columns.subject, columns.session, columns.language).where(columns.kind == "completion")
    found: dict[str, tuple[str, str, str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = query.where(columns.id.in_(wanted[start : start + _AT_ONCE]))
        found |= {row[0]: (row[1], row[2], row[3]) for row in tx.execute(some)}
    return found
