"""Is every word of it signed by the issuer's own key?

The bytes behind a context URL have changed in place, so a credential may verify only under an earlier content. The
current content is tried first, then the older ones; the check says which one it was.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import contexts
from templates.messages import Message
from vc.errors import Invalid, ProofInvalid, UnsignedData
from vc.formats import data_integrity
from vc.jsonld import OPEN_BADGES, Contents
from verifier.case import Case
from verifier.report import Check, Outcome


def check(case: Case) -> Check:
    first: Invalid | None = None
    for contents in _contents(case.document):
        try:
            case.verified = data_integrity.verify(
                case.document, dereference=case.dereference, now=case.now, rule=OPEN_BADGES, contents=contents
            )
        except (ProofInvalid, UnsignedData) as error:
            first = first or error
        else:
            return Check("proof", Outcome.PASSED, _said(contents))
    raise first or ProofInvalid("The proof could not be checked.")


def _contents(document: dict[str, Any]) -> Iterator[Contents]:
    """Every combination of the contents that the document's context URLs have had, the current ones first."""
    urls = [url for url in document["@context"] if len(contexts.history(url)) > 1]
    for hashes in itertools.product(*(contexts.history(url) for url in urls)):
        current = all(sha256 == contexts.history(url)[0] for url, sha256 in zip(urls, hashes, strict=True))
        yield Contents({} if current else dict(zip(urls, hashes, strict=True)))


def _said(contents: Contents) -> Message:
    if not contents.chosen:
        return Message("The signature is genuine, and it covers everything that is shown here.")
    url, sha256 = next(iter(contents.chosen.items()))
    return Message(
        "The signature is genuine. It was made under an earlier content of {url} (SHA-256 {hash}…).",
        url=url,
        hash=sha256[:12],
    )
