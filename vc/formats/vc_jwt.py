"""Credentials and presentations as a JSON Web Token: Open Badges 3.0 section 8.2, VC-JOSE-COSE section 3.1, and for
reading VCDM 1.1 section 6.3.1.

    token = secure(credential, signer=signer, verification_method=f"{did}#key-1")                  # typ: vc+jwt
    token = secure(badge, signer=signer, verification_method=f"{did}#key-1", dialect="JWT")        # Open Badges
    verified = verify(read(token), dereference=dereference, expected=Expected(now=now))

Which dialect a token is of, its `typ` says, and where there is none, its claims: a claim `vc` or `vp` is of VCDM 1.1,
claims that only Open Badges asks for (`jti sub nbf`) are of Open Badges, and the rest is of VC-JOSE-COSE. What is given
back is the credential without the claims that are only the token's, all of it signed.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from vc import jose, strict_json
from vc.context_rules import VC1, check_contexts
from vc.dates import parse_datetime
from vc.errors import MalformedValue, NotSupported, ProofInvalid
from vc.formats import data_integrity
from vc.jwt_claims import (
    OPEN_BADGES,
    REGISTERED,
    VC_JWT,
    VCDM_1,
    Dialect,
    check_audience,
    first_context,
    is_credential,
    is_presentation,
    moment,
    party_id,
)
from vc.keys import Signer
from vc.securing import Dereference, Expected, Secured, Verified, require_controller
from vc.token_keys import signing_method

NAME = "vc_jwt"

_TYPES = frozenset({"jwt", "vc+jwt", "vp+jwt"})
# Names of drafts, which wrote other things into the payload.
_DRAFT_TYPES = frozenset({"vc+ld+json+jwt", "vp+ld+json+jwt", "vc+ld+jwt", "vp+ld+jwt", "vc+jws", "vp+jws"})
_OPEN_BADGES_CLAIMS = frozenset({"jti", "sub", "nbf"})


def recognizes(data: bytes) -> bool:
    text = data.strip()
    return text.startswith((b"ey", b"ew")) and b"~" not in text and text.count(b".") == 2


def read(data: bytes) -> Secured:
    """Raises what `vc.jose` and `vc.strict_json` raise; `NotSupported` for a token of a draft."""
    jws = jose.parse(data.strip())
    _, claims, dialect = _opened(jws)
    return Secured(NAME, dialect.document(claims), jws)


def verify(secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
    """Raises `Invalid` or `Unavailable`. The dates of an Open Badges token and of VCDM 1.1 are its credential's own:
    whether they hold today is for the reader of `document` to judge, as for every format."""
    jws: jose.Jws = secured.envelope
    # (1) read again what was signed: `secured.document` may have been worked with
    typ, claims, dialect = _opened(jws)
    document = dialect.document(claims)
    _check_kind(typ, jws.header, claims, document)
    # (2) the key is the issuer's or holder's own, listed for this purpose, and the signature is by it
    party = party_id(document)
    if jws.header.get("iss", party) != party:
        raise ProofInvalid("The token's header names another issuer than the credential.")
    method = signing_method(
        jws.header,
        party=party if isinstance(party, str) else None,
        purpose=expected.purpose,
        dereference=dereference,
    )
    require_controller(method, document, expected)
    jose.verify(jws, method.key)
    # (3) what the claims say is what the credential says, now, and to us
    dialect.check(claims, document, now=expected.now)
    check_audience(claims, expected)
    check_contexts(document.get("@context"), expected.rule)
    verified = Verified(
        document=document,
        digest=hashlib.sha256(jws.payload).digest(),
        methods=(method.id,),
        created=(moment(claims, "iat") if "iat" in claims else None,),
        mechanism=f"{typ if dialect is VC_JWT else dialect.name} {jws.header['alg']}",
    )
    return verified if "proof" not in document else _with_embedded(verified, dialect, dereference, expected)


def secure(
    document: dict[str, Any],
    *,
    signer: Signer,
    verification_method: str,
    dialect: Literal["vc+jwt", "JWT"] = "vc+jwt",
    **claims: Any,
) -> bytes:
    """A credential, or with `vc+jwt` a presentation too. `claims`: further ones of the token, such as `iat` or, for a
    presentation, `aud` and `nonce`. Raises `MalformedValue` for what would contradict itself."""
    if "proof" in document:
        raise MalformedValue("The credential has a proof already; a token of it would be secured twice.")
    taken = sorted((document.keys() | claims.keys()) & {"vc", "vp"} | document.keys() & REGISTERED)
    if taken or not claims.keys() <= REGISTERED:
        raise MalformedValue("The member {name} would be read as a claim.", name=(taken or sorted(claims))[0])
    header = {"kid": verification_method}
    if dialect == "JWT":
        header["typ"] = "JWT"
        claims = {**_open_badges_claims(document), **claims}
    else:
        kind = "vp" if is_presentation(document) else "vc"
        header |= {"typ": f"{kind}+jwt", "cty": kind}
    payload = json.dumps({**document, **claims}, ensure_ascii=False, separators=(",", ":")).encode()
    return jose.sign(header, payload, signer)


def _opened(jws: jose.Jws) -> tuple[str, dict[str, Any], Dialect]:
    claims = strict_json.parse_object(jws.payload)
    typ = jose.media_type(jws.header, "typ") or ""
    if typ in _DRAFT_TYPES:
        raise NotSupported("The token is of the type {typ}, which only drafts had.", typ=typ)
    if typ and typ not in _TYPES:
        raise ProofInvalid("The token is of the type {typ}, which no credential has.", typ=typ[:60])
    wrapped = "vc" in claims or "vp" in claims
    if typ in ("vc+jwt", "vp+jwt"):
        if wrapped:  # VC-JOSE-COSE section 1.1.2.1
            raise ProofInvalid("A token of the type {typ} must not have a claim vc or vp.", typ=typ)
        return typ, claims, VC_JWT
    if wrapped:
        return "", claims, VCDM_1
    if typ == "jwt" or claims.keys() & _OPEN_BADGES_CLAIMS:
        return "", claims, OPEN_BADGES
    return "vp+jwt" if is_presentation(claims) else "vc+jwt", claims, VC_JWT


def _check_kind(typ: str, header: Mapping[str, Any], claims: dict[str, Any], document: dict[str, Any]) -> None:
    """A credential is not shown as a presentation, nor the other way round."""
    credential, presentation = is_credential(document), is_presentation(document)
    if credential == presentation or (typ == "vc+jwt" and presentation) or (typ == "vp+jwt" and credential):
        raise ProofInvalid("What the token carries is not what its type says.")
    if not typ and ("vc" in claims or "vp" in claims) and first_context(document) != VC1:  # VC-JOSE-COSE 1.1.2.1
        raise ProofInvalid("Only a credential of the data model 1.1 may stand in a claim of the token.")
    cty = jose.media_type(header, "cty")
    if cty is not None and (not typ or cty != ("vp" if presentation else "vc")):
        raise ProofInvalid("The token says that it carries {cty}, which is not read here.", cty=cty[:60])


def _with_embedded(verified: Verified, dialect: Dialect, dereference: Dereference, expected: Expected) -> Verified:
    """Open Badges 3.0 section 8.2.3 lets a credential with a proof become a token. Then both must hold; elsewhere
    nobody could tell which of the two is meant."""
    if dialect is not OPEN_BADGES:
        raise ProofInvalid("The credential in the token has a proof of its own; nobody can tell which one is meant.")
    embedded = Secured(data_integrity.NAME, verified.document)
    inner = data_integrity.verify(embedded, dereference=dereference, expected=expected)
    return Verified(
        document=inner.document,
        digest=verified.digest,
        methods=verified.methods + inner.methods,
        created=verified.created + inner.created,
        contents=inner.contents,
        mechanism=f"{verified.mechanism}, {inner.mechanism}",
    )


def _open_badges_claims(document: dict[str, Any]) -> dict[str, Any]:
    """Open Badges 3.0 section 8.2.2.1."""
    subject = document.get("credentialSubject")
    values = {
        "iss": party_id(document),
        "jti": document.get("id"),
        "nbf": _seconds(document.get("validFrom")),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    if "validUntil" in document:
        values["exp"] = _seconds(document["validUntil"])
    missing = [name for name in ("iss", "jti") if not isinstance(values[name], str)]
    if missing or first_context(document) == VC1:
        raise MalformedValue("An Open Badges token needs a credential of today with issuer, id and validFrom.")
    return {name: value for name, value in values.items() if value is not None}


def _seconds(value: Any) -> int:
    return int(parse_datetime(value).timestamp())
