"""Was it awarded to whom the asker has in mind? (Open Badges 3.0 section 8.2, "recipient"; appendix B, IdentityObject)

The asker gives an e-mail address or a DID. An address is compared with the hashed identifier: the credential gives the
salt and the hash, never the address, so who does not know it learns nothing.
"""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

from templates.messages import Message
from vc.openbadges import many
from verifier.case import Case
from verifier.report import Check, Outcome

MISMATCH = "https://testamur.example/problems#RECIPIENT_MISMATCH"
NOT_COMPARABLE = "https://testamur.example/problems#RECIPIENT_NOT_COMPARABLE"

# The two that Open Badges names. MD5 is broken for forging a document, not for recognising an address that is given.
_HASHES = {"sha256": hashlib.sha256, "md5": hashlib.md5}

_ADDRESSES = frozenset({"emailAddress", "email"})


def check(case: Case) -> Check:
    wanted = (case.asked.recipient or "").strip()
    if not wanted:
        return Check("subject", Outcome.SKIPPED, Message("Nobody asked whether it is a certain person's."))
    compared = list(_comparisons(case.subject, wanted))
    if any(compared):
        return Check("subject", Outcome.PASSED, Message("It was awarded to {recipient}.", recipient=wanted))
    if not compared:
        detail = Message("It names its learner in no way that {recipient} can be compared with.", recipient=wanted)
        return Check("subject", Outcome.UNKNOWN, detail, NOT_COMPARABLE)
    return Check("subject", Outcome.FAILED, Message("It was not awarded to {recipient}.", recipient=wanted), MISMATCH)


def _comparisons(subject: dict[str, Any], wanted: str) -> Iterator[bool]:
    """One answer for each identifier of the kind that was given."""
    if wanted.startswith("did:"):
        if isinstance(subject.get("id"), str):
            yield subject["id"] == wanted
        return
    if isinstance(subject.get("id"), str) and subject["id"].startswith("mailto:"):
        yield subject["id"].removeprefix("mailto:").lower() == wanted.lower()
    for identity in many(subject.get("identifier")):
        if identity.get("identityType") in _ADDRESSES:
            yield _is(identity, wanted)


def _is(identity: dict[str, Any], wanted: str) -> bool:
    """Issuers hash an address as it was given or in small letters; both are tried."""
    said = str(identity.get("identityHash", ""))
    if identity.get("hashed") is not True:
        return said.lower() == wanted.lower()
    algorithm, _, value = said.partition("$")
    if algorithm not in _HASHES:
        return False
    salt = identity.get("salt", "")
    return any(
        hmac.compare_digest(_HASHES[algorithm](_bytes(f"{form}{salt}")).hexdigest().encode(), _bytes(value.lower()))
        for form in (wanted, wanted.lower())
    )


def _bytes(text: str) -> bytes:
    """Whatever a stranger wrote: a hash that is none, or half a character, compares as unequal."""
    return text.encode("utf-8", "surrogatepass")
