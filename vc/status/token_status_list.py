"""Token Status List (IETF, draft-ietf-oauth-status-list-20): the status of a JWT or SD-JWT, one number per token.

    statuses = TokenStatuses.empty(1_000, bits=2)
    statuses.set(7, SUSPENDED)
    claims = list_claims(uri=uri, statuses=statuses, issued=now, expires=then, ttl=3600)
    token = secure(claims, signer=signer, key_id=f"{did}#key-1")

A credential names its place by the claim `status`: {"status_list": {"idx": 7, "uri": "https://…"}} (section 6.2). The
list is a JWT of the type `statuslist+jwt` (section 5.1); one as a CWT (section 5.2) is not read yet. How its key is
found is left to profiles (section 11.3): here the list is by the credential's own issuer, whose key is found as for any
token of its own.
"""

import json
import zlib
from datetime import UTC, datetime
from typing import Any, Self

from vc import jose, strict_json
from vc.dates import CLOCK_SKEW
from vc.dids import controls, require_current
from vc.errors import (
    Invalid,
    MalformedValue,
    NotSupported,
    ProofInvalid,
    StatusInvalid,
    StatusMalformed,
    StatusUnavailable,
    Unavailable,
)
from vc.keys import Signer
from vc.multibase import base64url_decode, base64url_encode
from vc.packed import RightFirst, inflate
from vc.securing import ASSERTION
from vc.standing import Asker, Question, Standing, State
from vc.token_keys import signing_method

TYPE = "statuslist+jwt"
ACCEPT = "application/statuslist+jwt"

# Section 7.1. 0x03 and 0x0C to 0x0F are the issuer's own business, all others not given out yet.
VALID, INVALID, SUSPENDED, APPLICATION_SPECIFIC = 0, 1, 2, 3

_STATES = {VALID: State.HOLDS, INVALID: State.REVOKED, SUSPENDED: State.SUSPENDED}
_BITS = (1, 2, 4, 8)
_LATEST = 253_402_300_799  # the last second of the year 9999, beyond which no date can be written


class TokenStatuses(RightFirst):
    """Section 4.1: numbers of 1, 2, 4 or 8 bits."""

    def __init__(self, data: bytes | bytearray, *, bits: int) -> None:
        if not isinstance(bits, int) or isinstance(bits, bool) or bits not in _BITS:
            raise StatusMalformed("A status of {bits} bits: a list has 1, 2, 4 or 8.", bits=repr(bits)[:40])
        super().__init__(bytearray(data), bits)

    @classmethod
    def empty(cls, count: int, *, bits: int) -> Self:
        """At least `count` statuses, each `VALID`."""
        return cls(bytes((count * bits + 7) // 8), bits=bits)

    def encode(self) -> dict[str, Any]:
        """Section 4.2, the claim `status_list`: `bits` and `lst`; the same statuses give the same text."""
        return {"bits": self.size, "lst": base64url_encode(zlib.compress(bytes(self.data), 9))}

    @classmethod
    def decode(cls, claim: Any) -> Self:
        """Reads a claim `status_list`. Raises `StatusInvalid`."""
        if not isinstance(claim, dict) or not isinstance(claim.get("lst"), str):
            raise StatusMalformed("The status list token holds no list.")
        try:
            data = inflate(base64url_decode(claim["lst"]), "zlib")
        except MalformedValue as error:
            raise StatusMalformed("The status list cannot be unpacked: {reason}", reason=str(error)) from error
        return cls(data, bits=claim.get("bits", 0))


# --- issuing -----------------------------------------------------------------------------------------------


def entry(*, uri: str, index: int) -> dict[str, Any]:
    """Section 6.2, the claim `status` of a token whose status stands at `index` of the list at `uri`."""
    return {"status_list": {"idx": index, "uri": uri}}


def list_claims(
    *, uri: str, statuses: TokenStatuses, issued: datetime, expires: datetime, issuer: str | None = None, ttl: int
) -> dict[str, Any]:
    """Section 5.1, the claims of a Status List Token. `ttl`: seconds for which it may be kept."""
    return {
        **({} if issuer is None else {"iss": issuer}),
        "sub": uri,
        "iat": int(issued.timestamp()),
        "exp": int(expires.timestamp()),
        "ttl": ttl,
        "status_list": statuses.encode(),
    }


def secure(claims: dict[str, Any], *, signer: Signer, key_id: str) -> bytes:
    """Section 5.1, the Status List Token. `key_id`: the URL of the signer's verification method."""
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jose.sign({"typ": TYPE, "kid": key_id}, payload, signer)


# --- reading -----------------------------------------------------------------------------------------------


def question(entry: dict[str, Any]) -> Question:
    """`entry`: the member `status_list` of the claim `status`."""
    index, uri = entry.get("idx"), entry.get("uri")
    if not isinstance(uri, str) or not uri:
        raise StatusMalformed("The credential's status names no list.")
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise StatusMalformed(
            "The credential's status index {index} is no plain decimal number.", index=repr(index)[:40]
        )
    return Question(uri, ACCEPT, entry)


def answer(question: Question, data: bytes, *, asker: Asker, age: int) -> Standing:
    """Section 8.3, "Validation Rules", step 3, and then `status_of`."""
    if data[:1] == b"\xd2":  # the CBOR tag 18, COSE_Sign1
        raise NotSupported("A status list in CBOR (CWT) is not read here yet.")
    try:
        jws = jose.parse(data.strip())
        if jose.media_type(jws.header, "typ") != TYPE:
            raise ProofInvalid("What was found at {url} is no status list.", url=question.url)
        method = signing_method(jws.header, party=asker.issuer, purpose=ASSERTION, dereference=asker.dereference)
        require_current(method, asker.now)
        if not controls(method, asker.issuer):
            raise ProofInvalid(
                "The status list was signed by {other}, not by the credential's issuer.", other=method.controller
            )
        jose.verify(jws, method.key)
        claims = strict_json.parse_object(jws.payload)
    except Unavailable as error:
        raise StatusUnavailable(
            "Whether it was revoked cannot be told now: the issuer's list cannot be checked ({reason})",
            reason=str(error),
        ) from error
    except Invalid as error:
        raise StatusInvalid("The issuer's status list cannot be trusted: {reason}", reason=str(error)) from error
    return status_of(question, claims, asker=asker, age=age)


def status_of(question: Question, claims: dict[str, Any], *, asker: Asker, age: int) -> Standing:
    """Section 8.3, "Validation Rules", steps 4 to 7, on claims whose signature was verified by the caller."""
    # (4) it is the list that was asked for, by the issuer, and current
    if claims.get("sub") != question.url:
        raise StatusInvalid(
            "The status list at {url} says it is {other!r}.", url=question.url, other=str(claims.get("sub"))[:120]
        )
    if claims.get("iss", asker.issuer) != asker.issuer:
        raise StatusInvalid(
            "The status list was signed by {other}, not by the credential's issuer.", other=str(claims["iss"])[:120]
        )
    if asker.now + CLOCK_SKEW < _moment(claims, "iat") or (
        "nbf" in claims and asker.now + CLOCK_SKEW < _moment(claims, "nbf")
    ):
        raise StatusInvalid("The status list is not valid yet.")
    if "exp" in claims and _moment(claims, "exp") <= asker.now:
        raise StatusUnavailable("The status list that could be had is out of date.")
    ttl = claims.get("ttl")
    if ttl is not None and (not isinstance(ttl, int | float) or isinstance(ttl, bool) or ttl <= 0):
        raise StatusMalformed("The status list's ttl {ttl} is no number of seconds.", ttl=repr(ttl)[:40])
    if ttl is not None and age > ttl:
        raise StatusUnavailable("The status list that could be had is out of date.")
    # (5, 6) unpack, read the number
    value = TokenStatuses.decode(claims.get("status_list")).get(question.entry["idx"])
    # (7) what it means
    state = _STATES.get(value, State.UNCLEAR)
    return Standing(state, "suspension" if value == SUSPENDED else "revocation", value)


def _moment(claims: dict[str, Any], name: str) -> datetime:
    """RFC 7519 section 2, NumericDate."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _LATEST:
        raise StatusMalformed("The status list's {name} is no date.", name=name)
    return datetime.fromtimestamp(value, UTC)
