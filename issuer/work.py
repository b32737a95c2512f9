"""One certificate to be made: everything that step (3) of `issuer.issuance` needs, read from the store beforehand."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from issuer import drafting
from issuer.catalogue import Catalogue, Program
from issuer.config import Config
from issuer.deciding import revoked_facts
from issuer.decisions import Decision
from issuer.drafting import Part, Slot
from issuer.eligibility import decide
from issuer.errors import NotNow
from issuer.facts import Completion, Fact, current
from issuer.store import catalogues, credentials, facts
from issuer.store.credentials import Kind, StoredCredential
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from vc import strict_json
from vc.openbadges import Recipient, recipient_name

_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Work:
    """`draft(slot, at)` gives the unsecured credential. `decision`: what a program certificate rests on; with `award`
    None the award is to be made of it, together with the intent. `hourly`: it counts against `issuer.hourly_limit` and
    may not go beyond it; `recorded` is told of the intent in the transaction that records it. The other members are as
    in `issuer.store.credentials.Intent`."""

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
    recorded: Callable[[Transaction, StoredCredential], None] | None = None


def course_work(tx: Transaction, config: Config, catalogue: Catalogue, completion: Completion) -> Work:
    """The first Course Certificate for a completion."""
    course = catalogue.courses[completion.course]
    return course_edition(config, catalogue, completion, version=course.version, name=completion.name, tx=tx)


def program_work(
    tx: Transaction, config: Config, catalogue: Catalogue, stored: StoredDecision, *, now: datetime
) -> Work:
    """The first certificate for a positive decision. Raises `NotNow` when the decision does not hold today, or when a
    Course Certificate that it counts on is missing or not valid."""
    require_still_true(tx, catalogue, stored.decision, now)
    parts = parts_of(tx, stored.decision)
    for part, credential in parts:
        if credential.status != "valid":
            raise not_valid(part, credential)
    return program_edition(config, catalogue, stored, parts, name=None, tx=tx, hourly=True)


def missing(tx: Transaction, made: Decision) -> tuple[Completion, ...]:
    """The completions that the decision counts on and that have no Course Certificate at all yet."""
    counted = [facts.find(tx, one.fact or "") for one in made.parts]
    return tuple(one for one in counted if isinstance(one, Completion) and certificate_of(tx, one) is None)


def decided_now(tx: Transaction, catalogue: Catalogue, program: Program, learner: str, *, now: datetime) -> Decision:
    """As for a new award, whatever the learner holds already."""
    own = current(facts.read(tx, learner))
    return decide(program, catalogue, own, learner=learner, on=now.date(), revoked=revoked_facts(tx, own))


def not_valid(part: Part, credential: StoredCredential) -> NotNow:
    return NotNow("The certificate of {title} is {status}.", title=part.course.title(), status=credential.status)


def learner_name(stored: StoredCredential) -> str:
    """The name as the certificate bears it."""
    return recipient_name(strict_json.parse_object(stored.unsecured)["credentialSubject"])


def _corrections(tx: Transaction, certificates: Iterable[StoredCredential]) -> dict[str, str]:
    """The names that somebody corrected on these certificates, each with what it is to be. A source that does not know
    of it goes on giving the wrong one, and the certificate of another course may bear it."""
    made: list[tuple[int, str, str]] = []
    for one in certificates:
        while one.supersedes is not None:
            before = credentials.get(tx, one.supersedes)
            if learner_name(before) != learner_name(one):
                made.append((one.number, learner_name(before), learner_name(one)))
            one = before
    right: dict[str, str] = {}
    for _, wrong, name in sorted(made):
        right = {known: name if then == wrong else then for known, then in right.items()} | {wrong: name}
        right.pop(name, None)
    return right


def course_edition(
    config: Config,
    catalogue: Catalogue,
    completion: Completion,
    *,
    tx: Transaction,
    version: int,
    name: str,
    awarded: datetime | None = None,
    **edition: Any,
) -> Work:
    course = catalogues.course(tx, completion.course, version)
    recipient = _recipient(name, completion)

    def draft(slot: Slot, at: datetime) -> dict[str, Any]:
        # It was awarded when all three were known: passed, identity verified, paid.
        return drafting.course_certificate(
            config,
            catalogue,
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
    config: Config,
    catalogue: Catalogue,
    stored: StoredDecision,
    parts: list[tuple[Part, StoredCredential]],
    *,
    tx: Transaction,
    name: str | None,
    award: int | None = None,
    awarded: datetime | None = None,
    **edition: Any,
) -> Work:
    made = stored.decision
    program = catalogue.programs[(made.program, made.version)]
    # It bears the name that its Course Certificates bear: a corrected name is not undone by it. Where the program's own
    # organization has some, theirs: a partner may know somebody else by that id.
    bound = [credential for _, credential in parts]
    own = [one for one in bound if one.organization == program.organization]
    newest = max(own or bound, key=lambda one: one.number)
    borne = learner_name(newest)
    right = _corrections(tx, bound) if name is None else {borne: name}
    recipient = _recipient(right.get(borne, borne), _completion(tx, newest))

    def draft(slot: Slot, at: datetime) -> dict[str, Any]:
        return drafting.program_certificate(
            config,
            catalogue,
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


def parts_of(tx: Transaction, made: Decision) -> list[tuple[Part, StoredCredential]]:
    """The Course Certificates that the decision counts on, in the program's order. Raises `NotNow`."""
    found: list[tuple[Part, StoredCredential]] = []
    for requirement in made.parts:
        counted = facts.find(tx, requirement.fact or "")
        if not isinstance(counted, Completion):
            raise LookupError(requirement.fact)
        credential = certificate_of(tx, counted)
        if credential is None or credential.secured is None:
            raise NotNow("There is no Course Certificate for {code} yet.", code=counted.course)
        certified = _completion(tx, credential)
        if certified.language != counted.language:
            raise NotNow(
                "The Course Certificate {id} is in another language than its completion is now.",
                hint="Run: issuer reconcile",
                id=credential.share_id,
            )
        course = catalogues.course(tx, credential.subject, credential.version)
        kind: Literal["course", "capstone"] = "capstone" if requirement.kind == "capstone" else "course"
        part = Part(requirement.code, kind, certified, course, credential.share_id, credential.secured)
        found.append((part, credential))
    return found


def certificate_of(tx: Transaction, completion: Completion) -> StoredCredential | None:
    """The newest edition of the Course Certificate for that attempt, released or not."""
    key = credentials.course_key(completion.course, completion.session)
    return credentials.newest(tx, "course", completion.learner, key)


def _completion(tx: Transaction, credential: StoredCredential) -> Completion:
    """What a Course Certificate was issued for."""
    fact: Fact = facts.find(tx, credential.fact or "")
    if not isinstance(fact, Completion):
        raise LookupError(credential.fact)
    return fact


def require_still_true(tx: Transaction, catalogue: Catalogue, made: Decision, now: datetime) -> None:
    """Facts may have come in since it was decided, or the program may have ended: then it raises `NotNow`."""
    program = catalogue.programs[(made.program, made.version)]
    again = decided_now(tx, catalogue, program, made.learner, now=now)
    same = (again.outcome, again.language) == (made.outcome, made.language)
    if not same or (again.evidence != made.evidence and _stated(tx, again) != _stated(tx, made)):
        raise NotNow("The decision no longer holds as it was made. Run: issuer decide")


def _stated(tx: Transaction, made: Decision) -> list[Fact]:
    """What its evidence says. The same may have been told again, by another source or as of another moment."""
    evidence = (facts.find(tx, one) for one in made.evidence)
    return [replace(one, source="", recorded_at=_ANY_TIME, as_of=None) for one in evidence]


def _recipient(name: str, completion: Completion) -> Recipient:
    """The e-mail address leaves only as a hash, with a salt of its own in each certificate."""
    email = completion.email.strip() or None
    return Recipient(name=name, email=email, salt=None if email is None else secrets.token_hex(16))
