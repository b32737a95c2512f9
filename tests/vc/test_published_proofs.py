"""The vectors that the specifications publish, step by step, for every cryptosuite whose proof is one signature."""

import copy
import hashlib
from typing import Any

import pytest

from tests.optional import compare_with
from tests.vc.published_proofs import PUBLISHED, RULE, VECTORS, Vector, published, read, transcribed
from tests.vc.samples import SoftSigner, dereference
from vc import jcs
from vc.cryptosuites import CRYPTOSUITES
from vc.dates import parse_datetime
from vc.errors import NotSupported, ProofInvalid
from vc.formats import data_integrity
from vc.hashed_proof import HashedProof, jcs_
from vc.jsonld import canonical_form
from vc.keys import PublicKey
from vc.multibase import multibase_decode
from vc.securing import Expected

NOW = parse_datetime("2026-03-02T12:00:00Z")
TRANSCRIBED = dict(transcribed())
FOLDERS = {
    "vc-di-eddsa/eddsa-rdfc-2022": "keyPair.json",
    "vc-di-eddsa/eddsa-rdfc-2022/employ": "keyPair.json",
    "vc-di-eddsa/eddsa-jcs-2022": "keyPair.json",
    "vc-di-eddsa/Ed25519Signature2020": "keyPair.json",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p256": "p256KeyPair.json",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ": "p256KeyPair.json",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p384": "p384KeyPair.json",
    "vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ": "p384KeyPair.json",
    "vc-di-ecdsa/ecdsa-jcs-2019-p256": "p256KeyPair.json",
    "vc-di-ecdsa/ecdsa-jcs-2019-p384": "p384KeyPair.json",
}

each = pytest.mark.parametrize("name", TRANSCRIBED)


def suite_of(vector: Vector) -> HashedProof:
    suite = CRYPTOSUITES[data_integrity._suite_name(vector.proof)]
    assert isinstance(suite, HashedProof)
    return suite


def check(vector: Vector) -> None:
    """Every step that is published."""
    steps, suite = vector.steps, suite_of(vector)
    signer = SoftSigner.of_multibase(steps["keyPair"]["privateKeyMultibase"])
    key = PublicKey.from_multibase(steps["keyPair"]["publicKeyMultibase"])
    assert signer.public_key == key
    # transformation
    algorithm = "sha384" if key.kind == "P-384" else "sha256"

    def transform(document: dict[str, Any]) -> str:
        if suite.transform is jcs_:
            return jcs.canonical(document).decode()
        return canonical_form(document, rule=RULE, algorithm=algorithm).text

    assert transform(vector.document) == steps["canonDoc"]
    assert transform(steps["proofConfig"]) == steps["proofCanon"]
    # hashing
    assert hashlib.new(algorithm, steps["canonDoc"].encode()).hexdigest() == steps["docHash"]
    data = suite.hash_data(vector.document, vector.options, kind=key.kind, rule=RULE).hex()
    assert data == steps["proofHash"] + steps["docHash"] == steps["combinedHash"]
    # serialization
    assert multibase_decode(steps["sigBTC58"]).hex() == steps["sigHex"]
    assert vector.proof["proofValue"] == steps["sigBTC58"]
    if key.kind == "Ed25519":  # deterministic
        assert signer.sign(bytes.fromhex(data)).hex() == steps["sigHex"]
    if not suite.verify_only:
        ours = suite.create_proof(vector.document, vector.options, signer=signer, rule=RULE)
        assert suite.verify_proof(vector.document, ours, key=key, rule=RULE).hex() == steps["docHash"]
        assert (ours == vector.proof) == (key.kind == "Ed25519")
    # verification, the key out of its did:key
    method = dereference(vector.proof["verificationMethod"], "assertionMethod")
    assert suite.verify_proof(vector.document, vector.proof, key=method.key, rule=RULE).hex() == steps["docHash"]


@each
def test_every_step(name: str) -> None:
    check(TRANSCRIBED[name])


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_step_in_the_specifications_own_files(folder: str) -> None:
    compare_with(PUBLISHED.is_dir(), str(PUBLISHED))
    spec, _, place = folder.partition("/")
    vector = published(spec, place, FOLDERS[folder])
    check(vector)
    if place in TRANSCRIBED:
        assert vector.steps.items() <= TRANSCRIBED[place].steps.items()


def test_no_folder_of_theirs_is_left_out() -> None:
    compare_with(PUBLISHED.is_dir(), str(PUBLISHED))
    theirs = {
        str(path.parent.relative_to(PUBLISHED))
        for spec in ("vc-di-*",)
        for path in PUBLISHED.glob(f"{spec}/**/signed*")
    }
    assert theirs == FOLDERS.keys() | {"vc-di-eddsa/proof-set-chain"}


@each
@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"created": "2023-02-24T23:36:39Z"}, "does not match"),
        ({"proofValue": "z1"}, "has (64|96) bytes"),
        ({"proofValue": "uAAAA"}, "must begin with"),
        ({"proofValue": None}, "cannot be read"),
        ({"cryptosuite": "eddsa-jcs-2019"}, "not of type"),
        ({"type": "Ed25519Signature2018"}, "not of type"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "another @context"),
    ],
)
def test_a_changed_proof_is_refused(name: str, change: dict[str, Any], match: str) -> None:
    vector = TRANSCRIBED[name]
    key = PublicKey.from_multibase(vector.steps["keyPair"]["publicKeyMultibase"])
    with pytest.raises(ProofInvalid, match=match):
        suite_of(vector).verify_proof(vector.document, vector.proof | change, key=key, rule=RULE)


def test_the_suite_before_data_integrity_is_not_made_any_more() -> None:
    vector = TRANSCRIBED["Ed25519Signature2020"]
    with pytest.raises(NotSupported, match="are not made here"):
        suite_of(vector).create_proof(vector.document, vector.options, signer=SoftSigner(), rule=RULE)


# --- sets and chains (Data Integrity 1.0 sections 4.3 and 4.5) -----------------------------------------------

CHAINS = read(VECTORS / "vc-di-eddsa" / "proof-sets-and-chains.json")
# Four institutions sign what a fifth issued, so nobody is bound.
ANYBODY = Expected(now=NOW, rule=RULE, signed_by=None)
SIGNED = ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"]


def verify(document: dict[str, Any]) -> data_integrity.Verified:
    return data_integrity.verify_proofs(document, dereference=dereference, expected=ANYBODY)


@pytest.mark.parametrize("name", SIGNED)
def test_sets_and_chains(name: str) -> None:
    verified = verify(CHAINS[name])
    assert verified.document == CHAINS["unsigned"]
    assert len(verified.methods) == SIGNED.index(name) + 1


def test_we_make_the_same_sets_and_chains() -> None:
    """Ed25519 is deterministic, so whatever we sign is what they signed."""
    document = CHAINS["unsigned"]
    for pair, proof in zip(CHAINS["keyPairs"], CHAINS["signedProofChain2"]["proof"], strict=True):
        made = {"type", "cryptosuite", "created", "verificationMethod", "proofValue"}
        document = data_integrity.secure(
            document,
            signer=SoftSigner.of_multibase(pair["privateKeyMultibase"]),
            verification_method=proof["verificationMethod"],
            created=parse_datetime(proof["created"]),
            rule=RULE,
            **{name: value for name, value in proof.items() if name not in made},
        )
    assert document == CHAINS["signedProofChain2"]


@pytest.mark.parametrize("index", range(4))
def test_no_proof_of_a_chain_may_change_or_be_missing(index: int) -> None:
    chain = CHAINS["signedProofChain2"]
    for change in ({"created": "2023-02-20T00:00:00Z"}, {"nonce": "x"}):
        changed = copy.deepcopy(chain)
        changed["proof"][index] |= change
        with pytest.raises(ProofInvalid, match="does not match"):
            verify(changed)
    if index < 3:
        with pytest.raises(ProofInvalid, match="which is not there"):
            verify({**chain, "proof": [proof for place, proof in enumerate(chain["proof"]) if place != index]})


def test_a_chain_does_not_survive_another_one_of_the_same_name() -> None:
    chain = copy.deepcopy(CHAINS["signedProofChain1"])
    chain["proof"].append(copy.deepcopy(chain["proof"][0]))
    with pytest.raises(ProofInvalid, match="or there twice"):
        verify(chain)


def test_sets_and_chains_are_those_of_the_specification() -> None:
    compare_with(PUBLISHED.is_dir(), str(PUBLISHED))
    place = PUBLISHED / "vc-di-eddsa" / "proof-set-chain"
    for name in (*SIGNED, "unsigned"):
        assert read(place / f"{name}.json") == CHAINS[name]
