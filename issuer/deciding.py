"""Runs the decision engine over everybody it concerns, and keeps what is new.

It concerns whoever enrolled in a program or completed anything of it: nobody has to ask, so nobody is forgotten.
A decision that says the same as the last one is not stored again. Where an award has lost its evidence (a regrade, a
revoked Course Certificate, a refund), the run says so; what follows is the registrar's to do.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from issuer.catalogue import Catalogue, Program
from issuer.decisions import Decision
from issuer.eligibility import decide
from issuer.errors import UnknownLearner, UnknownProgram
from issuer.facts import Completion, Enrolment, Fact, current
from issuer.problems import nearest
from issuer.store import catalogues, credentials, decisions, facts
from issuer.store.credentials import StoredCredential
from issuer.store.database import Database, Transaction
from templates.messages import Message


@dataclass(frozen=True)
class Decided:
    """`new`: it differs from what was decided last. `awarded`: there is an award already."""

    decision: Decision
    name: str
    new: bool
    awarded: bool


@dataclass(frozen=True)
class LostEvidence:
    """`certificate` was awarded for what `decision` no longer finds."""

    decision: Decision
    name: str
    certificate: StoredCredential


@dataclass(frozen=True)
class Unsupported:
    """A valid Course Certificate whose completion was corrected to one that would not earn it."""

    completion: Completion
    certificate: StoredCredential


@dataclass(frozen=True)
class Run:
    decided: tuple[Decided, ...]
    lost: tuple[LostEvidence, ...]
    unsupported: tuple[Unsupported, ...]

    def count(self, outcome: str) -> int:
        return sum(one.decision.outcome == outcome for one in self.decided)


def run(
    database: Database,
    *,
    now: datetime,
    program: str | None = None,
    learner: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Decides, and stores what is new unless `dry_run`. `progress` is told (done, total)."""
    # (1) one consistent view of what is known
    with database.read() as tx:
        catalogue = catalogues.load(tx)
        held = current(facts.read(tx))
        last = decisions.latest(tx)
        awards = decisions.awards(tx)
        revoked = revoked_facts(tx, held)
        unsupported = _unsupported(tx, held, learner)
    if program is not None:
        require_program(catalogue, program)
    if learner is not None and learner not in {fact.learner for fact in held}:
        raise UnknownLearner("No completion or enrolment names the learner {learner}.", learner=learner)
    # (2) who is to be decided, and by which version
    pairs = [
        (who, version)
        for version, who in _concerned(catalogue, held, awards, now)
        if program in (None, version.code) and learner in (None, who)
    ]
    # (3) decide
    of_learner = by_learner(held)
    decided: list[Decided] = []
    for done, (who, version) in enumerate(pairs, start=1):
        made = decide(version, catalogue, of_learner[who], learner=who, on=now.date(), revoked=revoked)
        key = (who, version.code, version.version)
        previous = last.get(key)
        new = previous is None or not made.agrees_with(previous.decision)
        decided.append(Decided(made, newest_name(of_learner[who]), new, key in awards))
        progress(done, len(pairs))
    # (4) keep what is new
    if not dry_run:
        with database.write() as tx:
            for one in decided:
                if one.new:
                    decisions.append(tx, one.decision, decided_at=now)
    # (5) what was awarded and would not be today
    with database.read() as tx:
        lost = tuple(_lost(tx, decided))
    return Run(tuple(decided), lost, unsupported)


def revoked_facts(tx: Transaction, held: Iterable[Fact]) -> frozenset[str]:
    """The facts that hold and whose Course Certificate is revoked."""
    gone = {(one.learner, one.subject_key) for one in credentials.of_kind(tx, "course", ["revoked"])}
    return frozenset(
        fact.id
        for fact in held
        if isinstance(fact, Completion) and (fact.learner, credentials.course_key(fact.course, fact.session)) in gone
    )


def require_program(catalogue: Catalogue, code: str) -> None:
    """Raises `UnknownProgram`, with the nearest one that there is."""
    codes = sorted({known for known, _ in catalogue.programs})
    if code in codes:
        return
    guess = nearest(code, codes)
    hint = Message("Did you mean {guess}?", guess=guess) if guess else None
    if not codes:
        hint = Message("There are no programs yet. Run: issuer import catalogue PATH")
    raise UnknownProgram("There is no program {code}.", hint=hint, code=code)


def by_learner(held: Iterable[Fact]) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = {}
    for fact in held:
        found.setdefault(fact.learner, []).append(fact)
    return {learner: tuple(own) for learner, own in found.items()}


def newest_name(own: Iterable[Fact]) -> str:
    """How the learner was called last."""
    return max(own, key=lambda fact: (fact.recorded_at, fact.id)).name


def _concerned(
    catalogue: Catalogue,
    held: Iterable[Fact],
    awards: Mapping[tuple[str, str, int], decisions.Award],
    now: datetime,
) -> list[tuple[Program, str]]:
    """(version, learner): the version that awards today, or else the highest; and every version already awarded, so
    that its evidence is looked at again."""
    held = tuple(held)
    found: set[tuple[str, int, str]] = {(code, version, who) for who, code, version in awards}
    for code in {code for code, _ in catalogue.programs}:
        version = _version_of_the_day(catalogue, code, now)
        courses = courses_of(catalogue, version)
        found |= {
            (code, version.version, fact.learner)
            for fact in held
            if (isinstance(fact, Completion) and fact.course in courses)
            or (isinstance(fact, Enrolment) and fact.program == code)
        }
    known = {fact.learner for fact in held}
    return [(catalogue.programs[(code, number)], who) for code, number, who in sorted(found) if who in known]


def courses_of(catalogue: Catalogue, program: Program) -> frozenset[str]:
    """The codes of all courses whose certificates can count for the program."""
    return frozenset().union(*(catalogue.counting_as(leaf.code) for leaf in catalogue.parts(program)))


def _version_of_the_day(catalogue: Catalogue, code: str, now: datetime) -> Program:
    try:
        return catalogue.latest(code, now.date())
    except LookupError:
        return catalogue.latest(code)


def _lost(tx: Transaction, decided: Iterable[Decided]) -> Iterable[LostEvidence]:
    for one in decided:
        made = one.decision
        if not one.awarded or made.outcome != "not_eligible":
            continue
        key = credentials.program_key(made.program, made.version)
        certificate = credentials.newest(tx, "program", made.learner, key)
        if certificate is not None and certificate.released and certificate.status in ("valid", "suspended"):
            yield LostEvidence(made, one.name, certificate)


def _unsupported(tx: Transaction, held: Iterable[Fact], learner: str | None) -> tuple[Unsupported, ...]:
    valid = {(one.learner, one.subject_key): one for one in credentials.of_kind(tx, "course", ["valid"])}
    found: list[Unsupported] = []
    for fact in held:
        if isinstance(fact, Completion) and not fact.earns_certificate and learner in (None, fact.learner):
            certificate = valid.get((fact.learner, credentials.course_key(fact.course, fact.session)))
            if certificate is not None and certificate.released:
                found.append(Unsupported(fact, certificate))
    return tuple(found)
