"""Certificates: first an intent with its status index, then what was signed, byte by byte.

`issuer.store.intents` writes a row whose `secured` is empty, and fills it in, once. Its status index comes from
`issuer.store.status_indices`, which gives out none twice; that the pair of list and index is unique stands behind it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, RowMapping, String, and_, cast, false, func, literal_column, or_, select

from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import credential as table
from issuer.store.tables import decision, fact, included

Kind = Literal["course", "program"]
Status = Literal["valid", "suspended", "revoked", "superseded"]

_AT_ONCE = 1_000  # lines of a list that are in memory
_NAMES = tuple(one.name for one in table.columns)


@dataclass(frozen=True)
class Intent:
    """What is to be signed, and for what. `subject_key`: what a learner gets at most one certificate for; `decision`:
    the sequence of the one that it rests on, None: its award's; `supersedes`: the number of the edition before it,
    which is superseded by it unless it was revoked; `binds`: the Course Certificates (their numbers) that a program
    certificate includes."""

    share_id: str
    kind: Kind
    organization: str
    learner: str
    subject: str
    version: int
    subject_key: str
    list_number: int
    list_index: int
    unsecured: bytes = field(repr=False)
    edition: int = 1
    fact: str | None = None
    award: int | None = None
    decision: int | None = None
    supersedes: int | None = None
    reason: str | None = None
    binds: tuple[int, ...] = ()


@dataclass(frozen=True)
class StoredCredential:
    """A row. `secured`, `digest` (32 bytes) and `released_at` are None until it is released."""

    number: int
    share_id: str
    kind: Kind
    organization: str
    learner: str
    subject: str
    version: int
    subject_key: str
    edition: int
    fact: str | None
    award: int | None
    decision: int | None
    list_number: int
    list_index: int
    unsecured: bytes = field(repr=False)
    intended_at: datetime
    supersedes: int | None
    reason: str | None
    secured: bytes | None = field(repr=False)
    digest: bytes | None = field(repr=False)
    released_at: datetime | None
    status: Status

    @property
    def released(self) -> bool:
        return self.secured is not None


def course_key(course: str, session: str) -> str:
    return f"{course}/{session}"


def program_key(program: str, version: int) -> str:
    return f"{program}/{version}"


# The same of a row, as an index finds certificates by it.
KEY_OF_FACT = fact.c.subject + "/" + fact.c.session
KEY_OF_DECISION = decision.c.program + "/" + cast(decision.c.version, String)


# --- reading -------------------------------------------------------------------------------------------------


def get(tx: Transaction, number: int) -> StoredCredential:
    """Raises `LookupError`."""
    return _one(tx, table.c.number == number)


def by_share_id(tx: Transaction, share_id: str) -> StoredCredential:
    """Raises `LookupError`."""
    return _one(tx, table.c.share_id == share_id)


def newest(tx: Transaction, kind: Kind, learner: str, subject_key: str) -> StoredCredential | None:
    """The latest edition for that subject, released or not."""
    same = and_(table.c.kind == kind, table.c.learner == learner, table.c.subject_key == subject_key)
    found = _many(tx, same)
    return max(found, key=lambda one: one.edition, default=None)


def newest_courses(tx: Transaction, learners: Sequence[str]) -> tuple[StoredCredential, ...]:
    """The latest edition of each Course Certificate of these learners, at most a few hundred, released or not."""
    found: dict[tuple[str, str], StoredCredential] = {}
    for one in _many(tx, and_(table.c.kind == "course", table.c.learner.in_(learners))):
        known = found.get((one.learner, one.subject_key))
        if known is None or known.edition < one.edition:
            found[one.learner, one.subject_key] = one
    return tuple(found.values())


def successor(tx: Transaction, number: int) -> StoredCredential | None:
    """The certificate that follows on this one, released or not."""
    return next(iter(_many(tx, table.c.supersedes == number)), None)


def intents(tx: Transaction, organization: str | None = None) -> tuple[StoredCredential, ...]:
    """Those recorded and not released, oldest first: Course Certificates stand before what binds them."""
    # Their numbers are in an index; certificates are not looked through, of which there are more every year.
    pending = select(table.c.number).where(table.c.secured.is_(None), *owned_by(organization))
    return _many(tx, table.c.number.in_(pending))


def learners(tx: Transaction, organization: str | None = None) -> tuple[str, ...]:
    """Who has a certificate, in the order of their ids."""
    return tuple(
        tx.scalars(select(table.c.learner).where(*owned_by(organization)).distinct().order_by(table.c.learner))
    )


def newest_of(tx: Transaction, learner: str) -> tuple[StoredCredential, ...]:
    """The latest edition of each of the learner's certificates, released or not, in the order of issuing."""
    found: dict[tuple[Kind, str], StoredCredential] = {}
    for kind in ("course", "program"):  # both named, so that the index of the constraint is used
        for one in _many(tx, and_(table.c.kind == kind, table.c.learner == learner)):
            known = found.get((one.kind, one.subject_key))
            if known is None or known.edition < one.edition:
                found[one.kind, one.subject_key] = one
    return tuple(sorted(found.values(), key=lambda one: one.number))


def subject_keys(tx: Transaction, kind: Kind, learners: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Of these learners, at most a few hundred: the (learner, subject key) pairs for which there is a certificate or
    an intent."""
    same = (table.c.kind == kind, table.c.learner.in_(learners))
    rows = tx.execute(select(table.c.learner, table.c.subject_key).where(*same))
    return frozenset((learner, key) for learner, key in rows)


def fallen(columns: Any) -> ColumnElement[bool]:
    """Of the table's, or an alias's, columns: not valid any more. In the words of the indices of those."""
    not_valid: ColumnElement[bool] = columns.status != literal_column("'valid'")
    return not_valid


def with_status(
    tx: Transaction, status: Literal["suspended", "revoked", "superseded"], organization: str | None = None
) -> tuple[StoredCredential, ...]:
    """Oldest first."""
    found = select(table.c.number).where(fallen(table.c), table.c.status == status, *owned_by(organization))
    return _many(tx, table.c.number.in_(found))


def listed(tx: Transaction) -> tuple[StoredCredential, ...]:
    """Every certificate with its bytes, oldest first: for a few of them. `lines` is for however many."""
    return _many(tx, None)


def older_than(tx: Transaction, kind: Kind, subject: str, version: int) -> tuple[StoredCredential, ...]:
    """The certificates of an earlier version of the course or program, oldest first."""
    return _many(tx, and_(table.c.kind == kind, table.c.subject == subject, table.c.version < version))


def page(
    tx: Transaction,
    organization: str,
    *,
    subject: tuple[Kind, str] | None = None,
    learner: str | None = None,
    status: Status | None = None,
    after: int = 0,
    limit: int,
) -> tuple[StoredCredential, ...]:
    """Those of the organization whose numbers are above `after`, oldest first."""
    wanted = [table.c.organization == organization, table.c.number > after]
    if subject is not None:
        wanted += [table.c.kind == subject[0], table.c.subject == subject[1]]
    if learner is not None:
        wanted.append(table.c.learner == learner)
    if status is not None:
        wanted.append(
            table.c.status == status if status == "valid" else and_(fallen(table.c), table.c.status == status)
        )
    query = select(table).where(*wanted).order_by(table.c.number).limit(limit)
    return tuple(from_row(row) for row in tx.execute(query).mappings())


@dataclass(frozen=True)
class Line:
    """A certificate as a list shows it."""

    share_id: str
    kind: Kind
    subject: str
    learner: str
    status: Status
    released_at: datetime | None

    @property
    def released(self) -> bool:
        return self.released_at is not None


def lines(tx: Transaction, *, subjects: Iterable[tuple[Kind, str]] | None = None) -> Iterator[Line]:
    """Of every certificate, oldest first, as they are read: without their bytes, and not all in memory at once."""
    columns = table.c
    query = select(
        columns.share_id, columns.kind, columns.subject, columns.learner, columns.status, columns.released_at
    ).order_by(columns.number)
    if subjects is not None:
        query = query.where(
            or_(false(), *(and_(columns.kind == kind, columns.subject == one) for kind, one in subjects))
        )
    for share_id, kind, subject, learner, status, at in tx.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield Line(share_id, kind, subject, learner, status, None if at is None else moments.read(at))


def count(tx: Transaction) -> int:
    return tx.scalar(select(func.count()).select_from(table)) or 0


def highest(tx: Transaction) -> int:
    """The newest number: there are no more certificates than that."""
    return tx.scalar(select(func.max(table.c.number))) or 0


def newest_awards(tx: Transaction, organization: str, most: int, *, since: datetime) -> tuple[datetime, ...]:
    """When the newest of the organization's program certificates were recorded, at most so many, newest first: those
    later than `since` that replace none, or a revoked one."""
    columns, before = table.c, table.alias("before")
    query = select(columns.intended_at).outerjoin(before, before.c.number == columns.supersedes)
    query = query.where(
        columns.organization == organization,
        columns.kind == "program",
        or_(columns.supersedes.is_(None), before.c.status == "revoked"),
        columns.intended_at > moments.write(since),
    )
    return tuple(moments.read(at) for at in tx.scalars(query.order_by(columns.intended_at.desc()).limit(most)))


def matching(tx: Transaction, condition: ColumnElement[bool]) -> tuple[StoredCredential, ...]:
    """For others of the store, in the order of their numbers."""
    return _many(tx, condition)


def bound_by(tx: Transaction, program_credential: int) -> tuple[StoredCredential, ...]:
    """The Course Certificates that a program certificate includes."""
    bound = select(included.c.course_credential).where(included.c.program_credential == program_credential)
    return _many(tx, table.c.number.in_(bound))


def subjects_bound_by(tx: Transaction, program_credentials: Sequence[int]) -> dict[int, set[str]]:
    """By the numbers of these program certificates, at most some hundred, the courses that they include."""
    found: dict[int, set[str]] = {}
    query = select(included.c.program_credential, table.c.subject).join(
        table, table.c.number == included.c.course_credential
    )
    for number, subject in tx.execute(query.where(included.c.program_credential.in_(program_credentials))):
        found.setdefault(number, set()).add(subject)
    return found


def owned_by(organization: str | None) -> tuple[Any, ...]:
    return () if organization is None else (table.c.organization == organization,)


def _one(tx: Transaction, condition: Any) -> StoredCredential:
    found = _many(tx, condition)
    if not found:
        raise LookupError
    return found[0]


def _many(tx: Transaction, condition: Any | None) -> tuple[StoredCredential, ...]:
    query = select(table).order_by(table.c.number)
    if condition is not None:
        query = query.where(condition)
    return tuple(_from_values(dict(zip(_NAMES, row, strict=True))) for row in tx.execute(query).all())


def from_row(row: RowMapping) -> StoredCredential:
    return _from_values({name: row[name] for name in _NAMES})


def _from_values(values: dict[str, Any]) -> StoredCredential:
    values["intended_at"] = moments.read(values["intended_at"])
    values["released_at"] = moments.read(values["released_at"]) if values["released_at"] else None
    return StoredCredential(**values)
