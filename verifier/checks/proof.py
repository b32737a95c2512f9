"""Is every word of it signed by the issuer's own key?

The bytes behind a context URL have changed in place, so a credential may verify only under an earlier content. The
current content is tried first, then the older ones; the check says which one it was.
"""

from templates.messages import Message
from vc.errors import Invalid, ProofInvalid, UnsignedData
from vc.formats import data_integrity
from vc.jsonld import OPEN_BADGES, Contents, contents_of
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    first: Invalid | None = None
    for contents in contents_of(case.document):
        try:
            case.verified = data_integrity.verify(
                case.document, dereference=case.dereference, now=case.now, rule=OPEN_BADGES, contents=contents
            )
        except (ProofInvalid, UnsignedData) as error:
            first = first or error
        else:
            return Check("proof", Outcome.PASSED, _said(contents))
    raise first or ProofInvalid("The proof could not be checked.")


def _said(contents: Contents) -> Message:
    if not contents.chosen:
        return Message("The signature is genuine, and it covers everything that is shown here.")
    url, sha256 = next(iter(contents.chosen.items()))
    return Message(
        "The signature is genuine. It was made under an earlier content of {url} (SHA-256 {hash}…).",
        url=url,
        hash=sha256[:12],
    )
