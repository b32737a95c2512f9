"""ecdsa-jcs-2019: P-256 or P-384 over the hash of canonical JSON (vc-di-ecdsa 1.0 section 3.3)."""

from vc.hashed_proof import HashedProof, jcs_

SUITE = HashedProof("ecdsa-jcs-2019", frozenset({"P-256", "P-384"}), jcs_)
