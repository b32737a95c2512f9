"""Credentials secured by an embedded proof (Verifiable Credential Data Integrity 1.0).

    secured = secure(credential, signer=signer, verification_method=f"{did}#key-1", created=now, rule=OPEN_BADGES)
    verified = verify(secured, dereference=dereference, now=now, rule=OPEN_BADGES)

`verify` raises unless *every* proof of the set verifies, and gives back the document without its proofs: exactly
what was signed, nothing else. Known libraries accept a set when any one proof verifies; an employer cannot.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vc.cryptosuites import cryptosuite
from vc.dates import CLOCK_SKEW, parse_datetime, timestamp
from vc.dids import VerificationMethod
from vc.errors import Invalid, ProofInvalid, ProofMissing, RangeError, WrongPurpose
from vc.jsonld import CURRENT, Contents, ContextRule
from vc.keys import Signer

ASSERTION = "assertionMethod"

# A set of more proofs than this is an attempt to make us work.
MAX_PROOFS = 8

Dereference = Callable[[str, str], VerificationMethod]
"""`dereference(verification method URL, purpose)`; raises `Invalid` or `Unavailable`."""


@dataclass(frozen=True)
class Verified:
    """`document`: what the proofs cover. `digest`: the hash of its canonical form. `methods`: the keys' URLs."""

    document: dict[str, Any]
    digest: bytes
    methods: tuple[str, ...]
    created: tuple[datetime | None, ...]
    contents: Contents


def secure(
    credential: dict[str, Any],
    *,
    signer: Signer,
    verification_method: str,
    created: datetime,
    rule: ContextRule,
    suite: str = "eddsa-rdfc-2022",
) -> dict[str, Any]:
    """Section 4.2, "Add Proof". Raises what canonicalization refuses; an existing proof is not added to."""
    if "proof" in credential:
        raise ProofInvalid("The credential already has a proof.")
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": ASSERTION,
    }
    proof = cryptosuite(suite).create_proof(credential, options, signer=signer, rule=rule)
    return {**credential, "proof": [proof]}


def verify(
    document: dict[str, Any],
    *,
    dereference: Dereference,
    now: datetime,
    rule: ContextRule,
    contents: Contents = CURRENT,
) -> Verified:
    """Sections 4.4 and 4.5, "Verify Proof" and "Verify Proof Sets". Raises `Invalid` or `Unavailable`."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    found = [
        _verify_one(unsecured, proof, dereference=dereference, now=now, rule=rule, contents=contents)
        for proof in proofs_of(document)
    ]
    return Verified(
        document=unsecured,
        digest=found[0][0],
        methods=tuple(method for _, method, _ in found),
        created=tuple(created for _, _, created in found),
        contents=contents,
    )


def proofs_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The proof set. Raises `ProofMissing` when there is none: an empty set is no proof."""
    proofs = document.get("proof")
    proofs = proofs if isinstance(proofs, list) else [proofs]
    if not proofs or proofs == [None]:
        raise ProofMissing("The credential is not signed: it has no proof.")
    if len(proofs) > MAX_PROOFS:
        raise ProofInvalid(
            "The credential has {count} proofs; at most {limit} are read.", count=len(proofs), limit=MAX_PROOFS
        )
    if not all(isinstance(proof, dict) for proof in proofs):
        raise ProofInvalid("A proof is not an object.")
    return proofs


def issuer_of(document: dict[str, Any]) -> str:
    """The issuer's id. Raises `ProofInvalid`: a credential that nobody issued cannot be proved."""
    issuer = document.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(identifier, str):
        raise ProofInvalid("The credential names no issuer.")
    return identifier


def _verify_one(
    unsecured: dict[str, Any],
    proof: dict[str, Any],
    *,
    dereference: Dereference,
    now: datetime,
    rule: ContextRule,
    contents: Contents,
) -> tuple[bytes, str, datetime | None]:
    # (1) the suite is one we allow
    suite = cryptosuite(proof.get("cryptosuite", proof.get("type")))
    # (2) made to assert, and for no other audience than anybody
    if proof.get("proofPurpose") != ASSERTION:
        raise WrongPurpose(
            "The proof's purpose is {purpose!r}, not assertionMethod.", purpose=proof.get("proofPurpose")
        )
    for name in ("domain", "challenge", "previousProof"):
        if name in proof:
            raise ProofInvalid("The proof carries {name}, which a credential for everybody does not.", name=name)
    # (3) its own time is sound
    created = _moment(proof, "created")
    expires = _moment(proof, "expires")
    if created is not None and created > now + CLOCK_SKEW:
        raise RangeError("The proof is dated {created}, which is in the future.", created=created)
    if expires is not None and expires <= now:
        raise RangeError("The proof expired on {expires}.", expires=expires)
    # (4) the key is the issuer's own, listed for this purpose in the issuer's document
    url = proof.get("verificationMethod")
    if not isinstance(url, str):
        raise ProofInvalid("The proof does not name its key (verificationMethod).")
    method = dereference(url, ASSERTION)
    if method.controller != issuer_of(unsecured):
        raise ProofInvalid(
            "The credential says that {issuer} issued it, but it is signed by a key of {controller}.",
            issuer=issuer_of(unsecured),
            controller=method.controller,
        )
    # (5) the key is of the suite's kind, and the signature is by it
    if method.key.kind not in suite.key_kinds:
        raise ProofInvalid("A key of the kind {kind} cannot sign with {suite}.", kind=method.key.kind, suite=suite.name)
    digest = suite.verify_proof(unsecured, _options(proof, unsecured), key=method.key, rule=rule, contents=contents)
    return digest, url, created


def _options(proof: dict[str, Any], unsecured: dict[str, Any]) -> dict[str, Any]:
    """The proof; a context of its own is allowed only when it is the document's (vc-di-eddsa section 3.2.5)."""
    if "@context" not in proof:
        return proof
    if proof["@context"] != unsecured.get("@context"):
        raise ProofInvalid("The proof has another @context than the credential.")
    return {name: value for name, value in proof.items() if name != "@context"}


def _moment(proof: dict[str, Any], name: str) -> datetime | None:
    if name not in proof:
        return None
    try:
        return parse_datetime(proof[name])
    except Invalid as error:
        raise ProofInvalid("The proof's {name} is no date and time: {reason}", name=name, reason=str(error)) from error
