"""How things stand for one learner and one program: what is done in each language, what is missing and how to get it.

A pure function over the decision engine: no database, no clock. It is made at the moment of asking and kept nowhere.
Every line comes from a decision, so page, JSON and the certificates that follow cannot contradict each other.

    standing = stands(program, catalogue, facts, learner="ana", on=date(2026, 6, 1), certificates=certificates, …)
    standing.ways[0].progress       # In Spanish 4 of 5 are done; missing: Capstone
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from issuer.catalogue import Catalogue, Program
from issuer.courses import Session
from issuer.decisions import Choice, Decision, Reason, Requirement
from issuer.eligibility import ToldWay, prepared
from issuer.facts import Completion, Fact, current
from templates.messages import Message

State = Literal["awarded", "suspended", "revoked", "complete", "incomplete", "inactive"]

# Reasons that say that the course may be taken, in a session to be chosen.
_WITH_SESSIONS = frozenset({"take", "take_again"})


@dataclass(frozen=True)
class Certificate:
    """One that the learner has. `attempt`: (course, session) that a Course Certificate is for; `since` and `reason`: of
    its status; `until`: the last day on which a suspension can be put right; `newer`: the address of the one that
    replaces it; `by_word`: of a status that somebody gave it, so that only somebody changes it."""

    kind: Literal["course", "program"]
    subject: str
    title: str
    language: str
    url: str
    verify_url: str
    issued: date
    status: str
    since: date
    reason: str
    attempt: tuple[str, str] | None = None
    until: date | None = None
    newer: str | None = None
    by_word: bool = False


@dataclass(frozen=True)
class Line:
    """One requirement in one language. `needed` False: another option of its `choice` is enough, or nearer; `to_pay`:
    dollars; `sessions`: the next in which it can be taken; `certificate`: the address of the one that meets it."""

    code: str
    kind: str
    title: str
    met: bool
    needed: bool
    choice: Choice | None
    reasons: tuple[Reason, ...]
    to_pay: Decimal
    sessions: tuple[Session, ...]
    certificate: str | None


@dataclass(frozen=True)
class Way:
    """All requirements judged in one language; `language` None: languages may be mixed, or none is begun. `done` and
    `total` count courses and capstones; `progress` says what is missing, and is None when nothing is."""

    language: str | None
    done: int
    total: int
    complete: bool
    lines: tuple[Line, ...]
    to_pay: Decimal
    progress: Message | None


@dataclass(frozen=True)
class Standing:
    """`ways`: the shortest first. `notes`: what is to be said about the whole. `award`: the program's certificate."""

    learner: str
    name: str
    organization: str
    program: str
    version: int
    title: str
    language: str | None
    on: date
    state: State
    ways: tuple[Way, ...]
    notes: tuple[Reason, ...]
    award: Certificate | None
    certificates: tuple[Certificate, ...]
    next_step: Message


def stands(
    program: Program,
    catalogue: Catalogue,
    facts: Iterable[Fact],
    *,
    learner: str,
    name: str,
    on: date,
    revoked: frozenset[str],
    certificates: Sequence[Certificate],
    sessions: int,
    awarded_on: date | None = None,
) -> Standing:
    """`facts`: those about the program and its courses, and no others; `sessions`: how many are told of each course;
    `awarded_on`: as for `issuer.eligibility.decide`. Raises `KeyError` as that does."""
    own = current(fact for fact in facts if fact.learner == learner)
    # (1) the decision as it would be made now, and every way that it looked at
    engine = prepared(program, catalogue)
    asked: dict[str, Any] = {"learner": learner, "on": on, "revoked": revoked, "awarded_on": awarded_on}
    decision = engine.decide(own, **asked)
    teller = _Teller(catalogue, own, on, certificates, sessions)
    ways = tuple(teller.way(told) for told in engine.ways(own, **asked))
    # (2) what there is already, and what comes next
    award = next((one for one in reversed(certificates) if one.kind == "program"), None)
    state = _state(decision, award)
    organization = catalogue.organizations[program.organization].name
    said = frozenset({"language_progress", "remaining_cost"})  # the ways say these
    return Standing(
        learner=learner,
        name=name,
        organization=organization,
        program=program.code,
        version=program.version,
        title=program.title(decision.language),
        language=decision.language,
        on=on,
        state=state,
        ways=ways,
        notes=tuple(note for note in decision.notes if note.code not in said),
        award=award,
        certificates=tuple(certificates),
        next_step=_next_step(state, decision, award, organization),
    )


@dataclass(frozen=True)
class _Teller:
    """What is needed to tell a learner of a way."""

    catalogue: Catalogue
    facts: tuple[Fact, ...]
    on: date
    certificates: Sequence[Certificate]
    sessions: int

    def way(self, told: ToldWay) -> Way:
        lines = tuple(self._line(one, language, cost) for one, language, cost in told.requirements)
        counted = [line for line in lines if line.needed and line.kind != "program_fee"]
        return Way(
            language=told.way.language,
            done=told.way.done,
            total=len(counted),
            complete=told.way.full,
            lines=lines,
            to_pay=told.way.judged.cost,
            progress=None if told.way.full else told.way.progress(),
        )

    def _line(self, one: Requirement, language: str | None, cost: Decimal) -> Line:
        sessions: tuple[Session, ...] = ()
        if one.kind == "program_fee":
            versions = [made for (code, _), made in self.catalogue.programs.items() if code == one.code]
            title = max(versions, key=lambda made: made.version).title(language)
        else:
            course = self.catalogue.courses[one.code]
            title = course.title(language)
            if _WITH_SESSIONS & {reason.code for reason in one.reasons}:
                sessions = course.next_sessions(self.on, language, most=self.sessions)
        return Line(
            code=one.code,
            kind=one.kind,
            title=title,
            met=one.met,
            needed=one.needed,
            choice=one.choice,
            reasons=one.reasons,
            to_pay=cost,
            sessions=sessions,
            certificate=self._certificate(one),
        )

    def _certificate(self, one: Requirement) -> str | None:
        met = next((fact for fact in self.facts if fact.id == one.fact), None)
        if not isinstance(met, Completion):
            return None
        attempt = (met.course, met.session)
        return next((held.url for held in self.certificates if held.attempt == attempt), None)


def _state(decision: Decision, award: Certificate | None) -> State:
    match None if award is None else award.status:
        case "valid":
            return "awarded"
        case "suspended":
            return "suspended"
        case "revoked" if award is not None and (award.by_word or not decision.eligible):
            return "revoked"
    if decision.outcome == "not_active":
        return "inactive"
    return "complete" if decision.eligible else "incomplete"


def _next_step(state: State, decision: Decision, award: Certificate | None, organization: str) -> Message:
    match state:
        case "awarded" if award is not None:
            return Message("Awarded on {date}. Nothing is left to do.", date=award.issued)
        case "suspended" if award is not None:
            return Message("Suspended since {date}: {reason}", date=award.since, reason=award.reason)
        case "revoked" if award is not None:
            return Message("Revoked on {date}: {reason}", date=award.since, reason=award.reason)
        case "inactive":
            return decision.notes[0].message
        case "complete":
            return Message(
                "Everything is done. {organization} awards the certificate with its next ones; nothing is left to do.",
                organization=organization,
            )
    return decision.shortest or Message("Nothing is done yet.")
