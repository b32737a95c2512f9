"""Keys that anybody could sign with, that can be written in two ways, or that do not fit (Controlled Identifiers)."""

from typing import Any

from tests.attacks.attack import Guard, attack, caught, guard
from tests.attacks.guards import BASE64
from tests.attacks.keys import WordSigner
from tests.attacks.stage import Stage
from tests.simulators import DID
from vc.dids import web
from vc.multibase import base64url_encode, multibase_encode

_ED, _KEYS, _CURVE, _DIDS = "vc/keys/ed25519.py", "vc/keys/__init__.py", "vc/elliptic.py", "vc/dids/__init__.py"

SMALL = guard("no small order", (_ED, "if point == (0, 1):", "if False:"))
CANONICAL = guard("canonical Ed25519", (_ED, "if y >= _P:", "if False:"), (_ED, "if x is None:", "if False:"))
_NO_POINT = (
    "ValueError as error:\n"
    '            raise InvalidKey("The {curve} key is not a point of the curve.", curve=self.crv) from error'
)
ON_CURVE = caught(
    "a point of the curve",
    _CURVE,
    _NO_POINT + "\n\n    def matches",
)
COMPRESSED = guard("compressed points", (_CURVE, "if len(raw) != self.size + 1 or raw[0] not in (2, 3):", "if False:"))
JWK_ON_CURVE = caught(
    "a JWK is a point of the curve",
    _CURVE,
    _NO_POINT + "\n        return bytes",
)
COORDINATES = guard(
    "coordinates at full length", (_CURVE, "if len(x) != self.size or len(y) != self.size:", "if False:")
)
SECRET = guard("no secret key in public", (_KEYS, "if _SECRET_MEMBERS & jwk.keys():", "if False:"))
USE = guard("a key's use", (_KEYS, 'if jwk.get("use", "sig") != "sig":', "if False:"))
OPERATIONS = guard(
    "a key's operations", (_KEYS, 'if not isinstance(operations, list) or "verify" not in operations:', "if False:")
)
_LETTERS = "if not text.isascii() or text.encode().translate(None, _ALPHABET.encode()):"
ALPHABET = guard("letters of base58", ("vc/multibase.py", _LETTERS, 'text = text.replace("0", "")\n    if False:'))
LONG = guard("bounded base58", ("vc/multibase.py", "if len(text) > MAX_BASE58:", "if False:"))
SAME_KIND = guard(
    "the type's kind of key",
    (_DIDS, 'if method["type"] != "Multikey" and key.kind != "Ed25519":', "if False:"),
)
IS_JWK = guard("a JWK is an object", (_DIDS, "if not isinstance(jwk, dict):", "if False:"))

STOPPED = "proof INVALID_VERIFICATION_METHOD"

_ED25519, _P256 = b"\xed\x01", b"\x80\x24"


def _academy_key(stage: Stage, method: dict[str, Any]) -> str:
    """The academy publishes this key instead of its own; the URL of the key."""
    url = f"{DID}#key-1"
    document = {"id": DID, "verificationMethod": [{"id": url, "controller": DID, **method}], "assertionMethod": [url]}
    stage.pages[web.document_url(DID)] = stage.text(document)
    return url


def _weak(name: str, threat: str, raw: str, by: Guard) -> None:
    """The signature R = the neutral point, S = 0 is good for every message under a key of small order."""

    def build(stage: Stage) -> bytes:
        url = _academy_key(
            stage, {"type": "Multikey", "publicKeyMultibase": multibase_encode(_ED25519 + bytes.fromhex(raw), "z")}
        )
        credential = stage.course()
        del credential["credentialStatus"]
        for attempt in range(64):  # a key of order eight is good for one message in eight
            credential["credentialSubject"]["result"][0]["value"] = str(attempt)
            secured = stage.secure_as_is(credential, signer=Anybody(), method=url)
            if _good(bytes.fromhex(raw), stage, secured):
                return stage.text(secured)
        raise LookupError(name)

    attack(name, threat, STOPPED, by)(build)


class Anybody:
    """Signs without a secret."""

    @property
    def public_key(self) -> Any:
        return WordSigner("of the kind Ed25519").public_key

    def sign(self, message: bytes) -> bytes:
        self.message = message
        return b"\x01" + bytes(63)


def _good(raw: bytes, stage: Stage, secured: dict[str, Any]) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from tests.attacks.stage import hash_data
    from vc.context_rules import OPEN_BADGES
    from vc.cryptosuites.eddsa_rdfc_2022 import SUITE

    proof = secured["proof"][0]
    document = {name: value for name, value in secured.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    message = hash_data(SUITE, document, options, Anybody().public_key, OPEN_BADGES)
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(Anybody().sign(b""), message)
    except InvalidSignature:
        return False
    return True


_weak(
    "keys/neutral-point", "The neutral point as a key accepts one signature for every message.", "01" + "00" * 31, SMALL
)
_weak("keys/order-two", "A point of order two accepts it for every second message.", "ec" + "ff" * 30 + "7f", SMALL)
_weak("keys/order-four", "A point of order four.", "00" * 32, SMALL)
_weak("keys/order-four-negative", "The other point of order four.", "00" * 31 + "80", SMALL)
_weak(
    "keys/order-eight",
    "A point of order eight.",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    SMALL,
)
_weak(
    "keys/order-eight-other",
    "Another point of order eight.",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    SMALL,
)
_weak(
    "keys/non-canonical-neutral-point",
    "The neutral point in another spelling passes a list of weak keys.",
    "ee" + "ff" * 30 + "7f",
    CANONICAL | SMALL,
)


def _published(name: str, threat: str, method: Any, kind: Any, by: Guard, stopped: str = STOPPED, **more: Any) -> None:
    """The issuer's key in an unsound form. `method`: signer -> its verification method's members."""

    def build(stage: Stage) -> bytes:
        signer = WordSigner("a campus", kind)
        url = _academy_key(stage, method(signer))
        credential = stage.course()
        del credential["credentialStatus"]
        suite = "eddsa-rdfc-2022" if kind == "Ed25519" else "ecdsa-rdfc-2019"
        return stage.text(stage.secure_as_is(credential, signer=signer, method=url, suite=suite))

    attack(name, threat, stopped, by, **more)(build)


def _jwk(**changes: Any) -> Any:
    return lambda signer: {"type": "JsonWebKey", "publicKeyJwk": {**signer.jwk, **changes}}


def _uncompressed(signer: WordSigner) -> dict[str, str]:
    from vc.multibase import base64url_decode

    x, y = (base64url_decode(signer.jwk[name]) for name in "xy")
    return {"type": "Multikey", "publicKeyMultibase": multibase_encode(_P256 + b"\x04" + x + y, "z")}


_published(
    "keys/published-with-its-secret",
    "A key that stands on the web with its private part is everybody's.",
    _jwk(d="c2VjcmV0"),
    "Ed25519",
    SECRET,
)
_published(
    "keys/published-with-its-secret-p-256", "The same for an elliptic curve key.", _jwk(d="c2VjcmV0"), "P-256", SECRET
)
_published("keys/for-encryption", "A key that is meant for encryption only.", _jwk(use="enc"), "Ed25519", USE)
_published(
    "keys/for-signing-operations-only",
    "A key whose operations do not name verifying.",
    _jwk(key_ops=["encrypt"]),
    "P-256",
    OPERATIONS,
)
_published(
    "keys/operations-are-a-text",
    "Operations given as a text in which the word occurs.",
    _jwk(key_ops="do-not-verify"),
    "P-256",
    OPERATIONS,
)
_published(
    "keys/uncompressed-point", "A point in a second form makes two keys of one.", _uncompressed, "P-256", COMPRESSED
)
_published(
    "keys/off-the-curve",
    "A point that is not on the curve gives a secret away, or none.",
    lambda s: {"type": "Multikey", "publicKeyMultibase": multibase_encode(_P256 + b"\x02" + b"\xff" * 32, "z")},
    "P-256",
    ON_CURVE,
)
_published(
    "keys/jwk-off-the-curve",
    "The same as a JSON Web Key.",
    _jwk(y=base64url_encode(b"\x01" * 32)),
    "P-256",
    JWK_ON_CURVE,
)
_published(
    "keys/jwk-of-zeros",
    "The point at infinity as a key.",
    _jwk(x=base64url_encode(bytes(32)), y=base64url_encode(bytes(32))),
    "P-256",
    JWK_ON_CURVE,
)
_published(
    "keys/short-coordinate",
    "A coordinate without its leading zeros is another text for the same key.",
    _jwk(x="AQ"),
    "P-256",
    COORDINATES | JWK_ON_CURVE,
)
_published(
    "keys/respelt-in-base64url",
    "Stray bits at the end of a key: one key in several spellings.",
    lambda s: _jwk(x=_respelt(s.jwk["x"]))(s),
    "Ed25519",
    BASE64,
)
_published("keys/padded-base64url", "A key with padding.", lambda s: _jwk(x=s.jwk["x"] + "=")(s), "Ed25519", BASE64)
_published("keys/another-letter", "A letter that base58 leaves out.", lambda s: _multikey(s, "0"), "Ed25519", ALPHABET)
_published(
    "keys/megabytes-long",
    "Base58 takes time that grows with the square of the length.",
    lambda s: {"type": "Multikey", "publicKeyMultibase": "z" + "2" * 600_000},
    "Ed25519",
    LONG,
)
_published(
    "keys/ed25519-type-with-a-p-256-key",
    "A key of another kind than its type says.",
    lambda s: {"type": "Ed25519VerificationKey2020", "publicKeyMultibase": s.public_key.multibase},
    "P-256",
    SAME_KIND,
)
_published(
    "keys/jwk-is-a-text",
    "A key that is no object.",
    lambda s: {"type": "JsonWebKey", "publicKeyJwk": "x"},
    "Ed25519",
    IS_JWK,
)


def _respelt(text: str) -> str:
    """The same bytes with other stray bits: the last of 43 letters carries only four."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) | 1]


def _multikey(signer: WordSigner, more: str) -> dict[str, str]:
    return {"type": "Multikey", "publicKeyMultibase": signer.public_key.multibase + more}
