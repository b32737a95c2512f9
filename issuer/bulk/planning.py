"""Divides a run into chunks: pages of learners in the order of their ids, so that all of a learner's are in one chunk.

    (1) with `decides`, what a change affects is decided first
    (2) a page of learners becomes a chunk; it and how far the planning came are written in one transaction

Interrupted, it goes on behind the last learner who is in a chunk. Chunks may be issued while later ones are still made.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from issuer import deciding, selection
from issuer.limits import Limits
from issuer.selection import Choice
from issuer.store import bulk_chunks, bulk_items, bulk_runs, unissued
from issuer.store.bulk_chunks import Chunk
from issuer.store.bulk_runs import BulkRun
from issuer.store.database import Database, Transaction

_Page = tuple[Chunk, str] | None  # a chunk without its number, and the last learner who was looked at; None: no more


def plan(database: Database, run: BulkRun, *, limits: Limits, now: datetime) -> None:
    """Until everybody is in a chunk, or the run is not to go on."""
    if run.planned:
        return
    # (1) decide
    if run.decides and not run.planned_up_to:
        for _ in deciding.stream(
            database, now=now, organization=run.organization, program=run.program, actor=run.asked_by
        ):
            pass
    # (2) chunks, of what may have come in a moment ago
    database.look_over()
    page = _cohort(run, limits) if run.kind == "cohort" else _due(database, run, limits, now)
    after = run.planned_up_to
    while True:
        with database.read() as tx:
            made = page(tx, after)
        with database.write() as tx:
            present = bulk_runs.find(tx, run.number)
            if present.planned or present.planned_up_to != after:
                return  # another worker is at it
            if made is None:
                bulk_runs.planned(tx, run.number, up_to=after, all_of_it=True)
                return
            chunk, after = made
            if chunk.size:
                bulk_chunks.add(tx, run.number, [replace(chunk, number=bulk_chunks.newest(tx, run.number) + 1)])
            bulk_runs.planned(tx, run.number, up_to=after, all_of_it=False)
            if chunk.already and not chunk.size:
                bulk_runs.add_already(tx, run.number, chunk.already)
            if present.state not in ("running", "waiting"):
                return


def _cohort(run: BulkRun, limits: Limits) -> Callable[[Transaction, str], _Page]:
    cohort, size = run.cohort or 0, limits.bulk_chunk.value

    def page(tx: Transaction, after: str) -> _Page:
        found = bulk_items.cohort_page(tx, cohort, after=after, limit=size)
        if not found:
            return None
        first, last = found[0][0], found[-1][0]
        already = sum(state == "issued" for _, state in found)
        return Chunk(0, first, last, len(found) - already, already), last

    return page


def _due(database: Database, run: BulkRun, limits: Limits, now: datetime) -> Callable[[Transaction, str], _Page]:
    chosen = choice(database, run)
    # A learner has several certificates: half as many learners as certificates fill a chunk well.
    size = max(1, limits.bulk_chunk.value // 2)

    def page(tx: Transaction, after: str) -> _Page:
        some = unissued.learners(tx, chosen.programs, courses=chosen.courses, after=after, limit=size)
        if not some:
            return None
        planned = selection.of_learners(tx, chosen, some, now=now)
        facts = bulk_items.fact_numbers(tx, (one.id for one in planned.courses))
        decisions = tuple(sorted(one.sequence for one in planned.programs))
        items = len(facts) + len(decisions)
        return Chunk(0, some[0], some[-1], items, facts=facts, decisions=decisions), some[-1]

    return page


def choice(database: Database, run: BulkRun) -> Choice:
    with database.read() as tx:
        return selection.choice(tx, program=run.program, organization=run.organization)
