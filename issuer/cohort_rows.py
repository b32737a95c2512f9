"""One learner's row of a cohort: what would happen to him, and why. `issuer.cohorts` writes it down.

    ready           the certificate will be issued when the cohort is approved
    issued_already  it was issued before
    not_eligible    something is missing: what it is, requirement by requirement
    held            nothing is missing, and it is not issued all the same: the program is not active, a Course
                    Certificate that counts is suspended or a partner's to issue, the certificate was revoked before

What is foreseen here is looked at again when the row is issued; nothing is issued because a row said so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from issuer.access import Caller
from issuer.catalogue import Catalogue, Program
from issuer.concerned import courses_of
from issuer.deciding import revoked_facts
from issuer.decisions import Decision, Requirement
from issuer.eligibility import decide
from issuer.facts import current
from issuer.store import cohort_pages, cohorts, credentials, facts, status
from issuer.store.cohorts import Row, Why
from issuer.store.credentials import Status, StoredCredential
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from templates.messages import Message

# What a reason advises; what is needed stands in the reasons before it.
ADVICE = frozenset({"take", "take_again", "no_session", "not_offered"})


@dataclass(frozen=True)
class Judge:
    """`again`: what was revoked is issued anew; `caller`: for whom it is foreseen."""

    catalogue: Catalogue
    program: Program
    again: bool
    now: datetime
    caller: Caller

    def rows(self, tx: Transaction, page: Iterable[StoredDecision]) -> Iterator[Row]:
        page = tuple(page)
        learners = tuple(one.decision.learner for one in page)
        names = self._names(tx, learners)
        issued = cohort_pages.program_certificates(tx, learners, self.program.code, self.program.version)
        certified = cohort_pages.course_certificates(tx, learners)
        completions = cohort_pages.completions(
            tx, (fact for one in page if one.decision.eligible for fact in one.decision.evidence)
        )
        others = cohort_pages.other_versions(tx, learners, self.program.code, self.program.version)
        undone = cohorts.undone(tx, (one.number for one in issued.values()))
        for stored in page:
            made = stored.decision
            row = Row(made.learner, names.get(made.learner, ""), "ready", stored.sequence, ())
            before = issued.get(made.learner)
            if before is not None and before.status != "revoked":
                yield _with(row, "issued_already", self._issued(tx, before))
            elif made.outcome == "not_active":
                yield _with(row, "held", *_of_the_whole(made))
            elif not made.eligible:
                yield _with(row, "not_eligible", *_missing(made))
            elif before is not None and not self.again:
                yield _with(row, "held", self._revoked(tx, before, undone.get(before.number)))
            elif obstacles := tuple(self._obstacles(made, certified, completions)):
                yield _with(row, "held", *obstacles)
            elif before is not None and (lapsed := tuple(self._lapsed(tx, made.learner))):
                yield _with(row, "held", *lapsed)
            elif before is not None:
                yield _with(row, "ready", self._anew(tx, before), anew=before.number)
            elif made.learner in others:
                yield _with(row, "ready", self._holds(*others[made.learner]))
            else:
                yield row

    def unknown(self, learner: str) -> Row:
        """For a learner who was named and whom nothing in the program concerns."""
        text = "No completion or enrolment of this program names the learner {learner}"
        why = _why("unknown_learner", "", Message(text, learner=learner))
        return Row(learner, "", "not_eligible", None, (why,))

    def _names(self, tx: Transaction, learners: tuple[str, ...]) -> dict[str, str]:
        """As the program's own organization knows them; else as partners whose courses count do."""
        courses = courses_of(self.catalogue, self.program)
        own = {self.program.code} | {
            code
            for code in courses
            if code in self.catalogue.courses and self.catalogue.courses[code].organization == self.program.organization
        }
        return cohort_pages.names(tx, learners, courses) | cohort_pages.names(tx, learners, own)

    def _obstacles(
        self,
        made: Decision,
        certified: dict[tuple[str, str], cohort_pages.Certified],
        completions: dict[str, tuple[str, str, str]],
    ) -> Iterator[Why]:
        """What `issuer.work` would refuse, foreseen."""
        for requirement in made.parts:
            if requirement.fact is None or requirement.fact not in completions:
                continue
            course, session, language = completions[requirement.fact]
            known = certified.get((made.learner, credentials.course_key(course, session)))
            title = self._title(course)
            if known is None:
                if course not in self.catalogue.courses:
                    text = "The catalogue does not describe the course {course}: its certificate cannot be issued"
                    yield _why("course_not_described", course, Message(text, course=course))
                elif not may_certify(self.caller, self.catalogue, course):
                    text = "The certificate of {course} is not issued yet, and {organization} is to do that"
                    values = {"course": title, "organization": self._partner(course)}
                    yield _why("course_certificate_partner", course, Message(text, **values))
            elif known.status != "valid":
                text = "The certificate of {course} is {status}"
                yield _why("course_certificate", course, Message(text, course=title, status=known.status))
            elif known.language != language:
                text = "The certificate of {course} is in another language than its completion is now"
                yield _why("course_certificate_language", course, Message(text, course=title))

    def _title(self, code: str) -> str:
        course = self.catalogue.courses.get(code)
        return course.title() if course else code

    def _partner(self, course: str) -> str:
        return self.catalogue.organizations[self.catalogue.courses[course].organization].name

    def _issued(self, tx: Transaction, before: StoredCredential) -> Why:
        if not before.released:
            return _why("being_issued", self.program.code, Message("It is being issued"))
        if before.status == "valid":
            text = Message("Issued on {date}", date=(before.released_at or before.intended_at).date())
            return _why("issued", self.program.code, text)
        last = status.history(tx, before.number)[-1]
        text = Message("Issued, and {status} since {date}", status=before.status, date=last.at.date())
        return _why(before.status, self.program.code, text)

    def _revoked(self, tx: Transaction, before: StoredCredential, cohort: int | None) -> Why:
        last = status.history(tx, before.number)[-1]
        values = {"date": last.at.date(), "reason": last.reason}
        if cohort is None:
            text = "The certificate was revoked on {date} ({reason}); it is issued anew only if that is asked for"
            return _why("revoked_before", self.program.code, Message(text, **values))
        text = "Cohort {cohort} was undone on {date} ({reason}); it is issued anew only if that is asked for"
        return _why("undone_before", self.program.code, Message(text, cohort=cohort, **values))

    def _holds(self, version: int, now: Status) -> Why:
        """There is one award of each version: an approver should know that it is a second certificate."""
        if now == "revoked":
            text = Message("The certificate of version {version} was revoked", version=version)
            return _why("revoked_other_version", self.program.code, text)
        text = Message("Holds the certificate of version {version} already", version=version)
        return _why("holds_other_version", self.program.code, text)

    def _lapsed(self, tx: Transaction, learner: str) -> Iterator[Why]:
        """Why it is not awarded anew. The decision stands as of the day of the award that was revoked: the program may
        have ended since, or a certificate be too old by now for a new award."""
        own = current(facts.read(tx, learner))
        revoked = revoked_facts(tx, own)
        made = decide(self.program, self.catalogue, own, learner=learner, on=self.now.date(), revoked=revoked)
        if not made.eligible:
            yield from (one for one in _missing(made) if one.code not in ADVICE)

    def _anew(self, tx: Transaction, before: StoredCredential) -> Why:
        last = status.history(tx, before.number)[-1]
        text = "Issued anew: the certificate was revoked on {date} ({reason})"
        return _why("issued_anew", self.program.code, Message(text, date=last.at.date(), reason=last.reason))


def may_certify(caller: Caller, catalogue: Catalogue, course: str) -> bool:
    """Whether he may have that course's certificates issued: nobody speaks for a partner but the operator."""
    return course not in catalogue.courses or caller.organization in (None, catalogue.courses[course].organization)


def _missing(made: Decision) -> Iterator[Why]:
    """Every reason of every requirement that is not met and has to be."""
    unmet: tuple[Requirement, ...] = tuple(one for one in made.requirements if one.needed and not one.met)
    for requirement in unmet:
        for reason in requirement.reasons:
            yield _why(reason.code, requirement.code, reason.message)
    if not unmet:  # the whole alone says why
        yield from _of_the_whole(made)


def _of_the_whole(made: Decision) -> Iterator[Why]:
    for note in made.notes:
        yield _why(note.code, "", note.message)


def _why(code: str, subject: str, text: Message) -> Why:
    return Why(code, subject, str(text))


def _with(row: Row, outcome: cohorts.Outcome, *why: Why, anew: int | None = None) -> Row:
    return Row(row.learner, row.name, outcome, row.decision, why, anew=anew)
