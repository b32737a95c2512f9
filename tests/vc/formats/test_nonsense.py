"""Whatever bytes come: an error of ours, never another, and never a credential that nobody signed."""

import contextlib
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vc.formats.tokens import BADGE, KID, SIGNER, sign, verify
from tests.vc.samples import SoftSigner
from vc import cbor, formats
from vc.context_rules import CREDENTIAL, VC2
from vc.errors import VcError
from vc.formats import cose, sd_jwt, vc_jwt
from vc.keys import PublicKey
from vc.multibase import base64url_encode

HOLDER = SoftSigner("a holder")
SMALL = {"@context": [VC2], "type": ["VerifiableCredential"], "issuer": BADGE["issuer"]["id"], "name": "a"}
TOKENS = [
    vc_jwt.secure(SMALL, signer=SIGNER, verification_method=KID),
    sd_jwt.secure(SMALL, signer=SIGNER, verification_method=KID, disclosable=["/name"], salts=[b"s" * 16]),
    cose.secure(SMALL, signer=SIGNER, verification_method=KID),
]
COMMON = [
    b".",
    b"~",
    b"eyJ",
    b"e30",
    b"{",
    b"}",
    b'"',
    b"\xd2\x84",
    b"\x84",
    b"\x40",
    b"\xa0",
    b"data:application/vc+jwt,",
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
CLAIMS = "iss sub aud exp nbf iat jti nonce cnf vc vp vct _sd _sd_alg ... status".split()
MEMBERS = "@context type issuer holder credentialSubject id validFrom proof".split()
names = st.sampled_from(CLAIMS + MEMBERS)
header_names = st.sampled_from(["alg", "typ", "cty", "kid", "jwk", "crit", "x5c", "iss"])
# Something like a key.
jwks = st.fixed_dictionaries(
    {"kty": st.sampled_from(["OKP", "EC", "RSA", "oct"]) | json_values},
    optional=dict.fromkeys(("x", "y", "n", "e", "alg", "use", "key_ops", "kid"), json_values)
    | {"crv": st.sampled_from(["Ed25519", "P-256", "P-384", "P-521"]) | json_values},
)
header_values = json_values | jwks | st.sampled_from(["vc+jwt", "JWT", "vc+sd-jwt", "dc+sd-jwt", "EdDSA", "#x", KID])
claim_values = json_values | st.fixed_dictionaries({}, optional={"jwk": jwks, "kid": json_values})


def never_accepted(data: bytes) -> None:
    try:
        verified = verify(data, rule=CREDENTIAL)
    except VcError:
        return
    raise AssertionError(f"accepted: {verified.document}")


def read_or_refused(data: bytes) -> None:
    """Signed by the issuer, so it may well be good; but it may not crash."""
    with contextlib.suppress(VcError):
        verify(data, rule=CREDENTIAL)


@given(st.binary(max_size=400) | st.lists(st.sampled_from(COMMON) | st.binary(max_size=6), max_size=30).map(b"".join))
@settings(max_examples=400)
def test_any_bytes(data: bytes) -> None:
    never_accepted(data)


@given(st.sampled_from(TOKENS), st.data())
@settings(max_examples=300)
def test_tokens_cut_and_pasted(token: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(token) - 1))
    end = data.draw(st.integers(start, len(token)))
    changed = token[:start] + data.draw(st.binary(max_size=8) | st.sampled_from(COMMON)) + token[end:]
    if changed.strip() != token.strip():
        never_accepted(changed)


@given(
    st.dictionaries(header_names, header_values, max_size=5),
    st.dictionaries(names | st.text(max_size=5), claim_values, max_size=8),
    st.booleans(),
    st.lists(st.lists(json_values, max_size=3), max_size=3),
)
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_any_header_and_claims(
    header: dict[str, Any], claims: dict[str, Any], whole: bool, disclosures: list[list[Any]]
) -> None:
    payload = json.dumps({**SMALL, **claims} if whole else claims).encode()
    token = sign({"kid": KID, **header}, payload)
    read_or_refused(token)
    texts = [base64url_encode(json.dumps(one).encode()).encode() for one in disclosures]
    read_or_refused(b"~".join([token, *texts, b""]))
    read_or_refused(b"~".join([token, *texts, token]))


cbor_values = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=20) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-9, 20) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(cbor_values)
@settings(max_examples=300)
def test_any_cbor_there_and_back(value: Any) -> None:
    assert cbor.decode(cbor.encode(value)) == (None, value)
    read_or_refused(cbor.tagged(18, value))


@given(
    st.dictionaries(st.sampled_from([1, 2, 3, 4, 15, 16]) | st.text(max_size=3), cbor_values, max_size=6), cbor_values
)
@settings(max_examples=300)
def test_any_cose_header(header: dict[Any, Any], unprotected: Any) -> None:
    protected, payload = cbor.encode({1: -8, **header}), json.dumps(SMALL).encode()
    signature = SIGNER.sign(cbor.encode(["Signature1", protected, b"", payload]))
    read_or_refused(cbor.tagged(18, [protected, unprotected, payload, signature]))
    read_or_refused(cbor.tagged(18, [protected, {}, payload, signature]))


@given(jwks | json_values)
@settings(max_examples=300)
def test_any_key(jwk: Any) -> None:
    with contextlib.suppress(VcError):
        PublicKey.from_jwk(jwk if isinstance(jwk, dict) else {"kty": "RSA", "n": jwk, "e": "AQAB"})
    holder = {**SMALL, "cnf": {"jwk": jwk}}
    token = sign({"kid": KID}, json.dumps(holder).encode()) + b"~"
    read_or_refused(token + sign({"typ": "kb+jwt"}, b"{}"))


@given(json_values, json_values)
def test_any_envelope(url: Any, other: Any) -> None:
    for kind in ("EnvelopedVerifiableCredential", ["EnvelopedVerifiablePresentation", other]):
        document = {"@context": [VC2], "type": kind, "id": url}
        try:
            formats.read(json.dumps(document).encode())
        except VcError:
            continue
        raise AssertionError("an envelope without a token was read")
