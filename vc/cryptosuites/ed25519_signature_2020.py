"""Ed25519Signature2020: the suite before Data Integrity proofs, which many wallets and badges still carry. Read only.

It signs what eddsa-rdfc-2022 signs (Data Integrity EdDSA Cryptosuites 1.0, appendix "Ed25519Signature2020"), under a
proof type of its own.
"""

from vc.hashed_proof import HashedProof, rdfc

SUITE = HashedProof("Ed25519Signature2020", frozenset({"Ed25519"}), rdfc, type="Ed25519Signature2020", verify_only=True)
