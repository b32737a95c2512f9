"""What is said about one requirement of a program: which certificate meets it, or why none does and what to do.

What is named to be done is needed, and is enough: of an attempt that can still become a certificate only what that one
lacks, else that the course be taken (again).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from issuer import reasons
from issuer.attempts import Attempt, latest
from issuer.catalogue import Catalogue, Course
from issuer.decisions import Reason, Requirement
from issuer.program_tree import FeeNode, LeafNode
from issuer.ways import Judge, Mark


@dataclass(frozen=True)
class Account:
    """A requirement as it is told, and the last day on which it can be told so; None: time does not change it."""

    requirement: Requirement
    until: date | None = None


@dataclass(frozen=True)
class Accountant:
    """Tells the requirements of a way that `judge` has judged."""

    catalogue: Catalogue
    judge: Judge
    on: date

    def account(self, mark: Mark) -> Account:
        if isinstance(mark.node, FeeNode):
            return Account(self._fee(mark, mark.node))
        leaf = mark.node
        tries = self.judge.attempts[leaf.number]
        until = None
        if mark.chosen is not None:
            found = self._met(leaf, mark, mark.chosen, tries)
        else:
            found, until = self._unmet(leaf, mark, tries)
        if mark.dropped is not None:
            found.append(reasons.not_needed(mark.dropped.needed, len(mark.dropped.children)))
        fact = mark.chosen.completion.id if mark.chosen is not None else None
        told = Requirement(leaf.code, leaf.kind, mark.met, fact, tuple(found), mark.dropped is None, leaf.choice)
        return Account(told, until)

    def _fee(self, mark: Mark, node: FeeNode) -> Requirement:
        """The requirement of F11."""
        enrolment = self.judge.paid.get(node.code)
        if enrolment is None:
            found, fact = [reasons.program_fee_unpaid(node.fee)], None
        else:
            found, fact = [reasons.program_fee_paid(enrolment.enrolled_on)], enrolment.id
        if mark.dropped is not None:
            found.append(reasons.not_needed(mark.dropped.needed, len(mark.dropped.children)))
        return Requirement(node.code, "program_fee", mark.met, fact, tuple(found), mark.dropped is None, node.choice)

    def _met(self, leaf: LeafNode, mark: Mark, chosen: Attempt, tries: tuple[Attempt, ...]) -> list[Reason]:
        done = chosen.completion
        found: list[Reason] = []
        if done.course == leaf.code:
            found.append(reasons.certified(done.language, chosen.completed_on))
        else:
            title = self._title(done.course)
            found.append(reasons.certified_by_equivalence(done.language, chosen.completed_on, title))
        if len(tries) > 1:
            for other in tries:
                if not other.lacks and other is not chosen:
                    found.append(reasons.also_certified(other.language, other.completed_on))
                elif "revoked" in other.lacks and mark.language in (None, other.language):
                    found.append(reasons.substituted(other.completed_on))
        return found

    def _unmet(self, leaf: LeafNode, mark: Mark, tries: tuple[Attempt, ...]) -> tuple[list[Reason], date | None]:
        language = mark.language
        if mark.barred and language is not None:
            return [reasons.not_offered(language)], None
        here = [one for one in tries if language in (None, one.language)]
        # (1) the attempt that is nearest to a certificate, and what it still lacks
        found = self._near(leaf, mark.near) if mark.near is not None else []
        # (2) why the others are none, from the one that was nearest to one
        grade = leaf.demands.grade
        if here:
            if (old := latest(here, "expired")) is not None and old.until is not None:
                found.append(reasons.expired(old.completed_on, old.until[1]))
            if grade is not None and (low := latest(here, "below_grade")) is not None:
                found.append(reasons.below_grade(low.completed_on, low.completion.grade, grade))
            if (lost := latest(here, "revoked")) is not None:
                found.append(reasons.revoked(lost.completed_on))
            if (failed := latest(here, "failed")) is not None:
                found.append(reasons.failed(self._session(failed)))
        tried = bool(found)
        # (3) what was tried in other languages
        if language is not None and len(here) < len(tries):
            found += _elsewhere(tries, language)
        if not found:
            found.append(reasons.not_taken())
        # (4) what to do, when no attempt is under way and it would be of use
        if mark.near is not None or mark.settled:
            return found, None
        what, until = self._next(leaf.course, language, mark.among, again=tried)
        return [*found, what], until

    def _near(self, leaf: LeafNode, near: Attempt) -> list[Reason]:
        found: list[Reason] = []
        if "fee_unpaid" in near.lacks:
            found.append(reasons.fee_unpaid(near.completed_on, self.judge.fee(near, leaf)))
        if "identity_not_verified" in near.lacks:
            found.append(reasons.identity_not_verified(near.completed_on))
        if "dated_later" in near.lacks:
            found.append(reasons.dated_later(near.completed_on))
        if "in_progress" in near.lacks:
            found.append(reasons.in_progress(self._session(near)))
        return found

    def _next(
        self, course: Course, language: str | None, among: frozenset[str], *, again: bool
    ) -> tuple[Reason, date | None]:
        if language is not None and language not in course.titles:
            return reasons.not_offered(language), None
        # Where one of several languages is still to be chosen, a session in any other would be of no use.
        found = [course.next_session(self.on, tag) for tag in among or (language,)]
        starts = [session.start for session in found if session is not None]
        if not starts:
            return reasons.no_session(language), None
        return reasons.take(min(starts), course.fee, language, again=again), min(starts)

    def _session(self, attempt: Attempt) -> date | str:
        """Its first day; the code of a session that is no longer listed."""
        course = self.catalogue.courses.get(attempt.completion.course)
        session = course.session(attempt.completion.session) if course else None
        return session.start if session else attempt.completion.session

    def _title(self, code: str) -> str:
        course = self.catalogue.courses.get(code)
        return course.title() if course else code


def _elsewhere(tries: Iterable[Attempt], language: str) -> list[Reason]:
    others = [one for one in tries if one.language != language]
    certified = [one for one in others if not one.lacks]
    if certified:
        return [reasons.other_language(one.language, one.completed_on, language) for one in certified]
    tried = tuple(sorted({one.language for one in others}))
    return [reasons.other_language_attempt(tried, language)] if tried else []
