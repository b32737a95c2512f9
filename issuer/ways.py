"""The ways to a program's award: one per language under the one-language rule (F8), else a single one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from issuer import reasons
from issuer.catalogue import Program
from issuer.requirements import Assessor, Line
from issuer.rules import SingleLanguage
from templates.messages import Message


@dataclass(frozen=True)
class Way:
    """All requirements of the program judged in one language. `language` None: languages may be mixed."""

    language: str | None
    lines: tuple[Line, ...]

    @property
    def done(self) -> int:
        return sum(line.requirement.met for line in self.lines)

    @property
    def full(self) -> bool:
        """Every requirement is met, and there is one: a rule without requirements awards nobody."""
        return bool(self.lines) and self.done == len(self.lines)

    @property
    def possible(self) -> bool:
        return all(line.possible for line in self.lines)

    @property
    def cost(self) -> Decimal:
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def award_language(self) -> str | None:
        """The language; where languages may be mixed, the one that all certificates happen to share."""
        used = {line.done_in for line in self.lines}
        return self.language or (used.pop() if len(used) == 1 else None)

    @property
    def order(self) -> tuple[bool, int, Decimal, date, str]:
        """The documented order of languages: the smallest is chosen (see `issuer.eligibility`)."""
        last = max((line.done_on for line in self.lines if line.done_on is not None), default=date.max)
        return (not self.possible, -self.done, self.cost, last, self.language or "")

    def progress(self, *also_missing: Message) -> Message:
        titles = tuple(line.missing for line in self.lines if line.missing is not None)
        return reasons.progress(self.language, self.done, titles + also_missing, len(self.lines))


def ways(program: Program, assessor: Assessor) -> tuple[Way, ...]:
    """At least one, the best first."""
    single = next((one for one in program.constraints if isinstance(one, SingleLanguage)), None)
    tried = {attempt.language for several in assessor.attempts.values() for attempt in several}
    if single is None or not tried:
        # With nothing tried, nothing can be met: one answer says so for every language.
        return (_way(program, assessor, None),)
    listed = set(single.languages)
    found = [_way(program, assessor, language) for language in tried if language in listed or not listed]
    if not any(way.possible for way in found):
        # A new language is only worth telling to a learner who cannot go on in one that is begun.
        offered = _offered(program, assessor)
        fresh = (offered & listed if listed else offered) - tried
        found += [_way(program, assessor, language) for language in fresh or listed - tried]
    return tuple(sorted(found, key=lambda way: way.order))


def _way(program: Program, assessor: Assessor, language: str | None) -> Way:
    return Way(language, tuple(assessor.line(leaf, language) for leaf in program.parts))


def _offered(program: Program, assessor: Assessor) -> set[str]:
    """The languages in which the whole program is offered."""
    courses = [assessor.catalogue.courses[leaf.code] for leaf in program.parts]
    return set.intersection(*(set(course.languages) for course in courses))
