"""The endpoints that sign: one issuer for each cryptosuite and kind of key, with a status list of its own.

A thin layer: what a credential must be is said in `data_model.py`, how it is signed in `vc`. The keys are made from
words, and everybody has them.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.conformance.calls import Answer, Call
from tests.conformance.data_model import check_credential
from tests.conformance.envelopes import seal
from tests.vc.samples import SoftSigner
from vc.context_rules import VC1
from vc.cryptosuites.ecdsa_sd_2023 import ALWAYS_SHOWN
from vc.cryptosuites.ecdsa_sd_2023 import SUITE as SELECTIVE
from vc.dates import timestamp
from vc.dids import key
from vc.errors import MalformedValue
from vc.formats import data_integrity
from vc.securing import ASSERTION, issuer_of
from vc.status import bitstring

ENVELOPE = "vc-jwt"

# (suite, kind of key): an issuer for each.
ISSUERS: tuple[tuple[str, str], ...] = (
    ("eddsa-rdfc-2022", "Ed25519"),
    ("eddsa-jcs-2022", "Ed25519"),
    ("ecdsa-rdfc-2019", "P-256"),
    ("ecdsa-rdfc-2019", "P-384"),
    ("ecdsa-jcs-2019", "P-256"),
    ("ecdsa-jcs-2019", "P-384"),
    ("ecdsa-sd-2023", "P-256"),
)
_SIGNERS: Mapping[str, SoftSigner] = {
    kind: SoftSigner(f"conformance {kind}", kind=kind) for kind in ("Ed25519", "P-256", "P-384")
}

DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
INDEX = 94_567  # every credential's place in the one status list of its issuer
REVOKED = 1  # a place whose bit is set


def did_of(kind: str) -> str:
    return key.did_of(_SIGNERS[kind].public_key)


def dids_of_issuers(call: Call) -> Answer:
    return Answer(200, {kind: did_of(kind) for kind in _SIGNERS})


def issue(call: Call) -> Answer:
    """VC API 1.0 section 3.2.1."""
    return _issue(call, call.member("credential"))


def issue_with_status(call: Call) -> Answer:
    """The same, with a place in the issuer's status list."""
    credential = call.member("credential")
    entry = bitstring.entry(
        list_url=_list_url(call), index=INDEX, purpose="revocation", reference=f"{_list_url(call)}/about"
    )
    return _issue(call, {**credential, "credentialStatus": entry})


def status_list(call: Call) -> Answer:
    return Answer(200, signed_list(call))


def signed_list(call: Call) -> dict[str, Any]:
    """The status list of the issuer whose suite and key the path names. Raises `MalformedValue` for no issuer."""
    bits = bitstring.Bitstring()
    bits.set(REVOKED, True)
    unsecured = bitstring.list_credential(
        id=_list_url(call),
        issuer=did_of(_signer(call)[0]),
        purpose="revocation",
        bits=bits,
        valid_from=call.now - timedelta(minutes=1),
        valid_until=call.now + timedelta(days=1),
    )
    return _secure(call, unsecured)


def _issue(call: Call, credential: dict[str, Any]) -> Answer:
    suite, kind = call.path["suite"], _signer(call)[0]
    check_credential(credential, earlier=call.profile.anything)
    if call.profile.bound and issuer_of(credential) != did_of(kind):
        raise MalformedValue("This endpoint signs for {issuer} alone.", issuer=did_of(kind))
    if suite == ENVELOPE:
        signer = _SIGNERS[kind]
        return Answer(201, {"verifiableCredential": seal(credential, signer, key.method_of(signer.public_key))})
    if suite == SELECTIVE.name:
        return Answer(201, {"verifiableCredential": _secure_selectively(call, credential)})
    return Answer(201, {"verifiableCredential": _secure(call, credential)})


def _secure(call: Call, credential: dict[str, Any]) -> dict[str, Any]:
    _, signer = _signer(call)
    credential = _with_proof_terms(credential)
    secured = data_integrity.secure(
        credential,
        signer=signer,
        verification_method=key.method_of(signer.public_key),
        created=call.now,
        rule=call.profile.rule(credential),
        suite=call.path["suite"],
    )
    # The suites and many readers know one proof as an object, not as a set of one.
    [proof, *further] = secured["proof"]
    return secured if further else {**secured, "proof": proof}


def _secure_selectively(call: Call, credential: dict[str, Any]) -> dict[str, Any]:
    """A base proof. What must always be shown is mandatory even where the request does not say so."""
    _, signer = _signer(call)
    credential = _with_proof_terms(credential)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SELECTIVE.name,
        "created": timestamp(call.now),
        "verificationMethod": key.method_of(signer.public_key),
        "proofPurpose": ASSERTION,
    }
    always = [f"/{name}" for name in ALWAYS_SHOWN if name in credential]
    base = SELECTIVE.create_base_proof(
        credential,
        options,
        signer=signer,
        ephemeral=SoftSigner(secrets.token_hex(), kind="P-256"),
        hmac_key=secrets.token_bytes(32),
        mandatory_pointers=dict.fromkeys([*call.pointers("mandatoryPointers"), *always]),
        rule=call.profile.rule(credential),
    )
    return {**credential, "proof": base}


def _with_proof_terms(credential: dict[str, Any]) -> dict[str, Any]:
    """VCDM 1.1's context does not define DataIntegrityProof; a context that does is added (Data Integrity 1.0
    section 2.4.1, "Context Injection")."""
    urls = credential["@context"]
    if urls[0] == VC1 and DATA_INTEGRITY not in urls:
        return {**credential, "@context": [*urls, DATA_INTEGRITY]}
    return credential


def _signer(call: Call) -> tuple[str, SoftSigner]:
    suite, kind = call.path["suite"], call.path["key"]
    if (suite, kind) not in (*ISSUERS, (ENVELOPE, "P-256")):
        raise MalformedValue("There is no issuer for {suite} with a key of the kind {kind}.", suite=suite, kind=kind)
    return kind, _SIGNERS[kind]


def _list_url(call: Call) -> str:
    return f"{call.base}/status/lists/{call.path['suite']}/{call.path['key']}"
