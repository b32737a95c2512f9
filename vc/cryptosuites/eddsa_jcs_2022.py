"""eddsa-jcs-2022: Ed25519 over the SHA-256 of canonical JSON (Data Integrity EdDSA Cryptosuites 1.0 section 3.3)."""

from vc.hashed_proof import HashedProof, jcs_

SUITE = HashedProof("eddsa-jcs-2022", frozenset({"Ed25519"}), jcs_)
