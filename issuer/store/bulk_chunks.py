"""The chunks of a bulk run: some hundred certificates each, of learners that follow each other.

    open      waits to be handed to the engine
    queued    was handed to it in a leg of the run
    begun     a worker is at it
    limited   the limit of an hour stopped it; it is open again when there is room
    done      each of its certificates is there, or failed for a reason that is written down

A chunk is made once and never changes whom it is about; put back to `open` it is handed out in the next leg.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import RowMapping, func, insert, select, update

from issuer.store import moments
from issuer.store.bulk_tables import bulk_chunk
from issuer.store.database import Transaction

ChunkState = Literal["open", "queued", "begun", "limited", "done"]
Settled = Literal["open", "limited", "done"]


@dataclass(frozen=True)
class Chunk:
    """`first` and `last`: its learners are these and those between; `facts` and `decisions`: of what is due, their
    numbers; `size`: certificates that are to be issued; `already`: those of its learners that were there."""

    number: int
    first: str
    last: str
    size: int
    already: int = 0
    facts: tuple[int, ...] = ()
    decisions: tuple[int, ...] = ()
    state: ChunkState = "open"
    leg: int = 0
    begun: int = 0
    issued: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Counts:
    """Of certificates; `states`: of chunks. `last`: when a chunk was done last."""

    size: int = 0
    already: int = 0
    issued: int = 0
    failed: int = 0
    courses: int = 0
    states: tuple[tuple[ChunkState, int], ...] = ()
    last: datetime | None = None

    def chunks(self, *states: ChunkState) -> int:
        return sum(count for state, count in self.states if state in states)


# --- writing -------------------------------------------------------------------------------------------------


def add(tx: Transaction, run: int, made: Iterable[Chunk]) -> None:
    values = [
        {
            "run": run,
            "number": one.number,
            "first": one.first,
            "last": one.last,
            "facts": json.dumps(one.facts),
            "decisions": json.dumps(one.decisions),
            "size": one.size,
            "already": one.already,
            "state": "open",
            "leg": 0,
            "begun": 0,
            "issued": 0,
            "failed": 0,
            "courses": 0,
        }
        for one in made
    ]
    if values:
        tx.execute(insert(bulk_chunk), values)


def hand_out(tx: Transaction, run: int, leg: int, *, limit: int) -> tuple[int, ...]:
    """The first open ones are queued in this leg."""
    columns = bulk_chunk.c
    wanted = select(columns.number).where(columns.run == run, columns.state == "open")
    numbers = tuple(tx.scalars(wanted.order_by(columns.number).limit(limit)))
    _update(tx, run, numbers, state="queued", leg=leg)
    return numbers


def begin(tx: Transaction, run: int, number: int, *, worker: str) -> None:
    _update(tx, run, (number,), state="begun", begun=bulk_chunk.c.begun + 1, worker=worker)


def put_back(tx: Transaction, run: int, numbers: Sequence[int]) -> None:
    """Of these what the engine has, and will not do, is handed out again."""
    columns = bulk_chunk.c
    mine = (columns.run == run, columns.number.in_(numbers), columns.state.in_(("queued", "begun")))
    if numbers:
        tx.execute(update(bulk_chunk).where(*mine).values(state="open"))


def wake(tx: Transaction, run: int) -> None:
    """There is room again, or somebody says so: what the limit stopped is handed out again."""
    mine = (bulk_chunk.c.run == run, bulk_chunk.c.state.in_(("limited", "open")))
    tx.execute(update(bulk_chunk).where(*mine).values(state="open", begun=0))


def counted(tx: Transaction, run: int, number: int, *, issued: int, failed: int, courses: int) -> None:
    """All of the chunk's until now."""
    _update(tx, run, (number,), issued=issued, failed=failed, courses=courses)


def settle(tx: Transaction, run: int, number: int, state: Settled, *, at: datetime) -> None:
    _update(tx, run, (number,), state=state, begun=0, done_at=moments.write(at) if state == "done" else None)


def _update(tx: Transaction, run: int, numbers: Sequence[int], **values: Any) -> None:
    if numbers:
        mine = (bulk_chunk.c.run == run, bulk_chunk.c.number.in_(numbers), bulk_chunk.c.state != "done")
        tx.execute(update(bulk_chunk).where(*mine).values(values))


# --- reading -------------------------------------------------------------------------------------------------


def find(tx: Transaction, run: int, number: int) -> Chunk:
    """Raises `LookupError`."""
    query = select(bulk_chunk).where(bulk_chunk.c.run == run, bulk_chunk.c.number == number)
    row = tx.execute(query).mappings().first()
    if row is None:
        raise LookupError(number)
    return _chunk(row)


def of_leg(tx: Transaction, run: int, leg: int) -> tuple[int, ...]:
    """Those that were queued in it and are not done."""
    columns = bulk_chunk.c
    mine = (columns.run == run, columns.leg == leg, columns.state.in_(("queued", "begun")))
    return tuple(tx.scalars(select(columns.number).where(*mine).order_by(columns.number)))


def handed_out(tx: Transaction, run: int) -> tuple[tuple[int, int], ...]:
    """(number, leg) of what the engine has."""
    columns = bulk_chunk.c
    mine = (columns.run == run, columns.state.in_(("queued", "begun")))
    query = select(columns.number, columns.leg).where(*mine).order_by(columns.number)
    return tuple((row[0], row[1]) for row in tx.execute(query))


def unfinished(tx: Transaction, run: int) -> tuple[Chunk, ...]:
    """Those that were handed out once and are not done: some of their certificates may be there."""
    columns = bulk_chunk.c
    query = select(bulk_chunk).where(columns.run == run, columns.leg > 0, columns.state != "done")
    return tuple(_chunk(row) for row in tx.execute(query.order_by(columns.number)).mappings())


def newest(tx: Transaction, run: int) -> int:
    """The number of the one that was made last; 0: there is none."""
    return tx.scalar(select(func.max(bulk_chunk.c.number)).where(bulk_chunk.c.run == run)) or 0


def counts(tx: Transaction, run: int) -> Counts:
    columns = bulk_chunk.c
    sums = [func.sum(one) for one in (columns.size, columns.already, columns.issued, columns.failed, columns.courses)]
    query = select(columns.state, func.count(), *sums, func.max(columns.done_at)).where(columns.run == run)
    rows = list(tx.execute(query.group_by(columns.state)))
    size, already, issued, failed, courses = (sum(int(row[place] or 0) for row in rows) for place in range(2, 7))
    states: tuple[tuple[ChunkState, int], ...] = tuple((row[0], row[1]) for row in rows)
    last = max((row[7] for row in rows if row[7] is not None), default=None)
    return Counts(size, already, issued, failed, courses, states, None if last is None else moments.read(last))


def latest(tx: Transaction, run: int, *, limit: int) -> tuple[tuple[datetime, int], ...]:
    """(when it was done, how many certificates it had) of the chunks that were done last, the newest first."""
    columns = bulk_chunk.c
    query = select(columns.done_at, columns.size).where(columns.run == run, columns.done_at.is_not(None))
    rows = tx.execute(query.order_by(columns.done_at.desc()).limit(limit))
    return tuple((moments.read(row[0]), row[1]) for row in rows)


def _chunk(row: RowMapping) -> Chunk:
    return Chunk(
        number=row["number"],
        first=row["first"],
        last=row["last"],
        size=row["size"],
        already=row["already"],
        facts=tuple(json.loads(row["facts"])),
        decisions=tuple(json.loads(row["decisions"])),
        state=row["state"],
        leg=row["leg"],
        begun=row["begun"],
        issued=row["issued"],
        failed=row["failed"],
    )
