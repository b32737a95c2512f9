"""Embedded proofs that are forged, borrowed, dated wrongly, or made for something else (Data Integrity 1.0)."""

from typing import Any

from tests.attacks.attack import altered, attack, guard, issued
from tests.attacks.guards import CONTROLLER, FORM, SIGNATURE
from tests.attacks.keys import WordSigner
from tests.attacks.stage import EVIL, Stage
from tests.simulators import DID, METHOD
from vc.dids import key
from vc.multibase import base64url_encode, multibase_decode, multibase_encode

_DI, _HASHED = "vc/formats/data_integrity.py", "vc/hashed_proof.py"

PURPOSE = guard("the proof's purpose", (_DI, 'if proof.get("proofPurpose") != expected.purpose:', "if False:"))
DOMAIN = guard("no domain", (_DI, 'if "domain" in proof and expected.domain is None:', "if False:"))
CHALLENGE = guard(
    "no challenge",
    (_DI, 'if "challenge" in proof and expected.challenge is None:', "if False:"),
    (_DI, 'if proof.get("challenge") != expected.challenge:', "if False:"),
)
CREATED = guard("not from the future", (_DI, "if created is not None and created > now + CLOCK_SKEW:", "if False:"))
EXPIRES = guard("not expired", (_DI, "if expires is not None and expires <= now:", "if False:"))
NAMED_KEY = guard("a proof names its key", (_DI, "if not isinstance(url, str):", "if False:"))
SUITE = guard("known cryptosuites", ("vc/cryptosuites/__init__.py", "    if suite is None:\n", "    if False:\n"))
KINDS = guard("the suite's kinds of keys", (_DI, "if method.key.kind not in suite.key_kinds:", "if False:"))
TYPE = guard("the proof's type", (_HASHED, 'if options.get("type") != type or', "if"))
CONTEXT = guard(
    "the proof's contexts",
    (_HASHED, 'if options.get("@context", document.get("@context")) != document.get("@context"):', "if False:"),
)
BASE = guard(
    "one spelling of a signature", (_HASHED, 'proof.get("proofValue", ""), "z")', 'proof.get("proofValue", ""))')
)

INVALID = "proof PROOF_VERIFICATION_ERROR"


def first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["proof"][0]
    return found


# --- changed after it was signed, for each suite ----------------------------------------------------------

SUITES = (
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "P-256"),
    ("ecdsa-rdfc-2019", "P-384"),
    ("ecdsa-jcs-2019", "P-256"),
    ("ecdsa-jcs-2019", "P-384"),
    ("Ed25519Signature2020", "Ed25519"),
)


def in_suite(stage: Stage, suite: str, kind: Any) -> dict[str, Any]:
    """A genuine certificate of a campus, secured in one of the ways."""
    did, signer = stage.campus(kind)
    credential = stage.course()
    del credential["credentialStatus"]  # the list is the academy's, not the campus's
    credential["issuer"]["id"] = did
    old = {"type": suite, "cryptosuite": None} if suite == "Ed25519Signature2020" else {}
    if old:
        credential["@context"].append("https://w3id.org/security/suites/ed25519-2020/v1")
    return stage.secure_as_is(credential, signer=signer, method=f"{did}#key-1", suite=suite, proof=old)


def _raise_grade(document: dict[str, Any]) -> None:
    document["credentialSubject"]["result"][0]["value"] = "100"


def _other_learner(document: dict[str, Any]) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"


def _zero_signature(document: dict[str, Any]) -> None:
    length = len(multibase_decode(first(document)["proofValue"]))
    first(document)["proofValue"] = multibase_encode(bytes(length), "z")


def _largest_signature(document: dict[str, Any]) -> None:
    """r and s of the order of the curve and beyond (CVE-2022-21449's neighbours)."""
    length = len(multibase_decode(first(document)["proofValue"]))
    first(document)["proofValue"] = multibase_encode(b"\xff" * length, "z")


def _per_suite(name: str, threat: str, change: Any, suite: str, kind: Any) -> None:
    def build(stage: Stage) -> bytes:
        secured = in_suite(stage, suite, kind)
        change(secured)
        return stage.text(secured)

    attack(f"proofs/{suite.lower()}-{kind.lower()}-{name}", threat, INVALID, SIGNATURE)(build)


for _suite, _kind in SUITES:
    _per_suite("another-learner", "The learner's name is changed after signing.", _other_learner, _suite, _kind)
    _per_suite("better-grade", "The grade is changed after signing.", _raise_grade, _suite, _kind)
    _per_suite(
        "zero-signature",
        "A signature of zeros was good for every message (CVE-2022-21449).",
        _zero_signature,
        _suite,
        _kind,
    )
    if _kind != "Ed25519":
        _per_suite("largest-signature", "r and s beyond the order of the curve.", _largest_signature, _suite, _kind)

altered(
    "proofs/proof-of-another-certificate",
    "A genuine proof is moved to another certificate of the same issuer.",
    lambda d: d.update(id=d["id"] + "-2"),
    INVALID,
    SIGNATURE,
)
altered(
    "proofs/created-moved",
    "The proof's own date is covered by the signature, too.",
    lambda d: first(d).update(created="2026-01-01T00:00:00Z"),
    INVALID,
    SIGNATURE,
)
altered(
    "proofs/expires-taken-away",
    "An unsigned end of the proof.",
    lambda d: first(d).update(expires="2030-01-01T00:00:00Z"),
    INVALID,
    SIGNATURE,
)

# --- somebody else's key -----------------------------------------------------------------------------------


@attack(
    "proofs/signed-by-a-strangers-did-key",
    "Anybody can make a key and write the academy's name above it.",
    INVALID,
    CONTROLLER,
)
def _(stage: Stage) -> bytes:
    method = key.method_of(stage.attacker.public_key)
    return stage.text(stage.secure(stage.course(), signer=stage.attacker, verification_method=method))


@attack("proofs/signed-by-another-domain", "Another domain's key under the academy's name.", INVALID, CONTROLLER)
def _(stage: Stage) -> bytes:
    stage.publish(EVIL, {"key-1": stage.attacker.public_key})
    return stage.text(stage.secure(stage.course(), signer=stage.attacker, verification_method=f"{EVIL}#key-1"))


@attack(
    "proofs/signed-by-another-path-of-the-domain", "A tenant of the same host signs for the host.", INVALID, CONTROLLER
)
def _(stage: Stage) -> bytes:
    did, signer = stage.campus("Ed25519")
    return stage.text(stage.secure(stage.course(), signer=signer, verification_method=f"{did}#key-1"))


@attack(
    "proofs/issuer-swapped-after-signing",
    "The issuer is changed to one who did not sign.",
    INVALID,
    CONTROLLER | SIGNATURE,
)
def _(stage: Stage) -> bytes:
    stage.publish(EVIL, {"key-1": stage.attacker.public_key})
    credential = stage.course()
    credential["issuer"]["id"] = EVIL
    secured = stage.secure_as_is(credential, signer=stage.attacker, method=f"{EVIL}#key-1")
    secured["issuer"]["id"] = DID
    return stage.text(secured)


# --- made for something else -------------------------------------------------------------------------------

issued(
    "proofs/for-authentication",
    "A proof for logging in is replayed as an assertion.",
    lambda c: None,
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    PURPOSE,
    proof={"proofPurpose": "authentication"},
)
issued(
    "proofs/without-purpose",
    "A proof that says nothing of what it is for.",
    lambda c: None,
    "proof INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
    PURPOSE,
    proof={"proofPurpose": None},
)
issued(
    "proofs/for-another-domain",
    "A proof made for another verifier is replayed.",
    lambda c: None,
    INVALID,
    DOMAIN,
    proof={"domain": "shop.example"},
)
issued(
    "proofs/for-two-domains",
    "The same with a list.",
    lambda c: None,
    INVALID,
    DOMAIN,
    proof={"domain": ["shop.example", "verify.example"]},
)
issued(
    "proofs/with-a-challenge",
    "An answer to another verifier's question is replayed.",
    lambda c: None,
    INVALID,
    CHALLENGE,
    proof={"challenge": "k3Jr9c"},
)
issued(
    "proofs/from-the-future",
    "A proof dated ahead survives the key's withdrawal.",
    lambda c: None,
    "proof RANGE_ERROR",
    CREATED,
    proof={"created": "2026-03-09T12:00:00Z"},
)
issued(
    "proofs/expired",
    "The proof's own end has passed.",
    lambda c: None,
    "proof RANGE_ERROR",
    EXPIRES,
    proof={"expires": "2026-03-02T11:59:59Z"},
)

# --- suites and their keys ---------------------------------------------------------------------------------

altered(
    "proofs/invented-suite",
    "A suite that nobody defined.",
    lambda d: first(d).update(cryptosuite="eddsa-rdfc-2099"),
    "proof UNKNOWN_CRYPTOSUITE",
    SUITE,
)
altered(
    "proofs/suite-is-an-object",
    "A suite whose name is no text.",
    lambda d: first(d).update(cryptosuite={"name": "x"}),
    "structure MALFORMED_VALUE_ERROR",
    SUITE | FORM,
)
altered(
    "proofs/no-suite",
    "A proof that does not say how it was made.",
    lambda d: first(d).pop("cryptosuite"),
    "proof UNKNOWN_CRYPTOSUITE",
    SUITE,
)
altered(
    "proofs/suite-from-before",
    "A suite of 2018 that is not read here.",
    lambda d: d.update(proof={**first(d), "type": "RsaSignature2018", "cryptosuite": "none"}),
    "proof UNKNOWN_CRYPTOSUITE",
    SUITE,
)
altered(
    "proofs/without-key",
    "A proof that does not name its key.",
    lambda d: first(d).pop("verificationMethod"),
    INVALID,
    NAMED_KEY,
)
altered(
    "proofs/key-is-an-object",
    "A key given in the proof itself is no key of the issuer's.",
    lambda d: first(d).update(verificationMethod={"id": METHOD, "type": "Multikey"}),
    "structure MALFORMED_VALUE_ERROR",
    NAMED_KEY | FORM,
)


def _confused(name: str, threat: str, suite: str, kind: Any, named: str) -> None:
    def build(stage: Stage) -> bytes:
        did, signer = stage.campus(kind)
        credential = stage.course()
        del credential["credentialStatus"]
        credential["issuer"]["id"] = did
        return stage.text(
            stage.secure_as_is(credential, signer=signer, method=f"{did}#key-1", suite=suite, named=named)
        )

    attack(name, threat, INVALID, KINDS)(build)


_confused(
    "proofs/ecdsa-by-an-ed25519-key",
    "A suite with a key of another kind (CVE-2026-48523).",
    "ecdsa-rdfc-2019",
    "Ed25519",
    "ecdsa-rdfc-2019",
)
_confused("proofs/eddsa-by-a-p-256-key", "The same the other way round.", "eddsa-rdfc-2022", "P-256", "eddsa-rdfc-2022")
_confused(
    "proofs/jcs-eddsa-by-a-p-384-key", "The same with canonical JSON.", "eddsa-jcs-2022", "P-384", "eddsa-jcs-2022"
)

issued(
    "proofs/type-of-another-suite",
    "A proof type that is not the suite's.",
    lambda c: None,
    INVALID,
    TYPE,
    suite="eddsa-jcs-2022",
    proof={"type": "Ed25519Signature2020"},
)
altered(
    "proofs/with-a-context-of-its-own",
    "A context in the proof that the document does not have is not signed.",
    lambda d: first(d).update({"@context": [*d["@context"], "https://w3id.org/security/jwk/v1"]}),
    INVALID,
    CONTEXT,
)


@attack(
    "proofs/jcs-with-fewer-contexts",
    "A document that names more contexts than its proof does: their words are unsigned.",
    INVALID,
    CONTEXT,
)
def _(stage: Stage) -> bytes:
    secured = in_suite(stage, "eddsa-jcs-2022", "Ed25519")
    context = secured["@context"][:2]
    credential = {name: value for name, value in secured.items() if name != "proof"}
    did = credential["issuer"]["id"]
    return stage.text(
        stage.secure_as_is(
            credential,
            signer=WordSigner("a campus"),
            method=f"{did}#key-1",
            suite="eddsa-jcs-2022",
            proof={"@context": context},
        )
    )


@attack("proofs/signature-respelt", "One signature in two spellings is two files with one meaning.", INVALID, BASE)
def _(stage: Stage) -> bytes:
    secured = stage.secure(stage.course())
    raw = multibase_decode(first(secured)["proofValue"])
    first(secured)["proofValue"] = "u" + base64url_encode(raw)
    return stage.text(secured)
