"""ecdsa-rdfc-2019: P-256 or P-384 over the hash of canonical RDF (vc-di-ecdsa 1.0 section 3.2)."""

from vc.hashed_proof import HashedProof, rdfc

SUITE = HashedProof("ecdsa-rdfc-2019", frozenset({"P-256", "P-384"}), rdfc)
