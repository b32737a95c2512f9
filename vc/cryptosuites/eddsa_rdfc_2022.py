"""eddsa-rdfc-2022: Ed25519 over the SHA-256 of canonical RDF (Data Integrity EdDSA Cryptosuites 1.0 section 3.2)."""

from vc.hashed_proof import HashedProof, rdfc

SUITE = HashedProof("eddsa-rdfc-2022", frozenset({"Ed25519"}), rdfc)
