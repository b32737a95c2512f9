"""Key Binding JWT (RFC 9901 sections 4.3 and 7.3): the holder of an SD-JWT signs what is shown, to whom, and when.

Its `aud` and `nonce` always name one asker. Whoever asked nothing and is handed one holds a presentation that was made
for somebody else, and it is refused, as a Data Integrity proof with a `challenge` is: taken off, it leaves the
credential, which then is no more than what it is.

    binding = create(covered, algorithm="sha-256", signer=holder, audience="https://a.example", nonce="n", now=now)
    check(binding, covered=covered, algorithm="sha-256", confirmation=claims["cnf"], expected=expected, …)
"""

import json
from datetime import datetime, timedelta
from typing import Any

from vc import jose, strict_json
from vc.disclosures import digest
from vc.errors import NotSupported, ProofInvalid, RangeError
from vc.jwt_claims import check_times, moment
from vc.keys import PublicKey, Signer
from vc.securing import AUTHENTICATION, Dereference, Expected

TYPE = "kb+jwt"
MAX_AGE = timedelta(minutes=10)  # from the holder's signature until it is checked; somebody clicks in between

# A holder's key elsewhere on the web would tell its keeper who asks (SD-JWT VC section 8.5).
_LOCAL_KEYS = ("did:key:", "did:jwk:")


def create(covered: bytes, *, algorithm: str, signer: Signer, audience: str, nonce: str, now: datetime) -> bytes:
    """`covered`: the SD-JWT with the disclosures that are shown, up to and with the last tilde."""
    claims = {
        "iat": int(now.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest(covered, algorithm),
    }
    return jose.sign({"typ": TYPE}, json.dumps(claims, separators=(",", ":")).encode(), signer)


def check(
    binding: bytes,
    *,
    covered: bytes,
    algorithm: str,
    confirmation: Any,
    dereference: Dereference,
    expected: Expected,
) -> None:
    """RFC 9901 section 7.3 step 5. `confirmation`: the claim `cnf` that the issuer signed. Raises `Invalid`."""
    # (1 to 4) the holder's key, a signature by it, the type
    jws = jose.parse(binding)
    if jose.media_type(jws.header, "typ") != TYPE:
        raise ProofInvalid("The holder's signature is not of the type {type}.", type=TYPE)
    jose.verify(jws, _holder_key(confirmation, dereference))
    # (5) the time
    claims = strict_json.parse_object(jws.payload)
    for name, kind in (("iat", (int, float)), ("aud", str), ("nonce", str), ("sd_hash", str)):
        if not isinstance(claims.get(name), kind):
            raise ProofInvalid("The holder's signature has no sound {name}.", name=name)
    # (7) it covers exactly what is shown
    if claims["sd_hash"] != digest(covered, algorithm):
        raise ProofInvalid("The holder signed another choice of what is shown.")
    # (6) made for whoever asks
    if expected.challenge is None and expected.domain is None:
        raise ProofInvalid(
            "This was presented to {audience}, who asked for it. Ask the holder for the credential itself, "
            "or give the domain and the challenge that you asked with.",
            audience=claims["aud"][:120],
        )
    if expected.domain is not None and claims["aud"] != expected.domain:
        raise ProofInvalid(
            "The proof was made for {other!r}, not for {domain}.", other=claims["aud"][:120], domain=expected.domain
        )
    if expected.challenge is not None and claims["nonce"] != expected.challenge:
        raise ProofInvalid("The proof does not answer the challenge that was given.")
    check_times(claims, now=expected.now)
    if moment(claims, "iat") < expected.now - MAX_AGE:
        raise RangeError("The holder signed it on {date}, too long ago to be an answer.", date=moment(claims, "iat"))


def _holder_key(confirmation: Any, dereference: Dereference) -> PublicKey:
    """RFC 7800 sections 3.2 and 3.4. Raises `ProofInvalid`, `NotSupported`."""
    if not isinstance(confirmation, dict):
        raise ProofInvalid("The issuer named no key of the holder (cnf), so nobody can sign as the holder.")
    jwk, kid = confirmation.get("jwk"), confirmation.get("kid")
    if isinstance(jwk, dict) and kid is None:
        return PublicKey.from_jwk(jwk)
    if isinstance(kid, str) and jwk is None:
        if kid.startswith(_LOCAL_KEYS):
            return dereference(kid, AUTHENTICATION).key
        raise NotSupported("The holder's key is at {kid}, which is not asked for it.", kid=kid[:120])
    raise ProofInvalid("The issuer named no single key of the holder (cnf).")
