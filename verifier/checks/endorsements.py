"""Who else speaks for it, and do they really? (Open Badges 3.0, EndorsementCredential)

An endorsement is a credential of its own, by somebody else, inside the credential, its achievement or its issuer's
profile. Each is verified as such. A bad one never colours the host, whose issuer did not write it, and is never shown
as good.
"""

from collections.abc import Iterator
from typing import Any

from templates.messages import Message
from vc import formats
from vc.errors import VcError
from vc.openbadges import many
from vc.securing import issuer_of
from verifier.case import Case
from verifier.report import Check, Endorsement, Outcome
from verifier.trust import domain_of

MAX_ENDORSEMENTS = 20  # a badge of a consortium has five; each costs a verification

_ELSEWHERE = Message("It endorses something else.")


def check(case: Case) -> Check:
    found = list(_endorsements(case.signed))
    if not found:
        return Check("endorsements", Outcome.SKIPPED, Message("Nobody else endorses it."))
    case.endorsements = tuple(_judged(case, *one) for one in found[:MAX_ENDORSEMENTS])
    good = [one.by for one in case.endorsements if one.outcome is Outcome.PASSED]
    if len(good) == len(found):
        return Check("endorsements", Outcome.PASSED, Message("Endorsed by {names}.", names=tuple(good)))
    detail = Message("Endorsements: {count}; shown to be genuine: {good}.", count=len(found), good=len(good))
    return Check("endorsements", Outcome.PASSED if good else Outcome.SKIPPED, detail)


def _endorsements(signed: dict[str, Any]) -> Iterator[tuple[str, Any, str | dict[str, Any]]]:
    """(what it is about, the id of that, the endorsement: an object or a JWT)."""
    subject = many(signed["credentialSubject"])[0]
    for of, node in (("credential", signed), ("achievement", subject.get("achievement")), ("issuer", signed["issuer"])):
        if isinstance(node, dict):
            for member in ("endorsement", "endorsementJwt"):
                yield from ((of, node.get("id"), one) for one in many(node.get(member)))


def _judged(case: Case, of: str, endorsed: Any, endorsement: str | dict[str, Any]) -> Endorsement:
    try:
        inner = case.inside(formats.unwrap(endorsement))
        bad = next((one for one in case.judge(inner) if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN)), None)
    except VcError as error:
        return Endorsement(of, "", None, None, Outcome.FAILED, Message(error.message, **error.params))
    if inner.verified is None:
        return Endorsement(of, "", None, None, Outcome.FAILED, bad.detail if bad else Message("It is not signed."))
    issuer = issuer_of(inner.signed)
    subject = many(inner.signed["credentialSubject"])[0]
    outcome, detail = Outcome.PASSED, inner.assessment.reason
    if bad is not None:
        outcome, detail = bad.outcome, bad.detail
    elif subject.get("id") != endorsed or endorsed is None:
        outcome, detail = Outcome.FAILED, _ELSEWHERE
    return Endorsement(
        of=of,
        by=inner.issuer_name,
        domain=domain_of(issuer),
        comment=subject.get("endorsementComment"),
        outcome=outcome,
        detail=detail,
    )
