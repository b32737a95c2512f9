"""Certificates as they are made, by the hundred: what we mean to sign; then what was signed.

    refusals(tx, intents)                         # for each `AlreadyIssued`, or None
    record(tx, passed, at=now)
    release(tx, {number: (secured, digest)}, at=now)

Whatever their number, each takes a few statements, inside one write transaction. Of intents that cannot be recorded the
others are: one learner who has his certificate already holds up nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from issuer.errors import AlreadyIssued
from issuer.store import moments
from issuer.store.credentials import Intent, Kind, StoredCredential, matching
from issuer.store.database import Transaction
from issuer.store.facts import batched
from issuer.store.many import insert_many, update_many
from issuer.store.tables import credential as table
from issuer.store.tables import included

_FEW = 50  # subject keys that the index is asked for one by one: as many as the sessions of a program's courses
_COLUMNS = tuple(name for name in Intent.__dataclass_fields__ if name != "binds")


def refusals(tx: Transaction, intents: Sequence[Intent]) -> list[AlreadyIssued | None]:
    """For each of them why it cannot be recorded, None where it can: the learner has this edition of a certificate for
    the same. Of two that are for the same, the first can. The write lock makes looking first safe; the constraints of
    the table stand behind it."""
    held = _editions(tx, intents)
    found: list[AlreadyIssued | None] = []
    for one in intents:
        rival = held.get((one.kind, one.learner, one.subject_key))
        if rival is not None and rival[0] >= one.edition:
            found.append(AlreadyIssued("This certificate was issued already: {id}.", id=rival[1]))
        else:
            held[one.kind, one.learner, one.subject_key] = (one.edition, one.share_id)
            found.append(None)
    return found


def record(tx: Transaction, intents: Sequence[Intent], *, at: datetime) -> list[StoredCredential]:
    """Records what is meant to be signed. To be asked after `refusals`, in the same
    transaction, for those that it lets pass."""
    if not intents:
        return []
    shared = {"intended_at": moments.write(at), "status": "valid"}
    insert_many(tx, table, [{name: getattr(one, name) for name in _COLUMNS} | shared for one in intents])
    numbers: dict[str, int] = {}
    for some in batched([one.share_id for one in intents]):
        numbers.update(tx.execute(select(table.c.share_id, table.c.number).where(table.c.share_id.in_(some))).all())
    pairs = [
        {"program_credential": numbers[one.share_id], "course_credential": bound}
        for one in intents
        for bound in one.binds
    ]
    insert_many(tx, included, pairs)
    intended_at = moments.read(shared["intended_at"])
    return [_stored(one, numbers[one.share_id], intended_at) for one in intents]


def record_one(tx: Transaction, intent: Intent, *, at: datetime) -> StoredCredential:
    """Raises `AlreadyIssued`."""
    if (refusal := refusals(tx, [intent])[0]) is not None:
        raise refusal
    return record(tx, [intent], at=at)[0]


def release(tx: Transaction, signed: Mapping[int, tuple[bytes, bytes]], *, at: datetime) -> frozenset[int]:
    """Keeps what was signed: by the intents' numbers (secured, digest). Gives those that were not released before:
    where somebody else was first, theirs stays."""
    open_: set[int] = set()
    for some in batched(tuple(signed)):
        open_.update(tx.scalars(select(table.c.number).where(table.c.number.in_(some), table.c.secured.is_(None))))
    released_at = moments.write(at)
    rows = [
        {"number": number, "secured": secured, "digest": digest, "released_at": released_at}
        for number, (secured, digest) in signed.items()
        if number in open_
    ]
    update_many(tx, table, rows, key="number", only=table.c.secured.is_(None))
    return frozenset(open_)


def several(tx: Transaction, numbers: Iterable[int]) -> dict[int, StoredCredential]:
    """By their numbers."""
    found: dict[int, StoredCredential] = {}
    for some in batched(tuple(numbers)):
        found.update((one.number, one) for one in matching(tx, table.c.number.in_(some)))
    return found


def open_of(tx: Transaction, learners: Sequence[str]) -> dict[tuple[Kind, str, str], StoredCredential]:
    """Of these learners, at most a few hundred, what is recorded and not released, by kind, learner and subject key."""
    unreleased = (table.c.kind.in_(("course", "program")), table.c.learner.in_(learners), table.c.released_at.is_(None))
    return {(one.kind, one.learner, one.subject_key): one for one in matching(tx, and_(*unreleased))}


def _editions(tx: Transaction, intents: Sequence[Intent]) -> dict[tuple[Kind, str, str], tuple[int, str]]:
    """The newest edition that there is for each, and its share id."""
    columns = table.c
    found: dict[tuple[Kind, str, str], tuple[int, str]] = {}
    query = select(columns.kind, columns.learner, columns.subject_key, columns.edition, columns.share_id)
    for kind in ("course", "program"):
        its = [one for one in intents if one.kind == kind]
        keys = sorted({one.subject_key for one in its})
        for some in batched(sorted({one.learner for one in its})):
            same = (columns.kind == kind, columns.learner.in_(some))
            # Where all are for a few courses, the index is asked for these; else for all that the learners have.
            narrow = (columns.subject_key.in_(keys),) if len(keys) <= _FEW else ()
            for row in tx.execute(query.where(*same, *narrow)):
                known = found.get((row[0], row[1], row[2]))
                if known is None or known[0] < row[3]:
                    found[row[0], row[1], row[2]] = (row[3], row[4])
    return found


def _stored(one: Intent, number: int, intended_at: datetime) -> StoredCredential:
    values: dict[str, Any] = {name: getattr(one, name) for name in _COLUMNS}
    return StoredCredential(
        number=number,
        intended_at=intended_at,
        secured=None,
        digest=None,
        released_at=None,
        status="valid",
        **values,
    )
