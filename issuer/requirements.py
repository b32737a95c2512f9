"""One requirement of a program, in one language: which certificate meets it, or why none does and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from issuer import reasons
from issuer.attempts import Attempt, Lack, nearest_passed
from issuer.catalogue import Catalogue, Course
from issuer.decisions import Reason, Requirement
from issuer.rules import CapstoneRule, CourseRule


@dataclass(frozen=True)
class Line:
    """`cost`: dollars still to pay for it; `done_on`, `done_in`: day and language of the certificate that counts;
    `possible`: it is met, or can be in this language; `missing`: its title when it is unmet."""

    requirement: Requirement
    cost: Decimal
    done_on: date | None
    done_in: str | None
    possible: bool
    missing: str | None


@dataclass(frozen=True)
class Assessor:
    """What is needed to judge a leaf of the rule. `attempts`: those that count for a code, in documented order."""

    catalogue: Catalogue
    attempts: Mapping[str, tuple[Attempt, ...]]
    on: date

    def line(self, leaf: CourseRule | CapstoneRule, language: str | None) -> Line:
        """`language` None: any will do."""
        course = self.catalogue.courses[leaf.code]
        tries = self.attempts[leaf.code]
        counted = [one for one in tries if not one.lacks and language in (None, one.language)]
        if counted:
            return self._met(leaf, language, counted[0], tries)
        return self._unmet(leaf, course, language, tries)

    def _met(
        self, leaf: CourseRule | CapstoneRule, language: str | None, chosen: Attempt, tries: tuple[Attempt, ...]
    ) -> Line:
        done = chosen.completion
        found: list[Reason] = []
        if done.course == leaf.code:
            found.append(reasons.certified(done.language, chosen.completed_on))
        else:
            title = self._title(done.course)
            found.append(reasons.certified_by_equivalence(done.language, chosen.completed_on, title))
        for other in tries:
            if not other.lacks and other is not chosen:
                found.append(reasons.also_certified(other.language, other.completed_on))
            elif "revoked" in other.lacks and language in (None, other.language):
                found.append(reasons.substituted(other.completed_on))
        met = Requirement(leaf.code, _kind(leaf), True, done.id, tuple(found))
        return Line(met, Decimal(0), chosen.completed_on, done.language, True, None)

    def _unmet(
        self,
        leaf: CourseRule | CapstoneRule,
        course: Course,
        language: str | None,
        tries: tuple[Attempt, ...],
    ) -> Line:
        here = [one for one in tries if language in (None, one.language)]
        passed = nearest_passed(here)
        running = _last(here, "in_progress")
        later = _last(here, "dated_later")
        found: list[Reason] = []
        # (1) what was tried in this language, from the nearest to a certificate to the farthest
        if passed is not None:
            fee = self._fee(passed, course)
            if "fee_unpaid" in passed.lacks:
                found.append(reasons.fee_unpaid(passed.completed_on, fee))
            if "identity_not_verified" in passed.lacks:
                found.append(reasons.identity_not_verified(passed.completed_on))
        if running is not None:
            found.append(reasons.in_progress(self._session(running)))
        if later is not None:
            found.append(reasons.dated_later(later.completed_on))
        if (lost := _last(here, "revoked")) is not None:
            found.append(reasons.revoked(lost.completed_on))
        if (failed := _last(here, "failed")) is not None:
            found.append(reasons.failed(self._session(failed)))
        # (2) what was tried in other languages
        if language is not None:
            found.extend(_elsewhere(tries, language))
        if not found:
            found.append(reasons.not_taken())
        # (3) what to do, and what it costs
        open_fees = [self._fee(one, course) for one in (passed, running, later) if one is not None]
        cost = min(open_fees, default=course.fee)
        possible = bool(open_fees) or language is None or language in course.languages
        if not open_fees:
            found.append(self._next(course, language, again=lost is not None or failed is not None))
        unmet = Requirement(leaf.code, _kind(leaf), False, None, tuple(found))
        return Line(unmet, cost, None, None, possible, course.title())

    def _next(self, course: Course, language: str | None, *, again: bool) -> Reason:
        if language is not None and language not in course.languages:
            return reasons.not_offered(language)
        session = course.next_session(self.on, language)
        if session is None:
            return reasons.no_session(language)
        return reasons.take(session.start, course.fee, language, again=again)

    def _fee(self, attempt: Attempt, required: Course) -> Decimal:
        """What is still to pay for the attempt itself, at the price of the course that was taken."""
        if attempt.completion.fee_paid:
            return Decimal(0)
        return self.catalogue.courses.get(attempt.completion.course, required).fee

    def _session(self, attempt: Attempt) -> date | str:
        """Its first day; the code of a session that is no longer listed."""
        course = self.catalogue.courses.get(attempt.completion.course)
        session = course.session(attempt.completion.session) if course else None
        return session.start if session else attempt.completion.session

    def _title(self, code: str) -> str:
        course = self.catalogue.courses.get(code)
        return course.title() if course else code


def _elsewhere(tries: tuple[Attempt, ...], language: str) -> list[Reason]:
    others = [one for one in tries if one.language != language]
    certified = [one for one in others if not one.lacks]
    if certified:
        return [reasons.other_language(one.language, one.completed_on, language) for one in certified]
    tried = tuple(sorted({one.language for one in others}))
    return [reasons.other_language_attempt(tried, language)] if tried else []


def _last(tries: list[Attempt], lack: Lack) -> Attempt | None:
    """The latest attempt of that kind, by its day, then its session's code, then its id."""
    of_kind = [one for one in tries if lack in one.lacks]
    return max(
        of_kind,
        key=lambda one: (one.completed_on, one.completion.session, one.completion.id),
        default=None,
    )


def _kind(leaf: CourseRule | CapstoneRule) -> Literal["course", "capstone"]:
    return "capstone" if isinstance(leaf, CapstoneRule) else "course"
