"""Credentials whose holder may withhold parts: SD-JWT (RFC 9901), as VC-JOSE-COSE section 3.2 and SD-JWT VC use it.

    token = secure(credential, signer=signer, verification_method=method, salts=salts, holder=holder.public_key,
                   disclosable=["/credentialSubject/identifier/0"])
    shown = present(token, disclose=["/credentialSubject/identifier/0"])
    shown = bind(shown, holder=holder, audience=a, nonce=n, now=now)
    verified = verify(read(shown), dereference=dereference, expected=Expected(now=now, domain=a, challenge=n))

| type | payload | document |
|---|---|---|
| `vc+sd-jwt`, `vp+sd-jwt` | a credential or presentation (VCDM 2.0) | it, without the token's own claims |
| `dc+sd-jwt`; `vc+sd-jwt` of older drafts, with a claim `vct` | claims about a person | the claims as they are |

When `challenge` or `domain` is expected, the holder must have signed (`vc.key_binding`); and who signed without being
asked by us, signed for somebody else. What an issuer let its holder withhold is not missed: an issuer that lets the
status be withheld cannot revoke, so `secure` does not.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from vc import jose, key_binding, strict_json
from vc.context_rules import check_contexts
from vc.disclosures import Unfolded, fold, hash_name, unfold
from vc.errors import MalformedValue, NotSupported, ParsingError, ProofInvalid
from vc.jwt_claims import (
    REGISTERED,
    VC_JWT,
    check_audience,
    check_times,
    is_credential,
    is_presentation,
    moment,
    party_id,
)
from vc.keys import PublicKey, Signer
from vc.securing import Dereference, Expected, Secured, Verified, issuer_of, require_controller
from vc.token_keys import signing_method

NAME = "sd_jwt"

# SD-JWT VC section 2.2.2.3; what decides whether a token holds is not its holder's to withhold.
_NEVER_WITHHELD = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
# VC-JOSE-COSE section 3.2.1 says "should"; issuers of the field withhold `type` and `id`, so only we do not.
_NEVER_WITHHELD_BY_US = _NEVER_WITHHELD | {
    *("@context", "type", "issuer", "validFrom", "validUntil"),
    *("credentialStatus", "credentialSchema", "relatedResource", "refreshService", "termsOfUse"),
}

_TYPES = frozenset({"vc+sd-jwt", "vp+sd-jwt", "dc+sd-jwt"})


@dataclass(frozen=True)
class Envelope:
    """`covered`: the token and its disclosures up to the last tilde. `binding`: the Key Binding JWT, or empty."""

    jws: jose.Jws
    disclosures: tuple[str, ...]
    covered: bytes
    binding: bytes


def recognizes(data: bytes) -> bool:
    text = data.strip()
    return text.startswith((b"ey", b"ew")) and b"~" in text


def read(data: bytes) -> Secured:
    """RFC 9901 section 7.1 steps 1 and 3 to 5. Raises `Invalid` or `NotSupported`."""
    envelope = _split(data.strip())
    typ, claims, _ = _opened(envelope)
    return Secured(NAME, _document(typ, claims), envelope)


def verify(secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
    """RFC 9901 sections 7.1 and 7.3. Raises `Invalid` or `Unavailable`."""
    envelope: Envelope = secured.envelope
    # (1) read again what was signed: `secured.document` may have been worked with
    typ, claims, algorithm = _opened(envelope)
    document = _document(typ, claims)
    _check_kind(typ, envelope.jws, document)
    # (2) the key is the issuer's own, listed for this purpose, and the signature is by it
    party = claims.get("iss") if typ == "dc+sd-jwt" else party_id(document)
    if any(said != party for said in (envelope.jws.header.get("iss", party), claims.get("iss", party))):
        raise ProofInvalid("The token names another issuer than the credential.")
    method = signing_method(
        envelope.jws.header,
        party=party if isinstance(party, str) else None,
        purpose=expected.purpose,
        dereference=dereference,
    )
    require_controller(method, document if typ != "dc+sd-jwt" else {"issuer": party}, expected)
    jose.verify(envelope.jws, method.key)
    # (3) the claims hold now, and the holder's signature is there when it must be
    if typ == "dc+sd-jwt":
        check_times(claims, now=expected.now)
    else:
        VC_JWT.check(claims, document, now=expected.now)
    if typ != "dc+sd-jwt" or "@context" in document:
        check_contexts(document.get("@context"), expected.rule)
    _check_binding(typ, envelope, claims, algorithm, dereference=dereference, expected=expected)
    withheld = _unfolded(envelope).withheld
    if any(place.split("/")[1:2] == ["credentialStatus"] for place in withheld):
        # Of several statuses the one that was set could be missing.
        raise NotSupported("A status of it was left out by whoever presents it. Ask for the whole certificate.")
    return Verified(
        document=document,
        digest=hashlib.sha256(envelope.jws.payload).digest(),
        methods=(method.id,),
        created=(moment(claims, "iat") if "iat" in claims else None,),
        mechanism=f"{typ} {envelope.jws.header['alg']}",
        partial=bool(withheld),
    )


def secure(
    document: dict[str, Any],
    *,
    signer: Signer,
    verification_method: str,
    disclosable: Iterable[str],
    salts: Iterable[bytes],
    holder: PublicKey | None = None,
    typ: Literal["vc+sd-jwt", "vp+sd-jwt", "dc+sd-jwt"] = "vc+sd-jwt",
    algorithm: str = "sha-256",
    **claims: Any,
) -> bytes:
    """With all disclosures, for the holder. `disclosable`: JSON pointers; `salts`: one for each, 16 random bytes or
    more; `holder`: whose key may sign presentations; `claims`: further ones of the token, such as `iat`. Raises
    `MalformedValue` for what would contradict itself or must not be withheld."""
    pointers = list(disclosable)
    for pointer in pointers:
        if pointer.split("/")[1:2] and pointer.split("/")[1] in _NEVER_WITHHELD_BY_US:
            raise MalformedValue("What stands at {pointer} must not be withheld.", pointer=pointer)
    if "proof" in document or (typ != "dc+sd-jwt" and document.keys() & (REGISTERED | {"vct"})):
        raise MalformedValue("The credential has members that would be read as claims or as another signature.")
    if (typ == "dc+sd-jwt") != ("vct" in document):
        raise MalformedValue("A credential of the type dc+sd-jwt, and no other, names its kind in vct.")
    folded, texts = fold({**document, **claims}, pointers, salts=salts, algorithm=algorithm)
    if holder is not None:
        folded["cnf"] = {"jwk": holder.jwk}
    header = {"typ": typ, "kid": verification_method}
    if typ != "dc+sd-jwt":
        header["cty"] = typ[:2]
    payload = json.dumps(folded, ensure_ascii=False, separators=(",", ":")).encode()
    return "~".join([jose.sign(header, payload, signer).decode(), *texts, ""]).encode()


def present(token: bytes, *, disclose: Iterable[str]) -> bytes:
    """RFC 9901 section 7.2: only the disclosures at the pointers, and what these stand in. Raises `MalformedValue` for
    a pointer at which nothing can be disclosed."""
    envelope = _split(token.strip())
    places, wanted = _unfolded(envelope).places, set(disclose)
    if envelope.binding or not wanted <= places.keys():
        raise MalformedValue("There is nothing to disclose at one of the places.")
    shown = [text for place, text in places.items() if any(f"{one}/".startswith(f"{place}/") for one in wanted)]
    return "~".join([envelope.jws.text.decode(), *shown, ""]).encode()


def bind(token: bytes, *, holder: Signer, audience: str, nonce: str, now: datetime) -> bytes:
    """The holder's signature (RFC 9901 section 4.3) over what `token` shows."""
    envelope = _split(token.strip())
    algorithm = hash_name(strict_json.parse_object(envelope.jws.payload))
    binding = key_binding.create(
        envelope.covered, algorithm=algorithm, signer=holder, audience=audience, nonce=nonce, now=now
    )
    return envelope.covered + binding


def _split(data: bytes) -> Envelope:
    """RFC 9901 section 4: `<token>~<disclosure>~…~<key binding or nothing>`."""
    if len(data) > jose.MAX_BYTES:
        jose.parse(data)  # which refuses it for its size
    token, *rest = data.split(b"~")
    if not rest:
        raise ParsingError("The credential lacks the tilde that ends its last disclosure.")
    *disclosures, binding = rest
    try:
        texts = tuple(one.decode("ascii") for one in disclosures)
    except UnicodeDecodeError as error:
        raise ParsingError("A disclosure is not base64url.") from error
    return Envelope(jose.parse(token), texts, data[: len(data) - len(binding)], binding)


def _unfolded(envelope: Envelope) -> Unfolded:
    unfolded = unfold(strict_json.parse_object(envelope.jws.payload), envelope.disclosures)
    for place in unfolded.places:
        if place.split("/")[1] in _NEVER_WITHHELD:
            raise ProofInvalid("What stands at {place} must not be a disclosure.", place=place[:120])
    return unfolded


def _opened(envelope: Envelope) -> tuple[str, dict[str, Any], str]:
    """The type, the claims with what is disclosed, and the hash."""
    claims = _unfolded(envelope).document
    typ = jose.media_type(envelope.jws.header, "typ") or ""
    if typ and typ not in _TYPES:
        raise ProofInvalid("The token is of the type {typ}, which no credential has.", typ=typ[:60])
    if "vct" in claims:
        if typ == "vp+sd-jwt" or not isinstance(claims["vct"], str):
            raise ProofInvalid("The token's kind (vct) is not what its type says.")
        typ = "dc+sd-jwt"
    elif typ == "dc+sd-jwt":
        raise ProofInvalid("A token of the type {typ} names its kind in vct; this one does not.", typ=typ)
    elif not typ:
        typ = "vp+sd-jwt" if is_presentation(claims) else "vc+sd-jwt"
    return typ, claims, hash_name(strict_json.parse_object(envelope.jws.payload))


def _document(typ: str, claims: dict[str, Any]) -> dict[str, Any]:
    return claims if typ == "dc+sd-jwt" else VC_JWT.document(claims)


def _check_kind(typ: str, jws: jose.Jws, document: dict[str, Any]) -> None:
    if "proof" in document:
        raise ProofInvalid("The credential in the token has a proof of its own; nobody can tell which one is meant.")
    if typ == "dc+sd-jwt":
        if is_presentation(document):
            raise ProofInvalid("What the token carries is not what its type says.")
        if "issuer" in document and issuer_of(document) != document.get("iss"):
            raise ProofInvalid("The token names another issuer than the credential.")
        return
    credential, presentation = is_credential(document), is_presentation(document)
    if credential == presentation or presentation != (typ == "vp+sd-jwt") or document.keys() & {"vc", "vp"}:
        raise ProofInvalid("What the token carries is not what its type says.")
    cty = jose.media_type(jws.header, "cty")
    if cty not in (None, typ[:2]):
        raise ProofInvalid("The token says that it carries {cty}, which is not read here.", cty=str(cty)[:60])


def _check_binding(
    typ: str,
    envelope: Envelope,
    claims: dict[str, Any],
    algorithm: str,
    *,
    dereference: Dereference,
    expected: Expected,
) -> None:
    asked = expected.challenge is not None or expected.domain is not None
    if envelope.binding:
        key_binding.check(
            envelope.binding,
            covered=envelope.covered,
            algorithm=algorithm,
            confirmation=claims.get("cnf"),
            dereference=dereference,
            expected=expected,
        )
    elif asked and typ != "vp+sd-jwt":
        raise ProofInvalid("The holder did not sign: the credential does not answer what was asked.")
    # What the signer of the token itself answered: the holder of a presentation may, an issuer cannot.
    answered = typ == "vp+sd-jwt" and not envelope.binding
    check_audience(claims, expected if answered else replace(expected, challenge=None, domain=None))
