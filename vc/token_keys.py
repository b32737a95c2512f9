"""Whose key signed a token? From what its header says to a key that its issuer or holder publishes.

A header is written by whoever made the token, so it only points: the key itself comes from the document of its owner
(VC-JOSE-COSE section 4; Open Badges 3.0 section 8.2.3). A `jwk` in the header counts only when the owner lists it.

1. `kid` is a URL: that key; relative to a DID: joined to it; a bare name and an https issuer: that key of the issuer's
   metadata (VC-JOSE-COSE section 4.2, SD-JWT VC section 5).
2. Only a `jwk`: the owner's key that is this one, found by its thumbprint.
3. Neither: the only key that did:key and did:jwk have, and the lone key of an https issuer. VC-JOSE-COSE section 4.1.1
   wants a `kid` for every other DID.

    method = signing_method(jws.header, party="did:web:a.example", purpose="assertionMethod", dereference=dereference)
"""

from collections.abc import Mapping
from typing import Any

from vc.dids import VerificationMethod, https
from vc.errors import ProofInvalid
from vc.keys import PublicKey
from vc.securing import Dereference


def signing_method(
    header: Mapping[str, Any], *, party: str | None, purpose: str, dereference: Dereference
) -> VerificationMethod:
    """The key of `party` (None where nobody is named) that the header points to. Raises `ProofInvalid` for a header
    that points nowhere or to two keys, and what `dereference` raises."""
    embedded = None
    if "jwk" in header:
        if not isinstance(header["jwk"], dict):
            raise ProofInvalid("The token's header has a jwk that is no key.")
        embedded = PublicKey.from_jwk(header["jwk"])
    method = dereference(_url(header, party, embedded), purpose)
    if embedded is not None and embedded != method.key:
        raise ProofInvalid("The key in the token's header is not the key {url} that it names.", url=method.id)
    return method


def _url(header: Mapping[str, Any], party: str | None, embedded: PublicKey | None) -> str:
    if "kid" in header:
        return _named(header["kid"], party)
    if party is None:
        raise ProofInvalid("The token names neither its key (kid) nor whose it is.")
    if party.startswith("did:key:"):
        return f"{party}#{party.removeprefix('did:key:')}"
    if party.startswith("did:jwk:"):
        return f"{party}#0"
    page = https.metadata_url(party) if https.is_url(party) else party
    if embedded is not None:
        return f"{page}#{embedded.thumbprint_uri}"
    if page == party:
        raise ProofInvalid("The token does not name its key (kid), and {party} may have several.", party=party[:120])
    return page


def _named(kid: Any, party: str | None) -> str:
    if not isinstance(kid, str) or not kid:
        raise ProofInvalid("The token's kid is not a text.")
    if kid.startswith("did:") or https.is_url(kid):
        return kid
    if party is None:
        raise ProofInvalid("The token's key {kid} has no owner: the token names none.", kid=kid[:120])
    if kid.startswith("#"):
        return party + kid
    return f"{https.metadata_url(party) if https.is_url(party) else party}#{kid}"
