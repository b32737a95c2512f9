"""Is every word of it signed by the issuer's own key?

The bytes behind a context URL have changed in place, so a credential may verify only under an earlier content. The
current content is tried first, then the older ones; the check says which one it was.
"""

from templates.messages import Message
from vc import formats
from vc.formats import sd_jwt
from vc.jsonld import Contents
from vc.securing import Expected
from verifier.case import Asked, Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    # An SD-JWT is signed by its holder, too, so it answers whoever asked; for others a presentation does.
    asked = case.asked if case.secured.format == sd_jwt.NAME else Asked()
    expected = Expected(now=case.now, rule=case.rule, domain=asked.domain, challenge=asked.challenge)
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
