"""Credentials as JSON Web Tokens: three dialects, each with what must be refused."""

import functools
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.vc.formats.tokens import BADGE, DID_JWK, KID, SIGNER, WEB, issued_by, sign, verify, web_document, with_keys
from tests.vc.samples import NOW, SoftSigner, course, secure
from vc import formats
from vc.context_rules import CREDENTIAL, OB_303, OPEN_BADGES_1, VC1, VC2
from vc.dids import key
from vc.errors import (
    Invalid,
    InvalidKey,
    MalformedValue,
    NotSupported,
    ParsingError,
    ProofInvalid,
    RangeError,
    UnknownAlgorithm,
    UnknownContext,
    VcError,
    WrongPurpose,
)
from vc.formats import vc_jwt
from vc.keys import KeyKind
from vc.multibase import multibase_encode
from vc.securing import AUTHENTICATION, Expected

SECONDS = int(NOW.timestamp())
NAMED = {"kid": KID}
OTHER = SoftSigner("somebody else")

Change = Callable[[dict[str, Any]], Any]


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def open_badges(**changes: Any) -> dict[str, Any]:
    claims = {**BADGE, "iss": BADGE["issuer"]["id"], "jti": BADGE["id"], "nbf": SECONDS}
    return {name: value for name, value in (claims | changes).items() if value is not None}


def token(header: dict[str, Any], claims: dict[str, Any], signer: SoftSigner = SIGNER) -> bytes:
    return sign({**NAMED, **header}, dumps(claims), signer)


# --- accepted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384"])
@pytest.mark.parametrize(("dialect", "mechanism"), [("vc+jwt", "vc+jwt"), ("JWT", "JWT")])
def test_what_is_signed_comes_back(kind: KeyKind, dialect: Any, mechanism: str) -> None:
    signer = SoftSigner(kind=kind)
    badge = course(signer)
    made = vc_jwt.secure(
        badge, signer=signer, verification_method=key.method_of(signer.public_key), dialect=dialect, iat=SECONDS
    )
    verified = verify(made)
    assert verified.document == badge
    assert verified.methods == (key.method_of(signer.public_key),)
    assert verified.created == (NOW,)
    assert verified.mechanism.startswith(f"{mechanism} E")
    assert len(verified.digest) == 32


def test_rsa_which_open_badges_asks_for() -> None:
    signer = SoftSigner(kind="RSA")
    badge = issued_by(WEB)
    document = {
        "id": WEB,
        "verificationMethod": [
            {"id": f"{WEB}#r", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": signer.public_key.jwk}
        ],
        "assertionMethod": [f"{WEB}#r"],
    }
    made = vc_jwt.secure(badge, signer=signer, verification_method=f"{WEB}#r", dialect="JWT")
    read = formats.read(made)
    verified = formats.verify(read, dereference=functools.partial(with_keys, document), expected=Expected(now=NOW))
    assert (verified.document, verified.mechanism) == (badge, "JWT RS256")


def test_the_subject_and_the_end_are_claims_too() -> None:
    badge = {**BADGE, "validUntil": "2027-03-02T12:00:00Z"}
    badge["credentialSubject"] = {"id": "did:example:zoe", **badge["credentialSubject"]}
    made = vc_jwt.secure(badge, signer=SIGNER, verification_method=KID, dialect="JWT")
    claims = json.loads(formats.read(made).envelope.payload)
    assert (claims["sub"], claims["exp"]) == ("did:example:zoe", SECONDS + 365 * 86400)
    assert verify(made).document == badge


@pytest.mark.parametrize("typ", ["vc+jwt", "VC+JWT", "application/vc+jwt"])
def test_a_type_in_its_other_spellings(typ: str) -> None:
    assert verify(token({"typ": typ, "cty": "application/vc"}, BADGE)).document == BADGE


def test_without_a_type_the_claims_tell() -> None:
    assert verify(token({}, BADGE)).mechanism == "vc+jwt EdDSA"
    assert verify(token({}, open_badges())).mechanism == "JWT EdDSA"
    assert verify(token({"typ": "JWT"}, open_badges())).mechanism == "JWT EdDSA"


def test_an_end_that_only_the_claim_says() -> None:
    made = token({"typ": "JWT"}, open_badges(exp=SECONDS + 60))
    assert verify(made).document == {**BADGE, "validUntil": "2026-03-02T12:01:00Z"}


def test_a_badge_that_has_ended_is_still_genuine() -> None:
    """Whether its dates hold is another question, with another answer for the reader."""
    made = token({"typ": "JWT"}, open_badges(exp=SECONDS + 60))
    assert verify(made, now=NOW + timedelta(days=1)).document["validUntil"]


@pytest.mark.parametrize(
    "kid",
    [KID, KID.partition("#")[2], "#" + KID.partition("#")[2]],
    ids=["absolute", "bare", "relative"],
)
def test_how_a_key_is_named(kid: str) -> None:
    assert verify(token({"kid": kid}, BADGE)).methods == (KID,)


@pytest.mark.parametrize("issuer", [BADGE["issuer"]["id"], DID_JWK])
@pytest.mark.parametrize("header", [{}, {"jwk": SIGNER.public_key.jwk}])
def test_an_issuer_with_one_key_need_not_name_it(issuer: str, header: dict[str, Any]) -> None:
    badge = issued_by(issuer)
    assert verify(sign(header, dumps(badge))).document == badge


def test_a_key_in_the_header_that_the_issuer_lists() -> None:
    badge = issued_by(WEB)
    made = sign({"jwk": SIGNER.public_key.jwk}, dumps(badge))
    lookup = functools.partial(with_keys, web_document(OTHER, SIGNER))
    verified = formats.verify(formats.read(made), dereference=lookup, expected=Expected(now=NOW))
    assert verified.methods == (f"{WEB}#key-2",)


def test_both_a_token_and_a_proof_in_it() -> None:
    """Open Badges 3.0 section 8.2.3; then both must hold."""
    claims = secure(BADGE, SIGNER) | open_badges()
    verified = verify(token({"typ": "JWT"}, claims))
    assert verified.document == BADGE
    assert verified.mechanism == "JWT EdDSA, eddsa-rdfc-2022"
    broken = {**claims, "proof": [{**claims["proof"][0], "created": "2026-03-01T12:00:00Z"}]}
    with pytest.raises(ProofInvalid):
        verify(token({"typ": "JWT"}, broken))
    with pytest.raises(ProofInvalid, match="which one is meant"):
        verify(token({"typ": "vc+jwt"}, secure(BADGE, SIGNER)))


def test_a_credential_that_is_no_badge() -> None:
    status = {"@context": [VC2], "type": ["VerifiableCredential"], "issuer": BADGE["issuer"]["id"]}
    status["credentialSubject"] = [{"id": "urn:a"}, {"id": "urn:b"}]
    assert verify(token({"typ": "vc+jwt"}, status), rule=CREDENTIAL).document == status
    with pytest.raises(ProofInvalid):  # which of the two?
        verify(token({"typ": "vc+jwt"}, {**status, "sub": "urn:a"}), rule=CREDENTIAL)


# --- the data model 1.1 --------------------------------------------------------------------------------------


def old_badge() -> dict[str, Any]:
    badge = {**BADGE, "@context": [VC1, OB_303], "issuanceDate": BADGE["validFrom"]}
    del badge["validFrom"]
    badge["credentialSubject"] = {"id": "did:example:zoe", **badge["credentialSubject"]}
    return badge


def old_claims(**changes: Any) -> dict[str, Any]:
    """As an encoder of VCDM 1.1 section 6.3.1 leaves out what claims say."""
    inner = old_badge()
    issuer = dict(inner.pop("issuer"))
    claims = {
        "iss": issuer.pop("id"),
        "jti": inner.pop("id"),
        "nbf": SECONDS,
        "exp": SECONDS + 60,
        "sub": "did:example:zoe",
    }
    del inner["issuanceDate"], inner["credentialSubject"]["id"]
    inner["issuer"] = issuer
    return {**claims, "vc": inner, "unrelated": 1} | changes


def test_what_was_left_out_is_set_again() -> None:
    verified = verify(token({"typ": "JWT"}, old_claims()), rule=OPEN_BADGES_1)
    assert verified.document == {**old_badge(), "expirationDate": "2026-03-02T12:01:00Z"}
    assert verified.mechanism == "JWT 1.1 EdDSA"


def test_what_was_repeated_is_compared() -> None:
    whole = old_badge()
    assert verify(token({}, old_claims(vc=whole, exp=None) | {"exp": SECONDS + 60}), rule=OPEN_BADGES_1)
    for name, value in [
        ("iss", OTHER_DID := key.did_of(OTHER.public_key)),
        ("jti", "urn:other"),
        ("sub", OTHER_DID),
        ("nbf", SECONDS + 1),
    ]:
        with pytest.raises(ProofInvalid):
            verify(token({}, old_claims(vc=whole) | {name: value}), rule=OPEN_BADGES_1)


@pytest.mark.parametrize("vc", [None, [], "text", {}, {"@context": [VC2, OB_303], "type": ["VerifiableCredential"]}])
def test_a_claim_vc_that_is_none(vc: Any) -> None:
    with pytest.raises(Invalid):
        verify(token({}, old_claims(vc=vc)), rule=OPEN_BADGES_1)


def test_credential_and_presentation_at_once() -> None:
    with pytest.raises(ProofInvalid, match="a credential and a presentation"):
        formats.read(token({}, old_claims(vp={})))


def test_a_model_of_today_in_a_claim_vc() -> None:
    with pytest.raises(ProofInvalid, match=r"data model 1\.1"):
        verify(token({}, {"vc": BADGE, "iss": BADGE["issuer"]["id"]}))


# --- presentations -------------------------------------------------------------------------------------------

PRESENTATION = {
    "@context": [VC2],
    "type": ["VerifiablePresentation"],
    "holder": key.did_of(SIGNER.public_key),
    "verifiableCredential": [],
}
ASKED: dict[str, Any] = {
    "rule": CREDENTIAL,
    "purpose": AUTHENTICATION,
    "signed_by": "holder",
    "challenge": "n-1",
    "domain": "https://employer.example",
}


def presented(**claims: Any) -> bytes:
    values = {"nonce": "n-1", "aud": "https://employer.example"} | claims
    return vc_jwt.secure(PRESENTATION, signer=SIGNER, verification_method=KID, **values)


@pytest.mark.parametrize("aud", ["https://employer.example", ["https://employer.example"]])
def test_a_presentation_that_answers_us(aud: Any) -> None:
    verified = verify(presented(aud=aud), **ASKED)
    assert (verified.document, verified.mechanism) == (PRESENTATION, "vp+jwt EdDSA")


@pytest.mark.parametrize("changes", [{"nonce": "n-2"}, {"aud": "https://other.example"}, {"aud": [1]}])
def test_a_presentation_that_answers_another(changes: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid, match="does not answer"):
        verify(presented(**changes), **ASKED)


@pytest.mark.parametrize("name", ["aud", "nonce"])
def test_a_credential_that_was_made_for_one_verifier(name: str) -> None:
    with pytest.raises(ProofInvalid, match="for somebody else to ask for"):
        verify(token({"typ": "vc+jwt"}, {**BADGE, name: "x"}))


def test_a_presentation_by_another_than_its_holder() -> None:
    made = vc_jwt.secure(
        PRESENTATION,
        signer=OTHER,
        verification_method=key.method_of(OTHER.public_key),
        nonce="n-1",
        aud=ASKED["domain"],
    )
    with pytest.raises(ProofInvalid, match="holds it"):
        verify(made, **ASKED)


@pytest.mark.parametrize(
    ("typ", "document"),
    [("vp+jwt", BADGE), ("vc+jwt", PRESENTATION), ("vc+jwt", {**BADGE, "type": ["OpenBadgeCredential"]})],
)
def test_a_type_that_its_content_is_not(typ: str, document: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid, match="not what its type says"):
        verify(token({"typ": typ}, document), signed_by=None)


# --- refused: the header -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ({"typ": "at+jwt"}, ProofInvalid),
        ({"typ": "kb+jwt"}, ProofInvalid),
        ({"typ": "text/plain"}, ProofInvalid),
        ({"typ": ["vc+jwt"]}, ParsingError),
        ({"typ": ""}, ParsingError),
        ({"typ": "vc+ld+json+jwt"}, NotSupported),
        ({"typ": "vc+jwt", "cty": "vp"}, ProofInvalid),
        ({"typ": "JWT", "cty": "JWT"}, ProofInvalid),
        ({"typ": "JWT", "cty": "vc"}, ProofInvalid),
        ({"alg": "none"}, UnknownAlgorithm),
        ({"alg": "ES256"}, UnknownAlgorithm),
        ({"crit": ["exp"]}, ProofInvalid),
        ({"jku": "https://evil.example/keys"}, ProofInvalid),
        ({"x5u": "https://evil.example/cert"}, ProofInvalid),
        ({"b64": False}, ProofInvalid),
        ({"iss": "did:example:other"}, ProofInvalid),
        ({"kid": 7}, ProofInvalid),
        ({"kid": ""}, ProofInvalid),
        ({"kid": KID.partition("#")[0]}, MalformedValue),
        ({"jwk": "text"}, ProofInvalid),
        ({"jwk": {**SIGNER.public_key.jwk, "d": "AA"}}, InvalidKey),
        ({"jwk": OTHER.public_key.jwk}, ProofInvalid),
    ],
    ids=str,
)
def test_headers_that_are_refused(header: dict[str, Any], error: type[Exception]) -> None:
    claims = open_badges() if header.get("typ") == "JWT" else BADGE
    with pytest.raises(error):
        verify(token(header, claims))


def test_a_stranger_s_key_in_the_header() -> None:
    """The oldest forgery: signed by anybody, with the key that checks it beside it."""
    for issuer in (BADGE["issuer"]["id"], DID_JWK):
        with pytest.raises(ProofInvalid):
            verify(sign({"jwk": OTHER.public_key.jwk}, dumps(issued_by(issuer)), OTHER))
    lookup = functools.partial(with_keys, web_document(SIGNER))
    forged = formats.read(sign({"jwk": OTHER.public_key.jwk}, dumps(issued_by(WEB)), OTHER))
    with pytest.raises(InvalidKey, match="does not publish"):
        formats.verify(forged, dereference=lookup, expected=Expected(now=NOW))


def test_a_key_that_is_listed_but_not_for_this() -> None:
    document = {**web_document(SIGNER), "assertionMethod": []}
    lookup = functools.partial(with_keys, document)
    made = formats.read(sign({"jwk": SIGNER.public_key.jwk}, dumps(issued_by(WEB))))
    with pytest.raises(WrongPurpose):
        formats.verify(made, dereference=lookup, expected=Expected(now=NOW))


def test_a_key_of_somebody_else() -> None:
    with pytest.raises(ProofInvalid, match="signed by a key of"):
        verify(token({"kid": key.method_of(OTHER.public_key)}, BADGE, OTHER))


def test_no_key_is_named_and_there_may_be_several() -> None:
    lookup = functools.partial(with_keys, web_document(SIGNER))
    made = formats.read(sign({}, dumps(issued_by(WEB))))
    with pytest.raises(ProofInvalid, match="does not name its key"):
        formats.verify(made, dereference=lookup, expected=Expected(now=NOW))


@pytest.mark.parametrize("header", [{}, {"kid": "key-1"}])
def test_nobody_is_named(header: dict[str, Any]) -> None:
    nobody = {name: value for name, value in BADGE.items() if name != "issuer"}
    with pytest.raises(ProofInvalid):
        verify(sign(header, dumps(nobody)))
    with pytest.raises(ProofInvalid):
        verify(sign(header, dumps(nobody)), signed_by=None)


# --- refused: the claims -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": key.did_of(OTHER.public_key)},
        {"iss": [BADGE["issuer"]["id"]]},
        {"jti": "urn:uuid:other"},
        {"sub": "did:example:zoe"},
        {"nbf": SECONDS - 1},
        {"nbf": SECONDS + 3600},
        {"exp": SECONDS + 60, "validUntil": "2026-03-02T12:02:00Z"},
        {"iss": None},
        {"jti": None},
        {"nbf": None},
        {"credentialSubject": {"id": "did:example:zoe", **BADGE["credentialSubject"]}},
        {"validFrom": None},
    ],
    ids=str,
)
def test_claims_that_contradict_a_badge(changes: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid):
        verify(token({"typ": "JWT"}, open_badges(**changes)))


@pytest.mark.parametrize("value", ["1772452800", True, 1e300, -1e18, None, [], {}])
def test_dates_that_are_none(value: Any) -> None:
    for name in ("nbf", "exp"):
        with pytest.raises(Invalid):
            verify(token({"typ": "JWT"}, {**open_badges(), name: value}))
    for name in ("iat", "nbf", "exp"):
        with pytest.raises(MalformedValue):
            verify(token({"typ": "vc+jwt"}, {**BADGE, name: value}))


@pytest.mark.parametrize(
    ("claims", "now"),
    [
        ({"iat": SECONDS + 3600}, NOW),
        ({"nbf": SECONDS + 3600}, NOW),
        ({"exp": SECONDS + 60}, NOW + timedelta(seconds=60)),
    ],
)
def test_a_signature_out_of_its_time(claims: dict[str, Any], now: datetime) -> None:
    with pytest.raises(RangeError):
        verify(token({"typ": "vc+jwt"}, {**BADGE, **claims}), now=now)
    assert verify(token({"typ": "vc+jwt"}, {**BADGE, "iat": SECONDS + 240, "exp": SECONDS + 60}))
    if "iat" in claims:
        with pytest.raises(RangeError):
            verify(token({"typ": "JWT"}, open_badges(**claims)), now=now)


@pytest.mark.parametrize("name", ["iss", "jti", "sub"])
def test_optional_claims_must_agree_too(name: str) -> None:
    with pytest.raises(ProofInvalid, match="but its credential says"):
        verify(token({"typ": "vc+jwt"}, {**BADGE, name: "did:example:other"}))


def test_fractions_of_a_second() -> None:
    claims = open_badges(validFrom="2026-03-02T12:00:00.25Z")
    assert verify(token({"typ": "JWT"}, claims))
    assert verify(token({"typ": "JWT"}, {**claims, "nbf": SECONDS + 0.25}))
    with pytest.raises(ProofInvalid):
        verify(token({"typ": "JWT"}, {**claims, "nbf": SECONDS + 0.75}))


@pytest.mark.parametrize("name", ["vc", "vp"])
def test_a_wrapped_credential_beside_the_bare_one(name: str) -> None:
    with pytest.raises(ProofInvalid, match="must not have a claim"):
        formats.read(token({"typ": "vc+jwt"}, {**BADGE, name: BADGE}))


def test_a_context_that_is_not_known() -> None:
    badge = {**BADGE, "@context": [*BADGE["@context"], "https://evil.example/context"]}
    with pytest.raises(UnknownContext):
        verify(token({"typ": "vc+jwt"}, badge))


@pytest.mark.parametrize("payload", [b"", b"[]", b'"text"', b"{", b'{"a":1,"a":1}', b"\xff"])
def test_a_payload_that_is_no_object(payload: bytes) -> None:
    with pytest.raises(Invalid):
        formats.read(sign(NAMED, payload))


# --- refused: changes after signing ---------------------------------------------------------------------------


def test_every_flipped_bit_is_noticed() -> None:
    whole = vc_jwt.secure(
        {"@context": [VC2], "type": ["VerifiableCredential"], "issuer": BADGE["issuer"]["id"]},
        signer=SIGNER,
        verification_method=KID,
    )
    assert verify(whole, rule=CREDENTIAL)
    for position in range(len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[position] ^= 1 << bit
            with pytest.raises(VcError):
                verify(bytes(changed), rule=CREDENTIAL)


def test_only_what_was_signed_is_given_back() -> None:
    read = formats.read(token({"typ": "vc+jwt"}, BADGE))
    read.document["credentialSubject"] = "changed after reading"
    verified = formats.verify(
        read,
        dereference=lambda url, purpose: with_keys(key.document(SIGNER.public_key), url, purpose),
        expected=Expected(now=NOW),
    )
    assert verified.document == BADGE


def test_a_signature_of_another_token() -> None:
    one, other = token({"typ": "vc+jwt"}, BADGE), token({"typ": "vc+jwt"}, issued_by(DID_JWK))
    with pytest.raises(ProofInvalid):
        verify(one.rpartition(b".")[0] + b"." + other.rpartition(b".")[2])


# --- issuing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "claims", "dialect"),
    [
        ({"proof": {}}, {}, "vc+jwt"),
        ({"iss": "x"}, {}, "vc+jwt"),
        ({}, {"vc": BADGE}, "vc+jwt"),
        ({}, {"validFrom": "x"}, "vc+jwt"),
        ({"id": None}, {}, "JWT"),
        ({"issuer": None}, {}, "JWT"),
        ({"validFrom": None}, {}, "JWT"),
        ({"@context": [VC1, OB_303]}, {}, "JWT"),
    ],
    ids=str,
)
def test_what_would_contradict_itself_is_not_signed(
    changes: dict[str, Any], claims: dict[str, Any], dialect: Any
) -> None:
    badge = {name: value for name, value in (BADGE | changes).items() if value is not None}
    with pytest.raises(MalformedValue):
        vc_jwt.secure(badge, signer=SIGNER, verification_method=KID, dialect=dialect, **claims)


def test_a_small_order_key_in_a_token() -> None:
    weak = "did:key:" + multibase_encode(b"\xed\x01" + b"\x01" + b"\0" * 31, "z")
    forged = sign({"kid": f"{weak}#{weak[8:]}"}, dumps(issued_by(weak))).rpartition(b".")[0] + b"." + b"A" * 86
    with pytest.raises(Invalid):
        verify(forged)
