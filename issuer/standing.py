"""How things stand for one learner and one program: what is done in each language, what is missing and how to get it.

A pure function over the decision engine: no database, no clock. It is made at the moment of asking and kept nowhere.
Every line comes from a decision, so page, JSON and the certificates that follow cannot contradict each other.

    standing = stands(program, catalogue, facts, learner="ana", on=date(2026, 6, 1), certificates=certificates, …)
    standing.ways[0].progress       # In Spanish 4 of 5 are done; missing: Capstone
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from issuer.catalogue import Catalogue, Program
from issuer.courses import Session
from issuer.decisions import Decision, Reason, Requirement
from issuer.eligibility import decide
from issuer.facts import Completion, Fact, current
from issuer.rules import CapstoneRule, CourseRule, ProgramFeePaid, SingleLanguage
from templates.messages import Message

State = Literal["awarded", "suspended", "revoked", "complete", "incomplete", "inactive"]

# Reasons that say that the course may be taken, in a session to be chosen.
_WITH_SESSIONS = frozenset({"take", "take_again"})


@dataclass(frozen=True)
class Certificate:
    """One that the learner has. `attempt`: (course, session) that a Course Certificate is for; `since` and `reason`: of
    its status; `newer`: the address of the one that replaces it."""

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
    newer: str | None = None


@dataclass(frozen=True)
class Line:
    """One requirement in one language. `to_pay`: dollars; `sessions`: the next in which it can be taken;
    `certificate`: the address of the one that meets it."""

    code: str
    kind: str
    title: str
    met: bool
    reasons: tuple[Reason, ...]
    to_pay: Decimal
    sessions: tuple[Session, ...]
    certificate: str | None


@dataclass(frozen=True)
class Way:
    """All requirements judged in one language; `language` None: languages may be mixed, or none is begun. `progress`
    says what is missing, and is None when nothing is."""

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
) -> Standing:
    """`facts`: those about the program and its courses, and no others; `sessions`: how many are told of each course.
    Raises `KeyError` as `decide` does."""
    own = current(fact for fact in facts if fact.learner == learner)

    # (1) the decision, as it would be made now
    def judged(version: Program) -> Decision:
        return decide(version, catalogue, own, learner=learner, on=on, revoked=revoked)

    decision = judged(program)
    # (2) the same question in each other language that was begun
    decisions = [decision]
    if decision.outcome != "not_active":
        decisions += [judged(_in(program, tag)) for tag in _other_languages(program, own, decision.language)]
    teller = _Teller(learner, catalogue, program, own, on, revoked, certificates, sessions)
    first, *others = [teller.way(one) for one in decisions]
    others.sort(key=lambda way: (-way.done, way.language or ""))
    ways = (first, *others) if first.lines else ()
    # (3) what there is already, and what comes next
    award = next((one for one in reversed(certificates) if one.kind == "program"), None)
    state = _state(decision, award)
    said = frozenset({"language_progress", "remaining_cost"})  # the ways say these
    return Standing(
        learner=learner,
        name=name,
        organization=catalogue.organizations[program.organization].name,
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
        next_step=_next_step(state, decision, award, catalogue.organizations[program.organization].name),
    )


@dataclass(frozen=True)
class _Teller:
    """What is needed to tell a decision's requirements to the learner."""

    learner: str
    catalogue: Catalogue
    program: Program
    facts: tuple[Fact, ...]
    on: date
    revoked: frozenset[str]
    certificates: Sequence[Certificate]
    sessions: int

    def way(self, decision: Decision) -> Way:
        parts = decision.parts
        return Way(
            language=decision.language,
            done=sum(one.met for one in parts),
            total=len(parts),
            complete=decision.eligible,
            lines=tuple(self._line(one, decision) for one in decision.requirements),
            to_pay=decision.remaining,
            progress=decision.shortest,
        )

    def _line(self, one: Requirement, decision: Decision) -> Line:
        codes = {reason.code for reason in one.reasons}
        title, sessions = "", ()
        if one.kind == "program_fee":
            versions = [made for (code, _), made in self.catalogue.programs.items() if code == one.code]
            title = max(versions, key=lambda made: made.version).title(decision.language)
        else:
            course = self.catalogue.courses[one.code]
            title = course.title(decision.language)
            if codes & _WITH_SESSIONS:
                sessions = course.next_sessions(self.on, decision.language, most=self.sessions)
        return Line(
            code=one.code,
            kind=one.kind,
            title=title,
            met=one.met,
            reasons=one.reasons,
            to_pay=self._to_pay(one, decision.language),
            sessions=sessions,
            certificate=self._certificate(one),
        )

    def _certificate(self, one: Requirement) -> str | None:
        met = next((fact for fact in self.facts if fact.id == one.fact), None)
        if not isinstance(met, Completion):
            return None
        attempt = (met.course, met.session)
        return next((held.url for held in self.certificates if held.attempt == attempt), None)

    def _to_pay(self, one: Requirement, language: str | None) -> Decimal:
        """What the decision counted for this requirement: what it would count, were it the only one. A test holds
        that they add up."""
        if one.met:
            return Decimal(0)
        if one.kind == "program_fee":
            return self.program.fee
        alone = replace(
            self.program if language is None else _in(self.program, language),
            rule=CapstoneRule(one.code) if one.kind == "capstone" else CourseRule(one.code),
        )
        alone = replace(alone, constraints=tuple(c for c in alone.constraints if c != ProgramFeePaid()))
        learner = self.learner
        return decide(alone, self.catalogue, self.facts, learner=learner, on=self.on, revoked=self.revoked).remaining


def _in(program: Program, language: str) -> Program:
    """The program, to be done in that language."""
    return replace(
        program,
        constraints=tuple(
            SingleLanguage((language,)) if isinstance(one, SingleLanguage) else one for one in program.constraints
        ),
    )


def _other_languages(program: Program, own: Iterable[Fact], shown: str | None) -> list[str]:
    """The languages that the learner has begun and that the program's rule allows, but the one shown."""
    single = next((one for one in program.constraints if isinstance(one, SingleLanguage)), None)
    if single is None:
        return []
    begun = {fact.language for fact in own if isinstance(fact, Completion)}
    return sorted(tag for tag in begun - {shown} if not single.languages or tag in single.languages)


def _state(decision: Decision, award: Certificate | None) -> State:
    match None if award is None else award.status:
        case "valid":
            return "awarded"
        case "suspended":
            return "suspended"
        case "revoked" if not decision.eligible:
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
