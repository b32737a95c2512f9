"""Deciding again only what is affected leaves the same decisions standing as deciding everybody from scratch.

Random histories of a small school: facts that are corrected, withdrawn and late; certificates revoked and suspended;
awards; days that pass; sessions, course versions and program versions that come. `TESTAMUR_EXAMPLES` says how many.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer import deciding, replay
from issuer.catalogue import Catalogue, Session
from issuer.decisions import said_in
from issuer.facts import Completion
from issuer.periods import Period
from issuer.rules import AllOf, CourseRule, EarnedWithin
from issuer.store import catalogues, credentials, decisions, facts, intents, status, status_indices
from issuer.store.credentials import Intent
from issuer.store.database import Database, open_database
from tests.issuer import domain
from tests.issuer.installation import CATALOGUE, NOW

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "12"))

LEARNERS = ("ana", "bela", "chen")
COURSES = ("toolbox", "capstone", "programming", "older")

# A program whose certificates grow old, beside "mini": with it time alone changes decisions.
FRESH = domain.program(
    code="fresh",
    titles={"en": "Fresh", "es": "Fresh"},
    rule=AllOf((CourseRule("toolbox"), CourseRule("programming"))),
    constraints=(*domain.SPECIALIZATION.constraints, EarnedWithin(Period(months=4))),
)
SCHOOL = Catalogue(CATALOGUE.organizations, CATALOGUE.courses, {**CATALOGUE.programs, ("fresh", 1): FRESH})

completions = st.builds(
    lambda **values: ("completion", values),
    learner=st.sampled_from(LEARNERS),
    code=st.sampled_from(COURSES),
    language=st.sampled_from(("en", "en", "es")),
    session=st.sampled_from(("03", "05")),
    outcome=st.sampled_from(("passed", "passed", "passed", "failed", "in_progress", "withdrawn")),
    fee_paid=st.sampled_from((True, True, False)),
    completed_on=st.sampled_from((date(2026, 2, 20), date(2026, 3, 20), date(2026, 5, 31), date(2026, 8, 1))),
    as_of=st.sampled_from((None, None, NOW - timedelta(days=9), NOW + timedelta(days=30))),
)
HAPPENINGS = st.one_of(
    completions,
    completions,
    st.tuples(st.just("enrolment"), st.sampled_from(LEARNERS), st.booleans()),
    st.tuples(st.just("status"), st.integers(0, 9), st.sampled_from(("revoked", "suspended", "valid"))),
    st.tuples(st.just("award"), st.integers(0, 9)),
    st.tuples(st.just("days"), st.sampled_from((1, 20, 70))),
    st.tuples(st.just("days"), st.sampled_from((1, 20, 70))),
    st.tuples(st.just("session"), st.sampled_from(("toolbox", "capstone")), st.integers(0, 200)),
    st.tuples(st.just("course"), st.sampled_from(("toolbox", "capstone")), st.booleans()),
    st.tuples(st.just("program"), st.sampled_from((0, 40)), st.sampled_from((None, 60))),
)
# Begun by some, decided; then this and that happens, and in between it is decided again.
HISTORIES = st.tuples(
    st.lists(completions, min_size=4, max_size=8),
    st.lists(st.tuples(HAPPENINGS, st.booleans()), min_size=4, max_size=12),
)


@pytest.fixture(scope="module")
def empty() -> Iterator[Path]:
    """A database with the catalogue, made once and copied for each history."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = open_database(path)
        with database.write() as tx:
            catalogues.save(tx, SCHOOL, at=NOW)
        database.close()
        yield path


class School:
    """One history. `now` moves on; versions of courses and programs are counted."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now: datetime = NOW
        self.catalogue = SCHOOL

    def step(self, kind: str, *how: Any) -> None:
        getattr(self, f"_{kind}")(*how)

    def decide(self) -> None:
        deciding.run(self.database, now=self.now, everything=False)

    def _completion(self, values: dict[str, Any]) -> None:
        session = f"{values['session']}-{values['language']}"
        with self.database.write() as tx:
            facts.append(tx, [domain.done(**{**values, "session": session, "recorded_at": self.now})])

    def _enrolment(self, learner: str, withdrawn: bool) -> None:
        fact = domain.enrolled("mini", learner=learner, withdrawn=withdrawn, recorded_at=self.now)
        with self.database.write() as tx:
            facts.append(tx, [fact])

    def _days(self, count: int) -> None:
        self.now += timedelta(days=count)

    def _session(self, code: str, days: int) -> None:
        start = self.now.date() + timedelta(days=days)
        run = Session(f"new-{start}", code, start, start + timedelta(days=20), "en")
        course = self.catalogue.courses[code]
        self._save(courses={code: replace(course, sessions=(*course.sessions, run))})

    def _course(self, code: str, replaces: bool) -> None:
        course = self.catalogue.courses[code]
        titles = {language: f"{title}." for language, title in course.titles.items()}
        older = ("older",) if replaces and code == "toolbox" else ()
        self._save(courses={code: replace(course, version=course.version + 1, titles=titles, replaces=older)})

    def _program(self, begins: int, ends: int | None) -> None:
        newest = self.catalogue.latest("mini")
        first = self.now.date() + timedelta(days=begins)
        last = None if ends is None else first + timedelta(days=ends)
        one = replace(newest, version=newest.version + 1, active_from=first, active_until=last)
        self._save(programs={("mini", one.version): one})

    def _save(self, **changed: Any) -> None:
        self.catalogue = Catalogue(
            self.catalogue.organizations,
            {**self.catalogue.courses, **changed.get("courses", {})},
            {**self.catalogue.programs, **changed.get("programs", {})},
        )
        with self.database.write() as tx:
            catalogues.save(tx, self.catalogue, at=self.now)

    def _award(self, number: int) -> None:
        with self.database.write() as tx:
            held = decisions.awards(tx)
            ready = [one for key, one in decisions.latest(tx).items() if one.decision.eligible and key not in held]
            if ready:
                decisions.make_award(tx, ready[number % len(ready)], awarded_at=self.now)

    def _status(self, number: int, word: Any) -> None:
        """Of a completion's Course Certificate, which is made for it if it is not there."""
        with self.database.write() as tx:
            earned = [one for one in facts.read(tx) if isinstance(one, Completion) and one.earns_certificate]
            if not earned:
                return
            fact = earned[number % len(earned)]
            key = credentials.course_key(fact.course, fact.session)
            stored = credentials.newest(tx, "course", fact.learner, key) or self._certified(tx, fact, key)
            if stored.status != "revoked":
                status.change(tx, stored.number, word, reason="so it was", at=self.now)

    def _certified(self, tx: Any, fact: Completion, key: str) -> credentials.StoredCredential:
        ((list_number, _, index),) = status_indices.reserve(tx, "school", 1, length=131_072, filled=65_536)
        who = {"share_id": f"share{index}", "kind": "course", "organization": "school", "learner": fact.learner}
        what = {"subject": fact.course, "version": 1, "subject_key": key, "fact": fact.id}
        where = {"list_number": list_number, "list_index": index, "unsecured": b"{}"}
        return intents.record_one(tx, Intent(**who, **what, **where), at=self.now)  # type: ignore[arg-type]  # one dict of many types


def standing(database: Database) -> dict[tuple[str, str, int], dict[str, Any]]:
    with database.read() as tx:
        return {key: said_in(one.canonical) for key, one in decisions.latest(tx).items()}


def from_scratch(path: Path, now: datetime) -> dict[tuple[str, str, int], dict[str, Any]]:
    """What a first run over a copy without any decision leaves standing."""
    connection = sqlite3.connect(path)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("DELETE FROM decision")
    connection.execute("DELETE FROM decided_up_to")
    connection.commit()
    connection.close()
    database = open_database(path)
    deciding.run(database, now=now)
    found = standing(database)
    database.close()
    return found


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORIES)
def test_what_stands_is_what_a_run_from_scratch_says(empty: Path, history: tuple[Any, Any]) -> None:
    begun, happened = history
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "school.db"
        shutil.copy(empty, path)
        database = open_database(path)
        school = School(database)
        for completion in begun:
            school.step(*completion)
        school.decide()
        for happening, decide in happened:
            school.step(*happening)
            if decide:
                school.decide()
        school.decide()
        stands = standing(database)
        database.close()  # so that all of it is in the one file
        afresh = from_scratch(shutil.copy(path, Path(folder) / "scratch.db"), school.now)
        assert {key: stands.get(key) for key in afresh} == afresh
        # Others are of versions that are over, and nobody is left eligible there.
        assert all(said["outcome"] != "eligible" for key, said in stands.items() if key not in afresh)
        # Nothing is left to decide, and everything that was ever decided can be made again.
        database = open_database(path)
        again = deciding.run(database, now=school.now, dry_run=True)
        assert not any(one.new for one in again.decided)
        assert all(one.outcome == "same" for one in replay.stream(database, everything=True))
        database.close()
