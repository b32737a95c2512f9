"""Tokens that choose how they are checked, or say one thing in claims and another in the credential (RFC 8725)."""

from typing import Any

from tests.attacks.attack import Guard, attack, guard
from tests.attacks.guards import BASE64, CONTROLLER, SIGNATURE, TWICE
from tests.attacks.keys import rsa_key, unsigned
from tests.attacks.stage import EVIL, Stage
from tests.simulators import DID, METHOD
from vc.dids import key, web
from vc.multibase import base64url_decode, base64url_encode

_JOSE, _JWT, _CLAIMS, _KEYS = "vc/jose.py", "vc/formats/vc_jwt.py", "vc/jwt_claims.py", "vc/token_keys.py"

REFUSED = guard("no crit, no jku", (_JOSE, "        if name in header:\n", "        if False:\n"))
ALGORITHM = guard("known algorithms", (_JOSE, '    _check_algorithm(header.get("alg"))\n', ""))
SAME_KIND = guard("the key's own algorithm", (_JOSE, "if jws.kind != key.kind:", "if False:"))
OWN_KEY = guard(
    "a key in the header is the issuer's",
    (
        _KEYS,
        "    if embedded is not None and embedded != method.key:\n",
        "    if embedded is not None:\n"
        "        return VerificationMethod(method.id, method.controller, embedded)\n"
        "    if False:\n",
    ),
)
IS_KEY = guard("a jwk is a key", (_KEYS, 'if not isinstance(header["jwk"], dict):', "if False:"))
KNOWN_TYPE = guard("known types of tokens", (_JWT, "if typ and typ not in _TYPES:", "if False:"))
KIND = guard(
    "a token carries what its type says",
    (
        _JWT,
        'if credential == presentation or (typ == "vc+jwt" and presentation) or (typ == "vp+jwt" and credential):',
        "if False:",
    ),
)
CONTENT = guard(
    "known contents",
    (_JWT, 'if cty is not None and (not typ or cty != ("vp" if presentation else "vc")):', "if False:"),
)
WRAPPED = guard("no claim vc", (_JWT, "        if wrapped:  # VC-JOSE-COSE section 1.1.2.1\n", "        if False:\n"))
SAME = guard(
    "claims say what the credential says", (_CLAIMS, "if name in claims and claims[name] != member:", "if False:")
)
DATES = guard(
    "claims have the credential's dates", (_CLAIMS, "if said not in (date, date.replace(microsecond=0)):", "if False:")
)
REQUIRED = guard(
    "claims that must be there", (_CLAIMS, "for name in sorted(required - claims.keys()):", "for name in ():")
)
EXPIRED = guard(
    "a token that holds still", (_CLAIMS, 'if own and "exp" in claims and moment(claims, "exp") <= now:', "if False:")
)
FUTURE = guard(
    "a token that holds already",
    (_CLAIMS, "if name in claims and moment(claims, name) > now + CLOCK_SKEW:", "if False:"),
)
AUDIENCE = guard("made for nobody else", (_CLAIMS, "if wanted is None and name in claims:", "if False:"))
EMBEDDED = guard("one proof", (_JWT, "    if dialect is not OPEN_BADGES:\n", "    if False:\n"))
BOTH = guard(
    "both proofs",
    (
        _JWT,
        'return verified if "proof" not in document else _with_embedded(verified, dialect, dereference, expected)',
        "return verified",
    ),
)
MOMENT = guard("a claim's date", (_CLAIMS, "except (ValueError, OverflowError, OSError):", "except ZeroDivisionError:"))
HEADER_ISSUER = guard("one issuer", (_JWT, 'if jws.header.get("iss", party) != party:', "if False:"))
ENVELOPE = guard(
    "nothing beside the token", ("vc/enveloped.py", 'if name not in ("@context", "id", "type"):', "if False:")
)
ENVELOPE_KIND = guard(
    "an envelope holds what it says",
    ("vc/enveloped.py", "kind != TYPES[only]", "False"),
    ("vc/formats/__init__.py", "if is_presentation(inner.document) != token.presentation:", "if False:"),
)
RSA_SIZE = guard(
    "RSA keys of 2,048 bits", ("vc/keys/rsa.py", "if not MIN_BITS <= n.bit_length() <= MAX_BITS:", "if False:")
)
RSA_ZERO = guard("one spelling of RSA's numbers", ("vc/keys/rsa.py", 'if data[:1] == b"\\0":', "if False:"))

INVALID = "proof PROOF_VERIFICATION_ERROR"
UNREAD = "structure PROOF_VERIFICATION_ERROR"
UNKNOWN_ALG = "structure UNKNOWN_ALGORITHM"


def open_badge(stage: Stage, **changes: Any) -> dict[str, Any]:
    """The claims of an Open Badges token."""
    credential = stage.course()
    claims = {"iss": DID, "jti": credential["id"], "nbf": 1772452800}
    return {**credential, **claims, **changes}


def _vc(name: str, threat: str, stopped: str, by: Guard, header: Any = None, signer: Any = None, **claims: Any) -> None:
    """A `vc+jwt` by the academy, or by who has its key."""

    def build(stage: Stage) -> bytes:
        return stage.token({**stage.course(), **claims}, header, signer=signer(stage) if signer else None)

    attack(f"jwt/{name}", threat, stopped, by)(build)


def _ob(name: str, threat: str, stopped: str, by: Guard, header: Any = None, **claims: Any) -> None:
    """An Open Badges token; a claim that is None is left out."""

    def build(stage: Stage) -> bytes:
        values = open_badge(stage, **claims)
        return stage.token({n: v for n, v in values.items() if v is not None}, {"typ": "JWT", **(header or {})})

    attack(f"jwt/{name}", threat, stopped, by)(build)


# --- forged ------------------------------------------------------------------------------------------------


def at_campus(stage: Stage, kind: Any, header: Any = None, change: Any = None) -> bytes:
    """A campus's genuine token, by a key of another kind."""
    did, signer = stage.campus(kind)
    credential = stage.course()
    del credential["credentialStatus"]
    credential["issuer"]["id"] = did
    if change:
        change(credential)
    return stage.token(credential, {"kid": f"{did}#key-1", **(header or {})}, signer=signer)


def repacked(token: bytes, old: str, new: str) -> bytes:
    """The payload changed under the same signature."""
    head, payload, signature = token.split(b".")
    text = base64url_decode(payload.decode()).decode()
    if old not in text:
        raise LookupError(old)
    return b".".join((head, base64url_encode(text.replace(old, new).encode()).encode(), signature))


def _resigned(token: bytes, signature: bytes) -> bytes:
    return token.rpartition(b".")[0] + b"." + base64url_encode(signature).encode()


for _kind, _alg, _length in (
    ("Ed25519", "eddsa", 64),
    ("P-256", "es256", 64),
    ("P-384", "es384", 96),
    ("RSA", "rs256", 256),
):

    def _changed(stage: Stage, kind: Any = _kind) -> bytes:
        return repacked(at_campus(stage, kind), '"value": "91"', '"value": "100"')

    def _zeros(stage: Stage, kind: Any = _kind, length: int = _length) -> bytes:
        return _resigned(at_campus(stage, kind), bytes(length))

    attack(f"jwt/{_alg}-better-grade", "The grade is changed under an old signature.", INVALID, SIGNATURE)(_changed)
    attack(f"jwt/{_alg}-zero-signature", "A signature of zeros (CVE-2022-21449).", INVALID, SIGNATURE)(_zeros)


@attack("jwt/signed-by-a-stranger", "A stranger's key under the academy's name.", INVALID, CONTROLLER)
def _(stage: Stage) -> bytes:
    return stage.token(stage.course(), {"kid": key.method_of(stage.attacker.public_key)}, signer=stage.attacker)


@attack("jwt/key-in-the-header", "The token brings the key by which it shall be checked.", INVALID, OWN_KEY)
def _(stage: Stage) -> bytes:
    return stage.token(stage.course(), {"jwk": stage.attacker.jwk}, signer=stage.attacker)


@attack(
    "jwt/respelt-signature",
    "Stray bits at the end of the signature: one token in several spellings.",
    "structure PARSING_ERROR",
    BASE64,
)
def _(stage: Stage) -> bytes:
    token = stage.token(stage.course())
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + bytes([letters[letters.index(token[-1:]) | 1]])


# --- the header --------------------------------------------------------------------------------------------

for _name, _value in (
    ("none", "none"),
    ("none-in-capitals", "NONE"),
    ("hs256", "HS256"),
    ("in-small-letters", "eddsa"),
    ("a-number", 7),
    ("a-list", ["EdDSA"]),
    ("hs256-of-the-public-key", "HS512"),
):
    _vc(
        f"alg-{_name}",
        "The token says itself how it shall be checked (CVE-2022-29217).",
        UNKNOWN_ALG,
        ALGORITHM,
        {"alg": _value},
    )


@attack("jwt/alg-missing", "A token that does not say how it was signed.", UNKNOWN_ALG, ALGORITHM)
def _(stage: Stage) -> bytes:
    _, payload, _ = stage.token(stage.course()).split(b".")
    head = base64url_encode(b'{"typ":"vc+jwt","kid":"%s"}' % METHOD.encode()).encode()
    return b".".join((head, payload, base64url_encode(stage.signer.sign(head + b"." + payload)).encode()))


_vc(
    "alg-of-another-kind-of-key",
    "An algorithm that is not the key's (CVE-2026-48523).",
    "proof UNKNOWN_ALGORITHM",
    SAME_KIND,
    {"alg": "RS256"},
)
_vc("alg-of-another-curve", "The same with ECDSA.", "proof UNKNOWN_ALGORITHM", SAME_KIND, {"alg": "ES256"})
_vc(
    "crit",
    "An extension that must be understood is passed over (CVE-2025-59420).",
    UNREAD,
    REFUSED,
    {"crit": ["exp"], "exp": 1},
)
_vc("crit-empty", "An empty list of extensions.", UNREAD, REFUSED, {"crit": []})
_vc("b64", "A payload that is not base64url for some (RFC 7797).", UNREAD, REFUSED, {"b64": True})
_vc("jku", "An address from which to fetch the key.", UNREAD, REFUSED, {"jku": "https://evil.example/keys"})
_vc("x5u", "An address from which to fetch a certificate.", UNREAD, REFUSED, {"x5u": "https://evil.example/key.pem"})
_vc("jwk-is-a-text", "A key that is no object.", INVALID, IS_KEY, {"jwk": "x"})
_vc("type-of-an-access-token", "A token that was made for another purpose.", UNREAD, KNOWN_TYPE, {"typ": "at+jwt"})
_vc("type-of-a-status-list", "A status list as a credential.", UNREAD, KNOWN_TYPE, {"typ": "statuslist+jwt"})
_vc("type-of-a-presentation", "A credential that says it is a presentation.", INVALID, KIND, {"typ": "vp+jwt"})
_vc("content-of-another-type", "A token that says it carries something else.", INVALID, CONTENT, {"cty": "vp"})
_vc("issuer-in-the-header", "The header names another issuer.", INVALID, HEADER_ISSUER, {"iss": EVIL})


def _header_twice(stage: Stage) -> bytes:
    token = stage.token(stage.course())
    _, payload, _ = token.split(b".")
    head = base64url_encode(b'{"alg":"none","alg":"EdDSA","typ":"vc+jwt","kid":"%s"}' % METHOD.encode()).encode()
    return b".".join((head, payload, base64url_encode(stage.signer.sign(head + b"." + payload)).encode()))


attack("jwt/header-with-two-algorithms", "Two readers take two algorithms.", "structure PARSING_ERROR", TWICE)(
    _header_twice
)


@attack("jwt/two-learners", "A claim that stands twice.", "structure PARSING_ERROR", TWICE)
def _(stage: Stage) -> bytes:
    text = stage.text(stage.course()).replace(b'"identityHash"', b'"identityHash": "Somebody Else", "identityHash"', 1)
    return stage.token(text)


# --- the claims --------------------------------------------------------------------------------------------

_vc("another-iss", "The claims name another issuer than the credential.", INVALID, SAME, iss=EVIL)
_vc(
    "iss-that-begins-alike",
    "An issuer that begins like the academy's (CVE-2024-53861).",
    INVALID,
    SAME,
    iss=DID + ".evil.example",
)
_vc("iss-that-is-a-part", "An issuer that is a part of the academy's.", INVALID, SAME, iss=DID[:-4])
_vc("iss-is-a-list", "A list of issuers with the right one among them.", INVALID, SAME, iss=[DID, EVIL])
_vc("another-jti", "The claims name another credential.", INVALID, SAME, jti="urn:uuid:another")
_vc("another-sub", "The claims name another learner.", INVALID, SAME, sub="did:example:somebody-else")
_vc("expired", "The signature's own end has passed.", "proof RANGE_ERROR", EXPIRED, exp=1772452799)
_vc("not-yet", "The signature does not hold yet.", "proof RANGE_ERROR", FUTURE, nbf=1790000000)
_vc("signed-tomorrow", "A token dated ahead.", "proof RANGE_ERROR", FUTURE, iat=1790000000)
_vc(
    "date-beyond-every-calendar",
    "A date in seconds that no calendar has.",
    "proof MALFORMED_VALUE_ERROR",
    MOMENT,
    exp=10**15,
)
_vc(
    "for-another-audience",
    "A token made for another verifier is replayed.",
    INVALID,
    AUDIENCE,
    aud="https://shop.example",
)
_vc("with-a-nonce", "An answer to another verifier's question.", INVALID, AUDIENCE, nonce="k3Jr9c")
_vc(
    "with-a-second-credential",
    "A second credential in a claim.",
    UNREAD,
    WRAPPED,
    vc={"type": ["VerifiableCredential"]},
)
_ob("badge-another-iss", "The claims name another issuer than the badge.", INVALID, SAME, iss=EVIL)
_ob("badge-another-jti", "The claims name another badge.", INVALID, SAME, jti="urn:uuid:another")
_ob("badge-another-nbf", "The claims say another beginning than the badge.", INVALID, DATES, nbf=1772452801)
_ob("badge-without-jti", "A badge's token must name the badge.", INVALID, REQUIRED, jti=None)
_ob("badge-without-iss", "A badge's token must name the issuer.", INVALID, REQUIRED, iss=None)
_ob("badge-without-nbf", "A badge's token must have a beginning.", INVALID, REQUIRED, nbf=None)
_ob(
    "badge-another-exp",
    "The claims say a later end than the badge.",
    INVALID,
    DATES,
    validUntil="2026-12-31T00:00:00Z",
    exp=1900000000,
)
_ob("badge-for-an-audience", "A badge made for another verifier.", INVALID, AUDIENCE, aud="https://shop.example")

# --- two proofs --------------------------------------------------------------------------------------------


@attack(
    "jwt/with-a-proof-inside", "A token whose credential has a proof of its own: which is meant?", INVALID, EMBEDDED
)
def _(stage: Stage) -> bytes:
    return stage.token(stage.secure(stage.course()))


@attack(
    "jwt/badge-with-a-forged-proof",
    "A badge's token may hold a proof; a forged one is passed over by some.",
    INVALID,
    BOTH,
)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    secured["proof"][0]["created"] = "2026-01-01T00:00:00Z"
    return stage.token({**secured, "iss": DID, "jti": secured["id"], "nbf": 1772452800}, {"typ": "JWT"})


# --- envelopes ---------------------------------------------------------------------------------------------


def _enveloped(
    name: str, threat: str, stopped: str, by: Guard, kind: str = "EnvelopedVerifiableCredential", **more: Any
) -> None:
    def build(stage: Stage) -> bytes:
        media_type = more.get("media_type", "application/vc+jwt")
        envelope = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": f"data:{media_type},{stage.token(stage.course()).decode()}",
            "type": kind,
        }
        return stage.text(envelope | more.get("members", {}))

    attack(f"jwt/{name}", threat, stopped, by)(build)


_enveloped(
    "envelope-with-a-name",
    "A name beside the token is nobody's word.",
    "structure UNSIGNED_DATA",
    ENVELOPE,
    members={"name": "Doctor"},
)
_enveloped(
    "envelope-of-a-presentation",
    "A credential in an envelope for presentations.",
    "structure MALFORMED_VALUE_ERROR",
    ENVELOPE_KIND,
    kind="EnvelopedVerifiablePresentation",
    media_type="application/vp+jwt",
)

# --- RSA ---------------------------------------------------------------------------------------------------


def _rsa(name: str, threat: str, n: Any, e: Any, sign: Any, by: Guard) -> None:
    def build(stage: Stage) -> bytes:
        url = f"{DID}#key-1"
        jwk = {"kty": "RSA", "n": n(), "e": e}
        method = {"id": url, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": jwk}
        document = {"id": DID, "verificationMethod": [method], "assertionMethod": [url]}
        stage.pages[web.document_url(DID)] = stage.text(document)
        credential = stage.course()
        del credential["credentialStatus"]
        token = stage.token(credential, {"alg": "RS256"})
        return _resigned(token, sign(token.rpartition(b".")[0]))

    attack(f"jwt/{name}", threat, "proof INVALID_VERIFICATION_METHOD", by)(build)


def _sign(bits: int) -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    return lambda message: rsa_key("a short key", bits).sign(message, padding.PKCS1v15(), hashes.SHA256())


_rsa(
    "rsa-of-1024-bits",
    "A key that can be broken for money.",
    lambda: unsigned(rsa_key("a short key", 1024).public_key().public_numbers().n),
    "AQAB",
    _sign(1024),
    RSA_SIZE,
)
_rsa(
    "rsa-with-a-leading-zero",
    "One key in two spellings.",
    lambda: base64url_encode(b"\0" + rsa_key("a short key", 2048).public_key().public_numbers().n.to_bytes(256)),
    "AQAB",
    _sign(2048),
    RSA_ZERO,
)
