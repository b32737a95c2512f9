"""Is it a complete Open Badges 3.0 or CLR 2.0 credential, in words that are known here?

Two things that exist and are none of these leave the answer open instead of accusing somebody: a credential about
something else, and one of which its holder discloses too little.
"""

from collections.abc import Mapping

from templates.messages import Message
from vc.context_rules import check_contexts
from vc.errors import NotSupported, ShapeError
from vc.kinds import Kind, check_structure
from vc.values import many
from verifier.case import Case
from verifier.report import Check, Outcome

_COMPLETE: Mapping[Kind, Message] = {
    "achievement": Message("It is a complete Open Badges 3.0 credential."),
    "endorsement": Message("It is a complete Open Badges 3.0 endorsement."),
    "clr": Message("It is a complete CLR 2.0 record."),
}


def check(case: Case) -> Check:
    if "vct" in case.document and "@context" not in case.document:
        raise NotSupported("It is a signed token about something else ({type}).", type=str(case.document["vct"])[:80])
    check_contexts(case.document.get("@context"), case.rule)
    try:
        kind = check_structure(case.document)
    except ShapeError as error:
        if not _discloses_selectively(case):
            raise
        raise NotSupported(
            "Too little of it is disclosed to be an Open Badge: {reason} Ask the learner to disclose more.",
            reason=str(error),
        ) from error
    if kind not in _COMPLETE:
        raise NotSupported("It is a verifiable credential, but neither an Open Badge nor a learner's record (CLR).")
    return Check("structure", Outcome.PASSED, _COMPLETE[kind])


def _discloses_selectively(case: Case) -> bool:
    suites = [one.get("cryptosuite") for one in many(case.document.get("proof")) if isinstance(one, dict)]
    return case.secured.format == "sd_jwt" or "ecdsa-sd-2023" in suites
