"""Credentials and presentations in COSE_Sign1 (RFC 9052 section 4.2), as VC-JOSE-COSE section 3.3 uses it.

    message = secure(credential, signer=signer, verification_method=f"{did}#key-1")
    verified = verify(read(message), dereference=dereference, expected=Expected(now=now))

The payload is the credential as JSON. What decides stands in the protected header: algorithm, type, key. Nothing is
read from the unprotected one but a `kid`, which many writers put there and which only says where to look.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vc import cbor, strict_json
from vc.context_rules import check_contexts
from vc.errors import MalformedValue, NotSupported, ParsingError, ProofInvalid, UnknownAlgorithm
from vc.jwt_claims import VC_JWT, check_audience, is_credential, is_presentation, moment, party_id
from vc.keys import KeyKind, Signer
from vc.securing import Dereference, Expected, Secured, Verified, require_controller
from vc.token_keys import signing_method

NAME = "cose"

TAG = 18  # RFC 9052 section 4.2; it may be left out
_STARTS = (b"\xd2\x84", b"\x84")  # the tag and an array of four, or the array alone

# Labels of header parameters: RFC 9052 section 3.1, RFC 9596 section 2, RFC 9597 section 2.
_ALG, _CRIT, _CONTENT, _KID, _CLAIMS, _TYP = 1, 2, 3, 4, 15, 16

# RFC 9053 section 2, RFC 9864 section 2.
ALGORITHMS: Mapping[int, tuple[str, KeyKind]] = {
    -8: ("EdDSA", "Ed25519"),
    -19: ("Ed25519", "Ed25519"),
    -7: ("ES256", "P-256"),
    -9: ("ESP256", "P-256"),
    -35: ("ES384", "P-384"),
    -51: ("ESP384", "P-384"),
}
_ALGORITHM_OF: Mapping[str, int] = {"Ed25519": -8, "P-256": -7, "P-384": -35}
# ES512, ES256K, PS256 to PS512, RS256 to RS512: registered, and not read here.
_ELSEWHERE = frozenset({-36, -47, -37, -38, -39, -257, -258, -259})

# RFC 8392 section 4: CWT claims, by their names in a JWT.
_CWT = {1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat", 7: "jti"}


@dataclass(frozen=True)
class Envelope:
    """`protected`: the header's bytes, as they were signed; `header`: what they say."""

    protected: bytes
    header: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes
    signature: bytes


def recognizes(data: bytes) -> bool:
    return data.startswith(_STARTS)


def read(data: bytes) -> Secured:
    """RFC 9052 section 4.2. Raises `Invalid` or `NotSupported`."""
    envelope = _parse(data)
    return Secured(NAME, VC_JWT.document(strict_json.parse_object(envelope.payload)), envelope)


def verify(secured: Secured, *, dereference: Dereference, expected: Expected) -> Verified:
    """RFC 9052 section 4.4. Raises `Invalid` or `Unavailable`."""
    envelope: Envelope = secured.envelope
    # (1) read again what was signed: `secured.document` may have been worked with
    claims = strict_json.parse_object(envelope.payload)
    document = VC_JWT.document(claims)
    kind = _kind(envelope.header, document)
    for name, value in _header_claims(envelope.header).items():
        if claims.setdefault(name, value) != value:
            raise ProofInvalid("The token's header and its payload say two things of {name}.", name=name)
    # (2) the key is the issuer's or holder's own, listed for this purpose, and the signature is by it
    party = party_id(document)
    method = signing_method(
        _pointer(envelope),
        party=party if isinstance(party, str) else None,
        purpose=expected.purpose,
        dereference=dereference,
    )
    require_controller(method, document, expected)
    name, wanted = ALGORITHMS[envelope.header[_ALG]]
    if method.key.kind != wanted:
        raise UnknownAlgorithm(
            "The token is signed with {alg}, but the key is of the kind {kind}.", alg=name, kind=method.key.kind
        )
    method.key.verify(envelope.signature, _signed(envelope.protected, envelope.payload))
    # (3) what the claims say is what the credential says, now, and to us
    VC_JWT.check(claims, document, now=expected.now)
    check_audience(claims, expected)
    check_contexts(document.get("@context"), expected.rule)
    return Verified(
        document=document,
        digest=hashlib.sha256(envelope.payload).digest(),
        methods=(method.id,),
        created=(moment(claims, "iat") if "iat" in claims else None,),
        mechanism=f"{kind}+cose {name}",
    )


def secure(document: dict[str, Any], *, signer: Signer, verification_method: str, **claims: Any) -> bytes:
    """A credential, or a presentation. `claims`: `aud`, `nonce`, `iat` and others beside it. Raises `MalformedValue`
    for what would contradict itself, `NotSupported` for a key that COSE has no algorithm for here."""
    if "proof" in document or document.keys() & (claims.keys() | {"vc", "vp"}):
        raise MalformedValue("The credential has members that would be read as claims or as another signature.")
    algorithm = _ALGORITHM_OF.get(signer.public_key.kind)
    if algorithm is None:
        raise NotSupported("Keys of the kind {kind} do not sign COSE here.", kind=signer.public_key.kind)
    kind = "vp" if is_presentation(document) else "vc"
    payload = json.dumps({**document, **claims}, ensure_ascii=False, separators=(",", ":")).encode()
    protected = cbor.encode(
        {
            _ALG: algorithm,
            _CONTENT: f"application/{kind}",
            _KID: verification_method.encode(),
            _TYP: f"application/{kind}+cose",
        }
    )
    return cbor.tagged(TAG, [protected, {}, payload, signer.sign(_signed(protected, payload))])


def _signed(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052 section 4.4: the Sig_structure."""
    return cbor.encode(["Signature1", protected, b"", payload])


def _parse(data: bytes) -> Envelope:
    # (1) the shape
    tag, message = cbor.decode(data)
    if tag not in (None, TAG) or not isinstance(message, list) or len(message) != 4:
        raise ParsingError("This is no COSE message with one signature.")
    protected, unprotected, payload, signature = message
    if not isinstance(protected, bytes) or not isinstance(unprotected, dict) or not isinstance(signature, bytes):
        raise ParsingError("This is no COSE message with one signature.")
    if not isinstance(payload, bytes):
        raise ParsingError("The COSE message carries nothing: what it signs lies elsewhere.")
    # (2) the header: a map, in nothing that decides repeated outside the signature
    header_tag, header = cbor.decode(protected)
    if header_tag is not None or not isinstance(header, dict):
        raise ParsingError("The protected header of the COSE message is no map.")
    if header.keys() & unprotected.keys() or unprotected.keys() & {_ALG, _CRIT, _CONTENT, _CLAIMS, _TYP}:
        raise ProofInvalid("The COSE message has headers outside its signature that decide something.")
    if _CRIT in header:
        raise ProofInvalid("The token's header has {name}, which is not accepted here.", name="crit")
    # (3) the algorithm
    algorithm = header.get(_ALG)
    if not isinstance(algorithm, int) or algorithm not in ALGORITHMS:
        if isinstance(algorithm, int) and algorithm in _ELSEWHERE:
            raise NotSupported("The token is signed with {alg}, which this verifier cannot check yet.", alg=algorithm)
        raise UnknownAlgorithm("The token's algorithm {alg} is none that is known.", alg=repr(algorithm)[:40])
    return Envelope(protected, header, unprotected, payload, signature)


def _kind(header: Mapping[Any, Any], document: Mapping[str, Any]) -> str:
    """`vc` or `vp`, when the types say the same as the content. They may be left out (VC-JOSE-COSE section 3.3)."""
    kind = "vp" if is_presentation(document) else "vc"
    if is_credential(document) == is_presentation(document) or document.keys() & {"vc", "vp"}:
        raise ProofInvalid("What the token carries is not what its type says.")
    if "proof" in document:
        raise ProofInvalid("The credential in the token has a proof of its own; nobody can tell which one is meant.")
    for label, wanted in ((_TYP, f"application/{kind}+cose"), (_CONTENT, f"application/{kind}")):
        value = header.get(label, wanted)
        if not isinstance(value, str) or value.lower() != wanted:
            raise ProofInvalid("The token is of the type {typ}, which no credential has.", typ=repr(value)[:60])
    return kind


def _header_claims(header: Mapping[Any, Any]) -> dict[str, Any]:
    """CWT claims in the header (RFC 9597); others than those of RFC 8392 say nothing here."""
    claims = header.get(_CLAIMS, {})
    if not isinstance(claims, dict):
        raise ParsingError("The claims in the header of the COSE message are no map.")
    return {name: claims[label] for label, name in _CWT.items() if label in claims}


def _pointer(envelope: Envelope) -> dict[str, Any]:
    """The `kid` as a token's header would say it. It only points, so it may stand outside the signature."""
    for header in (envelope.header, envelope.unprotected):
        if _KID in header:
            kid = header[_KID]
            try:
                return {"kid": kid.decode("utf-8") if isinstance(kid, bytes) else None}
            except UnicodeDecodeError:
                return {"kid": None}
    return {}
