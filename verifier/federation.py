"""Asks an OpenID Federation 1.0 trust anchor whether an issuer is one of its subordinates.

1. The anchor's entity configuration (section 9), signed by a pinned key, says where to ask.
2. Its fetch endpoint (section 8.1) is asked for the statement about the issuer, which is signed by a pinned key or by
   one that the anchor's configuration, which is, names for the anchor itself (section 11.1, key rollover).

The anchor learns which issuer was met, and nothing of the credential or of the learner. That is how the registries of
the Digital Credentials Consortium are asked; unlike their own client, this one checks the signatures.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlsplit

from vc.errors import MalformedValue
from vc.keys import PublicKey
from verifier.fetch import Fetch
from verifier.good_copies import Copy, Gone, GoodCopies
from verifier.known_issuers import ListRefused
from verifier.registries.openid_federation import Statement, verified

WELL_KNOWN = "/.well-known/openid-federation"


def is_anchor(url: str) -> bool:
    return urlsplit(url).path.endswith(WELL_KNOWN)


def configuration(
    url: str, *, keys: tuple[PublicKey, ...], copies: GoodCopies, fetch: Fetch, now: datetime
) -> Copy[Statement]:
    """What the anchor at `url` (of its entity configuration) says of itself. Raises `Invalid` or `Unavailable`."""
    anchor = url.removesuffix(WELL_KNOWN)
    return copies.have(url, prove=_proving(keys, anchor, anchor, now), fetch=fetch, now=now, like=_names(keys))


def lookup(
    issuer: str, anchor: Statement, *, keys: tuple[PublicKey, ...], copies: GoodCopies, fetch: Fetch, now: datetime
) -> Copy[Statement] | None:
    """The anchor's statement about the issuer, None when it has none. Raises `Invalid` or `Unavailable`."""
    endpoint = anchor.entity.get("federation_fetch_endpoint")
    if not isinstance(endpoint, str) or not endpoint.startswith(("https://", "http://")):
        raise MalformedValue("The trust anchor {anchor} does not say where it can be asked.", anchor=anchor.subject)
    url = f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}sub={quote(issuer, safe='')}"
    own = (*keys, *anchor.keys)
    try:
        proving = _proving(own, anchor.subject, issuer, now)
        return copies.have(url, prove=proving, fetch=fetch, now=now, like=_names(keys), gone=True)
    except Gone:
        return None


def _proving(keys: tuple[PublicKey, ...], issuer: str, subject: str, now: datetime) -> Callable[[bytes], Statement]:
    def prove(body: bytes) -> Statement:
        found = verified(body.strip(), keys=keys, now=now)
        if (found.issuer, found.subject) != (issuer, subject):
            raise ListRefused(
                "Asked about {asked}, {url} answers about {answered}.",
                asked=subject[:80],
                url=issuer[:80],
                answered=found.subject[:80],
            )
        return found

    return prove


def _names(keys: tuple[PublicKey, ...]) -> str:
    return " ".join(sorted(key.raw.hex() for key in keys))
