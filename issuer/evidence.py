"""What a certificate rests on, and whether that still counts: the record against what was signed.

`of_course` and `of_program` say `stands`, `replaced` or `lost` (`issuer.life`) and why, in a sentence that whoever
opens the certificate understands. They look at facts and decisions, and change nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from issuer.catalogue import Catalogue
from issuer.decisions import Decision, Requirement
from issuer.facts import Completion, Fact, current
from issuer.life import Evidence
from issuer.store import credentials, facts, status
from issuer.store.credentials import Kind, StoredCredential
from issuer.store.database import Transaction
from templates.messages import Message

Key = tuple[Kind, str]  # kind and subject key
MOST_CAUSES = 3  # a reason is a line or two: of more causes the first are named


@dataclass(frozen=True)
class Found:
    """`why`: None while it stands; `since`: of what is lost, when the newest thing was told that it is lost for."""

    evidence: Evidence
    why: Message | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Record:
    """All that is known about one learner. `held`: the facts that hold; `all_facts`: those before them too;
    `newest`: the latest edition of each certificate; `on`: today."""

    learner: str
    held: tuple[Fact, ...]
    all_facts: tuple[Fact, ...]
    newest: Mapping[Key, StoredCredential]
    on: date

    @property
    def courses(self) -> tuple[StoredCredential, ...]:
        return tuple(one for one in self.newest.values() if one.kind == "course")

    @property
    def programs(self) -> tuple[StoredCredential, ...]:
        return tuple(one for one in self.newest.values() if one.kind == "program")

    def completion(self, subject_key: str) -> Completion | None:
        """What holds now about the attempt that a Course Certificate is for."""
        for fact in self.held:
            if isinstance(fact, Completion) and credentials.course_key(fact.course, fact.session) == subject_key:
                return fact
        return None

    def told(self, subject_keys: Iterable[str], fees: Iterable[str] = ()) -> datetime | None:
        """When the newest fact about one of these attempts, or about an enrolment in one of these programs, was
        recorded. Of another attempt, or another program, it says nothing."""
        attempts, programs = frozenset(subject_keys), frozenset(fees)
        times = [
            one.recorded_at
            for one in self.all_facts
            if (
                credentials.course_key(one.course, one.session) in attempts
                if isinstance(one, Completion)
                else one.program in programs
            )
        ]
        return max(times, default=None)


def record(tx: Transaction, learner: str, *, on: date) -> Record:
    everything = facts.read(tx, learner)
    newest = {(one.kind, one.subject_key): one for one in credentials.newest_of(tx, learner)}
    return Record(learner, current(everything), everything, newest, on)


def of_course(tx: Transaction, catalogue: Catalogue, known: Record, stored: StoredCredential) -> Found:
    """Of a Course Certificate: the completion that holds now against the one that it was issued for."""
    now = known.completion(stored.subject_key)
    since = known.told([stored.subject_key])
    if (lost := no_longer_earned(now, known.on)) is not None or now is None:
        return Found("lost", lost, since)
    then = facts.find(tx, stored.fact or "")
    if not isinstance(then, Completion) or _stated(now) != _stated(then):
        title = _title(catalogue, stored.subject, now.language)
        return Found("replaced", Message("The record of {title} was corrected", title=title), since)
    return Found("stands", None, since)


def of_program(
    tx: Transaction, catalogue: Catalogue, known: Record, stored: StoredCredential, made: Decision
) -> Found | None:
    """Of a program certificate: the decision of today, and whether all that it binds stands. None where nothing is
    decided, because the version is not active."""
    if made.outcome == "not_active":
        return None
    bound = credentials.bound_by(tx, stored.number)
    fallen = {one.subject: _of_bound(tx, catalogue, known, one) for one in bound}
    gone = {course: why for course, why in fallen.items() if why is not None}
    if not made.eligible:
        return Found("lost", _lost(catalogue, made, gone), _lost_since(tx, catalogue, known, bound, made))
    if not gone:
        return Found("stands")
    titles = tuple(_title(catalogue, course, made.language) for course in gone)
    same = {(one.subject, one.subject_key) for one in bound} == set(_counted(tx, made))
    if same:
        return Found("replaced", Message("The record of {titles} was corrected", titles=titles))
    return Found("replaced", Message("Another certificate counts in place of that of {titles}", titles=titles))


def _lost_since(
    tx: Transaction, catalogue: Catalogue, known: Record, bound: Iterable[StoredCredential], made: Decision
) -> datetime | None:
    """When the newest thing was told or done for which what is unmet is unmet. What follows from the record by itself,
    such as the end of a Course Certificate's grace, is no newer loss than the fact that it follows from."""
    unmet = [one for one in made.requirements if one.needed and not one.met]
    counting = frozenset().union(*(catalogue.counting_as(one.code) for one in unmet if one.kind != "program_fee"))
    fees = [one.code for one in unmet if one.kind == "program_fee"]
    bound = tuple(bound)
    fallen = tuple(one for one in bound if one.subject in counting) or (() if fees else bound)
    times: list[datetime] = []
    counted = {one.subject_key for one in fallen}
    for one in fallen:
        newest = known.newest["course", one.subject_key].number
        for number in {one.number, newest}:
            change = status.last(tx, number)
            if change is not None and change.cause in ("hand", "cohort"):
                times.append(change.at)
                if change.status == "revoked" and number == newest:  # then it is lost whatever the record says
                    counted.discard(one.subject_key)
    told = known.told(counted, fees)
    return max([*times, *([told] if told else [])], default=None)


def no_longer_earned(now: Completion | None, on: date) -> Message | None:
    """Why the completion that holds earns no Course Certificate; None when it does."""
    if now is None:
        return Message("The completion was taken back")
    if now.outcome != "passed":
        return Message("By a later record the course is not passed")
    if not now.identity_verified:
        return Message("By a later record the learner's identity is not verified")
    if not now.fee_paid:
        return Message("By a later record the fee is not paid")
    if now.completed_on is not None and now.completed_on > on:
        return Message(
            "By a later record the course is completed on {date}, which is yet to come", date=now.completed_on
        )
    return None


def _of_bound(tx: Transaction, catalogue: Catalogue, known: Record, bound: StoredCredential) -> Message | None:
    """Why a Course Certificate that a program's binds is no evidence any more; None while it is."""
    title = _title(catalogue, bound.subject, None)
    if bound.status == "revoked":
        return Message("The certificate of {title} is revoked", title=title)
    if bound.status == "superseded":
        return Message("The certificate of {title} was replaced", title=title)
    found = of_course(tx, catalogue, known, bound)
    if found.evidence == "stands":
        return None
    return Message("{title}: {why}", title=title, why=found.why or "")


def _lost(catalogue: Catalogue, made: Decision, gone: Mapping[str, Message]) -> Message:
    """The first causes: of each requirement that is unmet, what became of the certificate that met it, else what the
    decision says."""
    causes: list[Message] = []
    for one in made.requirements:
        if one.needed and not one.met:
            counting = catalogue.counting_as(one.code) if one.kind != "program_fee" else frozenset()
            fallen = next((why for course, why in gone.items() if course in counting), None)
            causes.append(fallen or _unmet(catalogue, one, made.language))
    first, *others = causes[:MOST_CAUSES] or [Message("What it rests on no longer counts")]
    for other in others:
        first = Message("{first}; {other}", first=first, other=other)
    return first


def _unmet(catalogue: Catalogue, one: Requirement, language: str | None) -> Message:
    why = one.reasons[0].message if one.reasons else Message("What it rests on no longer counts")
    if one.kind == "program_fee":
        return why
    return Message("{title}: {why}", title=_title(catalogue, one.code, language), why=why)


def _stated(one: Completion) -> tuple[object, ...]:
    """What a Course Certificate says of a completion, but for the name, which only a correction changes."""
    return (one.language, one.grade, one.completed_on, one.narrative)


def _counted(tx: Transaction, made: Decision) -> Iterable[tuple[str, str]]:
    for one in made.parts:
        fact = facts.find(tx, one.fact or "")
        if isinstance(fact, Completion):
            yield fact.course, credentials.course_key(fact.course, fact.session)


def _title(catalogue: Catalogue, course: str, language: str | None) -> str:
    return catalogue.courses[course].title(language) if course in catalogue.courses else course
