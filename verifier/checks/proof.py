"""Is every word of it signed by the issuer's own key?

The bytes behind a context URL have changed in place, so a credential may verify only under an earlier content. The
current content is tried first, then the older ones; the check says which one it was.
"""

from templates.messages import Message
from vc import formats
from vc.errors import ProofMissing
from vc.formats import sd_jwt
from vc.jsonld import Contents
from vc.securing import Expected
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    asked = case.asked
    # An SD-JWT is signed by its holder, too, so it answers whoever asked; for others a presentation does.
    if case.secured.format != sd_jwt.NAME and (asked.challenge is not None or asked.domain is not None):
        raise ProofMissing(
            "It is a copy of the certificate, which anybody may have. What answers a question is a presentation that "
            "its holder signs."
        )
    expected = Expected(
        now=case.now, rule=case.rule, domain=asked.domain, challenge=asked.challenge, shapes=case.shapes
    )
    case.verified = formats.verify(case.secured, dereference=case.dereference, expected=expected)
    return Check("proof", Outcome.PASSED, _said(case.verified.contents))


def _said(contents: Contents) -> Message:
    if not contents.chosen:
        return Message("The signature is genuine, and it covers everything that is shown here.")
    url, sha256 = next(iter(contents.chosen.items()))
    return Message(
        "The signature is genuine. It was made under an earlier content of {url} (SHA-256 {hash}…).",
        url=url,
        hash=sha256[:12],
    )
