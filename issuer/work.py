"""One certificate to be made: everything that step (3) of `issuer.issuance` needs, read from the store beforehand."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from issuer import drafting
from issuer.decisions import Decision
from issuer.drafting import Part, Slot
from issuer.encoding import from_bytes
from issuer.errors import NotNow
from issuer.facts import Completion, Fact
from issuer.inputs import ENGINE
from issuer.known import Known
from issuer.store import credentials
from issuer.store.credentials import Kind, StoredCredential
from issuer.store.decisions import StoredDecision
from vc.openbadges import Recipient, recipient_name

_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Work:
    """`draft(slot, at)` gives the unsecured credential. `decision`: what a program certificate rests on; with `award`
    None the award is to be made of it, together with the intent. `hourly`: it counts against `issuer.hourly_limit` and
    may not go beyond it. The other members are as in `issuer.store.credentials.Intent`."""

    kind: Kind
    organization: str
    learner: str
    subject: str
    version: int
    subject_key: str
    draft: Callable[[Slot, datetime], dict[str, Any]]
    edition: int = 1
    fact: str | None = None
    award: int | None = None
    decision: StoredDecision | None = None
    supersedes: int | None = None
    reason: str | None = None
    binds: tuple[int, ...] = ()
    hourly: bool = False


def course_work(known: Known, completion: Completion) -> Work:
    """The first Course Certificate for a completion. Raises `NotNow`."""
    course = known.workshop.catalogue.courses.get(completion.course)
    if course is None:
        raise NotNow(
            "The catalogue does not describe the course {code}. Import its description.", code=completion.course
        )
    return course_edition(known, completion, version=course.version, name=completion.name)


def require_current(known: Known, completion: Completion) -> None:
    """Something else may have been told of the attempt since it was looked at: then it raises `NotNow`."""
    if not any(one.id == completion.id for one in known.held(completion.learner)):
        raise NotNow("Something else is recorded of {code} by now. Run it again", code=completion.course)


def program_work(known: Known, stored: StoredDecision, *, now: datetime) -> Work:
    """The first certificate for a positive decision. Raises `NotNow` when the decision does not hold today, or when a
    Course Certificate that it counts on is missing or not valid."""
    require_still_true(known, stored, now)
    parts = parts_of(known, stored.decision)
    for part, credential in parts:
        if credential.status != "valid":
            raise not_valid(part, credential)
    return program_edition(known, stored, parts, name=None, hourly=True)


def missing(known: Known, made: Decision) -> tuple[Completion, ...]:
    """The completions that the decision counts on and that have no Course Certificate at all yet."""
    counted = [known.completion(one.fact) for one in made.parts]
    return tuple(one for one in counted if known.certificate_of(one) is None)


def not_valid(part: Part, credential: StoredCredential) -> NotNow:
    return NotNow("The certificate of {title} is {status}.", title=part.course.title(), status=credential.status)


def learner_name(stored: StoredCredential) -> str:
    """The name as the certificate bears it."""
    return recipient_name(from_bytes(stored.unsecured)["credentialSubject"])


def _corrections(known: Known, certificates: Iterable[StoredCredential]) -> dict[str, str]:
    """The names that somebody corrected on these certificates, each with what it is to be. A source that does not know
    of it goes on giving the wrong one, and the certificate of another course may bear it."""
    made: list[tuple[int, str, str]] = []
    for one in certificates:
        while one.supersedes is not None:
            before = credentials.get(known.tx, one.supersedes)
            if learner_name(before) != learner_name(one):
                made.append((one.number, learner_name(before), learner_name(one)))
            one = before
    right: dict[str, str] = {}
    for _, wrong, name in sorted(made):
        right = {known: name if then == wrong else then for known, then in right.items()} | {wrong: name}
        right.pop(name, None)
    return right


def course_edition(
    known: Known,
    completion: Completion,
    *,
    version: int,
    name: str,
    awarded: datetime | None = None,
    **edition: Any,
) -> Work:
    course = known.course(completion.course, version)
    recipient = _recipient(name, completion)

    def draft(slot: Slot, at: datetime) -> dict[str, Any]:
        # It was awarded when all three were known: passed, identity verified, paid.
        return drafting.course_certificate(
            known.workshop,
            course,
            completion,
            slot=slot,
            recipient=recipient,
            awarded=awarded or completion.recorded_at,
            at=at,
        )

    return Work(
        kind="course",
        organization=course.organization,
        learner=completion.learner,
        subject=completion.course,
        version=version,
        subject_key=credentials.course_key(completion.course, completion.session),
        fact=completion.id,
        draft=draft,
        **edition,
    )


def program_edition(
    known: Known,
    stored: StoredDecision,
    parts: list[tuple[Part, StoredCredential]],
    *,
    name: str | None,
    award: int | None = None,
    awarded: datetime | None = None,
    **edition: Any,
) -> Work:
    made = stored.decision
    program = known.workshop.catalogue.programs[(made.program, made.version)]
    # It bears the name that its Course Certificates bear: a corrected name is not undone by it. Where the program's own
    # organization has some, theirs: a partner may know somebody else by that id.
    bound = [credential for _, credential in parts]
    own = [one for one in bound if one.organization == program.organization]
    newest = max(own or bound, key=lambda one: one.number)
    borne = learner_name(newest)
    right = _corrections(known, bound) if name is None else {borne: name}
    recipient = _recipient(right.get(borne, borne), known.completion(newest.fact))

    def draft(slot: Slot, at: datetime) -> dict[str, Any]:
        return drafting.program_certificate(
            known.workshop,
            program,
            tuple(part for part, _ in parts),
            language=made.language,
            slot=slot,
            recipient=recipient,
            awarded=awarded or stored.decided_at,
            at=at,
        )

    return Work(
        kind="program",
        organization=program.organization,
        learner=made.learner,
        subject=made.program,
        version=made.version,
        subject_key=credentials.program_key(made.program, made.version),
        draft=draft,
        award=award,
        decision=stored,
        binds=tuple(credential.number for _, credential in parts),
        **edition,
    )


def parts_of(known: Known, made: Decision) -> list[tuple[Part, StoredCredential]]:
    """The Course Certificates that the decision counts on, in the program's order. Raises `NotNow`."""
    found: list[tuple[Part, StoredCredential]] = []
    for requirement in made.parts:
        counted = known.completion(requirement.fact)
        credential = known.certificate_of(counted)
        if credential is None or credential.secured is None:
            raise NotNow("There is no Course Certificate for {code} yet.", code=counted.course)
        certified = known.completion(credential.fact)
        if certified.language != counted.language:
            raise NotNow(
                "The Course Certificate {id} is in another language than its completion is now.",
                hint="Run: issuer reconcile",
                id=credential.share_id,
            )
        course = known.course(credential.subject, credential.version)
        kind: Literal["course", "capstone"] = "capstone" if requirement.kind == "capstone" else "course"
        part = Part(requirement.code, kind, certified, course, credential.share_id, credential.secured)
        found.append((part, credential))
    return found


def require_still_true(known: Known, stored: StoredDecision, now: datetime) -> None:
    """Facts may have come in since it was decided, or the program may have ended: then it raises `NotNow`."""
    made = stored.decision
    if _of_the_same(known, stored, now):
        return
    engine, learner = known.workshop.version((made.program, made.version)).engine, made.learner
    again = engine.decide(known.held(learner), learner=learner, on=now.date(), revoked=known.revoked(learner))
    same = (again.outcome, again.language) == (made.outcome, made.language)
    if not same or (again.evidence != made.evidence and _stated(known, again) != _stated(known, made)):
        raise NotNow("The decision no longer holds as it was made. Run: issuer decide")


def _of_the_same(known: Known, stored: StoredDecision, now: datetime) -> bool:
    """Whether all that it was made of is what it would be made of now. Then it need not be made again: the engine is
    pure, and until `holds_until` the day changes nothing."""
    made, inputs, today = stored.decision, stored.inputs, now.date()
    if inputs is None or (inputs.engine, inputs.revision, inputs.awarded_on) != (ENGINE, known.workshop.revision, None):
        return False
    if not made.on <= today or (made.holds_until is not None and made.holds_until < today):
        return False
    about = known.workshop.version((made.program, made.version)).about
    held = tuple(one.id for one in known.held(made.learner) if about.has(one))
    return held == inputs.facts and tuple(sorted(known.revoked(made.learner).intersection(held))) == inputs.revoked


def _stated(known: Known, made: Decision) -> list[Fact]:
    """What its evidence says. The same may have been told again, by another source or as of another moment."""
    evidence = (known.fact(one) for one in made.evidence)
    return [replace(one, source="", recorded_at=_ANY_TIME, as_of=None) for one in evidence]


def _recipient(name: str, completion: Completion) -> Recipient:
    """The e-mail address leaves only as a hash, with a salt of its own in each certificate."""
    email = completion.email.strip() or None
    return Recipient(name=name, email=email, salt=None if email is None else secrets.token_hex(16))
