"""Whom the chunks of a bulk run are about, and what became of them: read from what was issued, not from what was said.

A cohort's are its rows between two learners; of what is due they are named by the numbers of facts and decisions. What
became of them is counted by what there is at most one of (a learner's attempt at a course, his award of a program
version), so that a newer fact or decision about the same does not count twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from issuer.store import moments
from issuer.store.cohorts import State
from issuer.store.credentials import KEY_OF_DECISION, KEY_OF_FACT
from issuer.store.database import Transaction
from issuer.store.facts import batched
from issuer.store.office_tables import cohort_row
from issuer.store.tables import credential, decision, fact

TO_ISSUE: tuple[State, ...] = ("", "failed")  # what failed before is tried again


@dataclass(frozen=True)
class Due:
    """`learners`: whom it is about; `courses`: (learner, course/session); `programs`: (learner, program, version)."""

    learners: tuple[str, ...]
    courses: frozenset[tuple[str, str]]
    programs: frozenset[tuple[str, str, int]]

    @property
    def size(self) -> int:
        return len(self.courses) + len(self.programs)


# --- a cohort's ----------------------------------------------------------------------------------------------


def cohort_page(tx: Transaction, cohort: int, *, after: str, limit: int) -> tuple[tuple[str, State], ...]:
    """(learner, what became of him) of those who are to get something, in the order of their ids."""
    columns = cohort_row.c
    query = select(columns.learner, columns.state).where(columns.cohort == cohort, columns.outcome == "ready")
    query = query.where(columns.learner > after, columns.state != "undone").order_by(columns.learner).limit(limit)
    return tuple((row[0], row[1]) for row in tx.execute(query))


def cohort_rows(
    tx: Transaction, cohort: int, first: str, last: str, states: Sequence[State]
) -> tuple[tuple[str, str], ...]:
    """(learner, why he failed or '') of those between the two, both included, of whom this became."""
    columns = cohort_row.c
    query = select(columns.learner, columns.problem).where(columns.cohort == cohort, columns.outcome == "ready")
    query = query.where(columns.learner >= first, columns.learner <= last, columns.state.in_(states))
    return tuple((row[0], row[1] or "") for row in tx.execute(query.order_by(columns.learner)))


def cohort_counts(tx: Transaction, cohort: int, first: str, last: str) -> dict[State, int]:
    columns = cohort_row.c
    query = select(columns.state, func.count()).where(columns.cohort == cohort, columns.outcome == "ready")
    query = query.where(columns.learner >= first, columns.learner <= last).group_by(columns.state)
    return {row[0]: row[1] for row in tx.execute(query)}


def cohort_courses(tx: Transaction, cohort: int, first: str, last: str, *, since: datetime) -> int:
    """How many Course Certificates of these learners were issued since then."""
    columns = cohort_row.c
    mine = select(columns.learner).where(columns.cohort == cohort, columns.outcome == "ready")
    mine = mine.where(columns.learner >= first, columns.learner <= last)
    query = select(func.count()).where(credential.c.kind == "course", credential.c.learner.in_(mine))
    query = query.where(credential.c.intended_at >= moments.write(since), credential.c.released_at.is_not(None))
    return tx.scalar(query) or 0


# --- of what is due ------------------------------------------------------------------------------------------


def fact_numbers(tx: Transaction, ids: Iterable[str]) -> tuple[int, ...]:
    found: list[int] = []
    for some in batched(tuple(ids)):
        found += tx.scalars(select(fact.c.sequence).where(fact.c.id.in_(some)))
    return tuple(sorted(found))


def due(tx: Transaction, facts: Sequence[int], decisions: Sequence[int]) -> Due:
    courses: set[tuple[str, str]] = set()
    for some in batched(facts):
        query = select(fact.c.learner, KEY_OF_FACT).where(fact.c.sequence.in_(some))
        courses.update((row[0], row[1]) for row in tx.execute(query))
    programs: set[tuple[str, str, int]] = set()
    for some in batched(decisions):
        columns = decision.c
        query = select(columns.learner, columns.program, columns.version).where(columns.sequence.in_(some))
        programs.update((row[0], row[1], row[2]) for row in tx.execute(query))
    learners = {one[0] for one in courses} | {one[0] for one in programs}
    return Due(tuple(sorted(learners)), frozenset(courses), frozenset(programs))


def released(tx: Transaction, facts: Sequence[int], decisions: Sequence[int]) -> Due:
    """Those of them that are certificates by now."""
    return _with_credential(tx, facts, decisions, credential.c.released_at.is_not(None))


def begun(tx: Transaction, facts: Sequence[int], decisions: Sequence[int]) -> Due:
    """Those of them that are recorded and not released: whoever was at it was interrupted. They are due no more, for
    nobody may begin them anew, and they are to be finished."""
    return _with_credential(tx, facts, decisions, credential.c.released_at.is_(None))


def _with_credential(
    tx: Transaction, facts: Sequence[int], decisions: Sequence[int], there: ColumnElement[bool]
) -> Due:
    courses: set[tuple[str, str]] = set()
    for some in batched(facts):
        same = (credential.c.learner == fact.c.learner) & (credential.c.subject_key == KEY_OF_FACT)
        query = select(fact.c.learner, KEY_OF_FACT).join(credential, same).where(fact.c.sequence.in_(some))
        courses.update((row[0], row[1]) for row in tx.execute(query.where(credential.c.kind == "course", there)))
    programs: set[tuple[str, str, int]] = set()
    for some in batched(decisions):
        same = (credential.c.learner == decision.c.learner) & (credential.c.subject_key == KEY_OF_DECISION)
        keys = select(decision.c.learner, decision.c.program, decision.c.version).join(credential, same)
        keys = keys.where(decision.c.sequence.in_(some), credential.c.kind == "program", there)
        programs.update((row[0], row[1], row[2]) for row in tx.execute(keys))
    learners = {one[0] for one in courses} | {one[0] for one in programs}
    return Due(tuple(sorted(learners)), frozenset(courses), frozenset(programs))
