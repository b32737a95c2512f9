"""Which program versions are decided, and whom each concerns: nobody has to ask, so nobody is forgotten.

Of each program it is the version that awards today, or else the highest: it concerns whoever enrolled or has completed
anything that counts for it. Of other versions it is those who have their award, so that its evidence is looked at
again, and those whom the last decision found eligible, so that none of these is left standing.

    for version in versions(tx, catalogue, today, organization="duke"):
        learners = affected(tx, version, today) or everybody(tx, version)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from issuer.catalogue import Catalogue, Program
from issuer.eligibility import Engine, prepared
from issuer.errors import UnknownProgram
from issuer.facts import Enrolment, Fact
from issuer.problems import nearest
from issuer.store import changes, decisions, facts
from issuer.store.database import Transaction
from issuer.store.facts import About
from templates.messages import Message


@dataclass(frozen=True, eq=False)
class Version:
    """`about`: what facts have to be about to change a decision of it. `of_the_day`: it is the one that awards, so
    newcomers are its own."""

    program: Program
    engine: Engine
    about: About
    of_the_day: bool

    @property
    def key(self) -> tuple[str, int]:
        return (self.program.code, self.program.version)


def versions(
    tx: Transaction,
    catalogue: Catalogue,
    today: date,
    *,
    program: str | None = None,
    organization: str | None = None,
) -> tuple[Version, ...]:
    """In the order of their codes and numbers. Raises `UnknownProgram`, for another organization's too."""
    own = catalogue.programs_of(organization)
    if program is not None:
        require_program(Catalogue(programs=own), program)
    current = {(code, version_of_the_day(catalogue, code, today).version) for code in {code for code, _ in own}}
    wanted = set(own) & (current | decisions.versions(tx))
    return tuple(
        version_of(catalogue, own[key], of_the_day=key in current)
        for key in sorted(wanted)
        if program in (None, key[0])
    )


def version_of(catalogue: Catalogue, program: Program, *, of_the_day: bool = True) -> Version:
    engine = prepared(program, catalogue)
    return Version(program, engine, About(frozenset(engine.counting), engine.fees | {program.code}), of_the_day)


def everybody(tx: Transaction, version: Version) -> tuple[str, ...]:
    """Whom the version concerns, in the order of their ids."""
    found = {*decisions.awarded(tx, version.key), *decisions.eligible(tx, version.key)}
    if version.of_the_day:
        found.update(facts.learners_of(tx, version.about))
    return tuple(sorted(found))


def affected(tx: Transaction, version: Version, today: date) -> tuple[str, ...] | None:
    """Of these, those of whom something else may be decided than the last time. None: that may be everybody, because
    it was never decided whole, the catalogue changed under it, or the day is an earlier one.

    (1) something came in about them; (2) or the time is over for which their decision was said to hold."""
    upto = changes.decided(tx, version.key)
    if upto is None or upto.day > today or (version.of_the_day and not upto.everybody):
        return None
    if changes.concerns_catalogue(tx, upto.position.revision, version.about.courses):
        return None
    found = changes.learners(tx, upto.position, version.about) | set(decisions.due(tx, version.key, today))
    if found and not version.of_the_day:
        found &= set(everybody(tx, version))
    return tuple(sorted(found))


def name_of(catalogue: Catalogue, version: Version, told: Iterable[Fact]) -> str:
    """How the learner was called last in these facts about the version: by the program's own organization, or else by
    who teaches a part of it; empty when there are none."""
    told = tuple(told)
    own = [one for one in told if _is_own(catalogue, version, one)]
    newest = max(own or told, key=lambda fact: (fact.recorded_at, fact.id), default=None)
    return "" if newest is None else newest.name


def _is_own(catalogue: Catalogue, version: Version, fact: Fact) -> bool:
    if isinstance(fact, Enrolment):
        return fact.program == version.program.code
    course = catalogue.courses.get(fact.course)
    return course is not None and course.organization == version.program.organization


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


def courses_of(catalogue: Catalogue, program: Program) -> frozenset[str]:
    """The codes of all courses whose certificates can count for the program."""
    return frozenset().union(*(catalogue.counting_as(leaf.code) for leaf in catalogue.parts(program)))


def version_of_the_day(catalogue: Catalogue, code: str, today: date) -> Program:
    """The highest that awards on that day; the highest of all when none does."""
    try:
        return catalogue.latest(code, today)
    except LookupError:
        return catalogue.latest(code)


def only(learners: Iterable[str], wanted: Iterable[str] | None) -> tuple[str, ...]:
    """Those of `learners` that are wanted; all of them when nobody is named."""
    if wanted is None:
        return tuple(learners)
    named = frozenset(wanted)
    return tuple(one for one in learners if one in named)
