"""A learner's record (CLR 2.0): whole credentials inside a credential, each judged by itself.

Who publishes the record vouches for having put it together; what each credential in it is worth, its own issuer says.
So each has an outcome of its own. One that was revoked or has expired is shown as such and does not colour the record,
but one that is forged, or about somebody else, does: a record must not lend its signature to it.
"""

from dataclasses import replace
from typing import Any

from templates.messages import Message
from vc import formats
from vc.dates import parse_datetime
from vc.errors import Unavailable, VcError
from vc.kinds import kind_of
from vc.openbadges import many
from vc.securing import issuer_of
from verifier import trust
from verifier.case import Case
from verifier.refusal import message_of, outcome_of
from verifier.report import Check, Outcome, Part

MAX_CONTAINED = 50  # a degree's record has thirty courses; each costs a verification

FORGED = "https://testamur.example/problems#CONTAINED_CREDENTIAL_FORGED"


def is_record(document: dict[str, Any]) -> bool:
    return "ClrCredential" in many(document.get("type"))


def check(case: Case) -> Check:
    """The check `courses` of a record. Sets `case.parts`."""
    subject = case.subject
    contained = many(subject.get("verifiableCredential"))
    if len(contained) > MAX_CONTAINED:
        raise Unavailable(
            "The record holds {count} credentials; at most {limit} are looked at.",
            count=len(contained),
            limit=MAX_CONTAINED,
        )
    judged = [_judged(case, one, subject.get("id")) for one in contained]
    case.parts = tuple(part for part, _ in judged)
    forged = [part for part, own in judged if not own and part.outcome is Outcome.FAILED]
    if forged:
        detail = Message("A credential in it is not genuine: {reason}", reason=forged[0].detail)
        return Check("courses", Outcome.FAILED, detail, FORGED)
    if any(not own for _, own in judged):
        return Check("courses", Outcome.UNKNOWN, Message("Not every credential in it could be checked."))
    if not judged:
        return Check("courses", Outcome.SKIPPED, Message("The record holds no signed credentials."))
    good = sum(part.outcome is Outcome.PASSED for part in case.parts)
    return Check(
        "courses",
        Outcome.PASSED,
        Message("Certificates in it: {count}; in order: {good}.", count=len(judged), good=good),
    )


def _judged(case: Case, credential: Any, learner: Any) -> tuple[Part, bool]:
    """The part, and whether its own issuer signed it, for the learner of the record."""
    try:
        secured = formats.unwrap(credential)
    except VcError as error:
        return Part("", "credential", None, outcome_of(error), message_of(error)), False
    inner = case.inside(secured)
    checks = case.judge(inner)
    bad = next((one for one in checks if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN)), None)
    if inner.verified is None:
        outcome, detail = (Outcome.FAILED, Message("It is not signed.")) if bad is None else (bad.outcome, bad.detail)
        return Part(_name(secured.document), "credential", None, outcome, detail), False
    signed, subject = inner.signed, inner.subject
    part = Part(
        name=_name(signed),
        kind="course",
        credential=signed.get("id"),
        outcome=Outcome.PASSED if bad is None else bad.outcome,
        detail=_signer(signed) if bad is None else bad.detail,
        awarded=_awarded(signed, subject),
    )
    if kind_of(signed) == "endorsement":
        return replace(part, kind="credential"), True  # it is awarded to nobody: its subject is what it endorses
    if learner is not None and subject.get("id") not in (None, learner):
        other = Message("It was awarded to somebody else.")
        return Part(part.name, part.kind, part.credential, Outcome.FAILED, other, part.awarded), False
    return part, True


def _signer(signed: dict[str, Any]) -> Message:
    issuer = issuer_of(signed)
    return Message("Signed by its own issuer, {issuer}, and in order.", issuer=trust.domain_of(issuer) or issuer)


def _name(document: dict[str, Any]) -> str:
    subject = many(document.get("credentialSubject"))[:1]
    achievement = subject[0].get("achievement") if subject and isinstance(subject[0], dict) else None
    name = achievement.get("name") if isinstance(achievement, dict) else document.get("name")
    return name if isinstance(name, str) else ""


def _awarded(signed: dict[str, Any], subject: dict[str, Any]) -> Any:
    moment = subject.get("activityEndDate") or signed.get("awardedDate")
    return None if moment is None else parse_datetime(moment)
