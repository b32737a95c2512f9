"""What follows on a certificate: its next edition, corrected, renewed over other evidence, or earned anew.

    work = corrected(tx, config, stored, name="Zoë Ünlü-Beispiel", reason="a name was missing", now=now)

An edition rests on the same award. The one before it is superseded when the new one is released, unless it was revoked:
that stays, and leads to the new one (docs/after-the-award.md).
"""

from datetime import datetime
from typing import Any

from issuer.catalogue import Catalogue, Program
from issuer.config import Config
from issuer.errors import NotNow, TransitionRefused
from issuer.evidence import no_longer_earned, record
from issuer.facts import Completion, name_problem
from issuer.known import Known
from issuer.limits import Limits
from issuer.store import credentials, decisions, status
from issuer.store.credentials import StoredCredential
from issuer.store.database import Transaction
from issuer.store.decisions import StoredDecision
from issuer.work import (
    Work,
    course_edition,
    learner_name,
    not_valid,
    parts_of,
    program_edition,
    require_still_true,
)
from vc import strict_json
from vc.dates import parse_datetime


def check_name(name: str, limits: Limits) -> None:
    """Raises `TransitionRefused` for what cannot stand on a certificate as a person's name."""
    if problem := name_problem(name):
        raise TransitionRefused("{problem}.", problem=problem)
    limit = limits.name_length.value
    if len(name) > limit:
        raise TransitionRefused("The name has {count} characters; at most {limit}.", count=len(name), limit=limit)


def corrected(
    tx: Transaction, config: Config, stored: StoredCredential, *, name: str | None, reason: str, now: datetime
) -> Work:
    """The next edition of a certificate, with the name as it should be, or, `name` None, with the title as the newest
    version of the course or program has it. Raises `TransitionRefused` when it says that already, `NotNow` when the
    newer version is not what was earned."""
    known = Known.of(tx, config)
    catalogue = known.workshop.catalogue
    if name is not None:
        if learner_name(stored) == name:
            raise TransitionRefused("{id} bears that very name already.", id=stored.share_id)
        return _again(known, stored, name=name, reason=reason)
    if stored.kind == "course":
        newest = catalogue.courses[stored.subject].version if stored.subject in catalogue.courses else stored.version
        _require_newer(stored, newest)
        return _again(known, stored, name=learner_name(stored), reason=reason, version=newest)
    program = _newest_program(catalogue, stored, now)
    _require_newer(stored, program.version)
    return _retitled(known, program, stored, reason=reason, now=now)


def refreshed(tx: Transaction, config: Config, stored: StoredCredential) -> Work:
    """The next edition of a program certificate that binds a Course Certificate which was superseded: it takes the
    reason, and the name if that was corrected."""
    reason = next(
        past.reason
        for bound in credentials.bound_by(tx, stored.number)
        if (past := status.last(tx, bound.number)) is not None and past.status == "superseded"
    )
    return _again(Known.of(tx, config), stored, name=_name_now(tx, stored), reason=reason)


def course_renewed(
    tx: Transaction, config: Config, stored: StoredCredential, completion: Completion, *, reason: str
) -> Work:
    """The next edition of a Course Certificate, of what the record says now. Of one that was revoked it is a new award,
    of any other the same."""
    return course_edition(
        Known.of(tx, config),
        completion,
        version=stored.version,
        name=learner_name(stored),
        awarded=None if stored.status == "revoked" else _awarded(stored),
        reason=reason,
        **_next_edition(stored),
    )


def program_renewed(known: Known, stored: StoredCredential, decision: StoredDecision, *, reason: str) -> Work:
    """The next edition of a program certificate, on a newer decision. It may go on binding a certificate that is
    suspended, but binds none that is revoked. Raises `NotNow`."""
    parts = parts_of(known, decision.decision)
    bound = {one.number for one in credentials.bound_by(known.tx, stored.number)}
    for part, credential in parts:
        if credential.status != "valid" and not (credential.status == "suspended" and credential.number in bound):
            raise not_valid(part, credential)
    return program_edition(
        known,
        decision,
        parts,
        name=_name_now(known.tx, stored),
        award=stored.award,
        awarded=None if stored.status == "revoked" else _awarded(stored),
        reason=reason,
        **_next_edition(stored),
    )


def course_reissued(tx: Transaction, config: Config, stored: StoredCredential, *, reason: str, now: datetime) -> Work:
    """The edition that follows on a Course Certificate that was revoked, where it is earned now. Raises `NotNow`."""
    completion = record(tx, stored.learner, on=now.date()).completion(stored.subject_key)
    why = no_longer_earned(completion, now.date())
    if completion is None or why is not None:
        raise NotNow("It is not earned: {why}.", why=why or "")
    return course_renewed(tx, config, stored, completion, reason=reason)


def _again(
    known: Known,
    stored: StoredCredential,
    *,
    name: str | None,
    reason: str,
    version: int | None = None,
) -> Work:
    """The same certificate anew, on the same fact or decision."""
    edition = _next_edition(stored) | {"reason": reason, "awarded": _awarded(stored)}
    if stored.fact is not None:
        fact = known.completion(stored.fact)
        return course_edition(known, fact, version=version or stored.version, name=name or fact.name, **edition)
    decision = _decision_of(known.tx, stored)
    parts = parts_of(known, decision.decision)
    return program_edition(known, decision, parts, name=name, award=stored.award, **edition)


def _retitled(
    known: Known,
    program: Program,
    stored: StoredCredential,
    *,
    reason: str,
    now: datetime,
) -> Work:
    """The certificate under a newer version of its program that asks for the same: the award moves to that version, so
    that nobody is awarded both."""
    before = known.workshop.catalogue.programs[(stored.subject, stored.version)]
    if (program.rule, program.constraints) != (before.rule, before.constraints):
        raise NotNow(
            "Version {new} of {code} asks for something else than version {old}: it is another award.",
            code=program.code,
            old=before.version,
            new=program.version,
        )
    decided = decisions.newest(known.tx, stored.learner, program.code, program.version)
    if decided is None or not decided.decision.eligible:
        raise NotNow(
            "By version {new} of {code} {learner} is not decided to be eligible.",
            hint="Run: issuer decide",
            code=program.code,
            new=program.version,
            learner=stored.learner,
        )
    require_still_true(known, decided, now)
    return program_edition(
        known,
        decided,
        parts_of(known, decided.decision),
        name=learner_name(stored),
        awarded=_awarded(stored),
        reason=reason,
        supersedes=stored.number,
    )


def _newest_program(catalogue: Catalogue, stored: StoredCredential, now: datetime) -> Program:
    try:
        return catalogue.latest(stored.subject, now.date())
    except LookupError:
        return catalogue.programs[(stored.subject, stored.version)]


def _require_newer(stored: StoredCredential, version: int) -> None:
    if version <= stored.version:
        raise TransitionRefused(
            "{id} is of the newest version of {code} already: there is no other title.",
            hint="Import the catalogue with the corrected title as a new version, or give --name.",
            id=stored.share_id,
            code=stored.subject,
        )


def _next_edition(stored: StoredCredential) -> dict[str, Any]:
    return {"edition": stored.edition + 1, "supersedes": stored.number}


def _decision_of(tx: Transaction, stored: StoredCredential) -> StoredDecision:
    """What a program certificate rests on."""
    if stored.decision is not None:
        return decisions.find(tx, stored.decision)
    return decisions.find(tx, decisions.find_award(tx, stored.award or 0).decision)


def _name_now(tx: Transaction, stored: StoredCredential) -> str:
    """Of a program certificate: the name that it bears, unless somebody has since corrected that of a Course
    Certificate which it binds; of several corrections the last. What is merely newer corrects nothing."""
    corrected = [
        newest
        for bound in credentials.bound_by(tx, stored.number)
        if (newest := credentials.newest(tx, "course", bound.learner, bound.subject_key)) is not None
        if learner_name(newest) != learner_name(bound)
    ]
    return learner_name(max(corrected, key=lambda one: one.number, default=stored))


def _awarded(stored: StoredCredential) -> datetime:
    """A correction or renewal is no new award: its day stays."""
    return parse_datetime(strict_json.parse_object(stored.unsecured)["awardedDate"])
