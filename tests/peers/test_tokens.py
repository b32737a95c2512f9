"""The reference library of SD-JWT, pycose and joserfc read what we sign, and we read what they sign.

What the first lets pass is written down here, so that nobody takes its word for ours.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.optional import need
from tests.vc.formats.tokens import BADGE, KID, SIGNER, verify
from tests.vc.samples import NOW, SoftSigner, course
from vc import cbor, jose
from vc.context_rules import CREDENTIAL, VC2
from vc.dids import key
from vc.disclosures import digest
from vc.errors import Invalid
from vc.formats import cose, sd_jwt, vc_jwt
from vc.keys import PublicKey
from vc.multibase import base64url_decode, base64url_encode

try:
    import cbor2
    from joserfc import jws as joserfc_jws
    from joserfc.jwk import ECKey, OKPKey
    from jwcrypto.jwk import JWK
    from pycose.headers import KID as COSE_KID
    from pycose.headers import Algorithm
    from pycose.keys import OKPKey as CoseKey
    from pycose.messages import Sign1Message
    from sd_jwt.common import SDObj
    from sd_jwt.holder import SDJWTHolder
    from sd_jwt.issuer import SDJWTIssuer
    from sd_jwt.verifier import SDJWTVerifier
except ImportError:
    MISSING = True
else:
    MISSING = False

HOLDER = SoftSigner("a holder", "P-256")
AUDIENCE, NONCE = "https://employer.example", "n-1"
# RFC 8037 appendix A: a published private key, which only tests use.
SECRET = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
THEIR_DID = "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"
THEIR_KID = THEIR_DID + "#" + THEIR_DID[8:]
THEIRS = {"@context": [VC2], "type": ["VerifiableCredential"], "issuer": THEIR_DID, "name": "Zoë"}


@pytest.fixture(autouse=True)
def _installed() -> None:
    need(not MISSING, "sd-jwt, pycose and joserfc (pip install -e '.[dev]')")


def by_reference(token: bytes, **expected: str) -> Any:
    issuer = JWK(**SIGNER.public_key.jwk)
    return SDJWTVerifier(token.decode(), lambda iss, header: issuer, **expected).get_verified_payload()


def issued(**more: Any) -> bytes:
    places = [
        "/name",
        "/credentialSubject/result",
        "/credentialSubject/result/0/value",
        "/credentialSubject/identifier/0",
    ]
    values: dict[str, Any] = {"signer": SIGNER, "verification_method": KID, "disclosable": places}
    values["salts"] = [number.to_bytes(16) for number in range(1, 9)]
    return sd_jwt.secure(BADGE, **(values | more))


# --- SD-JWT --------------------------------------------------------------------------------------------------


def test_the_reference_reads_our_sd_jwt() -> None:
    assert by_reference(issued()) == BADGE
    shown = sd_jwt.present(issued(), disclose=["/credentialSubject/result/0/value"])
    assert by_reference(shown) == verify(shown).document


def test_the_reference_reads_our_holder_s_signature() -> None:
    token = issued(holder=HOLDER.public_key)
    shown = sd_jwt.bind(token, holder=HOLDER, audience=AUDIENCE, nonce=NONCE, now=NOW)
    found = by_reference(shown, expected_aud=AUDIENCE, expected_nonce=NONCE)
    assert {name: value for name, value in found.items() if name != "cnf"} == BADGE


def their_sd_jwt(claims: dict[Any, Any], **more: Any) -> str:
    return str(
        SDJWTIssuer(
            claims,
            JWK(**SECRET),
            sign_alg="EdDSA",
            extra_header_parameters={"typ": "vc+sd-jwt", "kid": THEIR_KID},
            **more,
        ).sd_jwt_issuance
    )


def test_we_read_the_reference_s_sd_jwt() -> None:
    hidden = {name: value for name, value in THEIRS.items() if name != "name"}
    claims = {**hidden, SDObj("name"): "Zoë", "list": [SDObj("a"), {SDObj("b"): [SDObj(1)]}]}
    token = their_sd_jwt(claims, add_decoy_claims=True)
    assert verify(token.encode(), rule=CREDENTIAL).document == {**THEIRS, "list": ["a", {"b": [1]}]}


def test_we_read_the_reference_s_holder() -> None:
    holder = JWK.generate(kty="EC", crv="P-256")
    made = SDJWTHolder(their_sd_jwt({**THEIRS, SDObj("secret"): 1}, holder_key=holder))
    made.create_presentation({}, NONCE, AUDIENCE, holder, "ES256")
    now = datetime.now(UTC)  # its signature has the time of this machine
    shown = made.sd_jwt_presentation.encode()
    assert verify(shown, rule=CREDENTIAL, domain=AUDIENCE, challenge=NONCE, now=now).document == THEIRS


def test_what_the_reference_lets_pass() -> None:
    """Measured on sd-jwt 0.10.4. We refuse all of it."""
    # (1) a disclosure that belongs to nothing
    stray = base64url_encode(json.dumps(["s", "name", "Somebody Else"]).encode())
    token = issued() + stray.encode() + b"~"
    assert by_reference(token) == BADGE
    # (2) a holder's signature, whatever it is, when none is expected
    assert by_reference(issued() + b"nonsense") == BADGE
    # (3) names that only digests have
    for name in ("_sd", "..."):
        one = base64url_encode(json.dumps(["s", name, ["x"]]).encode())
        claims = {"_sd": [sd_jwt_digest(one)], "_sd_alg": "sha-256"}
        assert by_reference(signed(claims) + one.encode() + b"~") == {name: ["x"]}
    # (4) a digest that stands twice, in an array
    one = base64url_encode(json.dumps(["s", "x"]).encode())
    twice = {"a": [{"...": sd_jwt_digest(one)}, {"...": sd_jwt_digest(one)}]}
    assert by_reference(signed(twice) + one.encode() + b"~") == {"a": ["x", "x"]}
    # (5) a token that has ended, and one that begins in the future
    assert by_reference(issued(exp=1, nbf=2**40))
    for ours in (token, issued() + b"nonsense", signed({**BADGE, **twice}) + one.encode() + b"~", issued(exp=1)):
        with pytest.raises(Invalid):
            verify(ours)


def signed(claims: dict[str, Any]) -> bytes:
    return jose.sign({"typ": "vc+sd-jwt", "kid": KID}, json.dumps(claims).encode(), SIGNER) + b"~"


def sd_jwt_digest(text: str) -> str:
    return digest(text.encode(), "sha-256")


# --- COSE and JWT --------------------------------------------------------------------------------------------


def test_pycose_reads_our_message() -> None:
    # Its own `decode` stumbles over cbor2 6, which freezes what stands in a tag.
    parts = list(cbor2.loads(cose.secure(BADGE, signer=SIGNER, verification_method=KID)).value)
    made = Sign1Message.from_cose_obj([parts[0], dict(parts[1]), *parts[2:]], True)
    made.key = CoseKey(crv="ED25519", x=base64url_decode(SIGNER.public_key.jwk["x"]), optional_params={})
    assert made.verify_signature()
    assert json.loads(made.payload) == BADGE


def test_we_read_pycose_s_message() -> None:
    secret = {name: base64url_decode(SECRET[name]) for name in ("x", "d")}
    for header in (
        {Algorithm: "EDDSA", COSE_KID: THEIR_KID.encode()},
        {COSE_KID: THEIR_KID.encode(), Algorithm: "EDDSA"},
    ):
        made = Sign1Message(phdr=header, uhdr={}, payload=json.dumps(THEIRS).encode())
        made.key = CoseKey(crv="ED25519", **secret)
        assert verify(made.encode(), rule=CREDENTIAL).document == THEIRS


def test_joserfc_reads_our_token_and_we_its() -> None:
    signer = SoftSigner(kind="P-256")
    token = vc_jwt.secure(course(signer), signer=signer, verification_method=key.method_of(signer.public_key))
    read = joserfc_jws.deserialize_compact(token, ECKey.import_key(signer.public_key.jwk), algorithms=["ES256"])
    assert json.loads(read.payload) == course(signer)
    header = {"alg": "Ed25519", "typ": "vc+jwt", "kid": THEIR_KID}
    made = joserfc_jws.serialize_compact(header, json.dumps(THEIRS), OKPKey.import_key(SECRET), algorithms=["Ed25519"])
    assert verify(made.encode(), rule=CREDENTIAL).document == THEIRS


def test_our_cbor_is_theirs() -> None:
    for value in (BADGE["name"], [1, -1, 2**63, -(2**63), b"a" * 70_000, {1: "x", "y": [b""]}]):
        assert cbor.encode(value) == cbor2.dumps(value)
        assert cbor.decode(cbor2.dumps(value)) == (None, value)


def test_the_published_key() -> None:
    assert key.did_of(PublicKey.from_jwk({name: SECRET[name] for name in ("kty", "crv", "x")})) == THEIR_DID
