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
from vc.kinds import kind_of
from vc.openbadges import many
from vc.securing import issuer_of
from verifier.case import Case
from verifier.lookalikes.domains import shown
from verifier.refusal import message_of
from verifier.report import Check, Endorsement, Outcome
from verifier.trust import domain_of

MAX_ENDORSEMENTS = 20  # a badge of a consortium has five; each costs a verification

_ELSEWHERE = Message("It endorses something else.")
# A badge that was awarded to the issuer is genuine, and about the issuer; nobody said there that it endorses anybody.
_NO_ENDORSEMENT = Message("It is a credential of another kind, and endorses nothing.")
# Under whatever name: it is the same key's owner who speaks.
_BY_ITSELF = Message("It is by the certificate's own issuer, so nobody else speaks for it here.")


def check(case: Case) -> Check:
    found = list(_endorsements(case))
    if not found:
        return Check("endorsements", Outcome.SKIPPED, Message("Nobody else endorses it."))
    case.endorsements = tuple(_judged(case, *one) for one in found[:MAX_ENDORSEMENTS])
    good = [_named(one) for one in case.endorsements if one.outcome is Outcome.PASSED]
    if len(good) == len(found):
        return Check("endorsements", Outcome.PASSED, Message("Endorsed by {names}.", names=tuple(good)))
    detail = Message("Endorsements: {count}; shown to be genuine: {good}.", count=len(found), good=len(good))
    return Check("endorsements", Outcome.PASSED if good else Outcome.SKIPPED, detail)


def _named(one: Endorsement) -> str:
    """The name is a claim, the domain a fact."""
    return one.by if one.domain is None else f"{one.by} ({shown(one.domain)})"


def _endorsements(case: Case) -> Iterator[tuple[str, Any, str | dict[str, Any]]]:
    """(what it is about, the id of that, the endorsement: an object or a JWT)."""
    signed = case.signed
    nodes = (("credential", signed), ("achievement", case.subject.get("achievement")), ("issuer", signed["issuer"]))
    for of, node in nodes:
        if isinstance(node, dict):
            for member in ("endorsement", "endorsementJwt"):
                yield from ((of, node.get("id"), one) for one in many(node.get(member)))


def _judged(case: Case, of: str, endorsed: Any, endorsement: str | dict[str, Any]) -> Endorsement:
    try:
        inner = case.inside(formats.unwrap(endorsement))
        bad = next((one for one in case.judge(inner) if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN)), None)
    except VcError as error:
        return Endorsement(of, "", None, None, Outcome.FAILED, message_of(error))
    if inner.verified is None:
        return Endorsement(of, "", None, None, Outcome.FAILED, bad.detail if bad else Message("It is not signed."))
    issuer = issuer_of(inner.signed)
    outcome, detail = Outcome.PASSED, inner.assessment.reason
    if bad is not None:
        outcome, detail = bad.outcome, bad.detail
    elif issuer == issuer_of(case.signed):
        outcome, detail = Outcome.SKIPPED, _BY_ITSELF
    elif kind_of(inner.signed) != "endorsement":
        outcome, detail = Outcome.FAILED, _NO_ENDORSEMENT
    elif inner.subject.get("id") != endorsed or endorsed is None:
        outcome, detail = Outcome.FAILED, _ELSEWHERE
    return Endorsement(
        of=of,
        by=inner.issuer_name,
        domain=domain_of(issuer),
        comment=inner.subject.get("endorsementComment"),
        outcome=outcome,
        detail=detail,
    )
