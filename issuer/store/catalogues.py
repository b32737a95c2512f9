"""The catalogue: organizations, courses and programs, each version kept as it was imported.

A version does not change: certificates and decisions refer to it. What comes and goes without a new version are a
course's sessions and what an organization says about itself. Every import that changes something is a revision; what
it brought bears its number, so the catalogue can be read as it was (`load`, with `revision`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, and_, delete, distinct, func, insert, select

from issuer.catalogue import Catalogue, Course, Organization, Program, Session
from issuer.errors import InputRefused
from issuer.facts import canonical_json
from issuer.store import moments
from issuer.store.database import Transaction
from issuer.store.tables import catalogue_revision, course_version, organization, program_version, session


@dataclass(frozen=True)
class Saved:
    """How many versions were new, and how many of the catalogue are there now."""

    new_courses: int
    new_programs: int
    organizations: int
    courses: int
    programs: int
    sessions: int


def save(tx: Transaction, catalogue: Catalogue, *, at: datetime, owner: str | None = None) -> Saved:
    """Adds what is new, at the moment `at`; `owner`: the organization whose catalogue it is, None for the operator's
    import. Raises `InputRefused`, naming all of them, when a version is there with other content."""
    conflicts: list[str] = []
    values = {"organization": owner, "imported_at": moments.write(at)}
    number = tx.execute(insert(catalogue_revision).values(values)).inserted_primary_key
    now = int(number[0]) if number else 0
    courses = {(one.code, one.version): _without_sessions(one) for one in catalogue.courses.values()}
    programs = {key: one.to_json() for key, one in catalogue.programs.items()}
    new_courses = _add_versions(tx, course_version, courses, conflicts, "course", now)
    new_programs = _add_versions(tx, program_version, programs, conflicts, "program", now)
    if conflicts:
        raise InputRefused(
            "Some versions are recorded with other content; nothing was imported.",
            hint="A version stays as it is, because certificates refer to it: give the changed one a new number.",
            lines=tuple(conflicts),
        )
    for one in catalogue.organizations.values():
        _replace(tx, organization, {"code": one.code}, one.to_json())
    for course in catalogue.courses.values():
        _add_sessions(tx, course, now)
    everything = load(tx, with_sessions=False)
    return Saved(
        new_courses=new_courses,
        new_programs=new_programs,
        organizations=len(everything.organizations),
        courses=len(everything.courses),
        programs=len(everything.programs),
        sessions=tx.scalar(select(func.count()).select_from(_present_sessions(None).subquery())) or 0,
    )


def revision(tx: Transaction) -> int:
    """The number of the newest import; 0 when there was none."""
    return tx.scalar(select(func.max(catalogue_revision.c.number))) or 0


def load(tx: Transaction, *, with_sessions: bool = True, revision: int | None = None) -> Catalogue:
    """Every organization, the highest version of each course, every version of each program: as they are now, or as
    they were with that revision. Sessions are many: who needs none leaves them out."""
    sessions: dict[str, list[Any]] = {}
    if with_sessions:
        for code, text in tx.execute(_present_sessions(revision)):
            sessions.setdefault(code, []).append(json.loads(text))
    courses: dict[str, Course] = {}
    by_version = select(course_version.c.content).order_by(course_version.c.code, course_version.c.version)
    for text in tx.scalars(_until(by_version, course_version, revision)):
        data = json.loads(text)
        courses[data["code"]] = Course.from_json(data | {"sessions": sessions.get(data["code"], [])})
    known = _until(select(program_version.c.content), program_version, revision)
    programs = [Program.from_json(json.loads(text)) for text in tx.scalars(known)]
    return Catalogue(organizations(tx), courses, {(one.code, one.version): one for one in programs})


def with_sessions_of(tx: Transaction, catalogue: Catalogue, codes: Iterable[str]) -> Catalogue:
    """The catalogue, read without sessions, with those of these courses. A single program needs few of them."""
    wanted = set(codes) & catalogue.courses.keys()
    sessions: dict[str, list[Session]] = {code: [] for code in wanted}
    for code, text in tx.execute(_present_sessions(None).where(session.c.course.in_(sorted(wanted)))):
        sessions[code].append(Session.from_json(json.loads(text)))
    courses = {code: replace(catalogue.courses[code], sessions=tuple(own)) for code, own in sessions.items()}
    return replace(catalogue, courses={**catalogue.courses, **courses})


def organizations(tx: Transaction) -> dict[str, Organization]:
    """By their codes."""
    found = (Organization.from_json(json.loads(text)) for text in tx.scalars(select(organization.c.content)))
    return {one.code: one for one in found}


def program(tx: Transaction, code: str, version: int) -> Program:
    """Raises `LookupError`."""
    return Program.from_json(_content(tx, program_version, code, version))


def course_count(tx: Transaction) -> int:
    """How many courses there are, in any version."""
    return tx.scalar(select(func.count(distinct(course_version.c.code)))) or 0


def course(tx: Transaction, code: str, version: int) -> Course:
    """That very version, without its sessions. Raises `LookupError`."""
    return Course.from_json(_content(tx, course_version, code, version))


def _content(tx: Transaction, table: Table, code: str, version: int) -> dict[str, Any]:
    text = tx.scalar(select(table.c.content).where(table.c.code == code, table.c.version == version))
    if text is None:
        raise LookupError(code)
    content: dict[str, Any] = json.loads(text)
    return content


def _without_sessions(one: Course) -> dict[str, Any]:
    return one.to_json() | {"sessions": []}


def _add_versions(
    tx: Transaction,
    table: Table,
    versions: Mapping[tuple[str, int], Mapping[str, Any]],
    conflicts: list[str],
    word: str,
    now: int,
) -> int:
    added = 0
    for (code, version), data in sorted(versions.items()):
        content = canonical_json(data).decode()
        known = tx.scalar(select(table.c.content).where(table.c.code == code, table.c.version == version))
        if known is None:
            tx.execute(insert(table).values(code=code, version=version, content=content, revision=now))
            added += 1
        elif known != content:
            conflicts.append(f"{word} {code}, version {version}")
    return added


def _replace(tx: Transaction, table: Table, key: Mapping[str, str], data: Mapping[str, Any]) -> None:
    """Delete and insert: the same words on every database, inside one transaction."""
    tx.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
    tx.execute(insert(table).values(**key, content=canonical_json(data).decode()))


def _add_sessions(tx: Transaction, one: Course, now: int) -> None:
    """Those of this import that are new or say something new. Sessions that it does not name stay: learners have
    completed them."""
    present = {
        json.loads(text)["code"]: text
        for _, text in tx.execute(_present_sessions(None).where(session.c.course == one.code))
    }
    rows = [
        {"course": one.code, "code": run.code, "revision": now, "content": content}
        for run in one.sessions
        if (content := canonical_json(run.to_json()).decode()) != present.get(run.code)
    ]
    if rows:
        tx.execute(insert(session), rows)


def _present_sessions(revision: int | None) -> Select[Any]:
    """(course, content) of each session, as its newest revision up to that one has it."""
    newest = select(session.c.course, session.c.code, func.max(session.c.revision).label("revision"))
    newest = _until(newest, session, revision).group_by(session.c.course, session.c.code)
    last = newest.subquery("last")
    same = and_(session.c.course == last.c.course, session.c.code == last.c.code, session.c.revision == last.c.revision)
    return select(session.c.course, session.c.content).join(last, same).order_by(session.c.code)


def _until(query: Select[Any], table: Table, revision: int | None) -> Select[Any]:
    return query if revision is None else query.where(table.c.revision <= revision)
