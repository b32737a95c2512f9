"""eddsa-rdfc-2022: the published vectors of Data Integrity EdDSA Cryptosuites 1.0 appendix B, step by step."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vc.samples import dereference
from vc.context_rules import VC2, ContextRule
from vc.cryptosuites.eddsa_rdfc_2022 import SUITE
from vc.errors import ProofInvalid
from vc.jsonld import canonical_form
from vc.keys import PublicKey
from vc.multibase import multibase_decode

VECTORS = Path(__file__).parents[1] / "vectors" / "vc-di-eddsa" / "eddsa-rdfc-2022.json"
VECTOR = json.loads(VECTORS.read_text(encoding="utf-8"))
RULE = ContextRule(first=VC2, others=frozenset({"https://www.w3.org/ns/credentials/examples/v2"}))


class VectorSigner:
    def __init__(self) -> None:
        secret = multibase_decode(VECTOR["keyPair"]["privateKeyMultibase"])[2:]
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public_key = PublicKey.from_multibase(VECTOR["keyPair"]["publicKeyMultibase"])

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def document() -> dict[str, Any]:
    return dict(VECTOR["unsigned"])


def options() -> dict[str, Any]:
    return {name: value for name, value in VECTOR["proofConfig"].items() if name != "@context"}


def test_transformation_of_the_document() -> None:
    assert canonical_form(document(), rule=RULE).text == VECTOR["canonDoc"]


def test_transformation_of_the_proof_configuration() -> None:
    assert canonical_form(VECTOR["proofConfig"], rule=RULE).text == VECTOR["proofCanon"]


def test_hashing() -> None:
    data = SUITE.hash_data(document(), options(), kind="Ed25519", rule=RULE).hex()
    assert data == VECTOR["proofHash"] + VECTOR["docHash"] == VECTOR["combinedHash"]


def test_proof_serialization() -> None:
    proof = SUITE.create_proof(document(), options(), signer=VectorSigner(), rule=RULE)
    assert proof["proofValue"] == VECTOR["sigBTC58"]
    assert multibase_decode(proof["proofValue"]).hex() == VECTOR["sigHex"]


def test_the_signed_document_verifies() -> None:
    signed = dict(VECTOR["signed"])
    proof = signed.pop("proof")
    key = dereference(proof["verificationMethod"], "assertionMethod").key
    assert SUITE.verify_proof(signed, proof, key=key, rule=RULE).hex() == VECTOR["docHash"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"created": "2023-02-24T23:36:39Z"}, "does not match"),
        ({"proofValue": "z1"}, "has 64 bytes"),
        ({"proofValue": "u" + VECTOR["sigBTC58"][1:]}, "must begin with"),
        ({"proofValue": None}, "cannot be read"),
        ({"cryptosuite": "eddsa-jcs-2022"}, "not of type DataIntegrityProof"),
        ({"type": "Ed25519Signature2020"}, "not of type DataIntegrityProof"),
    ],
)
def test_a_changed_proof_is_refused(change: dict[str, Any], match: str) -> None:
    signed = dict(VECTOR["signed"])
    proof = signed.pop("proof") | change
    with pytest.raises(ProofInvalid, match=match):
        SUITE.verify_proof(signed, proof, key=VectorSigner().public_key, rule=RULE)
